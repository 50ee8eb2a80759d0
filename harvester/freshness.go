package harvester

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Freshness is that of RFC 9111: until when an answer may be relied on without
// asking again. A harvest hands on what it reads to everybody, so the rules are
// those for a shared cache. They decide when to ask, never what to keep: a body
// that says no-store or private was published all the same, and is evidence.

const (
	// maxFresh bounds what servers may say. Some say a year of everything, and
	// correct a page the next day.
	maxFresh = 30 * 24 * time.Hour
	// maxHeuristic bounds the guess for an answer that says nothing (section
	// 4.2.2). It is under a day, so that a daily round asks.
	maxHeuristic = 12 * time.Hour
	// maxDeltaSeconds is what a larger number means (section 1.2.2).
	maxDeltaSeconds = 1 << 31
)

// freshness is what an answer says of how long it stays fresh.
type freshness struct {
	until time.Time // zero: it may not be relied on at all
	// lifetime is what the server said in so many words, 0 if it said nothing:
	// a later 304 that says nothing leaves it as it was (section 4.3.4).
	lifetime time.Duration
}

// fresh reads the header of a 200 or 304 that was asked for and received at
// these times. told is the lifetime that was said before, modified the
// Last-Modified of what a 304 confirms. authorized says that the request held
// credentials.
func fresh(h http.Header, told time.Duration, modified string, authorized bool, asked, received time.Time) (f freshness) {
	control := cacheControl(h)
	said := told
	switch {
	case control.has("no-store"), control.has("no-cache"), control.has("private"):
		return freshness{}
	case h.Get("Cache-Control") == "" && strings.Contains(strings.ToLower(h.Get("Pragma")), "no-cache"):
		return freshness{} // from before HTTP/1.1; the careful reading
	case strings.TrimSpace(h.Get("Vary")) == "*":
		return freshness{} // no two requests are alike to it (section 4.1)
	case authorized && !control.has("public") && !control.has("s-maxage") && !control.has("must-revalidate"):
		return freshness{} // section 3.5
	case control.has("s-maxage"):
		said = control.seconds("s-maxage")
	case control.has("max-age"):
		said = control.seconds("max-age")
	case len(h["Expires"]) > 0:
		// "0" and other dates that cannot be read have passed (section 5.3).
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return freshness{}
		}
		said = max(0, expires.Sub(dateOf(h, received)))
	case told > 0: // as before
	default:
		at, err := http.ParseTime(modified)
		if err != nil {
			return freshness{}
		}
		guess := min(dateOf(h, received).Sub(at)/10, maxHeuristic)
		if left := guess - age(h, asked, received); left > 0 {
			return freshness{until: received.Add(left)}
		}
		return freshness{}
	}
	if left := min(said, maxFresh) - age(h, asked, received); left > 0 {
		return freshness{received.Add(left), said}
	}
	return freshness{lifetime: said}
}

// age is how old an answer was when it came (section 4.2.3).
func age(h http.Header, asked, received time.Time) time.Duration {
	apparent := max(0, received.Sub(dateOf(h, received)))
	seconds, err := strconv.ParseInt(strings.TrimSpace(h.Get("Age")), 10, 64)
	if err != nil || seconds < 0 {
		seconds = 0
	}
	corrected := time.Duration(min(seconds, maxDeltaSeconds))*time.Second + max(0, received.Sub(asked))
	return max(apparent, corrected)
}

// dateOf is when the answer was made, or came if it does not say.
func dateOf(h http.Header, received time.Time) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return received
	}
	return at
}

// directives are those of Cache-Control, names in lower case.
type directives map[string]string

func (d directives) has(name string) bool {
	_, ok := d[name]
	return ok
}

// seconds is a time in seconds. What cannot be read has passed (section 4.2.1).
func (d directives) seconds(name string) time.Duration {
	n, err := strconv.ParseUint(d[name], 10, 64)
	if err != nil && (d[name] == "" || strings.Trim(d[name], "0123456789") != "") {
		return 0
	}
	return time.Duration(min(n, maxDeltaSeconds)) * time.Second
}

// cacheControl splits the field, in one line or several. A directive that is
// there twice counts with its smaller value.
func cacheControl(h http.Header) directives {
	lines := h["Cache-Control"]
	if len(lines) == 0 {
		return nil
	}
	d := directives{}
	rest := strings.Join(lines, ",")
	for rest != "" {
		var item string
		item, rest = cutUnquoted(rest)
		name, value, _ := strings.Cut(item, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"`)
		if name == "" {
			continue
		}
		old, twice := d[name]
		d[name] = value
		if twice {
			if before := (directives{name: old}).seconds(name); before < d.seconds(name) {
				d[name] = old
			}
		}
	}
	return d
}

// cutUnquoted cuts a list at its first comma that is not in quotation marks.
func cutUnquoted(s string) (item, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// conditions puts what is known of a page into a request for it (RFC 9110,
// section 13.1), and reports whether there is anything.
func conditions(h http.Header, last Visit) bool {
	if tag := validator(last.ETag); tag != "" {
		h["If-None-Match"] = []string{unpackedToo(tag)}
	}
	if at := validator(last.LastModified); at != "" {
		h["If-Modified-Since"] = []string{at}
	}
	return len(h["If-None-Match"])+len(h["If-Modified-Since"]) > 0
}

// unpackedToo adds the name that a page has without compression. Servers that
// compress put a mark behind its ETag ("x-gzip" of Apache, "x--gzip" of Jetty),
// and some of them do not know that name when it is asked for.
func unpackedToo(tag string) string {
	for _, mark := range []string{"--gzip", "-gzip", ";gzip"} {
		if plain, ok := strings.CutSuffix(tag, mark+`"`); ok && plain != `"` && plain != `W/"` {
			return tag + ", " + plain + `"`
		}
	}
	return tag
}

// maxValidator bounds an ETag or a date that is kept.
const maxValidator = 1 << 10

// validator returns an ETag or a date as it was received, "" if it is nothing
// that can be sent back.
func validator(s string) string {
	if len(s) > maxValidator {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return ""
		}
	}
	return s
}
