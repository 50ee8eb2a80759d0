package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// Reader reads entities back from the store as all pages together describe
// them. It asks a SPARQL engine, so that it reads the embedded store and any
// other endpoint alike, and every query begins at subjects that are known.
type Reader struct {
	Engine sparql.Engine
	// Calendar gives Zittingen and Besluiten their order; they need it, nothing
	// else does.
	Calendar Calendar

	bound int // on the nodes of one reading; 0 means maxNodes
}

// role says what a node is to the reader, and so which of its neighbours it
// reads too.
type role string

const (
	mentioned   role = "" // its links are read, nothing else
	aZitting    role = "zitting"
	anItem      role = "agendapunt"
	aHandling   role = "behandeling"
	aBesluit    role = "besluit"
	aVote       role = "stemming"
	anOrgan     role = "orgaan"
	aUnit       role = "eenheid"
	aMandataris role = "mandataris"
	aPerson     role = "persoon"
	anArticle   role = "artikel"
	aGround     role = "rechtsgrond"
	anAct       role = "regelgeving"
	aDocument   role = "document"
	aPlace      role = "plaats"

	// The same things where less of them is shown.
	zittingLine  role = "zitting, when and by whom"
	zittingOrder role = "zitting, with its agenda"
	itemOrder    role = "agendapunt, its place"
	aftermath    role = "behandeling, its place"
	besluitLine  role = "besluit, its title"
)

// whole says that all of a node is read, as what a page is about. A node that
// was met in another role before is read again.
func (r role) whole() bool {
	return r == aZitting || r == anItem || r == aHandling || r == aBesluit
}

// givesWay reports whether a node of this role may turn out to be of another.
func (r role) givesWay(to role) bool {
	return r != to && (to.whole() && !r.whole() || r == mentioned)
}

// step is one property to follow from a node of a role to a node of another,
// against its direction if inverse.
type step struct {
	property string
	inverse  bool
	to       role
}

// plan says which steps to take from nodes of each role.
type plan map[role][]step

// only holds what is read of a node, by role; of nodes in other roles all is
// read. What nearly every page speaks of (a council, its members, the decree
// that all decisions cite) would be mostly where it was said.
var only = map[role][]string{
	mentioned: {},
	anOrgan: {vocab.RDFType, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.FoafName, vocab.BesluitClassificatie, vocab.OrgClassification,
		vocab.BesluitBestuurt, vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan},
	aUnit:       {vocab.RDFType, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.FoafName, vocab.BesluitClassificatie, vocab.OrgClassification},
	aMandataris: append([]string{vocab.MandaatIsBestuurlijkeAliasVan}, namesOfPeople...),
	aPerson:     namesOfPeople,
	anArticle:   {vocab.EliNumber, vocab.EliTitle, vocab.ProvValue},
	aGround:     {vocab.EliTitle, vocab.EliTitleShort, vocab.DctTitle, vocab.RDFSLabel, vocab.EliRealizes},
	anAct:       {vocab.EliTitle, vocab.EliTitleShort},
	aDocument:   {vocab.RDFType, vocab.DctType, vocab.EliDatePublication, vocab.ProvWasDerivedFrom},
	aPlace:      {vocab.RDFSLabel, vocab.SKOSPrefLabel, vocab.DctTitle},

	zittingLine:  begin,
	zittingOrder: append([]string{vocab.BesluitBehandelt, vocab.Ext + "behandelt"}, begin...),
	itemOrder:    {vocab.BesluitAangebrachtNa, besluit.Position},
	aftermath:    {vocab.BesluitGebeurtNa},
	besluitLine: {vocab.RDFType, vocab.EliTitle, vocab.DctTitle, vocab.EliTitleShort, vocab.Besluit + "citeeropschrift",
		vocab.EliDescription, vocab.DctDescription, vocab.EliDatePublication, vocab.ProvWasDerivedFrom},
}

var (
	begin         = []string{vocab.RDFType, vocab.BesluitGeplandeStart, vocab.ProvStartedAtTime, vocab.BesluitIsGehoudenDoor}
	namesOfPeople = []string{vocab.PersoonGebruikteVoornaam, persoonVoornaamHTTP, vocab.FoafFamilyName, vocab.FoafName,
		vocab.RDFSLabel, vocab.SKOSPrefLabel}
)

// persoonVoornaamHTTP is how some programs write persoon:gebruikteVoornaam.
const persoonVoornaamHTTP = "http://data.vlaanderen.be/ns/persoon#gebruikteVoornaam"

// Pieces of plans.
var (
	heldBy = []step{{vocab.BesluitIsGehoudenDoor, false, anOrgan}}

	organs = plan{anOrgan: {
		{vocab.MandaatIsTijdspecialisatieVan, false, anOrgan}, {vocab.GeneriekIsTijdspecialisatieVan, false, anOrgan},
		{vocab.BesluitBestuurt, false, aUnit},
	}}
	ofZitting = join(organs, plan{aZitting: append([]step{
		{vocab.BesluitHeeftAgenda, false, aDocument}, {vocab.BesluitHeeftBesluitenlijst, false, aDocument},
		{vocab.BesluitHeeftNotulen, false, aDocument}, {vocab.BesluitHeeftUittreksel, false, aDocument},
		{vocab.ProvAtLocation, false, aPlace},
	}, heldBy...)})
	ofBesluit = join(organs, plan{
		aBesluit: {
			{vocab.EliHasPart, false, anArticle},
			{vocab.EliCites, false, aGround},
			{vocab.EliPassedBy, false, anOrgan},
			{vocab.EliCorrects, true, mentioned},
			{vocab.ProvGenerated, true, aHandling}, {vocab.ProvWasGeneratedBy, false, aHandling},
		},
		aGround:   {{vocab.EliRealizes, false, anAct}},
		aHandling: {{vocab.BesluitHeeftStemming, false, aVote}, {vocab.DctSubject, false, anItem}},
	})

	present = plan{aZitting: {
		{vocab.BesluitHeeftVoorzitter, false, aMandataris}, {vocab.BesluitHeeftSecretaris, false, aMandataris},
		{vocab.BesluitHeeftAanwezigeBijStart, false, aMandataris},
	}}
	voters = plan{aVote: {
		{vocab.BesluitHeeftAanwezige, false, aMandataris}, {vocab.BesluitHeeftVoorstander, false, aMandataris},
		{vocab.BesluitHeeftTegenstander, false, aMandataris}, {vocab.BesluitHeeftOnthouder, false, aMandataris},
		{vocab.Besluit + "heeftOnthouders", false, aMandataris},
	}}
	people = plan{aMandataris: {{vocab.MandaatIsBestuurlijkeAliasVan, false, aPerson}}}

	itemsOf  = func(to role) []step { return links(false, to, vocab.BesluitBehandelt, vocab.Ext+"behandelt") }
	sittings = func(to role) []step { return links(true, to, vocab.BesluitBehandelt, vocab.Ext+"behandelt") }
	decided  = func(to role) plan {
		return plan{
			anItem: links(true, aHandling, vocab.DctSubject),
			aHandling: {
				{vocab.BesluitHeeftStemming, false, aVote},
				{vocab.ProvGenerated, false, to}, {vocab.ProvWasGeneratedBy, true, to},
			},
		}
	}
)

// The plans.
var (
	// readBesluit: from a decision to its sitting, and no further.
	readBesluit = join(besluitInList, voters, people)
	// besluitInList: the same without the names of the voters.
	besluitInList = join(ofBesluit, plan{anItem: sittings(zittingLine), zittingLine: heldBy})
	// readAgendapunt: an item with its place on the agenda, its votes and the
	// titles of its decisions.
	readAgendapunt = join(organs, voters, people, decided(besluitLine), plan{
		anItem:       sittings(zittingOrder),
		zittingOrder: slices.Concat(heldBy, itemsOf(itemOrder)),
		itemOrder:    links(true, aftermath, vocab.DctSubject),
	})
	// readZitting: from a sitting to the titles of all that was decided there.
	readZitting = join(ofZitting, present, people, decided(besluitLine), plan{aZitting: itemsOf(anItem)})
	// zittingInList: a sitting as a line in a list.
	zittingInList = join(organs, plan{zittingOrder: heldBy})
	// together: from anywhere to everything of the sittings it is in, but for
	// the names of people.
	together = join(ofZitting, ofBesluit, decided(aBesluit), plan{aZitting: itemsOf(anItem), anItem: sittings(aZitting)})
	// apart: the same, without what other entities say.
	apart = join(ofZitting, ofBesluit)
)

func links(inverse bool, to role, properties ...string) (steps []step) {
	for _, property := range properties {
		steps = append(steps, step{property, inverse, to})
	}
	return steps
}

// join puts plans together.
func join(plans ...plan) plan {
	all := plan{}
	for _, p := range plans {
		for r, steps := range p {
			for _, s := range steps {
				if !slices.Contains(all[r], s) {
					all[r] = append(slices.Clip(all[r]), s)
				}
			}
		}
	}
	return all
}

// Bounds on one reading: data of hostile pages may hang everything together.
const (
	maxNodes      = 200_000
	querySize     = 1000 // IRIs in one query, about
	togetherChunk = 2000
)

var errTooMany = errors.New("read entities: too many hang together")

// read collects the descriptions of the seeds and of all that the plan leads
// to: a graph in a fixed order, and the role of every node that was read. It
// goes step by step, with as few queries for each as their length allows.
func (r *Reader) read(ctx context.Context, seeds map[string]role, p plan) (*rdf.Graph, map[string]role, error) {
	var found []rdf.Quad
	roles := map[string]role{}
	next := seeds
	for len(next) > 0 {
		if len(roles)+len(next) > cmp.Or(r.bound, maxNodes) {
			return nil, nil, errTooMany
		}
		maps.Copy(roles, next)
		fresh := map[string]role{}
		add := func(t rdf.Term, as role) {
			iri := t.Value()
			if known, ok := roles[iri]; !t.IsIRI() || ok && !known.givesWay(as) {
				return
			}
			if known, ok := fresh[iri]; !ok || known.givesWay(as) {
				fresh[iri] = as
			}
		}
		for _, query := range queries(next, p) {
			for q, err := range r.quads(ctx, query) {
				if err != nil {
					return nil, nil, err
				}
				found = append(found, q)
				for _, s := range p[next[q.Subject.Value()]] {
					if !s.inverse && s.property == q.Predicate.Value() {
						add(q.Object, s.to)
					}
				}
				if !q.Object.IsIRI() {
					continue
				}
				for _, s := range p[next[q.Object.Value()]] {
					if s.inverse && s.property == q.Predicate.Value() {
						add(q.Subject, s.to)
					}
				}
			}
		}
		next = fresh
	}
	slices.SortFunc(found, rdf.CompareQuads)
	return rdf.NewGraph(found...), roles, nil
}

// queries asks for what the roles of nodes say is read of them, and for what
// points at them.
func queries(nodes map[string]role, p plan) []string {
	var whole []string     // subjects
	parts := [2][]string{} // pairs: subject or object, and property
	for iri, as := range nodes {
		if !isIRIRef(iri) {
			continue
		}
		properties, part := only[as]
		if !part {
			whole = append(whole, "<"+iri+">")
		}
		for _, property := range properties {
			parts[0] = append(parts[0], "(<"+iri+"> <"+property+">)")
		}
		for _, s := range p[as] {
			if s.inverse {
				parts[1] = append(parts[1], "(<"+iri+"> <"+s.property+">)")
			}
		}
	}
	var list []string
	var branches []string
	size := 0
	flush := func() {
		if len(branches) > 0 {
			list = append(list, "CONSTRUCT { ?s ?p ?o } WHERE { "+strings.Join(branches, " UNION ")+" }")
		}
		branches, size = nil, 0
	}
	for _, kind := range [...]struct {
		vars   string
		values []string
	}{{"?s", whole}, {"(?s ?p)", parts[0]}, {"(?o ?p)", parts[1]}} {
		slices.Sort(kind.values) // the same nodes, the same query
		for len(kind.values) > 0 {
			n := min(len(kind.values), querySize-size)
			branches = append(branches, "{ VALUES "+kind.vars+" { "+strings.Join(kind.values[:n], " ")+" } ?s ?p ?o }")
			kind.values = kind.values[n:]
			if size += n; size == querySize {
				flush()
			}
		}
	}
	flush()
	return list
}

func (r *Reader) quads(ctx context.Context, query string) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		result, err := r.Engine.Query(ctx, sparql.Query{Text: query})
		if err != nil {
			yield(rdf.Quad{}, fmt.Errorf("read entities: %w", err))
			return
		}
		defer result.Close()
		for q, err := range result.Quads {
			if err != nil {
				err = fmt.Errorf("read entities: %w", err)
			}
			if !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// rows yields the solutions of a SELECT query; the slice is valid until the
// next step.
func (r *Reader) rows(ctx context.Context, query string) iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		result, err := r.Engine.Query(ctx, sparql.Query{Text: query})
		if err != nil {
			yield(nil, fmt.Errorf("read entities: %w", err))
			return
		}
		defer result.Close()
		for row, err := range result.Rows {
			if err != nil {
				err = fmt.Errorf("read entities: %w", err)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// isIRIRef reports whether an IRI can stand between angle brackets (SPARQL 1.1,
// IRIREF): what can not, can not be asked for.
func isIRIRef(s string) bool {
	return s != "" && !strings.HasPrefix(s, "_:") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || strings.ContainsRune("<>\"{}|^`\\", r) })
}

// IRI returns the IRI whose besluit.ID is id, "" if no entity has it. An IRI
// is returned as it is.
func (r *Reader) IRI(ctx context.Context, id string) (string, error) {
	if strings.Contains(id, ":") {
		return id, nil
	}
	if strings.ContainsFunc(id, func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r && r <= 'f' || r == '-') }) {
		return "", nil
	}
	for row, err := range r.rows(ctx, `SELECT ?s WHERE { ?s <`+vocab.MuUUID+`> "`+id+`" }`) {
		if err != nil {
			return "", err
		}
		// A page may claim any identifier for any subject; the hash decides.
		if s := row[0]; s.IsIRI() && besluit.ID(s.Value()) == id {
			return s.Value(), nil
		}
	}
	return "", nil
}

// entity reads one entity by id or IRI and lifts it with what the plan leads to.
func (r *Reader) entity(ctx context.Context, id string, as role, p plan) (iri string, in *besluit.Inhoud, err error) {
	iri, err = r.IRI(ctx, id)
	if err != nil || iri == "" {
		return "", nil, err
	}
	g, _, err := r.read(ctx, map[string]role{iri: as}, p)
	if err != nil {
		return "", nil, err
	}
	if g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
		return "", &besluit.Inhoud{}, nil
	}
	return iri, besluit.Lift(g), nil
}

// find returns the entity with the given IRI from a list, nil if it is not
// there.
func find[T any](list []*T, iri string, iriOf func(*T) string) *T {
	for _, v := range list {
		if iriOf(v) == iri {
			return v
		}
	}
	return nil
}

// Besluit returns a decision by the id of its address or by its IRI, with its
// articles, votes, item, sitting and organ; nil if there is none. Of the
// sitting only the moment and the organ are read, so that the item has no
// number.
func (r *Reader) Besluit(ctx context.Context, id string) (*besluit.Besluit, error) {
	iri, in, err := r.entity(ctx, id, aBesluit, readBesluit)
	if err != nil || in == nil {
		return nil, err
	}
	withoutNumbers(in)
	return find(in.Besluiten, iri, func(b *besluit.Besluit) string { return b.IRI }), nil
}

// withoutNumbers takes the numbers from items of which the others on the
// agenda were not read.
func withoutNumbers(in *besluit.Inhoud) {
	for _, a := range in.Agendapunten {
		a.Nummer = 0
	}
}

// Agendapunt returns an item by id or IRI, with its votes, and its sitting and
// its decisions as lines in a list; nil if there is none. The other items of
// the sitting have an IRI and a place.
func (r *Reader) Agendapunt(ctx context.Context, id string) (*besluit.Agendapunt, error) {
	iri, in, err := r.entity(ctx, id, anItem, readAgendapunt)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Agendapunten, iri, func(a *besluit.Agendapunt) string { return a.IRI }), nil
}

// Zitting returns a sitting by id or IRI, with its agenda; nil if there is
// none. Its decisions are lines in a list (title, description, types, dates),
// and the names of voters are not read, only who was present.
func (r *Reader) Zitting(ctx context.Context, id string) (*besluit.Zitting, error) {
	iri, in, err := r.entity(ctx, id, aZitting, readZitting)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Zittingen, iri, func(z *besluit.Zitting) string { return z.IRI }), nil
}

// Bestuursorgaan returns an organ by id or IRI, nil if there is none.
func (r *Reader) Bestuursorgaan(ctx context.Context, id string) (*besluit.Bestuursorgaan, error) {
	iri, in, err := r.entity(ctx, id, anOrgan, organs)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Bestuursorganen, iri, func(o *besluit.Bestuursorgaan) string { return o.IRI }), nil
}

// Together reads entities with everything of the sittings they belong to, for
// an index: every Zitting, Agendapunt and Besluit that the store describes, and
// the IRIs among those asked for that it describes no more. Of wanted only the
// IRIs of Zittingen, Agendapunten and Besluiten count. Where more hangs together
// than can be read at once, each is read by itself.
func (r *Reader) Together(ctx context.Context, wanted *besluit.Inhoud) (in *besluit.Inhoud, gone []string, err error) {
	seeds := map[string]role{}
	for _, z := range wanted.Zittingen {
		seeds[z.IRI] = aZitting
	}
	for _, a := range wanted.Agendapunten {
		seeds[a.IRI] = anItem
	}
	for _, b := range wanted.Besluiten {
		seeds[b.IRI] = aBesluit
	}
	in, kept := &besluit.Inhoud{}, map[string]bool{}
	asked := slices.Sorted(maps.Keys(seeds))
	for chunk := range slices.Chunk(asked, togetherChunk) {
		part := map[string]role{}
		for _, iri := range chunk {
			if !kept[iri] { // an earlier part may have read it along
				part[iri] = seeds[iri]
			}
		}
		if err := r.readTogether(ctx, part, in, kept); err != nil {
			return nil, nil, err
		}
	}
	for _, iri := range asked {
		if !kept[iri] {
			gone = append(gone, iri)
		}
	}
	return in, gone, nil
}

// readTogether adds what hangs together with the seeds to in, and its IRIs to
// kept.
func (r *Reader) readTogether(ctx context.Context, seeds map[string]role, in *besluit.Inhoud, kept map[string]bool) error {
	g, roles, err := r.read(ctx, seeds, together)
	if errors.Is(err, errTooMany) {
		g, roles, err = r.read(ctx, seeds, apart)
	}
	if err != nil {
		return err
	}
	// Lift also meets what the plan read as a mere neighbour, such as a decision
	// that corrects another one.
	there := func(iri string, as role) bool {
		if kept[iri] || roles[iri] != as || g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
			return false
		}
		kept[iri] = true
		return true
	}
	all := besluit.Lift(g)
	for _, z := range all.Zittingen {
		if there(z.IRI, aZitting) {
			in.Zittingen = append(in.Zittingen, z)
		}
	}
	for _, a := range all.Agendapunten {
		// Some programs write nodes of this class that say nothing at all.
		empty := a.Titel == "" && a.Zitting == nil && len(a.Behandelingen) == 0
		if !empty && there(a.IRI, anItem) {
			in.Agendapunten = append(in.Agendapunten, a)
		}
	}
	for _, b := range all.Besluiten {
		if there(b.IRI, aBesluit) {
			in.Besluiten = append(in.Besluiten, b)
		}
	}
	return nil
}

// beschrijving is what belongs to the description of any subject: its parts
// and the votes on it.
var beschrijving = plan{
	"onderwerp": {
		{vocab.EliHasPart, false, "deel"},
		{vocab.ProvGenerated, true, "behandeling van"},
		{vocab.BesluitHeeftStemming, false, "deel"},
		{vocab.ProvAtLocation, false, "deel"},
		{vocab.DctSubject, true, "deel"},
		{vocab.BesluitBestuurt, true, "deel"},
	},
	"behandeling van": {{vocab.BesluitHeeftStemming, false, "deel"}},
}

// Describe returns the triples about a subject with what belongs to it
// (articles, handling, votes), sorted; none if the store does not describe it.
func (r *Reader) Describe(ctx context.Context, iri string) ([]rdf.Quad, error) {
	g, _, err := r.read(ctx, map[string]role{iri: "onderwerp"}, beschrijving)
	if err != nil || g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
		return nil, err
	}
	return slices.SortedFunc(g.All(), func(a, b rdf.Quad) int {
		// The subject itself first.
		return cmp.Or(order(a.Subject.Value() != iri)-order(b.Subject.Value() != iri), rdf.CompareQuads(a, b))
	}), nil
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}
