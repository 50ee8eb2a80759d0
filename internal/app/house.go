package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/attachment"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/internal/state/files"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/search/bleve"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// house is the product with its engines open on one data directory. The state
// is opened first: its lock keeps a second process out of the whole directory.
type house struct {
	config    config.Config
	clock     Clock
	state     *state
	blobs     publisher.Blobs
	reports   *files.Reports // of the validator
	quads     *quadstore.Store
	index     *bleve.Index
	engine    sparql.Engine
	reader    *publisher.Reader
	publisher *publisher.Publisher
	frontier  harvester.Frontier
	visits    harvester.Visits
	client    *http.Client            // for what the operator's sources lead to; see newClient
	logins    *logins                 // the same, with credentials where a source has some
	sources   atomic.Pointer[bronnen] // that are harvested on schedule; nil where nothing is
	visitors  *http.Client            // for what visitors name: the web's own ports only
	keys      *config.Keyring
	register  *register.Register // nil where the operator gives none
	watch     *oogst.Watch
}

// open opens the data directory, making what is not there.
func open(ctx context.Context, c config.Config) (h *house, err error) {
	h = &house{config: c, clock: clockOf(ctx), client: newClient(c.AllowPrivate), visitors: newClient(c.AllowPrivate, 80, 443)}
	h.logins = newLogins(h.client, c.AllowPrivate)
	h.logins.now = h.now
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
			h = nil
		}
	}()
	if h.keys, err = keyring(c); err != nil {
		return h, &exit{exitUsage, err}
	}
	if c.Register != "" {
		if h.register, err = readRegister(c.Register); err != nil {
			return h, &exit{exitUsage, err}
		}
	}
	if err := os.MkdirAll(c.Data, 0o750); err != nil {
		return h, fmt.Errorf("make data directory: %w", err)
	}
	if h.state, err = openState(ctx, c); err != nil {
		return h, err
	}
	h.frontier, h.visits, h.blobs = h.state.frontier, h.state.visits, h.state.blobs
	if h.reports, err = files.OpenReports(filepath.Join(c.Data, "reports"), files.ReportBounds{}, nil); err != nil {
		return h, err
	}
	if h.quads, err = quadstore.Open(filepath.Join(c.Data, "quads"), quadstore.Options{}); err != nil {
		return h, err
	}
	var fresh bool
	if h.index, fresh, err = bleve.Open(filepath.Join(c.Data, "index")); err != nil {
		return h, err
	}
	h.index.Attachment = h.bijlageTekst
	cursors := h.state.cursors
	empty, err := h.state.empty()
	if err != nil {
		return h, err
	}
	doubles, err := cursors.Cursor(ctx, publisher.FollowerDoubles)
	if err != nil {
		return h, err
	}
	if fresh || empty || doubles == 0 {
		// An index that is new, or of another version, or made before doubles were
		// looked for, is filled again.
		if err := cursors.SetCursor(ctx, publisher.FollowerIndex, 0); err != nil {
			return h, err
		}
	}
	spill := filepath.Join(c.Data, "tmp")
	if err := errors.Join(os.RemoveAll(spill), os.MkdirAll(spill, 0o750)); err != nil { // what a crash left
		return h, fmt.Errorf("make directory for temporary files: %w", err)
	}
	writer := &publisher.OwnGraphs{}
	h.engine = sparql.NewEmbedded(h.quads, sparql.EmbeddedOptions{
		TextSearch: textSearch(h.index), Service: sparql.NewService(service(c, h.client)), Writer: writer, Load: h.load,
		SpillDir: spill, Memory: queryMemory(c.SPARQL.Memory),
	})
	h.reader = &publisher.Reader{Engine: h.engine, Calendar: h.state.calendar}
	h.publisher = &publisher.Publisher{
		Ledger: h.state.ledger, Standing: h.state.standing, Blobs: h.blobs, Cursors: cursors, Outbox: h.state.outbox,
		Validate: judge, Graphs: h.quads, Index: h.index, Calendar: h.state.calendar, Reader: h.reader, Own: ownPrefix(c), Now: h.clock.Now,
		Marks: h.state.marks, Derived: derivedGraphs,
	}
	writer.Publisher = h.publisher
	h.watch = h.newWatch()
	if c.SPARQL.Engine != nil {
		return h, h.elsewhere(c.SPARQL.Engine, writer)
	}
	return h, nil
}

// judge validates a page by the profile as practised. A finding about privacy
// that is a violation keeps the page back.
func judge(ctx context.Context, p besluit.Publicatie) (publisher.Report, error) {
	verdict := oslo.Validate(oslo.Input{
		Source: p.Pagina, Text: p.Tekst, Quads: p.Quads, Findings: p.Findings, Subjects: p.Subjects,
	}, oslo.Options{Now: p.Opgehaald, Context: ctx})
	if err := ctx.Err(); err != nil { // not all rules were applied
		return publisher.Report{}, fmt.Errorf("judge %s: %w", p.Pagina, err)
	}
	report := publisher.Report{Profile: string(verdict.Profile), Findings: verdict.Findings}
	for _, f := range verdict.Findings {
		if f.Severity == rdf.Violation && oslo.IsPrivacy(f.Rule) {
			report.Hold = f.Message.NL
		}
	}
	return report, nil
}

// harvest makes a harvester that hands its pages to the publisher.
func (h *house) harvest(options harvester.Options) *harvester.Harvester {
	options.UserAgent = fmt.Sprintf("Belfort/%s (+%s)", version(), h.config.Contact)
	return &harvester.Harvester{
		Frontier: h.frontier, Visits: h.visits, Rounds: h.state.rounds, Blobs: h.blobs,
		Client: h.logins, Options: options, Now: h.clock.Now, After: h.clock.After,
		Extract: attachment.New(false).Extract, Attached: h.attached,
		Accept: func(ctx context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
			outcome, err := h.publisher.Accept(ctx, p)
			return harvester.Outcome(outcome.Status), err
		},
	}
}

// close closes what is open, in the order that keeps the lock to the last.
func (h *house) close() error {
	var errs []error
	if h.watch != nil {
		h.watch.Close() // it reads from all of them
	}
	if h.index != nil {
		errs = append(errs, h.index.Close())
	}
	if h.quads != nil {
		errs = append(errs, h.quads.Close())
	}
	if h.state != nil {
		errs = append(errs, h.state.close())
	}
	return errors.Join(errs...)
}
