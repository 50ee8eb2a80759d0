package harvester

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Failing is the kind of failure that kept a page from being read. "" is none.
type Failing string

// The kinds of failure. What each looks like stands with it.
const (
	FailedAddress    Failing = "address"    // not an http or https address
	FailedPrivate    Failing = "private"    // the address is not on the public web
	FailedDNS        Failing = "dns"        // the name is not found
	FailedTLS        Failing = "tls"        // certificate expired, chain incomplete, other name
	FailedConnection Failing = "connection" // refused, reset, broken off
	FailedTimeout    Failing = "timeout"    // no answer within the time
	FailedStatus     Failing = "status"     // an HTTP status that is no success; Visit.Status has it
	FailedRobots     Failing = "robots"     // robots.txt asks to leave it alone
	FailedRules      Failing = "rules"      // robots.txt itself could not be read
	FailedHost       Failing = "host"       // the host gave no answers, so nothing more was asked in this round
	FailedSize       Failing = "size"       // larger than the bound, or packed beyond the bound
	FailedLinks      Failing = "links"      // leads to more pages than the bound
	FailedRedirect   Failing = "redirect"   // redirects that are not followed
	FailedType       Failing = "type"       // a media type that is not read
	FailedSyntax     Failing = "syntax"     // could not be parsed
	FailedEmpty      Failing = "empty"      // no linked data, and no links to any
	FailedScript     Failing = "script"     // as empty, and the page is built by JavaScript
	FailedBudget     Failing = "budget"     // the bound of requests of the source was reached
	FailedLogin      Failing = "login"      // credentials are missing or refused
)

// ErrPrivate is what the guard of the application's client wraps when it refuses
// to connect to an address that is not on the public web.
var ErrPrivate = errors.New("the address is not on the public web")

// kindError is an error whose kind is known where it arises.
type kindError struct {
	kind Failing
	err  error
}

func failed(kind Failing, err error) error { return &kindError{kind, err} }

func (e *kindError) Error() string { return e.err.Error() }

func (e *kindError) Unwrap() error { return e.err }

// failing returns the kind of a failure: that of the outermost error that has
// one. What no one gave a kind could be fetched, and not be read.
func failing(err error) Failing {
	var known *kindError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.kind
	}
	return FailedSyntax
}

// lasting reports whether asking again soon would only bring the same.
func lasting(err error) bool {
	switch failing(err) {
	case FailedAddress, FailedPrivate, FailedSize, FailedType, FailedRedirect:
		return true
	}
	return false
}

// unsent gives an error of net/http, or of what is below it, its kind.
func unsent(err error) error { return failed(connecting(err), explained(err)) }

// connecting tells why an exchange over the network broke off.
func connecting(err error) Failing {
	var (
		known *kindError
		name  *net.DNSError
		slow  net.Error
	)
	switch {
	case errors.As(err, &known):
		return known.kind
	case errors.Is(err, ErrPrivate):
		return FailedPrivate
	case errors.As(err, &name):
		return FailedDNS
	case isTLS(err):
		return FailedTLS
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return FailedTimeout
	case strings.Contains(err.Error(), "parse Location header"): // http.Client, of an answer that did come
		return FailedRedirect
	}
	return FailedConnection
}

// isTLS reports whether TLS could not be agreed on.
func isTLS(err error) bool {
	var (
		refused *tls.CertificateVerificationError
		plain   tls.RecordHeaderError
		broken  *net.OpError
	)
	switch {
	case errors.As(err, &refused), errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch):
		return true
	case errors.As(err, &broken) && (broken.Op == "remote error" || broken.Op == "local error"):
		return true // an alert; its type is not exported
	}
	// What crypto/tls finds wrong in a handshake has no type either.
	return strings.Contains(err.Error(), "tls: ")
}

// explained says more of a certificate that was refused than crypto/x509 does: a
// chain that is not complete is the commonest fault of municipal websites, and
// it does not show in browsers, which mend it by themselves.
func explained(err error) error {
	var (
		refused *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
	)
	if !errors.As(err, &refused) || !errors.As(err, &unknown) || len(refused.UnverifiedCertificates) == 0 {
		return err
	}
	sent := refused.UnverifiedCertificates
	last := sent[len(sent)-1]
	switch {
	case !bytes.Equal(last.RawIssuer, last.RawSubject):
		return fmt.Errorf("%w: the server does not send the certificate of %q, so its chain is not complete", err, bounded(last.Issuer.String()))
	case len(sent) == 1:
		return fmt.Errorf("%w: the server's certificate is signed by itself", err)
	}
	return err
}

// statusError is an answer that is no success.
func statusError(url string, status int) error {
	kind := FailedStatus
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		kind = FailedLogin
	}
	return failed(kind, fmt.Errorf("fetch %s: %d %s", url, status, http.StatusText(status)))
}
