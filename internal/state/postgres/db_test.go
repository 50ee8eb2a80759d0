package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
	"github.com/belfort-lod/belfort/publisher"
)

// sql runs a statement behind the back of the state.
func sql(t *testing.T, database, statement string) error {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

// TestOpen makes the tables once, for whoever comes first, and leaves alone what
// a newer program made.
func TestOpen(t *testing.T) {
	ctx := context.Background()
	server := pgserver.Start(t)
	database := server.Database()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			db, err := postgres.Open(ctx, database, postgres.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	group.Wait()

	if err := sql(t, database, `UPDATE belfort.version SET version = 99`); err != nil {
		t.Fatal(err)
	}
	var newer *postgres.VersionError
	if _, err := postgres.Open(ctx, database, postgres.Options{}); !errors.As(err, &newer) || newer.Have != 99 || newer.Known != postgres.FormatVersion {
		t.Errorf("tables of a newer program: %v, want a VersionError", err)
	}
	if err := sql(t, database, `CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Open(ctx, server.URL("latin"), postgres.Options{}); err == nil || !strings.Contains(err.Error(), "UTF8") {
		t.Errorf("a database of another encoding: %v", err)
	}
	if _, err := postgres.Open(ctx, server.URL("unknown"), postgres.Options{}); err == nil {
		t.Error("a database that is not there was opened")
	}
}

// TestPasswordIsNotTold in any error.
func TestPasswordIsNotTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, address := range []string{
		"postgres://belfort:geheim@127.0.0.1:1/belfort", "postgres://belfort:geheim@127.0.0.1:x/belfort", "postgres://belfort:ge%zzheim@h/b",
		"host=127.0.0.1 port=1 user=belfort password=geheim", "host=127.0.0.1 port=x password='geheim", "password=geheim sslmode=never", "geheim",
	} {
		_, err := postgres.Open(ctx, address, postgres.Options{Patience: -1})
		if err == nil {
			t.Errorf("%s was opened", address)
			continue
		}
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			if strings.Contains(fmt.Sprintf("%v %+v", cause, cause), "geheim") || strings.Contains(cause.Error(), "heim@") {
				t.Errorf("the error of %s tells the password: %v", address, cause)
			}
		}
	}
}

// TestLedgerIsAppendOnly for whoever has a connection.
func TestLedgerIsAppendOnly(t *testing.T) {
	ctx := context.Background()
	database := pgserver.Start(t).Database()
	db := open(t, database, postgres.Options{})
	defer db.Close()
	if _, err := db.Ledger().Append(ctx, publisher.Entry{Kind: publisher.Published, Pagina: "https://a.example/"}, publisher.Refs{}, publisher.Effects{}); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE belfort.entry SET kind = 'held'`, `DELETE FROM belfort.entry`, `TRUNCATE belfort.entry`} {
		if err := sql(t, database, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestNameTaken: of two living processes with one name the first is told so; it
// does not take what the second has.
func TestNameTaken(t *testing.T) {
	ctx, now := context.Background(), time.Now()
	database := pgserver.Start(t).Database()
	first := open(t, database, postgres.Options{Name: "a"})
	defer first.Close()
	if err := first.Frontier().Begin(ctx, now, nil); err != nil {
		t.Fatal(err)
	}
	second := open(t, database, postgres.Options{Name: "a"})
	defer second.Close()
	if err := second.Frontier().Begin(ctx, now, nil); err != nil {
		t.Fatal(err)
	}
	var taken *postgres.TakenError
	if err := first.Renew(ctx); !errors.As(err, &taken) || taken.Name != "a" {
		t.Errorf("renew: %v, want a TakenError", err)
	}
	if err := second.Renew(ctx); err != nil {
		t.Error(err)
	}
}

// TestStrangeTexts: what the web may hold is kept, or changed to what PostgreSQL
// can hold, and never an error.
func TestStrangeTexts(t *testing.T) {
	ctx, now := context.Background(), time.Now()
	database := pgserver.Start(t).Database()
	db := open(t, database, postgres.Options{})
	defer db.Close()
	long := strings.Repeat("lang", 1900)
	strange := []string{
		"https://a.example/?q=\xff\xfe", "https://" + long[:7000] + ".example/", "https://a.example/" + long, "https://a.example/%00",
		"https://é.example/\u2028", "https://a.example/" + strings.Repeat("é", 3000),
	}
	f := db.Frontier()
	seed := harvester.Link{URL: strange[0], Seed: strange[0], From: "nul \x00 and \xff"}
	if err := f.Begin(ctx, now, []harvester.Link{seed}); err != nil {
		t.Fatal(err)
	}
	free := func(string) bool { return true }
	link, ok, _, err := f.Next(ctx, now, free)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var found []harvester.Link
	for _, u := range strange {
		found = append(found, harvester.Link{URL: u, Seed: strange[0]})
		v := harvester.Visit{URL: u, Time: now, Title: "nul \x00 and \xff", Error: "\x00", Links: []string{u}}
		if err := db.Visits().Record(ctx, v); err != nil {
			t.Errorf("visit of %.40q: %v", u, err)
		}
		if v, ok, err := db.Visits().Last(ctx, u); !ok || err != nil || len(v.Links) != 1 {
			t.Errorf("visit of %.40q: %v, %v", u, ok, err)
		}
	}
	if err := f.Done(ctx, link, found, time.Time{}); err != nil {
		t.Fatal(err)
	}
	count := 0
	for {
		link, ok, _, err := f.Next(ctx, now, free)
		if err != nil || !ok {
			break
		}
		if !link.End {
			count++
		}
		if err := f.Done(ctx, link, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if count != len(strange)-1 { // the seed was seen
		t.Errorf("%d links, want %d", count, len(strange)-1)
	}
	count = 0
	for _, err := range db.Visits().All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != len(strange) {
		t.Errorf("%d visits, want %d", count, len(strange))
	}
	err = db.Calendar().Put(ctx, &besluit.Inhoud{Besluiten: []*besluit.Besluit{{IRI: "urn:\x00\xff", Types: []string{"\x00", "\xff"}}, {IRI: long[:4000]}}})
	if err != nil {
		t.Error(err)
	}
	err = db.Marks().SetMarks(ctx, map[string][]publisher.Mark{"\x00": {{Key: "\x00", Value: "\x00\xff"}}})
	if err != nil {
		t.Error(err)
	}
	e := publisher.Entry{Kind: publisher.Held, Pagina: "https://a.example/?q=\xff", Reason: "nul \x00"}
	with := publisher.Effects{Meldingen: []publisher.Melding{{SubmittedResource: long + long, Reason: "\x00", Status: publisher.Wachtend}}}
	if _, err := db.Ledger().Append(ctx, e, publisher.Refs{}, with); err != nil {
		t.Error(err)
	}
	if err := publisher.Verify(ctx, db.Ledger(), nil); err != nil {
		t.Error(err)
	}
}

// TestLongLists: lists that are read in pieces are whole and in order.
func TestLongLists(t *testing.T) {
	ctx := context.Background()
	db := open(t, pgserver.Start(t).Database(), postgres.Options{})
	defer db.Close()
	const pages, times = 700, 2
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for i := w; i < pages; i += 4 {
				for j := range times {
					v := harvester.Visit{URL: fmt.Sprintf("https://a.example/%s%03d", strings.Repeat("x", i%3*400), i), Time: now.Add(time.Duration(j) * time.Hour)}
					if err := db.Visits().Record(ctx, v); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	for name, c := range map[string]struct {
		list func(func(harvester.Visit, error) bool)
		want int
	}{
		"last": {db.Visits().All(ctx), pages}, "history": {db.Visits().History(ctx, ""), pages * times},
	} {
		count, before := 0, harvester.Visit{}
		for v, err := range c.list {
			if err != nil {
				t.Fatal(err)
			}
			if v.URL < before.URL || v.URL == before.URL && !v.Time.After(before.Time) {
				t.Fatalf("%s: %s at %v after %s at %v", name, v.URL, v.Time, before.URL, before.Time)
			}
			before = v
			count++
		}
		if count != c.want {
			t.Errorf("%s: %d visits, want %d", name, count, c.want)
		}
	}
}
