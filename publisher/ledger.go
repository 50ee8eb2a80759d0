package publisher

import (
	"context"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

// Kind says what happened to a page.
type Kind string

// The kinds of ledger entry.
const (
	Published Kind = "published"
	Held      Kind = "held" // kept back with a reason, can be released
	Withdrawn Kind = "withdrawn"
	Erased    Kind = "erased"  // content removed on request; the entry stays
	Written   Kind = "written" // by somebody with a token; see OwnGraphs
)

// Entry is one line of the ledger: evidence of what was seen when. It holds
// hashes, never content, so that erasing content leaves the chain verifiable.
type Entry struct {
	Sequence uint64    `json:"sequence"` // 1-based, without holes
	Kind     Kind      `json:"kind"`
	Pagina   string    `json:"pagina"` // IRI of the page, the name of its graph
	Bron     string    `json:"bron"`   // seed that led to it
	Time     time.Time `json:"time"`   // when the page was fetched, or written, UTC
	// Author is the name of the token with which an own graph was written or
	// withdrawn, "" for what was harvested.
	Author string `json:"author,omitempty"`
	// Together is how many of the entries right after this one belong to the same
	// write, which followers do as one step.
	Together int `json:"together,omitempty"`
	// Salted SHA-256 hashes, hex, of the blobs below; the salt is Salt.
	Salt   string `json:"salt"`
	Body   string `json:"body"`
	Graph  string `json:"graph"`
	Report string `json:"report"`
	// Reason says why a page is held or withdrawn, "" otherwise.
	Reason string `json:"reason,omitempty"`
	// Counts of findings by severity, for lists.
	Findings map[rdf.Severity]int `json:"findings,omitempty"`
	// Previous is the Hash of the entry before, "" for the first.
	Previous string `json:"previous"`
	// Hash is the SHA-256, hex, of this entry's canonical JSON without Hash.
	Hash string `json:"hash"`
}

// Refs are the content-addressed blobs of an entry. They are kept beside the
// ledger, not in it.
type Refs struct {
	Body   string `json:"body"`   // decoded page text
	Graph  string `json:"graph"`  // canonical N-Quads, blank nodes skolemized
	Report string `json:"report"` // findings as JSON
	// Before is the Graph of the version that engines held before this entry,
	// "" if they held none: what a follower must take away.
	Before string `json:"before,omitempty"`
}

// Effects are what an entry brings about beside the ledger.
type Effects struct {
	Meldingen []Melding // rows for the Outbox
	// Gone are the ids (besluit.ID) of the subjects that a withdrawn page took
	// along.
	Gone []string
}

// Ledger is the append-only log. Append gives the entry its Sequence, Previous
// and Hash and commits it together with its effects, and with what Standing
// tells, in one atomic, durable step. It is safe for concurrent use.
type Ledger interface {
	Append(ctx context.Context, e Entry, refs Refs, with Effects) (Entry, error)
	// Entry returns one entry; ok is false past the end.
	Entry(ctx context.Context, sequence uint64) (e Entry, refs Refs, ok bool, err error)
	// Latest returns the newest entry of a page.
	Latest(ctx context.Context, pagina string) (e Entry, refs Refs, ok bool, err error)
	// Head returns the newest sequence, 0 if the ledger is empty.
	Head(ctx context.Context) (uint64, error)
}

// Standing tells how pages stand by their newest entries, without a walk over
// the ledger: its answers are kept up by Ledger.Append. It is safe for
// concurrent use.
type Standing interface {
	// Held returns up to n of the entries of pages that are held now, oldest first.
	Held(ctx context.Context, n int) ([]Entry, error)
	// Withdrawn returns up to n of the entries that took away a page which spoke
	// of the subject with the id, newest first; a page that came back is not in it.
	Withdrawn(ctx context.Context, id string, n int) ([]Entry, error)
	// Tally counts pages and their findings.
	Tally(ctx context.Context) (Tally, error)
	// Versions returns up to n of the entries of a page, of every kind, with a
	// sequence below before (0: from the newest), newest first.
	Versions(ctx context.Context, pagina string, before uint64, n int) ([]Entry, error)
}

// Mark is something that a page has and by which it is found: pages that have
// the same Key share it.
type Mark struct {
	Key      string // of any length
	Pagina   string
	Sequence uint64 // the entry of the page that it comes from
	Value    string // what whoever finds it should know: UTF-8 without NUL
}

// Marks finds pages by what they share. It holds nothing that the ledger and its
// blobs do not tell: followers make it, and can make it again. It is safe for
// concurrent use.
type Marks interface {
	// SetMarks puts new marks in the place of all that the pages had, by the IRI
	// of the page; no marks take them away. It is one atomic, durable step and may
	// be repeated. A page may have a key several times.
	SetMarks(ctx context.Context, marks map[string][]Mark) error
	// Marked returns up to n of the marks with a key, those of the newest entries
	// first, those of one entry in the order in which they were set.
	Marked(ctx context.Context, key string, n int) ([]Mark, error)
}

// Tally counts pages by the kind of their newest entry, and the findings that
// those entries count.
type Tally struct {
	Pages    map[Kind]int         `json:"pages"`
	Findings map[rdf.Severity]int `json:"findings"`
}

// Cursors remember how far each follower has read the ledger.
type Cursors interface {
	Cursor(ctx context.Context, follower string) (uint64, error)
	SetCursor(ctx context.Context, follower string, sequence uint64) error
}

// MeldingStatus says how far a notification to the portal is.
type MeldingStatus string

// The statuses of a melding in the outbox.
const (
	Wachtend      MeldingStatus = "wachtend"      // not yet sent, or to be sent again at Next
	Aanvaard      MeldingStatus = "aanvaard"      // the portal answered 201, or 409: it knows it
	Geweigerd     MeldingStatus = "geweigerd"     // the portal refused for good; Reason says why
	Tegengehouden MeldingStatus = "tegengehouden" // preflight failed: not sent; Reason says why
)

// Melding is one row of the outbox: one submittedResource that must be
// notified. SubmittedResource is its key.
type Melding struct {
	SubmittedResource string        `json:"submittedResource"`
	Href              string        `json:"href"`
	Organization      string        `json:"organization"`
	Sequence          uint64        `json:"sequence"` // ledger entry that caused it
	Status            MeldingStatus `json:"status"`
	Attempts          int           `json:"attempts"`
	Next              time.Time     `json:"next"` // not before
	Sent              time.Time     `json:"sent"` // when the portal accepted
	Submission        string        `json:"submission"`
	Reason            string        `json:"reason,omitempty"`
}

// Outbox holds the meldingen. Rows enter through Ledger.Append. A row whose
// SubmittedResource is there already is left as it is, unless it was never
// sent because the preflight held it back (Tegengehouden): then the new row,
// which knows the page as it is now, takes its place.
type Outbox interface {
	// Due returns up to n waiting rows with Next not after now, in the order of
	// Next and then of their ledger entries.
	Due(ctx context.Context, now time.Time, n int) ([]Melding, error)
	// Save writes a row back, durably.
	Save(ctx context.Context, m Melding) error
	// Meldingen returns all rows in the order of their ledger entries.
	Meldingen(ctx context.Context) ([]Melding, error)
	// Counts returns how many rows have each status.
	Counts(ctx context.Context) (map[MeldingStatus]int, error)
}

// Blobs keeps content by the hex SHA-256 of its bytes, compressed. Put is
// durable when it returns and does nothing for content that is there.
type Blobs interface {
	Put(ctx context.Context, content []byte) (sha256 string, err error)
	Get(ctx context.Context, sha256 string) ([]byte, error)
}

// Graphs is a store of named graphs. Put replaces the whole graph.
type Graphs interface {
	Put(ctx context.Context, graph string, quads []rdf.Quad) error
	Delete(ctx context.Context, graph string) error
}

// Index makes entities findable. Put adds or replaces each entity of the
// Inhoud by its IRI; Delete removes entities by IRI. Both are durable on
// return and may be repeated.
type Index interface {
	Put(ctx context.Context, inhoud *besluit.Inhoud) error
	Delete(ctx context.Context, iris []string) error
}

// Calendar is an Index that keeps the sittings and decisions in the order of
// their dates: for a decision that of its sitting, or else of its publication.
type Calendar interface {
	Index
	// Newest returns the IRIs of the sittings or decisions (class is the IRI of
	// either) of a selection, the newest first, those of one moment by IRI and
	// those without a date last; and how many there are in all, counted to
	// MaxTotal and no further than needed beyond. organs, each itself and not its
	// periods, stand in for Bestuur and Orgaan of the selection; nil means all.
	Newest(ctx context.Context, class string, organs []string, s Selection) (iris []string, total int, err error)
}

// Portal is the government portal's melding API. Submit sends one melding.
type Portal interface {
	Submit(ctx context.Context, m Melding) (Answer, error)
}

// Answer is what the portal said. An error beside it means that the outcome is
// unknown and the same melding must be sent again.
type Answer struct {
	Status     int    // HTTP status
	Submission string // IRI of the submission, after 201
	Message    string // the portal's own words, for refusals
}
