package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// own begins the names of the graphs that updates write: an engine may refuse
// others.
const own = ns + "graphs/eigen/"

// update is a case of SPARQL 1.1 Update on the graphs own+"1" and own+"2", of which
// the first holds ex:a ex:p 1, 2 and ex:b ex:p 2.
type update struct {
	name     string
	text     string // without the prologue; o: is own
	one, two []string
}

var updateCases = []update{
	{"insert data", `INSERT DATA { GRAPH o:2 { ex:c ex:p "x"@nl } }`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, []string{`ex:c "x"@nl`}},
	{"insert what is there", `INSERT DATA { GRAPH o:1 { ex:a ex:p 1 } }`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, nil},
	{"delete data", `DELETE DATA { GRAPH o:1 { ex:a ex:p 1 . ex:a ex:p 99 } }`, []string{"ex:a 2", "ex:b 2"}, nil},
	{"delete where", `DELETE WHERE { GRAPH o:1 { ex:a ex:p ?n } }`, []string{"ex:b 2"}, nil},
	{"delete and insert", `DELETE { GRAPH o:1 { ?s ex:p 2 } } INSERT { GRAPH o:1 { ?s ex:p ?m } } WHERE { GRAPH o:1 { ?s ex:p ?n } FILTER(?n = 2) BIND(?n + 1 AS ?m) }`,
		[]string{"ex:a 1", "ex:a 3", "ex:b 3"}, nil},
	{"insert where", `INSERT { GRAPH o:2 { ?s ex:p ?n } } WHERE { GRAPH o:1 { ?s ex:p ?n FILTER(?n > 1) } }`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, []string{"ex:a 2", "ex:b 2"}},
	{"with", `WITH o:1 DELETE { ?s ex:p 1 } INSERT { ?s ex:p 5 } WHERE { ?s ex:p 1 }`, []string{"ex:a 2", "ex:a 5", "ex:b 2"}, nil},
	{"using", `INSERT { GRAPH o:2 { ?s ex:p 9 } } USING o:1 WHERE { ?s ex:p 1 }`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, []string{"ex:a 9"}},
	{"clear", `CLEAR GRAPH o:1`, nil, nil},
	{"drop", `DROP GRAPH o:1`, nil, nil},
	{"drop silently what is not there", `DROP SILENT GRAPH o:2`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, nil},
	{"copy", `COPY o:1 TO o:2`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, []string{"ex:a 1", "ex:a 2", "ex:b 2"}},
	{"move", `MOVE o:1 TO o:2`, nil, []string{"ex:a 1", "ex:a 2", "ex:b 2"}},
	{"add", `INSERT DATA { GRAPH o:2 { ex:c ex:p 3 } } ; ADD o:1 TO o:2`, []string{"ex:a 1", "ex:a 2", "ex:b 2"}, []string{"ex:a 1", "ex:a 2", "ex:b 2", "ex:c 3"}},
	{"one after the other", `DROP GRAPH o:1 ; INSERT DATA { GRAPH o:1 { ex:z ex:p 0 } } ; INSERT { GRAPH o:2 { ?s ex:p ?n } } WHERE { GRAPH o:1 { ?s ex:p ?n } }`,
		[]string{"ex:z 0"}, []string{"ex:z 0"}},
}

// updates are the cases for engines that take updates and whole graphs; for others
// they are left out.
func updates() []contract {
	list := []contract{
		{"put a graph", writing(func(ctx context.Context, e sparql.Engine, w sparql.GraphWriter) error {
			name := rdf.IRI(own + "3")
			for i, want := range []bool{true, false} {
				created, err := w.PutGraph(ctx, name, []rdf.Quad{number("c", i)})
				if err != nil {
					return err
				}
				if created != want {
					return fmt.Errorf("put %d: created %v, want %v", i, created, want)
				}
			}
			return inGraph(ctx, e, own+"3", "ex:c 1")
		})},
		{"add to a graph", writing(func(ctx context.Context, e sparql.Engine, w sparql.GraphWriter) error {
			name := rdf.IRI(own + "3")
			for i, want := range []bool{true, false} {
				created, err := w.PostGraph(ctx, name, []rdf.Quad{number("c", i)})
				if err != nil {
					return err
				}
				if created != want {
					return fmt.Errorf("post %d: created %v, want %v", i, created, want)
				}
			}
			return inGraph(ctx, e, own+"3", "ex:c 0", "ex:c 1")
		})},
		{"delete a graph", writing(func(ctx context.Context, e sparql.Engine, w sparql.GraphWriter) error {
			name := rdf.IRI(own + "3")
			if _, err := w.PutGraph(ctx, name, []rdf.Quad{number("c", 1)}); err != nil {
				return err
			}
			for i, want := range []bool{true, false} {
				existed, err := w.DeleteGraph(ctx, name)
				if err != nil {
					return err
				}
				if existed != want {
					return fmt.Errorf("delete %d: existed %v, want %v", i, existed, want)
				}
			}
			return inGraph(ctx, e, own+"3")
		})},
		{"blank nodes are new with each write", writing(func(ctx context.Context, e sparql.Engine, w sparql.GraphWriter) error {
			q := rdf.Quad{Subject: rdf.Blank("x"), Predicate: rdf.IRI(ex + "p"), Object: rdf.Blank("x")}
			for range 2 {
				if _, err := w.PostGraph(ctx, rdf.IRI(own+"3"), []rdf.Quad{q}); err != nil {
					return err
				}
			}
			return first(ctx, e, query{text: "SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH <" + own + "3> { ?s ex:p ?s } }", want: []string{"2"}})
		})},
		{"syntax errors", func(ctx context.Context, e sparql.Engine, _ Put) error {
			for _, text := range []string{"INSERT DATA { ?s ?p ?o }", "SELECT * { ?s ?p ?o }", "DELETE"} {
				err := e.Update(ctx, sparql.Query{Text: text})
				var syntax *rdf.SyntaxError
				if errors.Is(err, sparql.ErrUnsupported) {
					return fmt.Errorf("%w: the engine takes no updates", errSkipped)
				}
				if !errors.As(err, &syntax) {
					return fmt.Errorf("%q gives the error %v", text, err)
				}
			}
			return nil
		}},
	}
	for _, u := range updateCases {
		list = append(list, contract{u.name, func(ctx context.Context, e sparql.Engine, _ Put) error {
			const begin = "INSERT DATA { GRAPH o:1 { ex:a ex:p 1, 2 . ex:b ex:p 2 } }"
			for _, text := range []string{begin, u.text} {
				err := e.Update(ctx, sparql.Query{Text: "PREFIX o: <" + own + ">" + prologue + text})
				if errors.Is(err, sparql.ErrUnsupported) {
					return fmt.Errorf("%w: the engine takes no updates", errSkipped)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", text, err)
				}
			}
			if err := inGraph(ctx, e, own+"1", u.one...); err != nil {
				return err
			}
			return inGraph(ctx, e, own+"2", u.two...)
		}})
	}
	return list
}

func writing(keep func(context.Context, sparql.Engine, sparql.GraphWriter) error) func(context.Context, sparql.Engine, Put) error {
	return func(ctx context.Context, e sparql.Engine, _ Put) error {
		w, ok := e.(sparql.GraphWriter)
		if !ok {
			return fmt.Errorf("%w: the engine takes no graphs", errSkipped)
		}
		err := keep(ctx, e, w)
		if errors.Is(err, sparql.ErrUnsupported) {
			return fmt.Errorf("%w: the engine takes no graphs", errSkipped)
		}
		return err
	}
}

func number(subject string, n int) rdf.Quad {
	return rdf.Quad{Subject: rdf.IRI(ex + subject), Predicate: rdf.IRI(ex + "p"), Object: rdf.Literal(fmt.Sprint(n), xsd+"integer")}
}

// inGraph expects the subjects and objects of a graph.
func inGraph(ctx context.Context, e sparql.Engine, graph string, want ...string) error {
	r, err := e.Query(ctx, sparql.Query{Text: prologue + "SELECT ?s ?o { GRAPH <" + graph + "> { ?s ex:p ?o } }"})
	if err != nil {
		return err
	}
	defer r.Close()
	var got []string
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		got = append(got, short(row[0])+" "+short(row[1]))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s has %q, not %q", graph, got, want)
	}
	return nil
}
