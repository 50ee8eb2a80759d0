package remote_test

import (
	"net/http/httptest"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/enginetest"
	"github.com/belfort-lod/belfort/sparql/quadstore"
	"github.com/belfort-lod/belfort/sparql/remote"
)

// TestOwn: the endpoint of another Belfort answers as an engine of our own does.
func TestOwn(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) (sparql.Engine, enginetest.Put) {
		store, err := quadstore.Open("store", quadstore.Options{FS: vfs.NewMem()})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(sparql.Handler(sparql.NewEmbedded(store, sparql.EmbeddedOptions{}), sparql.HandlerOptions{}))
		t.Cleanup(func() {
			server.Close()
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		return engine(t, remote.Options{Endpoint: server.URL}), store.Put
	}, enginetest.Deviation{Case: "engine/limit of work", Says: "<nil>", Reason: "how much work an answer took is not told"})
}
