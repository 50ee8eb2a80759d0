package vlavirgem

import (
	"sync"
	"time"
)

// Gemeente is the municipality: its administration, two years of sittings, and its website.
// It does not change after New and is safe for concurrent use.
type Gemeente struct {
	base       string
	zittingen  []*zitting
	besluiten  []*besluit // in the order in which they were taken
	ingetrok   *besluit   // the decision that was withdrawn later
	verbeterd  *besluit   // the decision that was corrected later
	paginas    []*pagina  // the pages a crawler stores, in the order of the overview
	opPad      map[string]*pagina
	waarheid   func() Waarheid
	feedLeden  []feedLid
	bijlagen   map[string]*bijlage
	bijgewerkt time.Time // the day of the last publication
}

// New builds the municipality. Base is the root of its website without a slash at the end, for
// example "http://vlavirgem.localhost:8080"; it appears in the publication feed and in the truth,
// never in the pages, whose links start with a slash. The same base gives the same bytes, always.
func New(base string) *Gemeente {
	g := &Gemeente{base: base, opPad: map[string]*pagina{}, bijlagen: map[string]*bijlage{}}
	g.houdZittingen()
	g.maakPaginas()
	g.maakFeed()
	g.waarheid = sync.OnceValue(g.telWaarheid)
	return g
}

// Start is the address of the home page, where a crawler begins: all other pages can be reached
// from it by lblodBesluit:linkToPublication.
func (g *Gemeente) Start() string { return g.base + "/" }

// Feed is the address of the publication feed, an ldes:EventStream in Turtle or JSON-LD (by Accept)
// in the form of the vendor document "publicatie-ldes".
func (g *Gemeente) Feed() string { return g.base + feedPad }

// Waarheid tells what the website contains. The slices belong to the municipality: read them only.
func (g *Gemeente) Waarheid() Waarheid { return g.waarheid() }
