package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/publisher"
)

// newWatch makes what judges the harvest of the house.
func (h *house) newWatch() *oogst.Watch {
	return &oogst.Watch{
		Declared: h.declared, Visits: h.visits, Rounds: h.state.rounds,
		Ledger: h.publisher.Ledger, Followed: h.followed, Held: h.publisher.Held,
		Besturen: h.reader.Besturen,
		Sittings: func(ctx context.Context, bestuur string) ([]oogst.Sitting, []string, error) {
			return oogst.Sittings(ctx, h.reader, bestuur)
		},
		Organs: func(ctx context.Context, pages []string) ([]string, error) {
			return oogst.Organs(ctx, h.reader, pages)
		},
		Duplicates: h.publisher.Doubles,
		Register:   register.Embedded(),
		Journal:    journalFile(filepath.Join(h.config.Data, "oogst.json")),
		Now:        h.clock.Now,
	}
}

// declared are the sources that the operator lists.
func (h *house) declared() (list []oogst.Declared) {
	b := h.sources.Load()
	if b == nil { // nothing is harvested on schedule by this process
		b = &bronnen{}
		if h.config.SourcesFile != "" {
			if file, err := readBronnen(h.config.SourcesFile, newCatalogue(register.Embedded()), h.config.AllowPrivate); err == nil {
				b = file // what is wrong in it is for sources check to tell
			}
		}
		b.ofConfig(h.config.Sources)
	}
	for _, s := range b.list {
		list = append(list, oogst.Declared{URL: s.Clean, Bestuurseenheid: s.Eenheid.IRI, Every: s.every()})
	}
	return list
}

// followed is up to which ledger entry both the store and the index know.
func (h *house) followed(ctx context.Context) (uint64, error) {
	graphs, err := h.publisher.Cursors.Cursor(ctx, publisher.FollowerGraphs)
	if err != nil {
		return 0, err
	}
	index, err := h.publisher.Cursors.Cursor(ctx, publisher.FollowerIndex)
	return min(graphs, index), err
}

// journalFile is the oogst.Journal of a data directory. It is replaced whole.
type journalFile string

// Load implements oogst.Journal.
func (f journalFile) Load(context.Context) ([]byte, error) {
	content, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// Save implements oogst.Journal.
func (f journalFile) Save(_ context.Context, content []byte) error {
	draft := string(f) + ".part"
	if err := os.WriteFile(draft, content, 0o640); err != nil {
		return fmt.Errorf("write %s: %w", f, err)
	}
	return os.Rename(draft, string(f))
}

// mostSeries bounds the governments and the sources that have metrics of their
// own; they are named by the operator, or by pages that were harvested.
const mostSeries = 1000

// harvestMetrics are the metrics of the harvest, made from the newest report
// when they are asked for.
type harvestMetrics struct {
	report func(context.Context) (*oogst.Report, error)
}

var (
	metricVerdicts = prometheus.NewDesc("belfort_harvest_besturen", "Governments by verdict: volledig, onzeker, onvolledig, zonder-bron.", []string{"oordeel"}, nil)
	metricMoment   = prometheus.NewDesc("belfort_harvest_report_timestamp_seconds", "When the state of the harvest was last summed up.", nil, nil)
	metricTook     = prometheus.NewDesc("belfort_harvest_report_duration_seconds", "How long summing up took.", nil, nil)
	metricVisits   = prometheus.NewDesc("belfort_harvest_visited_addresses", "Addresses that were ever visited.", nil, nil)
	metricCover    = prometheus.NewDesc("belfort_harvest_register_besturen", "Governments in the register by class, and whether they have a source.", []string{"soort", "bron"}, nil)

	metricComplete = prometheus.NewDesc("belfort_harvest_complete", "1 if everything that a government published is here, as far as is known, else 0.", []string{"bestuur"}, nil)
	metricRead     = prometheus.NewDesc("belfort_harvest_read_timestamp_seconds", "When all sources of a government were last read to the end.", []string{"bestuur"}, nil)
	metricProblems = prometheus.NewDesc("belfort_harvest_problems", "Problems of a government by what they mean: onvolledig, onzeker, aandacht.", []string{"bestuur", "ernst"}, nil)

	metricPages   = prometheus.NewDesc("belfort_harvest_pages", "Pages of a source as they were last seen: published, overview, attachment, withdrawn, failed, held, unlisted.", []string{"bron", "stand"}, nil)
	metricSuccess = prometheus.NewDesc("belfort_harvest_success_timestamp_seconds", "When the address of a source was last read.", []string{"bron"}, nil)
	metricRound   = prometheus.NewDesc("belfort_harvest_round", "What the last round of a source did: read, new, changed, withdrawn, held, failed.", []string{"bron", "wat"}, nil)
	metricEnded   = prometheus.NewDesc("belfort_harvest_round_end_timestamp_seconds", "When the last round of a source ended.", []string{"bron"}, nil)
	metricExpires = prometheus.NewDesc("belfort_harvest_certificate_expiry_timestamp_seconds", "When the certificate of the server of a source expires.", []string{"bron"}, nil)
)

// Describe implements prometheus.Collector.
func (m harvestMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricVerdicts, metricMoment, metricTook, metricVisits, metricCover, metricComplete, metricRead, metricProblems,
		metricPages, metricSuccess, metricRound, metricEnded, metricExpires} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (m harvestMetrics) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	seconds := func(d *prometheus.Desc, at time.Time, labels ...string) {
		if !at.IsZero() {
			gauge(d, float64(at.Unix()), labels...)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // a scraper waits ten
	defer cancel()
	r, err := m.report(ctx)
	if err != nil {
		return // one is being made
	}
	for _, v := range oogst.Verdicts {
		gauge(metricVerdicts, float64(r.Tellen[v]), string(v))
	}
	seconds(metricMoment, r.Moment)
	gauge(metricTook, r.Took.Seconds())
	gauge(metricVisits, float64(r.Visits))
	for _, d := range r.Dekking {
		gauge(metricCover, float64(d.MetBron), d.Soort, "ja")
		gauge(metricCover, float64(d.Totaal-d.MetBron), d.Soort, "nee")
	}
	besturen, sources := 0, map[string]bool{}
	for _, b := range r.Besturen {
		if len(b.Bronnen) == 0 {
			continue
		}
		if besturen++; besturen <= mostSeries {
			complete := 0.0
			if b.Oordeel == oogst.Complete {
				complete = 1
			}
			gauge(metricComplete, complete, b.Slug)
			seconds(metricRead, b.Gelezen, b.Slug)
			count := map[oogst.Severity]int{}
			for _, p := range b.Problemen {
				count[p.Severity]++
			}
			for _, s := range []oogst.Severity{oogst.Gap, oogst.Doubt, oogst.Notice} {
				gauge(metricProblems, float64(count[s]), b.Slug, string(s))
			}
		}
		for _, s := range b.Bronnen {
			if sources[s.URL] || len(sources) == mostSeries {
				continue
			}
			sources[s.URL] = true
			c := s.Counts
			for stand, n := range map[string]int{"published": c.Pages, "overview": c.Overviews, "attachment": c.Attachments, "withdrawn": c.Withdrawn,
				"failed": c.Failed, "held": c.Held, "unlisted": c.Unlisted} {
				gauge(metricPages, float64(n), s.URL, stand)
			}
			seconds(metricSuccess, s.Success, s.URL)
			if len(s.Rounds) > 0 {
				last := s.Rounds[0]
				seconds(metricEnded, last.Ended, s.URL)
				for what, n := range map[string]int{"read": last.Pages, "new": last.New, "changed": last.Changed, "withdrawn": last.Withdrawn, "held": last.Held, "failed": last.Failed} {
					gauge(metricRound, float64(n), s.URL, what)
				}
			}
			if s.Certificate != nil {
				seconds(metricExpires, s.Certificate.Expires, s.URL)
			}
		}
	}
}
