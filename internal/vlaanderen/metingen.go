package vlaanderen

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Metingen is what the world measured of a crawler.
type Metingen struct {
	Verzoeken      int // robots.txt not counted
	Voorwaardelijk int // of these, conditional ones
	Ongewijzigd    int // of these, answered with 304
	Robots         int // requests for robots.txt
	Samen          int // the most requests that were under way at one host at once
	TegenRobots    int // requests against a robots.txt
	TeVroeg        int // requests sooner than Retry-After allows
	TeSnel         int // hosts that were asked faster than their Crawl-delay allows
	Antwoorden     map[int]int
	// Klachten tells what was wrong, in order; the first hundred.
	Klachten []string
}

// Verzoek tells of the requests for one address on a day.
type Verzoek struct {
	URL            string
	Keren          int
	Voorwaardelijk int
	Antwoorden     []int // statuses in order; 0 where the answer was broken off
}

// rit is a request under way.
type rit struct {
	host, path  string
	day         int
	traag       bool // its answer never ends by itself
	status      int
	conditional bool
}

// metingen are the measures, and what they need to remember of the present life of the crawler.
type metingen struct {
	Metingen
	perDag  map[int]map[string]*Verzoek
	wacht   map[string]time.Time   // host: not before
	tempo   map[string][]time.Time // host with a Crawl-delay: arrivals in this life
	gemerkt map[string]bool        // hosts that were complained of in this life
}

func newMetingen() *metingen {
	return &metingen{
		Metingen: Metingen{Antwoorden: map[int]int{}}, perDag: map[int]map[string]*Verzoek{},
		wacht: map[string]time.Time{}, tempo: map[string][]time.Time{}, gemerkt: map[string]bool{},
	}
}

// NieuwLeven tells the world that the crawler was started again: a process that died can not know
// how long a host asked it to wait.
func (v *Vlaanderen) NieuwLeven() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.gemeten.wacht)
	clear(v.gemeten.tempo)
	clear(v.gemeten.gemerkt)
}

// Metingen returns what was measured so far.
func (v *Vlaanderen) Metingen() Metingen {
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.gemeten.Metingen
	m.Antwoorden, m.Klachten = maps.Clone(m.Antwoorden), slices.Clone(m.Klachten)
	return m
}

// Verzoeken returns the requests of a day by address, robots.txt left out.
func (v *Vlaanderen) Verzoeken(day int) []Verzoek {
	v.mu.Lock()
	defer v.mu.Unlock()
	var list []Verzoek
	for _, url := range slices.Sorted(maps.Keys(v.gemeten.perDag[day])) {
		q := *v.gemeten.perDag[day][url]
		q.Antwoorden = slices.Clone(q.Antwoorden)
		list = append(list, q)
	}
	return list
}

// Voorwaardelijk reports whether an address is that of a published page, now, on a host that says by
// what it can be asked for conditionally.
func (v *Vlaanderen) Voorwaardelijk(url string) bool {
	i, ok := slices.BinarySearchFunc(v.paginas, url, func(p *pagina, url string) int { return strings.Compare(p.url, url) })
	if !ok {
		return false
	}
	p := v.paginas[i]
	h := v.hosts[p.host]
	return p.er(v.o.Now()) && (h.etag || h.modified)
}

func (v *Vlaanderen) klacht(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.klaag(format, args...)
}

func (v *Vlaanderen) klaag(format string, args ...any) {
	if len(v.gemeten.Klachten) < 100 {
		v.gemeten.Klachten = append(v.gemeten.Klachten, fmt.Sprintf(format, args...))
	}
}

// komt notes that a request arrives, and returns how often this address was asked for today.
func (v *Vlaanderen) komt(h *host, path string, r *http.Request, t time.Time) (*rit, int) {
	one := &rit{host: h.naam, path: path, day: v.dagVan(t)}
	one.conditional = r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != ""
	v.afgehaakt(h.naam)
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.gemeten
	v.onderweg[h.naam] = append(v.onderweg[h.naam], one)
	together := len(v.onderweg[h.naam])
	m.Samen = max(m.Samen, together)
	if together > v.o.PerHost {
		v.klaag("day %d: %d requests at once at %s: %s", one.day, together, h.naam, path)
	}
	key := strconv.Itoa(one.day) + " " + h.naam + path
	v.pogingen[key]++
	if path == "/robots.txt" {
		m.Robots++
		return one, v.pogingen[key]
	}
	m.Verzoeken++
	if one.conditional {
		m.Voorwaardelijk++
	}
	if h.verboden(path) {
		m.TegenRobots++
		v.klaag("day %d: robots.txt of %s disallows %s", one.day, h.naam, path)
	}
	if until := m.wacht[h.naam]; t.Before(until) {
		m.TeVroeg++
		v.klaag("day %d: %s%s asked %v too soon", one.day, h.naam, path, until.Sub(t))
	}
	if h.delay > 0 {
		// What counts is the pace: between leaving and arriving a request may be held up.
		list := append(m.tempo[h.naam], t)
		m.tempo[h.naam] = list
		if least := time.Duration(len(list)-2) * h.delay; t.Sub(list[0]) < least && !m.gemerkt[h.naam] {
			m.gemerkt[h.naam] = true
			m.TeSnel++
			v.klaag("day %d: %d requests in %v at %s, which asks for %v between two", one.day, len(list), t.Sub(list[0]), h.naam, h.delay)
		}
	}
	return one, v.pogingen[key]
}

// afgehaakt waits a moment for requests of which the other side has gone away, as after a timeout:
// that they are over, the client knows first.
func (v *Vlaanderen) afgehaakt(host string) {
	for range 40 {
		v.mu.Lock()
		slow := false
		for _, one := range v.onderweg[host] {
			slow = slow || one.traag
		}
		v.mu.Unlock()
		if !slow {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// gaat notes that a request is answered.
func (v *Vlaanderen) gaat(one *rit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := v.onderweg[one.host]
	if i := slices.Index(list, one); i >= 0 {
		v.onderweg[one.host] = slices.Delete(list, i, i+1)
	}
	if one.path == "/robots.txt" {
		return
	}
	m := v.gemeten
	m.Antwoorden[one.status]++
	if one.status == http.StatusNotModified {
		m.Ongewijzigd++
	}
	if one.status == http.StatusTooManyRequests || one.status == http.StatusServiceUnavailable && !v.plat(one.host, one.day) {
		m.wacht[one.host] = v.o.Now().Add(2 * time.Second)
	}
	day := m.perDag[one.day]
	if day == nil {
		day = map[string]*Verzoek{}
		m.perDag[one.day] = day
	}
	url := "http://" + v.metPoort(one.host) + one.path
	q := day[url]
	if q == nil {
		q = &Verzoek{URL: url}
		day[url] = q
	}
	q.Keren++
	if one.conditional {
		q.Voorwaardelijk++
	}
	q.Antwoorden = append(q.Antwoorden, one.status)
}

func itoa(n int) string { return strconv.Itoa(n) }
