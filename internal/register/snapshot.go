package register

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// MaxSnapshot is the size in bytes of the largest snapshot that Read takes,
// after decompression.
const MaxSnapshot = 1 << 30

// ErrTooLarge is returned by Read, wrapped, for a snapshot over MaxSnapshot.
var ErrTooLarge = errors.New("the snapshot of the register is too large")

// Read reads a snapshot of a register as N-Quads, N-Triples, Turtle or TriG,
// plain or compressed with gzip: mandatarissen and functionarissen,
// bestuursorganen and bestuurseenheden, as the Mandatendatabank publishes them.
// The result knows them beside everything embedded; where the two differ the
// snapshot counts, but what it leaves out is filled in. Errors are those of r,
// ErrTooLarge, and *rdf.SyntaxError.
func Read(r io.Reader) (*Register, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("read register: %w", err)
		}
		defer z.Close()
		b = bufio.NewReaderSize(z, 1<<16)
	}
	start, _ := b.Peek(1 << 12)
	limited := &limit{b, MaxSnapshot}
	var read func() (rdf.Quad, error)
	if isLines(start) {
		read = nquads.NewReader(limited, nquads.Options{}).Read
	} else {
		read = turtle.NewReader(limited, turtle.Options{TriG: true, Base: "urn:belfort:register"}).Read
	}
	s := &snapshot{nodes: map[string]*node{}}
	for {
		q, err := read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read register: %w", err)
		}
		s.add(q)
	}
	return s.register(), nil
}

type limit struct {
	r    io.Reader
	left int
}

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}

// isLines reports whether a text is N-Quads or N-Triples: its first statement
// stands on a line of its own.
func isLines(start []byte) bool {
	for line := range bytes.Lines(start) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		_, err := nquads.Parse(line)
		return err == nil
	}
	return true
}

// node is what a snapshot says of one thing; values is by predicate.
type node struct {
	mandataris, orgaan, eenheid bool
	values                      map[string]string
}

type snapshot struct {
	nodes map[string]*node
	order []string
	posts []([2]string) // organ, mandate
}

const (
	functionaris  = "http://data.lblod.info/vocabularies/leidinggevenden/Functionaris"
	orgHasPost    = vocab.Org + "hasPost"
	bindingStart  = vocab.Mandaat + "bindingStart"
	bindingEinde  = vocab.Mandaat + "bindingEinde"
	persoonNaam   = "http://data.vlaanderen.be/ns/persoon#gebruikteVoornaam"
	prefixPersoon = vocab.Persoon + "gebruikteVoornaam"
)

// kept maps the predicates that count to the name under which they are kept.
var kept = map[string]string{
	vocab.MandaatIsBestuurlijkeAliasVan: "persoon", vocab.OrgHolds: "mandaat",
	vocab.PersoonGebruikteVoornaam: "voornaam", persoonNaam: "voornaam", vocab.FoafFamilyName: "familienaam", vocab.FoafName: "naam",
	vocab.SKOSPrefLabel: "label", vocab.BesluitClassificatie: "classificatie", vocab.OrgClassification: "classificatie",
	vocab.BesluitBestuurt: "bestuurt", vocab.MandaatIsTijdspecialisatieVan: "van", vocab.GeneriekIsTijdspecialisatieVan: "van",
	bindingStart: "start", bindingEinde: "einde",
}

func (s *snapshot) node(iri string) *node {
	n := s.nodes[iri]
	if n == nil {
		n = &node{values: map[string]string{}}
		s.nodes[iri] = n
		s.order = append(s.order, iri)
	}
	return n
}

func (s *snapshot) add(q rdf.Quad) {
	if !q.Subject.IsIRI() {
		return
	}
	iri := strings.Clone(q.Subject.Value())
	switch p := q.Predicate.Value(); {
	case p == vocab.RDFType:
		switch q.Object.Value() {
		case vocab.MandaatMandataris, functionaris:
			s.node(iri).mandataris = true
		case vocab.BesluitBestuursorgaan:
			s.node(iri).orgaan = true
		case vocab.BesluitBestuurseenheid:
			s.node(iri).eenheid = true
		}
	case p == orgHasPost:
		s.posts = append(s.posts, [2]string{iri, strings.Clone(q.Object.Value())})
	default:
		if name, ok := kept[p]; ok && !q.Object.IsBlank() {
			if n := s.node(iri); n.values[name] == "" {
				n.values[name] = strings.Clone(q.Object.Value())
			}
		}
	}
}

// register makes a register of what was read.
func (s *snapshot) register() *Register {
	r := &Register{
		below: Embedded(), eenheden: map[string]*Eenheid{}, organen: map[string]*Orgaan{},
		byEenheid: map[string][]*Orgaan{}, mandatarissen: map[string]*Mandataris{},
	}
	ofPost := map[string]string{}
	for _, p := range s.posts {
		ofPost[p[1]] = p[0]
	}
	for _, iri := range s.order {
		n := s.nodes[iri]
		v := n.values
		switch {
		case n.mandataris:
			m := &Mandataris{IRI: iri, Persoon: v["persoon"], Naam: v["naam"], Orgaan: ofPost[v["mandaat"]]}
			if p := s.nodes[m.Persoon]; p != nil {
				m.Naam = cmp.Or(m.Naam, p.values["naam"], strings.TrimSpace(p.values["voornaam"]+" "+p.values["familienaam"]))
			}
			r.mandatarissen[iri] = m
		case n.orgaan:
			known, _ := r.below.Orgaan(iri)
			o := &Orgaan{
				IRI: iri, Naam: cmp.Or(v["label"], known.Naam), Classificatie: cmp.Or(v["classificatie"], known.Classificatie),
				Eenheid: cmp.Or(v["bestuurt"], known.Eenheid), InPeriode: v["van"] != "" || known.InPeriode, Van: cmp.Or(v["van"], known.Van),
				Start: cmp.Or(dayOf(v["start"]), known.Start), Einde: cmp.Or(dayOf(v["einde"]), known.Einde),
			}
			r.organen[iri] = o
		case n.eenheid:
			e, _ := r.below.Eenheid(iri)
			e.IRI, e.Naam, e.Classificatie = iri, cmp.Or(v["label"], e.Naam), cmp.Or(v["classificatie"], e.Classificatie)
			if e.Classificatie == vocab.BestuurseenheidClassificatieCode+"5ab0e9b8a3b2ca7c5e000001" {
				e.Gemeente = iri
			}
			r.eenheden[iri] = &e
		}
	}
	for _, iri := range s.order { // an organ in its period is of the eenheid of its organ
		o := r.organen[iri]
		if o == nil {
			continue
		}
		if van, ok := r.Orgaan(o.Van); ok {
			o.Eenheid, o.Classificatie = cmp.Or(o.Eenheid, van.Eenheid), cmp.Or(o.Classificatie, van.Classificatie)
			o.Naam = cmp.Or(o.Naam, van.Naam)
		}
		if _, known := r.below.Orgaan(iri); !known {
			r.byEenheid[o.Eenheid] = append(r.byEenheid[o.Eenheid], o)
		}
	}
	return r
}

// dayOf keeps the day of an xsd:dateTime or xsd:date.
func dayOf(s string) string {
	day, _, _ := strings.Cut(s, "T")
	return day
}
