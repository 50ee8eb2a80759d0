package site

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/belfort-lod/belfort/shapes/report"
)

// reportForm is a form in which a verdict can be had, the same as of the
// program.
type reportForm struct {
	name, mediaType, suffix, title string
	write                          func(w io.Writer, d []report.Document, version string, l report.Language) error
}

// reportForms are in the order of the page, and of the server's preference.
var reportForms = [...]reportForm{
	{"json", "application/json", ".json", "JSON", func(w io.Writer, d []report.Document, _ string, _ report.Language) error {
		return report.JSON(w, d)
	}},
	{"sarif", "application/sarif+json", ".sarif", "SARIF", report.SARIF},
	{"junit", "application/xml", ".xml", "JUnit", func(w io.Writer, d []report.Document, _ string, l report.Language) error {
		return report.JUnit(w, d, l)
	}},
	{"turtle", "text/turtle", ".ttl", "Turtle (SHACL)", func(w io.Writer, d []report.Document, _ string, _ report.Language) error {
		return report.Turtle(w, d)
	}},
	{"html", "text/html", ".html", "HTML", func(w io.Writer, d []report.Document, _ string, l report.Language) error {
		return report.HTML(w, d, l)
	}},
	{"text", "text/plain", ".txt", "tekst", func(w io.Writer, d []report.Document, _ string, l report.Language) error {
		return report.Text(w, d, l)
	}},
}

func writeReport(f reportForm, documents []report.Document, version string, l lang) ([]byte, error) {
	var b bytes.Buffer
	if err := f.write(&b, documents, version, report.Language(l)); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	return b.Bytes(), nil
}

// sendReport answers a form that asks for a report and no page, as a program
// does.
func (s *site) sendReport(w http.ResponseWriter, r *http.Request, f reportForm, checked Checked) error {
	body, err := writeReport(f, []report.Document{{Verdict: checked.Verdict, Text: checked.Text}}, s.Version, language(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "bevindingen"+f.suffix))
	w.Header().Set("Cache-Control", "no-store")
	return send(w, r, http.StatusOK, f.mediaType+"; charset=utf-8", body)
}
