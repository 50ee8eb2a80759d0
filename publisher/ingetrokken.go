package publisher

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
)

// Withdrawal is a page that was withdrawn and did not come back.
type Withdrawal struct {
	Entry Entry `json:"-"` // of the withdrawal: when, and why
	// What the page was when it was last there.
	Soort     besluit.Soort `json:"soort,omitempty"`
	Titel     string        `json:"titel,omitempty"`  // of its only decision or item
	Zitting   time.Time     `json:"zitting,omitzero"` // when the sitting was that it is about
	Orgaan    string        `json:"orgaan,omitempty"` // name
	Besluiten int           `json:"besluiten,omitempty"`
}

// withdrawnMarks are the marks of a page that is gone: by the government and the
// organs that it spoke of.
func (p *Publisher) withdrawnMarks(ctx context.Context, it item) ([]Mark, error) {
	in, err := p.inhoud(ctx, it.Sequence, it.refs.Before)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", it.Sequence, err)
	}
	if in == nil { // it was held from the first, or has been erased
		return nil, nil
	}
	w := Withdrawal{Besluiten: len(in.Besluiten)}
	if len(in.Documenten) > 0 {
		w.Soort = in.Documenten[0].Soort
	}
	if len(in.Zittingen) > 0 {
		w.Zitting = in.Zittingen[0].Datum()
	}
	switch {
	case len(in.Besluiten) == 1:
		w.Titel = cmp.Or(in.Besluiten[0].Titel, in.Besluiten[0].TitelKort)
	case len(in.Besluiten) == 0 && len(in.Agendapunten) == 1:
		w.Titel = in.Agendapunten[0].Titel
	}
	w.Titel = cut(w.Titel, 300)
	keys := []string{markWithdrawn}
	for _, o := range in.Bestuursorganen {
		w.Orgaan = cmp.Or(w.Orgaan, cut(o.Naam, 300))
		keys = append(keys, markWithdrawn+o.IRI)
		if o.Bestuurt != nil {
			keys = append(keys, markWithdrawn+o.Bestuurt.IRI)
		}
	}
	slices.Sort(keys)
	value, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", it.Sequence, err)
	}
	var marks []Mark
	for _, k := range slices.Compact(keys) {
		marks = append(marks, Mark{Key: k, Pagina: it.Pagina, Sequence: it.Sequence, Value: string(value)})
	}
	return marks, nil
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// Withdrawals returns up to n pages that are withdrawn and spoke of a
// bestuurseenheid or of one of its organs, all by IRI; of anything if there are
// none. The newest come first.
func (p *Publisher) Withdrawals(ctx context.Context, iris []string, n int) ([]Withdrawal, error) {
	if p.Marks == nil {
		return nil, nil
	}
	if len(iris) == 0 {
		iris = []string{""}
	}
	newest := map[uint64]Mark{}
	for _, iri := range iris {
		marks, err := p.Marks.Marked(ctx, markWithdrawn+iri, n)
		if err != nil {
			return nil, fmt.Errorf("list withdrawn pages: %w", err)
		}
		for _, m := range marks {
			newest[m.Sequence] = m
		}
	}
	var list []Withdrawal
	for _, m := range newest {
		var w Withdrawal
		if err := json.Unmarshal([]byte(m.Value), &w); err != nil {
			return nil, fmt.Errorf("list withdrawn pages: %w", err)
		}
		w.Entry.Sequence = m.Sequence
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b Withdrawal) int { return cmp.Compare(b.Entry.Sequence, a.Entry.Sequence) })
	list = list[:min(n, len(list))]
	for i := range list {
		e, _, _, err := p.Ledger.Entry(ctx, list[i].Entry.Sequence)
		if err != nil {
			return nil, fmt.Errorf("list withdrawn pages: %w", err)
		}
		list[i].Entry = e
	}
	return list, nil
}
