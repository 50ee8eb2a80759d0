package quadstore

import (
	"github.com/belfort-lod/belfort/sparql/eval"
)

// count returns exactly how many quads have in the first n places of an order
// what want has there.
func (d *Snapshot) count(at, n int, want quad) (int64, error) {
	first, past, err := d.span(at, n, want)
	if err != nil {
		return 0, err
	}
	total := past - first
	if len(d.delta.by[at]) > 0 {
		e := entryOf(at, want, false)
		total += int64(d.delta.by[at].more(&e, n))
	}
	return total, nil
}

// span returns where the rows of count begin and end in the run.
func (d *Snapshot) span(at, n int, want quad) (first, past int64, err error) {
	r := d.base.runs[at]
	if r.count == 0 || n == 0 {
		return 0, r.count, nil
	}
	var low row
	for i := range n {
		c, exact, err := d.base.terms.code(want[orders[at][i]])
		if err != nil || !exact {
			return 0, 0, err
		}
		low[i] = c
	}
	c := runCursor{r: r}
	if first, err = c.rankOf(&low, n, false); err != nil || c.end() {
		return first, first, err
	}
	// The end is most often near.
	if k := c.within(&low, n); c.i+k < c.b.n {
		return first, first + int64(k), nil
	}
	past, err = c.rankOf(&low, n, true)
	return first, past, err
}

// sampled is how many different triples Estimate counts before it guesses.
const sampled = 32

// Estimate returns how many quads fit: exactly where they stand together in an
// order. Of a union it counts the first triples that are different and assumes
// that the others come in as many graphs.
func (d *Snapshot) Estimate(pattern eval.QuadID, scope eval.Scope) float64 {
	if err := d.enter(); err != nil {
		return 1 // Match will tell
	}
	n, err := d.estimate(pattern, scope)
	if e := d.leave(); err != nil || e != nil {
		return 1
	}
	return n
}

func (d *Snapshot) estimate(pattern eval.QuadID, scope eval.Scope) (float64, error) {
	l, err := d.plan(pattern, scope)
	if err != nil {
		return 0, err
	}
	want := quad{pattern.Subject, pattern.Predicate, pattern.Object, pattern.Graph}
	quads, err := d.count(l.at, l.prefix, want)
	if err != nil || quads <= 0 {
		return 0, err
	}
	switch {
	case len(l.rest) > 0:
		return d.few(pattern, scope, float64(quads))
	case l.graphBound || scope == eval.Default:
		return float64(quads), nil
	case scope == eval.Named:
		return d.named(&l, want, quads)
	case l.prefix == 3 || l.prefix == 0 || l.prefix == 1 && l.at == orderPSOG:
		if l.prefix == 3 {
			return 1, nil
		}
		c, err := d.counts(pattern.Predicate)
		return max(min(float64(c.triples), float64(quads)), 1), err
	}
	triples, err := d.different(l.at, l.prefix, want)
	return max(min(triples, float64(quads)), 1), err
}

// few counts what is left after a filter among the first quads.
func (d *Snapshot) few(pattern eval.QuadID, scope eval.Scope, quads float64) (float64, error) {
	c, err := d.cursor(pattern, scope)
	if err != nil {
		return 0, err
	}
	defer d.s.free(c)
	rest := c.rest
	c.rest = nil
	n, err := c.Next(c.out[:])
	if err != nil || n == 0 {
		return 0, err
	}
	c.rest = rest
	fit := 0
	for i := range n {
		if c.fits(&c.out[i]) {
			fit++
		}
	}
	if n < chunk {
		return float64(fit), nil
	}
	return max(quads*float64(fit)/float64(n), 1), nil
}

// named takes the quads of the default graph away, if they can be counted.
func (d *Snapshot) named(l *plan, want quad, quads int64) (float64, error) {
	want[graph] = 0
	for at := orderGSPO; at <= orderGPOS; at++ {
		bound := 1
		for bound < 4 && want[orders[at][bound]] != 0 {
			bound++
		}
		if bound == l.prefix+1 {
			n, err := d.count(at, bound, want)
			return float64(max(quads-n, 0)), err
		}
	}
	return float64(quads), nil
}

// different estimates how many triples the quads of a range have.
func (d *Snapshot) different(at, n int, want quad) (float64, error) {
	e := entryOf(at, want, false)
	news := float64(max(d.delta.by[at].more(&e, n), 0))
	first, past, err := d.span(at, n, want)
	if err != nil || past-first <= 1 {
		return float64(past-first) + news, err
	}
	c := runCursor{r: d.base.runs[at]}
	if err := c.load(int(first/blockRows), int(first%blockRows)); err != nil {
		return 0, err
	}
	for seen := 1; seen <= sampled; seen++ {
		here := c.b.row(c.i)
		here[3] = ^code(0)
		if err := c.seek(&here, 4); err != nil {
			return 0, err
		}
		if at := c.rank(); c.end() || at >= past {
			return float64(seen) + news, nil
		} else if seen == sampled {
			return sampled*float64(past-first)/float64(at-first) + news, nil
		}
	}
	return news, nil
}

// Distinct returns about how many subjects, objects and graphs the quads with a
// predicate have: counted in the base, and added to by what the delta has.
func (d *Snapshot) Distinct(p eval.ID) (subjects, objects, graphs float64) {
	if p == 0 || d.enter() != nil {
		return 0, 0, 0
	}
	defer d.leave() // an error is one of closing, which Close has no part in
	c, err := d.counts(p)
	if err != nil || c.quads == 0 {
		return 0, 0, 0
	}
	return max(float64(c.subjects), 1), max(float64(c.objects), 1), max(float64(c.graphs), 1)
}

// maxLooked bounds the entries of the delta that are looked at for a predicate.
const maxLooked = 1 << 14

// counts returns the statistics of a predicate, or of everything for 0, and
// remembers those that were work.
func (d *Snapshot) counts(p eval.ID) (counts, error) {
	c, err := d.base.counts(p)
	if err != nil || d.delta.n == 0 {
		return c, err
	}
	if known, ok := d.statistics.Load(p); ok {
		return known.(counts), nil
	}
	news := d.delta.counts(p)
	c.triples += news.triples
	c.subjects += news.subjects
	c.objects += news.objects
	c.graphs += news.graphs
	n := 1
	if p == 0 {
		n = 0
	}
	quads, err := d.count(orderPSOG, n, quad{predicate: p})
	c.quads = uint64(max(quads, 0))
	for _, most := range []*uint64{&c.triples, &c.subjects, &c.objects, &c.graphs} {
		*most = min(*most, c.quads)
	}
	d.statistics.Store(p, c)
	return c, err
}

// counts counts what is different among the quads that were added.
func (d *delta) counts(p eval.ID) counts {
	graphs := map[eval.ID]struct{}{}
	count := func(at int) (n, first, three uint64) {
		want := entryOf(at, quad{predicate: p}, false)
		prefix := 1
		if p == 0 {
			prefix = 0
		}
		c := deltaCursor{s: d.by[at]}
		c.seek(&want, prefix, false)
		var last entry
		looked := 0
		for e := c.entry(); e != nil && looked < maxLooked && compareEntries(e, &want, prefix) == 0; e = c.entry() {
			looked++
			c.next()
			if e.gone() {
				continue
			}
			if n == 0 || compareEntries(e, &last, prefix+1) != 0 {
				first++
			}
			if n == 0 || compareEntries(e, &last, 3) != 0 {
				three++
			}
			if at == orderPSOG {
				graphs[e[3]] = struct{}{}
			}
			last = *e
			n++
		}
		if all := uint64(max(d.by[at].more(&want, prefix), 0)); looked == maxLooked && n > 0 && all > n {
			first, three = first*all/n, three*all/n
		}
		return n, first, three
	}
	_, subjects, triples := count(orderPSOG)
	bySecond := orderPOSG
	if p == 0 {
		bySecond = orderOSPG
		_, subjects, _ = count(orderSPOG)
	}
	_, objects, _ := count(bySecond)
	return counts{triples: triples, subjects: subjects, objects: objects, graphs: uint64(len(graphs))}
}
