package oslo

import (
	"bytes"
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
	// Uittreksel and Reglement are for one decision on a page of its own, an
	// extract of the minutes or a regulation.
	Uittreksel Profile = "uittreksel"
	Reglement  Profile = "reglement"
	// Melding is what the portal asks before a document or decision can be
	// notified, by its type.
	Melding Profile = "melding"
	// Strikt is the application profile Besluit-Publicatie of 11 December 2025
	// to the letter: all 76 properties.
	Strikt Profile = "besluit-publicatie"
	// Mandatendatabank is the application profile of that name and date: data
	// about mandates, not pages of decisions.
	Mandatendatabank Profile = "mandatendatabank"
	// Publicatiestroom is a feed of publications (LDES).
	Publicatiestroom Profile = "publicatiestroom"
	// DCAT is a catalogue by DCAT-AP-VL 3.0 of 12 February 2026.
	DCAT Profile = "dcat-ap-vl"
)

// profileTitles are the profiles in their order, with their names for people.
var profileTitles = []struct {
	profile Profile
	title   rdf.Text
}{
	{Praktijk, rdf.Text{NL: "Zoals in de praktijk", EN: "As practised"}},
	{Agenda, rdf.Text{NL: "Certificatie: agenda", EN: "Certification: agenda"}},
	{Besluitenlijst, rdf.Text{NL: "Certificatie: besluitenlijst", EN: "Certification: list of decisions"}},
	{Notulen, rdf.Text{NL: "Certificatie: notulen", EN: "Certification: minutes"}},
	{Uittreksel, rdf.Text{NL: "Uittreksel", EN: "Extract"}},
	{Reglement, rdf.Text{NL: "Reglement", EN: "Regulation"}},
	{Melding, rdf.Text{NL: "Melding aan het Loket", EN: "Notification to the portal"}},
	{Strikt, rdf.Text{NL: "Besluit-Publicatie, strikt (OSLO, 11 december 2025)", EN: "Besluit-Publicatie, strict (OSLO, 11 December 2025)"}},
	{Mandatendatabank, rdf.Text{NL: "Mandatendatabank (OSLO, 11 december 2025)", EN: "Mandatendatabank (OSLO, 11 December 2025)"}},
	{Publicatiestroom, rdf.Text{NL: "Stroom van publicaties (LDES)", EN: "Feed of publications (LDES)"}},
	{DCAT, rdf.Text{NL: "Catalogus (DCAT-AP-VL 3.0)", EN: "Catalogue (DCAT-AP-VL 3.0)"}},
}

// Profiles returns all profiles, the profile as practised first.
func Profiles() []Profile {
	list := make([]Profile, len(profileTitles))
	for i, p := range profileTitles {
		list[i] = p.profile
	}
	return list
}

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
	for _, known := range profileTitles {
		if known.profile == p {
			return known.title
		}
	}
	return profileTitles[0].title
}

// ofPages reports whether the profile is for pages of decisions, and not for
// data about something else.
func (p Profile) ofPages() bool {
	return p != Mandatendatabank && p != Publicatiestroom && p != DCAT
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
	once, ok := compiledProfiles()[p]
	if !ok {
		once = compiledProfiles()[Praktijk]
	}
	return once()
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
	{besluit.Uittreksel, vocab.TypeUittreksel, vocab.BesluitHeeftUittreksel, Uittreksel},
}

// DetectProfile tells by which profile a graph is best judged: that of the kind
// of document that Detect finds, else of a regulation, a catalogue, a feed of
// publications or data about mandates, by what it holds most of. Praktijk where
// it holds none of these.
func DetectProfile(data *rdf.Graph) Profile {
	if soort, ok := Detect(data); ok {
		return ProfileOf(soort)
	}
	has := func(class string) bool { return !data.Subject(rdfType, rdf.IRI(class)).IsZero() }
	switch {
	case has(vocab.Dcat + "Catalog"):
		return DCAT
	case has(vocab.Ldes + "EventStream"):
		return Publicatiestroom
	}
	decisions := 0
	for range data.Subjects(rdfType, rdf.IRI(vocab.BesluitBesluit)) {
		decisions++
	}
	for _, t := range regulations {
		if decisions == 1 && has(vocab.BesluitType+t) {
			return Reglement
		}
	}
	for q := range data.Match(rdf.Term{}, rdf.IRI(vocab.Mandaat+"start"), rdf.Term{}) {
		if data.Has(q.Subject, rdfType, rdf.IRI(vocab.MandaatMandataris)) && decisions == 0 {
			return Mandatendatabank
		}
	}
	return Praktijk
}

// regulations are the types of decision that hold for everybody: regulations
// and what the code list has below them.
var regulations = []string{
	"67378dd0-5413-474b-8996-d992ef81637a", "a8486fa3-6375-494d-aa48-e34289b87d5b", "4673d472-8dbc-4cea-b3ab-f92df3807eb3",
	"e8afe7c5-9640-4db8-8f74-3f023bec3241", "ba5922c9-cfad-4b2e-b203-36479219ba56", "efa4ec5a-b006-453f-985f-f986ebae11bc",
	"fb92601a-d189-4482-9922-ab0efc6bc935", "5ee63f84-2fa0-4758-8820-99dca2bdce7c", "25deb453-ae3e-4d40-8027-36cdb48ab738",
	"e8aee49e-8762-4db2-acfe-2d5dd3c37619", "d7060f97-c417-474c-abc6-ef006cb61f41", "4d8f678a-6fa4-4d5f-a2a1-80974e43bf34",
	"3bba9f10-faff-49a6-acaa-85af7f2199a3", "0d1278af-b69e-4152-a418-ec5cfd1c7d0b", "7d95fd2e-3cc9-4a4c-a58e-0fbc408c2f9b",
	"256bd04a-b74b-4f2a-8f5d-14dda4765af9",
}

// ProfileOf returns the profile by which a kind of document is judged;
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
	wants  []rdf.Term        // classes that a document of this profile has
	levels map[string]Level  // by rule
	forms  map[rdf.Term]bool // types for which the portal has a form
}

// compiledProfiles compiles each embedded profile at its first use. What goes
// wrong there is a fault in our own files.
var compiledProfiles = sync.OnceValue(func() map[Profile]func() *compiled {
	all := map[Profile]func() *compiled{}
	for _, p := range Profiles() {
		all[p] = sync.OnceValue(func() *compiled {
			c, err := compile(p)
			if err != nil {
				panic(fmt.Sprintf("oslo: profile %s: %v", p, err))
			}
			return c
		})
	}
	return all
})

func compile(p Profile) (*compiled, error) {
	files := []string{"profiles/regels.ttl", "profiles/" + string(p) + ".ttl"}
	switch p {
	case Strikt, Melding, Mandatendatabank, Publicatiestroom, DCAT: // these have no rule in common
		files = files[1:]
	}
	g := rdf.NewGraph()
	for _, file := range files {
		text, err := profileFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		blank := strings.NewReplacer("/", "-", ".", "-").Replace(file) + "-" // blank nodes of two files are not the same
		quads, err := rdf.ReadAll(turtle.NewReader(bytes.NewReader(text), turtle.Options{Base: "urn:belfort:" + file, BlankPrefix: blank}).Read)
		if err != nil {
			return nil, err
		}
		for _, q := range quads {
			g.Add(q)
		}
	}
	c := &compiled{graph: g, levels: map[string]Level{}, forms: map[rdf.Term]bool{}}
	for class := range g.Objects(rdf.IRI(ownNamespace+"profiel"), rdf.IRI(ownNamespace+"vraagt")) {
		c.wants = append(c.wants, class)
	}
	for class := range g.Objects(rdf.IRI(ownNamespace+"profiel"), rdf.IRI(ownNamespace+"formulier")) {
		c.forms[class] = true
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
