package site

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/http"

	"github.com/belfort-lod/belfort/shapes/report"
)

// reportMost is the size up to which a report goes along with the page of its
// verdict, as a link to save it: nothing of the document stays here, so there
// is no address to fetch it from later.
const reportMost = 512 << 10

// reportForm is a form in which a verdict can be had, the same as of the
// program.
type reportForm struct {
	name, mediaType, suffix, title string
	write                          func(w io.Writer, d []report.Document, version string, l report.Language) error
}

// reportForms are in the order of the page.
var reportForms = [...]reportForm{
	{"json", "application/json", ".json", "JSON", func(w io.Writer, d []report.Document, _ string, _ report.Language) error {
		return report.JSON(w, d)
	}},
	{"sarif", "application/sarif+json", ".sarif", "SARIF", report.SARIF},
	{"html", "text/html", ".html", "HTML", func(w io.Writer, d []report.Document, _ string, l report.Language) error {
		return report.HTML(w, d, l)
	}},
	{"turtle", "text/turtle", ".ttl", "Turtle", func(w io.Writer, d []report.Document, _ string, _ report.Language) error {
		return report.Turtle(w, d)
	}},
	{"junit", "application/xml", ".xml", "JUnit", func(w io.Writer, d []report.Document, _ string, l report.Language) error {
		return report.JUnit(w, d, l)
	}},
}

// download is a report in a link.
type download struct {
	Naam, Titel string
	Href        template.URL
}

func (s *site) report(f reportForm, l lang, checked Checked) ([]byte, error) {
	var b bytes.Buffer
	if err := f.write(&b, []report.Document{{Verdict: checked.Verdict, Text: checked.Text}}, s.Version, report.Language(l)); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	return b.Bytes(), nil
}

// sendReport answers a form that asks for a report and no page, as a program
// does.
func (s *site) sendReport(w http.ResponseWriter, r *http.Request, f reportForm, checked Checked) error {
	body, err := s.report(f, language(r), checked)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "bevindingen"+f.suffix))
	w.Header().Set("Cache-Control", "no-store")
	return send(w, r, http.StatusOK, f.mediaType+"; charset=utf-8", body)
}

// downloads are the reports that are small enough to go along with a page.
func (s *site) downloads(l lang, checked Checked) ([]download, error) {
	var out []download
	for _, f := range reportForms {
		body, err := s.report(f, l, checked)
		if err != nil {
			return nil, err
		}
		if len(body) <= reportMost {
			href := template.URL("data:" + f.mediaType + ";charset=utf-8;base64," + base64.StdEncoding.EncodeToString(body)) // base64 holds no quotes
			out = append(out, download{"bevindingen" + f.suffix, f.title, href})
		}
	}
	return out, nil
}
