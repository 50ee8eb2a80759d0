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
		if err := f.Begin(ctx, now, []harvester.Link{{URL: "https://a.example/", Seed: "https://a.example/"}}); err != nil {
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
		if err := f.Begin(ctx, now, nil); err != nil {
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
	if link.End {
		return f.Done(ctx, link, nil, time.Time{})
	}
	if seen != nil {
		seen[link.URL] = true
	}
	var found []harvester.Link
	if link.URL == "https://a.example/" {
		for i := range 10 {
			found = append(found, harvester.Link{URL: fmt.Sprintf("https://a.example/%d", i), Seed: link.Seed})
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
		seeds = append(seeds, harvester.Link{URL: fmt.Sprintf("https://host%d.example/%d", i%300, i), Seed: fmt.Sprintf("https://host%d.example/", i%300)})
	}
	ctx := context.Background()
	if err := f.Begin(ctx, time.Time{}, seeds); err != nil {
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

// TestOldFrontier goes on with the queue of an earlier program, which had one
// run for all seeds.
func TestOldFrontier(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	disk := vfs.NewMem()
	raw, err := cockroach.Open("state", &cockroach.Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"fr":                    `{"number":3,"sequence":7,"open":true}`,
		"fshttps://a.example/":  "\x00\x00\x00\x00\x00\x00\x00\x03",
		"fshttps://a.example/1": "\x00\x00\x00\x00\x00\x00\x00\x03",
		"fqa.example\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07": `{"url":"https://a.example/1","seed":"https://a.example/"}`,
	} {
		if err := raw.Set([]byte(key), []byte(value), cockroach.Sync); err != nil {
			t.Fatal(err)
		}
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := pebble.Open("state", &cockroach.Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f := db.Frontier()
	if err := f.Begin(ctx, now, nil); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for err == nil {
		err = step(ctx, f, now, func(string) bool { return true }, seen)
	}
	if !errors.Is(err, io.EOF) || len(seen) != 1 || !seen["https://a.example/1"] {
		t.Errorf("visited %v, %v", seen, err)
	}
}
