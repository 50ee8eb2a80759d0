package vlaanderen

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// plat reports whether a host is down on a day.
func (v *Vlaanderen) plat(name string, day int) bool {
	return v.hosts[name].plat == day
}

// hapert reports whether the first request of a day for the robots.txt of a host goes wrong. On
// such a day nothing else does.
func (v *Vlaanderen) hapert(h *host, day int) bool {
	return !v.o.Rustig && !h.eindeloos && day < v.o.Dagen && v.lot(12, "hapert", h.naam, day) == 0
}

// dagfouten are the faults that last a day.
var dagfouten = [...]string{"bom", "soort", "kring", "koekje", "prive", "onderhoud", "leeg"}

// dagfout returns what is wrong with a page for a day, "" if nothing.
func (v *Vlaanderen) dagfout(p *pagina, day int) string {
	if v.o.Rustig || day < 1 || day >= v.o.Dagen-rust || p.soort == zittingblad || v.lot(100, "dagfout", p.host, p.pad, day) >= 4 {
		return ""
	}
	return dagfouten[v.lot(len(dagfouten), "welke dagfout", p.host, p.pad, day)]
}

// bom is 64 MB of nothing, packed.
var bom = sync.OnceValue(func() []byte { return gezipt(make([]byte, 64<<20)) })

// gestoord is what stands in the place of a page for a day.
func (v *Vlaanderen) gestoord(p *pagina, fault string) *antwoord {
	to := func(location string) *antwoord {
		return &antwoord{status: http.StatusFound, kop: http.Header{"Location": {location}}}
	}
	switch fault {
	case "bom":
		return &antwoord{status: http.StatusOK, soort: "text/html;charset=utf-8", kop: http.Header{"Content-Encoding": {"gzip"}}, body: bom(), breekt: "bom"}
	case "soort":
		return &antwoord{status: http.StatusOK, soort: "application/octet-stream", body: []byte("\x00\x01\x02\x03 dit is geen pagina")}
	case "kring":
		return to("/kring/1")
	case "koekje":
		return to("/koekje?terug=" + url.QueryEscape(p.pad))
	case "prive":
		return to([...]string{"http://127.0.0.1:" + v.o.Port + "/geheim", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/"}[v.lot(3, "prive", p.pad)])
	case "onderhoud":
		return to("/onderhoud")
	}
	return html200([]byte(leeg), time.Time{})
}

// vergaat makes an answer go wrong that would be right when one asks again: once or twice a day.
func (v *Vlaanderen) vergaat(a *antwoord, address string, day, times int) {
	if v.o.Rustig || day >= v.o.Dagen || v.lot(100, "vergaat", address, day) >= 4 {
		return
	}
	kind := v.lot(20, "hoe vergaat", address, day)
	if times > 1+v.lot(2, "hoe vaak", address, day) || kind == 0 && times > 1 {
		return
	}
	switch {
	case kind == 0:
		a.breekt = "druppelt"
	case kind < 5:
		*a = antwoord{status: http.StatusInternalServerError}
	case kind < 7:
		*a = antwoord{status: http.StatusServiceUnavailable, kop: http.Header{"Retry-After": {"2"}}}
	case kind < 9:
		*a = antwoord{status: http.StatusTooManyRequests, kop: http.Header{"Retry-After": {"2"}}}
	case kind < 11:
		*a = antwoord{status: http.StatusBadGateway}
	case kind < 15:
		a.breekt = "halverwege"
	case kind < 18:
		a.breekt = "half gezipt"
	default:
		a.breekt = "koppen"
	}
}

// breek sends an answer that does not come well.
func (v *Vlaanderen) breek(w http.ResponseWriter, r *http.Request, a *antwoord, body []byte) {
	switch a.breekt {
	case "bom":
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	case "halverwege":
		w.Header().Set("Content-Length", itoa(len(body)))
		w.WriteHeader(a.status)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "half gezipt":
		if w.Header().Get("Content-Encoding") == "" {
			body = gezipt(body)
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(a.status)
		_, _ = w.Write(body[:len(body)*2/3])
	case "koppen":
		for i := range 40 {
			w.Header().Set("X-Vulling-"+itoa(i), strings.Repeat("x", 60_000))
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(body)
	case "druppelt":
		w.WriteHeader(a.status)
		for i := range body {
			if _, err := w.Write(body[i : i+1]); err != nil || !v.wacht(r, 40*time.Millisecond) {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	}
}
