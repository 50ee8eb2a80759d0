package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/site"
	"github.com/belfort-lod/belfort/sparql"
)

// site puts the engines behind the site.
func (h *house) site() (http.Handler, error) {
	// The first report takes a while where much was harvested.
	go func() { _, _ = h.watch.Report(context.Background()) }()
	return h.withGraphs(site.New(site.Config{
		Base: h.config.Base, Version: version(),
		Entities: h.reader, Lists: h.reader, Search: h.index,
		Describe: h.reader.Describe, Bron: h.publisher.Bron, Gone: h.publisher.Gone, Changed: h.publisher.Changed,
		History: h.publisher, Doubles: h.publisher, Withdrawals: h.publisher.Withdrawals, Unlisted: h.unlisted, Bijlage: h.bijlageOp,
		Validate: h.check, Mandatarissen: h.register != nil, Fetch: h.fetch, Crawl: h.crawl, Reports: h.reports,
		Oogst: h.watch.Report, Meldingen: h.meldingen,
		SPARQL: sparql.Handler(h.engine, h.endpoint()),
		LDES:   h.ldes(), Catalog: h.catalog, Metrics: h.metrics(), Ready: h.ready,
	}))
}

// unlisted tells since when no page of its source leads to a page any more.
func (h *house) unlisted(ctx context.Context, pagina string) (time.Time, error) {
	v, _, err := h.visits.Last(ctx, pagina)
	return v.Unlisted, err
}

// check validates a document for a visitor: a page, or a file in one of the
// syntaxes of RDF, which then has no places.
func (h *house) check(ctx context.Context, source, mediaType string, body []byte, profile oslo.Profile) (site.Checked, error) {
	doc, text, err := documentOf(body, mediaType, source)
	if err != nil {
		return site.Checked{}, err
	}
	return h.judged(ctx, oslo.Input{Source: source, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}, profile)
}

// judged judges what was read; without a profile, by that of its kind of
// document. The error is that of ctx.
func (h *house) judged(ctx context.Context, in oslo.Input, profile oslo.Profile) (site.Checked, error) {
	if profile == "" {
		in.Graph = oslo.GraphOf(in.Quads)
		profile = oslo.DetectProfile(in.Graph)
	}
	verdict := oslo.Validate(in, oslo.Options{Profile: profile, Now: time.Now(), Register: h.register, Context: ctx})
	if err := ctx.Err(); err != nil { // not all rules were applied
		return site.Checked{}, fmt.Errorf("judge %s: %w", in.Source, err)
	}
	return site.Checked{Verdict: verdict, Text: in.Text, Quads: in.Quads, Subjects: in.Subjects}, nil
}

// documentOf reads a document that a visitor sends, by its media type, else by
// its name; what is nothing else is a page.
func documentOf(body []byte, mediaType, source string) (*rdfa.Document, []byte, error) {
	bare, _, _ := mime.ParseMediaType(mediaType)
	of, ok := documentTypes[bare]
	if !ok {
		of = extensions[strings.ToLower(path.Ext(source))]
	}
	if of == "" || of == syntaxRDFa {
		return pageOf(body, mediaType, source, source)
	}
	doc := &rdfa.Document{}
	for q, err := range quadsOf(bytes.NewReader(body), of, source, source, "", nil) {
		if err != nil {
			return nil, nil, err
		}
		doc.Quads = append(doc.Quads, rdf.Sourced{Quad: q})
	}
	return doc, body, nil
}

// documentTypes tells the syntax of a document by its media type. A browser gives
// the files that it does not know another, or none.
var documentTypes = map[string]syntax{
	"text/html": syntaxRDFa, "application/xhtml+xml": syntaxRDFa,
	"text/turtle": syntaxTurtle, "application/trig": syntaxTriG,
	"application/n-triples": syntaxNTriples, "application/n-quads": syntaxNQuads,
	"application/ld+json": syntaxJSONLD, "application/json": syntaxJSONLD, "application/rdf+xml": syntaxRDFXML,
}

// visit bounds how long a page may keep a visitor waiting.
const visit = 30 * time.Second

// fetch gets a page that a visitor names, with the guarded client.
func (h *house) fetch(ctx context.Context, address string) (site.Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, visit)
	defer cancel()
	body, contentType, final, err := fetch(ctx, h.visitors, address)
	if err != nil {
		return site.Fetched{}, &site.FetchError{Reason: reason(err.Error())}
	}
	if len(body) > rdfa.MaxBody {
		return site.Fetched{}, &site.FetchError{Reason: rdf.Text{
			NL: fmt.Sprintf("De pagina is groter dan %d MB.", rdfa.MaxBody>>20),
			EN: fmt.Sprintf("The page is larger than %d MB.", rdfa.MaxBody>>20),
		}}
	}
	return site.Fetched{URL: final, MediaType: contentType, Body: body}, nil
}

// meldingen are the rows of the outbox. What the portal answered may hold an
// error of the network, which names machines.
func (h *house) meldingen(ctx context.Context) ([]publisher.Melding, error) {
	rows, err := h.publisher.Outbox.Meldingen(ctx)
	for i := range rows {
		rows[i].Reason = public(rows[i].Reason)
	}
	return rows, err
}

// ready says why the site cannot answer yet: the followers are behind.
func (h *house) ready(ctx context.Context) error {
	head, err := h.publisher.Ledger.Head(ctx)
	if err != nil {
		return err
	}
	at, err := h.publisher.Cursors.Cursor(ctx, publisher.FollowerIndex)
	if err != nil {
		return err
	}
	if at == 0 && head > 0 {
		return errors.New("the search index is being made")
	}
	return nil
}

// metrics are what operators' tools read.
func (h *house) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	gauge := func(name, help string, value func(context.Context) (float64, error)) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			v, err := value(context.Background())
			if err != nil {
				return -1
			}
			return v
		}))
	}
	gauge("belfort_quads", "Statements in the quad store.", func(context.Context) (float64, error) { return float64(h.quads.Len()), nil })
	gauge("belfort_index_documents", "Documents in the search index.", func(context.Context) (float64, error) {
		n, err := h.index.Count()
		return float64(n), err
	})
	gauge("belfort_ledger_head", "Newest entry of the ledger.", func(ctx context.Context) (float64, error) {
		n, err := h.publisher.Ledger.Head(ctx)
		return float64(n), err
	})
	for _, follower := range []string{publisher.FollowerGraphs, publisher.FollowerDoubles, publisher.FollowerIndex} {
		gauge("belfort_follower_"+follower, "Ledger entries done by the follower "+follower+".", func(ctx context.Context) (float64, error) {
			n, err := h.publisher.Cursors.Cursor(ctx, follower)
			return float64(n), err
		})
	}
	for _, status := range []publisher.MeldingStatus{publisher.Wachtend, publisher.Aanvaard, publisher.Geweigerd, publisher.Tegengehouden} {
		gauge("belfort_meldingen_"+string(status), "Meldingen in the outbox that are "+string(status)+".", func(ctx context.Context) (float64, error) {
			counts, err := h.publisher.Outbox.Counts(ctx)
			return float64(counts[status]), err
		})
	}
	registry.MustRegister(harvestMetrics{h.watch.Report})
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
