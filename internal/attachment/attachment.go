// Package attachment reads the text of attachments: PDF, word processor files
// and, where the operator asks for it, images. It understands none of these
// itself. It runs the well-kept tool that the machine has for a kind of file, as
// a process that is bounded in time, memory and output, knows nothing and
// reaches nothing (run_linux.go); where there is no such tool, or no such way
// to run one, it says so and reads nothing.
//
// It neither fetches nor stores.
package attachment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of one attachment.
const (
	maxInput  = 64 << 20         // bytes that are given to a tool
	maxOutput = 16 << 20         // bytes of text that are kept
	maxTime   = time.Minute      // from start to end
	maxCPU    = 30 * time.Second // of processor time
	maxMemory = 1 << 30          // bytes of data that the tool can have
	maxFile   = 64 << 20         // bytes of a temporary file of the tool
	maxOpen   = 64               // files that the tool can have open
	maxAtOnce = 2                // tools that run at the same time
)

// kind is a kind of file that can hold text.
type kind string

const (
	isPDF   kind = "pdf"
	isDOCX  kind = "docx"
	isODT   kind = "odt"
	isRTF   kind = "rtf"
	isDOC   kind = "doc"
	isImage kind = "beeld"
)

// tool reads a file on its standard input and writes its text, in UTF-8, on
// standard output.
type tool struct {
	kind kind
	name string
	args []string
}

// tools are those that are known, the best for a kind first.
func tools() []tool {
	return []tool{
		{isPDF, "pdftotext", []string{"-q", "-enc", "UTF-8", "-nopgbrk", "-", "-"}},
		{isDOCX, "pandoc", []string{"--sandbox", "-f", "docx", "-t", "plain", "--wrap=none"}},
		{isODT, "pandoc", []string{"--sandbox", "-f", "odt", "-t", "plain", "--wrap=none"}},
		{isRTF, "pandoc", []string{"--sandbox", "-f", "rtf", "-t", "plain", "--wrap=none"}},
		{isDOC, "catdoc", []string{"-d", "utf-8", "-w"}},
		{isDOC, "antiword", []string{"-m", "UTF-8.txt", "-"}},
		{isImage, "tesseract", []string{"stdin", "stdout", "-l", "nld"}},
	}
}

// Reader reads attachments with the tools of this machine. It is safe for
// concurrent use.
type Reader struct {
	tools  map[kind]installed
	images bool
	slots  chan struct{}
	run    func(ctx context.Context, path string, args []string, input []byte) (output []byte, exit int, err error)
}

type installed struct {
	path string
	args []string
}

// New looks for the tools of this machine. images says whether text in images
// is wanted: that takes seconds of processor time for each.
func New(images bool) *Reader {
	r := &Reader{tools: map[kind]installed{}, images: images, slots: make(chan struct{}, maxAtOnce), run: run}
	for _, t := range tools() {
		if _, has := r.tools[t.kind]; has {
			continue
		}
		if path, err := exec.LookPath(t.name); err == nil {
			r.tools[t.kind] = installed{path, t.args}
		}
	}
	return r
}

// errTime and errOutput say which bound a tool reached.
var (
	errTime   = errors.New("tool took too long")
	errOutput = errors.New("tool wrote too much")
	errNoRun  = errors.New("programs can not be bounded on this system")
)

// Extract reads the text of an attachment: UTF-8 with "\n" between lines and
// without control characters. note says in Dutch why there is no text, or not
// all of it, and is "" if there is nothing to say. err is only about this
// machine, or a context that ended; a file that no tool can read is no error.
func (r *Reader) Extract(ctx context.Context, mediaType string, body []byte) (text []byte, note string, err error) {
	k := kindOf(mediaType, body)
	switch {
	case k == "":
		return nil, fmt.Sprintf("niet gelezen: voor %s is er geen lezer", typeName(mediaType)), nil
	case k == isImage && !r.images:
		return nil, "niet gelezen: afbeeldingen worden niet gelezen", nil
	case len(body) > maxInput:
		return nil, fmt.Sprintf("niet gelezen: groter dan %d MB", maxInput>>20), nil
	}
	t, has := r.tools[k]
	if !has {
		return nil, "niet gelezen: " + missing(k), nil
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, "", context.Cause(ctx)
	}
	output, exit, err := r.run(ctx, t.path, t.args, body)
	switch {
	case ctx.Err() != nil:
		return nil, "", context.Cause(ctx)
	case errors.Is(err, errNoRun):
		return nil, "niet gelezen: op dit systeem kan een leesprogramma niet begrensd worden", nil
	case errors.Is(err, errTime):
		return nil, fmt.Sprintf("niet gelezen: het duurde langer dan %d seconden", int(maxTime.Seconds())), nil
	case errors.Is(err, errOutput):
		note = fmt.Sprintf("maar deels gelezen: meer dan %d MB tekst", maxOutput>>20)
	case err != nil:
		return nil, "", fmt.Errorf("read attachment: %w", err)
	case exit != 0:
		return nil, "niet gelezen: het bestand is beschadigd, beveiligd of te groot voor het leesprogramma", nil
	}
	if text = tidy(output); len(text) == 0 {
		return nil, "zonder tekst: wellicht een scan", nil
	}
	return text, note, nil
}

func missing(k kind) string {
	var names []string
	for _, t := range tools() {
		if t.kind == k {
			names = append(names, t.name)
		}
	}
	return strings.Join(names, " of ") + " is niet geïnstalleerd"
}

func typeName(mediaType string) string {
	if mediaType == "" {
		return "een bestand zonder type"
	}
	return mediaType
}

// kindOf tells what a file is: by its first bytes, because servers call many a
// PDF application/octet-stream, and else by what the server said.
func kindOf(mediaType string, body []byte) kind {
	head := body[:min(len(body), 4096)]
	switch {
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")): // ISO 32000-1, annex H, note 13
		return isPDF
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		switch {
		case bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis.opendocument.text")):
			return isODT
		case bytes.Contains(body, []byte("word/document.xml")):
			return isDOCX
		}
		return ""
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return isRTF
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		if bytes.Contains(body, []byte("W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00")) {
			return isDOC
		}
		return ""
	case bytes.HasPrefix(head, []byte("\xFF\xD8\xFF")), bytes.HasPrefix(head, []byte("\x89PNG\r\n")),
		bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return isImage
	}
	// What does not look like what it is called is not given to any tool.
	return ""
}

// tidy makes text of what a tool wrote.
func tidy(output []byte) []byte {
	b := make([]byte, 0, len(output))
	blank := 2 // line ends in a row
	for len(output) > 0 {
		c, size := utf8.DecodeRune(output)
		switch {
		case c == '\n', c == '\f', c == '\v', c == '\u2028', c == '\u2029':
			b = bytes.TrimRight(b, " ")
			if blank++; blank <= 2 {
				b = append(b, '\n')
			}
		case c == '\t' || unicode.Is(unicode.Zs, c):
			if blank == 0 && len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		case c == utf8.RuneError && size == 1, unicode.IsControl(c), c == '\u00AD', c == '\uFEFF': // soft hyphens would hide words
		default:
			b = append(b, output[:size]...)
			blank = 0
		}
		output = output[size:]
	}
	return bytes.TrimSpace(b)
}
