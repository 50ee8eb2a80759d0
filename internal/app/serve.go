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
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/publisher/loket"
)

type serveCommand struct {
	Config string `type:"existingfile" help:"Configuration file (JSON): sources, schedule, portal."`
	// The name of the flag is that of harvest.
	Sources string `type:"existingfile" help:"File of sources (YAML), read again when it changes; wins over the file."`
	Data    string `help:"Data directory; wins over the file (default: data)."`
	Addr    string `help:"Where to listen; wins over the file (default: localhost:8080)."`
	Base    string `help:"Public address of the site; wins over the file."`
}

// Help is shown under the usage.
func (serveCommand) Help() string {
	return `Example: belfort serve --config belfort.json

Serves the site, the API and the SPARQL endpoint, and harvests each source of the configuration and of the
file of sources on its schedule, many at once. The file of sources is read again when it changes, or at once
on SIGHUP; if something is wrong in it, that is told and the sources stay as they were. Stops in good order on Ctrl-C or SIGTERM. The configuration is described in the README.`
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
	file := &sourcesFile{
		name: cfg.SourcesFile, catalogue: newCatalogue(register.Embedded()), private: cfg.AllowPrivate, logins: h.logins, others: cfg.Sources,
	}
	sources, err := file.read()
	if err != nil {
		return &exit{exitUsage, err}
	}
	h.sources.Store(sources)
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
	log.Info("serving", "address", "http://"+hostPort(listener), "base", cfg.Base, "data", cfg.Data, "sources", len(sources.list))
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				file.asked.Store(true)
			}
		}
	}()
	work := make(chan struct{})
	go func() {
		defer close(work)
		h.schedule(ctx, log, file)
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
	}{{c.Data, &cfg.Data}, {c.Addr, &cfg.Addr}, {c.Base, &cfg.Base}, {c.Sources, &cfg.SourcesFile}} {
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

// politely is the pause between two requests to one host that nobody set
// otherwise.
const politely = 250 * time.Millisecond

func warn(ctx context.Context, log *slog.Logger, what string, err error) {
	if err != nil && ctx.Err() == nil {
		log.Warn(what+" failed", "error", err)
	}
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
