package oslo

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// vendorFaults applies the rules about faults that publishing programs make.
// A fault that a program makes everywhere on a page, such as a wrong namespace,
// is reported once, with how often.
func (c *judgement) vendorFaults(page bool) {
	if page {
		c.decisionData()
	}
	c.apply(c.schemes, c.datatypes, c.unknownTerms, c.generatedWithoutClass, c.documentTypes, c.blankNodes, c.sessions, c.voteTotals)
}

// tally collects occurrences of one fault under a key and keeps the first.
type tally struct {
	keys  []string
	first map[string]rdf.Sourced
	times map[string]int
}

func (t *tally) add(key string, q rdf.Sourced) {
	if t.first == nil {
		t.first, t.times = map[string]rdf.Sourced{}, map[string]int{}
	}
	if t.times[key]++; t.times[key] == 1 {
		t.keys = append(t.keys, key)
		t.first[key] = q
	}
}

// again says how often a fault came back, for the end of a message.
func (t *tally) again(key string) (nl, en string) {
	switch n := t.times[key] - 1; n {
	case 0:
		return "", ""
	case 1:
		return " Dit staat nog één keer op de pagina.", " It stands on the page once more."
	default:
		return fmt.Sprintf(" Dit staat nog %d keer op de pagina.", n), fmt.Sprintf(" It stands on the page %d times more.", n)
	}
}

func (c *judgement) decisionData() {
	for p := range c.quads.predicates() {
		if strings.HasPrefix(p, vocab.LblodBesluit) { // such as linkToPublication
			return
		}
	}
	for q := range c.saying(vocab.RDFType) {
		if ownSubject(q.Object.Value()) {
			return
		}
	}
	c.report(finding("no-decision-data", rdf.Text{
		NL: "Op de pagina staat geen enkele zitting, agendapunt of besluit, en geen verwijzing naar een publicatie: er is niets te oogsten.",
		EN: "The page has no sitting, item or decision, and no link to a publication: there is nothing to harvest.",
	}, rdf.Finding{}))
}

// ownSubject reports whether a class makes a subject worth publishing.
func ownSubject(class string) bool {
	return strings.HasPrefix(class, vocab.Besluit) || strings.HasPrefix(class, vocab.Mandaat) ||
		strings.HasPrefix(class, vocab.BesluitDocumentType) || strings.HasPrefix(class, vocab.BesluitType) ||
		class == vocab.EliLegalResource || class == vocab.Eli+"LegalExpression"
}

// schemed are the namespaces whose scheme people get wrong. That of persoon is
// written both ways in the standards themselves.
var schemed = []string{
	vocab.Besluit, vocab.Mandaat, vocab.Generiek, vocab.Eli, vocab.Prov, vocab.Dct, vocab.Foaf, vocab.Org, vocab.SKOS,
	vocab.RDF, vocab.RDFS, vocab.XSD, vocab.LblodBesluit, vocab.Ext, vocab.BesluitType, vocab.BesluitDocumentType,
	vocab.BestuurseenheidClassificatieCode, vocab.BestuursorgaanClassificatieCode,
}

// swapped holds those namespaces with the other scheme, http or https, by the
// scheme that they then have.
var swapped = func() map[string][]swap {
	all := map[string][]swap{}
	for _, right := range schemed {
		scheme, bare, _ := strings.Cut(right, "://")
		other := "https"
		if scheme == other {
			other = "http"
		}
		all[other] = append(all[other], swap{other + "://" + bare, right})
	}
	return all
}()

type swap struct{ wrong, right string }

// wrongScheme returns the right namespace of an IRI that begins with a known
// namespace but for its scheme.
func wrongScheme(iri string) (right string, wrong bool) {
	scheme := "http"
	if strings.HasPrefix(iri, "https:") {
		scheme = "https"
	} else if !strings.HasPrefix(iri, "http:") {
		return "", false
	}
	for _, s := range swapped[scheme] {
		if strings.HasPrefix(iri, s.wrong) {
			return s.right, true
		}
	}
	return "", false
}

func (c *judgement) schemes() {
	if !c.some(func(t rdf.Term) bool {
		_, wrong := wrongScheme(cmp.Or(t.Datatype(), t.Value()))
		return wrong
	}) {
		return
	}
	var t tally
	wrong := map[string]string{}
	judged := map[string]string{} // an IRI, and the namespace it should have had
	for _, q := range c.in.Quads {
		for _, iri := range [...]string{q.Predicate.Value(), iriOf(q.Object), q.Object.Datatype()} {
			right, known := judged[iri]
			if !known {
				right, _ = wrongScheme(iri)
				judged[iri] = right
			}
			if right != "" {
				t.add(right, q)
				if wrong[right] == "" {
					wrong[right] = iri
				}
				break
			}
		}
	}
	for _, right := range t.keys {
		nl, en := t.again(right)
		c.report(finding("wrong-scheme", rdf.Text{
			NL: fmt.Sprintf("%s is niet wat het lijkt: de naamruimte heet %s.%s", wrong[right], right, nl),
			EN: fmt.Sprintf("%s is not what it seems: the namespace is called %s.%s", wrong[right], right, en),
		}, at(t.first[right])))
	}
}

func iriOf(t rdf.Term) string {
	if t.IsIRI() {
		return t.Value()
	}
	return ""
}

// at is a finding about a quad, at its place.
func at(q rdf.Sourced) rdf.Finding {
	return rdf.Finding{Span: q.Span, Focus: q.Subject, Path: q.Predicate.Value(), Value: q.Object}
}

var xsdTypes = func() map[string]bool {
	known := map[string]bool{}
	for _, name := range strings.Fields(`string boolean decimal integer double float date time dateTime dateTimeStamp
		gYear gMonth gDay gYearMonth gMonthDay duration yearMonthDuration dayTimeDuration byte short int long unsignedByte
		unsignedShort unsignedInt unsignedLong positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger
		hexBinary base64Binary anyURI language normalizedString token NMTOKEN Name NCName QName NOTATION anySimpleType
		anyAtomicType ENTITY ENTITIES ID IDREF IDREFS NMTOKENS`) {
		known[vocab.XSD+name] = true
	}
	return known
}()

// datatypes looks for datatypes that do not exist, unless whoever read the
// document did so already.
func (c *judgement) datatypes() {
	if slices.ContainsFunc(c.in.Findings, func(f rdf.Finding) bool { return f.Rule == "unknown-datatype" }) {
		return
	}
	strange := func(d string) bool {
		return strings.HasPrefix(d, vocab.XSD) && !xsdTypes[d] || strings.HasPrefix(d, vocab.RDFS)
	}
	if !c.some(func(t rdf.Term) bool { d := t.Datatype(); return d != "" && d != vocab.XSDString && strange(d) }) {
		return
	}
	var t tally
	for _, q := range c.in.Quads {
		if d := q.Object.Datatype(); strange(d) {
			t.add(d, q)
		}
	}
	for _, d := range t.keys {
		nl, en := t.again(d)
		text := rdf.Text{NL: "Het datatype " + curie(d) + " bestaat niet.", EN: "There is no datatype " + curie(d) + "."}
		for known := range xsdTypes {
			if strings.EqualFold(known, d) {
				text.NL += " Bedoeld is " + curie(known) + "."
				text.EN += " It should be " + curie(known) + "."
			}
		}
		f := finding("unknown-datatype", rdf.Text{NL: text.NL + nl, EN: text.EN + en}, at(t.first[d]))
		if d == vocab.RDFS+"Literal" {
			f.Message.NL = "rdfs:Literal is een klasse en geen datatype: laat datatype weg, of schrijf xsd:string." + nl
			f.Message.EN = "rdfs:Literal is a class and not a datatype: leave datatype out, or write xsd:string." + en
		}
		c.report(f)
	}
}

func (c *judgement) unknownTerms() {
	var properties, classes tally
	judged := map[string]bool{}
	isUnknown := func(iri string) bool {
		answer, known := judged[iri]
		if !known {
			_, answer = unknownTerm(iri)
			judged[iri] = answer
		}
		return answer
	}
	for p := range c.quads.predicates() {
		if isUnknown(p) {
			for q := range c.saying(p) {
				properties.add(p, q)
			}
		}
	}
	for q := range c.saying(vocab.RDFType) {
		if isUnknown(q.Object.Value()) {
			classes.add(q.Object.Value(), q)
		}
	}
	for _, kind := range []struct {
		code string
		t    *tally
	}{{"unknown-property", &properties}, {"unknown-class", &classes}} {
		for _, iri := range kind.t.keys {
			nl, en := kind.t.again(iri)
			text := rdf.Text{NL: curie(iri) + " bestaat niet.", EN: "There is no " + curie(iri) + "."}
			if meant, _ := unknownTerm(iri); meant != "" {
				text.NL += " Bedoelde u " + curie(meant) + "?"
				text.EN += " Did you mean " + curie(meant) + "?"
			}
			if taught[iri] {
				text.NL += " De voorbeelden voor leveranciers schrijven het zelf verkeerd."
				text.EN += " The examples for vendors have it wrong themselves."
			}
			f := finding(kind.code, rdf.Text{NL: text.NL + nl, EN: text.EN + en}, at(kind.t.first[iri]))
			if taught[iri] {
				f.Severity = rdf.Info
			}
			c.report(f)
		}
	}
}

// generatedWithoutClass looks at what follows from the handling of an item. A
// decision that only another page describes is worth a warning; but where the
// class is missing, RDFa gives the properties of the decision to its handling,
// and then they are lost.
func (c *judgement) generatedWithoutClass() {
	besluit := rdf.IRI(vocab.BesluitBesluit)
	seen := map[rdf.Term]bool{}
	for q := range c.saying(vocab.ProvGenerated) {
		o := q.Object
		if o.IsLiteral() || seen[o] || c.graph.Has(o, rdfType, besluit) {
			continue
		}
		seen[o] = true
		f := finding("missing-class", rdf.Text{
			NL: fmt.Sprintf("%s volgt uit een behandeling, maar is hier niet getypeerd als besluit:Besluit: voor het Loket en voor oogsters is er dan geen besluit.", shown(o)),
			EN: fmt.Sprintf("%s follows from a handling, but is not typed besluit:Besluit here: for the portal and for harvesters there is then no decision.", shown(o)),
		}, at(q))
		if !c.describes(o, "") && !c.describes(q.Subject, vocab.Eli) {
			f.Severity = rdf.Warning
		}
		c.report(f)
	}
}

// describes reports whether the page says something of a node with a property
// of that namespace.
func (c *judgement) describes(node rdf.Term, namespace string) bool {
	for q := range c.graph.Match(node, rdf.Term{}, rdf.Term{}) {
		if strings.HasPrefix(q.Predicate.Value(), namespace) {
			return true
		}
	}
	return false
}

// documentTypes looks for documents of more than one type, and for type IRIs
// that lack the slash between list and code.
func (c *judgement) documentTypes() {
	first := map[rdf.Term]rdf.Term{}
	told := map[rdf.Term]bool{}
	var unslashed tally
	for q := range c.saying(vocab.RDFType) {
		iri := q.Object.Value()
		for _, list := range []string{vocab.BesluitDocumentType, vocab.BesluitType} {
			if code, ok := strings.CutPrefix(iri, strings.TrimSuffix(list, "/")); ok && code != "" && code[0] != '/' {
				unslashed.add(iri, q)
			}
		}
		if !strings.HasPrefix(iri, vocab.BesluitDocumentType) || len(iri) == len(vocab.BesluitDocumentType) {
			continue
		}
		one, ok := first[q.Subject]
		if !ok {
			first[q.Subject] = q.Object
		} else if one != q.Object && !told[q.Subject] {
			told[q.Subject] = true
			c.report(finding("duplicate-document-type", rdf.Text{
				NL: fmt.Sprintf("Het document %s is tegelijk %s en %s: het Loket weet niet als wat het gemeld is.", shown(q.Subject), documentName(one), documentName(q.Object)),
				EN: fmt.Sprintf("The document %s is %s and %s at once: the portal cannot tell what is notified.", shown(q.Subject), documentName(one), documentName(q.Object)),
			}, at(q)))
		}
	}
	for _, iri := range unslashed.keys {
		nl, en := unslashed.again(iri)
		c.report(finding("document-type-slash", rdf.Text{
			NL: fmt.Sprintf("In het type %s ontbreekt een schuine streep voor de code.%s", iri, nl),
			EN: fmt.Sprintf("The type %s lacks a slash before the code.%s", iri, en),
		}, at(unslashed.first[iri])))
	}
}

func documentName(t rdf.Term) string {
	for _, k := range kinds {
		if k.documentType == t.Value() {
			return string(k.soort)
		}
	}
	return curie(t.Value())
}

// named are the classes whose instances need an IRI.
var named = map[string]bool{
	vocab.BesluitZitting: true, vocab.BesluitAgendapunt: true, vocab.BesluitBehandelingVanAgendapunt: true,
	vocab.BesluitBesluit: true, vocab.BesluitArtikel: true, vocab.BesluitStemming: true,
	vocab.BesluitBestuursorgaan: true, vocab.BesluitBestuurseenheid: true, vocab.MandaatMandataris: true,
}

func (c *judgement) blankNodes() {
	seen := map[rdf.Term]bool{}
	for q := range c.saying(vocab.RDFType) {
		if !q.Subject.IsBlank() || !named[q.Object.Value()] || seen[q.Subject] {
			continue
		}
		seen[q.Subject] = true
		class := curie(q.Object.Value())
		f := at(q)
		if s, ok := c.subjects[q.Subject]; ok {
			f.Span = s
		}
		c.report(finding("blank-node", rdf.Text{
			NL: fmt.Sprintf("Deze %s heeft geen IRI: oogsters gooien ze weg. Zet een IRI in resource.", class),
			EN: fmt.Sprintf("This %s has no IRI: harvesters throw it away. Put an IRI in resource.", class),
		}, f))
	}
}

var sessionForm = regexp.MustCompile(`(?i)[;?&](?:jsessionid|phpsessid|aspsessionid\w*|sessionid|sid|cfid)=`)

func (c *judgement) sessions() {
	if !c.some(func(t rdf.Term) bool { return t.IsIRI() && strings.ContainsRune(t.Value(), '=') }) {
		return
	}
	var t tally
	for _, q := range c.in.Quads {
		if q.Subject.IsIRI() && strings.ContainsRune(q.Subject.Value(), '=') && sessionForm.MatchString(q.Subject.Value()) {
			t.add(q.Subject.Value(), q)
		}
	}
	for _, iri := range t.keys {
		c.report(finding("session-uri", rdf.Text{
			NL: fmt.Sprintf("De IRI %s bevat een sessie: bij elk bezoek heet hetzelfde ding anders.", shown(rdf.IRI(iri))),
			EN: fmt.Sprintf("The IRI %s holds a session: each visit gives the same thing another name.", shown(rdf.IRI(iri))),
		}, at(t.first[iri])))
	}
}

// voteTotals compares totals with the voters that are named. A secret vote
// names nobody.
func (c *judgement) voteTotals() {
	for s := range c.graph.Subjects(rdfType, rdf.IRI(vocab.BesluitStemming)) {
		if isTrue(c.graph.Object(s, rdf.IRI(vocab.BesluitGeheim))) {
			continue
		}
		for _, k := range camps {
			total := c.graph.Object(s, rdf.IRI(k.total))
			want, ok := countOf(total)
			voters := 0
			for range c.graph.Objects(s, rdf.IRI(k.voter)) {
				voters++
			}
			if !ok || voters == 0 || voters == want {
				continue
			}
			q := rdf.Quad{Subject: s, Predicate: rdf.IRI(k.total), Object: total}
			c.report(finding("vote-totals", rdf.Text{
				NL: fmt.Sprintf("Er zijn %d %s volgens het aantal, maar %d staan bij naam.", want, k.nl, voters),
				EN: fmt.Sprintf("The total says %d %s, but %d are named.", want, k.en, voters),
			}, at(rdf.Sourced{Quad: q, Span: c.first(q)})))
		}
	}
}

// countOf reads a number of votes.
func countOf(t rdf.Term) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(t.Value()))
	return n, err == nil
}

// futureDates looks for things that are said to have happened but have not.
// A day of grace covers time zones.
func (c *judgement) futureDates(now time.Time) {
	limit := now.Add(24 * time.Hour)
	for q := range c.saying(vocab.ProvStartedAtTime, vocab.ProvEndedAtTime, vocab.EliDatePublication) {
		var moment time.Time
		var err error
		if q.Predicate.Value() == vocab.EliDatePublication {
			moment, err = time.Parse(time.DateOnly, q.Object.Value())
		} else {
			moment, err = time.Parse(time.RFC3339, q.Object.Value())
		}
		if err == nil && moment.After(limit) {
			c.report(finding("future-date", rdf.Text{
				NL: fmt.Sprintf("%s is %s, en dat moet nog komen.", curie(q.Predicate.Value()), shown(q.Object)),
				EN: fmt.Sprintf("%s is %s, which is yet to come.", curie(q.Predicate.Value()), shown(q.Object)),
			}, at(q)))
		}
	}
}
