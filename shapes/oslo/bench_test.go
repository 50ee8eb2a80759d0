package oslo_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// longMinutes is the right page of notulen with as many items as make it that
// large; every tenth item has a fault.
func longMinutes(b *testing.B, size int) []byte {
	right, err := os.ReadFile(filepath.Join("testdata", "faults", "notulen.html"))
	if err != nil {
		b.Fatal(err)
	}
	i, j := bytes.Index(right, []byte("<article")), bytes.Index(right, []byte("</article>"))+len("</article>")
	item := string(right[i:j])
	present := strings.Builder{}
	for n := range 30 {
		fmt.Fprintf(&present, "<link property=\"besluit:heeftAanwezige\" href=\"http://data.lblod.info/id/mandatarissen/vlavirgem-%d\">\n", n)
	}
	item = strings.Replace(item, "<link property=\"besluit:heeftAanwezige\"", present.String()+"<link property=\"besluit:heeftAanwezige\"", 1)
	page := bytes.Clone(right[:i])
	for n := 2; len(page) < size; n++ {
		next := strings.NewReplacer("/1\"", fmt.Sprintf("/%d\"", n), "vlavirgem-1", "vlavirgem-1").Replace(item)
		if n%10 == 0 {
			next = strings.Replace(next, `content="false"`, `content="neen"`, 1)
		}
		page = append(page, next...)
	}
	return append(page, right[j:]...)
}

// The whole way of a page: parse, and judge by the profile.
func BenchmarkValidate(b *testing.B) {
	for _, size := range []int{160_000, 3_000_000} {
		b.Run(fmt.Sprintf("%dkB", size/1000), func(b *testing.B) {
			page := longMinutes(b, size)
			triples := 0
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				doc, err := rdfa.Parse(page, rdfa.Options{Base: "https://www.vlavirgem.example/pagina"})
				if err != nil {
					b.Fatal(err)
				}
				triples = len(doc.Quads)
				v := oslo.Validate(oslo.Input{Text: page, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}, oslo.Options{Profile: oslo.Notulen, Now: noon})
				if v.Conforms {
					b.Fatal("conforms")
				}
			}
			b.ReportMetric(float64(triples), "triples")
		})
	}
}
