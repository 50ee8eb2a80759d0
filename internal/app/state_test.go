package app

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
	"github.com/belfort-lod/belfort/publisher"
)

// TestSharedState: two houses with a PostgreSQL database in common. What one of
// them harvests is in the store of both; the data directory remembers where its
// state is; a backup says what it lacks.
func TestSharedState(t *testing.T) {
	ctx := t.Context()
	page, err := os.ReadFile(filepath.Join("..", "..", "shapes", "oslo", "testdata", "faults", "notulen.html"))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/notulen" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	defer web.Close()
	t.Setenv("BELFORT_DATABASE", pgserver.Start(t).Database())
	settings := func(data string) config.Config {
		c := config.Default()
		c.Data, c.AllowPrivate = data, true
		c.State.Postgres = &config.Postgres{URLEnv: "BELFORT_DATABASE"}
		return c
	}
	opened := func(c config.Config) *house {
		t.Helper()
		h, err := open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	first, second := t.TempDir(), t.TempDir()
	a, b := opened(settings(first)), opened(settings(second))
	if _, err := open(ctx, settings(first)); err == nil {
		t.Error("a second process opened the same data directory")
	}
	totals, err := a.harvest(harvester.Options{}).Run(ctx, harvester.Sources(web.URL+"/notulen"))
	if err != nil || totals.New != 1 {
		t.Fatalf("%+v, %v", totals, err)
	}
	if err := errors.Join(a.publisher.Follow(ctx), b.publisher.Follow(ctx)); err != nil {
		t.Fatal(err)
	}
	if a.quads.Len() == 0 || b.quads.Len() != a.quads.Len() {
		t.Errorf("one store has %d quads, the other %d", a.quads.Len(), b.quads.Len())
	}
	quads := b.quads.Len()
	if err := errors.Join(a.close(), b.close()); err != nil {
		t.Fatal(err)
	}

	// Without a word in the configuration.
	c := config.Default()
	c.Data = second
	b = opened(c)
	if head, err := b.state.ledger.Head(ctx); err != nil || head != 1 || b.quads.Len() != quads {
		t.Errorf("head %d, %d quads, %v; want 1 and %d", head, b.quads.Len(), err, quads)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}

	to, again := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "again")
	var said bytes.Buffer
	e := &env{ctx: ctx, stdout: &said}
	if err := (&backupCommand{To: to, Data: second}).Run(e); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "pg_dump") {
		t.Errorf("the backup says %q", said.String())
	}
	if err := (&restoreCommand{From: to, Data: again}).Run(e); err != nil {
		t.Fatal(err)
	}
	c.Data = again
	b = opened(c)
	p, err := readPlace(again)
	if old, _ := readPlace(second); err != nil || p.Directory == "" || p.Directory == old.Directory {
		t.Errorf("the restored directory has the name %q, the other %q; %v", p.Directory, old.Directory, err)
	}
	if err := b.publisher.Follow(ctx); err != nil || b.quads.Len() != quads {
		t.Errorf("%d quads after restore, %v; want %d", b.quads.Len(), err, quads)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}

	t.Setenv("BELFORT_DATABASE", "")
	if _, err := open(ctx, c); err == nil || !strings.Contains(err.Error(), "BELFORT_DATABASE") {
		t.Errorf("without the address of the database: %v", err)
	}
}

// TestOwnStateStays: a data directory with a ledger of its own is not put in a
// database, where nobody would find its entries.
func TestOwnStateStays(t *testing.T) {
	ctx := t.Context()
	c := config.Default()
	c.Data = t.TempDir()
	h, err := open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.state.ledger.Append(ctx, publisher.Entry{Kind: publisher.Held, Pagina: "https://a.example/"}, publisher.Refs{}, publisher.Effects{}); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BELFORT_DATABASE", "postgres://belfort:geheim@127.0.0.1:1/belfort")
	c.State.Postgres = &config.Postgres{URLEnv: "BELFORT_DATABASE"}
	_, err = open(ctx, c)
	if err == nil || !strings.Contains(err.Error(), "state of its own") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}
