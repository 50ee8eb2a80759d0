package publisher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// judged is a page after judgement.
type judged struct {
	stored []rdf.Quad // the graph as it is stored
	quads  int
	graph  []byte // stored, as sorted canonical N-Quads; nil if it is over a bound
	report []byte
	counts map[rdf.Severity]int
	hold   string // why the page is held, "" if it is not
}

// judge makes the graph that is stored, and the report, of a page.
func (p *Publisher) judge(ctx context.Context, pub besluit.Publicatie) (judged, error) {
	var j judged
	limit := p.MaxQuads
	if limit <= 0 {
		limit = DefaultMaxQuads
	}
	report := Report{Findings: pub.Findings}
	rename := func(t rdf.Term) rdf.Term { return t }
	if len(pub.Quads) > limit {
		j.hold = fmt.Sprintf("de pagina zegt meer dan %d dingen", limit)
		report.Findings = append(slices.Clip(report.Findings), tooMuch("graph-too-large", pub.Pagina, rdf.Text{
			NL: fmt.Sprintf("De graaf van de pagina telt %d triples, meer dan de grens van %d.", len(pub.Quads), limit),
			EN: fmt.Sprintf("The graph of the page has %d triples, over the bound of %d.", len(pub.Quads), limit),
		}))
	} else {
		var err error
		j.stored, rename, err = storedGraph(pub)
		var work *canon.WorkError
		if err != nil && !errors.As(err, &work) {
			return judged{}, err
		}
		if p.Validate != nil {
			if report, err = p.Validate(ctx, pub); err != nil {
				return judged{}, fmt.Errorf("validate: %w", err)
			}
		}
		j.hold = report.Hold
		switch {
		case work != nil:
			j.hold = "de lege knopen van de pagina lijken te veel op elkaar"
			report.Findings = append(slices.Clip(report.Findings), tooMuch("graph-too-alike", pub.Pagina, rdf.Text{
				NL: "De graaf van de pagina is niet in canonieke vorm te brengen: haar lege knopen lijken te veel op elkaar.",
				EN: "The graph of the page can not be brought in canonical form: its blank nodes are too much alike.",
			}))
		case j.hold == "" && !hasTypedSubject(j.stored):
			j.hold = "geen enkel onderwerp op de pagina heeft een klasse van OSLO"
		}
	}
	if j.hold == "" && p.Hold != nil {
		j.hold = p.Hold(pub)
	}
	report.Hold = j.hold
	report.Findings = slices.Clone(report.Findings)
	j.counts = map[rdf.Severity]int{}
	for i, f := range report.Findings {
		j.counts[f.Severity]++
		report.Findings[i].Focus, report.Findings[i].Value = rename(f.Focus), rename(f.Value)
	}
	if j.stored != nil {
		j.quads = len(j.stored)
		j.graph = nquadsOf(j.stored)
	}
	var err error
	j.report, err = EncodeReport(report)
	return j, err
}

func tooMuch(rule, pagina string, message rdf.Text) rdf.Finding {
	return rdf.Finding{Severity: rdf.Violation, Rule: rule, Message: message, Source: pagina}
}

// storedGraph makes the graph that engines hold of a page: its triples with
// blank nodes replaced by IRIs, and for every entity where it came from and its
// identifier, as the government's own harvester adds them (users' queries rely
// on both). The order of an agenda that only the order of writing tells is
// written down too. rename gives the IRI of a blank node of the page. The error
// is a *canon.WorkError.
func storedGraph(pub besluit.Publicatie) (quads []rdf.Quad, rename func(rdf.Term) rdf.Term, err error) {
	plain := make([]rdf.Quad, len(pub.Quads))
	var blank []rdf.Quad // the labels follow from these alone (RDFC-1.0, section 4.4)
	for i, q := range pub.Quads {
		plain[i] = q.Triple()
		if q.Subject.IsBlank() || q.Object.IsBlank() {
			blank = append(blank, plain[i])
		}
	}
	rename = func(t rdf.Term) rdf.Term { return t }
	canonical, err := canon.Canonicalize(blank, canon.Options{})
	if err != nil {
		return nil, rename, err
	}
	prefix := genidPrefix(pub.Pagina)
	rename = func(t rdf.Term) rdf.Term {
		if label, ok := canonical.Labels[t.Value()]; t.IsBlank() && ok {
			return rdf.IRI(prefix + label)
		}
		return t
	}
	g := rdf.NewGraph()
	for _, q := range plain { // in document order, which Lift goes by
		g.Add(rdf.Quad{Subject: rename(q.Subject), Predicate: q.Predicate, Object: rename(q.Object)})
	}
	in := besluit.Lift(g)
	for _, iri := range entities(g, in) {
		g.Add(rdf.Quad{Subject: rdf.IRI(iri), Predicate: rdf.IRI(vocab.ProvWasDerivedFrom), Object: rdf.IRI(pub.Pagina)})
		g.Add(rdf.Quad{Subject: rdf.IRI(iri), Predicate: rdf.IRI(vocab.MuUUID), Object: rdf.String(besluit.ID(iri))})
	}
	for _, q := range positions(g, in) {
		g.Add(q)
	}
	return slices.Collect(g.All()), rename, nil
}

// ordering are the properties by which besluit.Lift finds the items of a sitting
// and puts them in order.
var ordering = [...]string{
	vocab.BesluitBehandelt, vocab.Ext + "behandelt", vocab.BesluitAangebrachtNa, vocab.BesluitGebeurtNa, vocab.DctSubject, besluit.Position, vocab.RDFType,
}

// positions returns the places of agenda items where the order would be lost in
// a store, which keeps no order of triples. in is what g says.
func positions(g *rdf.Graph, in *besluit.Inhoud) []rdf.Quad {
	var list []rdf.Quad
	unordered := rdf.NewGraph()
	for _, property := range ordering {
		for _, q := range slices.SortedFunc(g.Match(rdf.Term{}, rdf.IRI(property), rdf.Term{}), rdf.CompareQuads) {
			unordered.Add(q)
		}
	}
	stored := map[string]*besluit.Zitting{}
	for _, z := range besluit.Lift(unordered).Zittingen {
		stored[z.IRI] = z
	}
	for _, z := range in.Zittingen {
		if s := stored[z.IRI]; s != nil && sameItems(z, s) {
			continue
		}
		for i, a := range z.Agendapunten {
			list = append(list, triple(rdf.IRI(a.IRI), besluit.Position, rdf.Literal(strconv.Itoa(i+1), vocab.XSDInteger)))
		}
	}
	return list
}

func sameItems(a, b *besluit.Zitting) bool {
	return slices.EqualFunc(a.Agendapunten, b.Agendapunten, func(x, y *besluit.Agendapunt) bool { return x.IRI == y.IRI })
}

// genidPrefix returns the beginning of the IRIs that take the place of a page's
// blank nodes (RDF 1.1 Concepts, section 3.5), on the host of the page.
func genidPrefix(pagina string) string {
	parts := rdf.SplitIRI(pagina)
	origin := rdf.IRIParts{Scheme: parts.Scheme, HasScheme: true, Authority: parts.Authority, HasAuthority: parts.HasAuthority}
	if !parts.HasAuthority {
		origin = rdf.IRIParts{Scheme: "urn", HasScheme: true, Path: "belfort"}
	}
	return origin.String() + "/.well-known/genid/" + besluit.ID(pagina) + "/"
}

// entities returns the subjects that have a class, and those that are entities
// by what links to them, each once. in is what g says.
func entities(g *rdf.Graph, in *besluit.Inhoud) []string {
	var list []string
	seen := map[string]bool{}
	add := func(iri string) {
		if !seen[iri] {
			seen[iri] = true
			list = append(list, iri)
		}
	}
	for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.RDFType), rdf.Term{}) {
		if q.Subject.IsIRI() {
			add(q.Subject.Value())
		}
	}
	for _, iri := range indexed(in) {
		if !g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
			add(iri)
		}
	}
	return list
}

// indexed returns the IRIs of the entities that an index holds.
func indexed(in *besluit.Inhoud) []string {
	var list []string
	for _, z := range in.Zittingen {
		list = append(list, z.IRI)
	}
	for _, a := range in.Agendapunten {
		list = append(list, a.IRI)
	}
	for _, b := range in.Besluiten {
		list = append(list, b.IRI)
	}
	return list
}

// osloNamespaces are those whose classes make a page worth publishing.
var osloNamespaces = [...]string{vocab.Besluit, vocab.Mandaat, vocab.BesluitType, vocab.BesluitDocumentType}

func hasTypedSubject(quads []rdf.Quad) bool {
	return slices.ContainsFunc(quads, func(q rdf.Quad) bool {
		if q.Predicate.Value() != vocab.RDFType {
			return false
		}
		for _, namespace := range osloNamespaces {
			if strings.HasPrefix(q.Object.Value(), namespace) {
				return true
			}
		}
		return false
	})
}

// nquadsOf writes triples as canonical N-Quads (RDF 1.1 N-Quads, section 4),
// one per line, sorted.
func nquadsOf(quads []rdf.Quad) []byte {
	text := make([]byte, 0, 160*len(quads))
	ends := make([]int, len(quads))
	for i, q := range quads {
		text = append(q.AppendNQuads(text), '\n')
		ends[i] = len(text)
	}
	lines := make([][]byte, len(quads))
	for i, end := range ends {
		begin := 0
		if i > 0 {
			begin = ends[i-1]
		}
		lines[i] = text[begin:end]
	}
	slices.SortFunc(lines, bytes.Compare)
	sorted := make([]byte, 0, len(text))
	for _, line := range lines {
		sorted = append(sorted, line...)
	}
	return sorted
}

// quads reads the graph of a blob, nil if it is "" or erased.
func (p *Publisher) quads(ctx context.Context, ref string) ([]rdf.Quad, error) {
	content, err := p.get(ctx, ref)
	if err != nil || content == nil {
		return nil, err
	}
	quads, err := nquads.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("read graph %s: %w", ref, err)
	}
	return quads, nil
}
