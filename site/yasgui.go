package site

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/sparql"
)

// The query page is a form that works by itself. Where scripts run, the file
// static/sparql.js puts YASGUI in its place, which asks here for the names that
// it completes.

// namesKept is how long the names in use are believed: they change with new
// vendors, not with new pages.
const namesKept = 10 * time.Minute

// termsInUse are the classes and properties of the data.
type termsInUse struct {
	Classes    []string `json:"classes"`
	Properties []string `json:"properties"`
}

// prefixes answers with the prefixes that the endpoint knows.
func (s *site) prefixes(w http.ResponseWriter, r *http.Request) error {
	return sendJSON(w, r, sparql.Prefixes())
}

// terms answers with the classes and properties that the data use.
func (s *site) terms(w http.ResponseWriter, r *http.Request) error {
	if s.SPARQL == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	list, err := s.inUse.get(s.Now(), namesKept, func() (list termsInUse, err error) {
		if list.Classes, err = s.column(r.Context(), `SELECT DISTINCT ?naam WHERE { ?s a ?naam }`); err != nil {
			return list, err
		}
		list.Properties, err = s.column(r.Context(), `SELECT DISTINCT ?naam WHERE { ?s ?naam ?o }`)
		return list, err
	})
	if err != nil {
		return err
	}
	return sendJSON(w, r, list)
}

// column asks the endpoint for the IRIs that a query finds as ?naam.
func (s *site) column(ctx context.Context, query string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Base+"/sparql", strings.NewReader(query))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/sparql-query")
	r.Header.Set("Accept", "application/sparql-results+json")
	answer := &recorder{header: http.Header{}, status: http.StatusOK, limit: answerLimit, full: cancel}
	if !served(s.SPARQL, answer, r) || answer.status != http.StatusOK {
		return nil, fmt.Errorf("list names: the endpoint answered %d", answer.status)
	}
	var results struct {
		Results struct{ Bindings []struct{ Naam binding } }
	}
	if err := json.Unmarshal([]byte(answer.body.String()), &results); err != nil {
		return nil, fmt.Errorf("list names: %w", err)
	}
	names := []string{}
	for _, row := range results.Results.Bindings {
		if row.Naam.Type == "uri" {
			names = append(names, row.Naam.Value)
		}
	}
	return names, nil
}
