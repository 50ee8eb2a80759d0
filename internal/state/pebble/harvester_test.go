package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	cockroach "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/state/statetest"
)

func TestHarvesterContract(t *testing.T) {
	statetest.Harvester(t, func(t *testing.T, dir string) statetest.Crawl {
		db, err := pebble.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return statetest.Crawl{Frontier: db.Frontier(), Visits: db.Visits(), Rounds: db.Visits(), Close: db.Close}
	})
}

// TestPowerLoss cuts the power after each step of a small run. What the disk
// then holds is some moment of the run, and going on from there visits every
// page that was not done.
func TestPowerLoss(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	free := func(string) bool { return true }
	for steps := range 11 {
		disk := vfs.NewCrashableMem()
		db, err := pebble.Open("state", &cockroach.Options{FS: disk})
		if err != nil {
			t.Fatal(err)
		}
		f := db.Frontier()
		if err := f.Begin(ctx, []harvester.Link{{URL: "https://a.example/"}}); err != nil {
			t.Fatal(err)
		}
		for range steps {
			if err := step(ctx, f, now, free, nil); err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
		}
		after := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 0})
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db, err = pebble.Open("state", &cockroach.Options{FS: after})
		if err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		f = db.Frontier()
		if err := f.Begin(ctx, nil); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for err == nil {
			err = step(ctx, f, now, free, seen)
		}
		// Nothing was synced since Begin, so everything is done again.
		if !errors.Is(err, io.EOF) || len(seen) != 11 {
			t.Errorf("after %d steps %d pages were visited, want 11; %v", steps, len(seen), err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// step visits one page; the first leads to ten others.
func step(ctx context.Context, f *pebble.Frontier, now time.Time, free func(string) bool, seen map[string]bool) error {
	link, ok, _, err := f.Next(ctx, now, free)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("no link is due")
	}
	if seen != nil {
		seen[link.URL] = true
	}
	var found []harvester.Link
	if link.URL == "https://a.example/" {
		for i := range 10 {
			found = append(found, harvester.Link{URL: fmt.Sprintf("https://a.example/%d", i)})
		}
	}
	return f.Done(ctx, link, found, time.Time{})
}

// BenchmarkFrontier takes links off a long queue of many hosts.
func BenchmarkFrontier(b *testing.B) {
	db, err := pebble.Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	f := db.Frontier()
	var seeds []harvester.Link
	for i := range b.N {
		seeds = append(seeds, harvester.Link{URL: fmt.Sprintf("https://host%d.example/%d", i%300, i)})
	}
	ctx := context.Background()
	if err := f.Begin(ctx, seeds); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for {
		link, _, _, err := f.Next(ctx, time.Time{}, func(string) bool { return true })
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Done(ctx, link, nil, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
