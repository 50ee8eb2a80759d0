package quadstore

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// page is a page of minutes in shape: about ten quads a subject, half of the
// objects shared, and some text.
func page(n, quads int) []rdf.Quad {
	g := rdf.IRI(fmt.Sprintf("https://lblod.voorbeeld.be/zittingen/%06d/notulen", n))
	list := make([]rdf.Quad, 0, quads)
	for i := 0; len(list) < quads; i++ {
		s := rdf.IRI(fmt.Sprintf("http://data.lblod.info/id/besluiten/%06d-%04d", n, i))
		add := func(p string, o rdf.Term) {
			list = append(list, rdf.Quad{Subject: s, Predicate: rdf.IRI(p), Object: o, Graph: g})
		}
		add(vocab.RDFType, rdf.IRI(vocab.Besluit+"Besluit"))
		add(vocab.Eli+"title", rdf.LangLiteral(fmt.Sprintf("Goedkeuren van punt %d van zitting %d over het terrasreglement", i, n), "nl"))
		add(vocab.Eli+"description", rdf.LangLiteral(fmt.Sprintf("De raad beslist in zitting %d bij punt %d over de aanpassing van het reglement op de terrassen in de stad", n, i), "nl"))
		add(vocab.Eli+"date_publication", rdf.Literal(fmt.Sprintf("20%02d-%02d-%02d", 10+n%16, 1+n%12, 1+i%28), vocab.XSD+"date"))
		add(vocab.Eli+"passed_by", rdf.IRI(fmt.Sprintf("http://data.lblod.info/id/bestuursorganen/%04d", n%600)))
		add(vocab.Eli+"number", rdf.Literal(fmt.Sprint(i), vocab.XSDInteger))
		add(vocab.Besluit+"geheim", rdf.Literal("false", vocab.XSD+"boolean"))
		for v := range 3 {
			add(vocab.Besluit+"heeftVoorstander", rdf.IRI(fmt.Sprintf("http://data.lblod.info/id/mandatarissen/%05d", n%600*40+(i+v)%40)))
		}
	}
	return list[:quads]
}

func corpus(quads int) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for n := 0; n*1000 < quads; n++ {
			for _, q := range page(n, 1000) {
				if !yield(q, nil) {
					return
				}
			}
		}
	}
}

func openDisk(b *testing.B) *Store {
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func BenchmarkLoad(b *testing.B) {
	const quads = 2_000_000
	for b.Loop() {
		s := openDisk(b)
		if _, err := s.Load(context.Background(), corpus(quads), nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(diskSize(b, s.dir))/quads, "bytes/quad")
	}
	b.ReportMetric(quads*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
}

func diskSize(b *testing.B, dir string) (size int64) {
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(e.Name()) == ".log" {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}

func BenchmarkPut(b *testing.B) {
	ctx := context.Background()
	s := openDisk(b)
	if _, err := s.Load(ctx, corpus(200_000), nil); err != nil {
		b.Fatal(err)
	}
	other := page(77_777, 2000)
	for _, c := range []struct {
		name string
		put  func(i int) []rdf.Quad
	}{
		{"new2000", func(i int) []rdf.Quad { return page(10_000+i, 2000) }},
		{"replaced2000", func(i int) []rdf.Quad { return page(10_000+i, 2000) }},
		{"same2000", func(int) []rdf.Quad { return other }},
		{"new200", func(i int) []rdf.Quad { return page(50_000+i, 200) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				b.StopTimer()
				quads := c.put(i)
				name := fmt.Sprint("http://g/", c.name, i)
				if c.name == "replaced2000" || c.name == "same2000" {
					name = "http://g/same"
				}
				i++
				b.StartTimer()
				if err := s.Put(ctx, name, quads); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("all200", func(b *testing.B) {
		// The time per graph when a harvest puts many under one sync.
		next := 60_000
		err := s.PutAll(ctx, func(yield func(string, []rdf.Quad) bool) {
			for b.Loop() {
				b.StopTimer()
				quads := page(next, 200)
				next++
				b.StartTimer()
				if !yield(fmt.Sprint("http://g/all", next), quads) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRead reads a store of a million quads: what the base alone gives, and
// what is left of that speed when the delta has a few pages too.
func BenchmarkRead(b *testing.B) {
	s := openDisk(b)
	if _, err := s.Load(context.Background(), corpus(1_000_000), nil); err != nil {
		b.Fatal(err)
	}
	b.Run("base", func(b *testing.B) { benchmarkRead(b, s) })
	for n := range 20 {
		if err := s.Put(context.Background(), page(n*37, 2)[0].Graph.Value(), page(n*37, 900)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("delta", func(b *testing.B) { benchmarkRead(b, s) })
}

func benchmarkRead(b *testing.B, s *Store) {
	d := s.Snapshot()
	defer d.Close()
	id := func(t rdf.Term) eval.ID {
		id, err := d.ID(t)
		if err != nil || id == 0 {
			b.Fatal(t, err)
		}
		return id
	}
	count := func(b *testing.B, p eval.QuadID) (n int) {
		for _, err := range d.Match(p, eval.Union) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		return n
	}
	typed := id(rdf.IRI(vocab.RDFType))
	b.Run("all", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n += count(b, eval.QuadID{})
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "quads/s")
	})
	b.Run("predicate", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n += count(b, eval.QuadID{Predicate: typed})
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "quads/s")
	})
	var subjects []eval.ID
	for q := range d.Match(eval.QuadID{Predicate: typed}, eval.Union) {
		subjects = append(subjects, q.Subject)
	}
	step := func(i int) eval.ID { return subjects[i*7919%len(subjects)] }
	b.Run("subject", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			count(b, eval.QuadID{Subject: step(i)})
		}
	})
	b.Run("subjectPredicate", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			count(b, eval.QuadID{Subject: step(i), Predicate: typed})
		}
	})
	b.Run("estimate", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			d.Estimate(eval.QuadID{Subject: step(i), Predicate: typed}, eval.Union)
		}
	})
	b.Run("term", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := d.Term(step(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("id", func(b *testing.B) {
		terms := make([]rdf.Term, len(subjects))
		for i, s := range subjects {
			terms[i], _ = d.Term(s)
		}
		for i := 0; b.Loop(); i++ {
			if _, err := d.ID(terms[i*7919%len(terms)]); err != nil {
				b.Fatal(err)
			}
		}
	})

	// A join asks a cursor for ascending subjects, each near the one before, or
	// here and there.
	slices.Sort(subjects)
	cursor := func(b *testing.B, subject func(i int) eval.ID) {
		c := d.Cursor([]eval.Place{eval.AtPredicate}, []eval.Place{eval.AtSubject}, eval.Union)
		if c == nil {
			b.Skip("there is no such order")
		}
		defer c.Close()
		var found [4]eval.QuadID
		for i := 0; b.Loop(); i++ {
			s := subject(i)
			c.Seek(eval.QuadID{Predicate: typed}, s, s)
			if n, err := c.Next(found[:]); n != 1 || err != nil {
				b.Fatal(n, err)
			}
		}
	}
	b.Run("seekNear", func(b *testing.B) {
		cursor(b, func(i int) eval.ID { return subjects[i*3%len(subjects)] })
	})
	b.Run("seekFar", func(b *testing.B) { cursor(b, step) })
	b.Run("cursor", func(b *testing.B) {
		n := 0
		c := d.Cursor([]eval.Place{eval.AtPredicate}, []eval.Place{eval.AtObject}, eval.Union)
		defer c.Close()
		buffer := make([]eval.QuadID, 256)
		for b.Loop() {
			c.Seek(eval.QuadID{Predicate: typed}, 0, 0)
			for {
				k, err := c.Next(buffer)
				if err != nil {
					b.Fatal(err)
				}
				if n += k; k == 0 {
					break
				}
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "quads/s")
	})
	b.Run("parallel", func(b *testing.B) {
		b.SetParallelism(8)
		b.RunParallel(func(p *testing.PB) {
			for i := 0; p.Next(); i++ {
				count(b, eval.QuadID{Subject: step(i)})
			}
		})
	})
}
