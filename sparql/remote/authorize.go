package remote

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"sync"
)

// authorizer proves who we are: by a Bearer token (RFC 6750), or by Basic (RFC
// 7617) or Digest (RFC 7616) when the endpoint has asked for it. What it asked is
// remembered for each address, so that the next request needs no second try.
type authorizer struct {
	user, password, token string

	mu    sync.Mutex
	known map[string]*challenge // by address without its parameters
}

// challenge is what a server asks for.
type challenge struct {
	digest                          bool
	realm, nonce, opaque, algorithm string
	qop                             bool // "auth" is offered
	count                           uint32
}

// authorize adds what is known to be asked, and returns which challenge that
// answers, nil if none.
func (a *authorizer) authorize(r *http.Request) *challenge {
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.known[place(r)]
	switch {
	case c == nil:
	case c.digest:
		c.count++
		r.Header.Set("Authorization", c.answer(a.user, a.password, r.Method, r.URL.RequestURI(), rand.Text()))
	default:
		r.SetBasicAuth(a.user, a.password)
	}
	return c
}

// challenge reads what a 401 asks for, and reports whether to try again: not when
// there are no credentials, nor when the answer to the same challenge was wrong.
func (a *authorizer) challenge(res *http.Response, used *challenge) bool {
	if a.user == "" {
		return false
	}
	var best *challenge
	for _, header := range res.Header.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
		p := parameters(rest)
		c := &challenge{realm: p["realm"], nonce: p["nonce"], opaque: p["opaque"], algorithm: p["algorithm"]}
		switch {
		case strings.EqualFold(scheme, "Digest"):
			c.digest = true
			for q := range strings.SplitSeq(p["qop"], ",") {
				c.qop = c.qop || strings.TrimSpace(q) == "auth"
			}
			if c.hash() == nil || p["qop"] != "" && !c.qop {
				continue
			}
		case !strings.EqualFold(scheme, "Basic"):
			continue
		}
		if best == nil || c.digest && (!best.digest || strings.HasPrefix(strings.ToUpper(c.algorithm), "SHA")) {
			best = c
		}
	}
	// A nonce grows old; only then is there a reason to answer again.
	if best == nil || used != nil && (!best.digest || best.nonce == used.nonce) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[string]*challenge{}
	}
	a.known[place(res.Request)] = best
	return true
}

func place(r *http.Request) string { return r.URL.Scheme + "://" + r.URL.Host + r.URL.Path }

func (c *challenge) hash() hash.Hash {
	switch strings.ToUpper(c.algorithm) {
	case "", "MD5":
		return md5.New()
	case "SHA-256":
		return sha256.New()
	}
	return nil
}

// answer computes the Authorization header (RFC 7616, section 3.4).
func (c *challenge) answer(user, password, method, uri, cnonce string) string {
	sum := func(parts ...string) string {
		h := c.hash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	secret, what := sum(user, c.realm, password), sum(method, uri)
	count := fmt.Sprintf("%08x", c.count)
	response := sum(secret, c.nonce, what)
	if c.qop {
		response = sum(secret, c.nonce, count, cnonce, "auth", what)
	}
	header := fmt.Sprintf(`Digest username=%s, realm=%s, nonce=%s, uri=%s, response="%s"`,
		quoted(user), quoted(c.realm), quoted(c.nonce), quoted(uri), response)
	if c.algorithm != "" {
		header += ", algorithm=" + c.algorithm
	}
	if c.opaque != "" {
		header += ", opaque=" + quoted(c.opaque)
	}
	if c.qop {
		header += fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s"`, count, cnonce)
	}
	return header
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// parameters reads the auth-params of one challenge (RFC 9110, section 11.2). What
// it cannot read it leaves out.
func parameters(s string) map[string]string {
	p := map[string]string{}
	for s != "" {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		name, rest = strings.ToLower(strings.Trim(name, " \t,")), strings.TrimLeft(rest, " \t")
		var value strings.Builder
		i := 0
		if strings.HasPrefix(rest, `"`) {
			for i = 1; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				value.WriteByte(rest[i])
			}
			i = min(i+1, len(rest))
		} else {
			for ; i < len(rest) && rest[i] != ',' && rest[i] != ' '; i++ {
				value.WriteByte(rest[i])
			}
		}
		p[name], s = value.String(), rest[i:]
	}
	return p
}
