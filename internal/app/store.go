package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"

	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

type loadCommand struct {
	File  []string `arg:"" help:"RDF files, also packed ones (.gz); the name tells the syntax. - is standard input."`
	Data  string   `default:"data" help:"Data directory."`
	Graph string   `help:"IRI of the graph for triples; by default they go to the default graph."`
	From  string   `help:"Syntax of the files, where their names do not tell."`
	JSON  bool     `help:"Print the totals as one JSON object."`
}

// Help is shown under the usage.
func (loadCommand) Help() string {
	return `Examples:
  belfort load dump.nq.gz --data data
  belfort load codelijst.ttl --graph https://voorbeeld.be/codelijst

What is loaded is added; a graph that is harvested later replaces the graph of its page whole. It
does not stand in the ledger: a store that is made anew from the ledger does not have it. To keep
data of your own for good, write them with a token (belfort token --help).

Exit code 0: everything was loaded. 1: something in a file is wrong; the message says where, and what
was read before it is in the store. 2: there is no such file or syntax.`
}

// loaded are the totals of a load.
type loaded struct {
	Files   int     `json:"files"`
	Read    int64   `json:"read"`
	New     int64   `json:"new"`
	Seconds float64 `json:"seconds"`
}

// Run loads the files one after the other.
func (c *loadCommand) Run(e *env) (err error) {
	for _, name := range c.File {
		if _, err := syntaxOf(c.From, unpacked(name)); err != nil {
			return &exit{exitUsage, err}
		}
		if _, err := os.Stat(name); err != nil && name != "-" {
			return &exit{exitUsage, err}
		}
	}
	if c.Graph != "" && !rdf.IsAbsoluteIRI(c.Graph) {
		return &exit{exitUsage, fmt.Errorf("load: the graph %q is not an absolute IRI", c.Graph)}
	}
	if address := servedAt(c.Data); address != "" {
		return fmt.Errorf("load: the server at %s has %s open: stop it first; or send the file to the server with a token, as a graph of your own:\n"+
			"  curl -T FILE.ttl -H 'Content-Type: text/turtle' -H 'Authorization: Bearer TOKEN' %s%sNAME", address, c.Data, address, ownGraphs)
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	var total loaded
	for _, name := range c.File {
		one, err := c.load(e, store, name)
		if err != nil {
			return err
		}
		total = loaded{total.Files + 1, total.Read + one.Read, total.New + one.New, total.Seconds + one.Seconds}
		if !c.JSON {
			fmt.Fprintf(e.stdout, "%s: %d new quads of %d in %.1f s%s\n", name, one.New, one.Read, one.Seconds, speed(one.Read, one.Seconds))
		}
	}
	if c.JSON {
		return json.NewEncoder(e.stdout).Encode(total)
	}
	return nil
}

// speed says how fast quads were read, if it took long enough to tell.
func speed(quads int64, seconds float64) string {
	if seconds < 0.1 {
		return ""
	}
	return fmt.Sprintf(", %d a second", int64(float64(quads)/seconds))
}

func (c *loadCommand) load(e *env, store *quadstore.Store, name string) (total loaded, err error) {
	from, err := syntaxOf(c.From, unpacked(name))
	if err != nil {
		return total, err
	}
	in, shown, closeIn, err := e.openPacked(name)
	if err != nil {
		return total, err
	}
	defer func() { err = errors.Join(err, closeIn()) }()
	bar := newProgress(e, "load")
	defer bar.done()
	begun := time.Now()
	// Labels of blank nodes mean something within their file only.
	prefix := "load" + strings.ReplaceAll(uuid.NewString(), "-", "")
	quads := inGraph(quadsOf(in, from, shown, fileIRI(unpacked(name)), prefix, nil), c.Graph)
	counted := func(yield func(rdf.Quad, error) bool) {
		for q, err := range quads {
			if err == nil {
				total.Read++
			}
			if !yield(q, err) {
				return
			}
		}
	}
	total.New, err = store.Load(e.ctx, counted, func(read int64) {
		bar.show(fmt.Sprintf("%d quads read%s  %s", read, speed(read, time.Since(begun).Seconds()), shown))
	})
	total.Seconds = time.Since(begun).Seconds()
	return total, err
}

// unpacked is the name of a file without the ending of a packed one.
func unpacked(name string) string { return strings.TrimSuffix(name, ".gz") }

// openPacked is open, and unpacks what ends in .gz.
func (e *env) openPacked(name string) (r io.Reader, shown string, closeIt func() error, err error) {
	in, shown, closeIn, err := e.open(name)
	if err != nil || unpacked(name) == name {
		return in, shown, closeIn, err
	}
	packed, err := gzip.NewReader(in)
	if err != nil {
		return nil, shown, nil, errors.Join(fmt.Errorf("unpack %s: %w", name, err), closeIn())
	}
	return packed, shown, closeIn, nil
}

// inGraph puts triples of the default graph in a graph.
func inGraph(quads iter.Seq2[rdf.Quad, error], graph string) iter.Seq2[rdf.Quad, error] {
	if graph == "" {
		return quads
	}
	return func(yield func(rdf.Quad, error) bool) {
		for q, err := range quads {
			if q.Graph.IsZero() {
				q.Graph = rdf.IRI(graph)
			}
			if !yield(q, err) {
				return
			}
		}
	}
}

// openStore opens the quad store of a data directory under the directory's
// lock.
func openStore(data string) (*quadstore.Store, func() error, error) {
	if err := os.MkdirAll(data, 0o750); err != nil {
		return nil, nil, fmt.Errorf("make data directory: %w", err)
	}
	state, err := pebble.Open(filepath.Join(data, "state"), nil)
	if err != nil {
		return nil, nil, err
	}
	store, err := quadstore.Open(filepath.Join(data, "quads"), quadstore.Options{})
	if err != nil {
		return nil, nil, errors.Join(err, state.Close())
	}
	return store, func() error { return errors.Join(store.Close(), state.Close()) }, nil
}

type exportCommand struct {
	Data   string `default:"data" help:"Data directory."`
	To     string `default:"nquads" help:"Syntax (${enum})." enum:"nquads,ntriples,trig,turtle,jsonld,rdfxml"`
	Graph  string `help:"IRI of one graph; by default the whole store."`
	Output string `short:"o" help:"File to write; one that ends in .gz is packed. By default standard output."`
	Gzip   bool   `help:"Pack what is written."`
}

// Help is shown under the usage.
func (exportCommand) Help() string {
	return `Examples:
  belfort export -o dump.nq.gz
  belfort export --graph https://gemeente.example/notulen/3 --to turtle

Syntaxes without graphs (ntriples, turtle, rdfxml) get every triple without the name of its graph.
While a server has the data directory open it is asked instead, for those syntaxes or for one graph.`
}

// Run writes every quad of the store, or one graph.
func (c *exportCommand) Run(e *env) (err error) {
	if c.Graph != "" && !rdf.IsAbsoluteIRI(c.Graph) {
		return &exit{exitUsage, fmt.Errorf("export: the graph %q is not an absolute IRI", c.Graph)}
	}
	address := servedAt(c.Data)
	if address == "" {
		if err := exists(c.Data); err != nil {
			return err
		}
	} else if c.Graph == "" && (c.To == "nquads" || c.To == "trig") {
		return &exit{exitFailed, fmt.Errorf("export: the data directory is in use by the server at %s, which gives triples only: use --to ntriples or --graph, or stop it", address)}
	}
	out, closeOut, err := c.output(e)
	if err != nil {
		return err
	}
	// What is half written is no dump.
	defer func() { err = errors.Join(err, closeOut(err == nil)) }()
	mediaType, _ := sparql.TypeByName(c.To)
	if address != "" {
		return c.remote(e, out, address, mediaType)
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	snapshot := store.Snapshot()
	defer snapshot.Close()
	quads, found := quadsIn(e.ctx, snapshot, c.Graph)
	if !found {
		return &exit{exitFailed, fmt.Errorf("export: there is no graph <%s>", c.Graph)}
	}
	return sparql.WriteGraph(out, mediaType, quads, "")
}

// output opens what is written to. A file gets its name when it is whole.
func (c *exportCommand) output(e *env) (w io.Writer, closeOut func(whole bool) error, err error) {
	w, closeOut = e.stdout, func(bool) error { return nil }
	if c.Output != "" {
		draft := c.Output + ".part"
		file, err := os.Create(draft)
		if err != nil {
			return nil, nil, &exit{exitUsage, err}
		}
		w, closeOut = file, func(whole bool) error {
			if err := file.Close(); err != nil || !whole {
				return errors.Join(err, os.Remove(draft))
			}
			return os.Rename(draft, c.Output)
		}
	}
	buffered := bufio.NewWriterSize(w, 256<<10)
	closeUnder := closeOut
	if !c.Gzip && unpacked(c.Output) == c.Output {
		return buffered, func(whole bool) error {
			err := buffered.Flush()
			return errors.Join(err, closeUnder(whole && err == nil))
		}, nil
	}
	packed := gzip.NewWriter(buffered)
	return packed, func(whole bool) error {
		err := errors.Join(packed.Close(), buffered.Flush())
		return errors.Join(err, closeUnder(whole && err == nil))
	}, nil
}

// quadsIn yields every quad of a snapshot: the default graph, then the others; or
// the triples of one graph, found false if it is not there.
func quadsIn(ctx context.Context, s *quadstore.Snapshot, graph string) (quads iter.Seq2[rdf.Quad, error], found bool) {
	pattern, scopes := eval.QuadID{}, []eval.Scope{eval.Default, eval.Named}
	if graph != "" {
		id, err := s.ID(rdf.IRI(graph))
		if err == nil && (id == 0 || s.Estimate(eval.QuadID{Graph: id}, eval.Named) == 0) {
			return nil, false
		}
		if err != nil {
			return func(yield func(rdf.Quad, error) bool) { yield(rdf.Quad{}, err) }, true
		}
		pattern.Graph, scopes = id, scopes[1:]
	}
	term := func(id eval.ID) (rdf.Term, error) {
		if id == 0 {
			return rdf.Term{}, nil
		}
		return s.Term(id)
	}
	return func(yield func(rdf.Quad, error) bool) {
		for _, scope := range scopes {
			for q, err := range s.Match(pattern, scope) {
				err = errors.Join(err, ctx.Err())
				subject, err1 := term(q.Subject)
				predicate, err2 := term(q.Predicate)
				object, err3 := term(q.Object)
				graph, err4 := term(q.Graph)
				err = errors.Join(err, err1, err2, err3, err4)
				if !yield(rdf.Quad{Subject: subject, Predicate: predicate, Object: object, Graph: graph}, err) || err != nil {
					return
				}
			}
		}
	}, true
}

// remote asks the running server for the union of all graphs, or for one.
func (c *exportCommand) remote(e *env, out io.Writer, address, mediaType string) error {
	which := "?default"
	if c.Graph != "" {
		which = "?graph=" + url.QueryEscape(c.Graph)
	}
	req, err := http.NewRequestWithContext(e.ctx, http.MethodGet, address+graphStore+which, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", mediaType)
	return copyAnswer(req, out)
}

// exists says kindly that there is no data directory: reading should not make
// one.
func exists(data string) error {
	if _, err := os.Stat(filepath.Join(data, "state")); errors.Is(err, os.ErrNotExist) {
		return &exit{exitUsage, fmt.Errorf("no data in %s: harvest or load something first, or name the directory with --data", data)}
	}
	return nil
}

// serverFile holds the address of the server that has the directory open, and
// on a second line the secret by which that server knows who can read the file.
const serverFile = "server"

// servedAt returns the address of the running server of a data directory, ""
// if there is none.
func servedAt(data string) string {
	text, err := os.ReadFile(filepath.Join(data, serverFile))
	if err != nil {
		return ""
	}
	address, _, _ := strings.Cut(string(text), "\n")
	client := own()
	client.Timeout = 5 * time.Second // it is on this machine
	res, err := client.Get(address + "/healthz")
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return ""
	}
	return address
}

// own is a client for the server on this machine: no proxy stands between.
func own() *http.Client { return &http.Client{Transport: &http.Transport{}} }

// ask runs a query on an endpoint.
func ask(e *env, endpoint, query, accept string) error {
	req, err := http.NewRequestWithContext(e.ctx, http.MethodPost, endpoint, strings.NewReader(query))
	if err != nil {
		return &exit{exitUsage, err}
	}
	req.Header.Set("Content-Type", "application/sparql-query")
	req.Header.Set("Accept", accept)
	return copyAnswer(req, e.stdout)
}

// copyAnswer sends a request and copies the answer.
func copyAnswer(req *http.Request, out io.Writer) error {
	res, err := own().Do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusOK:
		if _, err = io.Copy(out, res.Body); err != nil {
			return &exit{exitPartly, fmt.Errorf("the server broke its answer off, so it is not whole: %w", err)}
		}
		return nil
	case res.StatusCode == http.StatusBadRequest || res.StatusCode == http.StatusNotAcceptable:
		return &exit{exitUsage, refused(res)}
	case res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusGatewayTimeout:
		return &exit{exitPartly, refused(res)}
	}
	return refused(res)
}

// refused is what a server says of what it will not do.
func refused(res *http.Response) error {
	message, _ := io.ReadAll(io.LimitReader(res.Body, 10<<10))
	text := strings.TrimSpace(string(message))
	if text == "" {
		text = res.Status
	}
	return fmt.Errorf("the server answers: %s", text)
}
