package files

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/state/statetest"
)

func reports(t *testing.T, dir string, bounds ReportBounds, now func() time.Time) *Reports {
	t.Helper()
	r, err := OpenReports(dir, bounds, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReportsContract(t *testing.T) {
	statetest.Reports(t, func(t *testing.T, now func() time.Time) statetest.ReportKeeper {
		return reports(t, t.TempDir(), ReportBounds{Count: 3}, now)
	})
}

// TestReportsStay: a report outlives the process; an expired one and a draft
// that a crash left do not.
func TestReportsStay(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	r := reports(t, dir, ReportBounds{}, clock)
	for id, hours := range map[string]int{"kort": 1, "lang": 48} {
		if err := r.Put(ctx, id, []byte("verslag "+id), now.Add(time.Duration(hours)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, reportName("lang", now.Add(48*time.Hour))))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info, err)
	}
	left := filepath.Join(dir, "draft-1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A crash between the new file and the end of the old one.
	if err := os.WriteFile(filepath.Join(dir, reportName("lang", now.Add(3*time.Hour))), []byte("oud"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	again := reports(t, dir, ReportBounds{}, clock)
	if got, _, err := again.Get(ctx, "lang"); err != nil || string(got) != "verslag lang" {
		t.Errorf("%q %v", got, err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left on disk: %v", list)
	}
}

func TestReportsBounds(t *testing.T) {
	ctx, now := context.Background(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	r := reports(t, t.TempDir(), ReportBounds{Each: 1000, Total: 60}, func() time.Time { return now })
	var tooBig *SizeError
	if err := r.Put(ctx, "a", make([]byte, 1001), now.Add(time.Hour)); !errors.As(err, &tooBig) {
		t.Errorf("a report over the bound: %v", err)
	}
	for i, id := range []string{"a", "b", "c", "d", "e", "f"} {
		if err := r.Put(ctx, id, bytes.Repeat([]byte(id), 30), now.Add(time.Duration(i+1)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if r.bytes > 60 || len(r.kept) == 6 || len(r.kept) == 0 {
		t.Errorf("%d reports of %d bytes are kept, want at most 60 bytes", len(r.kept), r.bytes)
	}
	if _, _, err := r.Get(ctx, "f"); err != nil {
		t.Errorf("the newest is gone: %v", err)
	}
}

// TestReportsDamage: a file that was changed is an error, not a report.
func TestReportsDamage(t *testing.T) {
	ctx, dir, until := context.Background(), t.TempDir(), time.Now().Add(time.Hour)
	r := reports(t, dir, ReportBounds{}, nil)
	if err := r.Put(ctx, "a", []byte("verslag"), until); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, reportName("a", until.Truncate(time.Second))), []byte("iets anders"), 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *CorruptError
	if _, _, err := r.Get(ctx, "a"); !errors.As(err, &damaged) {
		t.Errorf("%v", err)
	}
}

func TestReportsTogether(t *testing.T) {
	ctx, until := context.Background(), time.Now().Add(time.Hour)
	r := reports(t, t.TempDir(), ReportBounds{Count: 2}, nil)
	var all sync.WaitGroup
	for i := range 8 {
		id := string(rune('a' + i%4))
		all.Go(func() {
			if err := r.Put(ctx, id, []byte(id), until); err != nil {
				t.Error(err)
			}
			if got, _, err := r.Get(ctx, id); err == nil && string(got) != id {
				t.Errorf("%s: %q", id, got)
			}
			if err := r.Delete(ctx, id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
