// Package config is the one struct that an operator fills in, and its file. It
// opens nothing and starts nothing.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config is everything that an operator can set. The zero value with Default's
// values serves an empty database on this machine only.
type Config struct {
	// Data is the directory that holds everything.
	Data string `json:"data"`
	// Addr is where the site listens, "host:port".
	Addr string `json:"addr"`
	// Base is the public address of the site, without a slash at the end; it is
	// part of the IRIs that the site gives out.
	Base string `json:"base"`
	// Contact stands in the User-Agent: an address where a municipality can
	// reach whoever runs this harvester.
	Contact string `json:"contact"`
	// Operator and Email say in the catalogue of data sets who runs this
	// installation and where to write to.
	Operator string `json:"operator"`
	Email    string `json:"email"`
	// Sources are harvested, each when its time has come.
	Sources []Source `json:"sources"`
	// SourcesFile is a file of sources (YAML, see ReadSources) that are harvested
	// too; it is read again when it changes.
	SourcesFile string `json:"sourcesFile"`
	// AllowPrivate lets the harvester and the validator fetch from private and
	// loopback addresses.
	AllowPrivate bool `json:"allowPrivate"`
	// Portal is the address of the melding API, "" to notify nobody.
	Portal string `json:"portal"`
	// Melding lists the governments on whose behalf the portal is notified.
	Melding []Melding `json:"melding"`
	// Tokens let people write graphs of their own, under Base + "/graphs/eigen/".
	Tokens []Token `json:"tokens"`
	// Register is a file with a snapshot of the mandatarissen, by which the
	// validator judges level 2; "" leaves level 2 without judgement.
	Register string `json:"register"`
	// Services are the addresses of the SPARQL endpoints that queries may ask with
	// SERVICE; none is asked that is not here.
	Services []string `json:"services"`
	// SPARQL says where queries are answered.
	SPARQL SPARQL `json:"sparql"`
	// State says where the ledger, the pages and the state of the harvest are kept.
	State State `json:"state"`
}

// Source is where a harvest begins. Beside its address and Every, all of it comes
// from a file of sources.
type Source struct {
	URL   string   `json:"url"`
	Every Duration `json:"every"` // between the starts of two rounds; 0 if there are Clocks
	// Clocks are the times of the day in Flanders at which a round starts.
	Clocks []Clock `json:"-"`
	// Sooner says that rounds follow each other sooner around sittings of Organen.
	Sooner bool `json:"-"`
	Kind   Kind `json:"-"`
	// Organen are the names or IRIs of the bestuursorganen whose publications are
	// expected here; empty for any. Nothing is left out for it.
	Organen []Word `json:"-"`
	// Hosts are those that its links may lead to beside that of URL.
	Hosts       []string     `json:"-"`
	Limits      Limits       `json:"-"`
	Credentials *Credentials `json:"-"` // nil for none
	At          Position     `json:"-"` // in the file of sources
	Path        string       `json:"-"` // besturen[3].bronnen[0]
}

// State says where the ledger, the pages and the state of the harvest are kept:
// in the data directory, unless a database is named.
type State struct {
	// Postgres, if set, is a PostgreSQL database that several processes share, each
	// with a data directory of its own for the store and the index.
	Postgres *Postgres `json:"postgres"`
}

// Postgres is a PostgreSQL database.
type Postgres struct {
	// URLEnv names the environment variable that holds the address of the database,
	// "postgres://user:password@host:5432/database", so that the password stands in
	// no file. The user must be allowed to make a schema there, the first time.
	URLEnv string `json:"urlEnv"`
}

// envName is what the name of an environment variable looks like.
var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p *Postgres) check() error {
	if !envName.MatchString(p.URLEnv) {
		// It is not repeated: it may be the address itself.
		return errors.New("read configuration: state.postgres.urlEnv is not the name of an environment variable; the address of the database stands in the variable, not here")
	}
	return nil
}

// SPARQL says where queries are answered.
type SPARQL struct {
	// Engine, if set, is an endpoint that takes the place of the embedded store.
	Engine *Engine `json:"engine"`
	// Memory bounds what all queries that run at once hold together, in MiB. 0 means
	// a quarter of what the process may use (GOMEMLIMIT, or else its control group),
	// and 1024 where nothing says.
	Memory int64 `json:"memory"`
}

// Engine is a SPARQL 1.1 endpoint that holds the graphs, such as a Virtuoso. The
// graphs of the pages are written through GraphStore, or else through Update.
type Engine struct {
	Endpoint   string `json:"endpoint"`   // address of the query operation
	Update     string `json:"update"`     // address of the update operation
	GraphStore string `json:"graphStore"` // address of the Graph Store Protocol
	// User is for Basic and Digest; PasswordEnv names the environment variable that
	// holds the password.
	User        string `json:"user"`
	PasswordEnv string `json:"passwordEnv"`
	// TokenEnv names the environment variable that holds a Bearer token.
	TokenEnv string `json:"tokenEnv"`
}

func (e *Engine) check() error {
	for _, a := range []struct{ name, address string }{{"endpoint", e.Endpoint}, {"update", e.Update}, {"graphStore", e.GraphStore}} {
		u, err := url.Parse(a.address)
		if (a.address != "" || a.name == "endpoint") && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			return fmt.Errorf("read configuration: sparql.engine.%s %q is not an http or https address", a.name, a.address)
		}
	}
	switch {
	case e.Update == "" && e.GraphStore == "":
		return errors.New("read configuration: sparql.engine needs update or graphStore: the graphs of the pages are written there")
	case (e.User == "") != (e.PasswordEnv == ""):
		return errors.New("read configuration: sparql.engine needs both user and passwordEnv, or neither")
	case e.User != "" && e.TokenEnv != "":
		return errors.New("read configuration: sparql.engine has both user and tokenEnv")
	}
	return nil
}

// Melding is the permission to notify for one government.
type Melding struct {
	Bestuurseenheid string `json:"bestuurseenheid"` // IRI
	Vendor          string `json:"vendor"`          // vendor IRI, given by the portal
	// KeyEnv names the environment variable that holds the vendor key, so that
	// the key stands in no file.
	KeyEnv string `json:"keyEnv"`
	// Start is the first day of publication that is notified, "2026-01-31".
	Start Date `json:"start"`
}

// Default returns the configuration that is used where nothing is set.
func Default() Config {
	return Config{
		Data: "data", Addr: "localhost:8080", Contact: "https://github.com/belfort-lod/belfort",
		Operator: "Belfort", Email: "belfort@localhost",
	}
}

// Read reads a configuration file (JSON) over the defaults. Unknown fields are
// errors: a misspelt setting must not be ignored.
func Read(r io.Reader) (Config, error) {
	c := Default()
	text, err := io.ReadAll(io.LimitReader(r, 10<<20))
	if err != nil {
		return c, fmt.Errorf("read configuration: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("read configuration: line %d: %w", line(text, d, err), err)
	}
	return c, c.check()
}

// line returns the line on which decoding stopped.
func line(text []byte, d *json.Decoder, err error) int {
	at := d.InputOffset()
	// The decoder does not tell where an unknown field stands.
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		at = max(0, int64(bytes.Index(text, []byte(name))))
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	return 1 + bytes.Count(text[:min(int(at), len(text))], []byte("\n"))
}

func (c Config) check() error {
	for i, s := range c.Sources {
		if u, err := url.Parse(s.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("read configuration: sources[%d].url %q is not an http or https address", i, s.URL)
		}
		if time.Duration(s.Every) < time.Minute {
			return fmt.Errorf("read configuration: sources[%d].every must be at least \"1m\"", i)
		}
	}
	for i, m := range c.Melding {
		if m.Bestuurseenheid == "" || m.Vendor == "" || m.KeyEnv == "" || time.Time(m.Start).IsZero() {
			return fmt.Errorf("read configuration: melding[%d] needs bestuurseenheid, vendor, keyEnv and start", i)
		}
	}
	names := map[string]bool{}
	for i, t := range c.Tokens {
		if err := t.check(); err != nil {
			return fmt.Errorf("read configuration: tokens[%d] %w", i, err)
		}
		if names[t.Name] {
			return fmt.Errorf("read configuration: tokens[%d]: there is another token with the name %s", i, t.Name)
		}
		names[t.Name] = true
	}
	for i, s := range c.Services {
		if u, err := url.Parse(s); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("read configuration: services[%d] %q is not an http or https address", i, s)
		}
	}
	if c.SPARQL.Memory < 0 || c.SPARQL.Memory > 1<<30 {
		return fmt.Errorf("read configuration: sparql.memory %d is no number of MiB", c.SPARQL.Memory)
	}
	if c.SPARQL.Engine != nil {
		if err := c.SPARQL.Engine.check(); err != nil {
			return err
		}
	}
	if c.State.Postgres != nil {
		if err := c.State.Postgres.check(); err != nil {
			return err
		}
	}
	if len(c.Melding) > 0 && c.Portal == "" {
		return errors.New("read configuration: melding is set, but portal is not")
	}
	return nil
}

// Duration is a time.Duration written as in Go: "90m", "24h".
type Duration time.Duration

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// MarshalText writes a duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Date is a day, written "2006-01-02".
type Date time.Time

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := time.Parse(time.DateOnly, string(b))
	*d = Date(v)
	return err
}

// MarshalText writes a day.
func (d Date) MarshalText() ([]byte, error) {
	return []byte(time.Time(d).Format(time.DateOnly)), nil
}
