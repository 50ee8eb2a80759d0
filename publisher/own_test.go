package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

const own = "https://besluiten.example/graphs/eigen/"

// writer is a house in which own graphs can be written.
func writer(t *testing.T) (*house, sparql.Engine) {
	h := newHouse(t)
	h.Own = own
	return h, sparql.NewEmbedded(h.store, sparql.EmbeddedOptions{Writer: &publisher.OwnGraphs{Publisher: h.Publisher, MaxQuads: 100, MaxGraphs: 3}})
}

func update(t *testing.T, e sparql.Engine, text string) error {
	t.Helper()
	return e.Update(sparql.WithAuthor(ctx, "kaarten"), sparql.Query{Text: "PREFIX g: <" + own + "> PREFIX x: <http://x.example/> " + text})
}

// own lists what the store has in own graphs, one line per triple.
func ownQuads(t *testing.T, store *quadstore.Store) string {
	t.Helper()
	r, err := sparql.NewEmbedded(store, sparql.EmbeddedOptions{}).Query(ctx, sparql.Query{
		Text: "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), '" + own + "')) }"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var lines []string
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, term := range row {
			v := strings.TrimPrefix(strings.TrimPrefix(term.Value(), own), "http://x.example/")
			if strings.Contains(v, "/.well-known/genid/") {
				v = "[]"
			}
			cells = append(cells, v)
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// Each update is done one after the other; what the store then has, and how many
// entries the ledger.
func TestOwnGraphs(t *testing.T) {
	h, e := writer(t)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	for _, c := range []struct {
		update  string
		want    string
		entries uint64
	}{
		{"INSERT DATA { GRAPH g:a { x:s x:p 1 } }", "a s p 1", 2},
		{"INSERT DATA { GRAPH g:a { x:s x:p 1 } }", "a s p 1", 2}, // nothing new
		{"INSERT DATA { GRAPH g:a { x:s x:p 2 } GRAPH g:b { x:s x:p 3 } }", "a s p 1, a s p 2, b s p 3", 4},
		{"DELETE { GRAPH ?g { ?s x:p ?o } } INSERT { GRAPH g:c { ?s x:q ?o } } WHERE { GRAPH ?g { ?s x:p ?o } }", "c s q 1, c s q 2, c s q 3", 7},
		{"INSERT DATA { GRAPH g:c { [] x:q 4 } }", "c [] q 4, c s q 1, c s q 2, c s q 3", 8},
		{"INSERT DATA { GRAPH g:c { [] x:q 4 } }", "c [] q 4, c [] q 4, c s q 1, c s q 2, c s q 3", 9}, // another node
		{"MOVE g:c TO g:d", "d [] q 4, d [] q 4, d s q 1, d s q 2, d s q 3", 11},
		{"DELETE WHERE { GRAPH g:d { x:s x:q ?o } }", "d [] q 4, d [] q 4", 12},
		{"DROP GRAPH g:d", "", 13},
		// From what was harvested, into an own graph.
		{"INSERT { GRAPH g:e { ?z x:p 'zitting' } } WHERE { ?z a <http://data.vlaanderen.be/ns/besluit#Zitting> }", "e https://data.vlavirgem.be/id/z p zitting", 14},
	} {
		if err := update(t, e, c.update); err != nil {
			t.Fatalf("%s: %v", c.update, err)
		}
		if got := ownQuads(t, h.store); got != c.want {
			t.Errorf("%s\ngives %s\nnot   %s", c.update, got, c.want)
		}
		if head, _ := h.Ledger.Head(ctx); head != c.entries {
			t.Errorf("%s: %d entries, not %d", c.update, head, c.entries)
		}
	}
	if err := publisher.Verify(ctx, h.Ledger, h.Blobs); err != nil {
		t.Error(err)
	}
	entry, _, _, err := h.Ledger.Latest(ctx, own+"d")
	if err != nil || entry.Kind != publisher.Withdrawn || entry.Author != "kaarten" || !entry.Time.Equal(noon) {
		t.Errorf("the last of graph d is %+v, %v", entry, err)
	}
	// A store that is made anew from the ledger has the same.
	again, err := quadstore.Open(t.TempDir(), quadstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := h.Cursors.SetCursor(ctx, publisher.FollowerGraphs, 0); err != nil {
		t.Fatal(err)
	}
	h.Graphs = again
	if err := h.FollowGraphs(ctx); err != nil {
		t.Fatal(err)
	}
	if got, want := ownQuads(t, again), ownQuads(t, h.store); got != want || got == "" || again.Len() != h.store.Len() {
		t.Errorf("made anew: %s, %d quads\nnot        %s, %d quads", got, again.Len(), want, h.store.Len())
	}
	// The stream of publications does not tell of them.
	stream := &publisher.LDES{Ledger: h.Ledger, Blobs: h.Blobs, Base: "https://besluiten.example/ldes"}
	p, _, err := stream.Page(ctx, 1)
	if err != nil || strings.Contains(fmt.Sprint(p.Quads), own) {
		t.Errorf("the event stream tells of own graphs: %v", err)
	}
}

// Where the data are at an endpoint of others, what can be worked out without it is
// done in the same way, and the rest is refused.
func TestOwnGraphsElsewhere(t *testing.T) {
	h, inner := writer(t)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	o := &publisher.OwnGraphs{Publisher: h.Publisher, MaxQuads: 100, MaxGraphs: 3}
	e := sparql.NewWritable(inner, sparql.WritableOptions{Writer: o, Own: o.Graph})
	if err := h.store.Put(ctx, own+"geladen", []rdf.Quad{{Subject: rdf.IRI("http://x.example/s"), Predicate: rdf.IRI("http://x.example/p"), Object: rdf.String("o")}}); err != nil {
		t.Fatal(err)
	}
	const loaded = "geladen s p o"
	var readOnly *sparql.ReadOnlyError
	var limit *sparql.LimitError
	var request *eval.RequestError
	for _, c := range []struct {
		update string
		want   string
		err    any // an error, or a pointer to one; nil for none
	}{
		{"INSERT DATA { GRAPH g:a { x:s x:p 1 } GRAPH g:b { x:s x:p true } }", "a s p 1, b s p true, " + loaded, nil},
		{"INSERT DATA { GRAPH g:a { x:s x:p 2 , 3 } } ; DELETE DATA { GRAPH g:a { x:s x:p 1 } GRAPH g:c { x:s x:p 1 } }", "a s p 2, a s p 3, b s p true, " + loaded, nil},
		{"MOVE g:b TO g:c", "a s p 2, a s p 3, c s p true, " + loaded, nil},
		{"ADD g:a TO g:c ; DROP GRAPH g:a", "c s p 2, c s p 3, c s p true, " + loaded, nil},
		{"DELETE { GRAPH g:c { ?s ?p ?o } } WHERE { GRAPH g:c { ?s ?p ?o } }", "", sparql.ErrUnsupported},
		{"DELETE WHERE { GRAPH g:c { ?s ?p ?o } }", "", sparql.ErrUnsupported},
		{"CLEAR NAMED", "", sparql.ErrUnsupported},
		{"COPY DEFAULT TO g:a", "", sparql.ErrUnsupported},
		{"CLEAR DEFAULT", "", &readOnly},
		{"INSERT DATA { x:s x:p 1 }", "", &readOnly},
		{"INSERT DATA { GRAPH <" + site + "lijst> { x:s x:p 1 } }", "", &readOnly},
		{"MOVE <" + site + "lijst> TO g:a", "", &readOnly},
		{"INSERT DATA { GRAPH g:geladen { x:s x:p 1 } }", "", sparql.ErrOutside},
		{"COPY g:nergens TO g:a", "", &request},
		{"INSERT DATA { GRAPH g:1 {x:s x:p 1} GRAPH g:2 {x:s x:p 1} GRAPH g:3 {x:s x:p 1} GRAPH g:4 {x:s x:p 1} }", "", &limit},
		{"COPY g:geladen TO g:d", "c s p 2, c s p 3, c s p true, d s p o, " + loaded, nil},
		{"DROP GRAPH g:geladen", "", sparql.ErrOutside},
		{"DROP GRAPH g:d", "c s p 2, c s p 3, c s p true, " + loaded, nil},
	} {
		before := ownQuads(t, h.store)
		err := update(t, e, c.update)
		ok := false
		switch want := c.err.(type) {
		case nil:
			ok = err == nil
			before = c.want
		case error:
			ok = errors.Is(err, want)
		default:
			ok = err != nil && errors.As(err, want)
		}
		if !ok {
			t.Errorf("%s: %v", c.update, err)
		}
		if got := ownQuads(t, h.store); got != before {
			t.Errorf("%s\ngives %s\nnot   %s", c.update, got, before)
		}
	}
	w, graph := e.(sparql.GraphWriter), []rdf.Quad{{Subject: rdf.Blank("b"), Predicate: rdf.IRI("http://x.example/p"), Object: rdf.String("o")}}
	if existed, err := w.DeleteGraph(ctx, rdf.IRI(own+"geladen")); !existed || err != nil {
		t.Errorf("DELETE of what was loaded: existed is %v, %v", existed, err)
	}
	name := rdf.IRI(own + "e")
	for i, want := range []bool{true, false} {
		if created, err := w.PutGraph(ctx, name, graph); created != want || err != nil {
			t.Errorf("PUT %d: created is %v, %v", i, created, err)
		}
	}
	if created, err := w.PostGraph(ctx, name, graph); created || err != nil {
		t.Errorf("POST: created is %v, %v", created, err)
	}
	if got := ownQuads(t, h.store); got != "c s p 2, c s p 3, c s p true, e [] p o, e [] p o" {
		t.Errorf("after PUT and POST: %s", got)
	}
	for i, want := range []bool{true, false} {
		if existed, err := w.DeleteGraph(ctx, name); existed != want || err != nil {
			t.Errorf("DELETE %d: existed is %v, %v", i, existed, err)
		}
	}
	if _, err := w.PutGraph(ctx, rdf.IRI(site+"lijst"), graph); !errors.As(err, &readOnly) {
		t.Errorf("PUT of what was harvested: %v", err)
	}
	if err := publisher.Verify(ctx, h.Ledger, h.Blobs); err != nil {
		t.Error(err)
	}
}

// What may not be done is refused, and leaves nothing behind.
func TestOwnGraphsRefuse(t *testing.T) {
	h, e := writer(t)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	if err := update(t, e, "INSERT DATA { GRAPH g:a { x:s x:p 1 } }"); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Put(ctx, own+"geladen", []rdf.Quad{{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI("http://p"), Object: rdf.String("o")}}); err != nil {
		t.Fatal(err)
	}
	head, _ := h.Ledger.Head(ctx)
	quads := h.store.Len()
	many := strings.Builder{}
	for i := range 101 {
		fmt.Fprintf(&many, "x:s x:p %d . ", i)
	}
	var readOnly *sparql.ReadOnlyError
	var limit *sparql.LimitError
	var syntax *rdf.SyntaxError
	for text, want := range map[string]any{
		"CLEAR ALL":                                               &readOnly,
		"CLEAR NAMED":                                             &readOnly,
		"CLEAR DEFAULT":                                           &readOnly,
		"DROP GRAPH <" + site + "lijst>":                          &readOnly,
		"CLEAR SILENT GRAPH <" + site + "none>":                   &readOnly,
		"INSERT DATA { x:s x:p 1 }":                               &readOnly, // no graph
		"INSERT DATA { GRAPH <" + own + "> { x:s x:p 1 } }":       &readOnly,
		"DELETE DATA { GRAPH <" + site + "lijst> { x:s x:p 1 } }": &readOnly,
		"DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }":                                        &readOnly,
		"INSERT { GRAPH ?s { ?s ?p ?o } } WHERE { ?s ?p ?o }":                                                     &readOnly,
		"INSERT DATA { GRAPH g:a { x:s x:p 9 } } ; DROP GRAPH <" + site + "lijst>":                                &readOnly,
		"MOVE <" + site + "lijst> TO g:a":                                                                         &readOnly,
		"COPY g:a TO <" + site + "lijst>":                                                                         &readOnly,
		"LOAD <http://x.example/> INTO GRAPH <" + site + "x>":                                                     &readOnly,
		"LOAD <http://x.example/> INTO GRAPH g:x":                                                                 nil,
		"INSERT DATA { GRAPH g:a { " + many.String() + " } }":                                                     &limit,
		"INSERT DATA { GRAPH g:1 {x:s x:p 1} GRAPH g:2 {x:s x:p 1} GRAPH g:3 {x:s x:p 1} GRAPH g:4 {x:s x:p 1} }": &limit,
		"INSERT DATA { GRAPH g:geladen { x:s x:p 1 } }":                                                           sparql.ErrOutside,
		"INSERT DATA": &syntax,
	} {
		err := update(t, e, text)
		ok := err != nil
		switch want := want.(type) {
		case error:
			ok = errors.Is(err, want)
		case nil:
		default:
			ok = errors.As(err, want)
		}
		if !ok {
			t.Errorf("%.80s: %v", text, err)
		}
	}
	if now, _ := h.Ledger.Head(ctx); now != head || h.store.Len() != quads {
		t.Errorf("%d entries and %d quads, before %d and %d", now, h.store.Len(), head, quads)
	}
	pub := page(t, "x", list)
	pub.Pagina = own + "a"
	if _, err := h.Accept(ctx, pub); err == nil {
		t.Error("an own graph was harvested")
	}
}

// What many write at once is done one after the other, and nothing is lost.
func TestOwnGraphsAtOnce(t *testing.T) {
	h, e := writer(t)
	if err := update(t, e, "INSERT DATA { GRAPH g:teller { x:s x:n 0 } }"); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				if err := update(t, e, "DELETE { GRAPH g:teller { x:s x:n ?n } } INSERT { GRAPH g:teller { x:s x:n ?m } } WHERE { GRAPH g:teller { x:s x:n ?n BIND(?n + 1 AS ?m) } }"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := ownQuads(t, h.store); got != "teller s n 20" {
		t.Error(got)
	}
}

// slow is a store of graphs that takes its time.
type slow struct {
	publisher.Graphs
	go_ chan struct{}
}

func (s *slow) Put(ctx context.Context, graph string, quads []rdf.Quad) error {
	select {
	case <-s.go_:
		return s.Graphs.Put(ctx, graph, quads)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A write that is not seen in time says so, but is not lost; the next one waits
// for it.
func TestOwnGraphsLate(t *testing.T) {
	h := newHouse(t)
	h.Own = own
	s := &slow{Graphs: h.store, go_: make(chan struct{})}
	h.Graphs = s
	w := &publisher.OwnGraphs{Publisher: h.Publisher, Wait: 20 * time.Millisecond}
	e := sparql.NewEmbedded(h.store, sparql.EmbeddedOptions{Writer: w})
	if err := update(t, e, "INSERT DATA { GRAPH g:a { x:s x:p 1 } }"); !errors.Is(err, sparql.ErrPending) {
		t.Fatalf("late: %v", err)
	}
	if err := update(t, e, "DROP GRAPH g:a"); !errors.Is(err, sparql.ErrBusy) {
		t.Fatalf("the next: %v", err)
	}
	close(s.go_)
	if err := update(t, e, "INSERT DATA { GRAPH g:a { x:s x:p 2 } }"); err != nil {
		t.Fatal(err)
	}
	if got := ownQuads(t, h.store); got != "a s p 1, a s p 2" {
		t.Error(got)
	}
}

// The Graph Store Protocol on own graphs: the request, the status, and then the
// graph.
func TestOwnGraphsOverHTTP(t *testing.T) {
	h, e := writer(t)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	store := sparql.GraphStore(e, sparql.HandlerOptions{
		URL: "https://besluiten.example/graphs", NewGraphs: own,
		Authorize: func(r *http.Request) (string, bool) { return "kaarten", r.Header.Get("Authorization") == "Bearer goed" },
	})
	const turtle = "<#x> <http://x.example/p> [ <http://x.example/q> 1 ] ."
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		want                      string
	}{
		{"PUT", "/eigen/kaart", "", turtle, 401, ""},
		{"PUT", "/eigen/kaart", "Bearer fout", turtle, 401, ""},
		{"PUT", "/eigen/kaart", "Bearer goed", turtle, 201, "kaart [] q 1, kaart kaart#x p []"},
		{"PUT", "/eigen/kaart", "Bearer goed", turtle, 204, "kaart [] q 1, kaart kaart#x p []"},
		{"POST", "/eigen/kaart", "Bearer goed", turtle, 204, "kaart [] q 1, kaart [] q 1, kaart kaart#x p [], kaart kaart#x p []"},
		{"PUT", "/?graph=" + own + "kaart", "Bearer goed", "<> <http://x.example/p> 1 .", 204, "kaart kaart p 1"},
		{"PUT", "/?graph=" + site + "lijst", "Bearer goed", turtle, 403, "kaart kaart p 1"},
		{"PUT", "/?default", "Bearer goed", turtle, 403, "kaart kaart p 1"},
		{"DELETE", "/?graph=" + site + "lijst", "Bearer goed", "", 403, "kaart kaart p 1"},
		{"DELETE", "/?graph=" + site + "nergens", "Bearer goed", "", 403, "kaart kaart p 1"},
		{"DELETE", "/eigen/nergens", "Bearer goed", "", 404, "kaart kaart p 1"},
		{"GET", "/eigen/kaart", "", "", 200, "kaart kaart p 1"},
		{"GET", "/?graph=" + site + "lijst", "", "", 200, "kaart kaart p 1"},
		{"DELETE", "/eigen/kaart", "Bearer goed", "", 204, ""},
		{"GET", "/eigen/kaart", "", "", 404, ""},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "text/turtle")
		if c.token != "" {
			r.Header.Set("Authorization", c.token)
		}
		w := httptest.NewRecorder()
		store.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		if w.Code != c.status {
			t.Errorf("%s %s: %d, not %d: %s", c.method, c.path, w.Code, c.status, body)
		}
		if got := ownQuads(t, h.store); got != c.want {
			t.Errorf("%s %s: the graphs are %s, not %s", c.method, c.path, got, c.want)
		}
		if w.Code == 401 && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("401 with %v", w.Header())
		}
		if w.Code == 403 && !strings.Contains(string(body), own) {
			t.Errorf("403 does not say where one may write: %s", body)
		}
	}
}
