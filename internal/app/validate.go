package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/shapes/lblod"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

type validateCommand struct {
	Source []string `arg:"" help:"HTML files, folders, patterns such as 'uit/**/*.html', http(s) addresses, or - for standard input."`

	Profile  string `default:"auto" help:"What to judge by: auto, or a profile by name (see below)." placeholder:"NAME"`
	Shapes   string `help:"Turtle file with more SHACL shapes to judge by." placeholder:"FILE"`
	Base     string `help:"Address of the page, where it is a file; relative links count from there." placeholder:"IRI"`
	Register string `help:"Snapshot of mandatarissen, to judge level 2 by." placeholder:"FILE"`
	Online   bool   `help:"Look up on the web what a register does not know."`
	Compare  string `enum:",lblod" default:"" help:"Put the verdict of the official validator beside ours, and explain each difference: lblod."`

	Format      string   `enum:",text,json,sarif,turtle,junit,html,gitlab" default:"" help:"Form of the report: text, json, sarif, turtle, junit, html or gitlab (Code Quality)." placeholder:"FORM"`
	Output      []string `short:"o" help:"Write the report to a file, also more than one; the form is that of --format, or what the name tells." placeholder:"FILE"`
	Language    string   `aliases:"lang" enum:",nl,en" default:"" help:"Language of the report: nl or en; by default that of the environment." placeholder:"LANGUAGE"`
	Quiet       bool     `short:"q" help:"Write only what is wrong, without advice."`
	All         bool     `help:"Write each repeat of a fault in full."`
	MaxFindings int      `help:"Write at most so many findings; 0 is all." placeholder:"N"`
	Color       string   `enum:"auto,always,never" default:"auto" help:"Colours: auto (on a terminal, unless NO_COLOR is set), always or never."`
	Site        string   `env:"BELFORT_SITE" help:"Address of a Belfort whose /docs/regels documents the rules." placeholder:"URL"`

	FailOn        string `enum:"violation,warning,info,never" default:"violation" help:"Which findings make the exit code 1: violation, warning, info or never."`
	Level         int    `help:"Demand this level of maturity: 1, 2 or 3." placeholder:"N"`
	Baseline      string `help:"File of known findings, which do not count." placeholder:"FILE"`
	WriteBaseline bool   `help:"Write the findings of now to the baseline file."`
	Watch         bool   `short:"w" help:"Judge again whenever a file changes, until interrupted."`
	AllowPrivate  bool   `help:"Allow private and loopback addresses."`
}

// Help is shown under the usage.
func (validateCommand) Help() string {
	names := make([]string, 0, len(oslo.Profiles()))
	for _, p := range oslo.Profiles() {
		names = append(names, string(p))
	}
	return `Example: belfort validate notulen.html --profile notulen
Example: belfort validate uit/ --fail-on warning -o belfort.sarif -o junit.xml
Example: belfort validate uit/ --baseline bekend.json --level 1

Profiles: ` + strings.Join(names, ", ") + `.
With --profile auto, a page is judged by the certification profile of its document type; where that
cannot be told, as harvesters judge it (praktijk).

Exit code 0: nothing that fails. 1: findings of the severity of --fail-on. 2: wrong usage, or
something could not be read (the rest is judged). 3: a page is below the level of --level.`
}

// exitLevel is the code for a page below the level that was asked.
const exitLevel = 3

// Run validates every source and writes the report.
func (c *validateCommand) Run(e *env) error {
	v, err := c.prepare(e)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if c.Watch {
		return v.watch()
	}
	targets, err := expand(c.Source)
	if err != nil {
		return &exit{exitUsage, err}
	}
	documents, skipped := v.judge(targets)
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if len(documents) == 0 {
		return &exit{exitUsage, fmt.Errorf("%s: none of %d pages has RDFa: nothing to validate", strings.Join(c.Source, " "), skipped)}
	}
	v.skipped(skipped)
	if c.WriteBaseline {
		return v.writeBaseline(documents)
	}
	return v.conclude(documents)
}

// validation is a run of the command: what it was asked, made ready.
type validation struct {
	*validateCommand
	e        *env
	language report.Language
	options  oslo.Options
	profile  oslo.Profile // "" is what the page says
	baseline *report.Baseline
	// ticks makes a channel that says when to look for changes, and a function
	// that ends it.
	ticks func() (<-chan time.Time, func())
}

// prepare checks what the flags ask and reads the files that they name.
func (c *validateCommand) prepare(e *env) (*validation, error) {
	v := &validation{validateCommand: c, e: e, language: languageOf(c.Language), ticks: everySecond}
	v.options = oslo.Options{Now: time.Now(), Context: e.ctx}
	var err error
	if v.profile, err = profileOf(c.Profile); err != nil {
		return nil, err
	}
	if c.Level < 0 || c.Level > 3 {
		return nil, fmt.Errorf("--level %d: there are levels 1, 2 and 3", c.Level)
	}
	if c.Level > 0 && v.profile != "" && !v.profile.Graded() {
		return nil, fmt.Errorf("--level %d: profile %s has no levels; judge by agenda, besluitenlijst or notulen", c.Level, v.profile)
	}
	if c.WriteBaseline && c.Baseline == "" {
		return nil, errors.New("--write-baseline: name the file with --baseline FILE")
	}
	if c.Watch && c.WriteBaseline {
		return nil, errors.New("--watch and --write-baseline do not go together: write the baseline first")
	}
	if c.MaxFindings < 0 {
		return nil, fmt.Errorf("--max-findings %d: want 0 or more", c.MaxFindings)
	}
	for _, name := range c.Output {
		if _, err := c.formOf(name); err != nil {
			return nil, err
		}
	}
	if v.options.Extra, err = c.extraShapes(e); err != nil {
		return nil, err
	}
	if c.Baseline != "" && !c.WriteBaseline {
		if v.baseline, err = readBaseline(c.Baseline); err != nil {
			return nil, err
		}
	}
	if c.Register != "" {
		if v.options.Register, err = readRegister(c.Register); err != nil {
			return nil, err
		}
	}
	if c.Online {
		// The guard is on every address that is dialled, also where a redirect
		// leads: linked data redirects by habit.
		client := newClient(c.AllowPrivate)
		client.CheckRedirect = nil
		v.options.Resolve = (&register.Online{Client: client}).Resolve
	}
	return v, nil
}

// judge validates the targets, several at a time; the documents come in the
// order of the targets, also those that could not be read. Pages without RDFa
// that nobody named, such as those with a menu, are skipped.
func (v *validation) judge(targets []target) (documents []report.Document, skipped int) {
	judged := make([]*report.Document, len(targets))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range targets {
		group.Go(func() error {
			document, err := v.validate(t.name)
			if errors.Is(err, errNoRDFa) && !t.named {
				return nil
			}
			if err != nil {
				document = report.Document{Failed: explain(err)}
				document.Verdict.Source = t.name
			}
			document = v.baseline.Apply(document)
			judged[i] = &document
			return nil
		})
	}
	_ = group.Wait()
	for _, d := range judged {
		if d == nil {
			skipped++
			continue
		}
		documents = append(documents, *d)
	}
	return documents, skipped
}

// skipped tells of pages that were passed over.
func (v *validation) skipped(n int) {
	if n > 0 && !v.Quiet {
		fmt.Fprintf(v.e.stderr, "belfort: %d pages without RDFa were passed over\n", n)
	}
}

// validate judges one target.
func (v *validation) validate(target string) (report.Document, error) {
	if err := v.e.ctx.Err(); err != nil {
		return report.Document{}, err
	}
	in, base, err := v.read(target)
	if err != nil {
		return report.Document{}, err
	}
	options := v.options
	options.Profile = v.profile
	if v.profile == "" {
		in.Graph = oslo.GraphOf(in.Quads)
		options.Profile = oslo.DetectProfile(in.Graph)
	}
	document := report.Document{Verdict: oslo.Validate(in, options), Text: in.Text, Base: base}
	if v.Compare == "lblod" {
		var soort besluit.Soort
		if v.profile.Graded() {
			soort = besluit.Soort(v.profile)
		}
		comparison := lblod.Compare(lblod.Validate(in.Text, in.Quads, soort), document.Verdict)
		document.Official = &comparison
	}
	return document, nil
}

// conclude writes the report and returns the exit code as an error.
func (v *validation) conclude(documents []report.Document) error {
	if err := v.write(documents); err != nil {
		return err
	}
	code := v.code(documents)
	if code == exitOK {
		return nil
	}
	return &exit{code: code}
}

// code is the exit code for documents, before any is left out of the report.
func (v *validation) code(documents []report.Document) int {
	unread, failing, low, unsure := false, false, false, false
	for _, d := range documents {
		if d.Failed != "" {
			unread = true
			continue
		}
		for severity, n := range d.Verdict.Counts {
			failing = failing || n > 0 && v.fails(rdf.Severity(severity))
		}
		low = low || !d.Verdict.Maturity.Has(oslo.Level(v.Level))
		_, open := d.Verdict.Maturity.Level()
		unsure = unsure || open && v.Level > 1
	}
	if low && unsure {
		fmt.Fprintln(v.e.stderr, "belfort: --level "+strconv.Itoa(v.Level)+": level 2 was not assessed; add --register FILE or --online")
	}
	switch {
	case unread:
		return exitUsage
	case failing:
		return exitFailed
	case low:
		return exitLevel
	}
	return exitOK
}

func (v *validation) fails(s rdf.Severity) bool {
	switch v.FailOn {
	case "info":
		return true
	case "warning":
		return s >= rdf.Warning
	case "never":
		return false
	}
	return s >= rdf.Violation
}

// profileOf returns the profile of that name, "" for auto.
func profileOf(name string) (oslo.Profile, error) {
	if name == "auto" {
		return "", nil
	}
	p, err := oslo.ParseProfile(name)
	if err == nil {
		return p, nil
	}
	names := []string{"auto"}
	for _, p := range oslo.Profiles() {
		names = append(names, string(p))
	}
	if meant := nearest(name, names); meant != "" {
		return "", fmt.Errorf("%w; did you mean %s?", err, meant)
	}
	return "", err
}

// nearest returns the name that is a few letters away from a word, "" if none
// is.
func nearest(word string, names []string) string {
	best, least := "", max(2, len(word)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(word), name); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, leave out or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// languageOf is the language asked, else that of the environment, else Dutch:
// the language of the decisions.
func languageOf(asked string) report.Language {
	if asked != "" {
		return report.Language(asked)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if strings.HasPrefix(value, "en") {
				return report.EN
			}
			break
		}
	}
	return report.NL
}

func (c *validateCommand) extraShapes(e *env) (*shapes.Shapes, error) {
	if c.Shapes == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Shapes)
	if err != nil {
		return nil, fmt.Errorf("read shapes: %w", err)
	}
	quads, err := turtle.Parse(text, fileIRI(c.Shapes))
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		syntax.Source = c.Shapes
	}
	if err != nil {
		return nil, err
	}
	compiled, findings, err := shapes.Compile(rdf.NewGraph(quads...))
	if err != nil {
		return nil, fmt.Errorf("read shapes %s: %w", c.Shapes, err)
	}
	for _, f := range findings {
		fmt.Fprintf(e.stderr, "%s: %s\n", c.Shapes, f.Message.EN)
	}
	return compiled, nil
}

func readRegister(name string) (*register.Register, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	defer file.Close()
	r, err := register.Read(file)
	if err != nil {
		return nil, fmt.Errorf("read register %s: %w", name, err)
	}
	return r, nil
}

func readBaseline(name string) (*report.Baseline, error) {
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read baseline: %w; make one with --write-baseline", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	defer file.Close()
	b, err := report.ReadBaseline(file)
	if err != nil {
		return nil, fmt.Errorf("read baseline %s: %w; make it again with --write-baseline", name, err)
	}
	return b, nil
}

// writeBaseline keeps the findings of now. What cannot be read is no reason not
// to, but is told.
func (v *validation) writeBaseline(documents []report.Document) error {
	findings, pages := 0, 0
	unread := false
	for _, d := range documents {
		if d.Failed != "" {
			fmt.Fprintf(v.e.stderr, "belfort: %s\n", d.Failed)
			unread = true
			continue
		}
		pages++
		findings += len(d.Verdict.Findings)
	}
	err := replaceFile(v.Baseline, func(w io.Writer) error { return report.WriteBaseline(w, documents) })
	if err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	fmt.Fprintf(v.e.stderr, "belfort: %s keeps %d findings of %d pages\n", v.Baseline, findings, pages)
	if unread {
		return &exit{code: exitUsage}
	}
	return nil
}

// replaceFile writes a file anew, whole or not at all.
func replaceFile(name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".belfort-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := write(file); err != nil {
		_ = file.Close()
		return err
	}
	if err := errors.Join(file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// form is a form of report.
type form struct {
	name string
	// words in a file name that tell the form, the most telling first.
	endings []string
}

var forms = []form{
	{"gitlab", []string{"codequality.json", "code-quality-report.json", "code-quality.json"}},
	{"sarif", []string{".sarif", ".sarif.json"}},
	{"json", []string{".json"}},
	{"turtle", []string{".ttl"}},
	{"junit", []string{".xml"}},
	{"html", []string{".html", ".htm"}},
	{"text", []string{".txt", ".log"}},
}

// formOf returns the form in which a file is to be written.
func (c *validateCommand) formOf(name string) (string, error) {
	if c.Format != "" {
		return c.Format, nil
	}
	for _, f := range forms {
		if slices.ContainsFunc(f.endings, func(ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) }) {
			return f.name, nil
		}
	}
	return "", fmt.Errorf("--output %s: the name does not tell the form; add --format", name)
}

// write writes the report: to the files that were asked, and to standard output
// in the form that was asked, or where there are files, as text.
func (v *validation) write(documents []report.Document) error {
	documents = v.bounded(documents)
	for _, name := range v.Output {
		form, err := v.formOf(name)
		if err != nil {
			return &exit{exitUsage, err}
		}
		if err := replaceFile(name, func(w io.Writer) error { return v.writeForm(w, form, false, documents) }); err != nil {
			return &exit{exitUsage, fmt.Errorf("write report: %w", err)}
		}
	}
	form := v.Format
	if form == "" || len(v.Output) > 0 {
		form = "text"
	}
	if form == "text" {
		// What could not be read is told where errors are told.
		for _, d := range documents {
			if d.Failed != "" {
				fmt.Fprintf(v.e.stderr, "belfort: %s\n", d.Failed)
			}
		}
		documents = slices.DeleteFunc(slices.Clone(documents), func(d report.Document) bool { return d.Failed != "" })
		v.absent(documents)
		return v.writeForm(v.e.stdout, form, v.colored(), documents)
	}
	for _, d := range documents {
		if d.Failed != "" {
			fmt.Fprintf(v.e.stderr, "belfort: %s\n", d.Failed)
		}
	}
	return v.writeForm(v.e.stdout, form, false, documents)
}

// absent tells of documents that only the baseline knows.
func (v *validation) absent(documents []report.Document) {
	if n := len(v.baseline.Absent(documents)); n > 0 && !v.Quiet {
		fmt.Fprintf(v.e.stderr, "belfort: %d pages of the baseline %s were not judged now\n", n, v.Baseline)
	}
}

// bounded leaves out findings over the number asked.
func (v *validation) bounded(documents []report.Document) []report.Document {
	if v.MaxFindings == 0 {
		return documents
	}
	documents = slices.Clone(documents)
	left := v.MaxFindings
	for i := range documents {
		d := &documents[i]
		if n := len(d.Verdict.Findings); n > left {
			d.Verdict.Findings = d.Verdict.Findings[:left]
			d.Left = n - left
		}
		left -= len(d.Verdict.Findings)
	}
	return documents
}

func (v *validation) writeForm(w io.Writer, form string, colored bool, documents []report.Document) error {
	switch form {
	case "json":
		return report.JSON(w, documents)
	case "sarif":
		return report.SARIFWith(w, documents, report.SARIFOptions{Version: version(), Language: v.language, Site: v.Site})
	case "turtle":
		return report.Turtle(w, documents)
	case "junit":
		return report.JUnit(w, documents, v.language)
	case "html":
		return report.HTML(w, documents, v.language)
	case "gitlab":
		return report.CodeQuality(w, documents, v.language)
	}
	return report.TextWith(w, documents, report.TextOptions{
		Language: v.language, Color: colored, Each: v.All, Quiet: v.Quiet, Site: v.Site,
	})
}

// colored reports whether standard output takes colours (https://no-color.org).
func (v *validation) colored() bool {
	switch v.Color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(v.e.stdout)
}
