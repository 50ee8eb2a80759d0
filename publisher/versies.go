package publisher

import (
	"context"
	"fmt"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

// MaxVersions is the most versions that one reading returns.
const MaxVersions = 100

// Versions returns up to MaxVersions of the ledger's entries of a page, of every
// kind, with a sequence below before (0: from the newest), newest first. Only the
// page's own entries are read.
func (p *Publisher) Versions(ctx context.Context, pagina string, before uint64) ([]Entry, error) {
	return p.Standing.Versions(ctx, pagina, before, MaxVersions)
}

// Version is one version of a page: an entry of the ledger, and the newest that
// was published before it.
type Version struct {
	Entry Entry
	// Next and Previous are the entries of the same page right after and before it,
	// of any kind; zero if there are none.
	Next, Previous Entry
	// Published is the newest entry before it with which the page was published;
	// zero if there is none.
	Published Entry
	// Tekst is the page in UTF-8, as it was read; nil if there is none to show: the
	// page was held, withdrawn or erased.
	Tekst []byte
}

// Version returns a version by its sequence; ok is false if the ledger has no
// such entry of a harvested page. The text of a page that is held is not told,
// nor an earlier version with the same text: why it is held may be what it says.
func (p *Publisher) Version(ctx context.Context, sequence uint64) (v Version, ok bool, err error) {
	e, refs, ok, err := p.Ledger.Entry(ctx, sequence)
	if err != nil || !ok || e.Author != "" {
		return Version{}, false, err
	}
	v.Entry = e
	if v.Previous, err = p.before(ctx, e, ""); err != nil {
		return Version{}, false, err
	}
	if v.Next, err = p.after(ctx, e); err != nil {
		return Version{}, false, err
	}
	if v.Published = v.Previous; v.Previous.Kind != Published {
		if v.Published, err = p.before(ctx, e, Published); err != nil {
			return Version{}, false, err
		}
	}
	if e.Kind != Published {
		return v, true, nil
	}
	held, err := p.heldFor(ctx, e, func(r Refs) bool { return r.Body == refs.Body || r.Graph == refs.Graph })
	if err != nil || held {
		return v, true, err
	}
	if v.Tekst, err = p.get(ctx, refs.Body); err != nil {
		return Version{}, false, fmt.Errorf("read text of entry %d: %w", sequence, err)
	}
	return v, true, nil
}

// heldFor reports whether a page was held, after e and for what match tells, and
// not released or published again since.
func (p *Publisher) heldFor(ctx context.Context, e Entry, match func(Refs) bool) (bool, error) {
	for at := uint64(0); ; {
		list, err := p.Standing.Versions(ctx, e.Pagina, at, MaxVersions)
		if err != nil {
			return false, err
		}
		for _, newer := range list {
			if newer.Sequence <= e.Sequence {
				return false, nil
			}
			at = newer.Sequence
			if newer.Kind != Held && newer.Kind != Published {
				continue
			}
			_, refs, _, err := p.Ledger.Entry(ctx, newer.Sequence)
			if err != nil || match(refs) {
				return newer.Kind == Held, err
			}
		}
		if len(list) < MaxVersions {
			return false, nil
		}
	}
}

// Inhoud returns what a page said before an entry that took it away, nil if it
// said nothing, was held for it, or that has been erased. The error may be a *TooLargeError.
func (p *Publisher) Inhoud(ctx context.Context, e Entry) (*besluit.Inhoud, error) {
	e, refs, ok, err := p.Ledger.Entry(ctx, e.Sequence)
	if err != nil || !ok {
		return nil, err
	}
	held, err := p.heldFor(ctx, Entry{Pagina: e.Pagina}, func(r Refs) bool { return r.Graph == refs.Before })
	if err != nil || held {
		return nil, err
	}
	return p.inhoud(ctx, e.Sequence, refs.Before)
}

// before returns the newest entry of a kind (any for "") of the page of e before
// it, the zero Entry if there is none among the newest thousand.
func (p *Publisher) before(ctx context.Context, e Entry, kind Kind) (Entry, error) {
	const most = 1000
	at := e.Sequence
	for n := 1; n <= most; n = n*4 + 1 {
		list, err := p.Standing.Versions(ctx, e.Pagina, at, n)
		if err != nil {
			return Entry{}, err
		}
		for _, older := range list {
			if kind == "" || older.Kind == kind {
				return older, nil
			}
			at = older.Sequence
		}
		if len(list) < n {
			break
		}
	}
	return Entry{}, nil
}

// after returns the entry of the page of e right after it, the zero Entry if
// there is none. A page changes seldom, so it is found from the newest down.
func (p *Publisher) after(ctx context.Context, e Entry) (next Entry, err error) {
	for at := uint64(0); ; {
		list, err := p.Standing.Versions(ctx, e.Pagina, at, MaxVersions)
		if err != nil {
			return Entry{}, err
		}
		for _, newer := range list {
			if newer.Sequence <= e.Sequence {
				return next, nil
			}
			next, at = newer, newer.Sequence
		}
		if len(list) < MaxVersions {
			return next, nil
		}
	}
}

// TooLargeError says that a version is too large to be compared while somebody
// waits.
type TooLargeError struct {
	Sequence uint64
	Bytes    int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the graph of entry %d is too large to compare: %d bytes", e.Sequence, e.Bytes)
}

// maxCompared bounds the graph of a version that is compared, in bytes of
// N-Quads. The largest minutes of Flemish cities make some 10 MB.
const maxCompared = 32 << 20

// Changes tells what changed on a page with the entry of a sequence: between the
// version that was published before it, or the one with the sequence of since
// (0: the one before), and this one. A page that is withdrawn or erased then says
// nothing any more; a held one is not told, as if it changed nothing. ok is false
// if the ledger has no such entries of one page. The error may be a
// *TooLargeError.
func (p *Publisher) Changes(ctx context.Context, sequence, since uint64) (c Changes, ok bool, err error) {
	e, refs, ok, err := p.Ledger.Entry(ctx, sequence)
	if err != nil || !ok || e.Author != "" {
		return Changes{}, false, err
	}
	c.To = e
	before := refs.Before
	if since != 0 {
		from, fromRefs, ok, err := p.Ledger.Entry(ctx, since)
		if err != nil || !ok || from.Pagina != e.Pagina {
			return Changes{}, false, err
		}
		c.From, before = from, heldByEngines(from, fromRefs)
	} else if c.From, err = p.before(ctx, e, Published); err != nil {
		return Changes{}, false, err
	}
	after := heldByEngines(e, refs)
	old, err := p.inhoud(ctx, c.From.Sequence, before)
	if err != nil {
		return Changes{}, false, err
	}
	fresh, err := p.inhoud(ctx, e.Sequence, after)
	if err != nil {
		return Changes{}, false, err
	}
	held, err := p.heldFor(ctx, Entry{Pagina: e.Pagina}, func(r Refs) bool { return r.Graph != "" && (r.Graph == after || r.Graph == before) })
	if err != nil {
		return Changes{}, false, err
	}
	// What was erased is not told as something that went.
	c.Hidden = held || old == nil && before != "" || fresh == nil && after != ""
	if !c.Hidden {
		c.compare(old, fresh)
	}
	return c, true, nil
}

// inhoud lifts the graph of a blob, nil if it is "" or erased.
func (p *Publisher) inhoud(ctx context.Context, sequence uint64, ref string) (*besluit.Inhoud, error) {
	content, err := p.get(ctx, ref)
	if err != nil || content == nil {
		return nil, err
	}
	if len(content) > maxCompared {
		return nil, &TooLargeError{sequence, len(content)}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	quads, err := nquads.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("read graph of entry %d: %w", sequence, err)
	}
	return besluit.Lift(rdf.NewGraph(quads...)), nil
}
