package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// Fingerprints returns a name for each finding of the document, in their order,
// that stays when lines move, when the page moves, and when other findings come
// or go. It is made of the rule, the subject, the property and the value; where
// the subject has no IRI of its own, of the source text too. Equal ones are
// numbered. It is a hash that gives away nothing of personal data.
func Fingerprints(d Document) []string {
	text := redacted(d)
	times := map[string]int{}
	prints := make([]string, len(d.Verdict.Findings))
	for i, f := range d.Verdict.Findings {
		parts := []string{f.Rule, d.portable(f.Focus), f.Path, d.portable(f.Value)}
		if !f.Focus.IsIRI() {
			parts = append(parts, strings.Join(strings.Fields(snippet(text, f)), " "))
		}
		key := strings.Join(parts, "\x00")
		times[key]++
		prints[i] = hash(key + "\x00" + strconv.Itoa(times[key]))
	}
	return prints
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// portable writes a term without the place of the page, and blank nodes without
// the labels that they happened to get.
func (d Document) portable(t rdf.Term) string {
	if t.IsBlank() {
		return "_:"
	}
	s := t.String()
	if d.Base == "" {
		return s
	}
	s = strings.ReplaceAll(s, d.Base, "")
	return strings.ReplaceAll(s, d.Base[:strings.LastIndexByte(d.Base, '/')+1], "")
}

// Baseline lists known findings by document. A run that has one tells only what
// is new.
type Baseline struct {
	documents map[string][]known
}

// known is a finding in a baseline. Only the fingerprint counts; the rest is for
// people who look at the file.
type known struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Line        int    `json:"line,omitempty"`
}

type baselineFile struct {
	Version   int                `json:"version"`
	Documents map[string][]known `json:"documents"`
}

// maxBaseline bounds the size of a baseline file.
const maxBaseline = 64 << 20

// ReadBaseline reads what WriteBaseline wrote.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	var file baselineFile
	decoder := json.NewDecoder(io.LimitReader(r, maxBaseline))
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("it is not the JSON of a baseline: %w", err)
	}
	if file.Version != 1 || file.Documents == nil {
		return nil, fmt.Errorf(`it is not a baseline: want "version": 1 and "documents"`)
	}
	return &Baseline{documents: file.Documents}, nil
}

// WriteBaseline writes all findings of the documents, in a form that changes
// little when the findings do. Documents that could not be read are left out.
func WriteBaseline(w io.Writer, documents []Document) error {
	file := baselineFile{Version: 1, Documents: map[string][]known{}}
	for _, d := range documents {
		if d.Failed != "" {
			continue
		}
		list := []known{}
		prints := Fingerprints(d)
		for i, f := range d.Verdict.Findings {
			list = append(list, known{prints[i], f.Rule, f.Span.Start.Line})
		}
		file.Documents[documentKey(d.Verdict.Source)] = list
	}
	return writeJSON(w, file)
}

// documentKey names a document in a baseline: a file by its path with slashes.
func documentKey(source string) string {
	if strings.Contains(source, "://") {
		return source
	}
	return filepath.ToSlash(filepath.Clean(source))
}

// Apply returns the document without its known findings, and says in Known and
// Gone how many there were. Counts and Conforms are those of what is left; the
// levels of maturity stay as they are, since they are about the whole page. A
// nil baseline changes nothing.
func (b *Baseline) Apply(d Document) Document {
	if b == nil || d.Failed != "" {
		return d
	}
	left := map[string]bool{}
	for _, k := range b.documents[documentKey(d.Verdict.Source)] {
		left[k.Fingerprint] = true
	}
	prints := Fingerprints(d)
	var fresh []rdf.Finding
	for i, f := range d.Verdict.Findings {
		if left[prints[i]] {
			delete(left, prints[i])
			d.Known++
			continue
		}
		fresh = append(fresh, f)
	}
	d.Gone = len(left)
	return d.With(fresh)
}

// Absent returns the documents in the baseline that are not among those given,
// sorted: they were renamed, or nobody asked for them.
func (b *Baseline) Absent(documents []Document) []string {
	if b == nil {
		return nil
	}
	asked := map[string]bool{}
	for _, d := range documents {
		asked[documentKey(d.Verdict.Source)] = true
	}
	var absent []string
	for name := range b.documents {
		if !asked[name] {
			absent = append(absent, name)
		}
	}
	slices.Sort(absent)
	return absent
}

// With returns the document with other findings, counted again.
func (d Document) With(findings []rdf.Finding) Document {
	d.Verdict.Findings = findings
	d.Verdict.Counts = [3]int{}
	for _, f := range findings {
		d.Verdict.Counts[min(f.Severity, rdf.Violation)]++
	}
	d.Verdict.Conforms = d.Verdict.Counts[rdf.Violation] == 0
	return d
}
