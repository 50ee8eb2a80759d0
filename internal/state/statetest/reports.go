package statetest

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"
)

// ReportKeeper is what site.Reports asks for; it is repeated here, so that the
// tests of the site can use this kit.
type ReportKeeper interface {
	Put(ctx context.Context, id string, content []byte, until time.Time) error
	Get(ctx context.Context, id string) (content []byte, until time.Time, err error)
	Delete(ctx context.Context, id string) error
}

// Reports tests a keeper of reports that expire. Open gives an empty one that
// looks at the given clock and keeps at most three reports.
func Reports(t *testing.T, open func(t *testing.T, now func() time.Time) ReportKeeper) {
	ctx := context.Background()
	start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	begin := func(t *testing.T) (ReportKeeper, *time.Time) {
		now := start
		return open(t, func() time.Time { return now }), &now
	}
	want := func(t *testing.T, r ReportKeeper, id, content string, until time.Time) {
		t.Helper()
		got, at, err := r.Get(ctx, id)
		if err != nil || string(got) != content || !at.Equal(until) {
			t.Errorf("%s: %.40q until %v, %v; want %.40q until %v", id, got, at, err, content, until)
		}
	}
	gone := func(t *testing.T, r ReportKeeper, id string) {
		t.Helper()
		if got, _, err := r.Get(ctx, id); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %.40q, %v; want an error that is fs.ErrNotExist", id, got, err)
		}
	}
	t.Run("kept until it expires", func(t *testing.T) {
		r, now := begin(t)
		check(t, r.Put(ctx, "a", []byte("verslag"), start.Add(time.Hour)))
		want(t, r, "a", "verslag", start.Add(time.Hour))
		*now = start.Add(time.Hour - time.Second)
		want(t, r, "a", "verslag", start.Add(time.Hour))
		*now = start.Add(time.Hour)
		gone(t, r, "a")
	})
	t.Run("replaced and prolonged", func(t *testing.T) {
		r, now := begin(t)
		check(t, r.Put(ctx, "a", []byte("een"), start.Add(time.Hour)))
		check(t, r.Put(ctx, "a", []byte("twee"), start.Add(48*time.Hour)))
		want(t, r, "a", "twee", start.Add(48*time.Hour))
		*now = start.Add(2 * time.Hour)
		want(t, r, "a", "twee", start.Add(48*time.Hour))
		check(t, r.Put(ctx, "a", []byte("drie"), start.Add(3*time.Hour)))
		want(t, r, "a", "drie", start.Add(3*time.Hour))
	})
	t.Run("deleted", func(t *testing.T) {
		r, _ := begin(t)
		check(t, r.Put(ctx, "a", []byte("een"), start.Add(time.Hour)))
		check(t, r.Delete(ctx, "a"))
		gone(t, r, "a")
		check(t, r.Delete(ctx, "a"))
	})
	t.Run("unknown", func(t *testing.T) {
		r, _ := begin(t)
		for _, id := range []string{"onbekend", "", "../a", "a/b", strings.Repeat("a", 100)} {
			gone(t, r, id)
		}
	})
	t.Run("what expires first makes way", func(t *testing.T) {
		r, _ := begin(t)
		for i, id := range []string{"a", "b", "c", "d"} {
			check(t, r.Put(ctx, id, []byte(id), start.Add(time.Duration([]int{9, 1, 5, 2}[i])*time.Hour)))
		}
		gone(t, r, "b")
		want(t, r, "a", "a", start.Add(9*time.Hour))
		want(t, r, "d", "d", start.Add(2*time.Hour))
		check(t, r.Put(ctx, "e", []byte("e"), start.Add(time.Hour)))
		want(t, r, "e", "e", start.Add(time.Hour))
		gone(t, r, "d")
	})
	t.Run("what expired takes no room", func(t *testing.T) {
		r, now := begin(t)
		check(t, r.Put(ctx, "a", []byte("a"), start.Add(time.Minute)))
		check(t, r.Put(ctx, "b", []byte("b"), start.Add(time.Hour)))
		check(t, r.Put(ctx, "c", []byte("c"), start.Add(2*time.Hour)))
		*now = start.Add(2 * time.Minute)
		check(t, r.Put(ctx, "d", []byte("d"), start.Add(3*time.Hour)))
		want(t, r, "b", "b", start.Add(time.Hour))
	})
	t.Run("an end to waiting", func(t *testing.T) {
		r, _ := begin(t)
		ended, end := context.WithCancel(ctx)
		end()
		if err := r.Put(ended, "a", nil, start.Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("put: %v", err)
		}
	})
}
