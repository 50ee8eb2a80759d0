package results_test

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/results"
)

const xsd = "http://www.w3.org/2001/XMLSchema#"

// sample has every kind of term, and text that each format must escape.
func sample() *results.Result {
	return &results.Result{
		Vars: []string{"besluit", "titel"},
		Rows: rowsOf(
			[]rdf.Term{rdf.IRI("http://e/1?a=b&c"), rdf.LangLiteral("Reglement <terrassen>", "nl")},
			[]rdf.Term{rdf.Blank("b0"), rdf.Literal("3", xsd+"integer")},
			[]rdf.Term{{}, rdf.String("a \"b\", c\n\td\\ é\u0001")},
			[]rdf.Term{{}, {}},
		),
	}
}

func rowsOf(rows ...[]rdf.Term) iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// TestWrite shows the four formats.
func TestWrite(t *testing.T) {
	for format, want := range map[results.Format]string{
		results.JSON: `{"head":{"vars":["besluit","titel"]},"results":{"bindings":[
{"besluit":{"type":"uri","value":"http://e/1?a=b&c"},"titel":{"type":"literal","value":"Reglement <terrassen>","xml:lang":"nl"}},
{"besluit":{"type":"bnode","value":"b0"},"titel":{"type":"literal","value":"3","datatype":"http://www.w3.org/2001/XMLSchema#integer"}},
{"titel":{"type":"literal","value":"a \"b\", c\n\td\\ é\u0001"}},
{}
]}}
`,
		results.XML: `<?xml version="1.0" encoding="UTF-8"?>
<sparql xmlns="http://www.w3.org/2005/sparql-results#">
<head><variable name="besluit"/><variable name="titel"/></head>
<results>
<result><binding name="besluit"><uri>http://e/1?a=b&amp;c</uri></binding><binding name="titel"><literal xml:lang="nl">Reglement &lt;terrassen&gt;</literal></binding></result>
<result><binding name="besluit"><bnode>b0</bnode></binding><binding name="titel"><literal datatype="http://www.w3.org/2001/XMLSchema#integer">3</literal></binding></result>
<result><binding name="titel"><literal>a &quot;b&quot;, c&#10;&#9;d\ é` + "\uFFFD" + `</literal></binding></result>
<result></result>
</results>
</sparql>
`,
		results.CSV: "besluit,titel\r\nhttp://e/1?a=b&c,Reglement <terrassen>\r\n_:b0,3\r\n,\"a \"\"b\"\", c\n\td\\ é\u0001\"\r\n,\r\n",
		results.TSV: "?besluit\t?titel\n<http://e/1?a=b&c>\t\"Reglement <terrassen>\"@nl\n_:b0\t\"3\"^^<http://www.w3.org/2001/XMLSchema#integer>\n\t\"a \\\"b\\\", c\\n\\td\\\\ é\\u0001\"\n\t\n",
	} {
		var b bytes.Buffer
		if err := results.Write(&b, format, sample()); err != nil || b.String() != want {
			t.Errorf("%v: %v\ngot  %s\nwant %s", format, err, b.String(), want)
		}
	}
}

// TestRoundTrip reads back what was written. XML has no U+0001, CSV no terms.
func TestRoundTrip(t *testing.T) {
	for _, format := range []results.Format{results.JSON, results.TSV} {
		var b bytes.Buffer
		if err := results.Write(&b, format, sample()); err != nil {
			t.Fatal(err)
		}
		r, err := results.Read(&b, format)
		if err != nil {
			t.Fatal(err)
		}
		got, want := collect(t, r), collect(t, sample())
		if !slices.Equal(r.Vars, sample().Vars) || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%v: got %v, want %v", format, got, want)
		}
	}
}

func collect(t *testing.T, r *results.Result) [][]rdf.Term {
	t.Helper()
	var rows [][]rdf.Term
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, slices.Clone(row))
	}
	return rows
}

func TestBoolean(t *testing.T) {
	for format, want := range map[results.Format]string{
		results.JSON: "{\"head\":{},\"boolean\":true}\n",
		results.XML:  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\">\n<head></head>\n<boolean>true</boolean>\n</sparql>\n",
		results.CSV:  "true\r\n",
		results.TSV:  "true\n",
	} {
		var b bytes.Buffer
		if err := results.Write(&b, format, &results.Result{Kind: results.Boolean, Boolean: true}); err != nil || b.String() != want {
			t.Errorf("%v: %v, got %q, want %q", format, err, b.String(), want)
		}
		if format == results.CSV || format == results.TSV {
			continue // they do not define an answer to ASK
		}
		r, err := results.Read(&b, format)
		if err != nil || r.Kind != results.Boolean || !r.Boolean {
			t.Errorf("%v: read %v, %v", format, r, err)
		}
	}
}

// flusher notes what had been written when it was flushed.
type flusher struct {
	bytes.Buffer
	at []string
}

func (f *flusher) Flush() { f.at = append(f.at, f.String()) }

// TestFirstRow wants the first row passed on before the second is computed.
func TestFirstRow(t *testing.T) {
	for _, format := range results.Formats() {
		var f flusher
		r := &results.Result{Vars: []string{"x"}, Rows: func(yield func([]rdf.Term, error) bool) {
			yield([]rdf.Term{rdf.String("first")}, nil)
			if len(f.at) != 1 || !strings.Contains(f.at[0], "first") {
				t.Errorf("%v: flushed %q before the second row", format, f.at)
			}
			yield([]rdf.Term{rdf.String("second")}, nil)
		}}
		if err := results.Write(&f, format, r); err != nil {
			t.Error(err)
		}
	}
}

// TestError wants an error among the rows to come out, and the document to stay
// unfinished.
func TestError(t *testing.T) {
	broken := errors.New("out of luck")
	r := &results.Result{Vars: []string{"x"}, Rows: func(yield func([]rdf.Term, error) bool) { yield(nil, broken) }}
	var b bytes.Buffer
	if err := results.Write(&b, results.JSON, r); !errors.Is(err, broken) || strings.HasSuffix(b.String(), "}\n") {
		t.Errorf("got %v, %q", err, b.String())
	}
}

func TestFormatByName(t *testing.T) {
	for name, want := range map[string]results.Format{
		"json": results.JSON, "application/sparql-results+json; charset=utf-8": results.JSON, "application/json": results.JSON,
		".srx": results.XML, "TEXT/CSV": results.CSV, ".tsv": results.TSV,
	} {
		if got, ok := results.FormatByName(name); !ok || got != want {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
	if f, ok := results.FormatByName("text/turtle"); ok {
		t.Errorf("text/turtle is %v", f)
	}
}

func FuzzRead(f *testing.F) {
	for _, format := range results.Formats() {
		var b bytes.Buffer
		if err := results.Write(&b, format, sample()); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range results.Formats() {
			r, err := results.Read(bytes.NewReader(text), format)
			if err != nil || r.Kind != results.Bindings {
				continue
			}
			for row, err := range r.Rows {
				if err == nil && len(row) != len(r.Vars) {
					t.Fatalf("%v: a row of %d for %d variables", format, len(row), len(r.Vars))
				}
			}
		}
	})
}

// Whatever stands in a term, a document is well formed and says the same when it
// is read again; what is not UTF-8 becomes U+FFFD, and so does what XML does not
// have.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"", "a\"b\\c", "\x00\x1f\x7f", "é\xff\xc3(x", "<a>&amp;\ufffe\uffff", "\r\n\t ]]>", "\U0001F600\ud7ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		valid := strings.ToValidUTF8(s, "")
		for _, format := range []results.Format{results.JSON, results.XML} {
			var b strings.Builder
			r := &results.Result{Vars: []string{"x"}, Rows: func(yield func([]rdf.Term, error) bool) {
				yield([]rdf.Term{rdf.String(s)}, nil)
			}}
			if err := results.Write(&b, format, r); err != nil {
				t.Fatal(err)
			}
			again, err := results.Read(strings.NewReader(b.String()), format)
			if err != nil {
				t.Fatalf("%v: %v in %q", format, err, b.String())
			}
			for row, err := range again.Rows {
				if err != nil {
					t.Fatalf("%v: %v in %q", format, err, b.String())
				}
				got := row[0].Value()
				if plain := strings.ReplaceAll(got, "\uFFFD", ""); format == results.JSON && s == valid && got != s || len(plain) > len(s) {
					t.Errorf("%v: %q became %q", format, s, got)
				}
			}
		}
	})
}

// TestWriteNothing: of an answer that fails before its first row, nothing is
// written, so that the failure can be told instead.
func TestWriteNothing(t *testing.T) {
	broken := errors.New("it took too long")
	for _, f := range results.Formats() {
		var b bytes.Buffer
		r := &results.Result{Vars: []string{"x"}, Rows: func(yield func([]rdf.Term, error) bool) { yield(nil, broken) }}
		if err := results.Write(&b, f, r); !errors.Is(err, broken) || b.Len() != 0 {
			t.Errorf("%v: %v, after %q", f, err, b.String())
		}
	}
}
