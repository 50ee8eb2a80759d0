package app

import (
	"context"
	"errors"
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/search/bleve"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// textSearch answers the full-text patterns of SPARQL from the search index.
func textSearch(index *bleve.Index) eval.TextSearch {
	return func(ctx context.Context, query string) iter.Seq2[rdf.Term, error] {
		return func(yield func(rdf.Term, error) bool) {
			for iri, err := range index.Subjects(ctx, query) {
				// To who wrote the SPARQL query, the text to search is a part of it.
				var wrong *search.QueryError
				if errors.As(err, &wrong) {
					err = &rdf.SyntaxError{Message: wrong.Error()}
				}
				if !yield(rdf.IRI(iri), err) || err != nil {
					return
				}
			}
		}
	}
}
