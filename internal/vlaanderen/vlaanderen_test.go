package vlaanderen

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// klok is a clock that goes on a bit each time that somebody looks.
type klok struct {
	t   time.Time
	bit time.Duration
}

func (k *klok) now() time.Time {
	k.t = k.t.Add(k.bit)
	return k.t
}

// rustig makes a small world without faults, at noon of a day.
func rustig(t *testing.T, o Options) (*Vlaanderen, *klok) {
	t.Helper()
	k := &klok{bit: 3 * time.Second}
	o.Now, o.Rustig = k.now, true
	v := New(o)
	k.t = v.Ronde(0)
	return v, k
}

// vraag asks for an address.
func vraag(v http.Handler, url string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	return w.Result()
}

func lichaam(t *testing.T, r *http.Response) []byte {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestSameSeedSameWorld: the truth and the pages are a function of the seed and the time.
func TestSameSeedSameWorld(t *testing.T) {
	a, _ := rustig(t, Options{Seed: 7, Besturen: 12, Dagen: 10})
	b, _ := rustig(t, Options{Seed: 7, Besturen: 12, Dagen: 10})
	c, _ := rustig(t, Options{Seed: 8, Besturen: 12, Dagen: 10})
	x, y, z := fmt.Sprint(a.Waarheid(a.Ronde(9))), fmt.Sprint(b.Waarheid(b.Ronde(9))), fmt.Sprint(c.Waarheid(c.Ronde(9)))
	if x != y {
		t.Error("the same seed gives another truth")
	}
	if x == z {
		t.Error("another seed gives the same truth")
	}
	for _, p := range a.paginas {
		at := a.Ronde(9)
		if p.er(at) && !bytes.Equal(schrijf(a.blad(p, at)), schrijf(b.blad(b.paginas[slices.IndexFunc(b.paginas, func(q *pagina) bool { return q.url == p.url })], at))) {
			t.Fatalf("%s differs", p.url)
		}
	}
}

// TestPagesStateTheTruth reads every page of every style, on every day, as a crawler would, and
// finds what the truth says, no more and no less.
func TestPagesStateTheTruth(t *testing.T) {
	v, k := rustig(t, Options{Seed: 1, Besturen: 12, Dagen: 8})
	read, kinds := 0, map[string]int{}
	for day := range 8 {
		k.t = v.Ronde(day)
		for _, p := range v.Waarheid(k.t) {
			res := vraag(v, p.URL)
			body := lichaam(t, res)
			if p.Stand == Ingetrokken {
				if res.StatusCode != 404 && res.StatusCode != 410 && res.StatusCode != 301 {
					t.Errorf("day %d: %s was withdrawn and answers %d", day, p.URL, res.StatusCode)
				}
				kinds[fmt.Sprint(res.StatusCode)]++
				continue
			}
			if res.StatusCode == 404 { // only for a day
				kinds["hik"]++
				continue
			}
			if res.StatusCode != http.StatusOK {
				t.Fatalf("day %d: %s answers %d", day, p.URL, res.StatusCode)
			}
			text, _, err := rdfa.Decode(body, res.Header.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			doc, err := rdfa.Parse(text, rdfa.Options{Base: p.URL})
			if err != nil {
				t.Fatal(err)
			}
			g := rdf.NewGraph()
			for _, q := range doc.Quads {
				g.Add(q.Quad)
			}
			if list := Verschil([]Pagina{p}, map[string][]Feit{p.URL: Lees(g)}); len(list) > 0 {
				t.Fatalf("day %d: %s\n%s", day, strings.Join(list, "\n"), text)
			}
			in := besluit.Lift(g)
			got := map[string]int{"Zitting": len(in.Zittingen), "Agendapunt": len(in.Agendapunten), "Besluit": len(in.Besluiten), "Stemming": len(in.Stemmingen)}
			for class, n := range got {
				want := 0
				for _, f := range p.Feiten {
					if f.Klasse == class {
						want++
					}
				}
				if n != want {
					t.Errorf("day %d: %s: Lift finds %d of %s, the truth says %d", day, p.URL, n, class, want)
				}
			}
			read++
			kinds[p.Soort]++
			if !p.Onvermeld.IsZero() {
				kinds["onvermeld"]++
			}
		}
	}
	t.Logf("%d pages read: %v", read, kinds)
	for _, kind := range []string{"agenda", "besluitenlijst", "notulen", "uittreksel", "zitting", "hik", "onvermeld", "404", "410", "301"} {
		if kinds[kind] == 0 {
			t.Errorf("nothing of the kind %s: the test shows nothing about it", kind)
		}
	}
	if k := v.Metingen().Klachten; len(k) > 0 {
		t.Errorf("complaints: %v", k)
	}
}

// TestPatienceIsRewarded: after the last day, a patient crawler knows the truth, but for pages that
// came and went, or were dropped, before it could read them. In this world every kind of fault and every end occurs.
func TestPatienceIsRewarded(t *testing.T) {
	for _, o := range []Options{{Seed: 1, Besturen: 12, Dagen: 6}, {Seed: 2, Besturen: 300, Dagen: 21}} {
		v := New(o)
		last := v.o.Dagen - 1
		truth, known := v.Waarheid(v.Ronde(last)), v.Verwacht(last)
		expected := map[string]Pagina{}
		for _, p := range known {
			expected[p.URL] = p
		}
		unseen := 0
		for _, p := range truth {
			k, ok := expected[p.URL]
			if !ok && (p.Stand == Ingetrokken || !p.Onvermeld.IsZero()) {
				unseen++
				continue
			}
			if fmt.Sprint(k) != fmt.Sprint(p) {
				t.Errorf("the crawler knows\n%v\nand the truth is\n%v", k, p)
			}
			delete(expected, p.URL)
		}
		if len(expected) > 0 || unseen > len(truth)/20 {
			t.Errorf("%d pages are known that never were, %d of %d came and went unseen", len(expected), unseen, len(truth))
		}
		ends, faults, down, moved := map[eind]int{}, map[string]int{}, 0, 0
		for _, p := range v.paginas {
			ends[p.eind]++
			for day := range v.o.Dagen {
				if f := v.dagfout(p, day); f != "" {
					faults[f]++
				}
			}
			if p.hik >= 0 {
				moved++
			}
		}
		for _, h := range v.hosts {
			if h.plat >= 0 {
				down++
			}
		}
		t.Logf("%d governments on %d hosts, %d pages, ends %v, a day of 404 %d, hosts down %d, faults for a day %v, unseen %d", v.o.Besturen, len(v.hosts), len(v.paginas), ends, moved, down, faults, unseen)
		if len(ends) != 6 || moved == 0 || down == 0 || len(faults) == 0 {
			t.Error("something does not occur in this world")
		}
	}
}

// TestFaultsPass: on every day each page that is not disturbed for the day answers as itself at the
// third request at the latest.
func TestFaultsPass(t *testing.T) {
	k := &klok{bit: 3 * time.Second}
	v := New(Options{Seed: 3, Besturen: 12, Dagen: 8, Now: k.now})
	server := httptest.NewServer(v)
	defer server.Close()
	client := &http.Client{Timeout: 300 * time.Millisecond, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(url string) (status int, err error) {
		r, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = r.URL.Host
		r.URL.Host = strings.TrimPrefix(server.URL, "http://")
		res, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, err
	}
	again, broken := 0, 0
	for day := range 4 {
		k.t = v.Ronde(day)
		for _, p := range v.paginas {
			if !p.er(k.t) || p.hik == day || v.plat(p.host, day) || v.dagfout(p, day) != "" {
				continue
			}
			for times := 1; ; times++ {
				status, err := get(p.url)
				if err == nil && status == http.StatusOK {
					break
				}
				if again++; err != nil {
					broken++
				}
				if times == 3 {
					t.Fatalf("day %d: %s: %d, %v at the third request", day, p.url, status, err)
				}
			}
		}
	}
	if again == 0 || broken == 0 {
		t.Errorf("%d requests had to be made again, of which %d for a broken answer: there are no faults", again, broken)
	}
}

// TestOverviewsLeadEverywhere follows what overviews lead to, without regard to how, and comes to
// every page that is listed.
func TestOverviewsLeadEverywhere(t *testing.T) {
	v, k := rustig(t, Options{Seed: 4, Besturen: 12, Dagen: 6})
	for day := range 6 {
		k.t = v.Ronde(day)
		found := map[string]bool{}
		var follow func(host, path string)
		follow = func(name, path string) {
			if found[name+path] || strings.HasPrefix(path, "/kalender") {
				return
			}
			found[name+path] = true
			a := v.gewoon(v.hosts[name], path, k.t)
			body := a.body
			if r := gezipt(nil); bytes.HasPrefix(body, r[:2]) {
				body = ontzipt(t, body)
			}
			for _, link := range verwijzingen.FindAllStringSubmatch(string(body), -1) {
				u := "http://" + name + html.UnescapeString(link[1]+link[2]+link[3]+link[4])
				if strings.Contains(u, "localhosthttp://") || strings.Contains(u, "localhostHTTP://") {
					u = strings.TrimPrefix(u, "http://"+name)
				}
				to, err := url.Parse(strings.ReplaceAll(u, "~SESSIE~", "0"))
				if err != nil {
					t.Fatal(err)
				}
				if host := strings.ToLower(to.Hostname()); v.hosts[host] != nil {
					follow(host, schoon(to))
				}
			}
		}
		for _, b := range v.Bronnen() {
			u, err := url.Parse(b.URL)
			if err != nil {
				t.Fatal(err)
			}
			follow(u.Host, schoon(u))
		}
		listed := 0
		for _, p := range v.paginas {
			if p.vermeld(k.t) {
				if listed++; !found[p.host+p.pad] {
					t.Errorf("day %d: nothing leads to %s", day, p.url)
				}
			}
		}
		if listed == 0 {
			t.Error("nothing is listed")
		}
	}
}

var verwijzingen = regexp.MustCompile(`<a [^>]*href="([^"]+)"|<loc>([^<]+)</loc>|tree:node <([^>]+)>|prov:atLocation <([^>]+)>`)

func ontzipt(t *testing.T, body []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMeasures: the world sees what a crawler does wrong.
func TestMeasures(t *testing.T) {
	k := &klok{bit: 50 * time.Millisecond}
	v := New(Options{Seed: 5, Besturen: 60, Dagen: 5, Now: k.now})
	k.t = v.Ronde(0)
	robots, pace := "", ""
	for name, h := range v.hosts {
		if h.verbiedt {
			robots = name
		}
		if h.delay > 0 {
			pace = name
		}
	}
	vraag(v, "http://"+robots+"/robots.txt")
	vraag(v, "http://"+robots+"/intern/ontwerp-x", "If-None-Match", `"x"`)
	for range 9 {
		vraag(v, "http://"+pace+"/bijlagen/reglement.pdf")
	}
	vraag(v, "http://elders.example/")
	m := v.Metingen()
	if m.TegenRobots != 1 || m.TeSnel != 1 || m.Robots != 1 || m.Voorwaardelijk != 1 || m.Verzoeken != 10 || len(m.Klachten) != 3 {
		t.Errorf("measured %+v", m)
	}
	// A host that asks for time.
	for _, p := range v.paginas {
		a := &antwoord{}
		v.vergaat(a, p.host+p.pad, 0, 1)
		if a.kop.Get("Retry-After") == "" || !p.er(k.t) || v.hapert(v.hosts[p.host], 0) || p.host == pace {
			continue
		}
		if res := vraag(v, p.url); res.Header.Get("Retry-After") == "" {
			t.Fatalf("%s answers %d", p.url, res.StatusCode)
		}
		vraag(v, p.url)
		break
	}
	if m := v.Metingen(); m.TeVroeg != 1 {
		t.Errorf("a request too soon is not seen: %+v", m)
	}
	// Two requests at once.
	v.o.Traag = 50 * time.Millisecond
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { vraag(v, "http://"+robots+"/bijlagen/reglement.pdf") })
	}
	both.Wait()
	if m := v.Metingen(); m.Samen != 2 {
		t.Errorf("two requests at once are not seen: %+v", m)
	}
	if list := v.Verzoeken(0); len(list) < 3 || list[0].Keren == 0 {
		t.Errorf("requests of the day: %+v", list)
	}
}

// TestVerschil: what is too much, missing or different is told.
func TestVerschil(t *testing.T) {
	v, k := rustig(t, Options{Seed: 6, Besturen: 6, Dagen: 5})
	truth := v.Waarheid(k.t)
	got := map[string][]Feit{}
	for _, p := range truth {
		got[p.URL] = slices.Clone(p.Feiten)
	}
	if list := Verschil(truth, got); len(list) > 0 {
		t.Fatalf("the truth differs from itself: %v", list)
	}
	first, second := truth[0].URL, truth[1].URL
	got[first][0].Zegt += "; voor=99"
	delete(got, second)
	got["http://x.example/"] = nil
	list := Verschil(truth, got)
	if len(list) != 4 {
		t.Errorf("want two lines for a fact that differs, one for a page that is missing and one for a page too many:\n%s", strings.Join(list, "\n"))
	}
}
