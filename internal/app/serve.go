package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher/loket"
)

type serveCommand struct {
	Config string `type:"existingfile" help:"Configuration file (JSON): sources, schedule, portal."`
	Data   string `help:"Data directory; wins over the file (default: data)."`
	Addr   string `help:"Where to listen; wins over the file (default: localhost:8080)."`
	Base   string `help:"Public address of the site; wins over the file."`
}

// Help is shown under the usage.
func (serveCommand) Help() string {
	return `Example: belfort serve --config belfort.json

Serves the site, the API and the SPARQL endpoint, and harvests each source of the configuration on its
schedule. Stops in good order on Ctrl-C or SIGTERM. The configuration is described in the README.`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(e *env) (err error) {
	cfg, err := c.read()
	if err != nil {
		return &exit{exitUsage, err}
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer listener.Close()
	if cfg.Base == "" {
		cfg.Base = "http://" + hostPort(listener)
	}
	h, err := open(e.ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.notify(); err != nil {
		return &exit{exitUsage, err}
	}
	handler, err := h.site()
	if err != nil {
		return err
	}
	secret := rand.Text()
	withdraw, err := announce(cfg.Data, listener, secret)
	if err != nil {
		return err
	}
	defer withdraw()
	log := slog.New(slog.NewTextHandler(e.stderr, nil))
	log.Info("serving", "address", "http://"+hostPort(listener), "base", cfg.Base, "data", cfg.Data, "sources", len(cfg.Sources))
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	work := make(chan struct{})
	go func() {
		defer close(work)
		h.schedule(ctx, log)
	}()
	server := newServer(h.operable(handler, secret))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		log.Info("stopping")
		err = shutdown(server)
	}
	cancel()
	<-work
	return err
}

// announce tells other commands where the server of a data directory listens,
// and the secret by which it knows them, until withdraw is called.
func announce(data string, l net.Listener, secret string) (withdraw func(), err error) {
	name := filepath.Join(data, serverFile)
	if err := os.WriteFile(name, []byte("http://"+hostPort(l)+"\n"+secret+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("announce server: %w", err)
	}
	return func() { _ = os.Remove(name) }, nil
}

// read puts the file and the flags together.
func (c *serveCommand) read() (config.Config, error) {
	cfg := config.Default()
	if c.Config != "" {
		file, err := os.Open(c.Config)
		if err != nil {
			return cfg, err
		}
		defer file.Close()
		if cfg, err = config.Read(file); err != nil {
			return cfg, fmt.Errorf("%s: %w", c.Config, err)
		}
	}
	for _, flag := range []struct {
		value string
		to    *string
	}{{c.Data, &cfg.Data}, {c.Addr, &cfg.Addr}, {c.Base, &cfg.Base}} {
		if flag.value != "" {
			*flag.to = flag.value
		}
	}
	return cfg, nil
}

// notify sets up the meldingen that the configuration asks for.
func (h *house) notify() error {
	if h.config.Portal == "" {
		return nil
	}
	accounts := map[string]loket.Account{}
	starts := map[string]time.Time{}
	for _, m := range h.config.Melding {
		key := os.Getenv(m.KeyEnv)
		if key == "" {
			return fmt.Errorf("melding for %s: environment variable %s is empty; it must hold the vendor key", m.Bestuurseenheid, m.KeyEnv)
		}
		accounts[m.Bestuurseenheid] = loket.Account{Vendor: m.Vendor, Key: key}
		starts[m.Bestuurseenheid] = time.Time(m.Start)
	}
	h.publisher.Notify = starts
	h.publisher.Portal = &loket.Client{Endpoint: h.config.Portal, Accounts: accounts, HTTP: portalClient()}
	return nil
}

// portalClient sends the vendor's key, so it goes nowhere that the operator did
// not name: it follows no redirect.
func portalClient() *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// idle is how often the schedule looks whether a source or a melding is due.
const idle = 20 * time.Second

// schedule harvests each source when its time has come, and lets the
// followers go on in between. Trouble is logged and tried again.
func (h *house) schedule(ctx context.Context, log *slog.Logger) {
	// What a crash cut off goes on first.
	_, err := h.harvest(harvester.Options{Delay: politely}).Run(ctx, nil)
	warn(ctx, log, "resume harvest", err)
	for {
		for _, s := range h.config.Sources {
			if due, err := h.due(ctx, s); err != nil || !due {
				warn(ctx, log, "read schedule", err)
				continue
			}
			log.Info("harvest begins", "source", s.URL)
			totals, err := h.harvest(harvester.Options{Delay: politely}).Run(ctx, harvester.Sources(s.URL))
			warn(ctx, log, "harvest", err)
			log.Info("harvest ended", "source", s.URL, "pages", totals.Pages, "new", totals.New, "changed", totals.Changed,
				"withdrawn", totals.Withdrawn, "held", totals.Held, "failed", totals.Failed)
			warn(ctx, log, "follow", h.publisher.Follow(ctx))
		}
		warn(ctx, log, "follow", h.publisher.Follow(ctx))
		warn(ctx, log, "delete expired reports", h.reports.Sweep())
		select {
		case <-ctx.Done():
			return
		case <-time.After(idle):
		}
	}
}

// politely is the pause between two requests to one host that nobody set
// otherwise.
const politely = 250 * time.Millisecond

func warn(ctx context.Context, log *slog.Logger, what string, err error) {
	if err != nil && ctx.Err() == nil {
		log.Warn(what+" failed", "error", err)
	}
}

// due reports whether the last round of a source is long enough ago. A source
// that failed is due after a tenth of its interval, at least ten minutes.
func (h *house) due(ctx context.Context, s config.Source) (bool, error) {
	clean, ok := harvester.CleanURL(s.URL)
	if !ok {
		return false, fmt.Errorf("source %q is no address", s.URL)
	}
	visit, seen, err := h.visits.Last(ctx, clean)
	if err != nil || !seen {
		return !seen, err
	}
	every := time.Duration(s.Every)
	if visit.Error != "" {
		every = min(every, max(every/10, 10*time.Minute))
	}
	return time.Since(visit.Time) >= every, nil
}

// newServer makes a server that slow or careless clients cannot hold up.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// shutdown lets requests under way end, for a while.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stop serving: %w", err), server.Close())
	}
	return nil
}
