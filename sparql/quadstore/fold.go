package quadstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// install makes a new base that of the store, in one durable step: it takes what
// came since the state that it was built from as its delta. The caller is the
// one writer. If it fails the store has the old base, and the new one is closed.
func (s *Store) install(b *base, from *state, built totals) (err error) {
	now := s.now.Load()
	next := &state{base: b, delta: &delta{}, totals: now.totals}
	batch := s.db.NewBatch()
	defer batch.Close()
	err = batch.DeleteRange([]byte{spaceQuad}, []byte{spaceQuad + 1}, nil)
	if now != from {
		added, removed := now.delta.since(from.delta)
		next.delta = next.delta.with(added, removed)
		for _, list := range []struct {
			quads []quad
			mark  []byte
		}{{added, markAdded}, {removed, markGone}} {
			for _, q := range list.quads {
				err = errors.Join(err, batch.Set(appendQuad(nil, q), list.mark, nil))
			}
		}
	} else {
		next.totals = built
	}
	err = errors.Join(err, batch.Set([]byte{spaceMeta}, next.encode(), nil))
	if err == nil {
		err = s.apply(func() error { return s.db.Apply(batch, pebble.Sync) })
	}
	if err != nil {
		b.replaced.Store(true) // nothing refers to it
		return errors.Join(err, b.leave())
	}
	s.mu.Lock()
	s.now.Store(next)
	s.mu.Unlock()
	// Only now, for a reader of the old state finds a term either in the database
	// or in the present base. If they stay, the next base takes them away.
	err = s.apply(func() error {
		return s.db.DeleteRange([]byte{spaceTerm}, idKey(spaceTerm, eval.ID(b.terms.n)+1), pebble.NoSync)
	})
	s.young.drop(eval.ID(b.terms.n))
	now.base.replaced.Store(true)
	return errors.Join(err, now.base.leave())
}

// folding is a new base that is being made in the background.
type folding struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// Bounds of the delta; see Options.DeltaSize.
const (
	deltaLeast = 1 << 16
	deltaMost  = 500_000
	deltaShare = 8
)

// deltaLimit returns how many entries the delta may have before it is folded.
func (s *Store) deltaLimit() int {
	if s.deltaSize > 0 {
		return s.deltaSize
	}
	return int(min(max(s.now.Load().base.runs[0].count/deltaShare, deltaLeast), deltaMost))
}

// size returns what is kept beside the base: quads, or terms if those are more.
// Pages that change over and over leave terms behind.
func (t *state) size() int { return max(t.delta.n, int(t.next)-1-int(t.base.terms.n)) }

// foldIfLarge has the delta folded in the background when it has grown.
func (s *Store) foldIfLarge() {
	size := s.now.Load().size()
	if size <= s.deltaLimit() {
		return
	}
	s.mu.Lock()
	tooSoon := size < s.retryAt
	s.mu.Unlock()
	if tooSoon {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := s.beginFolding(cancel)
	if f == nil {
		cancel()
		return
	}
	go func() {
		err := s.fold(ctx)
		s.endFolding(f, err)
		if err != nil && ctx.Err() == nil && !errors.Is(err, errOvertaken) && s.log != nil {
			s.log.Error("quad store: fold the delta into the base; it is tried again when more was written", "error", err)
		}
	}()
}

// beginFolding returns nil if somebody folds already, or the store is closing.
func (s *Store) beginFolding(cancel context.CancelFunc) *folding {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.folding != nil {
		return nil
	}
	s.folding = &folding{cancel: cancel, done: make(chan struct{})}
	return s.folding
}

func (s *Store) endFolding(f *folding, err error) {
	s.mu.Lock()
	s.folding = nil
	s.retryAt = 0
	if err != nil {
		s.retryAt = s.now.Load().size() * 5 / 4
	}
	s.mu.Unlock()
	f.cancel()
	close(f.done)
}

// stopFolding breaks off what goes on in the background and waits for its end.
func (s *Store) stopFolding() {
	if f := s.foldingNow(); f != nil {
		f.cancel()
		<-f.done
	}
}

func (s *Store) foldingNow() *folding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folding
}

// waitForRoom makes writers wait when folding does not keep up with them.
func (s *Store) waitForRoom() {
	if s.now.Load().size() > 4*s.deltaLimit() {
		if f := s.foldingNow(); f != nil {
			<-f.done
		}
	}
}

// errOvertaken says that somebody else made a new base meanwhile.
var errOvertaken = errors.New("overtaken by a load")

// fold makes a new base of the old one and the delta. Others may write
// meanwhile.
func (s *Store) fold(ctx context.Context) error {
	d := s.Snapshot()
	if d.err != nil {
		return d.err
	}
	b, err := s.build(ctx, d.state, nil)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	return errors.Join(s.switchTo(ctx, b, d.state), d.Close())
}

func (s *Store) switchTo(ctx context.Context, b *base, from *state) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	err := cmp.Or(s.failed, context.Cause(ctx))
	if err == nil && s.now.Load().base != from.base {
		err = errOvertaken
	}
	if err != nil {
		b.replaced.Store(true)
		return errors.Join(err, b.leave())
	}
	return s.install(b, from, from.totals)
}

// Compact folds all changes since the last time into a new base now, which
// otherwise happens in the background when they have grown. Reads and writes go
// on meanwhile.
func (s *Store) Compact(ctx context.Context) error {
	for {
		if f := s.foldingNow(); f != nil {
			select {
			case <-f.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if now := s.now.Load(); now.delta.n == 0 && !now.young() {
			return nil
		}
		inner, cancel := context.WithCancel(ctx)
		f := s.beginFolding(cancel)
		if f == nil {
			cancel()
			if s.isClosing() {
				return fmt.Errorf("compact quad store: %w", ErrClosed)
			}
			continue
		}
		err := s.fold(inner)
		s.endFolding(f, err)
		if err != nil && !errors.Is(err, errOvertaken) {
			return fmt.Errorf("compact quad store: %w", err)
		}
		if err == nil {
			return nil
		}
	}
}

func (s *Store) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}
