package oslo

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
)

// Profile names a set of shapes that documents are judged by.
type Profile string

// The profiles.
const (
	// Praktijk is the profile as practised: what a harvester needs.
	Praktijk Profile = "praktijk"
	// Agenda, Besluitenlijst and Notulen are the certification profiles, with
	// levels of maturity.
	Agenda         Profile = "agenda"
	Besluitenlijst Profile = "besluitenlijst"
	Notulen        Profile = "notulen"
	// Strikt is the application profile Besluit-Publicatie of 11 December 2025
	// to the letter: all 76 properties.
	Strikt Profile = "besluit-publicatie"
)

// Profiles returns all profiles, the profile as practised first.
func Profiles() []Profile { return []Profile{Praktijk, Agenda, Besluitenlijst, Notulen, Strikt} }

// ParseProfile returns the profile of that name. The error names those that
// there are.
func ParseProfile(name string) (Profile, error) {
	names := make([]string, 0, len(Profiles()))
	for _, p := range Profiles() {
		if string(p) == name {
			return p, nil
		}
		names = append(names, string(p))
	}
	return "", fmt.Errorf("no profile %q: want one of %s", name, strings.Join(names, ", "))
}

// Title returns the name of the profile for people.
func (p Profile) Title() rdf.Text {
	switch p {
	case Agenda:
		return rdf.Text{NL: "Certificatie: agenda", EN: "Certification: agenda"}
	case Besluitenlijst:
		return rdf.Text{NL: "Certificatie: besluitenlijst", EN: "Certification: list of decisions"}
	case Notulen:
		return rdf.Text{NL: "Certificatie: notulen", EN: "Certification: minutes"}
	case Strikt:
		return rdf.Text{NL: "Besluit-Publicatie, strikt (OSLO, 11 december 2025)", EN: "Besluit-Publicatie, strict (OSLO, 11 December 2025)"}
	}
	return rdf.Text{NL: "Zoals in de praktijk", EN: "As practised"}
}

// Graded reports whether the profile has levels of maturity.
func (p Profile) Graded() bool { return p == Agenda || p == Besluitenlijst || p == Notulen }

// Shapes returns the compiled shapes of the profile. Names that Profiles does
// not list give those of Praktijk.
func (p Profile) Shapes() *shapes.Shapes { return p.compiled().shapes }

// Graph returns the shapes graph of the profile. It is shared: do not add to
// it.
func (p Profile) Graph() *rdf.Graph { return p.compiled().graph }

func (p Profile) compiled() *compiled {
	all := compiledProfiles()
	if c, ok := all[p]; ok {
		return c
	}
	return all[Praktijk]
}

// Detect tells what kind of document a page is, by the document types that it
// declares, and else by the relation that a sitting has to it. ok is false for
// a page that says nothing of the sort, such as an overview.
func Detect(data *rdf.Graph) (soort besluit.Soort, ok bool) {
	typed := func(iri string) bool { return !data.Subject(rdfType, rdf.IRI(iri)).IsZero() }
	for _, k := range kinds {
		if typed(k.documentType) && related(data, k) {
			return k.soort, true
		}
	}
	for _, k := range kinds {
		if typed(k.documentType) {
			return k.soort, true
		}
	}
	for _, k := range kinds {
		for range data.Match(rdf.Term{}, rdf.IRI(k.relation), rdf.Term{}) {
			return k.soort, true
		}
	}
	return "", false
}

// related reports whether a document of this kind is that of a sitting here.
func related(data *rdf.Graph, k kind) bool {
	for q := range data.Match(rdf.Term{}, rdf.IRI(k.relation), rdf.Term{}) {
		if data.Has(q.Object, rdfType, rdf.IRI(k.documentType)) {
			return true
		}
	}
	return false
}

// kind ties a kind of document to its type, its relation and its profile. A
// page that is several things at once is the fullest of them.
type kind struct {
	soort                  besluit.Soort
	documentType, relation string
	profile                Profile
}

var kinds = []kind{
	{besluit.Notulen, vocab.TypeNotulen, vocab.BesluitHeeftNotulen, Notulen},
	{besluit.Besluitenlijst, vocab.TypeBesluitenlijst, vocab.BesluitHeeftBesluitenlijst, Besluitenlijst},
	{besluit.Agenda, vocab.TypeAgenda, vocab.BesluitHeeftAgenda, Agenda},
	{besluit.Uittreksel, vocab.TypeUittreksel, vocab.BesluitHeeftUittreksel, Praktijk},
}

// ProfileOf returns the profile by which a kind of document is certified;
// Praktijk where there is none.
func ProfileOf(soort besluit.Soort) Profile {
	for _, k := range kinds {
		if k.soort == soort {
			return k.profile
		}
	}
	return Praktijk
}

// Namespaces of our own shapes: the rules, and what else we say of them.
const (
	ruleNamespace = "urn:belfort:regel:"
	ownNamespace  = "urn:belfort:shacl:"
)

var rdfType = rdf.IRI(vocab.RDFType)

//go:embed profiles/*.ttl
var profileFiles embed.FS

// compiled is a profile, ready for use.
type compiled struct {
	graph  *rdf.Graph
	shapes *shapes.Shapes
	wants  []rdf.Term       // classes that a document of this profile has
	levels map[string]Level // by rule
}

// compiledProfiles compiles the embedded profiles, once. What goes wrong there
// is a fault in our own files.
var compiledProfiles = sync.OnceValue(func() map[Profile]*compiled {
	all := map[Profile]*compiled{}
	for _, p := range Profiles() {
		c, err := compile(p)
		if err != nil {
			panic(fmt.Sprintf("oslo: profile %s: %v", p, err))
		}
		all[p] = c
	}
	return all
})

func compile(p Profile) (*compiled, error) {
	files := []string{"profiles/regels.ttl", "profiles/" + string(p) + ".ttl"}
	if p == Strikt {
		files = files[1:]
	}
	g := rdf.NewGraph()
	for _, file := range files {
		text, err := profileFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		quads, err := turtle.Parse(text, "urn:belfort:"+file)
		if err != nil {
			return nil, err
		}
		for _, q := range quads {
			g.Add(q)
		}
	}
	c := &compiled{graph: g, levels: map[string]Level{}}
	for class := range g.Objects(rdf.IRI(ownNamespace+"profiel"), rdf.IRI(ownNamespace+"vraagt")) {
		c.wants = append(c.wants, class)
	}
	grade(g, c.levels)
	compiledShapes, findings, err := shapes.Compile(g)
	if err != nil {
		return nil, err
	}
	if len(findings) > 0 {
		return nil, fmt.Errorf("%s: %s", findings[0].Focus, findings[0].Message.EN)
	}
	c.shapes = compiledShapes
	return c, nil
}

// grade reads the level of each rule that the profile uses, and gives a rule that states no severity
// the one that goes with its level: a violation for level 1, a warning for levels
// 2 and 3, else for information.
func grade(g *rdf.Graph, levels map[string]Level) {
	severity := rdf.IRI(vocab.SH + "severity")
	for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.SH+"path"), rdf.Term{}) {
		code, ok := strings.CutPrefix(q.Subject.Value(), ruleNamespace)
		if !ok || !q.Subject.IsIRI() {
			continue
		}
		level := NoLevel
		switch v := g.Object(q.Subject, rdf.IRI(ownNamespace+"niveau")).Value(); v {
		case "bonus":
			level = Bonus
		default:
			n, _ := strconv.Atoi(v)
			level = Level(n)
		}
		if !g.Subject(rdf.IRI(vocab.SH+"property"), q.Subject).IsZero() {
			levels[code] = level
		}
		if g.Object(q.Subject, severity).IsZero() {
			s := "Info"
			switch level {
			case Level1:
				s = "Violation"
			case Level2, Level3:
				s = "Warning"
			}
			g.Add(rdf.Quad{Subject: q.Subject, Predicate: severity, Object: rdf.IRI(vocab.SH + s)})
		}
	}
}
