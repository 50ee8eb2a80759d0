package site

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Bounds on what visitors may have validated. Reading a document takes memory
// and time in proportion to its size; more than a few at once would starve the
// pages.
const (
	uploadLimit       = 20 << 20
	uploadInMemory    = 1 << 20 // the rest waits on disk
	validationsAtOnce = 3
	findingsShown     = 500
)

type validatorPage struct {
	URL, Tekst string
	Profielen  []choice
	Fout       string // why nothing was validated
	Uitslag    *verdictPage
}

type verdictPage struct {
	oslo.Verdict
	Bron      string
	Triples   int
	Aantal    int
	Tellingen []tally
	Bevinding []finding
	Meer      int
	Niveau    string // level of maturity, "" if it has none
	Rapporten []download
}

func (s *site) validatorForm(w http.ResponseWriter, r *http.Request) error {
	if s.Validate == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	p := s.newPage(r, "validator")
	p.Beschrijving = message(p.Taal, "validator.intro")
	p.Data = validatorPage{URL: head([]rune(r.URL.Query().Get("url")), 2000), Profielen: profiles(p.Taal, oslo.Profile(r.URL.Query().Get("profiel")))}
	return s.write(w, r, http.StatusOK, p)
}

// profiles are the choices of the form; the first, "", follows what the
// document says that it is.
func profiles(l lang, chosen oslo.Profile) []choice {
	out := []choice{{Label: message(l, "validator.vanzelf"), On: chosen == ""}}
	for _, profile := range oslo.Profiles() {
		out = append(out, choice{Value: string(profile), Label: inLanguage(l, profile.Title()), On: profile == chosen})
	}
	return out
}

// validate judges what a visitor sends: a file, else an address, else text.
func (s *site) validate(w http.ResponseWriter, r *http.Request) error {
	if s.Validate == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, uploadLimit+1<<20)
	if err := r.ParseMultipartForm(uploadInMemory); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
			return err
		}
		return failure{http.StatusBadRequest, "fout.vraag"}
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	l := language(r)
	profile, err := oslo.ParseProfile(r.PostFormValue("profiel"))
	if err != nil {
		profile = ""
	}
	p := s.newPage(r, "validator")
	p.Robots = "noindex"
	d := validatorPage{URL: r.PostFormValue("url"), Tekst: r.PostFormValue("tekst"), Profielen: profiles(l, profile)}
	document, err := s.submitted(r)
	if err != nil {
		return s.notRead(w, r, p, d, err)
	}
	if len(document.Body) > uploadLimit {
		return failure{http.StatusRequestEntityTooLarge, "fout.tegroot"}
	}
	// A slow sender keeps no place: only the work itself does.
	select {
	case s.validations <- struct{}{}:
		defer func() { <-s.validations }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	form := -1
	if name := r.PostFormValue("vorm"); name != "" {
		if form = slices.IndexFunc(reportForms[:], func(f reportForm) bool { return f.name == name }); form < 0 {
			return failure{http.StatusBadRequest, "validator.vorm"}
		}
	}
	checked, err := s.Validate(r.Context(), document.URL, document.MediaType, document.Body, profile)
	if err != nil {
		return s.notRead(w, r, p, d, err)
	}
	if form >= 0 {
		return s.sendReport(w, r, reportForms[form], checked)
	}
	v := &verdictPage{Verdict: checked.Verdict, Bron: document.URL, Triples: checked.Triples, Aantal: len(checked.Findings), Tellingen: tallies(checked.Findings)}
	v.Bevinding, v.Meer = inSource(checked.Findings, checked.Text, findingsShown)
	if checked.Verdict.Profile.Graded() {
		v.Niveau = checked.Maturity.Level().String()
		if v.Niveau == "" {
			v.Niveau = "0"
		}
	}
	if v.Rapporten, err = s.downloads(l, checked); err != nil {
		return err
	}
	d.Uitslag = v
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// submitted returns the document that a form carries.
func (s *site) submitted(r *http.Request) (Fetched, error) {
	file, header, err := r.FormFile("bestand")
	if err == nil {
		defer file.Close()
		body, err := io.ReadAll(file)
		if err != nil {
			return Fetched{}, fmt.Errorf("read upload: %w", err)
		}
		if len(body) > 0 {
			mediaType, _, _ := strings.Cut(header.Header.Get("Content-Type"), ";")
			name := path.Base(strings.ReplaceAll(header.Filename, `\`, "/"))
			return Fetched{URL: name, MediaType: strings.TrimSpace(mediaType), Body: body}, nil
		}
	}
	if address := strings.TrimSpace(r.PostFormValue("url")); address != "" {
		if s.Fetch == nil {
			return Fetched{}, failure{http.StatusNotImplemented, "fout.uit"}
		}
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		return s.Fetch(r.Context(), address)
	}
	if text := r.PostFormValue("tekst"); strings.TrimSpace(text) != "" {
		// A browser sends line ends as CRLF; the author sees one per line.
		return Fetched{URL: "tekst.html", MediaType: "text/html", Body: []byte(strings.ReplaceAll(text, "\r\n", "\n"))}, nil
	}
	return Fetched{}, failure{http.StatusBadRequest, "validator.leeg"}
}

// notRead shows the form again, with why nothing was validated. What is wrong
// with the document is told; what is wrong with us is not.
func (s *site) notRead(w http.ResponseWriter, r *http.Request, p *page, d validatorPage, err error) error {
	var (
		syntax *rdf.SyntaxError
		fetch  *FetchError
		f      failure
	)
	status := http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &syntax):
		d.Fout = fmt.Sprintf("%s %d, %s %d: %s", message(p.Taal, "regel"), syntax.Span.Start.Line, message(p.Taal, "kolom"), syntax.Span.Start.Column, syntax.Message)
	case errors.As(err, &fetch):
		d.Fout = inLanguage(p.Taal, fetch.Reason)
	case errors.As(err, &f):
		d.Fout, status = message(p.Taal, f.key), f.status
	default:
		return err
	}
	p.Data = d
	return s.write(w, r, status, p)
}
