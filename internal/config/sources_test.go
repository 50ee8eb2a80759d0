package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the expected problems")

// TestReadSources reads every file of the golden cases: what is expected stands
// behind it.
func TestReadSources(t *testing.T) {
	const golden = "testdata/bronnen.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	schema := compiled(t)
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, want := archive.Files[i], &archive.Files[i+1]
		t.Run(strings.TrimSuffix(in.Name, ".yaml"), func(t *testing.T) {
			s, err := ReadSources(in.Name, bytes.NewReader(in.Data))
			got := ""
			if err != nil {
				got = err.Error() + "\n"
			} else {
				text, err := json.MarshalIndent(s.Besturen, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				got = "right: " + string(regexp.MustCompile(`\s+`).ReplaceAll(text, []byte(" "))) + "\n"
			}
			if *update {
				want.Data = []byte(got)
			} else if got != string(want.Data) {
				t.Errorf("got\n%s\nwant\n%s", got, want.Data)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("a secret is quoted")
			}
			root, _ := parse(in.Name, in.Data)
			if root == nil {
				return
			}
			agree(t, schema, plain(root), err)
		})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// compiled returns the schema as another program reads it.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("bronnen.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("bronnen.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// agree checks that the schema and the reader say the same of a document, but
// for what no schema can tell.
func agree(t interface{ Errorf(string, ...any) }, schema *jsonschema.Schema, document any, read error) {
	var problems Problems
	errors.As(read, &problems)
	refused := slices.ContainsFunc(problems, func(p Problem) bool { return !p.beyond })
	if slices.ContainsFunc(problems, func(p Problem) bool { return p.beyond }) && !refused {
		// What the reader took for a part of the document may be none for the schema.
		if err := schema.Validate(document); err != nil && !strings.Contains(read.Error(), "alias") && !strings.Contains(read.Error(), "tags") {
			t.Errorf("the schema refuses what the reader only finds trouble beyond it with:\n%v\n%v", err, read)
		}
		return
	}
	if err := schema.Validate(document); (err != nil) != refused {
		t.Errorf("the schema says %v\nand the reader says %v\nof %v", err, read, document)
	}
}

// plain returns a document as encoding/json has it.
func plain(n *node) any {
	switch n.kind {
	case scalarNode:
		return n.text
	case numberNode:
		text, _ := json.Marshal(n.value)
		return json.Number(text)
	case boolNode:
		return n.value
	case listNode:
		list := []any{}
		for _, item := range n.items {
			list = append(list, plain(item))
		}
		return list
	case mapNode:
		m := map[string]any{}
		for _, p := range n.pairs {
			m[p.key] = plain(p.value)
		}
		return m
	}
	return nil
}

// whole uses everything that a file of sources can say.
const whole = `
parallel: 16
timeout: 90s
maxBody: 30MB
defaults:
  schedule: {every: 1d12h}
  limits: {delay: 500ms, perHost: 2, maxPages: 5000, attachments: none}
credentials:
  a: {basic: {username: belfort, password: {env: A_PASSWORD}}}
  b:
    oauth2:
      tokenUrl: https://login.example/token
      clientId: belfort
      clientSecret: {file: secrets/b}
      scope: read list
      resource: [https://b.example/, "https://c.example/x"]
besturen:
  - bestuur: 44021
    organen: gemeenteraad
    hosts: [Besluiten.Gent.example, cdn.example:8443]
    credentials: a
    schedule: {at: ["18:00", "06:30", "06:30"]}
    bronnen:
      - url: https://gent.example/besluiten
      - {kind: feed, url: "https://gent.example/ldes", credentials: b, schedule: {every: 10m, sooner: false}, limits: {attachments: text, delay: 1s}, hosts: ldes.example, organen: [college]}
  - bestuur: http://data.lblod.info/id/bestuurseenheden/1
    bronnen: []
`

// TestInherit shows what a source takes from its government and the defaults.
func TestInherit(t *testing.T) {
	s, err := ReadSources("whole.yaml", strings.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if s.Parallel != 16 || s.Timeout != 90*time.Second || s.MaxBody != 30<<20 {
		t.Errorf("together: %d %v %d", s.Parallel, s.Timeout, s.MaxBody)
	}
	if len(s.Besturen) != 2 || s.Besturen[0].Name != "44021" || len(s.Besturen[1].Sources) != 0 {
		t.Fatalf("besturen: %+v", s.Besturen)
	}
	page, feed := s.Besturen[0].Sources[0], s.Besturen[0].Sources[1]
	if page.Kind != Overview || page.Every != 0 || !slices.Equal(page.Clocks, []Clock{6*60 + 30, 18 * 60}) || !page.Sooner {
		t.Errorf("page: %+v", page)
	}
	if page.Limits != (Limits{500 * time.Millisecond, 2, 5000, false}) || page.Credentials.Basic.Password != (Secret{Env: "A_PASSWORD"}) {
		t.Errorf("page: %+v", page)
	}
	if !slices.Equal(page.Hosts, []string{"besluiten.gent.example", "cdn.example:8443"}) || !slices.Equal(page.Organen, []Word{{"gemeenteraad", Position{19, 14}, "besturen[0].organen"}}) {
		t.Errorf("page: %+v", page)
	}
	if time.Duration(feed.Every) != 10*time.Minute || feed.Clocks != nil || feed.Sooner {
		t.Errorf("feed: %+v", feed)
	}
	if feed.Limits != (Limits{time.Second, 2, 5000, true}) || feed.Credentials.OAuth2.ClientSecret != (Secret{File: "secrets/b"}) {
		t.Errorf("feed: %+v", feed)
	}
	if !slices.Equal(feed.Hosts, []string{"besluiten.gent.example", "cdn.example:8443", "ldes.example"}) || !slices.Equal(feed.Organen, []Word{{"college", Position{25, 182}, "besturen[0].bronnen[1].organen[0]"}}) {
		t.Errorf("feed: %+v", feed)
	}
	if feed.Path != "besturen[0].bronnen[1]" || feed.At.Line != 25 {
		t.Errorf("feed stands at %v %s", feed.At, feed.Path)
	}
}

// TestSchemaAgrees changes the whole file in every way and asks both.
func TestSchemaAgrees(t *testing.T) {
	schema := compiled(t)
	root, problems := parse("whole.yaml", []byte(whole))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	rapid.Check(t, func(t *rapid.T) {
		document := plain(root)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			document = mutate(t, document)
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		document, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ReadSources("changed.yaml", bytes.NewReader(text))
		agree(t, schema, document, err)
	})
}

// mutate changes one thing somewhere in a document.
func mutate(t *rapid.T, v any) any {
	if rapid.IntRange(0, 5).Draw(t, "here") == 0 {
		return rapid.SampledFrom([]any{
			nil, true, "true", json.Number("0"), json.Number("3"), json.Number("-1"), json.Number("2.5"), json.Number("4.0"), json.Number("1000"), "", "x", "none", "text", "6h",
			"1m30s", "0s", "06:30", "24:00", "20MB", "20 MB", "1GB", "https://gent.example/besluiten", "HTTP://x", "https://u:p@x", "ftp://x", "host.example", "host/",
			"a", "b", "user:name", "feed", "Feed", []any{}, []any{"x"}, []any{"06:30"}, map[string]any{}, map[string]any{"env": "X"}, map[string]any{"file": "X", "env": "Y"},
			map[string]any{"every": "1h"}, map[string]any{"every": "1h", "at": "10:00"}, strings.Repeat("é", 2000), strings.Repeat("a", 2001), "http://x/ y", `http://x\y`,
		}).Draw(t, "value")
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return v
		}
		i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
		if rapid.IntRange(0, 9).Draw(t, "drop") == 0 {
			return slices.Delete(v, i, i+1)
		}
		v[i] = mutate(t, v[i])
		return v
	case map[string]any:
		if len(v) == 0 {
			return v
		}
		keys := []string{}
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		k := rapid.SampledFrom(keys).Draw(t, "key")
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			delete(v, k)
		case 1:
			v[rapid.SampledFrom([]string{"url", "every", "at", "env", "x", "bronnen", "limits", "credentials", "basic", "A name"}).Draw(t, "to")] = v[k]
		default:
			v[k] = mutate(t, v[k])
		}
		return v
	}
	return v
}

// TestPatterns shows that the schema has the patterns of the reader.
func TestPatterns(t *testing.T) {
	for _, p := range []string{addressPattern, hostPattern, durationPattern, sizePattern, clockPattern, envPattern, namePattern, wordPattern} {
		quoted, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(Schema(), quoted) {
			t.Errorf("the schema does not have the pattern %s", quoted)
		}
	}
}

// TestHostileSources reads what would blow up a careless reader.
func TestHostileSources(t *testing.T) {
	// Each alias stands for ten of the one before it.
	bomb := "besturen:\n  - &a {bestuur: x, bronnen: []}\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += "x" + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 10) + "]\n"
	}
	many := "besturen:\n  - bestuur: x\n    bronnen: &s [" + strings.Repeat(`{url: "http://x/"},`, 700) + "]\n" +
		strings.Repeat("  - {bestuur: y, bronnen: *s}\n", 700)
	for _, c := range []struct{ name, text, want string }{
		{"brackets", strings.Repeat("[", 1<<18), "stand in one another"},
		{"braces", "besturen: " + strings.Repeat("{a: ", 1<<16), "stand in one another"},
		{"entries", strings.Repeat("- ", 1<<18), "stand in one another"},
		{"keys", strings.Repeat("? ", 1<<18), "stand in one another"},
		{"stairs", stairs(1500), "stand in one another"},
		{"anchors", strings.Repeat("&a ", 1<<17), ""},
		{"bomb", bomb, "is no setting here"},
		{"aliases", many, ""},
		{"itself", "besturen: &a [*a]", "this alias stands for nothing"},
		{"large", "# " + strings.Repeat("x", maxFile), "larger than 2 MB"},
		{"words", strings.Repeat("a,", maxTokens), ""},
		{"lines", "besturen: [" + strings.Repeat("a,\n", maxTokens/2) + "]", "words and signs"},
		{"bytes", "besturen: \xff\xfe", "not UTF-8"},
		{"long key", strings.Repeat("k", 1<<16) + ": 1", "is no setting here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadSources("hostile.yaml", strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.500v, want %q in it", err, c.want)
			}
			if err != nil && len(err.Error()) > 200_000 {
				t.Errorf("the problems have %d bytes", len(err.Error()))
			}
		})
	}
}

// stairs is a document of n mappings, each in the one before it.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// FuzzReadSources looks for panics and endless work.
func FuzzReadSources(f *testing.F) {
	f.Add(whole)
	f.Add("besturen: &a\n- bestuur: |\n    x\n  bronnen: [{url: *a}]\n")
	f.Add("? [a]\n: {b: !!str c}\n--- \n...\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadSources("fuzz.yaml", strings.NewReader(text))
		if err == nil && len(s.Besturen) == 0 {
			t.Error("a file without besturen is right")
		}
	})
}

// TestNear shows what counts as a slip.
func TestNear(t *testing.T) {
	names := []string{"besturen", "bronnen", "every", "at", "url"}
	for word, want := range map[string]string{"bestuuren": "besturen", "evrey": "every", "URL": "url", "ulr": "url", "bron": "", "to": "", "bronen": "bronnen"} {
		if got := Near(word, names); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}
