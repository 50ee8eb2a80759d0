package results_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/results"
)

// BenchmarkWrite writes rows as queries of this field give them: an IRI, a title
// in Dutch, a moment and a number. The time is of one row.
func BenchmarkWrite(b *testing.B) {
	rows := make([][]rdf.Term, 1000)
	for i := range rows {
		rows[i] = []rdf.Term{
			rdf.IRI(fmt.Sprint("https://data.vlavirgem.be/id/besluiten/0b7c2c1e-6d1f-4a53-9f5e-", 100000+i)),
			rdf.LangLiteral(fmt.Sprintf("Goedkeuring van het aanvullend reglement op de politie van het wegverkeer nr. %d: \"zone 30\" in de Kapelstraat", i), "nl"),
			rdf.Literal(fmt.Sprintf("2026-%02d-%02dT20:00:00+01:00", i%12+1, i%28+1), vocab.XSDDateTime),
			rdf.Literal(fmt.Sprint(i), vocab.XSDInteger),
		}
	}
	for _, f := range results.Formats() {
		b.Run(f.String(), func(b *testing.B) {
			r := &results.Result{Kind: results.Bindings, Vars: []string{"besluit", "titel", "datum", "aantal"}, Rows: func(yield func([]rdf.Term, error) bool) {
				for i := range b.N {
					if !yield(rows[i%len(rows)], nil) {
						return
					}
				}
			}}
			b.ReportAllocs()
			n := &counter{}
			if err := results.Write(n, f, r); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(n.n / int64(b.N))
		})
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)
