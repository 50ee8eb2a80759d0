package postgres_test

import (
	"testing"

	"github.com/belfort-lod/belfort/internal/state/statetest"
)

func TestHarvesterContract(t *testing.T) {
	databases := newDatabases(t)
	statetest.Harvester(t, func(t *testing.T, dir string) statetest.Crawl {
		db := databases.open(t, dir)
		return statetest.Crawl{Frontier: db.Frontier(), Visits: db.Visits(), Rounds: db.Visits(), Close: db.Close}
	})
}
