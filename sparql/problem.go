package sparql

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// statusError is what a client must hear, with the HTTP status that tells it.
type statusError struct {
	status int
	text   rdf.Text
}

func (e *statusError) Error() string { return e.text.EN }

// refuse makes a statusError; both sentences get the arguments.
func refuse(status int, nl, en string, args ...any) error {
	return &statusError{status, rdf.Text{NL: fmt.Sprintf(nl, args...), EN: fmt.Sprintf(en, args...)}}
}

// problem is an error as a client is told it: RFC 9457, with members of our own
// behind the first three.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Limit and Bound name a limit that was exceeded.
	Limit string `json:"limit,omitempty"`
	Bound int64  `json:"bound,omitempty"`
	// Line, Column (both from 1) and Excerpt are the place of a syntax error, and
	// its line with a caret below.
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Excerpt string `json:"excerpt,omitempty"`

	text  rdf.Text
	retry int // seconds after which it may be tried again; 0: does not help
}

// problemOf returns how a client is told an error. text is the query, update or
// document that the client sent.
func (f *front) problemOf(err error, text string) problem {
	var refused *statusError
	var syntax *rdf.SyntaxError
	var limit *LimitError
	var readOnly *ReadOnlyError
	var request *eval.RequestError
	p := problem{Status: http.StatusInternalServerError, text: rdf.Text{
		NL: "Dit kon niet worden beantwoord; de fout ligt hier, niet bij uw vraag.",
		EN: "This could not be answered; the fault is here, not in the query.",
	}}
	switch {
	case errors.As(err, &refused):
		p.Status, p.text = refused.status, refused.text
		if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
			p.retry = 10
		}
	case errors.As(err, &syntax):
		p.Status = http.StatusBadRequest
		place, plaats := "", ""
		if at := syntax.Span.Start; !syntax.Span.IsZero() {
			p.Line, p.Column = at.Line, at.Column
			p.Excerpt = excerpt(text, syntax.Span)
			place, plaats = fmt.Sprintf(" at %d:%d (line, column)", at.Line, at.Column), fmt.Sprintf(" op %d:%d (regel, kolom)", at.Line, at.Column)
		}
		p.text = rdf.Text{NL: "Schrijffout" + plaats + ": " + inDutch(syntax.Message), EN: "Syntax error" + place + ": " + syntax.Message}
	case errors.As(err, &limit):
		p.Limit, p.Bound = limit.Limit, limit.Bound
		p.Status, p.text = limitText(limit)
		if p.Status == http.StatusServiceUnavailable {
			p.retry = 10
		}
	case errors.As(err, &request):
		p.Status, p.text = http.StatusBadRequest, rdf.Text{NL: "Dit kan niet zo: " + request.Error() + ".", EN: "This cannot be done as it stands: " + request.Error() + "."}
	case errors.As(err, &readOnly):
		p.Status, p.text = http.StatusForbidden, readOnlyText(readOnly)
	case errors.Is(err, ErrUnsupported):
		p.Status, p.text = http.StatusNotImplemented, rdf.Text{NL: "Dat kan hier niet: " + err.Error() + ".", EN: "This is not possible here: " + err.Error() + "."}
	case errors.Is(err, ErrOutside):
		p.Status = http.StatusConflict
		p.text = rdf.Text{
			NL: "Deze graaf is met belfort load geladen, en het grootboek van de site weet niet wat erin staat. Vervang hem in zijn geheel met PUT, of verwijder hem met DELETE; daarna kunt u hem ook aanvullen.",
			EN: "This graph was loaded with belfort load, and the ledger of the site does not know what is in it. Replace it whole with PUT, or remove it with DELETE; after that you can add to it too.",
		}
	case errors.Is(err, ErrBusy):
		p.Status, p.retry = http.StatusServiceUnavailable, 10
		p.text = rdf.Text{
			NL: "Er lopen nog eerdere wijzigingen; er is niets veranderd. Probeer het straks opnieuw.",
			EN: "Earlier writes are still under way; nothing was changed. Try again later.",
		}
	case errors.Is(err, context.DeadlineExceeded):
		p.Limit = "time"
		p.Status, p.text = limitText(&LimitError{Limit: "time"})
	case serviceFailed(err):
		p.Status = http.StatusBadGateway
		p.text = rdf.Text{
			NL: "Een andere server, die de vraag noemt, antwoordde niet goed: " + err.Error() + ".",
			EN: "Another server, which the query names, did not answer well: " + err.Error() + ".",
		}
	default:
		f.log("answer query", err)
	}
	return p
}

// limitText says which limit was exceeded, with the status that tells it.
func limitText(l *LimitError) (int, rdf.Text) {
	text := func(nl, en string) rdf.Text {
		return rdf.Text{NL: "Grens bereikt (" + l.Limit + "): " + nl, EN: "limit reached (" + l.Limit + "): " + en}
	}
	switch l.Limit {
	case "time":
		if l.Bound <= 0 {
			return http.StatusGatewayTimeout, text("de vraag duurde te lang.", "the query took too long.")
		}
		d := time.Duration(l.Bound)
		return http.StatusGatewayTimeout, text(fmt.Sprintf("de vraag duurde langer dan %v.", d), fmt.Sprintf("the query took longer than %v.", d))
	case "rows":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("het antwoord telt meer dan %d rijen; vraag minder met LIMIT, of haal het in stukken.", l.Bound),
			fmt.Sprintf("the answer has more than %d rows; ask less with LIMIT, or take it in pieces.", l.Bound))
	case "memory of the server":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("alle vragen die nu lopen hebben samen meer dan %d MB geheugen nodig; probeer het straks opnieuw.", l.Bound>>20),
			fmt.Sprintf("the queries that run now need more than %d MB of memory together; try again later.", l.Bound>>20))
	case "pattern":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("een reguliere expressie is groter dan %d tekens, klassen of stappen; maak ze korter.", l.Bound),
			fmt.Sprintf("a regular expression is larger than %d characters, classes or steps; make it shorter.", l.Bound))
	case "memory":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("de vraag heeft meer dan %d MB geheugen nodig.", l.Bound>>20),
			fmt.Sprintf("the query needs more than %d MB of memory.", l.Bound>>20))
	case "disk":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("de vraag heeft meer dan %d MB schijfruimte nodig.", l.Bound>>20),
			fmt.Sprintf("the query needs more than %d MB of disk.", l.Bound>>20))
	case "bytes":
		return http.StatusServiceUnavailable, text(
			fmt.Sprintf("het antwoord is groter dan %d MB; vraag minder met LIMIT, of haal het in stukken.", l.Bound>>20),
			fmt.Sprintf("the answer is larger than %d MB; ask less with LIMIT, or take it in pieces.", l.Bound>>20))
	case "triples":
		return http.StatusRequestEntityTooLarge, text(
			fmt.Sprintf("een graaf mag hier ten hoogste %d triples tellen.", l.Bound),
			fmt.Sprintf("a graph may have at most %d triples here.", l.Bound))
	case "graphs":
		return http.StatusRequestEntityTooLarge, text(
			fmt.Sprintf("één wijziging mag ten hoogste %d grafen raken.", l.Bound),
			fmt.Sprintf("one write may change at most %d graphs.", l.Bound))
	}
	return http.StatusServiceUnavailable, text(
		fmt.Sprintf("de vraag kost meer werk dan %d tussenresultaten; maak ze nauwer.", l.Bound),
		fmt.Sprintf("the query needs more work than %d intermediate solutions; make it narrower.", l.Bound))
}

func readOnlyText(e *ReadOnlyError) rdf.Text {
	name, naam := "The default graph", "De standaardgraaf"
	if !e.Graph.IsZero() {
		name, naam = "The graph "+e.Graph.String(), "De graaf "+e.Graph.String()
	}
	t := rdf.Text{NL: naam + " is alleen om te lezen.", EN: name + " is read-only."}
	if e.Under != "" {
		t.NL += " Wat geoogst is, verandert alleen als de bron verandert. Schrijven kan in grafen waarvan de naam begint met " + e.Under
		t.EN += " What was harvested changes only when its source does. You can write in graphs whose names begin with " + e.Under
		if e.Graph.IsZero() {
			t.NL += " (gebruik GRAPH <naam> { … } of WITH <naam>)"
			t.EN += " (use GRAPH <name> { … } or WITH <name>)"
		}
		t.NL, t.EN = t.NL+".", t.EN+"."
	}
	return t
}

// fail tells a client an error.
func (f *front) fail(w http.ResponseWriter, r *http.Request, text string, err error) {
	p := f.problemOf(err, text)
	p.Title, p.Detail = http.StatusText(p.Status), p.text.EN
	header := w.Header()
	for _, name := range []string{"ETag", "Content-Encoding", "Content-Length", "Location"} {
		header.Del(name)
	}
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept-Language")
	header.Set("Content-Language", "en")
	if Negotiate(r.Header.Get("Accept-Language"), []string{"en", "nl", "nl-be", "nl-nl"}) != "en" && strings.Contains(strings.ToLower(r.Header.Get("Accept-Language")), "nl") {
		p.Detail = p.text.NL
		header.Set("Content-Language", "nl")
	}
	if p.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(p.retry))
	}
	body := []byte(p.Detail + "\n")
	if p.Excerpt != "" {
		body = []byte(p.Detail + "\n\n" + p.Excerpt + "\n")
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	if wantsJSON(strings.Join(r.Header.Values("Accept"), ",")) {
		header.Set("Content-Type", "application/problem+json")
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false) // IRIs are easier to read so
		_ = e.Encode(p)        // strings and numbers
		body = b.Bytes()
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(body) // the client may be gone
	}
}

// wantsJSON reports whether a client asks for JSON by name and likes it at least
// as well as plain text. The formats of results do not count: who asks for them
// wants an answer, and reads an error with the eyes.
func wantsJSON(accept string) bool {
	asked, text := 0, 0
	for _, r := range parseAccept(accept) {
		switch r.name {
		case "application/json", "application/problem+json":
			asked = max(asked, r.quality)
		case "text/plain":
			text = max(text, r.quality)
		}
	}
	return asked > 0 && asked >= text
}

// excerpt shows the line with the error and a caret below it; for an error at the
// end of the text, the last line that says something.
func excerpt(text string, span rdf.Span) string {
	lines := rdf.NewLines([]byte(text))
	line := []rune(string(lines.Line(span.Start.Line)))
	at := min(max(span.Start.Column-1, 0), len(line))
	for n := span.Start.Line - 1; n > 0 && span.Start.Offset >= len(text) && strings.TrimSpace(string(line)) == ""; n-- {
		line = []rune(strings.TrimRight(string(lines.Line(n)), " \t\r\n"))
		at = len(line)
	}
	from := max(at-60, 0)
	line, at = line[from:min(at+40, len(line))], at-from
	for i, r := range line {
		if r < ' ' || r == 0x7f {
			line[i] = ' '
		}
	}
	return string(line) + "\n" + strings.Repeat(" ", at) + "^"
}

// remark says in a stream that the rest is missing, where the syntax has
// comments: it is for people who look at half an answer.
func remark(w io.Writer, mediaType string, p problem) {
	text := strings.ReplaceAll(p.text.EN, "--", "- -")
	mediaType, _, _ = strings.Cut(mediaType, ";")
	switch mediaType {
	case Turtle, TriG, NTriples, NQuads, "text/plain", "text/n3", "application/x-turtle":
		fmt.Fprintf(w, "\n# BROKEN OFF: %s\n", text)
	case ResultsXML, RDFXML, "application/xml", "text/xml":
		fmt.Fprintf(w, "\n<!-- BROKEN OFF: %s -->\n", text)
	}
}
