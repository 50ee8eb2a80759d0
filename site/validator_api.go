package site

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
	"github.com/belfort-lod/belfort/sparql"
)

// apiValidation is a request to validate, as JSON.
type apiValidation struct {
	URL       string `json:"url"`
	Content   string `json:"content"`
	MediaType string `json:"mediaType"` // of content; text/html
	Source    string `json:"source"`    // address or file name of content
	Profile   string `json:"profile"`
	Language  string `json:"language"`
}

// apiValidate judges one document, or several files, and answers with the
// report in the form that the Accept header asks for.
func (s *site) apiValidate(w http.ResponseWriter, r *http.Request) error {
	if s.Validate == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	form, ok := reportFormFor(r)
	if !ok {
		return failure{http.StatusNotAcceptable, "api.vorm"}
	}
	in, l, err := s.readValidation(w, r)
	if err != nil {
		return err
	}
	if err := s.mayValidate(w, r, max(1, len(in.Documenten))); err != nil {
		return err
	}
	if len(in.Documenten) == 0 {
		if in.URL == "" {
			return failure{http.StatusBadRequest, "validator.leeg"}
		}
		document, err := s.fetchFor(r.Context(), in.URL)
		if err != nil {
			return err
		}
		in.Documenten = []Fetched{document}
	}
	var documents []report.Document
	for _, d := range in.Documenten {
		checked, err := s.judge(r.Context(), d, in.Profile)
		if err != nil {
			return err
		}
		documents = append(documents, report.Document{Verdict: checked.Verdict, Text: checked.Text})
	}
	body, err := writeReport(form, documents, s.Version, l)
	if err != nil {
		return err
	}
	open(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	return send(w, r, http.StatusOK, form.mediaType+"; charset=utf-8", body)
}

// reportFormFor chooses the form of an answer: by the parameter "format", else
// by the Accept header, else JSON.
func reportFormFor(r *http.Request) (f reportForm, ok bool) {
	if name := r.URL.Query().Get("format"); name != "" {
		i := slices.IndexFunc(reportForms[:], func(f reportForm) bool { return f.name == name })
		if i < 0 {
			return f, false
		}
		return reportForms[i], true
	}
	accept := strings.Join(r.Header.Values("Accept"), ", ")
	if accept == "" {
		return reportForms[0], true
	}
	var offers []string
	for _, f := range reportForms {
		offers = append(offers, f.mediaType)
	}
	best := sparql.Negotiate(accept, offers)
	i := slices.Index(offers, best)
	if i < 0 {
		return f, false
	}
	return reportForms[i], true
}

// readValidation reads a request in any of the forms that are taken: JSON, a
// form with files, or the document itself.
func (s *site) readValidation(w http.ResponseWriter, r *http.Request) (in submission, l lang, err error) {
	q := r.URL.Query()
	profile, language := q.Get("profile"), q.Get("language")
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch mediaType {
	case "multipart/form-data":
		if in, err = readSubmission(w, r); err != nil {
			return in, l, err
		}
		if files := r.MultipartForm; files != nil && len(in.Documenten) == 0 {
			return in, l, failure{http.StatusBadRequest, "validator.leeg"}
		}
	default:
		r.Body = http.MaxBytesReader(w, r.Body, uploadLimit+1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return in, l, err
		}
		if mediaType != "application/json" {
			if len(body) > 0 {
				in.Documenten = []Fetched{{URL: sourceName(q.Get("source")), MediaType: r.Header.Get("Content-Type"), Body: body}}
			}
			break
		}
		var asked apiValidation
		if err := json.Unmarshal(body, &asked); err != nil {
			return in, l, failure{http.StatusBadRequest, "api.json"}
		}
		switch {
		case asked.Content != "" && asked.URL != "":
			return in, l, failure{http.StatusBadRequest, "api.een"}
		case asked.Content != "":
			in.Documenten = []Fetched{{URL: sourceName(asked.Source), MediaType: mediaTypeOf(asked.MediaType), Body: []byte(asked.Content)}}
		default:
			in.URL = strings.TrimSpace(asked.URL)
		}
		if asked.Profile != "" {
			profile = asked.Profile
		}
		if asked.Language != "" {
			language = asked.Language
		}
	}
	if in.Profile == "" && profile != "" && profile != "auto" {
		if in.Profile, err = oslo.ParseProfile(profile); err != nil {
			return in, l, failure{http.StatusBadRequest, "api.profiel"}
		}
	}
	switch lang(language) {
	case "", dutch:
		return in, dutch, nil
	case english:
		return in, english, nil
	}
	return in, l, failure{http.StatusBadRequest, "api.taal"}
}

func sourceName(given string) string {
	if given == "" {
		return "document.html"
	}
	return head([]rune(given), 2000)
}

// mediaTypeOf completes a media type of text that came in JSON, which is UTF-8.
func mediaTypeOf(given string) string {
	if given == "" {
		given = "text/html"
	}
	if strings.Contains(given, "charset") {
		return given
	}
	return given + "; charset=utf-8"
}

// problem writes an error as problem details (RFC 9457).
func (s *site) problem(w http.ResponseWriter, r *http.Request, f failure, detail string) {
	l := apiLanguage(r)
	if detail == "" {
		detail = message(l, f.key)
	}
	title := message(l, fmt.Sprintf("fout.%d", f.status))
	if strings.HasPrefix(title, "fout.") {
		title = http.StatusText(f.status)
	}
	body, _ := json.Marshal(map[string]any{"type": "about:blank", "title": title, "status": f.status, "detail": detail}) // plain values
	open(w.Header())
	send(w, r, f.status, "application/problem+json", append(body, '\n'))
}

// isProblem tells the addresses whose errors are problem details.
func isProblem(path string) bool {
	return path == "/api/v1/validate" || strings.HasPrefix(path, "/api/v1/rules")
}

// refusedAs reports whether an error is about a document that came over the
// API; it then fills in the answer.
func refusedAs(r *http.Request, err error, f *failure, detail *string) bool {
	status, text, known := refusal(apiLanguage(r), err)
	if known {
		*f, *detail = failure{status: status}, text
	}
	return known
}

// apiLanguage is the language of the errors of the API.
func apiLanguage(r *http.Request) lang {
	if r.URL.Query().Get("language") == string(english) {
		return english
	}
	return language(r)
}

// apiValidateSchema answers with the JSON Schema of the report.
func (s *site) apiValidateSchema(w http.ResponseWriter, r *http.Request) error {
	open(w.Header())
	return send(w, r, http.StatusOK, "application/schema+json; charset=utf-8", report.Schema)
}

// apiRules lists the rules.
func (s *site) apiRules(w http.ResponseWriter, r *http.Request) error {
	type item struct {
		oslo.Rule
		Documentation string `json:"documentation"`
	}
	var rules []item
	for _, rule := range oslo.Rules() {
		rules = append(rules, item{rule, s.Base + "/docs/regels/" + rule.Code})
	}
	return sendJSON(w, r, map[string]any{"rules": rules})
}

// apiRule is one rule.
func (s *site) apiRule(w http.ResponseWriter, r *http.Request) error {
	rule, ok := oslo.LookupRule(r.PathValue("code"))
	if !ok {
		return failure{http.StatusNotFound, "api.regel"}
	}
	return sendJSON(w, r, rule)
}
