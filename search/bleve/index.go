// Package bleve holds the search index in one directory of this machine, on
// the Bleve library. It turns documents and requests of package search into
// those of Bleve; what a word is, and what a question means, is decided there.
package bleve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// formatVersion changes whenever the fields or the analysis do: an index of
// another version is made anew from the ledger.
const formatVersion = "2"

// Index is a search index on disk. It is safe for concurrent use.
type Index struct {
	// Attachment gives the plain text of the attachment of a decision, by its IRI,
	// "" where none was read. It is set before the first use, or nil.
	Attachment func(ctx context.Context, iri string) string

	index bleve.Index
}

// Open opens the index in dir, or makes an empty one when there is none, or one
// of another version. fresh says that it is empty, so that everything must be
// put in again; it says so at every Open until something is. A directory that
// holds something else is an error, and is left alone.
func Open(dir string) (index *Index, fresh bool, err error) {
	index, err = reopen(dir)
	if err == nil && index == nil {
		index, err = create(dir)
	}
	if err != nil {
		return nil, false, err
	}
	n, err := index.Count()
	if err != nil {
		return nil, false, errors.Join(fmt.Errorf("open index: %w", err), index.Close())
	}
	return index, n == 0, nil
}

// reopen opens an index that is there; nil if there is none that can be used.
func reopen(dir string) (*Index, error) {
	opened, err := bleve.Open(dir)
	switch {
	case errors.Is(err, bleve.ErrorIndexPathDoesNotExist):
		return nil, nil
	case errors.Is(err, bleve.ErrorIndexMetaMissing), errors.Is(err, bleve.ErrorIndexMetaCorrupt):
		return nil, nil // a crash while it was made, or not an index at all: see remove
	case err != nil:
		return nil, fmt.Errorf("open index: %w", err)
	}
	version, err := opened.GetInternal([]byte("version"))
	if err == nil && string(version) == formatVersion {
		return &Index{index: opened}, nil
	}
	if err := opened.Close(); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return nil, nil
}

// create makes an empty index aside and puts it in place when it is whole, so
// that a crash leaves none that cannot be opened.
func create(dir string) (*Index, error) {
	aside := dir + ".new"
	for _, old := range []string{dir, aside} {
		if err := remove(old); err != nil {
			return nil, fmt.Errorf("make index: %w", err)
		}
	}
	m, err := newMapping()
	if err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	made, err := bleve.New(aside, m)
	if err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	err = made.SetInternal([]byte("version"), []byte(formatVersion))
	if err := errors.Join(err, made.Close()); err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	if err := os.Rename(aside, dir); err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	opened, err := bleve.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return &Index{index: opened}, nil
}

// remove throws an old index away: it holds nothing that the ledger cannot give
// again. It looks first whether it is one.
func remove(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains([]string{"index_meta.json", "index_meta.json_temp", "store"}, e.Name()) {
			return fmt.Errorf("%s holds %s, which is no part of an index; move it away", dir, e.Name())
		}
	}
	return os.RemoveAll(dir)
}

// Close releases the index.
func (x *Index) Close() error { return x.index.Close() }

// Count returns the number of documents.
func (x *Index) Count() (uint64, error) { return x.index.DocCount() }

// Fields of the index. A text stands in three: word for word, by stem, and by
// the parts of compounds. The words are cut and folded before Bleve sees them.
const (
	fieldTitel       = "titel"
	fieldTekst       = "tekst"
	fieldSoort       = "soort"
	fieldBestuur     = "bestuur"
	fieldOrgaan      = "orgaan"
	fieldType        = "type"
	fieldUitslag     = "uitslag"
	fieldJaar        = "jaar"
	fieldDatum       = "datum"       // moment, in seconds since 1970, for sorting
	fieldDag         = "dag"         // day in Flanders, in days since 1970, for filters
	fieldBestuurNaam = "bestuurnaam" // IRI, tab, name: a facet with its label
	fieldDocument    = "document"    // the document as JSON, stored only

	exact = ".x"
	stems = ".s"
	parts = ".d"
)

func newMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	const words = "woorden"
	err := m.AddCustomAnalyzer(words, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
	if err != nil {
		return nil, err
	}
	m.ScoringModel = "bm25"
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range []string{fieldTitel, fieldTekst} {
		for _, form := range []string{exact, stems, parts} {
			f := bleve.NewTextFieldMapping()
			f.Analyzer, f.Store, f.IncludeInAll, f.DocValues = words, false, false, false
			f.IncludeTermVectors = form == exact // phrases need positions
			doc.AddFieldMappingsAt(name+form, f)
		}
	}
	for _, name := range []string{fieldSoort, fieldBestuur, fieldOrgaan, fieldType, fieldUitslag, fieldJaar, fieldBestuurNaam} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeInAll, f.IncludeTermVectors = keyword.Name, false, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{fieldDatum, fieldDag} {
		f := bleve.NewNumericFieldMapping()
		f.Store, f.IncludeInAll = false, false
		doc.AddFieldMappingsAt(name, f)
	}
	stored := bleve.NewTextFieldMapping()
	stored.Index, stored.IncludeInAll, stored.IncludeTermVectors, stored.DocValues = false, false, false, false
	doc.AddFieldMappingsAt(fieldDocument, stored)
	m.DefaultMapping = doc
	return m, nil
}

// Put implements publisher.Index. The documents are on disk when it returns:
// Bleve's batches are safe unless "unsafe_batch" is set, so it waits until its
// segments and its root are synced.
func (x *Index) Put(ctx context.Context, inhoud *besluit.Inhoud) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	documents, gone := search.Documents(inhoud, x.attachment(ctx))
	batch := x.index.NewBatch()
	known := forms{}
	for _, d := range documents {
		fields, err := known.fieldsOf(d)
		if err != nil {
			return fmt.Errorf("index %s: %w", d.IRI, err)
		}
		if err := batch.Index(d.IRI, fields); err != nil {
			return fmt.Errorf("index %s: %w", d.IRI, err)
		}
	}
	for _, iri := range gone {
		batch.Delete(iri)
	}
	return x.write(batch)
}

func (x *Index) attachment(ctx context.Context) func(string) string {
	if x.Attachment == nil {
		return nil
	}
	return func(iri string) string { return x.Attachment(ctx, iri) }
}

// Delete implements publisher.Index. It is durable as Put is.
func (x *Index) Delete(ctx context.Context, iris []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	batch := x.index.NewBatch()
	for _, iri := range iris {
		batch.Delete(iri)
	}
	return x.write(batch)
}

func (x *Index) write(batch *bleve.Batch) error {
	if batch.Size() == 0 {
		return nil
	}
	if err := x.index.Batch(batch); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// forms are the words of a batch, which says most of them many times, with what
// they are found under.
type forms map[string]form

type form struct{ stem, parts string }

func (f forms) of(word string) form {
	known, ok := f[word]
	if !ok {
		var parts []string
		for _, p := range search.Parts(word) {
			parts = append(parts, search.Stem(p))
		}
		known = form{search.Stem(word), strings.Join(parts, " ")}
		f[word] = known
	}
	return known
}

func (f forms) fieldsOf(d search.Document) (map[string]any, error) {
	stored, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{
		fieldDocument: string(stored),
		fieldSoort:    string(d.Soort),
		fieldType:     d.Types,
	}
	// An empty value is no value: it would be counted in facets.
	for name, value := range map[string]string{fieldBestuur: d.BestuurIRI, fieldOrgaan: d.OrgaanCode, fieldUitslag: d.Uitslag} {
		if value != "" {
			fields[name] = value
		}
	}
	if d.BestuurIRI != "" {
		fields[fieldBestuurNaam] = d.BestuurIRI + "\t" + d.Bestuur
	}
	if !d.Datum.IsZero() {
		day := search.Dag(d.Datum)
		fields[fieldDatum] = float64(d.Datum.Unix())
		fields[fieldDag] = float64(dayNumber(day))
		fields[fieldJaar] = strconv.Itoa(day.Year())
	}
	texts := []string{d.Titel}
	for _, t := range d.Texts {
		texts = append(texts, t.Text)
	}
	f.add(fields, fieldTitel, texts[:1])
	f.add(fields, fieldTekst, texts[1:])
	return fields, nil
}

// dayNumber counts the days since 1970 of a day, given as its midnight in UTC.
func dayNumber(day time.Time) int64 { return day.Unix() / (24 * 60 * 60) }

// add puts the three forms of the texts in the fields of a document.
func (f forms) add(fields map[string]any, name string, texts []string) {
	x, s, d := make([]string, len(texts)), make([]string, len(texts)), make([]string, len(texts))
	for i, text := range texts {
		var words, stem, part []string
		for _, t := range search.Tokens(text) {
			known := f.of(t.Text)
			words, stem = append(words, t.Text), append(stem, known.stem)
			if known.parts != "" {
				part = append(part, known.parts)
			}
		}
		x[i], s[i], d[i] = strings.Join(words, " "), strings.Join(stem, " "), strings.Join(part, " ")
	}
	fields[name+exact], fields[name+stems], fields[name+parts] = x, s, d
}
