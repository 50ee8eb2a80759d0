package publisher

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// LDES is the ledger as a Linked Data Event Stream: every published version of
// every page, and every withdrawal, as a member that never changes. A client
// replays the members and then knows which pages hold, and where they are. It is
// safe for concurrent use.
//
// Held pages and own graphs are no members. Members describe the page as a publication, with
// the properties that the Flemish publication feed asks for; what the page says
// is read at its address or at the SPARQL endpoint, in the graph of its name.
type LDES struct {
	Ledger Ledger
	Blobs  Blobs
	// Base is the address of the stream, such as "https://besluiten.example/ldes".
	// Page n is at Base/n.
	Base string
	// PageSize is the number of ledger entries on a page; 0 means
	// DefaultLDESPage. To change it is to begin another stream.
	PageSize int

	mu sync.Mutex
	// before holds, for each page from the second, the newest time among the
	// entries of all pages before it: times in the stream never go back, also
	// where pages were fetched in another order than they were accepted.
	before []time.Time
}

// DefaultLDESPage is the number of ledger entries on a page.
const DefaultLDESPage = 100

// LDESPage is one page of the stream.
type LDESPage struct {
	Quads []rdf.Quad
	// Closed is set when the page will never change: it may be cached for ever.
	Closed bool
}

const asDelete = "https://www.w3.org/ns/activitystreams#Delete"

// Stream returns the description of the stream itself, which points at its
// first page.
func (l *LDES) Stream() []rdf.Quad {
	s := rdf.IRI(l.Base)
	return []rdf.Quad{
		triple(s, vocab.RDFType, rdf.IRI(vocab.Ldes+"EventStream")),
		triple(s, vocab.DctTitle, rdf.LangLiteral("Publicaties van besluiten", "nl")),
		triple(s, vocab.Ldes+"timestampPath", rdf.IRI(vocab.ProvGeneratedAtTime)),
		triple(s, vocab.Ldes+"versionOfPath", rdf.IRI(vocab.DctIsVersionOf)),
		triple(s, vocab.Ldes+"versionDeletePath", rdf.IRI(vocab.RDFType)),
		triple(s, vocab.Ldes+"versionDeleteObject", rdf.IRI(asDelete)),
		triple(s, vocab.Tree+"view", rdf.IRI(l.page(1))),
	}
}

// Page returns page n, from 1; ok is false if there is none yet. Page 1 is
// always there.
func (l *LDES) Page(ctx context.Context, n int) (page LDESPage, ok bool, err error) {
	if n < 1 {
		return LDESPage{}, false, nil
	}
	head, err := l.Ledger.Head(ctx)
	if err != nil {
		return LDESPage{}, false, fmt.Errorf("read event stream: %w", err)
	}
	size := uint64(l.size())
	first := uint64(n-1)*size + 1
	if n > 1 && first > head {
		return LDESPage{}, false, nil
	}
	at, err := l.timeBefore(ctx, n)
	if err != nil {
		return LDESPage{}, false, fmt.Errorf("read event stream: %w", err)
	}
	node := rdf.IRI(l.page(n))
	page.Quads = append(page.Quads, triple(node, vocab.RDFType, rdf.IRI(vocab.Tree+"Node")))
	if n == 1 {
		page.Quads = append(page.Quads, l.Stream()...)
		page.Quads = append(page.Quads, triple(node, vocab.RDFType, rdf.IRI(vocab.Ldes+"EventSource")))
	}
	last := min(head, first+size-1)
	for sequence := first; sequence <= last; sequence++ {
		e, refs, ok, err := l.Ledger.Entry(ctx, sequence)
		if err != nil || !ok {
			return LDESPage{}, false, fmt.Errorf("read event stream: entry %d: %w", sequence, cmp.Or(err, errMissing))
		}
		at = laterOf(at, e.Time)
		quads, err := l.member(ctx, e, refs, at)
		if err != nil {
			return LDESPage{}, false, fmt.Errorf("read event stream: %w", err)
		}
		page.Quads = append(page.Quads, quads...)
	}
	if head > last {
		page.Closed = true
		next, _, _, err := l.Ledger.Entry(ctx, last+1)
		if err != nil {
			return LDESPage{}, false, fmt.Errorf("read event stream: %w", err)
		}
		page.Quads = append(page.Quads, l.relation(node, n+1, laterOf(at, next.Time))...)
	}
	return page, true, nil
}

// relation points at the next page: all its members are at or after since.
func (l *LDES) relation(node rdf.Term, next int, since time.Time) []rdf.Quad {
	r := rdf.IRI(node.Value() + "#volgende")
	return []rdf.Quad{
		triple(node, vocab.Tree+"relation", r),
		triple(r, vocab.RDFType, rdf.IRI(vocab.Tree+"GreaterThanOrEqualToRelation")),
		triple(r, vocab.Tree+"node", rdf.IRI(l.page(next))),
		triple(r, vocab.Tree+"path", rdf.IRI(vocab.ProvGeneratedAtTime)),
		triple(r, vocab.Tree+"value", dateTime(since)),
	}
}

// member describes one entry: a version of a page, or its withdrawal.
func (l *LDES) member(ctx context.Context, e Entry, refs Refs, at time.Time) ([]rdf.Quad, error) {
	if e.Kind == Held || e.Author != "" {
		return nil, nil
	}
	m := rdf.IRI(l.Base + "/lid/" + strconv.FormatUint(e.Sequence, 10))
	quads := []rdf.Quad{
		triple(rdf.IRI(l.Base), vocab.Tree+"member", m),
		triple(m, vocab.RDFType, rdf.IRI(vocab.FoafDocument)),
		triple(m, vocab.DctIsVersionOf, rdf.IRI(e.Pagina)),
		triple(m, vocab.ProvAtLocation, rdf.IRI(e.Pagina)),
		triple(m, vocab.ProvGeneratedAtTime, dateTime(at)),
	}
	if e.Kind != Published {
		return append(quads, triple(m, vocab.RDFType, rdf.IRI(asDelete))), nil
	}
	if refs.Graph == "" {
		return quads, nil
	}
	graph, err := getBlob(ctx, l.Blobs, refs.Graph)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", e.Sequence, err)
	}
	if t := documentType(graph); t != "" {
		quads = append(quads, triple(m, vocab.DctType, rdf.IRI(t)))
	}
	return quads, nil
}

// documentType finds the first BesluitDocumentType that a graph gives a subject
// as its class, without reading all of it.
func documentType(graph []byte) string {
	const middle = "<" + vocab.RDFType + "> <" + vocab.BesluitDocumentType
	_, rest, ok := bytes.Cut(graph, []byte(middle))
	if !ok {
		return ""
	}
	local, _, ok := bytes.Cut(rest, []byte("> ."))
	if !ok || len(local) > 100 {
		return ""
	}
	return vocab.BesluitDocumentType + string(local)
}

// timeBefore returns the newest time among the entries of the pages before n.
func (l *LDES) timeBefore(ctx context.Context, n int) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	size := uint64(l.size())
	for len(l.before) < n-1 {
		done := len(l.before)
		var at time.Time
		if done > 0 {
			at = l.before[done-1]
		}
		for sequence := uint64(done)*size + 1; sequence <= uint64(done+1)*size; sequence++ {
			e, _, ok, err := l.Ledger.Entry(ctx, sequence)
			if err != nil {
				return time.Time{}, err
			}
			if !ok {
				return time.Time{}, fmt.Errorf("entry %d: %w", sequence, errMissing)
			}
			at = laterOf(at, e.Time)
		}
		l.before = append(l.before, at)
	}
	if n == 1 {
		return time.Time{}, nil
	}
	return l.before[n-2], nil
}

func (l *LDES) size() int {
	if l.PageSize <= 0 {
		return DefaultLDESPage
	}
	return l.PageSize
}

func (l *LDES) page(n int) string { return l.Base + "/" + strconv.Itoa(n) }

func triple(s rdf.Term, property string, o rdf.Term) rdf.Quad {
	return rdf.Quad{Subject: s, Predicate: rdf.IRI(property), Object: o}
}

func dateTime(t time.Time) rdf.Term {
	return rdf.Literal(t.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"), vocab.XSDDateTime)
}
