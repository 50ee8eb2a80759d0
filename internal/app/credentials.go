package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
)

// logins lets the harvester in where a source has credentials. As a Doer it
// sends requests on, and asks for a new token once when one is refused.
type logins struct {
	client  *http.Client // guarded, and follows no redirects
	private bool         // credentials may go over http: private addresses are allowed
	now     func() time.Time

	mu     sync.Mutex
	grants map[string]*grant // by name, one for all sources that share credentials
	tokens map[string]*grant // by the token that was given out last
}

func newLogins(client *http.Client, private bool) *logins {
	return &logins{client: client, private: private, now: time.Now, grants: map[string]*grant{}, tokens: map[string]*grant{}}
}

// secret is a password or the like. It shows itself to nobody.
type secret struct{ value string }

func (secret) String() string   { return "(secret)" }
func (secret) GoString() string { return "(secret)" }

// maxSecret bounds a secret.
const maxSecret = 16 << 10

// readSecret reads a secret from where it is kept.
func readSecret(s config.Secret) (secret, error) {
	if s.Env != "" {
		v := os.Getenv(s.Env)
		if v == "" {
			return secret{}, fmt.Errorf("the %s is empty; it must hold the secret", s)
		}
		return secret{v}, nil
	}
	file, err := os.Open(s.File)
	if err != nil {
		return secret{}, fmt.Errorf("read secret: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	switch text = bytes.TrimRight(text, "\r\n"); {
	case err != nil:
		return secret{}, fmt.Errorf("read secret: %w", err)
	case len(text) == 0:
		return secret{}, fmt.Errorf("the %s is empty; it must hold the secret", s)
	case len(text) > maxSecret:
		return secret{}, fmt.Errorf("the %s is larger than a secret", s)
	}
	return secret{string(text)}, nil
}

// secretOf reads the secret of credentials.
func secretOf(c *config.Credentials) (secret, error) {
	var kept config.Secret
	switch {
	case c.Basic != nil:
		kept = c.Basic.Password
	case c.OAuth2 != nil:
		kept = c.OAuth2.ClientSecret
	}
	if kept == (config.Secret{}) {
		return secret{}, errNoSecret
	}
	return readSecret(kept)
}

// errNoSecret is of credentials that were not read well.
var errNoSecret = errors.New("the file does not say where the secret is kept")

// forget drops the tokens, for the credentials are read again.
func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.grants)
	clear(l.tokens)
}

// authorize returns what adds the credentials of a source to a request to one of
// its hosts, nil if it has none. To another host, or over http, it adds nothing.
func (l *logins) authorize(b bron) (func(context.Context, *http.Request) error, error) {
	c := b.Credentials
	if c == nil {
		return nil, nil
	}
	var add func(context.Context, *http.Request) error
	s, err := secretOf(c)
	if err != nil {
		return nil, config.Problem{Path: "credentials." + c.Name, At: c.At, Text: err.Error()}
	}
	if c.Basic != nil {
		user := c.Basic.Username
		add = func(_ context.Context, r *http.Request) error {
			r.SetBasicAuth(user, s.value)
			return nil
		}
	} else {
		g := l.grant(c, s)
		add = func(ctx context.Context, r *http.Request) error {
			token, err := g.token(ctx)
			if err != nil {
				return err
			}
			r.Header.Set("Authorization", bearer+token)
			return nil
		}
	}
	hosts := b.hosts()
	return func(ctx context.Context, r *http.Request) error {
		if !slices.Contains(hosts, r.URL.Host) || r.URL.Scheme != "https" && !l.private {
			return nil
		}
		return add(ctx, r)
	}, nil
}

const bearer = "Bearer "

func (l *logins) grant(c *config.Credentials, s secret) *grant {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := l.grants[c.Name]; g != nil {
		return g
	}
	g := &grant{logins: l, name: c.Name, turn: make(chan struct{}, 1), config: clientcredentials.Config{
		ClientID: c.OAuth2.ClientID, ClientSecret: s.value, TokenURL: c.OAuth2.TokenURL, Scopes: strings.Fields(c.OAuth2.Scope),
	}}
	if len(c.OAuth2.Resource) > 0 {
		g.config.EndpointParams = url.Values{"resource": c.OAuth2.Resource} // RFC 8707, section 2
	}
	l.grants[c.Name] = g
	return g
}

// Do sends a request. Where the host refuses a token (401) that may have been
// taken back, it is sent once more with a new one.
func (l *logins) Do(r *http.Request) (*http.Response, error) {
	res, err := l.client.Do(r)
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearer)
	if err != nil || res.StatusCode != http.StatusUnauthorized || !ok {
		return res, err
	}
	l.mu.Lock()
	g := l.tokens[token]
	l.mu.Unlock()
	if g == nil {
		return res, nil
	}
	fresh, err := g.renew(r.Context(), token)
	if err != nil || fresh == token {
		return res, nil // what the host said stands
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
	res.Body.Close()
	again := r.Clone(r.Context())
	again.Header.Set("Authorization", bearer+fresh)
	return l.client.Do(again)
}

var _ harvester.Doer = (*logins)(nil)

// grant asks for the tokens of one client and keeps the last.
type grant struct {
	*logins
	name   string
	config clientcredentials.Config
	turn   chan struct{} // held by who asks, or looks at what is below
	last   *oauth2.Token
	asked  time.Time // when a token was last asked for
	err    error     // why there was none
}

const (
	// tokenTime is the longest time in which a token server must answer.
	tokenTime = 30 * time.Second
	// tokenPause is how long a token server is left alone after it refused, and how
	// long a token is taken as good after it was given out, whatever the host says
	// of it: ten thousand pages must not become ten thousand logins.
	tokenPause = time.Minute
	// tokenEarly is how long before its end a token is renewed.
	tokenEarly = 30 * time.Second
)

// token returns a token that is good now.
func (g *grant) token(ctx context.Context) (string, error) {
	if err := g.enter(ctx); err != nil {
		return "", err
	}
	defer g.leave()
	if t := g.last; t != nil && (t.Expiry.IsZero() || g.now().Add(tokenEarly).Before(t.Expiry)) {
		return t.AccessToken, nil
	}
	return g.ask(ctx)
}

// renew returns a token in place of one that was refused: that itself if it was
// given out a moment ago.
func (g *grant) renew(ctx context.Context, refused string) (string, error) {
	if err := g.enter(ctx); err != nil {
		return "", err
	}
	defer g.leave()
	if t := g.last; t != nil && t.AccessToken != refused {
		return t.AccessToken, nil // another request was first
	}
	if g.last != nil && g.now().Sub(g.asked) < tokenPause {
		return refused, nil
	}
	return g.ask(ctx)
}

func (g *grant) enter(ctx context.Context) error {
	select {
	case g.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g *grant) leave() { <-g.turn }

// ask asks the token server.
func (g *grant) ask(ctx context.Context) (string, error) {
	if g.err != nil && g.now().Sub(g.asked) < tokenPause {
		return "", g.err
	}
	g.asked = g.now()
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, g.client), tokenTime)
	defer cancel()
	t, err := g.config.Token(ctx)
	if err == nil && !strings.EqualFold(t.Type(), "Bearer") {
		err = errTokenType
	}
	if err != nil {
		g.err = fmt.Errorf("get a token for credentials %s from %s: %w", g.name, withoutQuery(g.config.TokenURL), plainly(err))
		return "", g.err
	}
	g.mu.Lock()
	if g.last != nil {
		delete(g.tokens, g.last.AccessToken)
	}
	g.tokens[t.AccessToken] = g
	g.mu.Unlock()
	if !t.Expiry.IsZero() { // the library goes by the clock of the machine
		t.Expiry = g.asked.Add(time.Until(t.Expiry))
	}
	g.last, g.err = t, nil
	return t.AccessToken, nil
}

var errTokenType = errors.New("the token is of another type than Bearer")

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

// oauthErrors are the codes with which a token server refuses (RFC 6749, section
// 5.2; RFC 8707, section 2).
var oauthErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target",
}

// plainly says why there is no token, in words of our own: a token server may
// send back what it was sent, and that stands in logs then.
func plainly(err error) error {
	var refused *oauth2.RetrieveError
	var sent *url.Error
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode >= 300:
		code := ""
		if slices.Contains(oauthErrors, refused.ErrorCode) {
			code = ", " + refused.ErrorCode
		}
		return fmt.Errorf("refused with %d%s", refused.Response.StatusCode, code)
	case errors.As(err, &refused) && slices.Contains(oauthErrors, refused.ErrorCode):
		return fmt.Errorf("refused: %s", refused.ErrorCode)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.As(err, &sent):
		return sent.Err
	case errors.Is(err, errTokenType):
		return err
	}
	return errors.New("the answer is not that of a token server")
}
