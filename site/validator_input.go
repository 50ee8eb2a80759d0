package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/belfort-lod/belfort/shapes/oslo"
)

// submission is what a form of the validator carries.
type submission struct {
	URL, Tekst string
	Profile    oslo.Profile // "": what the document says that it is
	Heel       bool         // the whole website, from the URL on
	Vorm       string       // a report in this form is asked for, and no page
	Documenten []Fetched    // files, or the text
}

// readSubmission reads a form. It always returns what could be read, so that
// the visitor need not type it again.
func readSubmission(w http.ResponseWriter, r *http.Request) (in submission, err error) {
	if r.ContentLength > uploadLimit+1<<20 {
		return fieldsOf(r), failure{http.StatusRequestEntityTooLarge, "fout.tegroot"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, uploadLimit+1<<20)
	if err := r.ParseMultipartForm(uploadInMemory); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
			return in, failure{http.StatusRequestEntityTooLarge, "fout.tegroot"}
		}
		return in, failure{http.StatusBadRequest, "fout.vraag"}
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	in.fill(r.PostFormValue)
	if r.MultipartForm != nil {
		for _, header := range r.MultipartForm.File["bestand"] {
			if header.Size == 0 && header.Filename == "" {
				continue
			}
			if len(in.Documenten) == filesMost {
				return in, failure{http.StatusRequestEntityTooLarge, "validator.teveel"}
			}
			document, err := uploaded(header)
			if err != nil {
				return in, err
			}
			in.Documenten = append(in.Documenten, document)
		}
	}
	if len(in.Documenten) == 0 && in.URL == "" && strings.TrimSpace(in.Tekst) != "" {
		in.Documenten = []Fetched{pasted(in.Tekst)}
	}
	return in, nil
}

// filesMost is how many files may be sent at once.
const filesMost = 20

func (in *submission) fill(value func(string) string) {
	in.URL, in.Tekst = strings.TrimSpace(value("url")), value("tekst")
	if profile, err := oslo.ParseProfile(value("profiel")); err == nil {
		in.Profile = profile
	}
	in.Heel, in.Vorm = value("heel") != "", value("vorm")
}

// fieldsOf reads the fields that come before the files in a form that is too
// large to be read.
func fieldsOf(r *http.Request) (in submission) {
	parts, err := r.MultipartReader()
	if err != nil {
		return in
	}
	values := map[string]string{}
	for {
		p, err := parts.NextPart()
		if err != nil || p.FileName() != "" {
			break
		}
		b, _ := io.ReadAll(io.LimitReader(p, 64<<10)) // what was read is better than nothing
		values[p.FormName()] = string(b)
	}
	in.fill(func(name string) string { return values[name] })
	// A browser shows the answer only if it could send all.
	io.CopyN(io.Discard, r.Body, 8*uploadLimit)
	return in
}

func uploaded(header *multipart.FileHeader) (Fetched, error) {
	file, err := header.Open()
	if err != nil {
		return Fetched{}, fmt.Errorf("open upload: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	if err != nil {
		return Fetched{}, fmt.Errorf("read upload: %w", err)
	}
	mediaType, _, _ := strings.Cut(header.Header.Get("Content-Type"), ";")
	name := path.Base(strings.ReplaceAll(header.Filename, `\`, "/"))
	return Fetched{URL: head([]rune(name), 200), MediaType: strings.TrimSpace(mediaType), Body: body}, nil
}

// pasted is text from a form. A browser sends its line ends as CRLF; its author
// sees one each.
func pasted(text string) Fetched {
	return Fetched{URL: "tekst.html", MediaType: "text/html; charset=utf-8", Body: []byte(strings.ReplaceAll(text, "\r\n", "\n"))}
}

// fetchFor gets the document at an address that a visitor gives.
func (s *site) fetchFor(ctx context.Context, address string) (Fetched, error) {
	if s.Fetch == nil {
		return Fetched{}, failure{http.StatusNotImplemented, "fout.uit"}
	}
	return s.Fetch(ctx, webAddress(address))
}

// webAddress completes what people type.
func webAddress(typed string) string {
	if !strings.Contains(typed, "://") {
		return "https://" + typed
	}
	return typed
}

// readable says why a body is no document for the validator, before anything
// is made of it.
func readable(d Fetched) error {
	refused := func(key string) error { return failure{http.StatusUnprocessableEntity, key} }
	b := d.Body
	switch {
	case len(b) > uploadLimit:
		return failure{http.StatusRequestEntityTooLarge, "fout.tegroot"}
	case len(bytes.TrimSpace(b)) == 0:
		return refused("validator.leegdocument")
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return refused("validator.pdf")
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")):
		return refused("validator.office")
	}
	wide := bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) // UTF-16
	if !wide && bytes.IndexByte(b[:min(len(b), 4096)], 0) >= 0 {
		return refused("validator.binair")
	}
	return nil
}

// judge validates a document, when there is a place free for it.
func (s *site) judge(ctx context.Context, d Fetched, profile oslo.Profile) (Checked, error) {
	if err := readable(d); err != nil {
		return Checked{}, err
	}
	select {
	case s.validations <- struct{}{}:
		defer func() { <-s.validations }()
	case <-ctx.Done():
		return Checked{}, ctx.Err()
	}
	return s.Validate(ctx, d.URL, d.MediaType, d.Body, profile)
}
