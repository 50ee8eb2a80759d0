package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// RefusedError says that the portal does not let a vendor act for a
// bestuurseenheid (HTTP 401). Nothing more is sent for it in this run; its rows
// wait, because the remedy is a setting and not another page.
type RefusedError struct {
	Organization string
	Message      string // the portal's words
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("portal refuses the vendor for %s: %s", e.Organization, e.Message)
}

// SilentError says that the portal did not answer several times in a row. The
// run ended there; what was not tried is due as it was.
type SilentError struct{ Err error }

func (e *SilentError) Error() string { return fmt.Sprintf("portal does not answer: %v", e.Err) }

// Unwrap returns the last cause.
func (e *SilentError) Unwrap() error { return e.Err }

const (
	deliverBatch = 64
	mostSilence  = 3 // calls without an answer, one after the other
	firstRetry   = time.Minute
	lastRetry    = 6 * time.Hour
)

// Deliver sends the meldingen that are due to the portal, one after the other,
// oldest first, and writes down what it answered. After an unknown outcome (no
// answer, or an error of the portal's own) the same row is sent again later,
// and later each time, up to six hours; 409 says that the portal knows the
// resource, so that a melding is never made twice. What the portal refuses for
// good is Geweigerd, with its words. It returns the *RefusedErrors of the run,
// and a *SilentError if that ended it, joined.
func (p *Publisher) Deliver(ctx context.Context) error {
	if p.Portal == nil {
		return nil
	}
	var refused error
	stopped := map[string]bool{}
	silence := 0
	for {
		due, err := p.Outbox.Due(ctx, p.now(), deliverBatch)
		if err != nil {
			return fmt.Errorf("deliver meldingen: %w", err)
		}
		if len(due) == 0 {
			return refused
		}
		for _, m := range due {
			if err := ctx.Err(); err != nil {
				return errors.Join(refused, err)
			}
			var unanswered error
			if stopped[m.Organization] {
				m.Next = p.now().Add(retryAfter(m.Attempts))
			} else {
				var answer Answer
				answer, unanswered = p.Portal.Submit(ctx, m)
				m.Attempts++
				if err := p.record(&m, answer, unanswered); err != nil {
					refused = errors.Join(refused, err)
					stopped[m.Organization] = true
				}
				if silence++; unanswered == nil {
					silence = 0
				}
			}
			if err := p.Outbox.Save(ctx, m); err != nil {
				return errors.Join(refused, fmt.Errorf("deliver meldingen: %w", err))
			}
			if silence == mostSilence {
				return errors.Join(refused, &SilentError{Err: unanswered})
			}
		}
	}
}

// record puts what the portal answered in a melding. unanswered is why it did
// not. It returns a *RefusedError if the portal does not let the vendor act.
func (p *Publisher) record(m *Melding, answer Answer, unanswered error) error {
	m.Reason = ""
	switch {
	case unanswered != nil:
		m.Reason = "uitkomst onbekend: " + unanswered.Error()
	case answer.Status == http.StatusCreated:
		m.Status, m.Submission, m.Sent = Aanvaard, answer.Submission, p.now()
		return nil
	case answer.Status == http.StatusConflict:
		m.Status, m.Sent = Aanvaard, p.now()
		m.Reason = "het loket kent dit al"
		return nil
	case answer.Status == http.StatusUnauthorized:
		m.Reason = answer.Message
		m.Next = p.now().Add(retryAfter(m.Attempts))
		return &RefusedError{Organization: m.Organization, Message: answer.Message}
	case answer.Status >= 400 && answer.Status < 500 && !passing(answer.Status):
		m.Status, m.Reason = Geweigerd, answer.Message
		return nil
	default:
		m.Reason = fmt.Sprintf("HTTP %d: %s", answer.Status, answer.Message)
	}
	m.Next = p.now().Add(retryAfter(m.Attempts))
	return nil
}

// passing tells client errors that may go by themselves.
func passing(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests
}

// retryAfter returns how long to wait after so many attempts: twice as long
// each time.
func retryAfter(attempts int) time.Duration {
	if attempts > 10 {
		return lastRetry
	}
	return min(lastRetry, firstRetry<<max(0, attempts-1))
}
