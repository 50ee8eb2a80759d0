package postgres_test

import (
	"context"
	"testing"

	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
	"github.com/belfort-lod/belfort/publisher"
)

// databases gives each directory of a contract kit a database of its own.
type databases struct {
	server *pgserver.Server
	urls   map[string]string
}

func newDatabases(t *testing.T) *databases {
	return &databases{server: pgserver.Start(t), urls: map[string]string{}}
}

// open opens the database of a directory as the process of that directory.
func (d *databases) open(t *testing.T, dir string) *postgres.DB {
	t.Helper()
	if d.urls[dir] == "" {
		d.urls[dir] = d.server.Database()
	}
	return open(t, d.urls[dir], postgres.Options{Name: dir})
}

func open(t testing.TB, url string, options postgres.Options) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(context.Background(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestPublisherContract(t *testing.T) {
	databases := newDatabases(t)
	statetest.Publisher(t, func(t *testing.T, dir string) statetest.State {
		db := databases.open(t, dir)
		return statetest.State{Ledger: db.Ledger(), Standing: db.Ledger(), Marks: db.Marks(), Outbox: db.Outbox(), Cursors: db.Cursors(), Calendar: db.Calendar(), Close: db.Close}
	})
}

func TestBlobsContract(t *testing.T) {
	databases := newDatabases(t)
	statetest.Blobs(t, func(t *testing.T, dir string) publisher.Blobs {
		db := databases.open(t, dir)
		t.Cleanup(func() { db.Close() })
		blobs, err := db.Blobs()
		if err != nil {
			t.Fatal(err)
		}
		return blobs
	})
}
