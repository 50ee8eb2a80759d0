package publisher

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// Changes is what changed between two versions of a page, in terms of what it
// speaks of.
type Changes struct {
	From Entry // zero if the page was not published before
	To   Entry
	// List is in the order of the page: a sitting before its items, an item before
	// its decisions and votes, a decision before its articles. What belongs to
	// something that is new or gone as a whole is counted, not listed.
	List []Change
	// More is how many changes over MaxChanges are counted, not listed.
	More int
	// Counts are how many things of each class came, went and changed.
	Counts map[Class]map[Op]int
	// Hidden is set if what is compared has been erased, or the page is held for
	// it: then nothing is told.
	Hidden bool
}

// MaxChanges bounds the changes that are listed.
const MaxChanges = 500

// Class is a class of things that versions are compared by, the OSLO name in
// lower case.
type Class string

// The classes, in the order in which they are compared.
const (
	ClassZitting    Class = "zitting"
	ClassAgendapunt Class = "agendapunt"
	ClassBesluit    Class = "besluit"
	ClassArtikel    Class = "artikel"
	ClassStemming   Class = "stemming"
)

// Changed is the Op of something that is in both versions, but not the same.
const Changed Op = "gewijzigd"

// Change is one thing that came (Added), went (Removed) or changed (Changed).
type Change struct {
	Class Class
	Op    Op
	IRI   string // in the newer version, or where it was last
	Was   string // its IRI before, if that was another
	Name  string // its title, or its number; "" if it has none
	Of    string // the name of the decision or item that it belongs to, "" if none
	Parts int    // articles and votes, decisions, or items that came or went with it
	// Properties are those that differ, in a fixed order; none for what came or
	// went.
	Properties []PropertyChange
}

// PropertyChange is one property that differs. Of a list of values only what
// went and what came is told; a long text is told in pieces.
type PropertyChange struct {
	Name     string // the Dutch name of the field in internal/besluit, such as "motivering"
	Old, New []Value
	Text     []Piece
	Cut      bool // Text is not whole
}

// Value is a value of a property: a moment if Time is not zero, else a text, and
// its IRI if it names something.
type Value struct {
	Text string
	IRI  string
	Time time.Time
}

// thing is something that versions are compared by.
type thing struct {
	class      Class
	iri        string
	name       string
	key        string // what tells it from others of its class in one parent
	parent     *thing
	properties []property
	other      *thing // the same in the other version
	children   int
	place      int  // on the agenda, from 1; 0 if it has none
	moved      bool // to another place among those that stayed
}

// property is one property of a thing. values are a set, unless it is text.
type property struct {
	name   string
	values []Value
	text   string
}

// compare fills c with what changed from old to fresh; either may be nil.
func (c *Changes) compare(old, fresh *besluit.Inhoud) {
	was, is := things(old), things(fresh)
	match(was, is)
	findMoved(is)
	c.Counts = map[Class]map[Op]int{}
	w := &work{maxWork}
	add := func(op Op, t *thing, properties []PropertyChange) {
		if c.Counts[t.class] == nil {
			c.Counts[t.class] = map[Op]int{}
		}
		c.Counts[t.class][op]++
		if op != Changed && t.parent != nil && t.parent.other == nil {
			return // it is told with its parent
		}
		if len(c.List) == MaxChanges {
			c.More++
			return
		}
		x := Change{Class: t.class, Op: op, IRI: t.iri, Name: t.name, Parts: t.children, Properties: properties}
		if op == Changed {
			x.Parts = 0
			if t.other.iri != t.iri {
				x.Was = t.other.iri
			}
		}
		if t.parent != nil && t.parent.class != ClassZitting {
			x.Of = t.parent.name
		}
		c.List = append(c.List, x)
	}
	// What went is told where it stood: before what came after it and stayed.
	gone := map[*thing][]*thing{}
	var here *thing
	for i := len(was) - 1; i >= 0; i-- {
		if was[i].other != nil {
			here = was[i].other
		} else {
			gone[here] = append(gone[here], was[i])
		}
	}
	tell := func(before *thing) {
		for _, t := range slices.Backward(gone[before]) {
			add(Removed, t, nil)
		}
	}
	for _, t := range is {
		tell(t)
		if t.other == nil {
			add(Added, t, nil)
		} else if properties := differing(t.other, t, w); len(properties) > 0 {
			add(Changed, t, properties)
		}
	}
	tell(nil)
}

// differing compares the properties of the same thing in two versions.
func differing(was, is *thing, w *work) []PropertyChange {
	var list []PropertyChange
	for i, p := range is.properties {
		o := was.properties[i] // things of a class have the same properties
		if p.text != o.text {
			a, b := search.PlainText(o.text), search.PlainText(p.text)
			if a == b {
				continue // only the markup differs
			}
			x := PropertyChange{Name: p.name}
			var whole bool
			x.Text, whole = diffWords(a, b, w)
			x.Cut = !whole
			list = append(list, x)
			continue
		}
		if x := (PropertyChange{Name: p.name, Old: without(o.values, p.values), New: without(p.values, o.values)}); len(x.Old)+len(x.New) > 0 {
			list = append(list, x)
		}
	}
	if is.moved {
		list = append(list, PropertyChange{Name: "nummer", Old: texts(fmt.Sprint(was.place)), New: texts(fmt.Sprint(is.place))})
	}
	return list
}

// findMoved marks the items that stand elsewhere among those that stayed: all but
// a longest stretch of which the order is as it was. An item that only has
// another number, because one before it came or went, did not move.
func findMoved(is []*thing) {
	byParent := map[*thing][]*thing{}
	for _, t := range is {
		if t.place > 0 && t.other != nil && t.other.place > 0 && t.parent != nil && t.parent.other == t.other.parent {
			byParent[t.parent] = append(byParent[t.parent], t)
		}
	}
	for _, items := range byParent {
		var ends []int // of the stretches of each length so far, the item that ends lowest
		before := make([]int, len(items))
		for i, t := range items {
			n, _ := slices.BinarySearchFunc(ends, t.other.place, func(j, place int) int { return items[j].other.place - place })
			before[i] = -1
			if n > 0 {
				before[i] = ends[n-1]
			}
			if n == len(ends) {
				ends = append(ends, i)
			} else {
				ends[n] = i
			}
			t.moved = true
		}
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			items[i].moved = false
		}
	}
}

// without returns the values that others do not have.
func without(values, others []Value) []Value {
	has := map[Value]bool{}
	for _, v := range others {
		has[v.bare()] = true
	}
	var list []Value
	for _, v := range values {
		if b := v.bare(); !has[b] {
			has[b] = true
			list = append(list, v)
		}
	}
	return list
}

// bare is what tells a value from others: its name if it has one, for an IRI may
// have been made for one reading only.
func (v Value) bare() Value {
	v.Time = v.Time.UTC()
	if v.Text != "" {
		v.IRI = ""
	}
	return v
}

// match finds what is the same in two versions: by its content, its title where
// it stands, and its IRI. An IRI alone is the weaker sign: those that were made
// from the address of one reading differ in the next, and those that count the
// items of a page move on when one is put in between. What belongs together is
// matched from the whole to its parts, each thing once, in the order of the page.
func match(was, is []*thing) {
	for _, class := range []Class{ClassZitting, ClassAgendapunt, ClassBesluit, ClassArtikel, ClassStemming} {
		old, fresh := ofClass(was, class), ofClass(is, class)
		for _, key := range []func(*thing) string{
			func(t *thing) string { return t.iri + " " + t.content() },
			func(t *thing) string { return under(t) + t.content() },
			func(t *thing) string { return t.iri + " " + t.key },
			func(t *thing) string {
				if t.key == "" && t.class != ClassStemming {
					return ""
				}
				return under(t) + t.key
			},
			func(t *thing) string { return t.iri },
			func(t *thing) string { return t.content() },
		} {
			pair(old, fresh, key)
		}
		pair(old, fresh, onlyOne(old, fresh))
	}
}

// pair joins the unmatched with the same key. "" is no key.
func pair(old, fresh []*thing, key func(*thing) string) {
	byKey := map[string][]*thing{}
	for _, t := range old {
		if k := key(t); t.other == nil && k != "" {
			byKey[k] = append(byKey[k], t)
		}
	}
	for _, t := range fresh {
		if t.other != nil {
			continue
		}
		if k := key(t); len(byKey[k]) > 0 {
			t.other, byKey[k][0].other = byKey[k][0], t
			byKey[k] = byKey[k][1:]
		}
	}
}

// under names the parent of a thing the same in both versions; a parent that is
// in one only has a name of its own.
func under(t *thing) string {
	switch {
	case t.parent == nil:
		return " "
	case t.parent.other != nil:
		return fmt.Sprintf("%s+%s ", min(t.parent.iri, t.parent.other.iri), max(t.parent.iri, t.parent.other.iri))
	}
	return t.parent.iri + "? "
}

// onlyOne gives what is the only one left of its parent, in both versions, its
// parent as key.
func onlyOne(old, fresh []*thing) func(*thing) string {
	count := map[string]int{}
	for i, list := range [][]*thing{old, fresh} {
		for _, t := range list {
			if t.other == nil {
				count[fmt.Sprint(i, under(t))]++
			}
		}
	}
	return func(t *thing) string {
		if k := under(t); t.parent != nil && t.parent.other != nil && count["0"+k] <= 1 && count["1"+k] <= 1 {
			return k
		}
		return ""
	}
}

func ofClass(list []*thing, class Class) (found []*thing) {
	for _, t := range list {
		if t.class == class {
			found = append(found, t)
		}
	}
	return found
}

// content is a hash of what a thing says, without its own IRI.
func (t *thing) content() string {
	h := sha256.New()
	put := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	put(t.name)
	for _, p := range t.properties {
		put(p.name)
		put(p.text)
		for _, v := range p.values {
			v = v.bare()
			put(v.Text)
			put(v.IRI)
			put(v.Time.Format(time.RFC3339Nano))
		}
	}
	return string(h.Sum(nil))
}

// things lists what a page speaks of, in its order.
func things(in *besluit.Inhoud) []*thing {
	if in == nil {
		return nil
	}
	var list []*thing
	done := map[any]*thing{}
	add := func(v any, t *thing) *thing {
		if done[v] == nil {
			done[v] = t
			list = append(list, t)
			if t.parent != nil {
				t.parent.children++
			}
		}
		return done[v]
	}
	vote := func(s *besluit.Stemming, parent *thing) { add(s, stemmingThing(s, parent)) }
	decision := func(b *besluit.Besluit, parent *thing) {
		if done[b] != nil {
			return
		}
		t := add(b, besluitThing(b, parent))
		for _, a := range b.Artikels {
			add(a, artikelThing(a, t))
		}
	}
	item := func(a *besluit.Agendapunt, parent *thing) {
		if done[a] != nil {
			return
		}
		t := add(a, agendapuntThing(a, parent))
		for _, h := range a.Behandelingen {
			for _, b := range h.Besluiten {
				decision(b, t)
			}
			for _, s := range h.Stemmingen {
				vote(s, t)
			}
		}
	}
	for _, z := range in.Zittingen {
		t := add(z, zittingThing(z))
		for _, a := range z.Agendapunten {
			item(a, t)
		}
	}
	for _, a := range in.Agendapunten {
		item(a, nil)
	}
	for _, b := range in.Besluiten {
		decision(b, nil)
	}
	for _, s := range in.Stemmingen {
		vote(s, nil)
	}
	return list
}

func zittingThing(z *besluit.Zitting) *thing {
	t := &thing{class: ClassZitting, iri: z.IRI, properties: []property{
		{name: "gehoudenDoor", values: organ(z.GehoudenDoor)},
		{name: "geplandeStart", values: moments(z.GeplandeStart)},
		{name: "gestart", values: moments(z.Gestart)},
		{name: "geeindigd", values: moments(z.Geeindigd)},
		{name: "locatie", values: texts(z.Locatie)},
		{name: "voorzitter", values: persons(z.Voorzitter)},
		{name: "secretaris", values: persons(z.Secretaris)},
		{name: "aanwezigen", values: persons(z.Aanwezigen...)},
	}}
	if z.GehoudenDoor != nil {
		t.name = z.GehoudenDoor.Naam
	}
	if !z.Datum().IsZero() {
		t.key = t.name + " " + z.Datum().UTC().Format(time.RFC3339)
	}
	return t
}

func agendapuntThing(a *besluit.Agendapunt, parent *thing) *thing {
	var openbaar []Value
	for _, h := range a.Behandelingen {
		openbaar = append(openbaar, truth(h.Openbaar)...)
	}
	return &thing{class: ClassAgendapunt, iri: a.IRI, parent: parent, place: a.Nummer, name: a.Titel, key: key(a.Titel), properties: []property{
		{name: "titel", values: texts(a.Titel)},
		{name: "beschrijving", text: a.Beschrijving},
		{name: "geplandOpenbaar", values: truth(a.GeplandOpenbaar)},
		{name: "openbaar", values: openbaar},
	}}
}

func besluitThing(b *besluit.Besluit, parent *thing) *thing {
	var grounds, types []Value
	for _, g := range b.Rechtsgronden {
		grounds = append(grounds, Value{Text: g.Titel, IRI: g.IRI})
	}
	for _, iri := range b.Types {
		types = append(types, Value{IRI: iri})
	}
	name := b.Titel
	if name == "" {
		name = b.TitelKort
	}
	return &thing{class: ClassBesluit, iri: b.IRI, parent: parent, name: name, key: key(name), properties: []property{
		{name: "titel", values: texts(b.Titel)},
		{name: "titelKort", values: texts(b.TitelKort)},
		{name: "beschrijving", text: b.Beschrijving},
		{name: "motivering", text: b.Motivering},
		{name: "inhoud", text: b.Inhoud},
		{name: "types", values: types},
		{name: "genomenDoor", values: organ(b.GenomenDoor)},
		{name: "publicatiedatum", values: moments(b.Publicatiedatum)},
		{name: "inwerkingtreding", values: moments(b.Inwerkingtreding)},
		{name: "buitenwerking", values: moments(b.Buitenwerking)},
		{name: "rechtsgronden", values: grounds},
		{name: "bijlagen", values: iris(b.Bijlagen)},
		{name: "corrigeert", values: iris(b.Corrigeert)},
	}}
}

func artikelThing(a *besluit.Artikel, parent *thing) *thing {
	name := strings.TrimSpace(a.Nummer + " " + a.Titel)
	number := a.Nummer
	if number == "" {
		number = a.Titel
	}
	return &thing{class: ClassArtikel, iri: a.IRI, parent: parent, name: name, key: key(number), properties: []property{
		{name: "nummer", values: texts(a.Nummer)},
		{name: "titel", values: texts(a.Titel)},
		{name: "inhoud", text: a.Inhoud},
	}}
}

func stemmingThing(s *besluit.Stemming, parent *thing) *thing {
	count := func(n int) []Value {
		if n < 0 {
			return nil
		}
		return texts(fmt.Sprint(n))
	}
	return &thing{class: ClassStemming, iri: s.IRI, parent: parent, name: search.PlainText(s.Onderwerp), key: key(s.Onderwerp), properties: []property{
		{name: "onderwerp", text: s.Onderwerp},
		{name: "gevolg", text: s.Gevolg},
		{name: "geheim", values: truth(&s.Geheim)},
		{name: "aantalVoorstanders", values: count(s.AantalVoorstanders)},
		{name: "aantalTegenstanders", values: count(s.AantalTegenstanders)},
		{name: "aantalOnthouders", values: count(s.AantalOnthouders)},
		{name: "aanwezigen", values: persons(s.Aanwezigen...)},
		{name: "voorstanders", values: persons(s.Voorstanders...)},
		{name: "tegenstanders", values: persons(s.Tegenstanders...)},
		{name: "onthouders", values: persons(s.Onthouders...)},
	}}
}

// key is a title without what programs write one way today and another way
// tomorrow; "" for none.
func key(title string) string {
	return strings.ToLower(strings.Trim(search.PlainText(title), " .,:;-"))
}

func texts(s string) []Value {
	if s == "" {
		return nil
	}
	return []Value{{Text: s}}
}

func moments(t time.Time) []Value {
	if t.IsZero() {
		return nil
	}
	return []Value{{Time: t}}
}

func truth(b *bool) []Value {
	switch {
	case b == nil:
		return nil
	case *b:
		return texts("ja")
	}
	return texts("nee")
}

func iris(list []string) (values []Value) {
	for _, iri := range list {
		values = append(values, Value{IRI: iri})
	}
	return values
}

func persons(list ...*besluit.Mandataris) (values []Value) {
	for _, m := range list {
		if m != nil {
			values = append(values, Value{Text: m.Naam, IRI: m.IRI})
		}
	}
	return values
}

func organ(o *besluit.Bestuursorgaan) []Value {
	if o == nil {
		return nil
	}
	return []Value{{Text: o.Naam, IRI: o.IRI}}
}
