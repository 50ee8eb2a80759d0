package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

// engineCases are about the engine around the queries.
var engineCases = []contract{
	{"graph", func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, ok, err := e.Graph(ctx, rdf.IRI(ns+"zitting/2"))
		if err != nil || !ok {
			return fmt.Errorf("graph of sitting 2: %v, %v", ok, err)
		}
		defer r.Close()
		got, err := lines(r)
		if err != nil || r.Kind != results.Quads || len(got) != 18 || !slices.Contains(got, "ex:b2 besluit:heeftStemming ex:st2") {
			return fmt.Errorf("graph of sitting 2 has %d triples (%v):\n%s", len(got), err, strings.Join(got, "\n"))
		}
		return nil
	}},
	{"graph that is not there", func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, ok, err := e.Graph(ctx, rdf.IRI(ns+"nergens"))
		if r != nil {
			defer r.Close()
		}
		if ok || err != nil {
			return fmt.Errorf("a graph that is not there: %v, %v", ok, err)
		}
		return nil
	}},
	{"default graph", func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, ok, err := e.Graph(ctx, rdf.Term{})
		if err != nil || !ok {
			return fmt.Errorf("default graph: %v, %v", ok, err)
		}
		defer r.Close()
		got, err := lines(r)
		if err != nil || len(got) != 47 {
			return fmt.Errorf("the default graph has %d triples (%v)", len(got), err)
		}
		return nil
	}},
	{"syntax errors", func(ctx context.Context, e sparql.Engine, _ Put) error {
		for _, text := range []string{
			"SELECT * WHERE { ?s ?p",
			"SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?p",
			"SELECT * { ?s nergens:gedeclareerd ?o }",
			"INSERT DATA { <a:a> <a:b> <a:c> }",
			"",
		} {
			r, err := e.Query(ctx, sparql.Query{Text: text})
			if r != nil {
				defer r.Close()
			}
			var syntax *rdf.SyntaxError
			if !errors.As(err, &syntax) {
				return fmt.Errorf("%q gives the error %v", text, err)
			}
		}
		return nil
	}},
	{"usual prefixes", func(ctx context.Context, e sparql.Engine, _ Put) error {
		return rows(ctx, e, sparql.Query{Text: "SELECT ?o { <" + ex + "b1> eli:number ?o }"}, "12")
	}},
	{"base", func(ctx context.Context, e sparql.Engine, _ Put) error {
		return rows(ctx, e, sparql.Query{Text: "SELECT ?o { <b1> <http://data.europa.eu/eli/ontology#number> ?o }", Base: ex + "x"}, "12")
	}},
	{"cancelled", func(ctx context.Context, e sparql.Engine, _ Put) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		r, err := e.Query(ctx, sparql.Query{Text: "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"})
		if err == nil {
			defer r.Close()
			_, err = lines(r)
		}
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("a query under a cancelled context: %v", err)
		}
		return nil
	}},
	{"cancelled in the middle", func(ctx context.Context, e sparql.Engine, _ Put) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		r, err := e.Query(ctx, sparql.Query{Text: prologue + "SELECT * { GRAPH zitting:1 { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }"})
		if err != nil {
			return err
		}
		defer r.Close()
		for _, err := range r.Rows {
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					return fmt.Errorf("rows after the end of the context: %v", err)
				}
				return nil
			}
			cancel()
		}
		return errors.New("160,000 rows in spite of a cancelled context")
	}},
	limit("rows", sparql.Limits{Rows: 10}),
	limit("work", sparql.Limits{Work: 1000}),
	limit("time", sparql.Limits{Time: 1}),
	{"within a limit", func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, err := e.Query(ctx, sparql.Query{Text: "SELECT * { ?a ?b ?c } LIMIT 10", Limits: sparql.Limits{Rows: 10}})
		if err != nil {
			return err
		}
		defer r.Close()
		if got, err := lines(r); err != nil || len(got) != 10 {
			return fmt.Errorf("%d rows: %v", len(got), err)
		}
		return nil
	}},
	{"limit of triples", func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, err := e.Query(ctx, sparql.Query{Text: "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }", Limits: sparql.Limits{Rows: 10}})
		if err == nil {
			_, err = lines(r)
			r.Close()
		}
		return over("rows", err)
	}},
	{"closed early", func(ctx context.Context, e sparql.Engine, _ Put) error {
		for range 100 { // what is held runs out if it is not given back
			r, err := e.Query(ctx, sparql.Query{Text: "SELECT * { ?s ?p ?o }"})
			if err != nil {
				return err
			}
			for range r.Rows {
				break
			}
			r.Close()
			r.Close()
		}
		return nil
	}},
	{"replace a graph", func(ctx context.Context, e sparql.Engine, put Put) error {
		title := rdf.Quad{Subject: rdf.IRI(ex + "b1"), Predicate: rdf.IRI(eli + "title"), Object: rdf.LangLiteral("Nieuwe titel", "nl")}
		for range 2 { // again is the same
			if err := put(ctx, ns+"zitting/1", []rdf.Quad{title}); err != nil {
				return err
			}
			if err := first(ctx, e,
				query{text: "SELECT ?p ?o { GRAPH zitting:1 { ?s ?p ?o } }", want: []string{`eli:title | "Nieuwe titel"@nl`}},
				query{text: "ASK { ex:b1 a besluit:Besluit }", want: []string{"false"}},
			); err != nil {
				return err
			}
		}
		return nil
	}},
	{"a graph without triples is not there", func(ctx context.Context, e sparql.Engine, put Put) error {
		for range 2 { // nothing again is nothing
			if err := put(ctx, ns+"zitting/1", nil); err != nil {
				return err
			}
		}
		return first(ctx, e,
			query{text: "ASK { ex:b1 eli:title ?titel }", want: []string{"false"}},
			query{text: "SELECT ?g { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), STR(g:))) } GROUP BY ?g", want: []string{"g:zitting/2", "g:bestuur"}},
		)
	}},
	{"graphs that are there", func(ctx context.Context, e sparql.Engine, _ Put) error {
		return first(ctx, e, query{text: "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", want: []string{"g:zitting/1", "g:zitting/2", "g:bestuur"}})
	}},
	{"a graph of a large page", func(ctx context.Context, e sparql.Engine, put Put) error {
		const n = 12_000
		quads := make([]rdf.Quad, n)
		for i := range quads {
			quads[i] = rdf.Quad{
				Subject: rdf.IRI(fmt.Sprintf("%sgroot/%d", ex, i/4)), Predicate: rdf.IRI(fmt.Sprintf("%sp%d", ex, i%4)),
				Object: rdf.LangLiteral(fmt.Sprintf("Artikel %d \"zoals\" het\nluidt", i), "nl"),
			}
		}
		for range 2 {
			if err := put(ctx, ns+"groot", quads); err != nil {
				return err
			}
		}
		return first(ctx, e, query{text: "SELECT (COUNT(*) AS ?n) { GRAPH g:groot { ?s ?p ?o } }", want: []string{fmt.Sprint(n)}})
	}},
	{"12,000 rows", func(ctx context.Context, e sparql.Engine, put Put) error {
		const n = 12_000
		quads := make([]rdf.Quad, n)
		for i := range quads {
			quads[i] = rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("%srij/%d", ex, i)), Predicate: rdf.IRI(ex + "rij"), Object: rdf.Literal(fmt.Sprint(i), xsd+"integer")}
		}
		if err := put(ctx, ns+"groot", quads); err != nil {
			return err
		}
		r, err := e.Query(ctx, sparql.Query{Text: prologue + "SELECT ?s ?n { ?s ex:rij ?n }"})
		if err != nil {
			return err
		}
		defer r.Close()
		if got, err := lines(r); err != nil || len(got) != n {
			return fmt.Errorf("%d rows: %v", len(got), err)
		}
		return nil
	}},
	{"many at once", func(ctx context.Context, e sparql.Engine, _ Put) error {
		errs := make(chan error)
		for range 16 {
			go func() {
				var err error
				for range 10 {
					err = errors.Join(err, query{text: `SELECT ?b ?naam { ?b besluit:heeftStemming/besluit:heeftTegenstander ?m . ?m foaf:name ?naam }`,
						want: []string{`ex:b1 | "Cas De Wit"`}}.check(ctx, e))
				}
				errs <- err
			}()
		}
		var all error
		for range 16 {
			all = errors.Join(all, <-errs)
		}
		return all
	}},
}

// limit is a case of a query that goes over one limit.
func limit(name string, l sparql.Limits) contract {
	return contract{"limit of " + name, func(ctx context.Context, e sparql.Engine, _ Put) error {
		r, err := e.Query(ctx, sparql.Query{Text: prologue + "SELECT (COUNT(*) AS ?n) ?a ?d { GRAPH zitting:1 { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } GROUP BY ?a ?d", Limits: l})
		if err == nil {
			_, err = lines(r)
			r.Close()
		}
		return over(name, err)
	}}
}

// over expects an error that names a limit.
func over(limit string, err error) error {
	var over *sparql.LimitError
	if !errors.As(err, &over) || over.Limit != limit {
		return fmt.Errorf("over the limit of %s: the error is %v", limit, err)
	}
	return nil
}

// rows runs a query that stands without the prologue.
func rows(ctx context.Context, e sparql.Engine, q sparql.Query, want ...string) error {
	r, err := e.Query(ctx, q)
	if err != nil {
		return err
	}
	defer r.Close()
	if got, err := lines(r); err != nil || !slices.Equal(got, want) {
		return fmt.Errorf("%s gives %v, not %v (%v)", q.Text, got, want, err)
	}
	return nil
}

// first returns what is wrong with the first query that has something.
func first(ctx context.Context, e sparql.Engine, list ...query) error {
	for _, q := range list {
		if err := q.check(ctx, e); err != nil {
			return err
		}
	}
	return nil
}
