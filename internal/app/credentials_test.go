package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
)

const (
	thePassword = "hunter2-Zeer-Geheim"
	theClient   = "s3cr3t-van-de-client"
)

// login is a website that lets nobody in without a token, and its token server.
type login struct {
	*httptest.Server
	mu      sync.Mutex
	good    map[string]bool // tokens
	asked   []url.Values    // of the token server
	refuse  int             // status with which the token server refuses
	lasts   int             // seconds that a token is said to be good
	kind    string          // of token
	pages   int             // requests for pages
	deny    bool            // whatever the token
	clients []string        // user and password of those who asked for tokens
}

func newLogin(t *testing.T) *login {
	s := &login{good: map[string]bool{}, kind: "Bearer", lasts: 3600}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		s.asked = append(s.asked, r.PostForm)
		user, password, _ := r.BasicAuth()
		s.clients = append(s.clients, user+" "+password)
		w.Header().Set("Content-Type", "application/json")
		if s.refuse != 0 {
			w.WriteHeader(s.refuse)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":%q}`, "you sent "+password)
			return
		}
		token := fmt.Sprintf("token-%d", len(s.asked))
		s.good[token] = true
		fmt.Fprintf(w, `{"access_token":%q,"token_type":%q,"expires_in":%d}`, token, s.kind, s.lasts)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/token", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pages++
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !s.good[token] || s.deny {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// ofLogin is a source on a website that asks for a token.
func ofLogin(t *testing.T, s *login) bron {
	t.Setenv("BELFORT_TEST_CLIENT", theClient)
	return bron{Clean: s.URL + "/", Source: config.Source{Credentials: &config.Credentials{Name: "portaal", OAuth2: &config.OAuth2{
		TokenURL: s.URL + "/token", ClientID: "belfort", ClientSecret: config.Secret{Env: "BELFORT_TEST_CLIENT"},
		Scope: "lezen lijst", Resource: []string{"https://portaal.example/"},
	}}}}
}

// get asks for a page of the source as the harvester does.
func get(t *testing.T, l *logins, b bron, address string) (status int, err error) {
	t.Helper()
	authorize, err := l.authorize(b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := authorize(t.Context(), r); err != nil {
		return 0, err
	}
	res, err := l.Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// TestOAuth2 shows the life of a token: asked for once, kept, renewed before its
// end, and renewed once when it is taken back.
func TestOAuth2(t *testing.T) {
	s := newLogin(t)
	b := ofLogin(t, s)
	l := newLogins(newClient(true), true)
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	l.now = func() time.Time { return now }
	page := func(want, tokens int) {
		t.Helper()
		status, err := get(t, l, b, s.URL+"/page")
		if err != nil || status != want || len(s.asked) != tokens {
			t.Fatalf("status %d after %d tokens, error %v; want %d after %d", status, len(s.asked), err, want, tokens)
		}
	}
	page(200, 1)
	page(200, 1)
	if got := s.asked[0]; got.Get("grant_type") != "client_credentials" || got.Get("scope") != "lezen lijst" || got.Get("resource") != "https://portaal.example/" {
		t.Errorf("asked with %v", got)
	}
	if s.clients[0] != "belfort "+theClient {
		t.Errorf("asked by %q", s.clients[0])
	}
	now = now.Add(59*time.Minute + 31*time.Second) // half a minute before its end
	page(200, 2)
	now = now.Add(2 * time.Minute)
	clear(s.good) // taken back
	page(200, 3)
	// A host that refuses everything does not make us log in for each page.
	s.deny, s.pages = true, 0
	for range 5 {
		page(401, 3)
	}
	if s.pages != 5 {
		t.Errorf("%d requests for 5 pages", s.pages)
	}
	now = now.Add(2 * time.Minute)
	page(401, 4)
	page(401, 4)
}

// TestOAuth2IsShared asks for one token, however many ask at once.
func TestOAuth2IsShared(t *testing.T) {
	s := newLogin(t)
	l := newLogins(newClient(true), true)
	b := ofLogin(t, s)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if status, err := get(t, l, b, s.URL+"/page"); status != 200 || err != nil {
				t.Error(status, err)
			}
		})
	}
	group.Wait()
	if len(s.asked) != 1 {
		t.Errorf("%d tokens", len(s.asked))
	}
}

// TestOAuth2Refused says why there is no token, without what was sent, and
// leaves the token server alone for a while.
func TestOAuth2Refused(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*login, *bron)
		want string
	}{
		{"client", func(s *login, _ *bron) { s.refuse = 401 }, "refused with 401, invalid_client"},
		{"broken", func(s *login, _ *bron) { s.refuse = 500 }, "refused with 500"},
		{"type", func(s *login, _ *bron) { s.kind = "mac" }, "another type than Bearer"},
		{"moved", func(s *login, b *bron) { b.Credentials.OAuth2.TokenURL = s.URL + "/moved?key=" + theClient }, "refused with 307"},
		{"gone", func(s *login, b *bron) { b.Credentials.OAuth2.TokenURL = "http://127.0.0.1:1/token" }, "connection refused"},
		{"no token", func(s *login, b *bron) { b.Credentials.OAuth2.TokenURL = s.URL + "/page" }, "refused with 401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newLogin(t)
			b := ofLogin(t, s)
			c.set(s, &b)
			l := newLogins(newClient(true), true)
			for range 3 {
				_, err := get(t, l, b, s.URL+"/page")
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "credentials portaal") {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if err != nil && strings.Contains(err.Error(), theClient) {
					t.Errorf("the secret is told: %v", err)
				}
			}
			if len(s.asked) > 2 { // the library tries both places for the secret
				t.Errorf("asked %d times", len(s.asked))
			}
		})
	}
}

// TestAuthorizeOnlyItsHosts sends credentials to the hosts of the source, over
// https, and to nobody else.
func TestAuthorizeOnlyItsHosts(t *testing.T) {
	t.Setenv("BELFORT_TEST_PASSWORD", thePassword)
	b := bron{Clean: "https://portaal.example/besluiten", Source: config.Source{
		Hosts: []string{"bijlagen.example:8443"}, Credentials: &config.Credentials{Basic: &config.Basic{Username: "belfort", Password: config.Secret{Env: "BELFORT_TEST_PASSWORD"}}},
	}}
	for _, c := range []struct {
		address string
		private bool
		want    bool
	}{
		{"https://portaal.example/x", false, true},
		{"https://bijlagen.example:8443/x.pdf", false, true},
		{"https://bijlagen.example/x.pdf", false, false},
		{"https://evil.example/", false, false},
		{"https://portaal.example.evil.example/", false, false},
		{"http://portaal.example/x", false, false},
		{"http://portaal.example/x", true, true},
		{"http://evil.example/", true, false},
	} {
		authorize, err := newLogins(nil, c.private).authorize(b)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, c.address, nil)
		if err := authorize(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		user, password, sent := r.BasicAuth()
		if sent != c.want || sent && (user != "belfort" || password != thePassword) {
			t.Errorf("%s (private %v): sent %v", c.address, c.private, sent)
		}
	}
}

// TestSecrets reads secrets from where they are kept.
func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	t.Setenv("BELFORT_TEST_PASSWORD", thePassword)
	t.Setenv("BELFORT_TEST_EMPTY", "")
	for _, c := range []struct {
		from config.Secret
		want string // or the error
	}{
		{config.Secret{Env: "BELFORT_TEST_PASSWORD"}, thePassword},
		{config.Secret{File: write("line", thePassword+"\r\n")}, thePassword},
		{config.Secret{File: write("spaces", " a b ")}, " a b "},
		{config.Secret{Env: "BELFORT_TEST_EMPTY"}, "the environment variable BELFORT_TEST_EMPTY is empty"},
		{config.Secret{File: write("empty", "\n")}, "is empty"},
		{config.Secret{File: write("large", strings.Repeat("x", maxSecret+1))}, "larger than a secret"},
		{config.Secret{File: filepath.Join(dir, "none")}, "no such file"},
	} {
		s, err := readSecret(c.from)
		if got := fmt.Sprint(err); err != nil && !strings.Contains(got, c.want) || err == nil && s.value != c.want {
			t.Errorf("%v: got %q, %v, want %q", c.from, s.value, err, c.want)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(shown, thePassword) {
			t.Errorf("the secret shows itself: %s", shown)
		}
	}
}

// TestSecretsStaySecret harvests what is behind a login, with a redirect and a
// link to another host, and then looks for the secrets in all that is kept.
func TestSecretsStaySecret(t *testing.T) {
	t.Setenv("BELFORT_TEST_PASSWORD", thePassword)
	var mu sync.Mutex
	var elsewhere []string // what the other host was sent
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		elsewhere = append(elsewhere, r.URL.Path+" "+r.Header.Get("Authorization"))
		http.NotFound(w, r)
	}))
	defer other.Close()
	let := 0
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "belfort" || password != thePassword {
			w.Header().Set("WWW-Authenticate", `Basic realm="portaal"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mu.Lock()
		let++
		mu.Unlock()
		const page = `<!DOCTYPE html><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ dct: http://purl.org/dc/terms/">`
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, page+`<a property="lblodBesluit:linkToPublication" href="/notulen">n</a><a property="lblodBesluit:linkToPublication" href="/weg">w</a>
				<a property="lblodBesluit:linkToPublication" href="`+other.URL+`/link">e</a>`)
		case "/notulen":
			fmt.Fprint(w, page+`<div resource="http://portaal.example/z" typeof="besluit:Zitting"><span property="besluit:behandelt" resource="http://portaal.example/a" typeof="besluit:Agendapunt"><b property="dct:title">Punt</b></span></div>`)
		case "/weg":
			http.Redirect(w, r, other.URL+"/redirect", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer portal.Close()

	dir := t.TempDir()
	file := filepath.Join(dir, "bronnen.yaml")
	text := "credentials:\n  portaal: {basic: {username: belfort, password: {env: BELFORT_TEST_PASSWORD}}}\n" +
		"besturen:\n  - bestuur: gent\n    bronnen:\n      - {url: \"" + portal.URL + "\", credentials: portaal}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	var stdout, stderr bytes.Buffer
	code := Main([]string{"harvest", "--sources", file, "--data", data, "--allow-private", "--json", "--delay", "0s"}, nil, &stdout, &stderr)
	var totals harvester.Totals
	if err := json.Unmarshal(stdout.Bytes(), &totals); err != nil || code != exitPartly || totals.New != 1 || let < 3 {
		t.Fatalf("exit %d, %d pages given, %s %s %v", code, let, &stdout, &stderr, err)
	}
	if slices.ContainsFunc(elsewhere, func(s string) bool { return strings.Contains(s, "Basic") }) {
		t.Errorf("another host was sent %q", elsewhere)
	}
	kept := stdout.String() + stderr.String()
	c := config.Default()
	c.Data = data
	h, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	visits := 0
	for v, err := range h.visits.History(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		visits++
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		kept += string(text)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if visits < 3 {
		t.Errorf("%d visits", visits)
	}
	stdout.Reset()
	if code := Main([]string{"harvest", "export", "--warc", "-", "--data", data}, nil, &stdout, &stderr); code != exitOK {
		t.Errorf("export: exit %d: %s", code, &stderr)
	}
	kept += stdout.String()
	if !strings.Contains(kept, "WARC/1.1") {
		t.Error("there is no archive to look in")
	}
	encoded := strings.TrimPrefix(basicOf("belfort", thePassword), "Basic ")
	for _, s := range []string{thePassword, encoded} {
		if strings.Contains(kept, s) {
			t.Errorf("%q is in what is kept", s)
		}
	}
}

func basicOf(user, password string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header.Get("Authorization")
}

// TestTurnEnds lets go of who waits for a token when the harvest ends.
func TestTurnEnds(t *testing.T) {
	s := newLogin(t)
	l := newLogins(newClient(true), true)
	b := ofLogin(t, s)
	authorize, err := l.authorize(b)
	if err != nil {
		t.Fatal(err)
	}
	g := l.grants["portaal"]
	g.turn <- struct{}{} // somebody asks, and gets no answer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := authorize(ctx, httptest.NewRequest(http.MethodGet, s.URL, nil)); err == nil {
		t.Error("no error")
	}
}
