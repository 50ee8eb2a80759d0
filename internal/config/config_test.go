package config

import (
	"strings"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	c, err := Read(strings.NewReader(`{
		"addr": ":80", "base": "https://besluiten.example",
		"sources": [{"url": "https://gemeente.example/besluiten", "every": "24h"}],
		"portal": "https://portal.example/melding",
		"melding": [{"bestuurseenheid": "https://a.example/b", "vendor": "https://a.example/v", "keyEnv": "KEY", "start": "2026-01-31"}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "data" || c.Addr != ":80" || time.Duration(c.Sources[0].Every) != 24*time.Hour ||
		time.Time(c.Melding[0].Start).Format(time.DateOnly) != "2026-01-31" {
		t.Errorf("read %+v", c)
	}
}

// TestReadErrors: what is wrong, and on which line.
func TestReadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"sorces\": []}": `line 2: json: unknown field "sorces"`,
		"{\n\n\"addr\": 5}":  "line 3:",
		"{\"addr\":\n":       "unexpected EOF",
		`{"sources": [{"url": "gemeente", "every": "24h"}]}`:                                           "sources[0].url",
		`{"sources": [{"url": "https://gemeente.example", "every": "1s"}]}`:                            "sources[0].every",
		`{"sources": [{"url": "https://gemeente.example", "every": "dag"}]}`:                           "dag",
		`{"sparql": {"engine": {"endpoint": "localhost:8890/sparql"}}}`:                                "sparql.engine.endpoint",
		`{"sparql": {"engine": {"endpoint": "http://localhost:8890/sparql"}}}`:                         "needs update or graphStore",
		`{"sparql": {"engine": {"endpoint": "http://a/", "update": "http://a/", "user": "dba"}}}`:      "both user and passwordEnv",
		`{"sparql": {"engine": {"endpoint": "http://a/", "update": "file:///x"}}}`:                     "sparql.engine.update",
		`{"state": {"postgres": {}}}`:                                                                  "state.postgres.urlEnv",
		`{"state": {"postgres": {"urlEnv": "postgres://belfort@h/b"}}}`:                                "the variable, not here",
		`{"sparql": {"memory": -1}}`:                                                                   "sparql.memory",
		`{"portal": "https://p.example", "melding": [{"vendor": "v"}]}`:                                "melding[0] needs",
		`{"melding": [{"bestuurseenheid": "b", "vendor": "v", "keyEnv": "K", "start": "2026-01-01"}]}`: "portal is not",
		`{"tokens": [{"name": "a"}]}`:                                                                  "tokens[0] needs one of sha256, env and file",
		`{"tokens": [{"env": "A"}]}`:                                                                   "tokens[0] needs a name",
		`{"tokens": [{"name": "a", "sha256": "12"}]}`:                                                  "tokens[0] sha256 is not 64",
		`{"tokens": [{"name": "a", "env": "A"}, {"name": "a", "env": "B"}]}`:                           "tokens[1]: there is another token",
		`{"services": ["wikidata"]}`:                                                                   "services[0]",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q): %v, want an error with %q", text, err, want)
		}
	}
}
