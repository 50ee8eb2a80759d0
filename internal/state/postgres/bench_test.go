package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
	"github.com/belfort-lod/belfort/publisher"
)

// beside runs a benchmark on PostgreSQL, which waits for the disk, and on the
// embedded state.
func beside(b *testing.B, run func(b *testing.B, f harvester.Frontier, l publisher.Ledger)) {
	b.Run("postgres", func(b *testing.B) {
		db := open(b, pgserver.Start(b, "fsync=on").Database(), postgres.Options{})
		defer db.Close()
		run(b, db.Frontier(), db.Ledger())
	})
	b.Run("pebble", func(b *testing.B) {
		db, err := pebble.Open(b.TempDir(), nil)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		run(b, db.Frontier(), db.Ledger())
	})
}

// workers is how many goroutines a benchmark has, as a harvest has.
const workers = 16

// BenchmarkFrontier takes links off a long queue of 300 hosts, each of which leads
// to ten that its run has seen.
func BenchmarkFrontier(b *testing.B) {
	ctx := context.Background()
	beside(b, func(b *testing.B, f harvester.Frontier, _ publisher.Ledger) {
		seeds := make([]harvester.Link, b.N)
		for i := range seeds {
			seeds[i] = harvester.Link{URL: fmt.Sprintf("https://host%d.example/%d", i%300, i), Seed: "https://host0.example/"}
		}
		for some := range 1 + len(seeds)/10_000 {
			if err := f.Begin(ctx, time.Now(), seeds[some*10_000:min(len(seeds), (some+1)*10_000)]); err != nil {
				b.Fatal(err)
			}
		}
		found := seeds[:min(10, len(seeds))]
		b.ResetTimer()
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for {
					link, ok, _, err := f.Next(ctx, time.Now(), func(string) bool { return true })
					if errors.Is(err, io.EOF) {
						return
					}
					if err == nil && ok {
						err = f.Done(ctx, link, found, time.Time{})
					}
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	})
}

// BenchmarkAppend adds entries to the ledger, by several goroutines.
func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	beside(b, func(b *testing.B, _ harvester.Frontier, l publisher.Ledger) {
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for i := w; i < b.N; i += workers {
					e := publisher.Entry{Kind: publisher.Published, Pagina: fmt.Sprintf("https://host%d.example/%d", i%300, i), Time: time.Now()}
					if _, err := l.Append(ctx, e, publisher.Refs{}, publisher.Effects{}); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	})
}
