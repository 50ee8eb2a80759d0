package vlaanderen

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say which Flanders is made. Zero fields get the defaults given with each.
type Options struct {
	Seed     uint64
	Besturen int       // governments; 300
	Dagen    int       // days that are lived through; 21
	Begin    time.Time // midnight, UTC, at which day 0 begins; 2 March 2026
	// Port is part of every address. With "" the hosts are on the default port, which a client can
	// only reach with a dialer of its own.
	Port string
	// PerHost is how many requests at once a host allows; 1.
	PerHost int
	// Traag is how long an ordinary answer takes; without it requests would hardly ever meet.
	Traag time.Duration
	// Now is the clock; time.Now.
	Now func() time.Time
	// Rustig leaves all faults out.
	Rustig bool
}

// Vlaanderen is the simulated world: an http.Handler for all its hosts. What it publishes does not
// change after New, but for the time; what it measures does. It is safe for concurrent use.
type Vlaanderen struct {
	o        Options
	besturen []*bestuur
	hosts    map[string]*host
	paginas  []*pagina         // by URL
	plekken  map[string]plek   // what is served, by clean address without scheme
	mu       sync.Mutex        // guards what follows
	gemeten  *metingen         // of the present life of the crawler
	pogingen map[string]int    // requests for an address on a day
	onderweg map[string][]*rit // requests under way, by host
	bezoek   uint64            // requests answered: makes session ids differ
}

// plek is what answers at an address.
type plek func(v *Vlaanderen, t time.Time) *antwoord

// Bron is where harvesting begins for one government.
type Bron struct {
	URL             string
	Bestuurseenheid string   // IRI
	Naam            string   // of the government
	Stijl           string   // of the platform
	Soort           string   // what is at URL: overview, feed or sitemap
	Hosts           []string // hosts other than that of URL where its documents are, with port
	// MaxPages is the bound that the source needs, 0 for none: its calendar has no end.
	MaxPages int
}

// New makes a world.
func New(o Options) *Vlaanderen {
	if o.Besturen <= 0 {
		o.Besturen = 300
	}
	if o.Dagen <= 0 {
		o.Dagen = 21
	}
	if o.Begin.IsZero() {
		o.Begin = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	}
	if o.PerHost <= 0 {
		o.PerHost = 1
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	v := &Vlaanderen{
		o: o, hosts: map[string]*host{}, plekken: map[string]plek{},
		pogingen: map[string]int{}, onderweg: map[string][]*rit{}, gemeten: newMetingen(),
	}
	for n := range o.Besturen {
		v.besturen = append(v.besturen, v.maakBestuur(n))
	}
	slices.SortFunc(v.paginas, func(a, b *pagina) int { return strings.Compare(a.url, b.url) })
	return v
}

// Bronnen returns where harvesting begins, one for each government.
func (v *Vlaanderen) Bronnen() []Bron {
	list := make([]Bron, len(v.besturen))
	for i, b := range v.besturen {
		list[i] = Bron{URL: b.bron, Bestuurseenheid: b.iri, Naam: b.naam, Stijl: b.stijl.naam(), Soort: b.stijl.begin(), MaxPages: b.maxPages}
		for _, h := range b.hosts[1:] {
			list[i].Hosts = append(list[i].Hosts, v.metPoort(h))
		}
	}
	return list
}

// Ronde returns the moment at which a crawler begins its round of a day: noon, and half an
// hour later each day, so that more than 24 hours lie between two rounds.
func (v *Vlaanderen) Ronde(dag int) time.Time {
	return v.dag(dag).Add(12*time.Hour + time.Duration(dag)*30*time.Minute)
}

// dag returns the midnight at which a day begins; days before the first are negative.
func (v *Vlaanderen) dag(n int) time.Time { return v.o.Begin.AddDate(0, 0, n) }

// ochtend returns when things happen on a day.
func (v *Vlaanderen) ochtend(n int) time.Time { return v.dag(n).Add(6 * time.Hour) }

// dagVan returns the day of a moment.
func (v *Vlaanderen) dagVan(t time.Time) int {
	d := t.Sub(v.o.Begin)
	n := int(d / (24 * time.Hour))
	if d < 0 && d%(24*time.Hour) != 0 {
		n--
	}
	return n
}

// rust is how many days at the end no fault lasts for a day, and nothing vanishes.
const rust = 3

// lot draws a number below n, the same each time for the same keys.
func (v *Vlaanderen) lot(n int, keys ...any) int {
	return int(v.getal(keys...) % uint64(n))
}

func (v *Vlaanderen) getal(keys ...any) uint64 {
	sum := sha256.Sum256(fmt.Append(nil, append([]any{v.o.Seed, "|"}, keys...)...))
	return binary.BigEndian.Uint64(sum[:8])
}

// hex draws the digits of an identifier.
func (v *Vlaanderen) hex(n int, keys ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, append([]any{v.o.Seed, "hex|"}, keys...)...))
	return fmt.Sprintf("%x", sum)[:n]
}

// uuid draws an identifier in the form of a UUID.
func (v *Vlaanderen) uuid(keys ...any) string {
	h := v.hex(32, keys...)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

// metPoort returns a host as it stands in an address.
func (v *Vlaanderen) metPoort(name string) string {
	if v.o.Port == "" {
		return name
	}
	return name + ":" + v.o.Port
}
