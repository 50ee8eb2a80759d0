package config

import (
	_ "embed"
	"fmt"
	"io"
	"time"
)

// Sources is a file of sources: what is harvested, from whom, and how. What
// stands under defaults and with a government is worked out for each source.
type Sources struct {
	Parallel int           // pages under way at once
	Timeout  time.Duration // of one request; 0 is the harvester's own
	MaxBody  int64         // bytes of one page; 0 is the harvester's own
	Besturen []Bestuur
}

// Bestuur is a government of a file of sources. It may have no sources yet.
type Bestuur struct {
	// Name is what the file calls it: an IRI, a NIS code, a KBO number or a name,
	// which the register knows or not.
	Name    string
	At      Position
	Path    string // besturen[3]
	Sources []Source
}

// Word is a word of the file and where it stands.
type Word struct {
	Text string
	At   Position
	Path string
}

// Kind is what stands at the address of a source.
type Kind string

// The kinds of source.
const (
	Overview Kind = "overview" // a page that leads to publications; its links are followed
	Page     Kind = "page"     // one publication; its links are not followed
	Feed     Kind = "feed"     // an LDES
	Sitemap  Kind = "sitemap"  // a list of pages (sitemaps.org)
)

// Limits bound a source. 0 is the default of the harvester.
type Limits struct {
	Delay       time.Duration // between the starts of two requests at one host
	PerHost     int           // requests under way at one host
	MaxPages    int           // requests for pages in one round
	Attachments bool          // attachments are fetched, and their text read
}

// Clock is a time of the day in Flanders, in minutes since midnight.
type Clock int

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Credentials are what a host asks for to be let in: either Basic or OAuth2.
type Credentials struct {
	Name   string // by which sources refer to them
	At     Position
	Basic  *Basic
	OAuth2 *OAuth2
}

// Basic is a user and a password (RFC 7617).
type Basic struct {
	Username string
	Password Secret
}

// OAuth2 is a client that asks for tokens in its own name (RFC 6749, section 4.4).
type OAuth2 struct {
	TokenURL     string
	ClientID     string
	ClientSecret Secret
	Scope        string   // scopes, with a space between two; may be ""
	Resource     []string // RFC 8707: for what the token is; may be empty
}

// Secret says where a secret is kept: in an environment variable or in a file.
// It never holds the secret itself.
type Secret struct{ Env, File string }

func (s Secret) String() string {
	if s.Env != "" {
		return "environment variable " + s.Env
	}
	return "file " + s.File
}

//go:embed bronnen.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a file of sources.
func Schema() []byte { return append([]byte(nil), schema...) }

// ReadSources reads a file of sources (YAML 1.2). name stands in the problems.
// The error is Problems if the file was read: all of them, and whatever of the
// file is right comes with them.
func ReadSources(name string, in io.Reader) (Sources, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return Sources{}, fmt.Errorf("read sources: %w", err)
	}
	root, problems := parse(name, text)
	if root == nil {
		return Sources{}, problems
	}
	r := &reader{file: name, problems: problems}
	s := r.sources(root)
	if len(r.problems) > 0 {
		return s, r.problems.sorted()
	}
	return s, nil
}
