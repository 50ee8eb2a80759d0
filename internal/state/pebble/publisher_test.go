package pebble_test

import (
	"testing"

	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/state/statetest"
)

func TestPublisherContract(t *testing.T) {
	statetest.Publisher(t, func(t *testing.T, dir string) statetest.State {
		db, err := pebble.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return statetest.State{Ledger: db.Ledger(), Standing: db.Ledger(), Marks: db.Marks(), Outbox: db.Outbox(), Cursors: db.Cursors(), Calendar: db.Calendar(), Close: db.Close}
	})
}
