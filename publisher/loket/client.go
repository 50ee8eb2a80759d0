package loket

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/publisher"
)

// Account lets us notify for one bestuurseenheid. The portal's helpdesk gives
// vendors their IRI and key, and the permission per government.
type Account struct {
	Vendor string // IRI
	Key    string // secret
}

// Doer sends an HTTP request. It must not follow redirects of a POST.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Client notifies the portal. It implements publisher.Portal and is safe for
// concurrent use.
type Client struct {
	// Endpoint is the address to POST to:
	// https://api.loket.lokaalbestuur.vlaanderen.be/melding, or
	// https://api.loket.lblod.info/melding to try things out.
	Endpoint string
	HTTP     Doer
	// Accounts by the IRI of the bestuurseenheid.
	Accounts map[string]Account
	// Timeout bounds one call; 0 means DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout bounds a call to the portal.
const DefaultTimeout = 30 * time.Second

// maxAnswer bounds the bytes of an answer that are read.
const maxAnswer = 1 << 20

var _ publisher.Portal = (*Client)(nil)

// body is a melding as it is sent.
type body struct {
	Context           map[string]any `json:"@context"`
	Href              string         `json:"href"`
	Organization      string         `json:"organization"`
	Publisher         bodyPublisher  `json:"publisher"`
	Status            string         `json:"status"`
	SubmittedResource string         `json:"submittedResource"`
}

type bodyPublisher struct {
	URI string `json:"uri"`
	Key string `json:"key"`
}

// Submit implements publisher.Portal. It always sends the status Inzendbaar:
// without one the portal files a melding as a draft that it never sends. A
// government without an account is answered with 401 here, without a call.
func (c *Client) Submit(ctx context.Context, m publisher.Melding) (publisher.Answer, error) {
	account, ok := c.Accounts[m.Organization]
	if !ok {
		return publisher.Answer{
			Status:  http.StatusUnauthorized,
			Message: "niet verstuurd: voor dit bestuur zijn geen leverancier en sleutel ingesteld",
		}, nil
	}
	payload, err := json.Marshal(body{
		Context: meldingContext(), Href: m.Href, Organization: m.Organization,
		Publisher: bodyPublisher{URI: account.Vendor, Key: account.Key},
		Status:    Inzendbaar, SubmittedResource: m.SubmittedResource,
	})
	if err != nil {
		return publisher.Answer{}, fmt.Errorf("submit melding: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, DefaultTimeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint, bytes.NewReader(payload))
	if err != nil {
		return publisher.Answer{}, fmt.Errorf("submit melding: %w", err)
	}
	request.Header.Set("Content-Type", "application/ld+json")
	request.Header.Set("Accept", "application/json")
	response, err := c.HTTP.Do(request)
	if err != nil {
		return publisher.Answer{}, fmt.Errorf("submit melding: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil && response.StatusCode != http.StatusCreated {
		// The status alone does not say why.
		return publisher.Answer{}, fmt.Errorf("submit melding: read answer: %w", err)
	}
	answer := read(response.StatusCode, text)
	if account.Key != "" {
		// The portal's internal errors may repeat what was sent; before they are
		// cut short, so that no part of the key is left.
		answer.Message = strings.ReplaceAll(answer.Message, account.Key, "***")
	}
	answer.Message = shorten(answer.Message)
	return answer, nil
}

// read takes an answer apart. The portal's errors carry their words under
// "title", or under "message"; its internal errors are plain text.
func read(status int, text []byte) publisher.Answer {
	var answer struct {
		URI        string `json:"uri"`
		Submission string `json:"submission"`
		Errors     []struct {
			Title   string `json:"title"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(text, &answer) != nil {
		return publisher.Answer{Status: status, Message: string(text)}
	}
	var words []string
	for _, e := range answer.Errors {
		words = append(words, cmp.Or(e.Title, e.Message))
	}
	return publisher.Answer{
		Status:     status,
		Submission: cmp.Or(answer.Submission, answer.URI),
		Message:    strings.Join(words, " "),
	}
}

// shorten keeps what a person can read in a table.
func shorten(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if r := []rune(s); len(r) > 500 {
		return string(r[:499]) + "…"
	}
	return s
}
