package harvester

import "errors"

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

// kindError is an error whose kind is known where it arises.
type kindError struct {
	kind Failing
	err  error
}

func failed(kind Failing, err error) error { return &kindError{kind, err} }

func (e *kindError) Error() string { return e.err.Error() }

func (e *kindError) Unwrap() error { return e.err }

// failing returns the kind of a failure.
func failing(err error) Failing {
	var known *kindError
	if errors.As(err, &known) {
		return known.kind
	}
	return ""
}
