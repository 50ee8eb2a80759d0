package sparql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/results"
)

// ServiceOptions say how queries may ask other endpoints.
type ServiceOptions struct {
	// Client asks; it should guard against addresses that nobody outside may
	// reach, and follow no redirect.
	Client *http.Client
	// Allowed are the addresses of the endpoints that may be asked, as queries
	// write them.
	Allowed []string
	// Timeout bounds one request, and MaxBytes its answer; 0 means 30 seconds and
	// 64 MiB.
	Timeout  time.Duration
	MaxBytes int64
}

// serviceAccept is what another endpoint is asked for. CSV comes last: it knows
// no terms.
const serviceAccept = ResultsJSON + ", " + ResultsXML + ";q=0.9, " + ResultsTSV + ";q=0.7, application/json;q=0.5, application/xml;q=0.5, text/xml;q=0.5, " + ResultsCSV + ";q=0.2"

// NewService returns what asks other endpoints for SERVICE (SPARQL 1.1 Federated
// Query): by POST, as results in JSON, XML, TSV or CSV. An endpoint that is not
// allowed is not asked.
func NewService(o ServiceOptions) eval.Service {
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 64 << 20
	}
	return func(ctx context.Context, endpoint, query string) (*results.Result, error) {
		if !slices.Contains(o.Allowed, endpoint) {
			return nil, notAllowed(endpoint, o.Allowed)
		}
		r, err := o.ask(ctx, endpoint, query)
		if err != nil {
			return nil, &serviceError{err}
		}
		return r, nil
	}
}

func notAllowed(endpoint string, allowed []string) error {
	if len(allowed) == 0 {
		return refuse(http.StatusForbidden,
			"SERVICE <%s> kan hier niet: dit eindpunt vraagt niets aan andere.",
			"SERVICE <%s> is not possible here: this endpoint asks no others.", endpoint)
	}
	return refuse(http.StatusForbidden,
		"SERVICE <%s> kan hier niet; deze eindpunten wel: %s.",
		"SERVICE <%s> is not possible here; these endpoints are: %s.", endpoint, strings.Join(allowed, ", "))
}

func (o ServiceOptions) ask(ctx context.Context, endpoint, query string) (r *results.Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(url.Values{"query": {query}}.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", formType)
	req.Header.Set("Accept", serviceAccept)
	answer, err := o.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			answer.Body.Close()
		}
	}()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", answer.Status)
	}
	mediaType := answer.Header.Get("Content-Type")
	format, ok := results.FormatByName(mediaType)
	if !ok {
		return nil, fmt.Errorf("it answered %.100q, which is no format of results", mediaType)
	}
	r, err = results.Read(&bounded{answer.Body, o.MaxBytes}, format)
	if err != nil {
		return nil, err
	}
	rows := r.Rows
	if rows != nil {
		r.Rows = func(yield func([]rdf.Term, error) bool) {
			for row, err := range rows {
				if err != nil {
					err = &serviceError{err}
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
	return releasing(r, func() { answer.Body.Close(); cancel() }), nil
}

// bounded is a reader with an end, beyond which it is an error.
type bounded struct {
	io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("its answer is too large")
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.Reader.Read(p)
	b.left -= int64(n)
	return n, err
}

// serviceError says that another endpoint did not answer.
type serviceError struct{ err error }

func (e *serviceError) Error() string { return e.err.Error() }
func (e *serviceError) Unwrap() error { return e.err }

func serviceFailed(err error) bool {
	var s *serviceError
	return errors.As(err, &s)
}
