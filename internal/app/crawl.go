package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	cockroach "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/site"
)

// crawl goes through a website for a visitor of the validator: with the
// harvester's manners and the visitors' guarded client, but a frontier in
// memory, and nothing of it is published.
func (h *house) crawl(ctx context.Context, address string, profile oslo.Profile, page func(site.CrawledPage)) (err error) {
	state, err := pebble.Open("", &cockroach.Options{FS: vfs.NewMem()})
	if err != nil {
		return fmt.Errorf("open frontier of a visitor: %w", err)
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	var one sync.Mutex
	tell := func(p site.CrawledPage) {
		one.Lock()
		defer one.Unlock()
		page(p)
	}
	run := &harvester.Harvester{
		Frontier: state.Frontier(), Visits: state.Visits(), Blobs: nowhere{},
		Client: h.visitors,
		Options: harvester.Options{
			UserAgent: fmt.Sprintf("Belfort/%s (+%s)", version(), h.config.Contact),
			Delay:     politely, Timeout: visit, MaxAttempts: 2, MaxPages: site.CrawlPages,
		},
		Accept: func(ctx context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
			c, err := h.judged(ctx, oslo.Input{Source: p.Pagina, Text: p.Tekst, Quads: p.Quads, Findings: p.Findings, Subjects: p.Subjects}, profile)
			if err != nil {
				return "", err
			}
			tell(site.CrawledPage{URL: p.Pagina, Checked: &c})
			return harvester.New, nil
		},
		Progress: func(e harvester.Event) {
			switch {
			case e.Err != nil:
				tell(site.CrawledPage{URL: e.URL, Reason: reason(e.Err.Error())})
			case e.Outcome == "":
				tell(site.CrawledPage{URL: e.URL, Overview: true})
			}
		},
	}
	totals, err := run.Run(ctx, harvester.Sources(address))
	if totals.Left > 0 {
		return site.ErrCrawlBound
	}
	for _, f := range totals.Failures {
		if f.Seed && totals.Pages == 0 {
			return &site.FetchError{Reason: reason(f.Err.Error())}
		}
	}
	return err
}

// nowhere keeps no bodies.
type nowhere struct{}

func (nowhere) Put(context.Context, []byte) (string, error) { return "", nil }

func (nowhere) Get(context.Context, string) ([]byte, error) { return nil, fs.ErrNotExist }
