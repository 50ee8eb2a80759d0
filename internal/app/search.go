package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/search/bleve"
)

type searchCommand struct {
	Query []string `arg:"" help:"What to look for, in the language of the site."`
	Data  string   `default:"data" help:"Data directory."`
	Size  int      `default:"10" help:"How many hits."`
	JSON  bool     `name:"json" help:"Print the result as JSON."`
}

// Help is shown under the usage.
func (searchCommand) Help() string {
	return `Example: belfort search 'luiers subsidie OF "herbruikbare luiers"'

Words (all must be there), "a phrase", OF, NIET or -, ( ), begin*, titel:woord.
Exit code 0: something was found. 1: nothing was. 2: the question cannot be read.`
}

// Run searches.
func (c *searchCommand) Run(e *env) (err error) {
	text := strings.Join(c.Query, " ")
	result, err := c.search(e, text)
	var wrong *search.QueryError
	if errors.As(err, &wrong) {
		return &exit{exitUsage, err}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(e.stdout).Encode(result); err != nil {
			return err
		}
	} else {
		show(e.stdout, result)
	}
	if result.Total == 0 {
		return &exit{code: exitFailed}
	}
	return nil
}

func (c *searchCommand) search(e *env, text string) (result search.Result, err error) {
	request := search.Request{Text: text, Size: c.Size}
	if address := servedAt(c.Data); address != "" {
		return remoteSearch(e, address, request)
	}
	if err := exists(c.Data); err != nil {
		return result, err
	}
	state, err := pebble.Open(filepath.Join(c.Data, "state"), nil)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	index, fresh, err := bleve.Open(filepath.Join(c.Data, "index"))
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	if fresh {
		return result, &exit{exitUsage, fmt.Errorf("the search index in %s is empty: harvest something, or start belfort serve, which fills it from the ledger", c.Data)}
	}
	return index.Search(e.ctx, request)
}

// remoteSearch asks the server that has the directory open. Its interface
// lists decisions without the places where they matched.
func remoteSearch(e *env, address string, r search.Request) (result search.Result, err error) {
	values := url.Values{"q": {r.Text}, "aantal": {strconv.Itoa(r.Size)}}
	req, err := http.NewRequestWithContext(e.ctx, http.MethodGet, address+"/api/v1/besluiten?"+values.Encode(), nil)
	if err != nil {
		return result, err
	}
	res, err := own().Do(req)
	if err != nil {
		return result, fmt.Errorf("ask the running server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(res.Body, 10<<10))
		return result, fmt.Errorf("ask the running server: %d %s", res.StatusCode, strings.TrimSpace(string(message)))
	}
	var list struct {
		Totaal    uint64
		Besluiten []struct {
			IRI, Titel, Datum, Uitslag string
			Bestuur, Orgaan            struct{ IRI, Naam string }
		}
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<20)).Decode(&list); err != nil {
		return result, fmt.Errorf("ask the running server: %w", err)
	}
	result.Total = list.Totaal
	for _, b := range list.Besluiten {
		hit := search.Hit{
			IRI: b.IRI, Soort: search.Besluit, Titel: html.EscapeString(b.Titel), Uitslag: b.Uitslag,
			Bestuur: b.Bestuur.Naam, BestuurIRI: b.Bestuur.IRI, Orgaan: b.Orgaan.Naam,
		}
		hit.Datum, _ = time.Parse(time.DateOnly, b.Datum) // left out where there is none
		result.Hits = append(result.Hits, hit)
	}
	return result, nil
}

// show prints hits for people.
func show(w io.Writer, result search.Result) {
	for _, note := range result.Notes {
		fmt.Fprintln(w, note)
	}
	for i, h := range result.Hits {
		fmt.Fprintf(w, "%d. %s\n   %s", i+1, search.PlainText(h.Titel), h.Soort)
		for _, s := range []string{h.Bestuur, h.Orgaan} {
			if s != "" {
				fmt.Fprintf(w, ", %s", s)
			}
		}
		if !h.Datum.IsZero() {
			fmt.Fprintf(w, ", %s", h.Datum.Format("02-01-2006"))
		}
		fmt.Fprintf(w, "\n   %s\n", h.IRI)
		for _, f := range h.Fragments {
			fmt.Fprintf(w, "   %s: %s\n", f.Part, search.PlainText(f.HTML))
		}
	}
	fmt.Fprintf(w, "%d found\n", result.Total)
}
