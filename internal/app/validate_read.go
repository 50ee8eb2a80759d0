package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// pageEndings are the file names that are pages.
var pageEndings = []string{".html", ".htm", ".xhtml"}

// target is something to validate; named is set where somebody named it, and not
// the folder or pattern that it was found by.
type target struct {
	name  string
	named bool
}

// errNoRDFa is a page that says nothing.
var errNoRDFa = errors.New("the page has no RDFa: nothing to validate")

// expand makes files of folders and patterns, each once, in the order asked;
// addresses and standard input stay as they are. A file that was named but is
// not there stays too: reading it says what is wrong.
func expand(sources []string) ([]target, error) {
	var targets []target
	seen := map[string]bool{}
	for _, source := range sources {
		found, err := expandOne(source)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if !seen[name] {
				seen[name] = true
				targets = append(targets, target{name, len(found) == 1 && name == source})
			}
		}
	}
	return targets, nil
}

func expandOne(source string) ([]string, error) {
	if source == "-" || isAddress(source) {
		return []string{source}, nil
	}
	info, err := os.Stat(source)
	switch {
	case err == nil && info.IsDir():
		found, err := filesIn(source, isPage)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("%s: no pages in this folder (files that end in %s)", source, strings.Join(pageEndings, ", "))
		}
		return found, err
	case err != nil && strings.ContainsAny(source, "*?["):
		return matching(source)
	}
	return []string{source}, nil
}

// filesIn returns the files below a folder, sorted, without hidden folders and
// those that package managers fill.
func filesIn(folder string, wanted func(name string) bool) ([]string, error) {
	var found []string
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("look into folder: %w", err)
		}
		if d.IsDir() {
			if name != folder && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if wanted(name) {
			found = append(found, name)
		}
		return nil
	})
	return found, err
}

// matching returns the files that a pattern matches; ** stands for any folders.
func matching(pattern string) ([]string, error) {
	slashed := filepath.ToSlash(pattern)
	folder := ""
	parts := strings.Split(slashed, "/")
	for len(parts) > 1 && !strings.ContainsAny(parts[0], "*?[") {
		folder += parts[0] + "/"
		parts = parts[1:]
	}
	if _, err := path.Match(strings.Join(parts, "/"), ""); err != nil {
		return nil, fmt.Errorf("%s: this pattern is not right: %w", pattern, err)
	}
	root := folder
	if root == "" {
		root = "."
	}
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	found, err := filesIn(filepath.FromSlash(path.Clean(root)), func(name string) bool {
		rest := strings.TrimPrefix(filepath.ToSlash(name), strings.TrimPrefix(path.Clean(folder)+"/", "./"))
		return matches(parts, strings.Split(rest, "/"))
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: no file is called so", pattern)
	}
	return found, err
}

func matches(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		for i := range len(name) + 1 {
			if matches(pattern[1:], name[i:]) {
				return true
			}
		}
		return false
	}
	if len(name) == 0 {
		return false
	}
	ok, _ := path.Match(pattern[0], name[0])
	return ok && matches(pattern[1:], name[1:])
}

func isPage(name string) bool {
	return slices.Contains(pageEndings, strings.ToLower(filepath.Ext(name)))
}

func isAddress(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// read gets a target as the validator wants it, and the base of its relative
// IRIs.
func (v *validation) read(target string) (in oslo.Input, base string, err error) {
	body, contentType, base, err := v.bytesOf(target)
	if err != nil {
		return in, "", err
	}
	shown := target
	if target == "-" {
		shown = "<stdin>"
	}
	if what := notAPage(body, contentType); what != "" {
		return in, "", fmt.Errorf("read %s: this is %s, not a page of HTML: it carries no linked data; validate the page that links to it", shown, what)
	}
	if s, known := extensions[strings.ToLower(filepath.Ext(target))]; known && s != syntaxRDFa && !isAddress(target) {
		return v.graph(body, s, shown, base)
	}
	doc, text, err := pageOf(body, contentType, shown, base)
	if err != nil {
		return in, "", err
	}
	if len(doc.Quads) == 0 && len(doc.Findings) == 0 {
		return in, "", fmt.Errorf("read %s: %w", shown, errNoRDFa)
	}
	return oslo.Input{Source: shown, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}, base, nil
}

// graph reads a document in another syntax than HTML: its findings have no
// places.
func (v *validation) graph(body []byte, s syntax, name, base string) (oslo.Input, string, error) {
	in := oslo.Input{Source: name}
	for q, err := range quadsOf(bytes.NewReader(body), s, name, base, "", nil) {
		if err != nil {
			return in, "", err
		}
		in.Quads = append(in.Quads, rdf.Sourced{Quad: q})
	}
	return in, base, nil
}

// notAPage tells what a body is that people take for a page, "" for anything
// else.
func notAPage(body []byte, contentType string) string {
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")), strings.HasPrefix(contentType, "application/pdf"):
		return "a PDF"
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return "a ZIP, such as a Word document"
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0")):
		return "a document of old Office"
	case bytes.HasPrefix(body, []byte("\x89PNG")), bytes.HasPrefix(body, []byte("\xff\xd8\xff")), bytes.HasPrefix(body, []byte("GIF8")):
		return "an image"
	}
	return ""
}

// bytesOf gets the bytes of a target and the address that they stand at.
func (v *validation) bytesOf(target string) (body []byte, contentType, base string, err error) {
	if isAddress(target) {
		body, contentType, base, err = fetch(v.e.ctx, newClient(v.AllowPrivate), target)
		err = v.advise(err)
	} else {
		body, err = v.file(target)
		base = fileIRI(target)
	}
	if err != nil {
		return nil, "", "", err
	}
	if len(body) > rdfa.MaxBody {
		return nil, "", "", fmt.Errorf("read %s: larger than %d MB", target, rdfa.MaxBody>>20)
	}
	if v.Base != "" {
		base = v.Base
	}
	return body, contentType, base, nil
}

func (v *validation) file(name string) ([]byte, error) {
	in, _, closeIn, err := v.e.open(name)
	if err != nil {
		return nil, err
	}
	defer closeIn()
	body, err := io.ReadAll(io.LimitReader(in, rdfa.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return body, nil
}

// advise adds to an error of the network what to do about it.
func (v *validation) advise(err error) error {
	var network *url.Error
	if errors.As(err, &network) && v.e.ctx.Err() == nil {
		if network.Timeout() {
			return fmt.Errorf("%w: the site does not answer; try again later", err)
		}
		return fmt.Errorf("%w: is the address right, and the site up?", err)
	}
	return err
}

// fetch gets one page, following up to five redirects.
func fetch(ctx context.Context, client *http.Client, address string) (body []byte, contentType, final string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for range 6 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch %s: %w", address, err)
		}
		req.Header.Set("User-Agent", "Belfort/"+version())
		req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
		res, err := client.Do(req)
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch page: %w", err)
		}
		next, done, err := answer(res, address)
		if err != nil {
			return nil, "", "", err
		}
		if !done {
			address = next
			continue
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, rdfa.MaxBody+1))
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch %s: %w", address, err)
		}
		return body, res.Header.Get("Content-Type"), address, nil
	}
	return nil, "", "", fmt.Errorf("fetch %s: more than five redirects", address)
}

// answer tells whether a response is the page, or where it leads.
func answer(res *http.Response, address string) (next string, done bool, err error) {
	if res.StatusCode == http.StatusOK {
		return "", true, nil
	}
	defer res.Body.Close()
	if location, err := res.Location(); err == nil && res.StatusCode >= 300 && res.StatusCode < 400 {
		return location.String(), false, nil
	}
	return "", false, fmt.Errorf("fetch %s: %d %s", address, res.StatusCode, http.StatusText(res.StatusCode))
}
