package attachment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// pdf makes a file of one page with one line on it.
func pdf(line string) []byte {
	stream := "BT /F1 11 Tf 56 780 Td (" + line + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
	}
	b := bytes.NewBufferString("%PDF-1.4\n")
	var places []int
	for i, o := range objects {
		places = append(places, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil || runtime.GOOS != "linux" {
		if os.Getenv("BELFORT_CI") != "" {
			t.Fatal("pdftotext is not installed")
		}
		t.Skip("pdftotext is not installed")
	}
	r := New(false)
	for _, mediaType := range []string{"application/pdf", "application/octet-stream", ""} {
		text, note, err := r.Extract(t.Context(), mediaType, pdf(`Belasting op caf\351s in de Kerkstraat`))
		if err != nil || note != "" || string(text) != "Belasting op cafés in de Kerkstraat" {
			t.Errorf("%q: %q, %q, %v", mediaType, text, note, err)
		}
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"cut off":    {pdf("x")[:120], "niet gelezen: het bestand is beschadigd"},
		"no text":    {pdf(""), "zonder tekst"},
		"only magic": {[]byte("%PDF-1.7"), "niet gelezen: het bestand is beschadigd"},
	} {
		text, note, err := r.Extract(t.Context(), "application/pdf", c.body)
		if err != nil || text != nil || !strings.HasPrefix(note, c.want) {
			t.Errorf("%s: %q, %q, %v; want %q", name, text, note, err, c.want)
		}
	}
}

// TestNotes: whatever is not read, the note says why.
func TestNotes(t *testing.T) {
	docx := []byte("PK\x03\x04...[Content_Types].xml...word/document.xml...")
	odt := []byte("PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaamimetypeapplication/vnd.oasis.opendocument.text")
	none := &Reader{tools: map[kind]installed{}, slots: make(chan struct{}, 1)}
	for _, c := range []struct {
		mediaType string
		body      []byte
		images    bool
		want      string
	}{
		{"application/pdf", pdf("x"), false, "niet gelezen: pdftotext is niet geïnstalleerd"},
		{"application/octet-stream", docx, false, "niet gelezen: pandoc is niet geïnstalleerd"},
		{"application/zip", odt, false, "niet gelezen: pandoc is niet geïnstalleerd"},
		{"application/msword", []byte("\xD0\xCF\x11\xE0....W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00"), false, "niet gelezen: catdoc of antiword is niet geïnstalleerd"},
		{"image/png", []byte("\x89PNG\r\n\x1a\n"), false, "niet gelezen: afbeeldingen worden niet gelezen"},
		{"image/png", []byte("\x89PNG\r\n\x1a\n"), true, "niet gelezen: tesseract is niet geïnstalleerd"},
		{"application/vnd.ms-excel", []byte("\xD0\xCF\x11\xE0 cijfers"), false, "niet gelezen: voor application/vnd.ms-excel is er geen lezer"},
		{"application/pdf", []byte("<html>Aanmelden"), false, "niet gelezen: voor application/pdf is er geen lezer"},
		{"", nil, false, "niet gelezen: voor een bestand zonder type is er geen lezer"},
	} {
		none.images = c.images
		text, note, err := none.Extract(t.Context(), c.mediaType, c.body)
		if text != nil || note != c.want || err != nil {
			t.Errorf("%s: %q, %q, %v; want %q", c.mediaType, text, note, err, c.want)
		}
	}
}

// TestOutcomes: what a tool does becomes a note, and only trouble of this
// machine an error.
func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		output     string
		exit       int
		err        error
		text, note string
		fails      bool
	}{
		"text":     {"Artikel  1\r\n\n\n\nDe be\u00adlasting\f", 0, nil, "Artikel 1\n\nDe belasting", "", false},
		"nothing":  {" \f\n", 0, nil, "", "zonder tekst: wellicht een scan", false},
		"broken":   {"", 1, nil, "", "niet gelezen: het bestand is beschadigd, beveiligd of te groot voor het leesprogramma", false},
		"too slow": {"", 0, errTime, "", "niet gelezen: het duurde langer dan 60 seconden", false},
		"too much": {"begin", 0, errOutput, "begin", "maar deels gelezen: meer dan 16 MB tekst", false},
		"no way":   {"", 0, errNoRun, "", "niet gelezen: op dit systeem kan een leesprogramma niet begrensd worden", false},
		"no disk":  {"", 0, errors.New("no space left"), "", "", true},
	} {
		r := &Reader{tools: map[kind]installed{isPDF: {}}, slots: make(chan struct{}, 1), run: func(context.Context, string, []string, []byte) ([]byte, int, error) {
			return []byte(c.output), c.exit, c.err
		}}
		text, note, err := r.Extract(t.Context(), "", []byte("%PDF-1.4"))
		if string(text) != c.text || note != c.note || (err != nil) != c.fails {
			t.Errorf("%s: %q, %q, %v", name, text, note, err)
		}
	}
}

// shell runs a script as a tool would run.
func shell(t *testing.T, ctx context.Context, script string) (string, int, error) {
	t.Helper()
	path, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("no shell, or no Linux")
	}
	output, exit, err := run(ctx, path, []string{"-c", script}, []byte("invoer"))
	return string(output), exit, err
}

func TestToolIsBounded(t *testing.T) {
	if out, exit, err := shell(t, t.Context(), "cat; echo; env | sed 's/=.*//' | sort | tr '\\n' ' '; ls | wc -l"); err != nil || exit != 0 ||
		!strings.HasPrefix(out, "invoer\n") || strings.Contains(out, "PATH_") || strings.Contains(out, "GOROOT") || !strings.Contains(out, "HOME LANG") {
		t.Errorf("what it sees: %q, %d, %v", out, exit, err)
	}
	if out, exit, err := shell(t, t.Context(), "read x; ulimit -t; ulimit -d; ulimit -f; ulimit -n; ulimit -c"); err != nil || exit != 0 ||
		out != fmt.Sprintf("%d\n%d\n%d\n%d\n0\n", int(maxCPU.Seconds()), maxMemory/1024, maxFile/512, maxOpen) {
		t.Errorf("its limits: %q, %d, %v", out, exit, err)
	}
	if out, _, err := shell(t, t.Context(), "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done | cat"); !errors.Is(err, errOutput) || len(out) != maxOutput {
		t.Errorf("endless output: %d bytes, %v", len(out), err)
	}
	if _, exit, err := shell(t, t.Context(), "kill -SEGV $$"); exit == 0 || err != nil {
		t.Errorf("crash: %d, %v", exit, err)
	}
	if _, exit, err := shell(t, t.Context(), "exec 0<&-; echo klaar"); exit != 0 || err != nil {
		t.Errorf("does not read its input: %d, %v", exit, err)
	}
	if apart.Load() == 1 {
		if out, _, err := shell(t, t.Context(), "tail -n +3 /proc/net/dev | grep -v ' lo:' | wc -l"); err != nil || strings.TrimSpace(out) != "0" {
			t.Errorf("it sees a network: %q, %v", out, err)
		}
	}
}

// TestToolEndsWithItsContext, with all that it started.
func TestToolEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, _, err := shell(t, ctx, "sleep 50 & sleep 50")
	if !errors.Is(err, errTime) || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func FuzzTidy(f *testing.F) {
	for _, s := range []string{"a\n\n\n\nb", " \t\f", "\xff\xfe", "a\u00adb c  ", "\u0000x\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		text := tidy(output)
		if !utf8.Valid(text) || len(text) > len(output) || bytes.Contains(text, []byte("\n\n\n")) || bytes.ContainsAny(text, "\r\f\x00") {
			t.Errorf("tidy(%q) = %q", output, text)
		}
		if again := tidy(text); !bytes.Equal(again, text) {
			t.Errorf("tidy(%q) = %q, and of that %q", output, text, again)
		}
	})
}
