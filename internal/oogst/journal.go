package oogst

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

// Journal keeps, from one run of the program to the next, which problems were
// told of. Load returns nothing if there is none yet.
type Journal interface {
	Load(ctx context.Context) ([]byte, error)
	Save(ctx context.Context, content []byte) error
}

// Past is a problem that was told of: one that is over if Over is set.
type Past struct {
	Kind     Kind     `json:"soort"`
	Severity Severity `json:"ernst"`
	Key      string   `json:"sleutel"`
	Title    rdf.Text `json:"titel"` // as it was last told
	Meaning  rdf.Text `json:"betekenis"`
	// Since is when the data says it began, Opened when it was first told of,
	// Changed when its title last changed, and Over when it was there no more.
	Since   time.Time `json:"sinds,omitzero"`
	Opened  time.Time `json:"gemeld"`
	Changed time.Time `json:"gewijzigd"`
	Over    time.Time `json:"voorbij,omitzero"`
}

// journal is what a Journal keeps: by government, in the order of Opened.
type journal map[string][]Past

const (
	mostPast = 100                  // kept of one government
	keptPast = 180 * 24 * time.Hour // after it was over
	// again is within what time a problem that comes back is the same one.
	again = 24 * time.Hour
)

// name is by what a government stands in the journal.
func (b *Bestuur) name() string { return cmp.Or(b.IRI, b.Naam) }

// remember compares a report with the earlier ones, gives its problems the time
// since when they are there, and keeps what is new.
func (w *Watch) remember(ctx context.Context, r *Report) error {
	if w.journal == nil {
		w.journal = journal{}
		if w.Journal != nil {
			content, err := w.Journal.Load(ctx)
			if err != nil {
				return fmt.Errorf("read journal of the harvest: %w", err)
			}
			// One that can not be read is one of another version: it is begun again.
			if json.Unmarshal(content, &w.journal) != nil || w.journal == nil {
				w.journal = journal{}
			}
		}
	}
	changed := false
	for _, b := range r.Besturen {
		if len(b.Bronnen) == 0 { // that it has no source is no news
			for i := range b.Problemen {
				b.Problemen[i].say()
			}
			b.Reden = b.why()
			continue
		}
		past, news := b.compare(w.journal[b.name()], r.Moment)
		changed = changed || news
		w.journal[b.name()] = past
		b.Verleden = slices.Clone(past)
		b.Reden = b.why()
	}
	if !changed || w.Journal == nil {
		return nil
	}
	content, err := json.Marshal(w.journal)
	if err == nil {
		err = w.Journal.Save(ctx, content)
	}
	if err != nil {
		return fmt.Errorf("write journal of the harvest: %w", err)
	}
	return nil
}

// compare brings the past of a government up to the present.
func (b *Bestuur) compare(past []Past, now time.Time) (list []Past, news bool) {
	past = slices.Clone(past)
	present := map[string]bool{}
	for i := range b.Problemen {
		p := &b.Problemen[i]
		key := p.key()
		present[key] = true
		at := slices.IndexFunc(past, func(o Past) bool { return o.Key == key && (o.Over.IsZero() || now.Sub(o.Over) < again) })
		if at < 0 {
			p.Since = cmp.Or(p.Since, now)
			p.say()
			past = append(past, Past{p.Kind, p.Severity, key, p.Title, p.Meaning, p.Since, now, now, time.Time{}})
			news = true
			continue
		}
		o := &past[at]
		if p.Since.IsZero() || o.Over.IsZero() && o.Since.Before(p.Since) {
			p.Since = o.Since
		}
		p.say()
		if !o.Over.IsZero() || o.Title != p.Title || o.Severity != p.Severity {
			o.Over, o.Changed, news = time.Time{}, now, true
		}
		o.Title, o.Meaning, o.Severity, o.Since = p.Title, p.Meaning, p.Severity, p.Since
	}
	for i := range past {
		if o := &past[i]; o.Over.IsZero() && !present[o.Key] {
			o.Over, o.Changed, news = now, now, true
		}
	}
	list = slices.DeleteFunc(past, func(o Past) bool { return !o.Over.IsZero() && now.Sub(o.Over) > keptPast })
	for len(list) > mostPast { // the one that was over first
		oldest := 0
		for i, o := range list {
			if !o.Over.IsZero() && (list[oldest].Over.IsZero() || o.Over.Before(list[oldest].Over)) {
				oldest = i
			}
		}
		list = slices.Delete(list, oldest, oldest+1)
	}
	return list, news || len(list) != len(past)
}
