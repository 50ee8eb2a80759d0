package publisher

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/search"
)

// FollowerDoubles is the follower that finds decisions which have several IRIs.
const FollowerDoubles = "dubbels"

// What a graph of doubles says: a linkset (VoID, section 5) for each decision
// that has several IRIs, and the links (OWL 2, section 9.6.1).
const (
	owlSameAs   = "http://www.w3.org/2002/07/owl#sameAs"
	void        = "http://rdfs.org/ns/void#"
	voidLinkset = void + "Linkset"
)

// Bounds on doubles. Data of a hostile page may give any number of things one
// title.
const (
	maxAlike = 256 // decisions of one sitting with one title; more are not joined
	maxPairs = 32  // IRIs of one decision of which every pair is linked; over it, each with the first
)

// The kinds of mark, as their keys begin.
const (
	markTitle     = "besluit " // what decisions are alike in: organ, sitting and title
	markIRI       = "iri "     // the IRI of a decision
	markText      = "tekst "   // the text of a page
	markGraph     = "graaf "   // what a page says, whatever its address
	markWithdrawn = "ingetrokken "
)

// sighting is a decision as one page states it: the value of a mark.
type sighting struct {
	IRI    string `json:"i"`
	Pagina string `json:"-"`
	// Tekst is a hash of its articles, or of its text, "" if the page has neither.
	Tekst string `json:"t,omitempty"`
	// Plaats is its place on the agenda and how many items that has, "" if the page
	// shows no agenda of several.
	Plaats string `json:"p,omitempty"`
	// Document is a hash of what the whole page says, whatever its address, and Punt
	// its place in it.
	Document string `json:"d,omitempty"`
	Punt     int    `json:"n,omitempty"`
	Orgaan   string `json:"o,omitempty"` // IRI, "" if it has none that lasts
	Gewicht  int    `json:"w"`           // how much the page says of it
}

// FollowDoubles finds decisions that have several IRIs and writes owl:sameAs
// between those, in graphs of our own that it keeps up as pages come, change and
// go: one for each sitting and title, named Derived and a hash of these. It goes
// no further than the store of graphs is.
//
// Pages state one decision under several IRIs where these were made from the
// address of one reading, or where the agenda, the list, the minutes and the
// extract of one sitting each made their own. Joining follows only from the pages
// as they are now; see docs/adr/0009.
func (p *Publisher) FollowDoubles(ctx context.Context) error {
	if !p.joins() {
		return nil
	}
	limit := func(ctx context.Context) (uint64, error) { return p.Cursors.Cursor(ctx, FollowerGraphs) }
	return p.follow(ctx, FollowerDoubles, limit, func(ctx context.Context, entries []item) error {
		pending := map[string][]Mark{}
		touched := map[string]bool{} // titles of which the decisions may change
		var of []string              // IRIs of decisions that came or went
		for _, it := range entries {
			if it.Kind == Held || it.Author != "" {
				continue
			}
			before, err := p.marksOf(ctx, it, it.refs.Before)
			if err != nil {
				return err
			}
			after := []Mark(nil)
			switch it.Kind {
			case Published:
				if after, err = p.marksOf(ctx, it, it.refs.Graph); err != nil {
					return err
				}
			case Withdrawn:
				if after, err = p.withdrawnMarks(ctx, it); err != nil {
					return err
				}
			}
			for _, m := range slices.Concat(before, after) {
				if strings.HasPrefix(m.Key, markTitle) {
					touched[m.Key] = true
				} else if strings.HasPrefix(m.Key, markIRI) {
					of = append(of, m.Key)
				}
			}
			pending[it.Pagina] = after
		}
		was, is := doubles{marks: p.Marks}, doubles{marks: overlay{p.Marks, pending}}
		// Under which title an IRI counts hangs on all pages that have it.
		for _, key := range of {
			for _, d := range []doubles{was, is} {
				titles, err := d.titles(ctx, key)
				if err != nil {
					return err
				}
				for _, t := range titles {
					touched[t] = true
				}
			}
		}
		graphs := map[string][]rdf.Quad{}
		for title := range touched {
			fresh, err := is.joined(ctx, title)
			if err != nil {
				return err
			}
			if len(fresh) == 0 {
				old, err := was.joined(ctx, title)
				if err != nil {
					return err
				}
				if len(old) == 0 {
					continue
				}
			}
			name := p.doublesGraph(title)
			graphs[name] = linkset(name, fresh)
		}
		// The graphs first: after a crash in between, the marks still tell what
		// they were.
		if len(graphs) > 0 {
			if err := putGraphs(ctx, p.Graphs, maps.All(graphs)); err != nil {
				return err
			}
		}
		return p.Marks.SetMarks(ctx, pending)
	})
}

// joins reports whether doubles are looked for.
func (p *Publisher) joins() bool { return p.Marks != nil && p.Derived != "" && p.Graphs != nil }

func (p *Publisher) doublesGraph(title string) string {
	return p.Derived + "dubbels/" + short(title)
}

// short is a hash that is long enough to tell things apart that nobody made to
// have the same.
func short(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// cluster is one decision with its IRIs, sorted; First is the one that lists
// show.
type cluster struct {
	iris    []string
	first   string
	organ   string
	paginas []string // that have it, sorted
}

// linkset says that the IRIs of each cluster are one.
func linkset(graph string, clusters []cluster) []rdf.Quad {
	var quads []rdf.Quad
	for i, c := range clusters {
		set := rdf.IRI(graph + "#" + strconv.Itoa(i+1))
		links := 0
		link := func(a, b string) {
			quads = append(quads, triple(rdf.IRI(a), owlSameAs, rdf.IRI(b)))
			links++
		}
		for _, a := range c.iris {
			for _, b := range c.iris {
				if a != b && (len(c.iris) <= maxPairs || a == c.first || b == c.first) {
					link(a, b)
				}
			}
		}
		quads = append(quads,
			triple(set, vocab.RDFType, rdf.IRI(voidLinkset)),
			triple(set, void+"linkPredicate", rdf.IRI(owlSameAs)),
			triple(set, void+"triples", rdf.Literal(strconv.Itoa(links), vocab.XSDInteger)),
			triple(set, void+"distinctSubjects", rdf.Literal(strconv.Itoa(len(c.iris)), vocab.XSDInteger)),
		)
		if c.organ != "" {
			quads = append(quads, triple(set, vocab.EliPassedBy, rdf.IRI(c.organ)))
		}
	}
	return quads
}

// doubles finds what is alike by marks.
type doubles struct {
	marks interface {
		Marked(ctx context.Context, key string, n int) ([]Mark, error)
	}
}

// overlay is Marks as they will be.
type overlay struct {
	Marks
	pending map[string][]Mark
}

// Marked is Marks.Marked; n must leave room for marks that are replaced.
func (o overlay) Marked(ctx context.Context, key string, n int) ([]Mark, error) {
	list, err := o.Marks.Marked(ctx, key, n)
	if err != nil || len(list) == n {
		return list, err
	}
	list = slices.DeleteFunc(list, func(m Mark) bool {
		_, replaced := o.pending[m.Pagina]
		return replaced
	})
	for _, marks := range o.pending {
		for _, m := range marks {
			if m.Key == key {
				list = append(list, m)
			}
		}
	}
	return list, nil
}

func readSighting(m Mark) (s sighting, err error) {
	if err := json.Unmarshal([]byte(m.Value), &s); err != nil {
		return s, fmt.Errorf("read mark of %s: %w", m.Pagina, err)
	}
	s.Pagina = m.Pagina
	return s, nil
}

// titles returns under which titles the pages have an IRI, given as key of its
// mark, each once, sorted.
func (d doubles) titles(ctx context.Context, key string) ([]string, error) {
	marks, err := d.marks.Marked(ctx, key, maxAlike)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, m := range marks {
		list = append(list, m.Value)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// home is the title under which an IRI counts: the one that most pages give it,
// of several the first.
func (d doubles) home(ctx context.Context, iri string) (string, error) {
	marks, err := d.marks.Marked(ctx, markIRI+iri, maxAlike)
	if err != nil {
		return "", err
	}
	count := map[string]int{}
	for _, m := range marks {
		count[m.Value]++
	}
	home := ""
	for title, n := range count {
		if home == "" || n > count[home] || n == count[home] && title < home {
			home = title
		}
	}
	return home, nil
}

// joined returns the decisions of a title that have several IRIs.
func (d doubles) joined(ctx context.Context, title string) ([]cluster, error) {
	const room = 4 * maxAlike
	marks, err := d.marks.Marked(ctx, title, room)
	if err != nil || len(marks) < 2 || len(marks) >= room {
		return nil, err
	}
	all, several := make([]sighting, len(marks)), false
	for i, m := range marks {
		if all[i], err = readSighting(m); err != nil {
			return nil, err
		}
		several = several || all[i].IRI != all[0].IRI
	}
	if !several { // as nearly always: one IRI on the list, the minutes and an extract
		return nil, nil
	}
	var list []sighting
	homes := map[string]bool{}
	for _, s := range all {
		at, known := homes[s.IRI]
		if !known {
			home, err := d.home(ctx, s.IRI)
			if err != nil {
				return nil, err
			}
			at = home == title
			homes[s.IRI] = at
		}
		if at {
			list = append(list, s)
		}
	}
	return joinSightings(list), nil
}

// named is what all pages of a title say of one IRI.
type named struct {
	iri     string
	texts   map[string]bool
	paginas map[string]bool
	first   sighting // of those that say most of it
}

// joinSightings tells which IRIs of one organ, sitting and title name one
// decision. What a page states apart is apart: two IRIs on one page are never
// joined. Others are where their texts are equal, and where a page that shows
// the agenda leaves no doubt; where a page has the title more than once, only at
// the same place of the same agenda, or of the same document. The answer hangs on
// what is in the list, not on its order.
func joinSightings(list []sighting) []cluster {
	if len(list) > maxAlike {
		return nil
	}
	slices.SortFunc(list, func(a, b sighting) int {
		return cmp.Or(strings.Compare(a.IRI, b.IRI), strings.Compare(a.Pagina, b.Pagina), b.Gewicht-a.Gewicht, strings.Compare(a.Plaats, b.Plaats))
	})
	var iris []*named
	byIRI := map[string]*named{}
	texts := map[string]bool{}
	ambiguous := false
	onPage := map[string]string{}
	for _, s := range list {
		n := byIRI[s.IRI]
		if n == nil {
			n = &named{iri: s.IRI, texts: map[string]bool{}, paginas: map[string]bool{}, first: s}
			byIRI[s.IRI] = n
			iris = append(iris, n)
		}
		if s.Tekst != "" {
			n.texts[s.Tekst], texts[s.Tekst] = true, true
		}
		n.paginas[s.Pagina] = true
		if s.Gewicht > n.first.Gewicht {
			n.first = s
		}
		if other, ok := onPage[s.Pagina]; ok && other != s.IRI {
			ambiguous = true
		}
		onPage[s.Pagina] = s.IRI
	}
	if len(iris) < 2 {
		return nil
	}
	// Everything with one of the same keys is one.
	of := map[*named]*named{}
	var root func(n *named) *named
	root = func(n *named) *named {
		if up := of[n]; up != nil {
			r := root(up)
			of[n] = r
			return r
		}
		return n
	}
	byKey := map[string]*named{}
	for _, s := range list {
		n := byIRI[s.IRI]
		for _, k := range s.keys(ambiguous, len(texts) <= 1) {
			if other := byKey[k]; other == nil {
				byKey[k] = n
			} else if a, b := root(other), root(n); a != b {
				of[b] = a
			}
		}
	}
	groups := map[*named][]*named{}
	for _, n := range iris {
		groups[root(n)] = append(groups[root(n)], n)
	}
	var found []cluster
	for _, n := range iris {
		if group := groups[n]; len(group) > 1 {
			if c, ok := asCluster(group); ok {
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b cluster) int { return strings.Compare(a.iris[0], b.iris[0]) })
	return found
}

// keys are what a decision shares with the same one elsewhere.
func (s sighting) keys(ambiguous, oneText bool) []string {
	var keys []string
	if s.Document != "" {
		keys = append(keys, fmt.Sprint("document ", s.Document, " ", s.Punt))
	}
	switch {
	case ambiguous:
		if s.Plaats != "" {
			keys = append(keys, "plaats "+s.Plaats+" "+s.Tekst)
		}
	case s.Tekst != "" || s.Plaats != "":
		if s.Tekst != "" {
			keys = append(keys, "tekst "+s.Tekst)
		}
		if oneText {
			keys = append(keys, "titel")
		}
	}
	return keys
}

// asCluster is a group as one decision, unless some page states two of its IRIs.
func asCluster(group []*named) (c cluster, ok bool) {
	best := group[0]
	for _, n := range group {
		c.iris = append(c.iris, n.iri)
		for pagina := range n.paginas {
			if slices.Contains(c.paginas, pagina) {
				return cluster{}, false
			}
			c.paginas = append(c.paginas, pagina)
		}
		if n.first.Gewicht > best.first.Gewicht {
			best = n
		}
		c.organ = max(c.organ, n.first.Orgaan)
	}
	slices.Sort(c.iris)
	slices.Sort(c.paginas)
	c.first = best.iri // of those that say as much the first, for they are sorted
	return c, true
}

// marksOf returns the marks of a page whose graph is the blob ref.
func (p *Publisher) marksOf(ctx context.Context, it item, ref string) ([]Mark, error) {
	content, err := p.get(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", it.Sequence, err)
	}
	if content == nil {
		return nil, nil
	}
	quads, err := nquads.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("entry %d: read graph: %w", it.Sequence, err)
	}
	in := besluit.Lift(rdf.NewGraph(quads...))
	var marks []Mark
	add := func(key, value string) {
		marks = append(marks, Mark{Key: key, Pagina: it.Pagina, Sequence: it.Sequence, Value: value})
	}
	document := ""
	if telling(in) {
		document = documentHash(it.Pagina, content)
		add(markGraph+document, "")
		if it.refs.Body != "" {
			add(markText+it.refs.Body, "")
		}
	}
	for _, b := range in.Besluiten {
		title, organ, ok := titleKey(it.Pagina, b)
		if !ok {
			continue
		}
		s := sightingOf(b, organ)
		s.Document = document
		value, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", it.Sequence, err)
		}
		add(title, string(value))
		add(markIRI+b.IRI, title)
	}
	return marks, nil
}

// telling reports whether a page says enough for another that says the same to
// be the same document, and not two forms that nobody filled in.
func telling(in *besluit.Inhoud) bool {
	return slices.ContainsFunc(in.Besluiten, func(b *besluit.Besluit) bool { return b.Titel != "" }) ||
		slices.ContainsFunc(in.Zittingen, func(z *besluit.Zitting) bool { return z.GehoudenDoor != nil && !z.Datum().IsZero() })
}

// maxMarkedIRI bounds the IRIs of decisions that are joined, in bytes.
const maxMarkedIRI = 2048

// titleKey tells what a decision is alike to others in, as key of a mark; ok is
// false if the page does not say which organ took it, in which sitting, or what it
// is called. organ is the IRI of the organ, "" if that does not last.
func titleKey(pagina string, b *besluit.Besluit) (title, organ string, ok bool) {
	if b.Behandeling == nil || b.Behandeling.Agendapunt == nil || len(b.IRI) > maxMarkedIRI || !isIRIRef(b.IRI) {
		return "", "", false
	}
	item := b.Behandeling.Agendapunt
	z := item.Zitting
	if z == nil || z.GehoudenDoor == nil {
		return "", "", false
	}
	// When a sitting is planned stands on every page about it, when it began only
	// on those of afterwards.
	start := z.GeplandeStart
	if start.IsZero() {
		start = z.Gestart
	}
	organ, lasting := organKey(pagina, z.GehoudenDoor)
	name := cmp.Or(key(b.Titel), key(b.TitelKort), key(item.Titel))
	if start.IsZero() || organ == "" || name == "" {
		return "", "", false
	}
	title = markTitle + short(organ, start.UTC().Format(time.RFC3339), name)
	if !lasting {
		organ = ""
	}
	return title, organ, true
}

// sightingOf is what a page states of a decision that has a titleKey.
func sightingOf(b *besluit.Besluit, organ string) sighting {
	item := b.Behandeling.Agendapunt
	s := sighting{IRI: b.IRI, Tekst: textHash(b), Punt: item.Nummer, Gewicht: weight(b), Orgaan: organ}
	if n := len(item.Zitting.Agendapunten); n > 1 && item.Nummer > 0 {
		s.Plaats = fmt.Sprintf("%d/%d", item.Nummer, n)
	}
	return s
}

// organKey names an organ the same on every page: the organ itself where the
// page says of which its period is; by its name and government where its IRI was
// made from the address of the page, and so does not last.
func organKey(pagina string, o *besluit.Bestuursorgaan) (name string, lasting bool) {
	iri := cmp.Or(o.IsTijdspecialisatieVan, o.IRI)
	if !madeFrom(pagina, iri) {
		return iri, true
	}
	if o.Naam == "" || o.Bestuurt == nil {
		return "", false
	}
	government := o.Bestuurt.IRI
	if madeFrom(pagina, government) {
		government = o.Bestuurt.Naam
	}
	if government == "" {
		return "", false
	}
	return key(o.Naam) + "\x00" + key(government), false
}

// madeFrom reports whether an IRI was made from the address of a page.
func madeFrom(pagina, iri string) bool {
	if strings.HasPrefix(iri, "_:") || strings.HasPrefix(iri, genidPrefix(pagina)) {
		return true
	}
	rest, ok := strings.CutPrefix(iri, pagina)
	return ok && (rest == "" || strings.ContainsRune("#/?", rune(rest[0])) || strings.HasSuffix(pagina, "/"))
}

// textHash is a hash of the words of a decision, "" if the page has none.
func textHash(b *besluit.Besluit) string {
	var text []string
	for _, a := range b.Artikels {
		text = append(text, strings.ToLower(search.PlainText(a.Inhoud)))
	}
	if strings.Join(text, "") == "" {
		text = []string{strings.ToLower(search.PlainText(b.Inhoud))}
	}
	if strings.Join(text, "") == "" {
		return ""
	}
	return short(text...)
}

// weight is how much a page says of a decision, to show the fullest.
func weight(b *besluit.Besluit) int {
	n := len(b.Types) + len(b.Artikels) + len(b.Rechtsgronden) + len(b.Bijlagen) + len(b.Behandeling.Stemmingen)
	for _, s := range []string{b.Titel, b.TitelKort, b.Beschrijving, b.Motivering, b.Inhoud} {
		if s != "" {
			n++
		}
	}
	if !b.Publicatiedatum.IsZero() {
		n++
	}
	return n
}

// documentHash is a hash of what a page says, with its own address taken out:
// two pages with the same say the same, but for where they say it. content is
// its graph as N-Quads.
func documentHash(pagina string, content []byte) string {
	genid := []byte("<" + genidPrefix(pagina))
	own := []byte("<" + pagina)
	var lines []string
	for line := range bytes.Lines(content) {
		if bytes.Contains(line, []byte("<"+vocab.MuUUID+">")) {
			continue // made from IRIs
		}
		line = bytes.ReplaceAll(line, genid, []byte("<\x00genid/"))
		lines = append(lines, string(withoutAddress(line, own)))
	}
	slices.Sort(lines)
	return short(lines...)
}

// withoutAddress takes the address of the page out of the IRIs of a line.
func withoutAddress(line, own []byte) []byte {
	var b []byte
	for {
		i := bytes.Index(line, own)
		if i < 0 {
			return append(b, line...)
		}
		end := i + len(own)
		b = append(b, line[:i]...)
		if end < len(line) && bytes.ContainsRune([]byte(">#/?"), rune(line[end])) || bytes.HasSuffix(own, []byte("/")) {
			b = append(b, "<\x00"...)
		} else {
			b = append(b, own...)
		}
		line = line[end:]
	}
}

// touchDoubles adds the decisions that are alike to one of a page: whether they
// are in the index may hang on it. Titles that are in done have been seen to.
func (p *Publisher) touchDoubles(ctx context.Context, pagina string, in, touched *besluit.Inhoud, done map[string]bool) error {
	if !p.joins() {
		return nil
	}
	for _, b := range in.Besluiten {
		title, _, ok := titleKey(pagina, b)
		if !ok {
			continue
		}
		titles := []string{title}
		if !done[markIRI+b.IRI] {
			done[markIRI+b.IRI] = true
			others, err := doubles{p.Marks}.titles(ctx, markIRI+b.IRI)
			if err != nil {
				return err
			}
			titles = append(titles, others...)
		}
		for _, title := range titles {
			if done[title] {
				continue
			}
			done[title] = true
			marks, err := p.Marks.Marked(ctx, title, maxAlike)
			if err != nil {
				return err
			}
			for _, m := range marks {
				s, err := readSighting(m)
				if err != nil {
					return err
				}
				touched.Besluiten = append(touched.Besluiten, &besluit.Besluit{IRI: s.IRI})
			}
		}
	}
	return nil
}

// hideDoubles takes the decisions of which another IRI stands in the index out of
// in, and returns their IRIs.
func (p *Publisher) hideDoubles(ctx context.Context, in *besluit.Inhoud) (hidden []string, err error) {
	if !p.joins() {
		return nil, nil
	}
	in.Besluiten = slices.DeleteFunc(in.Besluiten, func(b *besluit.Besluit) bool {
		c, ok, err1 := doubles{p.Marks}.of(ctx, b.IRI)
		err = errors.Join(err, err1)
		if !ok || c.first == b.IRI {
			return false
		}
		hidden = append(hidden, b.IRI)
		return true
	})
	return hidden, err
}

// Double is a decision that has several IRIs.
type Double struct {
	First   string   // the IRI of which pages say most: what lists show
	IRIs    []string // all, sorted
	Paginas []string // IRIs of the pages that state it, sorted
}

// Double returns the decision with an IRI if it has others too; ok is false if
// it does not.
func (p *Publisher) Double(ctx context.Context, iri string) (d Double, ok bool, err error) {
	if !p.joins() {
		return Double{}, false, nil
	}
	c, ok, err := doubles{p.Marks}.of(ctx, iri)
	if err != nil || !ok {
		return Double{}, false, err
	}
	return Double{First: c.first, IRIs: c.iris, Paginas: c.paginas}, true, nil
}

func (d doubles) of(ctx context.Context, iri string) (cluster, bool, error) {
	title, err := d.home(ctx, iri)
	if err != nil || title == "" {
		return cluster{}, false, err
	}
	list, err := d.joined(ctx, title)
	if err != nil {
		return cluster{}, false, err
	}
	for _, c := range list {
		if slices.Contains(c.iris, iri) {
			return c, true, nil
		}
	}
	return cluster{}, false, nil
}

// maxCopies bounds the copies of a page that are told.
const maxCopies = 100

// Copies returns the IRIs of the other pages that publish the same document as a
// page does now: the same text, or the same statements but for the address of
// the page. They are one publication with several sources: it stays as long as
// one of them does.
func (p *Publisher) Copies(ctx context.Context, pagina string) ([]string, error) {
	if !p.joins() {
		return nil, nil
	}
	e, refs, ok, err := p.Ledger.Latest(ctx, pagina)
	if err != nil || !ok {
		return nil, err
	}
	content, err := p.get(ctx, heldByEngines(e, refs))
	if err != nil || content == nil {
		return nil, err
	}
	keys := []string{markGraph + documentHash(pagina, content)}
	if refs.Body != "" && e.Kind == Published {
		keys = append(keys, markText+refs.Body)
	}
	var list []string
	for _, k := range keys {
		marks, err := p.Marks.Marked(ctx, k, maxCopies)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			if m.Pagina != pagina {
				list = append(list, m.Pagina)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Doubles counts, for each bestuurseenheid by its IRI, the decisions that are
// stated again under another IRI: how many there are too many.
func (p *Publisher) Doubles(ctx context.Context) (map[string]int, error) {
	if !p.joins() {
		return nil, nil
	}
	ofOrgan := map[string]int{}
	query := `SELECT ?organ (SUM(?n) AS ?iris) (COUNT(?set) AS ?sets) WHERE { GRAPH ?g {
		?set <` + void + `linkPredicate> <` + owlSameAs + `> ; <` + void + `distinctSubjects> ?n ; <` + vocab.EliPassedBy + `> ?organ }
		FILTER(STRSTARTS(STR(?g), "` + p.Derived + `dubbels/")) } GROUP BY ?organ`
	for row, err := range p.Reader.rows(ctx, query) {
		if err != nil {
			return nil, fmt.Errorf("count doubles: %w", err)
		}
		n, err1 := strconv.Atoi(row[1].Value())
		sets, err2 := strconv.Atoi(row[2].Value())
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("count doubles: %w", err)
		}
		ofOrgan[row[0].Value()] = n - sets
	}
	if len(ofOrgan) == 0 {
		return ofOrgan, nil
	}
	besturen, err := p.Reader.Besturen(ctx)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, b := range besturen {
		for _, o := range b.Organen {
			count[b.IRI] += ofOrgan[o.IRI]
		}
		if count[b.IRI] == 0 {
			delete(count, b.IRI)
		}
	}
	return count, nil
}
