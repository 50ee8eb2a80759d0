// Package bleve holds the search index in one directory of this machine, on
// the Bleve library. It turns documents and requests of package search into
// those of Bleve; what a word is, and what a question means, is decided there.
package bleve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

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
const formatVersion = "1"

// Index is a search index on disk. It is safe for concurrent use.
type Index struct{ index bleve.Index }

// Open opens the index in dir, or makes an empty one when there is none, or one
// of another version. fresh says that it is empty, so that everything must be
// put in again.
func Open(dir string) (index *Index, fresh bool, err error) {
	opened, err := bleve.Open(dir)
	if err == nil {
		version, err := opened.GetInternal([]byte("version"))
		if err == nil && string(version) == formatVersion {
			return &Index{opened}, false, nil
		}
		if err := opened.Close(); err != nil {
			return nil, false, fmt.Errorf("open index: %w", err)
		}
	} else if !errors.Is(err, bleve.ErrorIndexPathDoesNotExist) && !errors.Is(err, bleve.ErrorIndexMetaMissing) {
		return nil, false, fmt.Errorf("open index: %w", err)
	}
	// The index holds nothing that the ledger cannot give again.
	if err := os.RemoveAll(dir); err != nil {
		return nil, false, fmt.Errorf("make index: %w", err)
	}
	m, err := newMapping()
	if err != nil {
		return nil, false, fmt.Errorf("make index: %w", err)
	}
	made, err := bleve.New(dir, m)
	if err != nil {
		return nil, false, fmt.Errorf("make index: %w", err)
	}
	if err := made.SetInternal([]byte("version"), []byte(formatVersion)); err != nil {
		return nil, false, errors.Join(fmt.Errorf("make index: %w", err), made.Close())
	}
	return &Index{made}, true, nil
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
	fieldDatum       = "datum"       // seconds since 1970
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
	datum := bleve.NewNumericFieldMapping()
	datum.Store, datum.IncludeInAll = false, false
	doc.AddFieldMappingsAt(fieldDatum, datum)
	stored := bleve.NewTextFieldMapping()
	stored.Index, stored.IncludeInAll, stored.IncludeTermVectors, stored.DocValues = false, false, false, false
	doc.AddFieldMappingsAt(fieldDocument, stored)
	m.DefaultMapping = doc
	return m, nil
}

// Put implements publisher.Index.
func (x *Index) Put(_ context.Context, inhoud *besluit.Inhoud) error {
	documents, gone := search.Documents(inhoud)
	batch := x.index.NewBatch()
	for _, d := range documents {
		fields, err := fieldsOf(d)
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
	if err := x.index.Batch(batch); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// Delete implements publisher.Index.
func (x *Index) Delete(_ context.Context, iris []string) error {
	batch := x.index.NewBatch()
	for _, iri := range iris {
		batch.Delete(iri)
	}
	if err := x.index.Batch(batch); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

func fieldsOf(d search.Document) (map[string]any, error) {
	stored, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{
		fieldDocument: string(stored),
		fieldSoort:    string(d.Soort),
		fieldBestuur:  d.BestuurIRI,
		fieldOrgaan:   d.OrgaanCode,
		fieldType:     d.Types,
		fieldUitslag:  d.Uitslag,
	}
	if d.BestuurIRI != "" {
		fields[fieldBestuurNaam] = d.BestuurIRI + "\t" + d.Bestuur
	}
	if !d.Datum.IsZero() {
		fields[fieldDatum] = float64(d.Datum.Unix())
		fields[fieldJaar] = strconv.Itoa(d.Datum.Year())
	}
	texts := []string{d.Titel}
	for _, t := range d.Texts {
		texts = append(texts, t.Text)
	}
	addForms(fields, fieldTitel, texts[:1])
	addForms(fields, fieldTekst, texts[1:])
	return fields, nil
}

// addForms puts the three forms of the texts in the document.
func addForms(fields map[string]any, name string, texts []string) {
	x, s, d := make([]string, len(texts)), make([]string, len(texts)), make([]string, len(texts))
	for i, text := range texts {
		var words, stem, part []string
		for _, t := range search.Tokens(text) {
			words = append(words, t.Text)
			stem = append(stem, search.Stem(t.Text))
			for _, p := range search.Parts(t.Text) {
				part = append(part, search.Stem(p))
			}
		}
		x[i], s[i], d[i] = strings.Join(words, " "), strings.Join(stem, " "), strings.Join(part, " ")
	}
	fields[name+exact], fields[name+stems], fields[name+parts] = x, s, d
}
