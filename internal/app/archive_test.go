package app

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher"
)

// replayDemo: the archive of the demo, after a second harvest, replayed offline in
// a new data directory, makes the same ledger, to the hash of its head, the same
// store, the same index and the same evidence. So the archive is evidence for all
// of it.
func replayDemo(t *testing.T, d *demo) {
	name := filepath.Join(t.TempDir(), "demo.warc.gz")
	out, err := d.exportFile(d.e, name)
	if err != nil {
		t.Fatal(err)
	}
	if out.Bodiless+out.Others+out.Beyond > 0 || out.Revisits == 0 || out.Fetches != out.Responses+out.Revisits+out.Failures {
		t.Errorf("export: %+v", out)
	}

	t.Run("jwarc", func(t *testing.T) { checkArchive(t, "BELFORT_JWARC", "java", "-jar", "%", "validate", name) })
	t.Run("warcio", func(t *testing.T) { checkArchive(t, "BELFORT_WARCIO", "%", "check", name) })

	again := openAt(t, t.TempDir())
	replayed, err := again.replay(d.e, name)
	if err != nil {
		t.Fatal(err)
	}
	if replayed.Passed+replayed.Known+replayed.Bodiless+replayed.Damaged > 0 || replayed.Fetches != out.Fetches || replayed.Requests > 0 {
		t.Errorf("import: %+v", replayed)
	}
	if err := again.follow(d.e); err != nil {
		t.Fatal(err)
	}
	compareLedgers(t, d.house, again)
	if err := publisher.Verify(t.Context(), again.publisher.Ledger, again.publisher.Blobs); err != nil {
		t.Error(err)
	}
	documents := func(h *house) uint64 {
		n, err := h.index.Count()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if again.quads.Len() != d.quads.Len() || documents(again) != documents(d.house) {
		t.Errorf("%d quads and %d documents; want %d and %d", again.quads.Len(), documents(again), d.quads.Len(), documents(d.house))
	}
	compareVisits(t, d.house, again)

	// The archive of the replay is the same archive.
	if a, b := exportBytes(t, d.house, d.e), exportBytes(t, again, d.e); !bytes.Equal(a, b) {
		t.Errorf("the archive of the replay has %d bytes; that of the demo %d", len(b), len(a))
	}
	// What is known is not done again.
	if replayed, err = again.replay(d.e, name); err != nil || replayed.Known != out.Fetches || replayed.New+replayed.Changed+replayed.Unchanged > 0 {
		t.Errorf("second import: %+v, %v", replayed, err)
	}
}

// checkArchive has a public checker look at an archive. % stands for where it is,
// as a variable of the environment says.
func checkArchive(t *testing.T, variable string, command ...string) {
	checker := os.Getenv(variable)
	if checker == "" {
		t.Skip(variable + " does not say where the checker is; docs/formats/warc.md tells how to get it")
	}
	for i := range command {
		command[i] = strings.Replace(command[i], "%", checker, 1)
	}
	if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func openAt(t *testing.T, data string) *house {
	t.Helper()
	c := config.Default()
	c.Data = data
	h, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// exportBytes writes an archive without the record that says when it was made.
func exportBytes(t *testing.T, h *house, e *env) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := h.export(e, &b, "", false); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(b.Bytes(), []byte("\r\n\r\n\r\n"))
	return rest
}

func compareLedgers(t *testing.T, want, got *house) {
	t.Helper()
	for n := uint64(1); ; n++ {
		a, _, ok, err := want.publisher.Ledger.Entry(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		b, _, also, err := got.publisher.Ledger.Entry(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if !ok && !also {
			return
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("entry %d:\n%+v\nwant\n%+v", n, b, a)
		}
	}
}

// compareVisits compares all evidence of fetches.
func compareVisits(t *testing.T, want, got *house) {
	t.Helper()
	histories := func(h *house) (list []string) {
		for v, err := range h.visits.History(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			// Two sources may lead to a page at the same moment: then neither fetch
			// knew of the other, and a replay does. When to come again is no evidence.
			v.Changed, v.Same, v.Due = time.Time{}, 0, time.Time{}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, string(text))
		}
		return list
	}
	a, b := histories(want), histories(got)
	if len(a) != len(b) {
		t.Errorf("%d visits; want %d", len(b), len(a))
	}
	different := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if different++; different < 4 {
				t.Errorf("visit %s\nwant  %s", b[i], a[i])
			}
		}
	}
	last := func(h *house) map[string]harvester.Visit {
		m := map[string]harvester.Visit{}
		for v, err := range h.visits.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if v, _, err = h.visits.Last(t.Context(), v.URL); err != nil {
				t.Fatal(err)
			}
			m[v.URL] = v
		}
		return m
	}
	lastA, lastB := last(want), last(got)
	for _, url := range slices.Sorted(maps.Keys(lastA)) {
		if !slices.Equal(lastA[url].Links, lastB[url].Links) {
			t.Errorf("%s leads to %q; want %q", url, lastB[url].Links, lastA[url].Links)
		}
	}
}

// TestImportNothing: what is no archive is said, and where.
func TestImportNothing(t *testing.T) {
	h := openAt(t, t.TempDir())
	for _, c := range []struct{ content, want string }{
		{"", "there is no record of a fetch in it"},
		{"<html></html>\n", "record at byte 0: want a WARC record"},
	} {
		name := filepath.Join(t.TempDir(), "x.warc")
		if err := os.WriteFile(name, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := h.replay(&env{ctx: t.Context(), stderr: io.Discard}, name)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %s", c.content, err, c.want)
		}
	}
}
