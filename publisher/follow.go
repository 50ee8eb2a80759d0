package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

// The followers, as their cursors are named.
const (
	FollowerGraphs = "graphs"
	FollowerIndex  = "index"
)

// GraphBatch is what a store of graphs may offer beside Put: to put many
// graphs and wait for the disk once. A graph without quads is removed. All that
// it did is durable when it returns, also with an error.
type GraphBatch interface {
	PutAll(ctx context.Context, graphs iter.Seq2[string, []rdf.Quad]) error
}

// Follow lets every follower catch up with the ledger, in this order: graphs,
// doubles, index, portal. It goes on where it was, after a crash too: each follower may
// do an entry twice, never skip one. An error of one follower stops those after
// it, because the index reads what the graphs wrote.
func (p *Publisher) Follow(ctx context.Context) error {
	if err := p.FollowGraphs(ctx); err != nil {
		return err
	}
	if err := p.FollowDoubles(ctx); err != nil {
		return err
	}
	if err := p.FollowIndex(ctx); err != nil {
		return err
	}
	return p.Deliver(ctx)
}

// FollowGraphs brings the store of graphs up to the ledger: a graph per page,
// named by its IRI and replaced whole. Two calls take turns.
func (p *Publisher) FollowGraphs(ctx context.Context) error {
	if p.Graphs == nil {
		return nil
	}
	p.begin()
	leave, err := p.turn(ctx, p.following)
	if err != nil {
		return fmt.Errorf("follow ledger to %s: %w", FollowerGraphs, err)
	}
	defer leave()
	return p.follow(ctx, FollowerGraphs, p.Ledger.Head, func(ctx context.Context, entries []item) error {
		for _, s := range moves(entries) {
			if s.together {
				if err := p.putTogether(ctx, s.entries); err != nil {
					return err
				}
				continue
			}
			var broken error
			graphs := func(yield func(string, []rdf.Quad) bool) {
				for _, it := range s.entries {
					var quads []rdf.Quad
					if quads, broken = p.standing(ctx, it); broken != nil || !yield(it.Pagina, quads) {
						return
					}
				}
			}
			if err := errors.Join(putGraphs(ctx, p.Graphs, graphs), broken); err != nil {
				return err
			}
		}
		return nil
	})
}

func putGraphs(ctx context.Context, store Graphs, graphs iter.Seq2[string, []rdf.Quad]) error {
	if batch, ok := store.(GraphBatch); ok {
		return batch.PutAll(ctx, graphs)
	}
	for name, quads := range graphs {
		var err error
		if len(quads) == 0 {
			err = store.Delete(ctx, name)
		} else {
			err = store.Put(ctx, name, quads)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// FollowIndex brings the search index and the calendar up to where the store of
// graphs is. A
// decision may stand on several pages (list, minutes, extract) and is one
// document; so what an entry touches is read anew from the store as all pages
// together describe it, with everything of the sittings it belongs to. Of a
// decision with several IRIs (FollowDoubles) only the fullest is in the index.
func (p *Publisher) FollowIndex(ctx context.Context) error {
	indexes := slices.DeleteFunc([]Index{p.Index, p.Calendar}, func(x Index) bool { return x == nil })
	if len(indexes) == 0 {
		return nil
	}
	before := FollowerGraphs
	if p.joins() {
		before = FollowerDoubles
	}
	limit := func(ctx context.Context) (uint64, error) { return p.Cursors.Cursor(ctx, before) }
	err := p.follow(ctx, FollowerIndex, limit, func(ctx context.Context, entries []item) error { return p.reindex(ctx, indexes, entries) })
	if err != nil {
		return err
	}
	return p.indexTouched(ctx, indexes)
}

// Touch has FollowIndex read a page anew when it runs next, although the page
// did not change: something did that the index has from elsewhere, such as the
// text of an attachment. Only this process remembers it until then.
func (p *Publisher) Touch(pagina string) {
	p.touching.Lock()
	defer p.touching.Unlock()
	if p.touched == nil {
		p.touched = map[string]bool{}
	}
	p.touched[pagina] = true
}

// indexTouched indexes the pages that were touched.
func (p *Publisher) indexTouched(ctx context.Context, indexes []Index) error {
	p.touching.Lock()
	paginas := slices.Sorted(maps.Keys(p.touched))
	p.touched = nil
	p.touching.Unlock()
	for batch := range slices.Chunk(paginas, cmp.Or(max(p.Batch, 0), DefaultBatch)) {
		var entries []item
		var err error
		for _, pagina := range batch {
			e, refs, ok, failed := p.Ledger.Latest(ctx, pagina)
			if ok {
				entries = append(entries, item{e, refs})
			}
			err = errors.Join(err, failed)
		}
		if err == nil {
			err = p.reindex(ctx, indexes, entries)
		}
		if err != nil {
			for _, pagina := range paginas {
				p.Touch(pagina)
			}
			return fmt.Errorf("index anew: %w", err)
		}
	}
	return nil
}

// reindex brings the indexes up to what entries touch.
func (p *Publisher) reindex(ctx context.Context, indexes []Index, entries []item) error {
	touched, done := &besluit.Inhoud{}, map[string]bool{}
	for _, it := range entries {
		if it.Kind == Held {
			continue
		}
		refs := []string{it.refs.Before}
		if it.Kind == Published || it.Kind == Written {
			refs = append(refs, it.refs.Graph)
		}
		for _, ref := range refs {
			quads, err := p.quads(ctx, ref)
			if err != nil {
				return fmt.Errorf("entry %d: %w", it.Sequence, err)
			}
			in := besluit.Lift(rdf.NewGraph(quads...))
			touched.Zittingen = append(touched.Zittingen, in.Zittingen...)
			touched.Agendapunten = append(touched.Agendapunten, in.Agendapunten...)
			touched.Besluiten = append(touched.Besluiten, in.Besluiten...)
			if err := p.touchDoubles(ctx, it.Pagina, in, touched, done); err != nil {
				return err
			}
		}
	}
	if len(indexed(touched)) == 0 {
		return nil
	}
	inhoud, gone, err := p.Reader.Together(ctx, touched)
	if err != nil {
		return err
	}
	hidden, err := p.hideDoubles(ctx, inhoud)
	if err != nil {
		return err
	}
	gone = append(gone, hidden...)
	for _, x := range indexes {
		if len(gone) > 0 {
			if err := x.Delete(ctx, gone); err != nil {
				return err
			}
		}
		if err := x.Put(ctx, inhoud); err != nil {
			return err
		}
	}
	return nil
}

// item is an entry that a follower must do.
type item struct {
	Entry
	refs Refs
}

// follow hands the entries after the follower's cursor to do, in batches, up
// to limit, and moves the cursor when a batch is done.
func (p *Publisher) follow(ctx context.Context, follower string, limit func(context.Context) (uint64, error), do func(context.Context, []item) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		at, err := p.Cursors.Cursor(ctx, follower)
		if err != nil {
			return fmt.Errorf("follow ledger to %s: %w", follower, err)
		}
		head, err := limit(ctx)
		if err != nil {
			return fmt.Errorf("follow ledger to %s: %w", follower, err)
		}
		if at >= head {
			return nil
		}
		var batch []item
		// Entries that belong together stay in one batch.
		for n, last := at+1, at+uint64(cmp.Or(max(p.Batch, 0), DefaultBatch)); n <= head && (n <= last || batch[len(batch)-1].Together > 0); n++ {
			e, refs, ok, err := p.Ledger.Entry(ctx, n)
			if err == nil && !ok {
				err = errMissing
			}
			if err != nil {
				return fmt.Errorf("follow ledger to %s: entry %d: %w", follower, n, err)
			}
			batch = append(batch, item{e, refs})
		}
		if err := do(ctx, batch); err != nil {
			return fmt.Errorf("follow ledger to %s: %w", follower, err)
		}
		at = batch[len(batch)-1].Sequence
		if err := p.Cursors.SetCursor(ctx, follower, at); err != nil {
			return fmt.Errorf("follow ledger to %s: %w", follower, err)
		}
		if p.Progress != nil {
			p.Progress(follower, at, head)
		}
	}
}
