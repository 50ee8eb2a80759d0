package vlavirgem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/internal/vlavirgem"
)

const basis = "http://vlavirgem.test"

// haal asks the website for one address, without a network.
func haal(t *testing.T, h http.Handler, adres string, kop ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, adres, nil)
	for i := 0; i+1 < len(kop); i += 2 {
		r.Header.Set(kop[i], kop[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func tekst(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// bladzijde is a page as an independent reader sees it.
type bladzijde struct {
	adres, bron string
	boom        *html.Node
}

func (b bladzijde) elementen() []*html.Node {
	var uit []*html.Node
	for n := range b.boom.Descendants() {
		if n.Type == html.ElementNode {
			uit = append(uit, n)
		}
	}
	return uit
}

func attr(n *html.Node, naam string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == naam {
			return a.Val, true
		}
	}
	return "", false
}

func inhoud(n *html.Node) string {
	var s strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			s.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(s.String())
}

// kruip is a well-behaved crawler: it follows the links that the harvester of the agency follows,
// on this host, and obeys robots.txt.
func kruip(t *testing.T, g *vlavirgem.Gemeente) map[string]bladzijde {
	t.Helper()
	if g == een() && gekropen != nil {
		return gekropen
	}
	h := g.Handler()
	verboden := regexp.MustCompile(`(?m)^Disallow: (.+)$`).FindStringSubmatch(tekst(t, haal(t, h, basis+"/robots.txt")))[1]
	volg := regexp.MustCompile(`heeftNotulen|heeftAgenda|heeftBesluitenlijst|heeftUittreksel|linkToPublication`)
	uit, rij, gezien := map[string]bladzijde{}, []string{g.Start()}, map[string]bool{g.Start(): true}
	for len(rij) > 0 {
		adres := rij[0]
		rij = rij[1:]
		r := haal(t, h, adres)
		if r.StatusCode == http.StatusGone {
			continue
		}
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %s", adres, r.Status)
		}
		bron := tekst(t, r)
		boom, err := html.Parse(strings.NewReader(bron))
		if err != nil {
			t.Fatal(err)
		}
		b := bladzijde{adres, bron, boom}
		uit[adres] = b
		for _, n := range b.elementen() {
			href, _ := attr(n, "href")
			if p, _ := attr(n, "property"); n.Data != "a" || !volg.MatchString(p) {
				continue
			}
			u, err := url.Parse(adres)
			if err != nil {
				t.Fatal(err)
			}
			if u, err = u.Parse(href); err != nil {
				t.Fatal(err)
			}
			if s := u.String(); !gezien[s] && !strings.HasPrefix(u.Path, verboden) {
				gezien[s] = true
				rij = append(rij, s)
			}
		}
	}
	if g == een() {
		gekropen = uit
	}
	return uit
}

// een is the municipality that the tests share, and gekropen what a crawl of it found.
var (
	een      = sync.OnceValue(func() *vlavirgem.Gemeente { return vlavirgem.New(basis) })
	gekropen map[string]bladzijde
)

func TestTheSameBytesEveryTime(t *testing.T) {
	a, b := een(), vlavirgem.New(basis)
	if x, y := fmt.Sprintf("%+v", a.Waarheid()), fmt.Sprintf("%+v", b.Waarheid()); x != y {
		t.Fatal("two municipalities have different truths")
	}
	for _, p := range a.Waarheid().PerPagina {
		if tekst(t, haal(t, a.Handler(), p.URL)) != tekst(t, haal(t, b.Handler(), p.URL)) {
			t.Errorf("%s differs between two municipalities", p.URL)
		}
	}
	for _, adres := range append(a.Waarheid().Bijlagen, a.Feed()) {
		if tekst(t, haal(t, a.Handler(), adres)) != tekst(t, haal(t, b.Handler(), adres)) {
			t.Errorf("%s differs between two municipalities", adres)
		}
	}
}

// An independent count, from the HTML that a crawler finds, must agree with the truth.
func TestTheTruthAgreesWithTheHTML(t *testing.T) {
	g := een()
	w := g.Waarheid()
	paginas := kruip(t, g)
	per := map[string]map[string]bool{}
	for _, b := range paginas {
		for _, n := range b.elementen() {
			typen, _ := attr(n, "typeof")
			iri, ok := attr(n, "resource")
			if !ok {
				iri = b.adres + "#naamloos" // a blank node; there is one
			}
			for typ := range strings.FieldsSeq(typen) {
				if per[typ] == nil {
					per[typ] = map[string]bool{}
				}
				per[typ][iri] = true
			}
		}
	}
	for naam, paar := range map[string][2]int{
		"besluit:Zitting": {w.Zittingen, 120}, "besluit:Agendapunt": {w.Agendapunten, 450}, "besluit:BehandelingVanAgendapunt": {w.Behandelingen, 450},
		"besluit:Besluit": {w.Besluiten, 420}, "besluit:Artikel": {w.Artikelen, 1000}, "besluit:Stemming": {w.Stemmingen, 420}, "mandaat:Mandataris": {w.Mandatarissen, 60},
	} {
		if got := len(per[naam]); got != paar[0] || got < paar[1] {
			t.Errorf("%s: the HTML has %d, the truth says %d, at least %d expected", naam, got, paar[0], paar[1])
		}
	}
	if w.Besluiten > 520 {
		t.Errorf("%d decisions; more than 520 makes the demo slow", w.Besluiten)
	}
	var adressen []string
	for _, p := range w.PerPagina {
		adressen = append(adressen, p.URL)
		b, ok := paginas[p.URL]
		if !ok {
			t.Errorf("a crawler does not find %s", p.URL)
			continue
		}
		punten, besluiten := map[string]bool{}, map[string]bool{}
		titel := ""
		for _, n := range b.elementen() {
			typen, _ := attr(n, "typeof")
			iri, _ := attr(n, "resource")
			if slices.Contains(strings.Fields(typen), "besluit:Agendapunt") {
				punten[iri] = true
			}
			if slices.Contains(strings.Fields(typen), "besluit:Besluit") {
				besluiten[iri] = true
			}
			if n.Data == "title" {
				titel = inhoud(n)
			}
		}
		if len(punten) != p.Agendapunten || len(besluiten) != p.Besluiten {
			t.Errorf("%s: %d items and %d decisions, the truth says %d and %d", p.URL, len(punten), len(besluiten), p.Agendapunten, p.Besluiten)
		}
		if titel != p.Titel+" | Vlavirgem" {
			t.Errorf("%s: title %q, the truth says %q", p.URL, titel, p.Titel)
		}
		if p.Zitting != "" && !strings.Contains(b.bron, `resource="`+p.Zitting+`"`) {
			t.Errorf("%s does not contain its sitting", p.URL)
		}
		if p.Document != "" && p.Fout != "null-uri" && !strings.Contains(b.bron, `resource="`+p.Document+`"`) {
			t.Errorf("%s does not contain its document", p.URL)
		}
	}
	slices.Sort(adressen)
	if len(slices.Compact(adressen)) != w.Paginas || len(paginas) != w.Paginas {
		t.Errorf("a crawler stores %d pages, the truth says %d and lists %d", len(paginas), w.Paginas, len(adressen))
	}
}

func TestEachDecisionHasItsOwnWords(t *testing.T) {
	paginas := kruip(t, een())
	gezien, besluiten := map[string]string{}, map[string]bool{}
	for _, adres := range slices.Sorted(maps.Keys(paginas)) {
		for _, n := range paginas[adres].elementen() {
			if klasse, _ := attr(n, "class"); klasse != "besluit" {
				continue
			}
			iri, _ := attr(n, "resource")
			var motivering, beslissing string
			artikelen := 0
			for d := range n.Descendants() {
				switch klasse, _ := attr(d, "class"); klasse {
				case "motivering":
					motivering = inhoud(d)
				case "beslissing":
					beslissing = inhoud(d)
				case "artikel":
					artikelen++
				}
			}
			if motivering == "" {
				continue // the short form on a list of decisions
			}
			besluiten[iri] = true
			if artikelen < 1 || artikelen > 6 {
				t.Errorf("%s: %d articles", iri, artikelen)
			}
			for wat, s := range map[string]string{"motivation": motivering, "decision": beslissing} {
				if ander, dubbel := gezien[s]; dubbel && ander != iri {
					t.Errorf("%s and %s have the same %s: %.200s", ander, iri, wat, s)
				}
				gezien[s] = iri
				if i := strings.IndexAny(s, "{}|"); i >= 0 {
					t.Errorf("%s: template left over: %.80s", iri, s[i:])
				}
			}
		}
	}
	if len(besluiten) < 400 {
		t.Errorf("%d decisions have a motivation and articles; 400 expected", len(besluiten))
	}
}

func TestVotesAddUp(t *testing.T) {
	g := een()
	geheim, bijNaam := map[string]bool{}, map[string]bool{}
	for _, b := range kruip(t, g) {
		for _, n := range b.elementen() {
			if typ, _ := attr(n, "typeof"); typ != "besluit:Stemming" {
				continue
			}
			iri, _ := attr(n, "resource")
			aantal, namen := map[string]int{}, map[string]map[string]bool{}
			isGeheim := false
			for d := range n.Descendants() {
				eigenschappen, _ := attr(d, "property")
				for e := range strings.FieldsSeq(eigenschappen) {
					switch {
					case strings.HasPrefix(e, "besluit:aantal"):
						x, err := strconv.Atoi(inhoud(d))
						if err != nil {
							t.Fatal(err)
						}
						aantal[strings.TrimSuffix(strings.TrimPrefix(e, "besluit:aantal"), "s")] = x
					case e == "besluit:geheim":
						s, _ := attr(d, "content")
						isGeheim = s == "true"
					default:
						wie, _ := attr(d, "resource")
						rol := strings.TrimPrefix(e, "besluit:heeft")
						if namen[rol] == nil {
							namen[rol] = map[string]bool{}
						}
						namen[rol][wie] = true
					}
				}
			}
			if len(aantal) == 0 {
				continue // a list of decisions tells the result only
			}
			som := aantal["Voorstander"] + aantal["Tegenstander"] + aantal["Onthouder"]
			if som == 0 || som != len(namen["Stemmer"]) || som != len(namen["Aanwezige"]) {
				t.Errorf("%s: %d votes, %d voters, %d present", iri, som, len(namen["Stemmer"]), len(namen["Aanwezige"]))
			}
			for _, rol := range []string{"Voorstander", "Tegenstander", "Onthouder"} {
				if want := aantal[rol]; isGeheim && len(namen[rol]) > 0 || !isGeheim && len(namen[rol]) != want {
					t.Errorf("%s: %d named as %s, count %d, secret %t", iri, len(namen[rol]), rol, want, isGeheim)
				}
			}
			if isGeheim {
				geheim[iri] = true
			} else {
				bijNaam[iri] = true
			}
		}
	}
	if w := g.Waarheid(); len(geheim) != w.GeheimeStemmingen || len(geheim) < 3 {
		t.Errorf("%d secret votes, the truth says %d", len(geheim), w.GeheimeStemmingen)
	}
	if len(bijNaam) < 400 {
		t.Errorf("%d votes by name", len(bijNaam))
	}
}

func TestEachFaultStandsAtItsLine(t *testing.T) {
	g := een()
	w := g.Waarheid()
	var codes []string
	for _, f := range w.Fouten {
		codes = append(codes, f.Code)
		bron := tekst(t, haal(t, g.Handler(), f.Pagina))
		regels := strings.Split(bron, "\n")
		if f.Regel < 1 || f.Regel > len(regels) {
			t.Errorf("%s: line %d of %d", f.Code, f.Regel, len(regels))
			continue
		}
		regel := []rune(regels[f.Regel-1])
		if f.Kolom < 1 || f.Kolom > len(regel) || !strings.HasPrefix(string(regel[f.Kolom-1:]), f.Tekst) {
			t.Errorf("%s: %q does not stand at line %d column %d of %s", f.Code, f.Tekst, f.Regel, f.Kolom, f.Pagina)
		}
		if n := strings.Count(bron, f.Tekst); n != 1 || f.Tekst == "" {
			t.Errorf("%s: the fault occurs %d times on %s", f.Code, n, f.Pagina)
		}
		if f.Uitleg == "" {
			t.Errorf("%s has no explanation", f.Code)
		}
	}
	slices.Sort(codes)
	want := []string{"blank-node", "duplicate-document-type", "empty-resource", "missing-class", "missing-scheme", "null-uri", "undeclared-prefix", "unknown-datatype", "unknown-property", "wrong-scheme"}
	if !slices.Equal(codes, want) {
		t.Errorf("faults %v, want %v", codes, want)
	}
	// And nowhere else.
	for _, p := range w.PerPagina {
		if p.Fout != "" {
			continue
		}
		bron := tekst(t, haal(t, g.Handler(), p.URL))
		for _, f := range w.Fouten {
			if f.Code != "missing-class" && strings.Contains(bron, f.Tekst) {
				t.Errorf("%s has the fault %s too", p.URL, f.Code)
			}
		}
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	g := een()
	w, h := g.Waarheid(), g.Handler()
	status, weg := map[string]int{}, 0
	for _, b := range kruip(t, g) {
		for _, n := range b.elementen() {
			href, ok := attr(n, "href")
			if !ok || !strings.HasPrefix(href, "/") {
				if ok && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "https://codex.vlaanderen.be/") && !strings.HasPrefix(href, "http://www.ejustice.just.fgov.be/eli/") {
					t.Errorf("%s: unexpected link %q", b.adres, href)
				}
				continue
			}
			if _, bekend := status[href]; !bekend {
				status[href] = haal(t, h, basis+href).StatusCode
			}
			switch s := status[href]; {
			case basis+href == w.Weg && s == http.StatusGone:
				weg++
			case s != http.StatusOK:
				t.Errorf("%s links to %s, which answers %d", b.adres, href, s)
			}
		}
	}
	if weg == 0 {
		t.Error("nothing links to the withdrawn decision")
	}
	for _, adres := range w.Verboden {
		if _, ok := status[strings.TrimPrefix(adres, basis)]; !ok {
			t.Errorf("nothing links to %s", adres)
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	g := een()
	h := g.Handler()
	for _, adres := range []string{g.Start(), g.Waarheid().PerPagina[40].URL, g.Feed(), g.Waarheid().Bijlagen[0], basis + "/robots.txt"} {
		r := haal(t, h, adres)
		etag, gewijzigd := r.Header.Get("ETag"), r.Header.Get("Last-Modified")
		if r.StatusCode != http.StatusOK || etag == "" || gewijzigd == "" {
			t.Errorf("%s: %s, ETag %q, Last-Modified %q", adres, r.Status, etag, gewijzigd)
		}
		if wanneer, err := http.ParseTime(gewijzigd); err != nil || wanneer.After(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: Last-Modified %q, %v", adres, gewijzigd, err)
		}
		for _, kop := range [][2]string{{"If-None-Match", etag}, {"If-Modified-Since", gewijzigd}} {
			r := haal(t, h, adres, kop[0], kop[1])
			if body := tekst(t, r); r.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("%s with %s: %s and %d bytes, want 304 and none", adres, kop[0], r.Status, len(body))
			}
		}
		if r := haal(t, h, adres, "If-None-Match", `"iets anders"`); r.StatusCode != http.StatusOK {
			t.Errorf("%s with another ETag: %s", adres, r.Status)
		}
	}
}

func TestStatusOfOtherRequests(t *testing.T) {
	g := een()
	w := g.Waarheid()
	for _, c := range []struct {
		methode, adres string
		want           int
	}{
		{"GET", w.Weg, 410}, {"HEAD", w.Weg, 410}, {"HEAD", g.Start(), 200}, {"POST", g.Start(), 405},
		{"GET", basis + "/bestaat-niet", 404}, {"GET", g.Feed() + "?page=0", 404}, {"GET", g.Feed() + "?page=999", 404}, {"GET", g.Feed() + "?page=x", 404},
		{"GET", w.Verboden[0], 200}, {"GET", basis + "/stijl.css", 200},
	} {
		rec := httptest.NewRecorder()
		g.Handler().ServeHTTP(rec, httptest.NewRequest(c.methode, c.adres, nil))
		if rec.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.methode, c.adres, rec.Code, c.want)
		}
		if c.methode == "HEAD" && rec.Body.Len() > 0 {
			t.Errorf("HEAD %s has a body", c.adres)
		}
	}
}

func TestSittingsArePlausible(t *testing.T) {
	g := een()
	start := regexp.MustCompile(`property="prov:startedAtTime" content="([^"]+)"`)
	einde := regexp.MustCompile(`property="prov:endedAtTime" content="([^"]+)"`)
	gepland := regexp.MustCompile(`property="besluit:geplandeStart" content="([^"]+)"`)
	lees := func(r *regexp.Regexp, s string) time.Time {
		m := r.FindStringSubmatch(s)
		if m == nil {
			t.Fatalf("no %v", r)
		}
		tijd, err := time.Parse(time.RFC3339, m[1])
		if err != nil {
			t.Fatal(err)
		}
		return tijd
	}
	zittingen, eerste, laatste := map[string]int{}, time.Now(), time.Time{}
	tijden := map[string]string{}
	for _, p := range g.Waarheid().PerPagina {
		if p.Zitting == "" {
			continue
		}
		bron := tekst(t, haal(t, g.Handler(), p.URL))
		a, b, c := lees(gepland, bron), lees(start, bron), lees(einde, bron)
		if w := b.Weekday(); w == time.Saturday || w == time.Sunday {
			t.Errorf("%s: on a %v", p.URL, w)
		}
		if b.Before(a) || !c.After(b) || c.Sub(b) > 5*time.Hour || a.Hour() < 17 || c.Hour() < 17 {
			t.Errorf("%s: planned %v, from %v to %v", p.URL, a, b, c)
		}
		if _, zone := b.Zone(); zone != 3600 && zone != 7200 {
			t.Errorf("%s: offset %d", p.URL, zone)
		}
		if (p.Orgaan == "gemeenteraad" || p.Orgaan == "rmw") && (b.Month() == time.July || b.Month() == time.August) {
			t.Errorf("%s: a council in the summer recess", p.URL)
		}
		if alles := fmt.Sprint(a, b, c); tijden[p.Zitting] != "" && tijden[p.Zitting] != alles {
			t.Errorf("%s: the sitting has other times on another page", p.URL)
		} else {
			tijden[p.Zitting] = alles
		}
		if b.Before(eerste) {
			eerste = b
		}
		if c.After(laatste) {
			laatste = c
		}
		if p.Soort != "uittreksel" {
			zittingen[p.Orgaan+" "+p.Soort]++
		}
	}
	if laatste.After(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) || laatste.Sub(eerste) < 700*24*time.Hour {
		t.Errorf("from %v to %v", eerste, laatste)
	}
	t.Logf("from %s to %s: %v", eerste.Format(time.DateOnly), laatste.Format(time.DateOnly), zittingen)
	for _, o := range []string{"gemeenteraad", "rmw"} {
		if n := zittingen[o+" notulen"]; n < 18 || zittingen[o+" agenda"] != n || zittingen[o+" besluitenlijst"] != n {
			t.Errorf("%s: %v", o, zittingen)
		}
	}
}

func TestFeed(t *testing.T) {
	g := een()
	leden, versies := map[string]bool{}, map[string]int{}
	type knoop struct {
		ID, Type string
		Relation []struct{ Type, Node, Value string }
	}
	type blad struct {
		ID     string `json:"id"`
		View   knoop
		Member []struct{ ID, Type, IsVersionOf, DctType, AtLocation, GeneratedAtTime string }
		Graph  []json.RawMessage `json:"@graph"`
	}
	vorige, eerste := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), true
	for adres := g.Feed(); adres != ""; eerste = false {
		r := haal(t, g.Handler(), adres, "Accept", "application/ld+json")
		var b blad
		if err := json.Unmarshal([]byte(tekst(t, r)), &b); err != nil || r.Header.Get("Content-Type") != "application/ld+json" {
			t.Fatalf("%s: %v, %s", adres, err, r.Header.Get("Content-Type"))
		}
		node := b.View
		if b.Graph != nil { // a later page: the stream and this node
			if err := errors.Join(json.Unmarshal(b.Graph[0], &b), json.Unmarshal(b.Graph[1], &node)); err != nil {
				t.Fatal(err)
			}
		}
		if want := g.Feed() + "?page=1"; b.View.ID != want || node.Type != "tree:Node" || !eerste && node.ID != adres {
			t.Errorf("%s: view %s, node %s %s", adres, b.View.ID, node.Type, node.ID)
		}
		turtle := tekst(t, haal(t, g.Handler(), adres, "Accept", "text/turtle"))
		if b.ID != g.Feed() || !strings.Contains(turtle, "<"+g.Feed()+"> a ldes:EventStream") {
			t.Errorf("%s: stream %q", adres, b.ID)
		}
		for _, m := range b.Member {
			wanneer, err := time.Parse(time.RFC3339, m.GeneratedAtTime)
			if err != nil || wanneer.After(vorige) {
				t.Errorf("%s: %v, not in order: %v", m.ID, err, wanneer)
			}
			vorige = wanneer
			if leden[m.ID] || m.Type != "foaf:Document" || m.DctType == "" {
				t.Errorf("bad member %+v", m)
			}
			leden[m.ID] = true
			versies[m.IsVersionOf]++
			if s := haal(t, g.Handler(), m.AtLocation).StatusCode; s != http.StatusOK {
				t.Errorf("%s answers %d", m.AtLocation, s)
			}
			if !strings.Contains(turtle, "<"+m.ID+"> a foaf:Document ;\n  prov:generatedAtTime \""+m.GeneratedAtTime+"\"^^xsd:dateTime ;\n  prov:atLocation <"+m.AtLocation+">") {
				t.Errorf("%s is not in the Turtle of the page", m.ID)
			}
		}
		adres = ""
		for _, rel := range node.Relation {
			if rel.Type == "tree:LessThanRelation" {
				adres = rel.Node
			}
		}
		if eerste && len(node.Relation) != 1 {
			t.Errorf("the first page has %d relations", len(node.Relation))
		}
	}
	if w := g.Waarheid(); len(leden) != w.FeedLeden || len(leden) < 100 {
		t.Errorf("%d members, the truth says %d", len(leden), w.FeedLeden)
	}
	tweemaal := 0
	for _, n := range versies {
		if n == 2 {
			tweemaal++
		}
	}
	if tweemaal != 1 {
		t.Errorf("%d documents have two versions, want 1", tweemaal)
	}
}

func TestAttachmentsArePDF(t *testing.T) {
	g := een()
	w := g.Waarheid()
	if len(w.Bijlagen) == 0 {
		t.Fatal("no attachments")
	}
	for _, adres := range w.Bijlagen {
		r := haal(t, g.Handler(), adres)
		s := tekst(t, r)
		if r.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(s, "%PDF-1.4\n") || !strings.HasSuffix(s, "%%EOF\n") {
			t.Fatalf("%s is no PDF", adres)
		}
		// Each entry of the cross-reference table must point at its object.
		m := regexp.MustCompile(`startxref\n(\d+)\n`).FindStringSubmatch(s)
		xref, err := strconv.Atoi(m[1])
		if err != nil || !strings.HasPrefix(s[xref:], "xref\n") {
			t.Fatalf("%s: no table at %s", adres, m[1])
		}
		for i, e := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllStringSubmatch(s[xref:], -1) {
			plaats, err := strconv.Atoi(e[1])
			if err != nil || !strings.HasPrefix(s[plaats:], fmt.Sprintf("%d 0 obj\n", i+1)) {
				t.Errorf("%s: object %d is not at %d", adres, i+1, plaats)
			}
		}
		for _, e := range regexp.MustCompile(`(?s)/Length (\d+) >>\nstream\n(.*?)\nendstream`).FindAllStringSubmatch(s, -1) {
			if fmt.Sprint(len(e[2])) != e[1] {
				t.Errorf("%s: a stream of %d bytes says %s", adres, len(e[2]), e[1])
			}
		}
	}
}

func TestWhatMustBeNotified(t *testing.T) {
	g := een()
	w := g.Waarheid()
	gezien := map[string]bool{}
	for _, m := range w.Meldingsplichtig {
		if gezien[m.Onderwerp] {
			t.Errorf("%s twice", m.Onderwerp)
		}
		gezien[m.Onderwerp] = true
		r := haal(t, g.Handler(), m.Pagina)
		if bron := tekst(t, r); r.StatusCode != 200 || !strings.Contains(bron, `resource="`+m.Onderwerp+`" typeof="`) || !strings.Contains(bron, m.Type) {
			t.Errorf("%s does not contain %s of type %s", m.Pagina, m.Onderwerp, m.Type)
		}
		if !strings.HasPrefix(m.Bestuurseenheid, "https://data.vlavirgem.example/id/bestuurseenheden/") || m.Orgaan == "" {
			t.Errorf("bad duty %+v", m)
		}
	}
	if len(gezien) < 200 {
		t.Errorf("%d duties", len(gezien))
	}
}

// What the law forbids to publish does not stand on a page: e-mail addresses, national register
// numbers, account numbers.
func TestNoPersonalData(t *testing.T) {
	g := een()
	verboden := regexp.MustCompile(`@|\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}|BE\d{2} ?\d{4}|04\d\d[ /]\d`)
	for _, p := range g.Waarheid().PerPagina {
		if s := verboden.FindString(tekst(t, haal(t, g.Handler(), p.URL))); s != "" {
			t.Errorf("%s contains %q", p.URL, s)
		}
	}
}

func TestPagesAreReadable(t *testing.T) {
	g := een()
	for _, p := range g.Waarheid().PerPagina {
		r := haal(t, g.Handler(), p.URL)
		bron := tekst(t, r)
		if r.Header.Get("Content-Type") != "text/html; charset=utf-8" || !utf8.ValidString(bron) || !strings.HasPrefix(bron, "<!DOCTYPE html>\n<html lang=\"nl\">") {
			t.Errorf("%s is not the HTML that it should be", p.URL)
		}
		boom, err := html.Parse(strings.NewReader(bron))
		if err != nil {
			t.Fatal(err)
		}
		// The parser must not have moved anything: each start tag has one element, in the same order.
		b := bladzijde{p.URL, bron, boom}
		var uit []string
		for _, n := range b.elementen() {
			if n.Data != "tbody" {
				uit = append(uit, n.Data)
			}
		}
		var in []string
		z := html.NewTokenizer(strings.NewReader(bron))
		for soort := z.Next(); soort != html.ErrorToken; soort = z.Next() {
			if naam, _ := z.TagName(); soort == html.StartTagToken && string(naam) != "tbody" {
				in = append(in, string(naam))
			}
		}
		if !slices.Equal(in, uit) {
			t.Errorf("%s: the parser changes the order of elements", p.URL)
		}
	}
}

func TestWithdrawnAndCorrected(t *testing.T) {
	g := een()
	w := g.Waarheid()
	paginas := kruip(t, g)
	var intrekking, rechtzetting, verbeterd bool
	for _, p := range w.PerPagina {
		if p.Soort != "uittreksel" {
			continue
		}
		s := paginas[p.URL].bron
		intrekking = intrekking || strings.Contains(s, `property="eli:changes" resource="`+w.Ingetrokken+`"`) && strings.Contains(s, `resource="`+w.IngetrokkenDoor+`" typeof="besluit:Besluit`)
		rechtzetting = rechtzetting || strings.Contains(s, `property="eli:corrects" resource="`+w.Verbeterd+`"`) && strings.Contains(s, `resource="`+w.VerbeterdDoor+`" typeof="besluit:Besluit`)
		verbeterd = verbeterd || strings.Contains(s, `property="eli:corrected_by" resource="`+w.VerbeterdDoor+`"`)
	}
	if !intrekking || !rechtzetting || !verbeterd {
		t.Errorf("withdrawal %t, correction %t, corrected %t", intrekking, rechtzetting, verbeterd)
	}
}

func TestFast(t *testing.T) {
	begin := time.Now()
	g := vlavirgem.New(basis)
	g.Waarheid()
	if d := time.Since(begin); d > time.Second {
		t.Errorf("the municipality and its truth take %v", d)
	}
}

// The handler is used by many at once; run with -race.
func TestConcurrentUse(t *testing.T) {
	g := vlavirgem.New(basis)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			w := g.Waarheid()
			for _, p := range w.PerPagina[:20] {
				haal(t, g.Handler(), p.URL)
			}
		})
	}
	wg.Wait()
}

// A rule that a template names must exist, or a decision would have an empty legal ground.
func TestEveryLegalGroundHasText(t *testing.T) {
	for adres, b := range kruip(t, een()) {
		if strings.Contains(b.bron, "<li></li>") {
			t.Errorf("%s has an empty legal ground", adres)
		}
	}
}
