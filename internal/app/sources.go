package app

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
)

// sourcesCommand holds what can be done with files of sources.
type sourcesCommand struct {
	Check    checkSourcesCommand `cmd:"" help:"Tell everything that is wrong in a file of sources."`
	List     listSourcesCommand  `cmd:"" help:"List the sources of a file, with what holds for each."`
	New      newSourcesCommand   `cmd:"" help:"Write a file of sources to begin with."`
	Schema   schemaCommand       `cmd:"" help:"Print the JSON Schema of files of sources, for editors."`
	Besturen besturenCommand     `cmd:"" help:"List the governments that Belfort knows."`
}

// Help is shown under the usage.
func (sourcesCommand) Help() string {
	return `Example: belfort sources new gent aalst > bronnen.yaml && belfort sources check bronnen.yaml

A file of sources says which governments are harvested, from where, when and how.`
}

type checkSourcesCommand struct {
	File         string `arg:"" help:"File of sources (YAML)."`
	AllowPrivate bool   `help:"Private and loopback addresses will be allowed, so credentials may go over http."`
	JSON         bool   `name:"json" help:"Print what was found as one JSON object."`
}

// Help is shown under the usage.
func (checkSourcesCommand) Help() string {
	return `Example: belfort sources check bronnen.yaml

Every problem is told at once, each with file:line:column, the setting, and what to do. Nothing is fetched,
and secrets are not looked at but for whether they are there.
Exit code 0: the file can be used; notes and secrets that are not on this machine are told. 1: something is wrong.
2: there is no such file.`
}

// told is a problem or a note as JSON.
type told struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text"`
}

func tell(list config.Problems) []told {
	out := make([]told, len(list))
	for i, p := range list {
		out[i] = told{p.File, p.At.Line, p.At.Column, p.Path, p.Text}
	}
	return out
}

// Run checks the file.
func (c *checkSourcesCommand) Run(e *env) error {
	b, err := readBronnen(c.File, newCatalogue(register.Embedded()), c.AllowPrivate)
	var problems config.Problems
	if err != nil && !errors.As(err, &problems) {
		return &exit{exitUsage, err}
	}
	notes := append(slices.Clone(b.notes), b.secrets(c.File)...)
	if c.JSON {
		out := struct {
			Besturen int    `json:"besturen"`
			Sources  int    `json:"sources"`
			Problems []told `json:"problems"`
			Notes    []told `json:"notes"`
		}{len(b.besturen), len(b.list), tell(problems), tell(notes)}
		if err := json.NewEncoder(e.stdout).Encode(out); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintln(e.stderr, p.Error())
		}
		for _, n := range notes {
			n.Text = "note: " + n.Text
			fmt.Fprintln(e.stderr, n.Error())
		}
	}
	if len(problems) > 0 {
		if !c.JSON {
			fmt.Fprintf(e.stdout, "%s: %s\n", c.File, count(len(problems), "problem", "problems"))
		}
		return &exit{code: exitFailed}
	}
	if !c.JSON {
		fmt.Fprintf(e.stdout, "%s: %s, %s; nothing is wrong\n", c.File, count(len(b.besturen), "government", "governments"), count(len(b.list), "source", "sources"))
	}
	return nil
}

// count writes a number with what it counts.
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// secrets notes the secrets that are not on this machine.
func (b *bronnen) secrets(file string) (notes config.Problems) {
	looked := map[string]bool{}
	for _, s := range b.list {
		if s.Credentials == nil || looked[s.Credentials.Name] {
			continue
		}
		looked[s.Credentials.Name] = true
		if _, err := secretOf(s.Credentials); err != nil && !errors.Is(err, errNoSecret) {
			notes = append(notes, config.Problem{File: file, At: s.Credentials.At, Path: "credentials." + s.Credentials.Name, Text: err.Error()})
		}
	}
	return notes
}

type schemaCommand struct{}

// Help is shown under the usage.
func (schemaCommand) Help() string {
	return `Example: belfort sources schema > bronnen.schema.json

An editor that reads JSON Schema (draft 2020-12) completes and checks a file that begins with
# yaml-language-server: $schema=bronnen.schema.json`
}

// Run prints the schema.
func (schemaCommand) Run(e *env) error {
	_, err := e.stdout.Write(config.Schema())
	return err
}

type listSourcesCommand struct {
	File         string `arg:"" type:"existingfile" help:"File of sources (YAML)."`
	Only         string `help:"Those of this government: IRI, NIS code, KBO number or name."`
	AllowPrivate bool   `help:"As with check."`
	JSON         bool   `name:"json" help:"Print them as a JSON array."`
}

// Help is shown under the usage.
func (listSourcesCommand) Help() string {
	return `Example: belfort sources list bronnen.yaml --json`
}

// listed is a source with what holds for it, as JSON. It names secrets' places,
// not secrets.
type listed struct {
	URL         string     `json:"url"`
	Kind        string     `json:"kind"`
	Bestuur     eenheidRow `json:"bestuur"`
	Organen     []string   `json:"organen,omitempty"`
	Hosts       []string   `json:"hosts,omitempty"`
	Credentials string     `json:"credentials,omitempty"`
	Every       string     `json:"every,omitempty"`
	At          []string   `json:"at,omitempty"`
	Sooner      bool       `json:"sooner"`
	Delay       string     `json:"delay,omitempty"`
	PerHost     int        `json:"perHost,omitempty"`
	MaxPages    int        `json:"maxPages,omitempty"`
	Attachments string     `json:"attachments"`
}

// Run lists the sources.
func (c *listSourcesCommand) Run(e *env) error {
	cat := newCatalogue(register.Embedded())
	b, err := readBronnen(c.File, cat, c.AllowPrivate)
	if err != nil {
		return err
	}
	list, err := b.only(c.Only, cat)
	if err != nil {
		return &exit{exitUsage, err}
	}
	rows := make([]listed, 0, len(list))
	for _, s := range list {
		row := listed{
			URL: s.Clean, Kind: string(s.Kind), Bestuur: cat.row(s.Eenheid), Organen: s.Organen, Hosts: s.Hosts, Sooner: s.Sooner,
			PerHost: s.Limits.PerHost, MaxPages: s.Limits.MaxPages, Attachments: "none",
		}
		if s.Every > 0 {
			row.Every = time.Duration(s.Every).String()
		}
		for _, at := range s.Clocks {
			row.At = append(row.At, at.String())
		}
		if s.Credentials != nil {
			row.Credentials = s.Credentials.Name
		}
		if s.Limits.Delay > 0 {
			row.Delay = s.Limits.Delay.String()
		}
		if s.Limits.Attachments {
			row.Attachments = "text"
		}
		rows = append(rows, row)
	}
	if c.JSON {
		return indented(e.stdout, rows)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		when := "every " + r.Every
		if len(r.At) > 0 {
			when = "at " + strings.Join(r.At, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cmp.Or(r.Bestuur.Name, r.Bestuur.IRI), r.Kind, when, r.URL)
	}
	return w.Flush()
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// eenheidRow is a government of the catalogue, as JSON.
type eenheidRow struct {
	IRI        string         `json:"iri,omitempty"`
	Name       string         `json:"naam,omitempty"`
	Slug       string         `json:"slug,omitempty"`
	Kind       string         `json:"classificatie,omitempty"`
	NIS        string         `json:"nis,omitempty"`
	KBO        string         `json:"kbo,omitempty"`
	OVO        string         `json:"ovo,omitempty"`
	Provincie  string         `json:"provincie,omitempty"`
	OpgegaanIn *opgegaanInRow `json:"opgegaanIn,omitempty"`
}

// opgegaanInRow is the government into which one was merged.
type opgegaanInRow struct {
	IRI   string `json:"iri"`
	Name  string `json:"naam,omitempty"`
	NIS   string `json:"nis,omitempty"`
	Since string `json:"sinds,omitempty"`
}

func (c *catalogue) row(e register.Eenheid) eenheidRow {
	row := eenheidRow{
		IRI: e.IRI, Name: e.Naam, Kind: besluit.Label(e.Classificatie), NIS: e.NIS, KBO: e.KBO, OVO: e.OVO, Provincie: e.Provincie,
	}
	if e.Naam != "" {
		row.Slug = slugOf(e)
	}
	if into, since, ok := c.successor(e); ok {
		row.OpgegaanIn = &opgegaanInRow{into.IRI, into.Naam, into.NIS, since}
	}
	return row
}

type besturenCommand struct {
	Words []string `arg:"" optional:"" name:"zoekterm" help:"What must be in the name, the kind, the province, a number or the IRI; all of them."`
	All   bool     `help:"Also other governments than municipalities, OCMWs, districts and provinces, and those whose name the sources of the register do not tell (most OCMWs)."`
	JSON  bool     `name:"json" help:"Print them as a JSON array, with their IRIs."`
}

// Help is shown under the usage.
func (besturenCommand) Help() string {
	return `Examples:
  belfort sources besturen gent
  belfort sources besturen gemeente limburg --json

The governments of the register that comes with the program, with NIS code, KBO number, province and what
they were merged into. The name in the first column can stand in a file of sources.`
}

// Run lists governments.
func (c *besturenCommand) Run(e *env) error {
	cat := newCatalogue(register.Embedded())
	rows := []eenheidRow{}
	for one := range cat.register.Eenheden() {
		core := one.Classificatie == besluit.Gemeente || one.Classificatie == besluit.OCMW || one.Classificatie == besluit.Provincie || one.Is(district)
		if !c.All && (one.Naam == "" || !core) {
			continue
		}
		text := " " + besluit.Slug(strings.Join([]string{one.Naam, besluit.Label(one.Classificatie), one.Provincie, one.NIS, one.KBO, one.OVO}, " ")) + " " + one.IRI
		if !slices.ContainsFunc(c.Words, func(word string) bool {
			return !strings.Contains(text, besluit.Slug(word)) && !strings.Contains(text, word)
		}) {
			rows = append(rows, cat.row(one))
		}
	}
	if c.JSON {
		return indented(e.stdout, rows)
	}
	out := bufio.NewWriter(e.stdout)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		into := ""
		if r.OpgegaanIn != nil {
			into = fmt.Sprintf("merged into %s on %s", cmp.Or(r.OpgegaanIn.Name, r.OpgegaanIn.IRI), r.OpgegaanIn.Since)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(r.Slug, r.IRI), cmp.Or(r.Name, "-"), cmp.Or(r.Kind, "-"), cmp.Or(r.NIS, "-"), cmp.Or(r.KBO, "-"), cmp.Or(r.Provincie, "-"), into)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(rows) == 0 && !c.All {
		fmt.Fprintln(e.stderr, "none of the municipalities, OCMWs, districts and provinces; --all looks among the others too")
	}
	return out.Flush()
}

// district is the class of the districts of Antwerp.
const district = "5ab0e9b8a3b2ca7c5e000003"

type newSourcesCommand struct {
	Bestuur []string `arg:"" help:"Governments: IRI, NIS code, KBO number or name."`
}

// Help is shown under the usage.
func (newSourcesCommand) Help() string {
	return `Example: belfort sources new gent 41002 > bronnen.yaml

Writes a file of sources in which only the addresses are left to fill in. For a government that was merged
into another, that other one is written, with a word about it.`
}

// Run writes the file.
func (c *newSourcesCommand) Run(e *env) error {
	cat := newCatalogue(register.Embedded())
	var errs []error
	var b strings.Builder
	b.WriteString(`# yaml-language-server: $schema=bronnen.schema.json
# belfort sources schema > bronnen.schema.json lets an editor complete and check this file;
# belfort sources check does so in the terminal.

defaults:
  schedule: {every: 6h}        # or {at: ["06:30", "18:00"]}, times in Flanders
  limits: {delay: 500ms}       # also perHost, maxPages, attachments: text

# Where a website asks who you are. The secret itself never stands here.
# credentials:
#   portaal: {basic: {username: belfort, password: {env: PORTAAL_PASSWORD}}}

besturen:
`)
	written := map[string]bool{}
	for _, name := range c.Bestuur {
		one, err := cat.find(name)
		if err != nil && !errors.Is(err, errUnknownIRI) {
			errs = append(errs, err)
			continue
		}
		remark := ""
		if into, since, ok := cat.successor(one); ok {
			remark = fmt.Sprintf("  # %s was merged into %s on %s.\n", one.Naam, cmp.Or(into.Naam, into.IRI), since)
			one = into
		}
		if written[one.IRI] {
			b.WriteString(remark)
			continue
		}
		written[one.IRI] = true
		about := []string{cmp.Or(one.Naam, "not in the register")}
		for _, part := range []struct{ label, value string }{{"", besluit.Label(one.Classificatie)}, {"KBO ", one.KBO}, {"", one.Provincie}} {
			if part.value != "" {
				about = append(about, part.label+part.value)
			}
		}
		as := fmt.Sprintf("%q", cmp.Or(one.NIS, one.IRI))
		fmt.Fprintf(&b, "%s  - bestuur: %s  # %s\n    bronnen: []\n    #  - url: https://www.%s.be/besluiten  # the page that lists what is published\n",
			remark, as, oneLine(strings.Join(about, ", ")), cmp.Or(besluit.Slug(one.Naam), "gemeente"))
	}
	if err := errors.Join(errs...); err != nil {
		return &exit{exitUsage, err}
	}
	_, err := io.WriteString(e.stdout, b.String())
	return err
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
