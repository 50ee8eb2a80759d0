package register

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/klauspost/compress/zstd"
)

// The embedded register is what the published registers say. With -update it
// is made anew:
//
//	go test ./internal/register -run TestEmbedded -update
func TestEmbedded(t *testing.T) {
	s := readSources(t, suite.Shared(t))
	want := s.write()
	if suite.Update() {
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("register.tsv.zst", encoder.EncodeAll(want, nil), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	compressed, err := os.ReadFile("register.tsv.zst")
	if err != nil {
		t.Fatal(err)
	}
	got, err := decoder.DecodeAll(compressed, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("register.tsv.zst is not what the sources say: run this test with -update")
	}
}

// sources are the published registers, joined.
type sources struct {
	eenheden  map[string]*Eenheid
	organen   map[string]*Orgaan
	concepten map[string]Concept
}

func readSources(t *testing.T, shared string) *sources {
	folder := filepath.Join(shared, "oslo", "registers")
	s := &sources{eenheden: map[string]*Eenheid{}, organen: map[string]*Orgaan{}, concepten: map[string]Concept{}}
	s.readConcepts(t, folder)
	s.readTypes(t, filepath.Join(shared, "lblod", "codelists", "besluit-and-document-types-with-labels.tsv"))
	s.readEenheden(t, filepath.Join(folder, "bestuurseenheden.csv"))
	g := rdf.NewGraph()
	for _, name := range []string{
		"bestuurseenheden-bestuursorganen-2022", "bestuursorganen-gemeentes-2025", "bestuursorganen-ocmw-2025",
		"bestuursorganen-provincies-2025", "districten-2025", "fusiegemeenten-2025",
	} {
		readTurtle(t, g, filepath.Join(folder, "lblod", name+".ttl"))
	}
	s.readFusies(t, g)
	s.readOrganen(t, g)
	s.readHarvested(t, filepath.Join(folder, "lblod", "harvesterAdminUnits.json"))
	return s
}

func readTurtle(t *testing.T, g *rdf.Graph, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	quads, err := turtle.Parse(text, "urn:belfort:register")
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, q := range quads {
		g.Add(q)
	}
}

var conceptIRI = regexp.MustCompile(`^https?://(?:data\.vlaanderen\.be|data\.lblod\.info)/id/concept/([A-Za-z]+)/[^/]+$`)

// readConcepts reads the code lists. Where two give a label, the newest counts.
func (s *sources) readConcepts(t *testing.T, folder string) {
	files, err := filepath.Glob(filepath.Join(folder, "codelijsten-oslo", "*.ttl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no code lists", err)
	}
	for _, name := range []string{"bestuursperiodes", "bestuurseenheid-classificatie-codes-2026", "agendapunt-type", "decision-types-2026-02"} {
		files = append(files, filepath.Join(folder, "lblod", name+".ttl"))
	}
	for _, file := range files {
		g := rdf.NewGraph()
		readTurtle(t, g, file)
		for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.SKOSPrefLabel), rdf.Term{}) {
			iri := q.Subject.Value()
			lijst := ""
			if m := conceptIRI.FindStringSubmatch(iri); m != nil {
				lijst = m[1]
			} else if strings.HasSuffix(file, "agendapunt-type.ttl") && strings.Contains(iri, "/concepts/") {
				lijst = "AgendapuntType"
			} else {
				continue
			}
			s.concepten[iri] = Concept{IRI: iri, Naam: label(q.Object.Value()), Lijst: lijst}
		}
	}
}

// readTypes adds the types of decisions and documents that no list has any more
// but that pages still use. Of two labels the first counts.
func (s *sources) readTypes(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		iri, naam, _ := strings.Cut(strings.TrimSpace(line), "\t")
		naam, _, _ = strings.Cut(naam, " | ")
		if m := conceptIRI.FindStringSubmatch(iri); m != nil && s.concepten[iri].IRI == "" {
			s.concepten[iri] = Concept{IRI: iri, Naam: label(naam), Lijst: m[1]}
		}
	}
}

// label tidies the label of a concept.
func label(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(oneLine(s), "[BUITEN GEBRUIK] "), ".")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// readEenheden reads the table that joins four registers. What has no class
// and an enterprise number of the range that was given to the OCMWs is an OCMW.
func (s *sources) readEenheden(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	gebied := map[string]string{}
	for _, row := range rows[1:] {
		get := func(name string) string { return row[column[name]] }
		e := &Eenheid{
			IRI: get("uri"), Naam: oneLine(get("naam")), Classificatie: get("classificatie_uri"),
			NIS: get("nis"), OVO: get("ovo"), KBO: get("kbo"), Provincie: get("provincie"),
		}
		if e.Classificatie == "" && get("classificatie") == "" && strings.HasPrefix(e.KBO, "0212") {
			e.Classificatie = classOCMW
		}
		if e.Classificatie == "" {
			e.Classificatie = s.classNamed(get("classificatie"))
		}
		if e.Classificatie == classGemeente {
			e.Gemeente = e.IRI
			gebied[get("werkingsgebied_uri")] = e.IRI
		}
		s.eenheden[e.IRI] = e
	}
	for _, row := range rows[1:] {
		if e := s.eenheden[row[column["uri"]]]; e.Classificatie == classOCMW {
			if gemeente := gebied[row[column["werkingsgebied_uri"]]]; gemeente != "" {
				e.Gemeente = gemeente
				e.Naam = cmp.Or(e.Naam, "OCMW "+s.eenheden[gemeente].Naam)
			}
		}
	}
}

const (
	classGemeente = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000001"
	classOCMW     = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000002"
)

func (s *sources) classNamed(naam string) string {
	for iri, c := range s.concepten {
		if naam != "" && c.Lijst == "BestuurseenheidClassificatieCode" && c.Naam == naam {
			return iri
		}
	}
	return ""
}

// fusies are the mergers of municipalities of 1 January 2019 and 2025. The
// register gives some of the merged municipalities the IRI of the largest of
// those that went into it, often still with its old name: "keeps".
var fusies = []struct {
	sinds, naam, keeps string
	voorgangers        []string
}{
	{"2019-01-01", "Aalter", "", []string{"Aalter (voor fusie)", "Knesselare"}},
	{"2019-01-01", "Deinze", "", []string{"Deinze (voor fusie)", "Nevele"}},
	{"2019-01-01", "Kruisem", "", []string{"Kruishoutem", "Zingem"}},
	{"2019-01-01", "Lievegem", "", []string{"Lovendegem", "Waarschoot", "Zomergem"}},
	{"2019-01-01", "Oudsbergen", "", []string{"Meeuwen-Gruitrode", "Opglabbeek"}},
	{"2019-01-01", "Pelt", "", []string{"Neerpelt", "Overpelt"}},
	{"2019-01-01", "Puurs-Sint-Amands", "", []string{"Puurs", "Sint-Amands"}},
	{"2025-01-01", "Antwerpen", "Antwerpen", []string{"Borsbeek"}},
	{"2025-01-01", "Beveren-Kruibeke-Zwijndrecht", "", []string{"Beveren", "Kruibeke", "Zwijndrecht"}},
	{"2025-01-01", "Bilzen-Hoeselt", "Bilzen", []string{"Hoeselt"}},
	{"2025-01-01", "Hasselt", "Hasselt", []string{"Kortessem"}},
	{"2025-01-01", "Lochristi", "Lochristi", []string{"Wachtebeke"}},
	{"2025-01-01", "Lokeren", "Lokeren", []string{"Moerbeke"}},
	{"2025-01-01", "Merelbeke-Melle", "", []string{"Merelbeke", "Melle"}},
	{"2025-01-01", "Nazareth-De Pinte", "", []string{"Nazareth", "De Pinte"}},
	{"2025-01-01", "Pajottegem", "", []string{"Galmaarden", "Gooik", "Herne"}},
	{"2025-01-01", "Tessenderlo-Ham", "Ham", []string{"Tessenderlo"}},
	{"2025-01-01", "Tielt", "Tielt", []string{"Meulebeke"}},
	{"2025-01-01", "Tongeren-Borgloon", "Tongeren", []string{"Borgloon"}},
	{"2025-01-01", "Wingene", "Wingene", []string{"Ruiselede"}},
}

func (s *sources) readFusies(t *testing.T, g *rdf.Graph) {
	// The municipalities of 2025 and their OCMWs.
	for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.Org+"linkedTo"), rdf.Term{}) {
		gemeente, ocmw := q.Subject.Value(), q.Object.Value()
		if g.Object(q.Subject, rdf.IRI(vocab.BesluitClassificatie)).Value() != classGemeente {
			continue
		}
		naam := g.Object(q.Subject, rdf.IRI(vocab.SKOSPrefLabel)).Value()
		for _, iri := range []string{gemeente, ocmw} {
			if s.eenheden[iri] == nil {
				s.eenheden[iri] = &Eenheid{IRI: iri}
			}
			s.eenheden[iri].Gemeente = gemeente
		}
		s.eenheden[gemeente].Classificatie, s.eenheden[gemeente].Naam = classGemeente, naam
		s.eenheden[ocmw].Classificatie, s.eenheden[ocmw].Naam = classOCMW, "OCMW "+naam
	}
	byName := map[string]*Eenheid{}
	for _, e := range s.eenheden {
		if e.Classificatie == classGemeente {
			if byName[e.Naam] != nil {
				t.Errorf("two municipalities are called %s", e.Naam)
			}
			byName[e.Naam] = e
		}
	}
	ocmws := func(gemeente string) (list []*Eenheid) {
		for _, e := range s.eenheden {
			if e.Classificatie == classOCMW && e.Gemeente == gemeente {
				list = append(list, e)
			}
		}
		return list
	}
	for _, f := range fusies {
		into := byName[cmp.Or(f.keeps, f.naam)]
		if into == nil {
			t.Fatalf("no municipality %s", f.naam)
		}
		into.Naam = f.naam
		for _, naam := range f.voorgangers {
			e := byName[naam]
			if e == nil {
				t.Fatalf("no municipality %s", naam)
			}
			into.Provincie = cmp.Or(into.Provincie, e.Provincie)
			e.OpgegaanIn, e.Sinds = into.IRI, f.sinds
			for _, old := range ocmws(e.IRI) {
				for _, ocmw := range ocmws(into.IRI) {
					old.OpgegaanIn, old.Sinds = ocmw.IRI, f.sinds
				}
			}
		}
		for _, ocmw := range ocmws(into.IRI) {
			ocmw.Naam, ocmw.Provincie = "OCMW "+f.naam, into.Provincie
		}
	}
}

func (s *sources) orgaan(iri string) *Orgaan {
	o := s.organen[iri]
	if o == nil {
		o = &Orgaan{IRI: iri}
		s.organen[iri] = o
	}
	return o
}

// day turns a midnight into its day; dates of the register are Belgian days.
func day(t rdf.Term) string { return strings.TrimSuffix(t.Value(), "T00:00:00") }

func (s *sources) readOrganen(t *testing.T, g *rdf.Graph) {
	get := func(o *Orgaan, predicate string) rdf.Term { return g.Object(rdf.IRI(o.IRI), rdf.IRI(predicate)) }
	for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.RDFType), rdf.IRI(vocab.BesluitBestuursorgaan)) {
		o := s.orgaan(q.Subject.Value())
		for _, p := range []string{vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan} {
			if van := get(o, p); van.IsIRI() && van.Value() != o.IRI {
				o.InPeriode, o.Van = true, van.Value()
				s.orgaan(o.Van)
			}
		}
		o.Eenheid = get(o, vocab.BesluitBestuurt).Value()
		o.Classificatie = get(o, vocab.BesluitClassificatie).Value()
		if s.concepten[o.Classificatie].Lijst != "BestuursorgaanClassificatieCode" {
			o.Classificatie = "" // a slip of the source: data.vlaanderenW.be
		}
		if naam := oneLine(get(o, vocab.SKOSPrefLabel).Value()); !strings.Contains(naam, "_") { // a slip of the source
			o.Naam = naam
		}
		o.Start = day(get(o, vocab.Mandaat+"bindingStart"))
		o.Einde = day(get(o, vocab.Mandaat+"bindingEinde"))
	}
}

// readHarvested reads which organs the harvesters of the government follow. It
// tells of an organ in its period of which eenheid and class it is, and so of
// which organ where the eenheid has one of that class. Organs of an OCMW stand
// there with the municipality.
func (s *sources) readHarvested(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	type unit struct {
		URI       string
		GovBodies []struct{ URI, Type, ClassLabel string }
	}
	var harvested struct{ HarvesterAdminUnitMap map[string][]unit }
	if err := json.Unmarshal(text, &harvested); err != nil {
		t.Fatal(err)
	}
	class := map[string]string{}
	for iri, c := range s.concepten {
		if c.Lijst == "BestuursorgaanClassificatieCode" {
			class[c.Naam] = iri
		}
	}
	for _, units := range harvested.HarvesterAdminUnitMap {
		for _, u := range units {
			abstract := map[string][]string{}
			for _, b := range u.GovBodies {
				o := s.orgaan(b.URI)
				if class[b.ClassLabel] == "" {
					t.Errorf("no class %q", b.ClassLabel)
				}
				o.Classificatie = cmp.Or(o.Classificatie, class[b.ClassLabel])
				o.Eenheid = cmp.Or(o.Eenheid, u.URI)
				if b.Type == "abstract" {
					if !slices.Contains(abstract[b.ClassLabel], b.URI) {
						abstract[b.ClassLabel] = append(abstract[b.ClassLabel], b.URI)
					}
				} else {
					o.InPeriode = true
				}
			}
			for _, b := range u.GovBodies {
				if o := s.orgaan(b.URI); o.InPeriode && o.Van == "" && len(abstract[b.ClassLabel]) == 1 {
					o.Van = abstract[b.ClassLabel][0]
				}
			}
		}
	}
	for _, o := range s.organen {
		if van := s.organen[o.Van]; van != nil {
			o.Eenheid = cmp.Or(o.Eenheid, van.Eenheid)
			o.Classificatie = cmp.Or(o.Classificatie, van.Classificatie)
			van.Classificatie = cmp.Or(van.Classificatie, o.Classificatie)
			van.Eenheid = cmp.Or(van.Eenheid, o.Eenheid)
		}
	}
}

// write writes the compact form that load reads.
func (s *sources) write() []byte {
	var b bytes.Buffer
	line := func(fields ...string) {
		for len(fields) > 0 && fields[len(fields)-1] == "" {
			fields = fields[:len(fields)-1]
		}
		b.WriteString(strings.Join(fields, "\t") + "\n")
	}
	row := map[string]string{}
	concepten := slices.SortedFunc(maps.Values(s.concepten), func(a, b Concept) int {
		return cmp.Or(strings.Compare(a.Lijst, b.Lijst), strings.Compare(a.IRI, b.IRI))
	})
	for i, c := range concepten {
		row[c.IRI] = fmt.Sprint(i)
		line("c", c.Lijst, shorten(c.IRI), c.Naam)
	}
	eenheden := slices.SortedFunc(maps.Values(s.eenheden), func(a, b *Eenheid) int {
		return cmp.Or(strings.Compare(a.Naam, b.Naam), strings.Compare(a.IRI, b.IRI))
	})
	for i, e := range eenheden {
		row[e.IRI] = fmt.Sprint(i)
	}
	for _, e := range eenheden {
		line("e", shorten(e.IRI), e.Naam, row[e.Classificatie], e.NIS, e.OVO, e.KBO, e.Provincie, row[e.Gemeente], row[e.OpgegaanIn], e.Sinds)
	}
	organen := slices.SortedFunc(maps.Values(s.organen), func(a, b *Orgaan) int {
		return cmp.Or(strings.Compare(a.Eenheid, b.Eenheid), strings.Compare(a.Classificatie, b.Classificatie),
			strings.Compare(a.Van, b.Van), strings.Compare(a.Start, b.Start), strings.Compare(a.IRI, b.IRI))
	})
	for i, o := range organen {
		row[o.IRI] = fmt.Sprint(i)
	}
	for _, o := range organen {
		van := row[o.Van]
		if o.InPeriode && van == "" {
			van = "?"
		}
		naam := o.Naam
		if e := s.eenheden[o.Eenheid]; e != nil && naam == s.concepten[o.Classificatie].Naam+" "+e.Naam {
			naam = ""
		}
		line("o", shorten(o.IRI), row[o.Classificatie], row[o.Eenheid], van, o.Start, o.Einde, naam)
	}
	return b.Bytes()
}

func shorten(iri string) string {
	for i, prefix := range iriPrefixes {
		if local, ok := strings.CutPrefix(iri, prefix); ok {
			return string(rune('A'+i)) + local
		}
	}
	return iri
}
