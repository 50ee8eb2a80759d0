package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	tries      = 4                // of a request that may be repeated
	longest    = 10 * time.Second // that an endpoint may have us wait
	maxMessage = 16 << 10
)

// request is what is sent, as often as it takes.
type request struct {
	method, address   string
	accept, mediaType string
	body              []byte
	again             bool // to send it twice does the same as once
}

// send sends a request until it is answered with 2xx. What may be repeated is sent
// again when the connection fails, and when the endpoint says that it is busy.
// Everything else is an error, a refusal an *Error. The caller closes the body.
func (e *Engine) send(ctx context.Context, r request) (*http.Response, error) {
	wait := e.o.Pause
	for try := 1; ; try++ {
		res, err := e.once(ctx, r)
		if err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			err = fmt.Errorf("ask endpoint: %w", err)
			// What never reached the endpoint can be sent again, whatever it is.
			var dial *net.OpError
			unsent := errors.As(err, &dial) && dial.Op == "dial"
			if try == tries || !r.again && !unsent {
				return nil, err
			}
		} else {
			if res.StatusCode/100 == 2 {
				return res, nil
			}
			err = refusal(res)
			if try == tries || !r.again || !busy(err.(*Error)) {
				return nil, err
			}
			if s, parseErr := strconv.Atoi(res.Header.Get("Retry-After")); parseErr == nil && s > 0 {
				wait = max(wait, min(time.Duration(s)*time.Second, longest))
			}
		}
		if stopped := pause(ctx, wait); stopped != nil {
			return nil, stopped
		}
		wait *= 2
	}
}

// once sends a request, and again with credentials if the endpoint asks for some.
func (e *Engine) once(ctx context.Context, r request) (*http.Response, error) {
	for challenged := false; ; challenged = true {
		req, err := http.NewRequestWithContext(ctx, r.method, r.address, bytes.NewReader(r.body))
		if err != nil {
			return nil, err
		}
		if r.body == nil {
			req.Body, req.GetBody = nil, nil
		}
		req.Header.Set("Accept", r.accept)
		if r.accept == "" {
			req.Header.Set("Accept", "*/*")
		}
		if r.mediaType != "" {
			req.Header.Set("Content-Type", r.mediaType)
		}
		used := e.auth.authorize(req)
		res, err := e.o.Client.Do(req)
		if err != nil {
			return nil, err
		}
		if res.StatusCode != http.StatusUnauthorized || challenged || !e.auth.challenge(res, used) {
			return res, nil
		}
		discard(res.Body)
	}
}

// refusal reads what the endpoint has to say about it, and closes the answer.
func refusal(res *http.Response) *Error {
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, maxMessage)) // the status says enough
	// Virtuoso repeats what it was sent.
	said, _, _ = bytes.Cut(said, []byte("\n\nSPARQL query:"))
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		said = markup.ReplaceAll(said, []byte(" "))
	}
	e := &Error{Status: res.StatusCode, Text: oneLine(said)}
	switch {
	case res.StatusCode == http.StatusUnauthorized && res.Request.Header.Get("Authorization") == "":
		e.Text = "it wants credentials, and none are configured that fit"
	case res.StatusCode == http.StatusUnauthorized:
		e.Text = "it does not accept the credentials"
	case res.StatusCode/100 == 3:
		e.Text = "it has moved to " + oneLine([]byte(res.Header.Get("Location"))) + "; configure that address if it is right"
	}
	return e
}

var markup = regexp.MustCompile(`<(title>[^<]*</title|[^>]*)>`)

// busy reports whether the same request may well succeed later. A gateway's
// timeout is not among them: the endpoint would do the long work again.
func busy(e *Error) bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable:
		return true
	case http.StatusInternalServerError, http.StatusBadRequest:
		// Virtuoso's transactions that met another one: SQL state 40001.
		return bytes.Contains([]byte(e.Text), []byte("40001"))
	}
	return false
}

// discard reads the rest of a short answer, so that its connection can be used
// again.
func discard(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, maxMessage))
	_ = body.Close()
}
