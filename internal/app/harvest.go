package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
)

// harvestCommand holds what can be done with a harvest, each in a file of its
// own. "harvest URL..." is "harvest web URL...".
type harvestCommand struct {
	Data string `default:"data" help:"Data directory."`

	Web       webCommand       `cmd:"" default:"withargs" help:"Harvest from the web; what harvest does when it is given addresses."`
	Export    archiveCommand   `cmd:"" help:"Write the evidence of all fetches as a web archive (WARC)."`
	Import    importCommand    `cmd:"" help:"Replay web archives as if they were the web."`
	Reprocess reprocessCommand `cmd:"" help:"Read and judge anew everything that is stored, without a request."`
	Status    statusCommand    `cmd:"" help:"Tell for each government whether its harvest is complete."`
}

// Help is shown under the usage.
func (harvestCommand) Help() string {
	return `Example: belfort harvest https://www.gemeente.example/besluiten --data vlaanderen

With addresses, harvest is short for harvest web; belfort harvest web --help tells what can be said with them.`
}

type webCommand struct {
	URL          []string      `arg:"" optional:"" help:"Overview pages, single pages, sitemaps or LDES feeds to begin with."`
	Sources      string        `type:"existingfile" help:"File of sources (YAML) to harvest, once; see belfort sources --help."`
	Only         string        `help:"Of that file, the sources of this government: IRI, NIS code, KBO number or name."`
	FollowHosts  bool          `help:"Also follow links to other hosts than those of the addresses given."`
	AllowPrivate bool          `help:"Allow private and loopback addresses."`
	Delay        time.Duration `default:"250ms" help:"Pause between two requests to one host."`
	PerHost      int           `default:"1" help:"Requests under way at one host."`
	FetchOnly    bool          `help:"Keep the pages, and read them later: belfort harvest reprocess."`
	Contact      string        `help:"Address in the User-Agent where a municipality can reach you."`
	JSON         bool          `name:"json" help:"Print the totals as one JSON object on the last line."`
}

// Help is shown under the usage.
func (webCommand) Help() string {
	return `Examples:
  belfort harvest https://www.gemeente.example/besluiten --data vlaanderen
  belfort harvest --sources bronnen.yaml --only gent --data vlaanderen

Harvests, validates, stores and indexes. A harvest that was cut off goes on where it was.
Exit code 0: every address was read. 3: some page failed. 1: one of the addresses failed.`
}

// Run harvests.
func (c *webCommand) Run(e *env, harvest *harvestCommand) (err error) {
	if len(c.URL) == 0 && c.Sources == "" {
		return &exit{exitUsage, errors.New("harvest: name an address, or a file of sources with --sources")}
	}
	cfg := config.Default()
	cfg.Data, cfg.AllowPrivate = harvest.Data, c.AllowPrivate
	if c.Contact != "" {
		cfg.Contact = c.Contact
	}
	h, err := open(e.ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	options := harvester.Options{
		FollowHosts: c.FollowHosts, Delay: c.Delay, PerHost: c.PerHost, Parallel: max(4, c.PerHost), FetchOnly: c.FetchOnly,
	}
	sources, err := c.sources(h, &options)
	if err != nil {
		return &exit{exitUsage, err}
	}
	totals, err := h.harvestAndFollow(e, options, sources)
	if err != nil {
		return err
	}
	for _, f := range totals.Failures {
		fmt.Fprintf(e.stderr, "failed: %s\n", explain(f.Err))
	}
	if c.JSON {
		if err := json.NewEncoder(e.stdout).Encode(totals); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(e.stdout, "%d pages read: %d new, %d changed, %d unchanged, %d withdrawn, %d held, %d overview pages; %d failed\n",
			totals.Pages, totals.New, totals.Changed, totals.Unchanged, totals.Withdrawn, totals.Held, totals.Overviews, totals.Failed)
	}
	for _, f := range totals.Failures {
		if f.Seed {
			return &exit{code: exitFailed}
		}
	}
	if totals.Failed > 0 {
		return &exit{code: exitPartly}
	}
	return nil
}

// sources are the addresses, and the sources of the file with what holds for all
// of them.
func (c *webCommand) sources(h *house, options *harvester.Options) ([]harvester.Source, error) {
	list := harvester.Sources(c.URL...)
	if c.Sources == "" {
		return list, nil
	}
	cat := newCatalogue(register.Embedded())
	b, err := readBronnen(c.Sources, cat, c.AllowPrivate)
	if err != nil {
		return nil, err
	}
	some, err := b.only(c.Only, cat)
	if err != nil {
		return nil, err
	}
	options.Timeout, options.MaxBody = b.options.Timeout, b.options.MaxBody
	options.Parallel = max(options.Parallel, b.options.Parallel)
	for _, one := range some {
		s, err := one.source(h.logins)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// harvestAndFollow harvests from sources and carries everything to the engines.
func (h *house) harvestAndFollow(e *env, options harvester.Options, sources []harvester.Source) (harvester.Totals, error) {
	bar := newProgress(e, "harvest")
	hv := h.harvest(options)
	hv.Progress = func(ev harvester.Event) { bar.harvested(ev) }
	totals, err := hv.Run(e.ctx, sources)
	bar.done()
	if err != nil {
		return totals, err
	}
	return totals, h.follow(e)
}

// follow brings every engine up to the newest ledger entry.
func (h *house) follow(e *env) error {
	bar := newProgress(e, "follow")
	defer bar.done()
	h.publisher.Progress = bar.followed
	return h.publisher.Follow(e.ctx)
}
