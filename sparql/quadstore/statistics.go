package quadstore

import (
	"sync"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// samples is how many quads of a predicate Distinct looks at.
const samples = 48

// statistics remembers what Distinct found for a predicate until its number of
// quads has moved by a quarter.
type statistics struct {
	mu sync.Mutex
	by map[eval.ID]distinct
}

type distinct struct {
	quads                     int64 // when it was found
	subjects, objects, graphs float64
}

// maxStatistics bounds the predicates remembered.
const maxStatistics = 10_000

// Distinct returns about how many subjects, objects and graphs the quads with
// a predicate have. It looks at quads here and there: where a value comes m
// times, the quads with it stand for 1/m value each.
func (d *Snapshot) Distinct(p eval.ID) (subjects, objects, graphs float64) {
	if d.err != nil {
		return 0, 0, 0
	}
	n, err := d.s.countIn(d.at, spacePredicate, p)
	if err != nil || n <= 0 {
		return 0, 0, 0
	}
	memory := &d.s.statistics
	memory.mu.Lock()
	known, ok := memory.by[p]
	memory.mu.Unlock()
	if !ok || n > known.quads+known.quads/4 || n < known.quads-known.quads/4 {
		known = d.distinct(p, n)
		memory.mu.Lock()
		if memory.by == nil || len(memory.by) >= maxStatistics {
			memory.by = map[eval.ID]distinct{}
		}
		memory.by[p] = known
		memory.mu.Unlock()
	}
	return known.subjects, known.objects, known.graphs
}

func (d *Snapshot) distinct(p eval.ID, n int64) distinct {
	list := d.spread(p)
	if len(list) == 0 {
		return distinct{n, float64(n), float64(n), float64(n)}
	}
	r := distinct{quads: n}
	for _, q := range list {
		r.subjects += 1 / d.times(eval.QuadID{Subject: q[subject], Predicate: p}, eval.Union)
		r.objects += 1 / d.times(eval.QuadID{Predicate: p, Object: q[object]}, eval.Union)
		r.graphs += 1 / d.times(eval.QuadID{Predicate: p, Graph: q[graph]}, eval.Default)
	}
	scale := float64(n) / float64(len(list))
	r.subjects, r.objects, r.graphs = max(r.subjects*scale, 1), max(r.objects*scale, 1), max(r.graphs*scale, 1)
	return r
}

func (d *Snapshot) times(p eval.QuadID, scope eval.Scope) float64 {
	return max(d.Estimate(p, scope), 1)
}

// spread returns quads with a predicate from all over its range, as evenly as
// IDs allow.
func (d *Snapshot) spread(p eval.ID) (list []quad) {
	prefix := appendPrefix(nil, orderPOSG, quad{predicate: p}, 1)
	it, err := d.iterator(prefix)
	if err != nil {
		return nil
	}
	defer d.release(it) // an error shows as fewer samples; Match will tell
	at := func(ok bool) (q quad, found bool) {
		if !ok {
			return q, false
		}
		return readQuad(it.Key(), orderPOSG)
	}
	var tags []eval.ID
	for ok := it.First(); ok; {
		q, valid := readQuad(it.Key(), orderPOSG)
		if !valid {
			return nil
		}
		tags = append(tags, tagOf(q[object]))
		ok = it.SeekGE(appendPrefix(nil, orderPOSG, quad{predicate: p, object: (tagOf(q[object]) + 1) << 59}, 2))
	}
	last := d.s.totals.Load().next - 1
	for _, tag := range tags { // IDs of two sorts have no distance
		low, ok1 := at(it.SeekGE(appendPrefix(nil, orderPOSG, quad{predicate: p, object: tag << 59}, 2)))
		high, ok2 := at(it.SeekLT(appendPrefix(nil, orderPOSG, quad{predicate: p, object: (tag + 1) << 59}, 2)))
		if !ok1 || !ok2 {
			return list
		}
		for i := range samples / len(tags) {
			target := quad{predicate: p, object: between(low[object], high[object], float64(i*len(tags))/samples)}
			q, ok := at(it.SeekGE(appendPrefix(nil, orderPOSG, target, 2)))
			if !ok {
				continue
			}
			// That is the first subject with the object; go to any.
			golden := float64(i) * 0.6180339887
			q[subject] = between(1, last, golden-float64(int(golden)))
			q, ok = at(it.SeekGE(appendPrefix(nil, orderPOSG, q, 3)))
			if !ok {
				q, ok = at(it.Last())
			}
			if ok {
				list = append(list, q)
			}
		}
	}
	return list
}

// between returns the ID at a fraction of the way from a to b.
func between(a, b eval.ID, fraction float64) eval.ID {
	return a + eval.ID(float64(b-a)*fraction)
}
