package loket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Vendor is who may notify, and for whom.
type Vendor struct {
	Key           string
	Organizations []string // IRIs of bestuurseenheden
}

// Submission is a melding that the stand-in took on.
type Submission struct {
	URI               string    `json:"uri"`
	Job               string    `json:"job"`
	SubmittedResource string    `json:"submittedResource"`
	Href              string    `json:"href"`
	Organization      string    `json:"organization"`
	Vendor            string    `json:"vendor"`
	Status            string    `json:"status"` // IRI: Concept, Inzendbaar or Verzonden
	Received          time.Time `json:"received"`
	Sent              time.Time `json:"sent,omitzero"`
	// Missing is why it went back to Concept. The real portal keeps this to
	// itself.
	Missing []string `json:"missing,omitempty"`
	Done    bool     `json:"done"` // the job is over
}

// StandIn plays the portal: POST /melding answers as the contract says, and a
// job then fetches the page and looks for what the portal's form requires. It
// remembers across restarts if it has a directory. It is safe for concurrent
// use.
type StandIn struct {
	vendors map[string]Vendor
	fetch   func(ctx context.Context, url string) (body []byte, contentType string, err error)
	now     func() time.Time
	log     *os.File // nil: in memory only

	mu          sync.Mutex
	submissions []*Submission
	byResource  map[string]*Submission
	created     map[string]int
	work        chan struct{}
}

// StandInOptions says how a StandIn works.
type StandInOptions struct {
	// Dir keeps what was submitted; "" keeps it in memory.
	Dir     string
	Vendors map[string]Vendor // by IRI
	// Fetch gets a page for the job. It must bound what it reads.
	Fetch func(ctx context.Context, url string) (body []byte, contentType string, err error)
	Now   func() time.Time // nil: time.Now
}

// maxBody bounds the body of a request.
const maxBody = 1 << 20

// NewStandIn returns a portal that remembers what its directory holds.
func NewStandIn(o StandInOptions) (*StandIn, error) {
	s := &StandIn{
		vendors: o.Vendors, fetch: o.Fetch, now: o.Now,
		byResource: map[string]*Submission{}, created: map[string]int{}, work: make(chan struct{}, 1),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if o.Dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("open stand-in portal: %w", err)
	}
	if err := s.open(filepath.Join(o.Dir, "submissions.jsonl")); err != nil {
		return nil, fmt.Errorf("open stand-in portal: %w", err)
	}
	return s, nil
}

// event is one line of the log: a submission that was created, or one whose
// job is over.
type event struct {
	Created    bool       `json:"created"`
	Submission Submission `json:"submission"`
}

// open reads the log. A last line that a crash cut off was never answered for,
// and is cut away.
func (s *StandIn) open(path string) error {
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	for line := range bytes.Lines(content[:whole]) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		s.apply(e)
	}
	if s.log, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	if err := s.log.Truncate(int64(whole)); err != nil {
		return errors.Join(err, s.log.Close())
	}
	if _, err := s.log.Seek(0, io.SeekEnd); err != nil {
		return errors.Join(err, s.log.Close())
	}
	s.wake()
	return nil
}

// Close ends the log.
func (s *StandIn) Close() error {
	if s.log == nil {
		return nil
	}
	return s.log.Close()
}

// apply puts an event in memory.
func (s *StandIn) apply(e event) {
	submission := e.Submission
	if e.Created {
		s.created[submission.SubmittedResource]++
		s.submissions = append(s.submissions, &submission)
		s.byResource[submission.SubmittedResource] = &submission
		return
	}
	if known := s.byResource[submission.SubmittedResource]; known != nil {
		*known = submission
	}
}

// record makes an event durable, then applies it. The caller holds mu.
func (s *StandIn) record(e event) error {
	if s.log != nil {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := s.log.Write(append(line, '\n')); err != nil {
			return err
		}
		if err := s.log.Sync(); err != nil {
			return err
		}
	}
	s.apply(e)
	return nil
}

// Submissions returns what was submitted, in order of arrival.
func (s *StandIn) Submissions() []Submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Submission, len(s.submissions))
	for i, submission := range s.submissions {
		list[i] = *submission
	}
	return list
}

// Created returns how often each submittedResource was answered with 201. More
// than once is a fault of whoever keeps this contract.
func (s *StandIn) Created() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int, len(s.created))
	for resource, n := range s.created {
		counts[resource] = n
	}
	return counts
}

var jsonType = regexp.MustCompile(`application/(ld\+)?json`)

// ServeHTTP answers POST /melding, whatever stands before it in the path.
func (s *StandIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/melding") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	s.melding(w, r)
}

// melding makes the checks in the order of the real service: content type,
// array, JSON-LD, the minimal payload, the status, authentication, duplicate.
func (s *StandIn) melding(w http.ResponseWriter, r *http.Request) {
	if !jsonType.MatchString(r.Header.Get("Content-Type")) {
		refuse(w, http.StatusBadRequest, "Content-Type not valid, only application/json or application/ld+json are accepted")
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fail(w, err)
		return
	}
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("[")) {
		refuse(w, http.StatusBadRequest, "Invalid JSON payload, expected an object but found array.")
		return
	}
	m, err := expand(content)
	if err != nil {
		fail(w, err)
		return
	}
	for _, p := range [...]struct{ name, value string }{
		{"submittedResource", m.SubmittedResource}, {"status", m.Status}, {"href", m.Href},
	} {
		if p.value == "" {
			refuse(w, http.StatusBadRequest, `Invalid JSON-LD payload: property "`+p.name+`" is missing or invalid.`)
			return
		}
	}
	if m.Status != Concept && m.Status != Inzendbaar {
		answer(w, http.StatusBadRequest, map[string]any{"errors": []any{map[string]string{"message": "Property status is not valid."}}})
		return
	}
	if m.Vendor == "" || m.key == "" || m.Organization == "" {
		refuse(w, http.StatusBadRequest, "The authentication (or part of it) for this request is missing. Make sure to supply publisher (with vendor URI and key) and organization information to the request.")
		return
	}
	if vendor, ok := s.vendors[m.Vendor]; !ok || vendor.Key != m.key || !slices.Contains(vendor.Organizations, m.Organization) {
		refuse(w, http.StatusUnauthorized, "Authentication failed, vendor does not have access to the organization or does not exist. If this should not be the case, please contact us at digitaalABB@vlaanderen.be for login credentials.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byResource[m.SubmittedResource] != nil {
		refuse(w, http.StatusConflict, "The given submittedResource <"+m.SubmittedResource+"> has already been submitted.")
		return
	}
	m.Received = s.now().UTC()
	m.Job = "http://data.lblod.info/id/automatic-submission-job/" + uuid.NewString()
	if err := s.record(event{Created: true, Submission: m.Submission}); err != nil {
		fail(w, err)
		return
	}
	s.wake()
	answer(w, http.StatusCreated, map[string]string{"uri": m.URI, "submission": m.URI, "job": m.Job})
}

// received is a melding as it came in.
type received struct {
	Submission
	key string
}

// expand reads a melding as JSON-LD, with the portal's defaults put in first:
// its context, a type, an IRI, and the status Concept. Values count wherever
// they stand, the first of each.
func expand(content []byte) (received, error) {
	var fields map[string]any
	if err := json.Unmarshal(content, &fields); err != nil {
		return received{}, err
	}
	if fields == nil {
		return received{}, errors.New("expected an object")
	}
	defaultTo := func(key string, value any, alias string) {
		if fields[key] == nil && (alias == "" || fields[alias] == nil) {
			fields[key] = value
		}
	}
	defaultTo("@context", meldingContext(), "")
	defaultTo("@type", mebSubmission, "")
	defaultTo("@id", "http://data.lblod.info/submissions/"+uuid.NewString(), "")
	defaultTo(admsStatus, map[string]any{"@id": Concept}, "status")
	complete, err := json.Marshal(fields)
	if err != nil {
		return received{}, err
	}
	own, err := json.Marshal(map[string]any{"@context": meldingContext()})
	if err != nil {
		return received{}, err
	}
	quads, err := jsonld.Parse(bytes.NewReader(complete), jsonld.Options{Contexts: map[string][]byte{contextIRI: own}})
	if err != nil {
		return received{}, err
	}
	g := rdf.NewGraph(quads...)
	first := func(property string) string {
		for q := range g.Match(rdf.Term{}, rdf.IRI(property), rdf.Term{}) {
			return q.Object.Value()
		}
		return ""
	}
	return received{
		Submission: Submission{
			URI:               g.Subject(rdf.IRI(vocab.RDFType), rdf.IRI(mebSubmission)).Value(),
			SubmittedResource: first(dctSubject), Href: first(provAtLocation), Status: first(admsStatus),
			Organization: first(pavCreatedBy), Vendor: first(pavProvidedBy),
		},
		key: first(accountKey),
	}, nil
}

func refuse(w http.ResponseWriter, status int, title string) {
	answer(w, status, map[string]any{"errors": []any{map[string]string{"title": title}}})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the client went away
}

// fail is the real service's answer to everything that it did not foresee.
func fail(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, "An error happened while processing the auto-submission request. If this keeps occurring for no good reason, please contact us at digitaalABB@vlaanderen.be. Please consult the technical error below.\n%v", err)
}

// wake tells Run that there is work.
func (s *StandIn) wake() {
	select {
	case s.work <- struct{}{}:
	default:
	}
}

// Run does the jobs of submissions as they come, until ctx ends. It returns an
// error only if what it did could not be written down.
func (s *StandIn) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.work:
			if err := s.Process(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// Process does the jobs that are waiting: fetch the page, read its RDFa, look
// for what the form requires. A complete melding with status Inzendbaar becomes
// Verzonden, an incomplete one goes back to Concept; a draft stays one.
func (s *StandIn) Process(ctx context.Context) error {
	for _, submission := range s.Submissions() {
		if submission.Done {
			continue
		}
		missing := s.inspect(ctx, submission)
		if err := ctx.Err(); err != nil {
			return err
		}
		submission.Done, submission.Missing = true, missing
		switch {
		case len(missing) > 0:
			submission.Status = Concept
		case submission.Status == Inzendbaar:
			submission.Status, submission.Sent = Verzonden, s.now().UTC()
		}
		s.mu.Lock()
		err := s.record(event{Submission: submission})
		s.mu.Unlock()
		if err != nil {
			return fmt.Errorf("process submission %s: %w", submission.URI, err)
		}
	}
	return nil
}

// inspect returns what the page lacks.
func (s *StandIn) inspect(ctx context.Context, submission Submission) []string {
	if s.fetch == nil {
		return nil
	}
	content, contentType, err := s.fetch(ctx, submission.Href)
	if err != nil {
		return []string{"de pagina kon niet opgehaald worden: " + err.Error()}
	}
	text, _, err := rdfa.Decode(content, contentType)
	if err != nil {
		return []string{"de pagina kon niet gelezen worden: " + err.Error()}
	}
	page, err := rdfa.Parse(text, rdfa.Options{Base: submission.Href, Host: rdfa.HostOf(contentType)})
	if err != nil {
		return []string{"de pagina kon niet gelezen worden: " + err.Error()}
	}
	g := rdf.NewGraph()
	for _, q := range page.Quads {
		g.Add(q.Quad)
	}
	return publisher.Preflight(g, submission.SubmittedResource, s.now())
}
