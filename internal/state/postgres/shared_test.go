package postgres_test

import (
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
)

func TestSharedContract(t *testing.T) {
	server := pgserver.Start(t)
	statetest.Shared(t, func(t *testing.T, now func() time.Time) func(string) statetest.Process {
		url := server.Database()
		return func(name string) statetest.Process {
			db := open(t, url, postgres.Options{Name: name, Lease: statetest.Lease, Rest: time.Nanosecond, Now: now})
			return process(t, db)
		}
	})
}

func process(t *testing.T, db *postgres.DB) statetest.Process {
	blobs, err := db.Blobs()
	if err != nil {
		t.Fatal(err)
	}
	return statetest.Process{
		Crawl: statetest.Crawl{Frontier: db.Frontier(), Visits: db.Visits(), Rounds: db.Visits()},
		State: statetest.State{Ledger: db.Ledger(), Standing: db.Ledger(), Marks: db.Marks(), Outbox: db.Outbox(), Cursors: db.Cursors(), Calendar: db.Calendar()},
		Blobs: blobs, Renew: db.Renew, Vanish: db.Vanish, Close: db.Close,
	}
}
