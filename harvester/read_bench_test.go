package harvester

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkRead reads pages from the folder that BELFORT_PAGES names, such as
// those of the generator of the corpus: what the harvester does with a body
// before it hands a page on.
func BenchmarkRead(b *testing.B) {
	folder := os.Getenv("BELFORT_PAGES")
	if folder == "" {
		b.Skip("BELFORT_PAGES names no folder with pages")
	}
	var pages []*page
	size := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") || len(pages) == 200 {
			return err
		}
		body, err := os.ReadFile(path)
		pages = append(pages, &page{status: 200, mediaType: "text/html", contentType: "text/html; charset=utf-8", body: body})
		size += len(body)
		return err
	})
	if err != nil || len(pages) == 0 {
		b.Fatal("no pages: ", err)
	}
	b.SetBytes(int64(size / len(pages)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := read("https://raad.example.be/notulen", pages[i%len(pages)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}
