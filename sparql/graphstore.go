package sparql

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

// GraphStore returns the Graph Store HTTP Protocol (SPARQL 1.1): GET and HEAD for
// all, and PUT, POST and DELETE for who HandlerOptions.Authorize knows, if the
// engine is a GraphWriter. The handler serves paths below its own address: at "/"
// a graph is named by ?graph=IRI or ?default, or made by a POST without either;
// at any longer path the address itself is the name (direct identification). The
// default graph is that of the engine, and read-only as a rule.
func GraphStore(engine Engine, o HandlerOptions) http.Handler {
	return &graphStore{front: newFront(o), engine: engine}
}

type graphStore struct {
	*front
	engine Engine
}

// ServeHTTP answers one request.
func (s *graphStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const methods = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
	if s.greet(w, r, methods) {
		return
	}
	var body []byte // of a document, for the place of its mistakes
	err := func() error {
		name, fresh, err := s.name(r)
		if err != nil {
			return err
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			return s.get(w, r, name)
		case http.MethodPut, http.MethodPost, http.MethodDelete:
		default:
			return refuse(http.StatusMethodNotAllowed, "%s kan hier niet; dit kan wel: %s.", "The method %s is not known here; use one of %s.", r.Method, methods)
		}
		author, err := s.authorize(w, r)
		if err != nil {
			return err
		}
		writer, ok := s.engine.(GraphWriter)
		if !ok {
			return fmt.Errorf("write graph: %w", ErrUnsupported)
		}
		leave, err := s.turn(r.Context())
		if err != nil {
			return err
		}
		defer leave()
		r = r.WithContext(WithAuthor(r.Context(), author))
		if r.Method == http.MethodDelete {
			existed, err := writer.DeleteGraph(r.Context(), name)
			if err == nil && !existed {
				return noSuchGraph(name)
			}
			return s.written(w, http.StatusNoContent, err)
		}
		if body, err = readAll(w, r, s.o.MaxGraphBytes); err != nil {
			return err
		}
		quads, err := readDocuments(r.Header.Get("Content-Type"), body, s.base(name, r))
		if err != nil {
			return err
		}
		put := writer.PutGraph
		if r.Method == http.MethodPost {
			put = writer.PostGraph
		}
		created, err := put(r.Context(), name, quads)
		status := http.StatusNoContent
		if created && len(quads) > 0 {
			status = http.StatusCreated
		}
		if status == http.StatusCreated && err == nil || fresh {
			w.Header().Set("Location", s.location(name, r))
		}
		return s.written(w, status, err)
	}()
	if err != nil {
		s.fail(w, r, string(body), err)
	}
}

// name returns the graph that a request is about (section 4); fresh says that the
// request asks for a new one.
func (s *graphStore) name(r *http.Request) (name rdf.Term, fresh bool, err error) {
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return name, false, refuse(http.StatusBadRequest, "De parameters van het adres zijn niet te lezen: %v.", "The parameters of the address cannot be read: %v.", err)
	}
	graphs, isDefault := parameters["graph"], parameters.Has("default")
	if rest := strings.TrimPrefix(r.URL.EscapedPath(), "/"); rest != "" {
		if len(graphs) > 0 || isDefault {
			return name, false, refuse(http.StatusBadRequest,
				"Het adres noemt al een graaf; laat ?graph en ?default weg.",
				"The address names a graph already; leave out ?graph and ?default.")
		}
		name = rdf.IRI(s.store(r) + "/" + rest)
		return name, false, nil
	}
	switch {
	case len(graphs) == 1 && !isDefault && rdf.IsAbsoluteIRI(graphs[0]):
		return rdf.IRI(graphs[0]), false, nil
	case len(graphs) == 1 && !isDefault:
		return name, false, refuse(http.StatusBadRequest, "De graaf %q is geen absolute IRI.", "The graph %q is not an absolute IRI.", graphs[0])
	case len(graphs) == 0 && isDefault:
		return name, false, nil
	case len(graphs) == 0 && r.Method == http.MethodPost:
		beginning := s.o.NewGraphs
		if beginning == "" {
			beginning = s.store(r) + "/"
		}
		return rdf.IRI(beginning + uuid.NewString()), true, nil
	}
	return name, false, refuse(http.StatusBadRequest,
		"Noem één graaf: ?graph=<IRI>, of ?default voor de standaardgraaf.",
		"Name one graph: ?graph=<IRI>, or ?default for the default graph.")
}

// store is the public address of the store itself, without a slash at the end.
func (s *graphStore) store(r *http.Request) string {
	address := s.address(r)
	if s.o.URL == "" { // what the request says includes the name of the graph
		address = strings.TrimSuffix(address, r.URL.EscapedPath())
	}
	return strings.TrimSuffix(address, "/")
}

// base is what relative IRIs in a document are resolved against (section 4.1).
func (s *graphStore) base(name rdf.Term, r *http.Request) string {
	if name.IsZero() {
		return s.store(r) + "?default"
	}
	return name.Value()
}

// location is where a graph can be read.
func (s *graphStore) location(name rdf.Term, r *http.Request) string {
	switch store := s.store(r); {
	case name.IsZero():
		return store + "?default"
	case strings.HasPrefix(name.Value(), store+"/"):
		return name.Value()
	default:
		return store + "?graph=" + url.QueryEscape(name.Value())
	}
}

func noSuchGraph(name rdf.Term) error {
	if name.IsZero() {
		return refuse(http.StatusNotFound, "De standaardgraaf is leeg.", "The default graph is empty.")
	}
	return refuse(http.StatusNotFound, "Er is geen graaf %v.", "There is no graph %v.", name)
}

// maxGraphTime bounds how long one graph may be read.
const maxGraphTime = 10 * time.Minute

// get answers with a graph.
func (s *graphStore) get(w http.ResponseWriter, r *http.Request, name rdf.Term) error {
	offers := []string{Turtle, JSONLD, NTriples, RDFXML, NQuads, TriG, "application/json", "text/plain", "text/n3", "application/x-turtle"}
	mediaType := Negotiate(strings.Join(r.Header.Values("Accept"), ","), offers)
	if mediaType == "" {
		return refuse(http.StatusNotAcceptable, "Een graaf is er als %s.", "A graph can be had as %s.", strings.Join(offers, ", "))
	}
	leave, err := s.turn(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	tag := ""
	if s.o.Version != nil {
		tag = fmt.Sprintf(`W/"%x-%s"`, s.o.Version(), path.Base(mediaType))
	}
	// A whole graph takes as long as it takes to read, but not for ever: it holds a
	// snapshot of the store.
	ctx, cancel := context.WithTimeout(r.Context(), maxGraphTime)
	defer cancel()
	result, ok, err := s.engine.Graph(ctx, name)
	if err != nil {
		return err
	}
	if !ok {
		return noSuchGraph(name)
	}
	defer result.Close()
	if tag != "" {
		setTag(w, tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	w.Header().Set("Content-Type", contentType(mediaType))
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	b := s.body(w, r)
	return s.finish(b, mediaType, WriteGraph(b, graphType(mediaType), result.Quads, ""))
}

// readDocuments reads the body of a PUT or POST: one document, or several in a
// form (section 5.5).
func readDocuments(header string, body []byte, base string) ([]rdf.Quad, error) {
	mediaType, attributes, err := mime.ParseMediaType(header)
	if err != nil {
		return nil, unsupported(header)
	}
	if mediaType != "multipart/form-data" {
		return readDocument(mediaType, attributes["charset"], body, base, "")
	}
	var quads []rdf.Quad
	parts := multipart.NewReader(bytes.NewReader(body), attributes["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return quads, nil
		}
		var text []byte
		if err == nil {
			text, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "Het formulier is niet te lezen: %v.", "The form cannot be read: %v.", err)
		}
		header := part.Header.Get("Content-Type")
		mediaType, attributes, err := mime.ParseMediaType(header)
		if named, ok := TypeByName(path.Ext(part.FileName())); ok && (err != nil || mediaType == "application/octet-stream") {
			mediaType, err = named, nil
		}
		if err != nil {
			return nil, unsupported(header)
		}
		// Labels of blank nodes mean something within their document only.
		more, err := readDocument(mediaType, attributes["charset"], text, base, fmt.Sprintf("d%d", n))
		if err != nil {
			return nil, err
		}
		quads = append(quads, more...)
	}
}

func unsupported(mediaType string) error {
	return refuse(http.StatusUnsupportedMediaType, "De inhoud is %q; stuur %s.", "The body is %q; send %s.", mediaType, strings.Join(GraphTypes(), ", "))
}

// ReadGraph reads the triples of a document in the syntax of a media type of
// GraphTypes, or one of the usual names for them; base resolves relative IRIs.
// Mistakes in it are *rdf.SyntaxError where the syntax tells their place.
func ReadGraph(mediaType string, body []byte, base string) ([]rdf.Quad, error) {
	return readDocument(mediaType, "", body, base, "")
}

// readDocument reads triples. Quads in named graphs are refused: the request
// names the graph.
func readDocument(mediaType, charset string, body []byte, base, blanks string) (quads []rdf.Quad, err error) {
	if charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return nil, refuse(http.StatusUnsupportedMediaType, "De inhoud is %s; stuur UTF-8.", "The body is %s; send UTF-8.", charset)
	}
	in := bytes.NewReader(body)
	switch mediaType = graphType(mediaType); mediaType {
	case Turtle, TriG:
		quads, err = rdf.ReadAll(turtle.NewReader(in, turtle.Options{Base: base, TriG: mediaType == TriG, BlankPrefix: blanks}).Read)
	case NTriples, NQuads:
		quads, err = rdf.ReadAll(nquads.NewReader(in, nquads.Options{Triples: mediaType == NTriples, BlankPrefix: blanks}).Read)
	case RDFXML:
		quads, err = rdf.ReadAll(rdfxml.NewReader(in, rdfxml.Options{Base: base, BlankPrefix: blanks}).Read)
	case JSONLD:
		quads, err = jsonld.Parse(in, jsonld.Options{Base: base, BlankPrefix: blanks, MaxBytes: len(body) + 1})
	default:
		return nil, unsupported(mediaType)
	}
	var syntax *rdf.SyntaxError
	if err != nil && !errors.As(err, &syntax) {
		return nil, refuse(http.StatusBadRequest, "De inhoud is niet te lezen als %s: %v.", "The body cannot be read as %s: %v.", mediaType, err)
	}
	if err != nil {
		return nil, err
	}
	for _, q := range quads {
		if !q.Graph.IsZero() {
			return nil, refuse(http.StatusBadRequest,
				"De inhoud heeft grafen met een naam (%v); stuur alleen triples, het verzoek noemt de graaf.",
				"The body has named graphs (%v); send triples only, the request names the graph.", q.Graph)
		}
	}
	return quads, nil
}
