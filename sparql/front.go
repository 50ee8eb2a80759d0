package sparql

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// front is what the endpoint and the graph store have in common: who may come
// in, how many at once, and how they are told what is wrong.
type front struct {
	o     HandlerOptions
	turns chan struct{}
	pacer *pacer
	// packers are the gzip.Writers that are not in use.
	packers sync.Pool

	mu    sync.Mutex
	rates map[string]*bucket // of writes, by author
}

func newFront(o HandlerOptions) *front {
	o.MaxQueryBytes = positive(o.MaxQueryBytes, defaultMaxQueryBytes)
	o.MaxUpdateBytes = positive(o.MaxUpdateBytes, defaultMaxUpdateBytes)
	o.MaxGraphBytes = positive(o.MaxGraphBytes, defaultMaxGraphBytes)
	o.MaxResultBytes = positive(o.MaxResultBytes, defaultMaxResultBytes)
	o.MaxConcurrent = positive(o.MaxConcurrent, defaultMaxConcurrent)
	o.WritesPerMinute = positive(o.WritesPerMinute, defaultWritesPerMinute)
	return &front{o: o, turns: make(chan struct{}, o.MaxConcurrent), pacer: newPacer(), rates: map[string]*bucket{}}
}

func positive[N int | int64](n, otherwise N) N { return cmp.Or(max(n, 0), otherwise) }

// greet sets the headers of every answer. It returns true if it has answered:
// what a browser asks before it lets a script of another site in.
func (f *front) greet(w http.ResponseWriter, r *http.Request, methods string) (done bool) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "ETag, Location")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept, Accept-Encoding")
	if r.Method != http.MethodOptions {
		if !strings.Contains(methods, r.Method) {
			header.Set("Allow", methods)
		}
		return false
	}
	header.Set("Allow", methods)
	header.Set("Access-Control-Allow-Methods", methods)
	header.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Authorization, Content-Type, If-None-Match")
	header.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// address is the public address of this endpoint.
func (f *front) address(r *http.Request) string {
	if f.o.URL != "" {
		return f.o.URL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath}).String()
}

// turn waits until the query may run.
func (f *front) turn(ctx context.Context) (leave func(), err error) {
	leave = func() { <-f.turns }
	select {
	case f.turns <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(waitForTurn)
	defer timer.Stop()
	select {
	case f.turns <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
		return nil, refuse(http.StatusServiceUnavailable,
			"Grens bereikt: er lopen al %d vragen; probeer het straks opnieuw.",
			"limit reached: %d queries are running already; try again later.", f.o.MaxConcurrent)
	}
}

// authorized returns who sends a request to write.
func (f *front) authorized(w http.ResponseWriter, r *http.Request) (author string, err error) {
	if f.o.Authorize == nil {
		return "", refuse(http.StatusForbidden,
			"Dit eindpunt neemt geen wijzigingen aan: de grafen zijn geoogst, en alleen om te lezen.",
			"This endpoint takes no updates: the graphs in it were harvested, and are read-only.")
	}
	author, ok := f.o.Authorize(r)
	if ok {
		return author, nil
	}
	challenge := `Bearer realm="eigen grafen"`
	if r.Header.Get("Authorization") == "" {
		w.Header().Set("WWW-Authenticate", challenge)
		return "", refuse(http.StatusUnauthorized,
			"Lezen mag iedereen; schrijven kan alleen met een sleutel van de beheerder van deze site. Stuur hem mee als “Authorization: Bearer <sleutel>”.",
			"Everybody may read; to write you need a token from the operator of this site. Send it as “Authorization: Bearer <token>”.")
	}
	w.Header().Set("WWW-Authenticate", challenge+`, error="invalid_token"`)
	return "", refuse(http.StatusUnauthorized,
		"Deze sleutel is hier niet bekend. Vraag de beheerder van deze site om een nieuwe.",
		"This token is not known here. Ask the operator of this site for a new one.")
}

// maxAuthors bounds how many rates are kept: there is one for each token.
const maxAuthors = 10_000

// authorize is authorized, and counts the write.
func (f *front) authorize(w http.ResponseWriter, r *http.Request) (author string, err error) {
	author, err = f.authorized(w, r)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.rates[author]
	if !ok {
		if len(f.rates) >= maxAuthors {
			clear(f.rates)
		}
		b = &bucket{}
		f.rates[author] = b
	}
	if !b.take(time.Now(), f.o.WritesPerMinute) {
		return "", refuse(http.StatusTooManyRequests,
			"Grens bereikt: met deze sleutel zijn %d wijzigingen per minuut toegestaan.",
			"limit reached: this token may make %d writes a minute.", f.o.WritesPerMinute)
	}
	return author, nil
}

// bucket holds the writes that an author may do at once; it fills with time.
type bucket struct {
	taken float64 // out of it
	at    time.Time
}

// take takes one out of the bucket of a tenth of a minute's writes.
func (b *bucket) take(now time.Time, perMinute int) bool {
	b.taken = max(0, b.taken-now.Sub(b.at).Minutes()*float64(perMinute))
	b.at = now
	if b.taken+1 > max(1, float64(perMinute)/10) {
		return false
	}
	b.taken++
	return true
}

// written answers a write.
func (f *front) written(w http.ResponseWriter, status int, err error) error {
	if errors.Is(err, ErrPending) {
		return refuse(http.StatusAccepted,
			"De wijziging is bewaard, maar nog niet te zien: de server is nog bezig met eerder werk. Ze wordt vanzelf zichtbaar.",
			"The change is kept, but cannot be seen yet: the server is still at earlier work. It will be seen by itself.")
	}
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	return nil
}

func (f *front) log(what string, err error) {
	if f.o.Logger != nil && !errors.Is(err, context.Canceled) {
		f.o.Logger.Error(what, "error", err)
	}
}

func contentType(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return mediaType + "; charset=utf-8"
	}
	return mediaType
}
