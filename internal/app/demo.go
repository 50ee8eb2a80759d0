package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/vlavirgem"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/publisher/loket"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

type demoCommand struct {
	Once   bool   `help:"Stop after the pipeline and print the totals."`
	JSON   bool   `name:"json" help:"Print the totals as one JSON object on the last line."`
	Addr   string `default:"localhost:8080" help:"Where to serve."`
	Data   string `help:"Data directory; by default one that is thrown away at the end."`
	Portal string `help:"Address of a portal to notify in place of the one that the demo brings along."`
}

// Help is shown under the usage.
func (demoCommand) Help() string {
	return `Example: belfort demo

Serves the website of the sample municipality Vlavirgem on this machine, harvests it over HTTP,
validates, stores, indexes and publishes it, notifies a stand-in for the portal, and serves the result.
Exit code 0: every step did its work.`
}

// The vendor that the demo is for the stand-in portal.
const (
	demoVendor = "http://data.lblod.info/vendors/belfort-demo"
	demoKey    = "belfort-demo"
)

// demo is a running demonstration: one listener that serves three hosts.
type demo struct {
	*house
	e        *env
	gemeente *vlavirgem.Gemeente
	listener net.Listener
	seconds  map[string]float64
}

// demoTotals is what --json prints, read from the stores at the end, so that
// they are the same after any number of interruptions.
type demoTotals struct {
	Pages     int                `json:"pages"`
	Quads     int64              `json:"quads"`
	Sittings  int                `json:"sittings"`
	Decisions int                `json:"decisions"`
	Votes     int                `json:"votes"`
	Findings  map[string]int     `json:"findings"`
	Meldingen map[string]int     `json:"meldingen"`
	Seconds   map[string]float64 `json:"seconds"`
}

// Run shows the whole job.
func (c *demoCommand) Run(e *env) (err error) {
	data := c.Data
	if data == "" {
		if data, err = os.MkdirTemp("", "belfort-demo-"); err != nil {
			return fmt.Errorf("make data directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer listener.Close()
	d := &demo{e: e, listener: listener, seconds: map[string]float64{}}
	if err := d.begin(data, c.Portal); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	standIn, err := d.standIn(c.Portal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, standIn.Close()) }()
	handler, err := d.hosts(standIn)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	secret := rand.Text()
	server := newServer(d.operable(handler, secret))
	go func() { served <- server.Serve(listener) }()
	defer func() { err = errors.Join(err, shutdown(server)) }()

	if err := d.pipeline(); err != nil {
		return err
	}
	totals, err := d.totals()
	if err != nil {
		return err
	}
	if err := c.print(e, totals); err != nil || c.Once {
		return err
	}
	withdraw, err := announce(data, listener, secret)
	if err != nil {
		return err
	}
	defer withdraw()
	fmt.Fprintf(e.stdout, "\nBelfort is at            http://%s\nThe municipality's own   %s\nPress Ctrl-C to stop.\n", hostPort(listener), d.gemeente.Start())
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-e.ctx.Done():
		return nil
	}
}

// begin opens the data directory and makes the municipality at the address
// that the directory knows, so that its pages keep their names.
func (d *demo) begin(data, portal string) error {
	base, err := demoBase(data, d.listener)
	if err != nil {
		return err
	}
	d.gemeente = vlavirgem.New(base)
	c := config.Default()
	c.Data, c.AllowPrivate, c.Base = data, true, "http://"+hostPort(d.listener)
	if d.house, err = open(d.e.ctx, c); err != nil {
		return err
	}
	d.client = demoClient(d.listener)
	d.visitors = d.client // the validator may look at Vlavirgem's pages
	if portal == "" {
		portal = strings.Replace(base, "vlavirgem.", "loket.", 1)
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	d.publisher.Notify = map[string]time.Time{}
	accounts := map[string]loket.Account{}
	for _, m := range d.gemeente.Waarheid().Meldingsplichtig {
		d.publisher.Notify[m.Bestuurseenheid] = start
		accounts[m.Bestuurseenheid] = loket.Account{Vendor: demoVendor, Key: demoKey}
	}
	d.publisher.Portal = &loket.Client{Endpoint: portal + "/melding", Accounts: accounts, HTTP: d.client}
	return nil
}

// demoBase returns the address of the municipality's website. The first start
// on a data directory decides it.
func demoBase(data string, l net.Listener) (string, error) {
	if err := os.MkdirAll(data, 0o750); err != nil {
		return "", fmt.Errorf("make data directory: %w", err)
	}
	name := filepath.Join(data, "vlavirgem")
	known, err := os.ReadFile(name)
	if err == nil && len(known) > 0 {
		return strings.TrimSpace(string(known)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "", err
	}
	base := "http://vlavirgem.localhost:" + port
	return base, os.WriteFile(name, []byte(base+"\n"), 0o640)
}

// demoClient reaches every name under .localhost at the demo's own listener.
func demoClient(l net.Listener) *http.Client {
	client := newClient(true)
	transport := client.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
			address = l.Addr().String()
		}
		return dial(ctx, network, address)
	}
	return client
}

// DemoVendors are the vendors that a stand-in portal must know for the demo.
func DemoVendors() map[string]loket.Vendor {
	var organizations []string
	for _, m := range vlavirgem.New("").Waarheid().Meldingsplichtig {
		if !slices.Contains(organizations, m.Bestuurseenheid) {
			organizations = append(organizations, m.Bestuurseenheid)
		}
	}
	return map[string]loket.Vendor{demoVendor: {Key: demoKey, Organizations: organizations}}
}

// standIn makes the portal that the demo brings along. With another portal it
// is there too, and nobody speaks to it.
func (d *demo) standIn(portal string) (*loket.StandIn, error) {
	options := loket.StandInOptions{
		Vendors: DemoVendors(),
		Fetch: func(ctx context.Context, url string) ([]byte, string, error) {
			body, contentType, _, err := fetch(ctx, d.client, url)
			return body, contentType, err
		},
	}
	if portal == "" {
		options.Dir = filepath.Join(d.config.Data, "loket")
	}
	return loket.NewStandIn(options)
}

// hosts serves the municipality, the stand-in portal and Belfort by the name
// that is asked for.
func (d *demo) hosts(standIn http.Handler) (http.Handler, error) {
	site, err := d.site()
	if err != nil {
		return nil, err
	}
	gemeente := d.gemeente.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name, _, _ := strings.Cut(r.Host, ":"); name {
		case "vlavirgem.localhost":
			gemeente.ServeHTTP(w, r)
		case "loket.localhost":
			standIn.ServeHTTP(w, r)
		default:
			site.ServeHTTP(w, r)
		}
	}), nil
}

// pipeline does every step once.
func (d *demo) pipeline() error {
	steps := []struct {
		name, says string
		do         func() (string, error)
	}{
		{"harvest", "harvest, validate, keep evidence", d.harvestStep},
		{"store", "store as linked data", func() (string, error) {
			err := d.publisher.FollowGraphs(d.e.ctx)
			return fmt.Sprintf("%d statements", d.quads.Len()), err
		}},
		{"index", "make searchable", func() (string, error) {
			err := d.publisher.FollowDoubles(d.e.ctx)
			if err == nil {
				err = d.publisher.FollowIndex(d.e.ctx)
			}
			n, countErr := d.index.Count()
			return fmt.Sprintf("%d documents", n), errors.Join(err, countErr)
		}},
		{"notify", "notify the portal", d.notifyStep},
	}
	fmt.Fprintf(d.e.stderr, "Vlavirgem, the 309th municipality of Flanders: %s\n", d.gemeente.Start())
	for _, s := range steps {
		begun := time.Now()
		bar := newProgress(d.e, s.name)
		d.publisher.Progress = bar.followed
		result, err := s.do()
		bar.done()
		d.seconds[s.name] = time.Since(begun).Seconds()
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(d.e.stderr, "  %-34s %-44s %6.1f s\n", s.says, result, d.seconds[s.name])
	}
	return nil
}

func (d *demo) harvestStep() (string, error) {
	bar := newProgress(d.e, "harvest")
	defer bar.done()
	h := d.house.harvest(harvester.Options{PerHost: 2, Parallel: 2})
	h.Progress = bar.harvested
	totals, err := h.Run(d.e.ctx, harvester.Sources(d.gemeente.Start(), d.gemeente.Feed()))
	if err != nil {
		return "", err
	}
	if totals.Failed > 0 {
		return "", fmt.Errorf("%d pages failed, the first: %w", totals.Failed, totals.Failures[0].Err)
	}
	return fmt.Sprintf("%d pages, of which %d lead to others", totals.Pages, totals.Overviews), nil
}

func (d *demo) notifyStep() (string, error) {
	err := d.publisher.Deliver(d.e.ctx)
	counts, countErr := d.meldingen()
	if err := errors.Join(err, countErr); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d accepted, %d kept back, %d refused", counts[string(publisher.Aanvaard)], counts[string(publisher.Tegengehouden)], counts[string(publisher.Geweigerd)]), nil
}

func (d *demo) meldingen() (map[string]int, error) {
	byStatus, err := d.publisher.Outbox.Counts(d.e.ctx)
	counts := map[string]int{}
	for status, n := range byStatus {
		if n > 0 {
			counts[string(status)] = n
		}
	}
	return counts, err
}

// totals counts what the stores hold.
func (d *demo) totals() (demoTotals, error) {
	t := demoTotals{Quads: d.quads.Len(), Findings: map[string]int{}, Seconds: d.seconds}
	status, err := harvester.StatusOf(d.e.ctx, d.visits)
	if err != nil {
		return t, err
	}
	feed := 0
	for _, s := range status {
		t.Pages += s.Pages + s.Overviews
		if s.Seed == d.gemeente.Feed() {
			feed = s.Overviews
		}
	}
	t.Pages -= feed // pages of the feed are not pages for people
	if t.Meldingen, err = d.meldingen(); err != nil {
		return t, err
	}
	for class, n := range map[string]*int{vocab.BesluitZitting: &t.Sittings, vocab.BesluitBesluit: &t.Decisions, vocab.BesluitStemming: &t.Votes} {
		if *n, err = countClass(d.e.ctx, d.engine, class); err != nil {
			return t, err
		}
	}
	t.Findings, err = d.findings()
	return t, err
}

// findings counts those of the newest entry of every page, by severity.
func (d *demo) findings() (map[string]int, error) {
	tally, err := d.publisher.Standing.Tally(d.e.ctx)
	counts := map[string]int{}
	for severity, n := range tally.Findings {
		counts[severity.String()] = n
	}
	return counts, err
}

// countClass counts the distinct subjects of a class.
func countClass(ctx context.Context, engine sparql.Engine, class string) (int, error) {
	result, err := engine.Query(ctx, sparql.Query{Text: "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a <" + class + "> }"})
	if err != nil {
		return 0, err
	}
	defer result.Close()
	n := 0
	for row, err := range result.Rows {
		if err != nil {
			return 0, err
		}
		if _, err := fmt.Sscan(row[0].Value(), &n); err != nil {
			return 0, fmt.Errorf("count %s: %w", class, err)
		}
	}
	return n, nil
}

func (c *demoCommand) print(e *env, t demoTotals) error {
	if c.JSON {
		return json.NewEncoder(e.stdout).Encode(t)
	}
	_, err := fmt.Fprintf(e.stdout, "%d pages, %d statements, %d sittings, %d decisions, %d votes; findings: %d violations, %d warnings\n",
		t.Pages, t.Quads, t.Sittings, t.Decisions, t.Votes, t.Findings["violation"], t.Findings["warning"])
	return err
}

func hostPort(l net.Listener) string {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	return "localhost:" + port
}
