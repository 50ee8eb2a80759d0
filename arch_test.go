package main

import (
	"cmp"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors is the house: a package imports only packages of lower floors, or of
// its own folder. docs/architecture.md tells what each is for.
var floors = map[string]int{
	"rdf": 0, "internal/config": 0, "internal/invariant": 0,
	"rdf/vocab": 1, "rdf/nquads": 1, "sparql/algebra": 1, "rdf/internal/lex": 0,
	"rdf/turtle": 2, "rdf/jsonld": 2, "rdf/rdfxml": 2, "rdf/canon": 2, "sparql/parser": 2,
	"rdf/rdfa": 3, "sparql/results": 3,
	"internal/besluit": 4, "internal/register": 4, "sparql/eval": 4,
	"shapes": 5, "search": 5, "sparql/quadstore": 5,
	"shapes/oslo": 6, "shapes/lblod": 6, "sparql": 6,
	"shapes/report": 7, "harvester": 7, "publisher": 7,
	"publisher/loket": 8, "search/bleve": 8, "search/opensearch": 8, "sparql/remote": 8,
	"internal/state/pebble": 8, "internal/state/postgres": 8, "internal/state/files": 8,
	"internal/vlavirgem": 8, "harvester/warc": 7, "internal/oogst": 8, "internal/attachment": 8,
	"site":         9,
	"internal/app": 10,
	".":            11,
}

// forTests are packages that only _test.go files may import.
var forTests = []string{"sparql/enginetest", "search/indextest", "internal/state/statetest", "internal/state/statetest/pgserver", "internal/suite", "internal/virtuoso", "internal/vlaanderen"}

// never are imports that the floors would allow.
var never = map[string][]string{
	"harvester":        {"publisher"},
	"publisher":        {"harvester"},
	"site":             {"sparql/eval"},
	"internal/besluit": {"net/http"},
}

const module = "github.com/belfort-lod/belfort"

// TestFloors reads the import lines of every file that ships. It reads them
// itself, so that the test cache sees the files that it depends on.
func TestFloors(t *testing.T) {
	documented := map[string]bool{}
	for _, file := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		documented[dir] = documented[dir] || parsed.Doc != nil
		if slices.Contains(forTests, dir) {
			continue
		}
		floor, known := floors[dir]
		if !known {
			t.Errorf("%s: package %s stands on no floor; give it one in arch_test.go and docs/architecture.md", file, dir)
			continue
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if problem := forbidden(dir, floor, path); problem != "" {
				t.Errorf("%s imports %s: %s", file, path, problem)
			}
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no package comment", dir)
		}
	}
}

// TestFloorsForbid shows that the rule can fail.
func TestFloorsForbid(t *testing.T) {
	for _, c := range []struct {
		dir, imported string
		want          bool
	}{
		{"rdf", module + "/sparql/eval", true},
		{"harvester", module + "/publisher", true},
		{"publisher", module + "/harvester", true},
		{"site", module + "/sparql/eval", true},
		{"internal/besluit", "net/http", true},
		{"publisher", module + "/internal/app", true},
		{"publisher", module + "/internal/suite", true},
		{"publisher", module + "/no/such/package", true},
		{"publisher", module + "/rdf", false},
		{"sparql/eval", module + "/sparql/results", false},
		{"shapes/report", "encoding/json", false},
	} {
		if got := forbidden(c.dir, floors[c.dir], c.imported) != ""; got != c.want {
			t.Errorf("%s imports %s: forbidden is %v, want %v", c.dir, c.imported, got, c.want)
		}
	}
}

// forbidden returns why a package may not import path, "" if it may.
func forbidden(dir string, floor int, path string) string {
	local, ours := strings.CutPrefix(path, module+"/")
	if slices.Contains(never[dir], cmp.Or(map[bool]string{true: local}[ours], path)) {
		return "these two must not know each other"
	}
	if !ours {
		return ""
	}
	if slices.Contains(forTests, local) {
		return "that package is for tests only"
	}
	target, known := floors[local]
	sameFolder := strings.Split(local, "/")[0] == strings.Split(dir, "/")[0] && !strings.HasPrefix(local, "internal/")
	switch {
	case !known:
		return "that package stands on no floor"
	case target > floor, target == floor && !sameFolder:
		return "floor " + strconv.Itoa(target) + " is not below floor " + strconv.Itoa(floor)
	}
	return ""
}

// sources lists the Go files that ship, relative to the root.
func sources(t *testing.T) []string {
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
