package site

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

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
	findingsShown     = 500 // of the source of a decision
)

// validatorRoutes binds the addresses of the validator.
func (s *site) validatorRoutes(g *gin.Engine, page func(path string, f handler)) {
	page("/validator", s.validatorForm)
	g.POST("/validator", wrap(s.answer(validateTime, s.validate)))
	page("/validator/rapporten/:id", s.reportPage)
	page("/validator/rapporten/:id/*deel", s.reportPart)
	g.POST("/validator/rapporten/:id", wrap(s.answer(pageTime, s.changeReport)))
	g.POST("/api/v1/validate", wrap(s.answer(validateTime, s.apiValidate)))
	page("/api/v1/validate/schema.json", s.apiValidateSchema)
	page("/api/v1/rules", s.apiRules)
	page("/api/v1/rules/:code", s.apiRule)
}

type validatorPage struct {
	submission
	Profielen  []choice
	Fout       string // why nothing was validated
	Raad       string // what to do about it
	Crawl      bool   // a whole website can be checked
	Bestanden  int    // how many files may be sent at once
	Verwijderd bool   // a report was deleted just now
	Niveau2    bool   // level 2 is judged too
}

func (s *site) validatorForm(w http.ResponseWriter, r *http.Request) error {
	if s.Validate == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	p := s.newPage(r, "validator")
	p.Beschrijving = message(p.Taal, "validator.intro")
	q := r.URL.Query()
	d := s.form(p.Taal, submission{URL: head([]rune(q.Get("url")), 2000), Profile: oslo.Profile(q.Get("profiel"))})
	d.Verwijderd = q.Get("verwijderd") != ""
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

func (s *site) form(l lang, in submission) validatorPage {
	return validatorPage{submission: in, Profielen: profiles(l, in.Profile), Crawl: s.Crawl != nil, Bestanden: filesMost, Niveau2: s.Mandatarissen}
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

// validate judges what a visitor sends (files, else an address, else text) and
// leads to the report.
func (s *site) validate(w http.ResponseWriter, r *http.Request) error {
	if s.Validate == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	in, err := readSubmission(w, r)
	if err == nil {
		err = s.mayValidate(w, r, 1+len(in.Documenten))
	}
	if err != nil {
		return s.notRead(w, r, in, err)
	}
	if in.Heel && in.URL != "" && len(in.Documenten) == 0 {
		at, err := s.startCrawl(r, in)
		if err != nil {
			return s.notRead(w, r, in, err)
		}
		http.Redirect(w, r, link(language(r), at), http.StatusSeeOther)
		return nil
	}
	form := -1
	if in.Vorm != "" {
		if form = slices.IndexFunc(reportForms[:], func(f reportForm) bool { return f.name == in.Vorm }); form < 0 {
			return failure{http.StatusBadRequest, "validator.vorm"}
		}
	}
	if len(in.Documenten) == 0 && in.URL != "" {
		document, err := s.fetchFor(r.Context(), in.URL)
		if err != nil {
			return s.notRead(w, r, in, err)
		}
		in.Documenten = []Fetched{document}
	}
	switch {
	case len(in.Documenten) == 0:
		return s.notRead(w, r, in, failure{http.StatusBadRequest, "validator.leeg"})
	case len(in.Documenten) > 1 && form < 0:
		at, err := s.validateSeveral(r, in)
		if err != nil {
			return s.notRead(w, r, in, err)
		}
		http.Redirect(w, r, link(language(r), at), http.StatusSeeOther)
		return nil
	}
	checked, err := s.judge(r.Context(), in.Documenten[0], in.Profile)
	if err != nil {
		return s.notRead(w, r, in, err)
	}
	if form >= 0 {
		return s.sendReport(w, r, reportForms[form], checked)
	}
	rec, key := s.newRecord()
	rec.Document = keepDocument(checked, in.Documenten[0].MediaType, in.Profile != "")
	if err := s.keep(r.Context(), rec, s.Now().Add(keptShort)); err != nil {
		return err
	}
	http.Redirect(w, r, link(language(r), reportPath(rec.ID), "sleutel", key), http.StatusSeeOther)
	return nil
}

// mayValidate holds a client to its rate; each of n documents counts.
func (s *site) mayValidate(w http.ResponseWriter, r *http.Request, n int) error {
	client := clientOf(r)
	for range n {
		if wait := s.rate.take(client, s.Now()); wait > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(int(math.Ceil(wait.Seconds()))))
			return failure{http.StatusTooManyRequests, "validator.tevaak"}
		}
	}
	return nil
}

// notRead shows the form again, with why nothing was validated. What is wrong
// with the document is told; what is wrong with us is not.
func (s *site) notRead(w http.ResponseWriter, r *http.Request, in submission, err error) error {
	l := language(r)
	status, text, known := refusal(l, err)
	if !known {
		return err
	}
	p := s.newPage(r, "validator")
	p.Robots = "noindex"
	d := s.form(l, in)
	d.Fout = text
	if f := (failure{}); !errors.As(err, &f) && in.URL != "" {
		d.Raad = message(l, "validator.raad.url")
	}
	p.Data = d
	w.Header().Set("Cache-Control", "no-store")
	return s.write(w, r, status, p)
}

// refusal tells a visitor why a document was not validated; known is false for
// errors of the program.
func refusal(l lang, err error) (status int, text string, known bool) {
	var (
		syntax *rdf.SyntaxError
		fetch  *FetchError
		f      failure
	)
	switch {
	case errors.As(err, &syntax):
		return http.StatusUnprocessableEntity, fmt.Sprintf("%s %d, %s %d: %s", message(l, "regel"), syntax.Span.Start.Line, message(l, "kolom"), syntax.Span.Start.Column, syntax.Message), true
	case errors.As(err, &fetch):
		return http.StatusUnprocessableEntity, inLanguage(l, fetch.Reason), true
	case errors.As(err, &f):
		return f.status, message(l, f.key), true
	}
	return 0, "", false
}

// validateSeveral judges several files and leads to the report of them all.
func (s *site) validateSeveral(r *http.Request, in submission) (at string, err error) {
	rec, key := s.newRecord()
	rec.Several = &keptBatch{Profile: in.Profile, Started: s.Now(), State: batchDone}
	until := s.Now().Add(keptShort)
	for _, d := range in.Documenten {
		checked, err := s.judge(r.Context(), d, in.Profile)
		if err != nil {
			_, text, known := refusal(dutch, err)
			if !known {
				return "", err
			}
			_, english, _ := refusal(english, err)
			rec.Several.failed(d.URL, rdf.Text{NL: text, EN: english})
			continue
		}
		if err := s.addPage(r.Context(), rec, until, keepDocument(checked, d.MediaType, in.Profile != "")); err != nil {
			return "", err
		}
	}
	rec.Several.Ended = s.Now()
	if err := s.keep(r.Context(), rec, until); err != nil {
		return "", err
	}
	return link(dutch, reportPath(rec.ID), "sleutel", key), nil
}

func reportPath(id string) string { return "/validator/rapporten/" + id }
