package oslo

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// slips applies the rules about data that reads well but cannot be meant: names
// that a template left unfilled, times in the wrong order, votes that
// contradict each other, one IRI for two things.
func (c *judgement) slips() {
	c.apply(c.relativeURIs, c.placeholders, c.namespaces, c.classClash, c.documentRelations, c.moments, c.order, c.languages, c.votes)
}

// linkAttribute finds the attributes of a start tag that name its subject.
var linkAttribute = regexp.MustCompile(`(?is)\s(resource|about|href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

var (
	schemeForm = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*:|\[|_:|//)`)
	baseTag    = regexp.MustCompile(`(?i)<base\s[^>]*href`)
)

// relativeURIs looks for things that are named by an address relative to the
// page, on a page without a base element: on another page they are called
// something else.
func (c *judgement) relativeURIs() {
	if c.in.Text == nil || baseTag.Match(c.in.Text[:min(len(c.in.Text), 1<<14)]) {
		return
	}
	reported := map[int]bool{}
	for _, f := range c.in.Findings {
		switch f.Rule {
		case "null-uri", "missing-scheme", "empty-resource":
			reported[f.Span.Start.Line] = true
		}
	}
	var t tally
	written := ""
	seen := map[rdf.Term]bool{}
	for q := range c.saying(vocab.RDFType) {
		if !named[q.Object.Value()] || !q.Subject.IsIRI() || seen[q.Subject] {
			continue
		}
		seen[q.Subject] = true
		span := c.subjects[q.Subject]
		if span.IsZero() || span.End.Offset > len(c.in.Text) || reported[span.Start.Line] {
			continue
		}
		if bytes.Contains(c.in.Text[span.Start.Offset:span.End.Offset], []byte(q.Subject.Value())) {
			continue // written in full
		}
		for _, m := range linkAttribute.FindAllSubmatch(c.in.Text[span.Start.Offset:span.End.Offset], -1) {
			value := string(m[2]) + string(m[3]) + string(m[4])
			if value == "" || schemeForm.MatchString(strings.TrimSpace(value)) {
				break
			}
			if !strings.HasSuffix(q.Subject.Value(), strings.TrimLeft(value, "./")) {
				continue
			}
			if len(t.keys) == 0 {
				written = value
			}
			q.Span = span
			t.add("", q)
			break
		}
	}
	c.tell("relative-uri", &t, func(string) rdf.Text {
		return rdf.Text{
			NL: fmt.Sprintf("De IRI „%s” is relatief en de pagina heeft geen base-element: op een andere pagina heet hetzelfde ding anders.", written),
			EN: fmt.Sprintf("The IRI “%s” is relative and the page has no base element: on another page the same thing has another name.", written),
		}
	})
}

// unfilled reports whether something was left in an IRI where a template had
// nothing to fill in.
func unfilled(iri string) bool {
	rest := iri
	for rest != "" {
		i := strings.IndexAny(rest, "/#=?&:")
		segment := rest
		if i >= 0 {
			segment, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		switch len(segment) {
		case 3, 4, 9:
			if strings.EqualFold(segment, "nan") || strings.EqualFold(segment, "none") || strings.EqualFold(segment, "undefined") {
				return true
			}
		case 36:
			if segment == "00000000-0000-0000-0000-000000000000" {
				return true
			}
		}
		if strings.HasPrefix(segment, "[object") || strings.Contains(segment, "{{") || strings.Contains(segment, "${") ||
			strings.Contains(segment, "<%") || strings.Contains(segment, "%7B%7B") || strings.Contains(segment, "%24%7B") {
			return true
		}
	}
	return false
}

// hostOf returns the host of a web address, "" for other IRIs.
func hostOf(iri string) string {
	after, ok := strings.CutPrefix(iri, "http")
	if !ok {
		return ""
	}
	host := strings.TrimPrefix(strings.TrimPrefix(after, "s"), "://")
	if end := strings.IndexAny(host, "/:?#"); end >= 0 && host[0] != '[' {
		host = host[:end]
	}
	return host
}

// inHouse reports whether a host can be reached from inside a house only.
func inHouse(host string) bool {
	for _, inHouse := range []string{"localhost", "127.", "0.0.0.0", "10.", "192.168.", "[::1]"} {
		if strings.HasPrefix(host, inHouse) && (inHouse != "10." || strings.Count(host, ".") == 3) {
			return true
		}
	}
	for _, top := range []string{".local", ".localdomain", ".test", ".intern", ".internal", ".localhost"} {
		if strings.HasSuffix(host, top) {
			return true
		}
	}
	return false
}

func (c *judgement) placeholders() {
	own := hostOf(c.in.Source) // a page on a server for tests points at that server
	wrong := func(iri string) bool {
		if unfilled(iri) {
			return true
		}
		host := hostOf(iri)
		return host != own && inHouse(host)
	}
	if !c.some(func(t rdf.Term) bool { return t.IsIRI() && wrong(t.Value()) }) {
		return
	}
	var t tally
	judged := map[string]bool{}
	for _, q := range c.in.Quads {
		for _, iri := range [...]string{iriOf(q.Subject), iriOf(q.Object)} {
			bad, known := judged[iri]
			if !known {
				bad = wrong(iri)
				judged[iri] = bad
			}
			if bad {
				t.add(iri, q)
				break
			}
		}
	}
	c.tell("placeholder-uri", &t, func(iri string) rdf.Text {
		return rdf.Text{
			NL: fmt.Sprintf("De IRI %s is niet ingevuld, of wijst naar een computer die van buiten niet te bereiken is.", shown(rdf.IRI(iri))),
			EN: fmt.Sprintf("The IRI %s was not filled in, or points at a computer that cannot be reached from outside.", shown(rdf.IRI(iri))),
		}
	})
}

// namespaces looks for prefixes that were declared with a namespace that is
// nearly right: without its last character, with / for #, or with a typing
// error.
func (c *judgement) namespaces() {
	judged := map[string]string{}
	near := func(iri string) string {
		right, known := judged[iri]
		if !known {
			right = nearNamespace(iri)
			judged[iri] = right
		}
		return right
	}
	wrong := false
	for p := range c.quads.predicates() {
		wrong = near(p) != "" || wrong
	}
	for q := range c.saying(vocab.RDFType) {
		wrong = near(iriOf(q.Object)) != "" || wrong
	}
	if !wrong {
		return
	}
	var t tally
	meant := map[string]string{}
	for _, q := range c.in.Quads {
		for _, iri := range [...]string{q.Predicate.Value(), typeOf(q)} {
			if right := judged[iri]; right != "" {
				t.add(right, q)
				meant[right] = iri
			}
		}
	}
	c.tell("misspelt-namespace", &t, func(right string) rdf.Text {
		return rdf.Text{
			NL: fmt.Sprintf("%s begint bijna als de naamruimte %s, maar niet helemaal.", meant[right], right),
			EN: fmt.Sprintf("%s begins almost like the namespace %s, but not quite.", meant[right], right),
		}
	})
}

func typeOf(q rdf.Sourced) string {
	if q.Predicate == rdfType {
		return iriOf(q.Object)
	}
	return ""
}

// nearNamespace returns the namespace that an IRI was meant to be in, "" if it
// is in one, or near none. A slash that a type lacks and a swapped scheme have
// rules of their own.
func nearNamespace(iri string) string {
	if iri == "" {
		return ""
	}
	_, bareIRI, _ := strings.Cut(iri, "://")
	for _, v := range vocabularies() {
		if _, bare, _ := strings.Cut(v.namespace, "://"); strings.HasPrefix(bareIRI, bare) {
			return ""
		}
	}
	for _, v := range vocabularies() {
		bare := strings.TrimRight(v.namespace, "#/")
		if local, ok := strings.CutPrefix(iri, bare); ok {
			if v.has[strings.TrimLeft(local, "#/")] {
				return v.namespace
			}
			continue
		}
		cut := strings.LastIndexAny(iri, "#/") + 1
		if local := iri[cut:]; v.has[local] && len(local) > 3 && editDistance(strings.ToLower(iri[:cut]), strings.ToLower(v.namespace), 3) < 3 {
			return v.namespace
		}
	}
	return ""
}

// apart are the classes of which one thing can be only one.
var apart = []string{
	vocab.BesluitZitting, vocab.BesluitAgendapunt, vocab.BesluitBehandelingVanAgendapunt, vocab.BesluitBesluit, vocab.BesluitArtikel,
	vocab.BesluitStemming, vocab.BesluitBestuursorgaan, vocab.BesluitBestuurseenheid, vocab.MandaatMandataris,
}

func (c *judgement) classClash() {
	first := map[rdf.Term]rdf.Term{}
	told := map[rdf.Term]bool{}
	for q := range c.saying(vocab.RDFType) {
		if !slices.Contains(apart, q.Object.Value()) {
			continue
		}
		one, ok := first[q.Subject]
		if !ok {
			first[q.Subject] = q.Object
			continue
		}
		if one != q.Object && !told[q.Subject] {
			told[q.Subject] = true
			c.report(finding("class-clash", rdf.Text{
				NL: fmt.Sprintf("%s is tegelijk %s en %s: twee dingen delen één IRI.", shown(q.Subject), curie(one.Value()), curie(q.Object.Value())),
				EN: fmt.Sprintf("%s is %s and %s at once: two things share one IRI.", shown(q.Subject), curie(one.Value()), curie(q.Object.Value())),
			}, at(q)))
		}
	}
}

// documentRelations looks for a document whose type is not what the sitting
// says it is.
func (c *judgement) documentRelations() {
	for _, k := range kinds {
		for q := range c.saying(k.relation) {
			if c.graph.Has(q.Object, rdfType, rdf.IRI(k.documentType)) {
				continue
			}
			for _, other := range kinds {
				if c.graph.Has(q.Object, rdfType, rdf.IRI(other.documentType)) {
					c.report(finding("document-relation", rdf.Text{
						NL: fmt.Sprintf("%s wijst naar een document dat als %s getypeerd is.", curie(k.relation), other.soort),
						EN: fmt.Sprintf("%s points at a document that is typed as %s.", curie(k.relation), other.soort),
					}, at(q)))
					break
				}
			}
		}
	}
}

// timeZone ends an xsd:dateTime that says in which zone it is.
var timeZone = regexp.MustCompile(`T.*(?:Z|[+-]\d\d(?::?\d\d)?)\s*$`)

// moments looks at dates and times: a time zone, an end after its start, a
// publication after its sitting.
func (c *judgement) moments() {
	var zones, early tally
	zoneless := func(t rdf.Term) bool {
		v := t.Value()
		return t.Datatype() == vocab.XSDDateTime && dayOf(v) != "" && strings.Contains(v, "T") && !timeZone.MatchString(v)
	}
	if c.some(zoneless) {
		for _, q := range c.in.Quads {
			if zoneless(q.Object) {
				zones.add("", q)
			}
		}
	}
	for q := range c.saying(vocab.ProvEndedAtTime, vocab.EliDatePublication) {
		switch q.Predicate.Value() {
		case vocab.ProvEndedAtTime:
			end, ended := momentOf(q.Object.Value())
			for o := range c.graph.Objects(q.Subject, rdf.IRI(vocab.ProvStartedAtTime)) {
				if start, ok := momentOf(o.Value()); ok && ended && end.Before(start) {
					c.report(finding("time-order", rdf.Text{
						NL: fmt.Sprintf("Het einde (%s) ligt voor het begin (%s).", q.Object.Value(), o.Value()),
						EN: fmt.Sprintf("The end (%s) comes before the start (%s).", q.Object.Value(), o.Value()),
					}, at(q)))
				}
			}
		case vocab.EliDatePublication:
			day := dayOf(q.Object.Value())
			for _, s := range c.sittingsOf(q.Subject) {
				held := dayOf(c.graph.Object(s, rdf.IRI(vocab.ProvStartedAtTime)).Value())
				if day != "" && held != "" && day < held && !c.graph.Has(s, rdf.IRI(vocab.BesluitHeeftAgenda), q.Subject) {
					early.add(day+" "+held, q)
					break
				}
			}
		}
	}
	c.tell("published-before-sitting", &early, func(key string) rdf.Text {
		day, held, _ := strings.Cut(key, " ")
		return rdf.Text{
			NL: fmt.Sprintf("De publicatiedatum %s ligt voor de zitting van %s.", day, held),
			EN: fmt.Sprintf("The date of publication %s comes before the sitting of %s.", day, held),
		}
	})
	c.tell("time-zone", &zones, func(key string) rdf.Text {
		v := shown(zones.first[key].Object)
		return rdf.Text{NL: v + " zegt niet in welke tijdzone het is.", EN: v + " does not say in which time zone it is."}
	})
}

func momentOf(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// order looks for items or handlings that come after themselves, in a chain of
// besluit:aangebrachtNa or besluit:gebeurtNa.
func (c *judgement) order() {
	for _, p := range []string{vocab.BesluitAangebrachtNa, vocab.BesluitGebeurtNa} {
		predicate := rdf.IRI(p)
		done := map[rdf.Term]bool{}
		for q := range c.graph.Match(rdf.Term{}, predicate, rdf.Term{}) {
			trail := map[rdf.Term]bool{}
			for node := q.Subject; !node.IsZero() && !done[node]; node = c.graph.Object(node, predicate) {
				if trail[node] {
					last := rdf.Quad{Subject: node, Predicate: predicate, Object: c.graph.Object(node, predicate)}
					c.report(finding("order-cycle", rdf.Text{
						NL: fmt.Sprintf("De volgorde loopt rond: via %s komt %s na zichzelf.", curie(p), shown(node)),
						EN: fmt.Sprintf("The order runs in a circle: by %s, %s comes after itself.", curie(p), shown(node)),
					}, at(rdf.Sourced{Quad: last, Span: c.first(last)})))
					break
				}
				trail[node] = true
			}
			for node := range trail {
				done[node] = true
			}
		}
	}
}

const euLanguage = "http://publications.europa.eu/resource/authority/language/"

var languageCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (c *judgement) languages() {
	var t tally
	for q := range c.saying(vocab.EliLanguage) {
		if !q.Object.IsIRI() {
			continue
		}
		if local, ok := strings.CutPrefix(q.Object.Value(), euLanguage); !ok || !languageCode.MatchString(local) {
			t.add(q.Object.Value(), q)
		}
	}
	c.tell("language-code", &t, func(iri string) rdf.Text {
		return rdf.Text{
			NL: fmt.Sprintf("%s staat niet in de Europese talenlijst; Nederlands is %sNLD.", shown(rdf.IRI(iri)), euLanguage),
			EN: fmt.Sprintf("%s is not in the European list of languages; Dutch is %sNLD.", shown(rdf.IRI(iri)), euLanguage),
		}
	})
}

// camps are the ways to vote.
var camps = []struct{ total, voter, nl, en string }{
	{vocab.BesluitAantalVoorstanders, vocab.BesluitHeeftVoorstander, "voorstanders", "in favour"},
	{vocab.BesluitAantalTegenstanders, vocab.BesluitHeeftTegenstander, "tegenstanders", "against"},
	{vocab.BesluitAantalOnthouders, vocab.BesluitHeeftOnthouder, "onthouders", "abstaining"},
}

// votes looks for votes that contradict themselves: who voted twice, was not
// there, or voted by name in secret; and more votes than people present.
func (c *judgement) votes() {
	for s := range c.graph.Subjects(rdfType, rdf.IRI(vocab.BesluitStemming)) {
		present := map[rdf.Term]bool{}
		for o := range c.graph.Objects(s, rdf.IRI(vocab.BesluitHeeftAanwezige)) {
			present[o] = true
		}
		secret := isTrue(c.graph.Object(s, rdf.IRI(vocab.BesluitGeheim)))
		camp := map[rdf.Term]string{}
		sum, last := 0, rdf.Quad{}
		named, twice, absent := false, false, false
		for _, k := range camps {
			total := c.graph.Object(s, rdf.IRI(k.total))
			if n, ok := countOf(total); ok {
				sum += n
				last = rdf.Quad{Subject: s, Predicate: rdf.IRI(k.total), Object: total}
			}
			for voter := range c.graph.Objects(s, rdf.IRI(k.voter)) {
				if voter.IsLiteral() {
					continue // told by a shape
				}
				q := rdf.Quad{Subject: s, Predicate: rdf.IRI(k.voter), Object: voter}
				where := func() rdf.Finding { return at(rdf.Sourced{Quad: q, Span: c.first(q)}) }
				if secret && !named {
					named = true
					c.report(finding("secret-vote-named", rdf.Text{
						NL: "De stemming is geheim, maar wie wat stemde staat er bij naam.",
						EN: "The vote is secret, but who voted what is told by name.",
					}, where()))
				}
				if other, ok := camp[voter]; ok && !twice {
					twice = true
					c.report(finding("voted-twice", rdf.Text{
						NL: fmt.Sprintf("%s staat bij %s en bij %s.", shown(voter), other, k.nl),
						EN: fmt.Sprintf("%s is counted twice: %s and %s.", shown(voter), other, k.nl),
					}, where()))
				}
				camp[voter] = k.nl
				if len(present) > 0 && !present[voter] && !absent {
					absent = true
					c.report(finding("voter-absent", rdf.Text{
						NL: fmt.Sprintf("%s stemde, maar was volgens de stemming niet aanwezig.", shown(voter)),
						EN: fmt.Sprintf("%s voted, but by the list of the vote was not present.", shown(voter)),
					}, where()))
				}
			}
		}
		if len(present) > 0 && sum > len(present) {
			c.report(finding("vote-sum", rdf.Text{
				NL: fmt.Sprintf("Er zijn %d stemmen geteld, maar slechts %d aanwezigen.", sum, len(present)),
				EN: fmt.Sprintf("%d votes were counted, but only %d people were present.", sum, len(present)),
			}, at(rdf.Sourced{Quad: last, Span: c.first(last)})))
		}
	}
}

func isTrue(t rdf.Term) bool { return t.Value() == "true" || t.Value() == "1" }
