package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

// Report is the judgement on one page.
type Report struct {
	Profile  string // the profile that was applied
	Findings []rdf.Finding
	// Hold, if not "", says why the page may not be published, such as a
	// finding about privacy. It is for the visitor of the harvest status.
	Hold string
}

// Bounds where a Publisher sets none.
const (
	DefaultMaxQuads = 1_000_000
	DefaultBatch    = 256  // ledger entries that a follower does in one go
	maxIRI          = 4096 // bytes of the IRI of a page
)

// Publisher accepts pages and lets the followers carry them on. Set the fields
// before the first use and do not copy it after. It is safe for concurrent use,
// but FollowIndex and Deliver must run once at a time.
type Publisher struct {
	Ledger   Ledger
	Standing Standing // of the Ledger
	Blobs    Blobs
	Cursors  Cursors
	Outbox   Outbox

	// Validate judges a page; nil judges nothing.
	Validate func(ctx context.Context, pub besluit.Publicatie) (Report, error)
	// Hold is the operator's rule: a reason to keep a page back, "" for none.
	// nil holds nothing.
	Hold func(pub besluit.Publicatie) string

	Graphs   Graphs  // nil: FollowGraphs does nothing
	Index    Index   // nil: FollowIndex does without
	Calendar Index   // nil: FollowIndex does without
	Reader   *Reader // reads the store that Graphs writes; needed for Index and Calendar
	Portal   Portal  // nil: Deliver does nothing

	// Notify holds, by the IRI of each bestuurseenheid that notifies through us,
	// the day from which it does: what was published before is not notified. A
	// bestuurseenheid that is not in it is never notified for.
	Notify map[string]time.Time
	// Rules say what must be notified; nil means Meldingsregels.
	Rules []Meldingsregel

	// Marks and Derived let FollowDoubles find what is stated twice; without either
	// it does nothing. Derived is the beginning of the names of the graphs that
	// followers make, which are never harvested or written.
	Marks   Marks
	Derived string

	// Own is the beginning of the names of the graphs that are written from outside
	// (OwnGraphs) and never harvested; "" if there are none.
	Own string

	// MaxQuads bounds the graph of one page; 0 means DefaultMaxQuads.
	MaxQuads int
	// Batch bounds the ledger entries that a follower does in one go; 0 means
	// DefaultBatch.
	Batch int
	// Progress, if set, is told after each batch how far a follower is.
	Progress func(follower string, at, head uint64)
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// locks serialise the entries of one page.
	locks [64]sync.Mutex
	seed  maphash.Seed
	// following is held by who runs FollowGraphs, writes by who writes own graphs.
	following, writes chan struct{}
	once              sync.Once
	touching          sync.Mutex
	touched           map[string]bool // pages to index anew
}

// Status is what became of a page that was offered to Accept.
type Status string

// The statuses of an Outcome.
const (
	StatusNew       Status = "new"
	StatusChanged   Status = "changed"
	StatusUnchanged Status = "unchanged"
	StatusWithdrawn Status = "withdrawn"
	StatusHeld      Status = "held"
)

// Outcome tells what Accept did.
type Outcome struct {
	Status Status
	Reason string // why the page was held
	// Entry is the newest ledger entry of the page: the one that was written, or
	// for StatusUnchanged the one that still holds (zero if there is none).
	Entry Entry
	Quads int // in the page's graph as it is stored
}

// Accept judges a page and writes what it saw in the ledger: durably, or not
// at all. It may be called again for the same page, after a crash or a second
// harvest; a page whose graph and findings are as they were writes nothing.
//
// A page is published, with its findings, unless there is a reason to hold it:
// a finding about privacy (Report.Hold), no typed OSLO subject, a graph over a
// bound, or the operator's rule. A held page leaves the version that was
// published before, if any, in place.
func (p *Publisher) Accept(ctx context.Context, pub besluit.Publicatie) (Outcome, error) {
	if err := p.checkPagina(pub.Pagina); err != nil {
		return Outcome{}, fmt.Errorf("accept page: %w", err)
	}
	defer p.lock(pub.Pagina)()
	last, lastRefs, known, err := p.Ledger.Latest(ctx, pub.Pagina)
	if err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	before := heldByEngines(last, lastRefs)
	if pub.Ingetrokken {
		return p.withdraw(ctx, pub, last, known, before)
	}
	j, err := p.judge(ctx, pub)
	if err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	kind := Published
	if j.hold != "" {
		kind = Held
	}
	refs := Refs{Before: before}
	if refs.Graph, err = p.put(ctx, j.graph); err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	if refs.Report, err = p.put(ctx, j.report); err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	if known && unchanged(kind, j.hold, refs, last, lastRefs) {
		return Outcome{Status: StatusUnchanged, Entry: last, Quads: j.quads, Reason: last.Reason}, nil
	}
	if refs.Body, err = p.put(ctx, pub.Tekst); err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	e := Entry{Kind: kind, Pagina: pub.Pagina, Bron: pub.Bron, Time: pub.Opgehaald, Reason: j.hold, Findings: j.counts}
	e = salted(e, last, pub.Tekst, j.graph, j.report)
	var with Effects
	if kind == Published {
		with.Meldingen = p.meldingen(pub, j.stored)
	}
	e, err = p.Ledger.Append(ctx, e, refs, with)
	if err != nil {
		return Outcome{}, fmt.Errorf("accept %s: %w", pub.Pagina, err)
	}
	out := Outcome{Status: StatusNew, Entry: e, Quads: j.quads, Reason: j.hold}
	switch {
	case kind == Held:
		out.Status = StatusHeld
	case before != "":
		out.Status = StatusChanged
	}
	return out, nil
}

func (p *Publisher) checkPagina(iri string) error {
	switch {
	case p.Own != "" && strings.HasPrefix(iri, p.Own):
		return fmt.Errorf("%.100q is a graph that is written here, not a page to harvest", iri)
	case p.Derived != "" && strings.HasPrefix(iri, p.Derived):
		return fmt.Errorf("%.100q is a graph that is made here, not a page to harvest", iri)
	case !rdf.IsAbsoluteIRI(iri):
		return fmt.Errorf("%.100q is not an absolute IRI", iri)
	case len(iri) > maxIRI:
		return fmt.Errorf("the IRI of the page is longer than %d bytes", maxIRI)
	}
	return nil
}

// unchanged reports whether a page is as the newest entry says. A page that
// was released stays released while it stays the same.
func unchanged(kind Kind, hold string, refs Refs, last Entry, lastRefs Refs) bool {
	if refs.Graph != lastRefs.Graph || refs.Report != lastRefs.Report {
		return false
	}
	if last.Kind == Published && last.Reason != "" {
		return true
	}
	return kind == last.Kind && hold == last.Reason
}

// heldByEngines returns the graph that engines hold of a page once they have
// done its newest entry.
func heldByEngines(last Entry, refs Refs) string {
	switch last.Kind {
	case Published, Written:
		return refs.Graph
	case Held:
		return refs.Before
	}
	return ""
}

func (p *Publisher) withdraw(ctx context.Context, pub besluit.Publicatie, last Entry, known bool, before string) (Outcome, error) {
	if !known || last.Kind == Withdrawn || last.Kind == Erased {
		return Outcome{Status: StatusUnchanged, Entry: last}, nil
	}
	quads, err := p.quads(ctx, before)
	if err != nil {
		return Outcome{}, fmt.Errorf("withdraw %s: %w", pub.Pagina, err)
	}
	e := salted(Entry{
		Kind: Withdrawn, Pagina: pub.Pagina, Bron: cmp.Or(pub.Bron, last.Bron), Time: pub.Opgehaald,
		Reason: withdrawnBy(pub.Status),
	}, last, nil, nil, nil)
	e, err = p.Ledger.Append(ctx, e, Refs{Before: before}, Effects{Gone: subjectIDs(quads)})
	if err != nil {
		return Outcome{}, fmt.Errorf("withdraw %s: %w", pub.Pagina, err)
	}
	return Outcome{Status: StatusWithdrawn, Entry: e}, nil
}

// subjectIDs returns the id of every subject, each once.
func subjectIDs(quads []rdf.Quad) []string {
	var ids []string
	seen := map[rdf.Term]bool{}
	for _, q := range quads {
		if q.Subject.IsIRI() && !seen[q.Subject] {
			seen[q.Subject] = true
			ids = append(ids, besluit.ID(q.Subject.Value()))
		}
	}
	return ids
}

// errMissing says that the ledger lacks an entry before its head.
var errMissing = errors.New("the entry is missing")

// ErrNotHeld says that a page that should be released is not held.
var ErrNotHeld = errors.New("the page is not held")

// withdrawnBy says why a page is withdrawn, by the status of its answer. One that
// is there and withdrawn calls itself a copy of another page.
func withdrawnBy(status int) string {
	if status == http.StatusOK {
		return "kopie van een andere pagina"
	}
	return fmt.Sprintf("HTTP %d", status)
}

// Release publishes the held version of a page after all. Reason says who
// decided and why, and stands in the ledger; it may not be empty. It returns
// ErrNotHeld if the newest entry of the page is of another kind.
func (p *Publisher) Release(ctx context.Context, pagina, reason string) (Entry, error) {
	if reason == "" {
		return Entry{}, fmt.Errorf("release %s: no reason given", pagina)
	}
	defer p.lock(pagina)()
	last, refs, known, err := p.Ledger.Latest(ctx, pagina)
	switch {
	case err != nil:
		return Entry{}, fmt.Errorf("release %s: %w", pagina, err)
	case !known || last.Kind != Held || refs.Graph == "":
		return Entry{}, fmt.Errorf("release %s: %w", pagina, ErrNotHeld)
	}
	quads, err := p.quads(ctx, refs.Graph)
	if err != nil {
		return Entry{}, fmt.Errorf("release %s: %w", pagina, err)
	}
	e := last
	e.Kind, e.Reason, e.Time = Published, reason, p.now()
	with := Effects{Meldingen: p.meldingen(besluit.Publicatie{Pagina: pagina, Opgehaald: e.Time}, quads)}
	e, err = p.Ledger.Append(ctx, e, refs, with)
	if err != nil {
		return Entry{}, fmt.Errorf("release %s: %w", pagina, err)
	}
	return e, nil
}

// Bron is what is known of a source page.
type Bron struct {
	Entry  Entry // the newest
	Report Report
	Tekst  []byte // the page in UTF-8, which the findings point in; nil if erased
}

// Bron returns what is known of a page; ok is false if it was never seen. For
// a withdrawn page the report and the text are empty.
func (p *Publisher) Bron(ctx context.Context, pagina string) (b Bron, ok bool, err error) {
	e, refs, ok, err := p.Ledger.Latest(ctx, pagina)
	if err != nil || !ok {
		return Bron{}, false, err
	}
	b.Entry = e
	if b.Tekst, err = p.get(ctx, refs.Body); err != nil {
		return Bron{}, false, fmt.Errorf("read text of %s: %w", pagina, err)
	}
	report, err := p.get(ctx, refs.Report)
	if err != nil {
		return Bron{}, false, fmt.Errorf("read report of %s: %w", pagina, err)
	}
	if report != nil {
		if b.Report, err = DecodeReport(report); err != nil {
			return Bron{}, false, fmt.Errorf("read report of %s: %w", pagina, err)
		}
	}
	return b, true, nil
}

// MaxHeld is the most entries that Held returns.
const MaxHeld = 1000

// Held returns the newest entries of pages that are held now, the MaxHeld
// oldest of them, oldest first.
func (p *Publisher) Held(ctx context.Context) ([]Entry, error) { return p.Standing.Held(ctx, MaxHeld) }

// Gone tells whether an entity that is no longer there was withdrawn: the
// newest entry that took a page of its away. id is the besluit.ID of its IRI.
func (p *Publisher) Gone(ctx context.Context, id string) (found Entry, ok bool, err error) {
	list, err := p.Standing.Withdrawn(ctx, id, 1)
	if err != nil || len(list) == 0 {
		return Entry{}, false, err
	}
	return list[0], true, nil
}

// put keeps content, "" for none.
func (p *Publisher) put(ctx context.Context, content []byte) (string, error) {
	if content == nil {
		return "", nil
	}
	return p.Blobs.Put(ctx, content)
}

// get returns content, nil for "" and for content that has been erased.
func (p *Publisher) get(ctx context.Context, ref string) ([]byte, error) {
	return getBlob(ctx, p.Blobs, ref)
}

func getBlob(ctx context.Context, blobs Blobs, ref string) ([]byte, error) {
	if ref == "" {
		return nil, nil
	}
	content, err := blobs.Get(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// salted gives an entry that follows last its salt and the hashes of its
// contents.
func salted(e, last Entry, body, graph, report []byte) Entry {
	e.Salt = salt(last, e)
	for _, c := range [...]struct {
		content []byte
		hash    *string
	}{{body, &e.Body}, {graph, &e.Graph}, {report, &e.Report}} {
		if c.content != nil {
			*c.hash = saltedHash(e.Salt, c.content)
		}
	}
	return e
}

func (p *Publisher) begin() {
	p.once.Do(func() {
		p.seed = maphash.MakeSeed()
		p.following, p.writes = make(chan struct{}, 1), make(chan struct{}, 1)
	})
}

// writing returns what a writer of own graphs holds.
func (p *Publisher) writing() chan struct{} {
	p.begin()
	return p.writes
}

// turn waits until something that one at a time may hold is free.
func (p *Publisher) turn(ctx context.Context, held chan struct{}) (leave func(), err error) {
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *Publisher) lock(pagina string) (unlock func()) {
	p.begin()
	mu := &p.locks[maphash.String(p.seed, pagina)%uint64(len(p.locks))]
	mu.Lock()
	return mu.Unlock
}

func (p *Publisher) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}
