package sparql

import "testing"

func TestNegotiate(t *testing.T) {
	offers := []string{"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "application/json"}
	for _, c := range []struct{ accept, want string }{
		{"", "application/sparql-results+json"},
		{"  ", "application/sparql-results+json"},
		{"*/*", "application/sparql-results+json"},
		{"*", "application/sparql-results+json"},
		{"text/csv", "text/csv"},
		{"TEXT/CSV; charset=utf-8", "text/csv"},
		{"text/*", "text/csv"},
		{"text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"},
		{"text/csv;q=0.5, */*;q=0.4", "text/csv"},
		{"application/*;q=0.2, text/*;q=0.1", "application/sparql-results+json"},
		{"application/sparql-results+json;q=0, */*", "application/sparql-results+xml"}, // specific before general
		{"*/*, application/sparql-results+json;q=0", "application/sparql-results+xml"},
		{"text/html, application/xhtml+xml, */*;q=0.8", "application/sparql-results+json"},
		{"text/html", ""},
		{"text/csv;q=0", ""},
		{"text/csv;q=2", ""},
		{"text/csv;q=veel", ""},
		{"text/csv;q=NaN", ""},
		{",,;q=1,", ""},
		{"textcsv/*", ""},
		{"text/csvx", ""},
		// SPARQLWrapper
		{"application/sparql-results+json,application/json,text/javascript,application/javascript", "application/sparql-results+json"},
		{"application/json,text/javascript", "application/json"},
	} {
		if got := Negotiate(c.accept, offers); got != c.want {
			t.Errorf("Accept: %s gives %q, not %q", c.accept, got, c.want)
		}
	}
	if got := Negotiate("", nil); got != "" {
		t.Errorf("no offers give %q", got)
	}
	for _, c := range []struct{ accept, want string }{
		{"gzip, deflate, br", "gzip"},
		{"br", ""},
		{"gzip;q=0", ""},
	} {
		if got := Negotiate(c.accept, []string{"gzip"}); got != c.want {
			t.Errorf("Accept-Encoding: %s gives %q, not %q", c.accept, got, c.want)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	f.Add("a/*;q=;;;,=,;q=1e9")
	offers := []string{"text/turtle", "application/ld+json"}
	f.Fuzz(func(t *testing.T, accept string) {
		if got := Negotiate(accept, offers); got != "" && got != offers[0] && got != offers[1] {
			t.Errorf("%q was not offered", got)
		}
	})
}
