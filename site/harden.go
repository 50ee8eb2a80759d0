package site

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

// policy is the content security policy of every page: own files only, no
// inline script or style, no framing.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "

// harden sets the headers that every answer carries and keeps a panic from
// ending more than its own request. No answer sets a cookie.
func (s *site) harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy+"'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.Log.LogAttrs(r.Context(), slog.LevelError, "panic in request",
					slog.String("path", r.URL.Path), slog.Any("value", v), slog.String("stack", string(debug.Stack())))
				s.fail(w, r, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// embeddable lets any website show this answer in a frame.
func embeddable(h http.Header) {
	h.Set("Content-Security-Policy", policy+"*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// editable allows what the query editor of /sparql does besides: it asks this
// site for answers and for the names to complete, and puts one style sheet,
// always the same, into the page for the widths of its columns.
func editable(h http.Header) {
	const columns = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
	h.Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' "+columns+"; connect-src 'self'", 1)+"'self'")
}

// open lets a script of any website read this answer: it is public data.
func open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Link, ETag")
}
