package site

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/belfort-lod/belfort/search"
)

// exportMost is how many results the export of a search holds; the page says
// so where there are more.
const exportMost = 2000

// export is any search as a table for a spreadsheet: CSV (RFC 4180) in UTF-8
// with a byte order mark and semicolons, which is what spreadsheets that are
// set to Dutch open without asking.
func (s *site) export(w http.ResponseWriter, r *http.Request) error {
	l := language(r)
	q := r.URL.Query()
	q.Del("taal")
	request, err := readRequest(q)
	if err != nil {
		return failure{http.StatusBadRequest, "fout.datum"}
	}
	if err := s.slugsToIRIs(r, request.Besturen); err != nil {
		return err
	}
	b := bytes.NewBufferString("\ufeff")
	table := csv.NewWriter(b)
	table.Comma, table.UseCRLF = ';', true
	table.Write([]string{message(l, "soort"), message(l, "export.titel"), message(l, "export.datum"), message(l, "bestuur"),
		message(l, "bestuursorgaan"), message(l, "facet.type"), message(l, "facet.uitslag"), message(l, "export.adres"), "IRI"})
	rows := 0
	request.Size = 100
	for request.Page = 1; rows < exportMost; request.Page++ {
		result, err := s.Search.Search(r.Context(), request)
		var wrong *search.QueryError
		switch {
		case errors.As(err, &wrong):
			return wrong
		case err != nil:
			return fmt.Errorf("search: %w", err)
		}
		for _, h := range result.Hits {
			table.Write(s.row(l, h))
		}
		if rows += len(result.Hits); len(result.Hits) == 0 || uint64(rows) >= result.Total {
			break
		}
	}
	table.Flush() // a buffer takes everything
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "besluiten-"+dayISO(s.Now())+".csv"))
	return send(w, r, http.StatusOK, "text/csv; charset=utf-8; header=present", b.Bytes())
}

// row is a search hit as the page shows it, without marks.
func (s *site) row(l lang, h search.Hit) []string {
	x := showHit(l, h)
	var types []string
	for _, t := range h.Types {
		types = append(types, labelOf(t))
	}
	at, _, _ := strings.Cut(x.Href, "#")
	cells := []string{facetLabel(l, "soort", string(h.Soort), string(h.Soort)), unmarked(x.Titel), dayISO(h.Datum), h.Bestuur,
		h.Orgaan, strings.Join(types, ", "), x.Uitslag, s.Base + at, h.IRI}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return cells
}

// inert keeps a spreadsheet from taking a text of others for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
