package bleve_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search/bleve"
	"github.com/belfort-lod/belfort/search/indextest"
)

func TestContract(t *testing.T) {
	indextest.Run(t, func(t *testing.T, dir string) indextest.Index {
		index, _ := open(t, dir)
		return indextest.Index{Searcher: index, Subjects: index.Subjects, Put: index.Put, Delete: index.Delete, Close: index.Close}
	})
}

func open(t *testing.T, dir string) (index *bleve.Index, fresh bool) {
	t.Helper()
	index, fresh, err := bleve.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return index, fresh
}

func shut(t *testing.T, index *bleve.Index) {
	t.Helper()
	if err := index.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFreshUntilFilled: whoever opens an index is told that it is empty until
// something is in it, also when a crash came between.
func TestFreshUntilFilled(t *testing.T) {
	dir := t.TempDir() + "/index"
	for range 2 {
		index, fresh := open(t, dir)
		if !fresh {
			t.Error("an empty index is not fresh")
		}
		shut(t, index)
	}
	index, _ := open(t, dir)
	one := &besluit.Inhoud{Besluiten: []*besluit.Besluit{{IRI: "https://data.example/b", Titel: "Besluit"}}}
	if err := index.Put(context.Background(), one); err != nil {
		t.Fatal(err)
	}
	shut(t, index)
	index, fresh := open(t, dir)
	if n, err := index.Count(); fresh || n != 1 || err != nil {
		t.Errorf("fresh %v, %d documents, %v", fresh, n, err)
	}
	shut(t, index)
}

// TestOpenWhatIsNoIndex: what a crash left is made anew; what is not ours is
// left alone.
func TestOpenWhatIsNoIndex(t *testing.T) {
	for name, files := range map[string][]string{
		"nothing":                {},
		"an index half made":     {"index/index_meta.json"},
		"a store without a meta": {"index/store/root.bolt"},
		"made aside":             {"index.new/index_meta.json", "index.new/store/x"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for _, file := range files {
				write(t, filepath.Join(root, file))
			}
			index, fresh := open(t, filepath.Join(root, "index"))
			if !fresh {
				t.Error("not fresh")
			}
			shut(t, index)
		})
	}
	root := t.TempDir()
	write(t, filepath.Join(root, "index", "thesis.odt"))
	if _, _, err := bleve.Open(filepath.Join(root, "index")); err == nil || !strings.Contains(err.Error(), "thesis.odt") {
		t.Errorf("error %v, want one that names thesis.odt", err)
	}
	if _, err := os.Stat(filepath.Join(root, "index", "thesis.odt")); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
}

// TestKilled copies the files of an index that is open, as a kill would leave
// them: what Put returned for is in them.
func TestKilled(t *testing.T) {
	dir := t.TempDir() + "/index"
	index, _ := open(t, dir)
	for i := range 20 {
		one := &besluit.Inhoud{Besluiten: []*besluit.Besluit{{IRI: "https://data.example/" + string(rune('a'+i)), Titel: "Besluit"}}}
		if err := index.Put(context.Background(), one); err != nil {
			t.Fatal(err)
		}
		if i%7 != 6 {
			continue
		}
		after := t.TempDir() + "/index"
		if err := os.CopyFS(after, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		again, _ := open(t, after)
		if n, err := again.Count(); n != uint64(i+1) || err != nil {
			t.Errorf("after %d puts and a kill: %d documents, %v", i+1, n, err)
		}
		shut(t, again)
	}
	shut(t, index)
}
