package vlaanderen

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// host is one of the names that the world answers to.
type host struct {
	naam     string
	stijl    stijl
	robots   string // text of robots.txt; "" answers 404
	verbiedt bool   // robots.txt asks to leave /intern/ alone
	kalender bool   // it has a calendar without end, which robots.txt asks to leave alone
	// eindeloos says that it has one which robots.txt says nothing of. What must be asked for again would
	// wait there behind the calendar until the bound of requests is reached, so nothing must.
	eindeloos bool
	delay     time.Duration
	etag      bool
	modified  bool
	plat      int // the day on which it is down; -1: never
	hoe       int // it is down
}

// belfort is the name by which robots.txt addresses us.
const belfort = "Belfort"

// maakHost makes a host, unless it is there.
func (v *Vlaanderen) maakHost(name string, b *bestuur) {
	if v.hosts[name] != nil {
		return
	}
	h := &host{naam: name, stijl: b.stijl, plat: -1, verbiedt: true}
	v.hosts[name] = h
	if !v.o.Rustig && v.lot(7, "plat", name) == 0 && v.o.Dagen-rust > 1 {
		h.plat, h.hoe = 1+v.lot(v.o.Dagen-rust-1, "plat wanneer", name), v.lot(3, "plat hoe", name)
	}
	kind := v.lot(4, "voorwaarden", name)
	h.etag, h.modified = kind == 0 || kind == 1, kind == 0 || kind == 2
	const closed = "Disallow: /intern/\nDisallow: /kalender\n"
	delay := ""
	if v.lot(6, "vertraging", name) == 0 {
		h.delay, delay = 2*time.Second, "Crawl-delay: 2\n"
	}
	h.kalender = b.stijl == raadpunt
	switch v.lot(5, "robots", name) {
	case 0:
		h.verbiedt, h.kalender, h.delay = false, false, 0
	case 1:
		h.robots = "User-agent: *\n" + closed + delay
	case 2:
		h.robots = "# regels\nUser-agent: *\nAllow: /\nDisallow: /*/ontwerp-\nDisallow: /kalender?maand=*\n" + delay
	case 3:
		h.robots = "User-agent: *\nDisallow: /\n\nUser-agent: ander\nUser-agent: " + strings.ToLower(belfort) + "\n" + closed + delay
	case 4:
		h.robots = "\ufeffUSER-AGENT:*\r\n" + strings.ReplaceAll(closed+delay, "\n", "\r\n") + "\r\nSitemap: http://" + v.metPoort(name) + "/sitemap_index.xml\r\n"
	}
	if b.stijl == raadpunt && b.nr%(5*stijlen) == int(raadpunt) {
		b.maxPages, h.kalender, h.verbiedt, h.eindeloos = 250, false, true, true
		h.robots = "User-agent: *\nDisallow: /intern/\n" + delay
	}
}

// verboden reports whether robots.txt asks to leave an address alone.
func (h *host) verboden(path string) bool {
	return h.verbiedt && strings.HasPrefix(path, "/intern/") || h.kalender && strings.HasPrefix(path, "/kalender")
}

var sessies = regexp.MustCompile(`;jsessionid=[0-9A-F]+|/\(S\([0-9a-z]+\)\)`)

// schoon takes off an address what does not say which page is meant.
func schoon(u *url.URL) string {
	path := sessies.ReplaceAllString(u.EscapedPath(), "")
	var query []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if pair != "" && !strings.HasPrefix(pair, "utm_") && !strings.HasPrefix(pair, "PHPSESSID=") {
			query = append(query, pair)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + strings.Join(query, "&")
}

// ServeHTTP answers for every host of the world, by the Host header.
func (v *Vlaanderen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := v.o.Now()
	name, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	h := v.hosts[name]
	if h == nil {
		v.klacht("a request to %s, which is no host of this world", r.Host)
		http.NotFound(w, r)
		return
	}
	path := schoon(r.URL)
	rit, times := v.komt(h, path, r, t)
	a := v.antwoord(h, path, t, times)
	defer v.gaat(rit) // before the answer is whole, so before the next request
	v.mu.Lock()
	rit.traag = a.breekt == "druppelt" || a.breekt == "koppen" || a.breekt == "bom"
	v.mu.Unlock()
	v.stuur(w, r, h, a, rit)
}

// antwoord finds what is at an address, and what is wrong with it this time.
func (v *Vlaanderen) antwoord(h *host, path string, t time.Time, times int) *antwoord {
	day := v.dagVan(t)
	if path == "/robots.txt" {
		if h.plat == day && h.hoe != 2 || v.hapert(h, day) && times == 1 {
			return &antwoord{status: http.StatusInternalServerError}
		}
		if h.plat == day {
			return &antwoord{breekt: "meteen"}
		}
		if h.robots == "" {
			return &antwoord{status: http.StatusNotFound}
		}
		return &antwoord{status: http.StatusOK, soort: "text/plain", body: []byte(h.robots)}
	}
	if h.plat == day {
		if h.hoe == 2 {
			return &antwoord{breekt: "meteen"}
		}
		return &antwoord{status: http.StatusServiceUnavailable}
	}
	a := v.gewoon(h, path, t)
	if a.status == http.StatusOK && !a.gewijzigd.IsZero() && !h.eindeloos && !v.hapert(h, day) {
		v.vergaat(a, h.naam+path, day, times)
	}
	return a
}

// gewoon finds what is at an address.
func (v *Vlaanderen) gewoon(h *host, path string, t time.Time) *antwoord {
	if p := v.plekken[h.naam+path]; p != nil {
		return p(v, t)
	}
	switch {
	case h.verbiedt && strings.HasPrefix(path, "/intern/"):
		return html200([]byte(`<html lang="nl" prefix="besluit: http://data.vlaanderen.be/ns/besluit#"><title>Ontwerp</title><div typeof="besluit:Zitting" resource="https://geheim.example/zitting">Voor intern gebruik</div>`), time.Time{})
	case strings.HasPrefix(path, "/kalender?maand="):
		n, err := strconv.Atoi(strings.TrimPrefix(path, "/kalender?maand="))
		if err == nil {
			return html200(overzicht("Kalender", nil, fmt.Sprint("/kalender?maand=", n+1)), time.Time{})
		}
	case path == "/bijlagen/reglement.pdf":
		return &antwoord{status: http.StatusOK, soort: "application/pdf", body: []byte("%PDF-1.4\n%%EOF\n")}
	case strings.HasPrefix(path, "/koekje?terug="):
		back, _ := url.QueryUnescape(strings.TrimPrefix(path, "/koekje?terug="))
		return &antwoord{status: http.StatusFound, kop: http.Header{"Location": {back}, "Set-Cookie": {"gezien=1; Path=/"}}}
	case path == "/kring/1":
		return &antwoord{status: http.StatusFound, kop: http.Header{"Location": {"/kring/2"}}}
	case path == "/kring/2":
		return &antwoord{status: http.StatusFound, kop: http.Header{"Location": {"/kring/1"}}}
	case path == "/onderhoud":
		return html200([]byte(leeg), time.Time{})
	}
	return &antwoord{status: http.StatusNotFound}
}

const leeg = "<!DOCTYPE html>\n<html lang=\"nl\"><title>Even geduld</title><p>Deze website wordt onderhouden.</p></html>\n"

// stuur sends an answer in the manner of the host.
func (v *Vlaanderen) stuur(w http.ResponseWriter, r *http.Request, h *host, a *antwoord, rit *rit) {
	if !v.wacht(r, v.o.Traag) || a.breekt == "meteen" {
		rit.status = 0
		panic(http.ErrAbortHandler)
	}
	header := w.Header()
	for k, values := range a.kop {
		header[k] = values
	}
	body, page := a.body, !a.gewijzigd.IsZero()
	if page {
		sum := sha256.Sum256(body)
		tag := fmt.Sprintf(`W/"%x"`, sum[:8])
		if h.etag {
			header.Set("ETag", tag)
		}
		if h.modified {
			header.Set("Last-Modified", a.gewijzigd.UTC().Format(http.TimeFormat))
		}
		if a.breekt == "" && a.status == http.StatusOK && hetzelfde(r, h, tag, a.gewijzigd) {
			rit.status = http.StatusNotModified
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if a.soort != "" {
		header.Set("Content-Type", a.soort)
	}
	if strings.HasPrefix(a.soort, "text/html") && header.Get("Content-Encoding") == "" {
		body = h.gecodeerd(header, v.levend(body))
	}
	rit.status = a.status
	if a.breekt != "" {
		rit.status = 0
		v.breek(w, r, a, body)
		return
	}
	if body == nil && a.status >= 400 {
		header.Set("Content-Type", "text/html; charset=utf-8")
		body = fmt.Appendf(nil, "<!DOCTYPE html><title>%d</title><p>%s</p>", a.status, html.EscapeString(http.StatusText(a.status)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// hetzelfde reports whether a conditional request has what there is.
func hetzelfde(r *http.Request, h *host, tag string, changed time.Time) bool {
	if held := r.Header.Get("If-None-Match"); held != "" && h.etag {
		return held == tag
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && h.modified && !changed.Truncate(time.Second).After(since)
}

// levend puts in what differs with each visit.
func (v *Vlaanderen) levend(body []byte) []byte {
	v.mu.Lock()
	v.bezoek++
	n := v.bezoek
	v.mu.Unlock()
	body = bytes.ReplaceAll(body, []byte(";jsessionid=~SESSIE~"), fmt.Appendf(nil, ";jsessionid=%032X", n*2654435761))
	body = bytes.ReplaceAll(body, []byte("~SESSIE~"), fmt.Appendf(nil, "%024x", n*2654435761))
	return bytes.ReplaceAll(body, []byte("~TELLER~"), fmt.Append(nil, n))
}

// gecodeerd writes a page in the character encoding of a host, and says which it is, or another.
func (h *host) gecodeerd(header http.Header, body []byte) []byte {
	switch h.stijl {
	case jaarboek: // says UTF-8
		return windows1252(body)
	case prikbord: // only the meta element says it
		header.Set("Content-Type", "text/html")
		return windows1252(body)
	case notuleerhulp:
		header.Set("Content-Type", "text/html")
		return append([]byte("\xef\xbb\xbf"), body...)
	}
	return body
}

func windows1252(body []byte) []byte {
	out, err := charmap.Windows1252.NewEncoder().Bytes(body)
	if err != nil {
		panic(err) // a text of this package that it can not write
	}
	return out
}

// wacht waits, and reports whether the other side did, too.
func (v *Vlaanderen) wacht(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
