package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/oogst"
)

type statusCommand struct {
	Bestuur string `help:"Only this government: its name as in /oogst/NAME, its full name, or its IRI; with all that is known of it."`
	All     bool   `help:"Also list the governments of the register that nothing is harvested of."`
	Config  string `type:"existingfile" help:"Configuration file (JSON) with the sources; a running server knows its own."`
	Sources string `type:"existingfile" help:"File of sources (YAML); a running server knows its own."`
	JSON    bool   `name:"json" help:"Print what /api/v1/oogst answers."`
}

// Help is shown under the usage.
func (statusCommand) Help() string {
	return `Examples:
  belfort harvest status --data vlaanderen
  belfort harvest status --bestuur gent --json

Tells for each government whether what it published is here, and why not. While a server has the data
directory open, the server is asked.
Exit code 0: everything is complete. 3: something is missing, or may be. 2: there is no such government.`
}

// Run prints the state of the harvest.
func (c *statusCommand) Run(e *env, harvest *harvestCommand) (err error) {
	var report *oogst.Report
	var one *oogst.Bestuur
	if address := servedAt(harvest.Data); address != "" {
		report, one, err = c.ask(e.ctx, address)
	} else {
		report, one, err = c.read(e, harvest.Data)
	}
	if err != nil {
		return err
	}
	if c.Bestuur != "" && one == nil {
		return &exit{exitUsage, fmt.Errorf("harvest status: there is no government %q; see belfort harvest status --all", c.Bestuur)}
	}
	switch {
	case c.JSON && one != nil:
		err = writeJSON(e.stdout, one)
	case c.JSON:
		err = writeJSON(e.stdout, report)
	case one != nil:
		err = showBestuur(e.stdout, one)
	default:
		err = c.show(e.stdout, report)
	}
	if err != nil {
		return err
	}
	for _, b := range report.Besturen {
		if one != nil && b.Slug != one.Slug || one == nil && b.Oordeel == oogst.Unknown {
			continue
		}
		if b.Oordeel != oogst.Complete {
			return &exit{code: exitPartly}
		}
	}
	if report.Visits == 0 {
		return &exit{code: exitPartly}
	}
	return nil
}

// writeJSON writes a value as the API does.
func writeJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// read opens the data directory and judges what is in it.
func (c *statusCommand) read(e *env, data string) (report *oogst.Report, one *oogst.Bestuur, err error) {
	if err := exists(data); err != nil {
		return nil, nil, err
	}
	cfg := config.Default()
	if c.Config != "" {
		if cfg, err = (&serveCommand{Config: c.Config}).read(); err != nil {
			return nil, nil, &exit{exitUsage, err}
		}
	}
	if cfg.Data = data; c.Sources != "" {
		cfg.SourcesFile = c.Sources
	}
	h, err := open(e.ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	full, err := h.watch.Report(e.ctx)
	if err != nil {
		return nil, nil, err
	}
	if c.Bestuur != "" {
		one = full.Bestuur(c.Bestuur)
	}
	return full.Brief(), one, nil
}

// ask asks the server that has the data directory open.
func (c *statusCommand) ask(ctx context.Context, address string) (report *oogst.Report, one *oogst.Bestuur, err error) {
	const at = "/api/v1/oogst"
	report = &oogst.Report{}
	if err := answered(ctx, address+at, report); err != nil || c.Bestuur == "" {
		return report, nil, err
	}
	known := report.Bestuur(c.Bestuur)
	if known == nil {
		return report, nil, nil
	}
	one = &oogst.Bestuur{}
	return report, one, answered(ctx, address+at+"/"+url.PathEscape(known.Slug), one)
}

// answered reads the JSON that a server on this machine answers.
func answered(ctx context.Context, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := own().Do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return refused(res)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// signs mark a verdict besides its word.
var signs = map[oogst.Verdict]string{oogst.Complete: "+", oogst.Uncertain: "?", oogst.Incomplete: "!", oogst.Unknown: "-"}

// show writes the table of all governments, the worst first.
func (c *statusCommand) show(w io.Writer, r *oogst.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tCOMPLETE\tGOVERNMENT\tREAD\tPAGES\tNEW\tCHANGED\tWITHDRAWN\tFAILED\tHELD\tWHY")
	for _, v := range oogst.Verdicts {
		for _, b := range r.Besturen {
			if b.Oordeel != v || v == oogst.Unknown && !c.All {
				continue
			}
			last := oogst.Totals{}
			if b.Ronde != nil {
				last = *b.Ronde
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", signs[v], v.Label().EN, b.Naam, at(b.Gelezen), b.Tellingen.Pages,
				last.New, last.Changed, b.Tellingen.Withdrawn, b.Tellingen.Failed, b.Tellingen.Held, b.Reden.EN)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.Visits == 0 {
		fmt.Fprintln(w, "nothing was harvested yet")
	}
	_, err := fmt.Fprintf(w, "%d complete, %d uncertain, %d incomplete; %d of the register without a source\n",
		r.Tellen[oogst.Complete], r.Tellen[oogst.Uncertain], r.Tellen[oogst.Incomplete], r.Tellen[oogst.Unknown])
	return err
}

// at writes a moment for a table, in UTC as in the evidence.
func at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// showBestuur writes all that is known of the harvest of one government.
func showBestuur(w io.Writer, b *oogst.Bestuur) error {
	fmt.Fprintf(w, "%s%s\n%s: %s\nread to the end: %s\n", b.Naam, in(" (", b.Soort, ")"), b.Oordeel.Label().EN, b.Reden.EN, at(b.Gelezen))
	for _, p := range b.Problemen {
		fmt.Fprintf(w, "\n%s [%s, %s]%s\n  %s\n  To do: %s\n  For the government: %s\n", p.Title.EN, p.Kind, p.Severity.Label().EN, in(" since ", day(p.Since), ""),
			p.Meaning.EN, p.Official.EN, p.Municipality.EN)
		const most = 10
		for i, e := range p.Evidence {
			if i == most {
				fmt.Fprintf(w, "  ... and %d more\n", p.Count-most)
				break
			}
			details := nonEmpty(day(e.Time), e.Reason.EN, in("last day ", day(e.Term), ""), in("published ", day(e.On), ""))
			fmt.Fprintf(w, "  - %s%s\n", cmp.Or(e.URL, e.IRI), in(" (", strings.Join(details, ", "), ")"))
		}
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tREAD\tPAGES\tWITHDRAWN\tFAILED\tHELD\tLAST ROUND")
	for _, s := range b.Bronnen {
		last := "none"
		if len(s.Rounds) > 0 {
			last = at(s.Rounds[0].Ended) + ": " + s.Rounds[0].Words().EN
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", s.URL, at(s.Read), s.Counts.Pages, s.Counts.Withdrawn, s.Counts.Failed, s.Counts.Held, last)
	}
	if len(b.Organen) > 0 {
		fmt.Fprintln(table, "\nORGAN\tLAST SITTING\tUSUALLY EVERY\tSILENCE FROM")
	}
	for _, o := range b.Organen {
		usual, limit := "too little known", ""
		if o.Gewoonlijk > 0 {
			usual, limit = fmt.Sprintf("%d days", o.Gewoonlijk), fmt.Sprintf("%d days", o.Grens)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.Naam, cmp.Or(day(o.Laatste), "unknown"), usual, limit)
	}
	return table.Flush()
}

// day writes a day, "" if it is unknown.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return oogst.Day(t).EN
}

// in puts text between two others, "" if there is none.
func in(before, text, after string) string {
	if text == "" {
		return ""
	}
	return before + text + after
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
