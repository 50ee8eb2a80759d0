package vlavirgem

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed stijl.css
var stijl string

const internPad = "/intern/ontwerpagenda"

const robots = "User-agent: *\nDisallow: /intern/\n"

// Handler is the website, at the root of its host. It answers GET and HEAD with ETag and
// Last-Modified and 304 where nothing changed, 404 for what it does not know, 405 for other methods,
// and 410 for the decision that was withdrawn. It answers the page below /intern/ too, so that a
// test can see who ignores robots.txt.
func (g *Gemeente) Handler() http.Handler { return http.HandlerFunc(g.serveer) }

func (g *Gemeente) serveer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "alleen GET en HEAD", http.StatusMethodNotAllowed)
		return
	}
	const htmlType = "text/html; charset=utf-8"
	switch pad := r.URL.Path; {
	case g.opPad[pad] != nil:
		p := g.opPad[pad]
		stuur(w, r, htmlType, p.gepubliceerd, []byte(p.tekst()))
	case pad == g.ingetrok.pad:
		b := &blad{p: &pagina{titel: "Besluit ingetrokken"}}
		b.kop()
		b.f(`<h1>Besluit ingetrokken</h1>`)
		b.f(`<p>Het besluit dat hier stond, is ingetrokken door de gemeenteraad van %s.</p>`, datum(g.ingetrok.ingetrokkenDoor.zitting.gepland))
		b.voet()
		w.Header().Set("Content-Type", htmlType)
		w.WriteHeader(http.StatusGone)
		if r.Method == http.MethodGet {
			w.Write([]byte(b.String()))
		}
	case g.bijlagen[pad] != nil:
		stuur(w, r, "application/pdf", g.bijlagen[pad].gepubliceerd, g.bijlagen[pad].pdf())
	case pad == feedPad:
		g.serveerFeed(w, r)
	case pad == "/robots.txt":
		stuur(w, r, "text/plain; charset=utf-8", g.bijgewerkt, []byte(robots))
	case pad == "/stijl.css":
		stuur(w, r, "text/css; charset=utf-8", g.bijgewerkt, []byte(stijl))
	case pad == internPad:
		b := &blad{p: &pagina{titel: "Ontwerpagenda"}}
		b.kop()
		b.f(`<h1>Ontwerpagenda</h1>`)
		b.f(`<p>Deze pagina is bestemd voor het personeel en hoort in geen enkele zoekmachine.</p>`)
		b.voet()
		stuur(w, r, htmlType, g.bijgewerkt, []byte(b.String()))
	default:
		http.NotFound(w, r)
	}
}

// serveerFeed answers a page of the publication feed: Turtle, or JSON-LD where that is asked for.
func (g *Gemeente) serveerFeed(w http.ResponseWriter, r *http.Request) {
	n := 1
	if s := r.URL.Query().Get("page"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 1 || n > g.feedBladen() {
			http.NotFound(w, r)
			return
		}
	}
	w.Header().Set("Vary", "Accept")
	accept := r.Header.Get("Accept")
	json, turtle := strings.Index(accept, "json"), strings.Index(accept, "turtle")
	if json >= 0 && (turtle < 0 || json < turtle) {
		s, err := g.feedJSONLD(n)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		stuur(w, r, "application/ld+json", g.bijgewerkt, []byte(s))
		return
	}
	stuur(w, r, "text/turtle; charset=utf-8", g.bijgewerkt, []byte(g.feedTurtle(n)))
}

// stuur answers with a body, or with 304.
func stuur(w http.ResponseWriter, r *http.Request, soort string, gewijzigd time.Time, inhoud []byte) {
	som := sha256.Sum256(inhoud)
	w.Header().Set("Content-Type", soort)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, som[:12]))
	http.ServeContent(w, r, "", gewijzigd.Add(9*time.Hour), bytes.NewReader(inhoud))
}
