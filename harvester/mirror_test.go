package harvester_test

import (
	"testing"

	"github.com/belfort-lod/belfort/internal/state/files"
)

// Pages can be fetched first and read later.
func TestFetchOnly(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/notulen/2"))
	w.page("/notulen/1", notulen("1"))
	// Links that no tag tells by itself are found all the same.
	w.page("/notulen/2", notulen("2")+`<div property="besluit:heeftNotulen" resource="/notulen/3"><a href="/notulen/3">x</a></div>`)
	w.page("/notulen/3", notulen("3"))
	h, reg := newHarvester(t)
	kept, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.Blobs = kept
	h.Options.FetchOnly = true
	if totals := run(t, h, w.URL); len(reg.log) != 0 || totals.Pages != 4 || totals.Failed != 0 {
		t.Errorf("accepted %v; %+v", reg.log, totals)
	}
	asked := len(w.asked)
	h.Options.FetchOnly = false
	totals, err := h.Reprocess(t.Context())
	if err != nil || totals.New != 3 || len(reg.pages) != 3 || len(w.asked) != asked {
		t.Errorf("accepted %v, %+v, %v; asked %v", reg.log, totals, err, w.asked[asked:])
	}
	if totals := run(t, h, w.URL); totals.NotModified != 4 || len(reg.log) != 3 {
		t.Errorf("accepted %v; %+v", reg.log, totals)
	}
}
