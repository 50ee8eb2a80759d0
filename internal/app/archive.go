package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/harvester/warc"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher"
)

type archiveCommand struct {
	WARC string `name:"warc" required:"" help:"File to write, compressed if its name ends in .gz; it must not be there yet. - is standard output."`
	JSON bool   `name:"json" help:"Print the totals as one JSON object on the last line of standard error, or of standard output if the archive is a file."`
}

// Help is shown under the usage.
func (archiveCommand) Help() string {
	return `Example: belfort harvest export --warc vlaanderen-2026.warc.gz --data vlaanderen

Writes the evidence of every fetch as a web archive (WARC 1.1, ISO 28500:2017), which tools of web
archives read and belfort harvest import replays. docs/formats/warc.md tells what is in it.
Exit code 0: everything is in it. 3: content that was erased, or that is not from the web, is not.`
}

// The field of the first record that tells how far the ledger was.
const ledgerField = "belfort-ledger"

// exported is what an export says of itself.
type exported struct {
	harvester.Archived
	// Others are entries of the ledger that do not come from the web: graphs that
	// people wrote, and held pages that they released.
	Others int    `json:"others"`
	Head   string `json:"head"` // sequence and hash
}

// Run writes the archive.
func (c *archiveCommand) Run(e *env, harvest *harvestCommand) (err error) {
	h, err := openStopped(e, harvest.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var out exported
	if c.WARC == "-" {
		out, err = h.export(e, e.stdout, "", false)
	} else {
		out, err = h.exportFile(e, c.WARC)
	}
	if err != nil {
		return err
	}
	to := e.stdout
	if c.WARC == "-" {
		to = e.stderr
	}
	if c.JSON {
		err = json.NewEncoder(to).Encode(out)
	} else {
		_, err = fmt.Fprintf(to, "%d fetches: %d answers, %d found unchanged, %d without an answer; ledger head %s\n", out.Fetches, out.Responses, out.Revisits, out.Failures, out.Head)
	}
	if err != nil || out.Bodiless+out.Others+out.Beyond == 0 {
		return err
	}
	if out.Bodiless > 0 {
		fmt.Fprintf(e.stderr, "%d answers are without their content, which was erased or not kept\n", out.Bodiless)
	}
	if n := out.Others + out.Beyond; n > 0 {
		fmt.Fprintf(e.stderr, "%d entries of the ledger do not come from a fetch (graphs that people wrote, pages that they released, pages that were processed anew): a replay makes a ledger without them, with another head\n", n)
	}
	return &exit{code: exitPartly}
}

// openStopped opens a data directory that must be there and not in use.
func openStopped(e *env, data string) (*house, error) {
	if err := exists(data); err != nil {
		return nil, err
	}
	return openFree(e, data)
}

// openFree opens a data directory that must not be in use, or makes it.
func openFree(e *env, data string) (*house, error) {
	if address := servedAt(data); address != "" {
		return nil, fmt.Errorf("the server at %s has %s open: stop it first, or work on a copy (belfort backup, belfort restore)", address, data)
	}
	cfg := config.Default()
	cfg.Data = data
	return open(e.ctx, cfg)
}

// exportFile writes the archive to a file that is there only when it is whole.
func (h *house) exportFile(e *env, name string) (out exported, err error) {
	if err := absent(name); err != nil {
		return out, err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return out, fmt.Errorf("write archive: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), os.Remove(file.Name()))
		}
	}()
	w := bufio.NewWriterSize(file, 1<<20)
	if out, err = h.export(e, w, filepath.Base(name), strings.HasSuffix(name, ".gz")); err != nil {
		return out, err
	}
	if err := errors.Join(w.Flush(), file.Chmod(0o640), file.Sync()); err != nil {
		return out, fmt.Errorf("write archive: %w", err)
	}
	if err := file.Close(); err != nil {
		return out, fmt.Errorf("write archive: %w", err)
	}
	return out, os.Rename(file.Name(), name)
}

// export writes the archive.
func (h *house) export(e *env, to io.Writer, name string, compress bool) (out exported, err error) {
	if out.Head, err = h.head(e.ctx); err != nil {
		return out, err
	}
	bar := newProgress(e, "export")
	defer bar.done()
	hv := h.harvest(harvester.Options{})
	archive := harvester.Archive{
		Visits: h.visits, Blobs: h.blobs, Name: name, Compress: compress, Now: time.Now(),
		Taken: h.taken(e.ctx, &out.Others),
		Info: warc.Fields{
			{Name: "software", Value: "Belfort/" + version()},
			{Name: "http-header-user-agent", Value: hv.Options.UserAgent},
			{Name: ledgerField, Value: out.Head},
		},
		Progress: bar.counted,
	}
	out.Archived, err = archive.Write(e.ctx, to)
	return out, err
}

// head is the sequence and the hash of the newest entry of the ledger.
func (h *house) head(ctx context.Context) (string, error) {
	n, err := h.publisher.Ledger.Head(ctx)
	if err != nil {
		return "", err
	}
	last, _, _, err := h.publisher.Ledger.Entry(ctx, n)
	return strings.TrimSpace(fmt.Sprintf("%d %s", n, last.Hash)), err
}

// taken yields the fetches of which the ledger tells, and counts its other
// entries.
func (h *house) taken(ctx context.Context, others *int) iter.Seq2[harvester.Taken, error] {
	return func(yield func(harvester.Taken, error) bool) {
		head, err := h.publisher.Ledger.Head(ctx)
		for n := uint64(1); n <= head && err == nil; n++ {
			var entry publisher.Entry
			if entry, _, _, err = h.publisher.Ledger.Entry(ctx, n); err != nil {
				break
			}
			if !harvested(entry) {
				*others++
				continue
			}
			if !yield(harvester.Taken{URL: entry.Pagina, Time: entry.Time}, ctx.Err()) {
				return
			}
		}
		if err != nil {
			yield(harvester.Taken{}, err)
		}
	}
}

// harvested reports whether an entry was made by a fetch, and not by somebody.
func harvested(e publisher.Entry) bool {
	switch e.Kind {
	case publisher.Published:
		return e.Reason == "" // a reason is that of who released it
	case publisher.Held, publisher.Withdrawn:
		return e.Author == ""
	}
	return false
}

type importCommand struct {
	File []string `arg:"" help:"Web archives (.warc, .warc.gz), the oldest first. - is standard input."`
	JSON bool     `name:"json" help:"Print the totals as one JSON object on the last line."`
}

// Help is shown under the usage.
func (importCommand) Help() string {
	return `Example: belfort harvest import vlaanderen-2026.warc.gz --data again

Replays web archives (WARC 1.0 and 1.1) as if they were the web: every answer is judged, published,
held or withdrawn as it was, at the time when it was fetched, and nothing is asked of anybody. In a
new data directory an archive of belfort harvest export makes the same ledger, to the hash of its
head, if the same version of Belfort judges it. Archives of other crawlers are read for their pages
that hold linked data. What is known already is passed over, so the same archive can be given again.

Exit code 0: everything was read. 3: some records are damaged, or lack their content.
1: something is no archive; the message says where, and what stands before it is kept.`
}

// imported is what an import says of itself.
type imported struct {
	harvester.Replayed
	Head     string `json:"head"`               // of the ledger, sequence and hash
	Archived string `json:"archived,omitempty"` // what it was when the last of the archives was made, if it says
}

// Run replays the archives.
func (c *importCommand) Run(e *env, harvest *harvestCommand) (err error) {
	for _, name := range c.File {
		if _, err := os.Stat(name); err != nil && name != "-" {
			return &exit{exitUsage, err}
		}
	}
	h, err := openFree(e, harvest.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var total imported
	for _, name := range c.File {
		one, err := h.replay(e, name)
		total.add(one)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", name, err), h.follow(e))
		}
	}
	if err := h.follow(e); err != nil {
		return err
	}
	if total.Head, err = h.head(e.ctx); err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(e.stdout).Encode(total); err != nil {
			return err
		}
	} else {
		total.print(e.stdout)
	}
	if total.Damaged+total.Bodiless > 0 {
		return &exit{code: exitPartly}
	}
	return nil
}

func (t *imported) add(r harvester.Replayed) {
	t.Totals.Add(r.Totals)
	t.Fetches += r.Fetches
	t.Known += r.Known
	t.Passed += r.Passed
	t.Bodiless += r.Bodiless
	t.Damaged += r.Damaged
	t.Archived = r.Info.Get(ledgerField)
}

func (t *imported) print(w io.Writer) {
	fmt.Fprintf(w, "%d fetches replayed: %d new, %d changed, %d unchanged, %d withdrawn, %d held, %d overview pages, %d failed then",
		t.Fetches-t.Known, t.New, t.Changed, t.Unchanged, t.Withdrawn, t.Held, t.Overviews, t.Failed-t.Damaged)
	for _, c := range []struct {
		n    int
		what string
	}{{t.Known, "known already"}, {t.Passed, "records of something else"}, {t.Bodiless, "without content"}, {t.Damaged, "damaged"}} {
		if c.n > 0 {
			fmt.Fprintf(w, "; %d %s", c.n, c.what)
		}
	}
	fmt.Fprintf(w, "\nledger head %s", t.Head)
	switch {
	case t.Archived == t.Head:
		fmt.Fprint(w, ", as it was when the archive was made")
	case t.Archived != "":
		fmt.Fprintf(w, "; it was %s when the archive was made", t.Archived)
	}
	fmt.Fprintln(w)
}

// replay replays one archive.
func (h *house) replay(e *env, name string) (r harvester.Replayed, err error) {
	in, size := e.stdin, int64(0)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return r, err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil {
			size = info.Size()
		}
		in = file
	}
	bar := newProgress(e, "import")
	defer bar.done()
	counted := &countingReader{r: in}
	hv := h.harvest(harvester.Options{})
	hv.Progress = func(ev harvester.Event) { bar.replayed(ev, counted.n, size) }
	r, err = hv.Replay(e.ctx, counted)
	if err == nil && r.Fetches == 0 && r.Info == nil {
		err = errors.New("there is no record of a fetch in it")
	}
	for _, f := range r.Failures {
		var damaged *warc.SyntaxError
		if errors.As(f.Err, &damaged) {
			fmt.Fprintf(e.stderr, "%s: %v\n", name, f.Err)
		}
	}
	return r, err
}

// counted shows how many of all are done.
func (p *progress) counted(done, all int) {
	p.show(fmt.Sprintf("%d of %d", done, all))
}

// replayed shows how far a file has been read; size is 0 if that is not known.
func (p *progress) replayed(ev harvester.Event, read, size int64) {
	share := ""
	if size > 0 {
		share = fmt.Sprintf("%d%%, ", min(100, 100*read/size))
	}
	p.show(fmt.Sprintf("%s%d pages", share, ev.Totals.Pages))
}

// countingReader counts what was read.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

type reprocessCommand struct {
	JSON bool `name:"json" help:"Print the totals as one JSON object on the last line."`
}

// Help is shown under the usage.
func (reprocessCommand) Help() string {
	return `Example: belfort harvest reprocess --data vlaanderen

Reads and judges everything that is stored anew, without a single request: after a new version of
Belfort that reads or judges better. What comes out as it was writes nothing in the ledger. A server
must be stopped first. What was cut off can be done again.

Exit code 0: everything was read. 3: some page can not be read any more, and stays as it was.`
}

// Run reads everything anew.
func (c *reprocessCommand) Run(e *env, harvest *harvestCommand) (err error) {
	h, err := openStopped(e, harvest.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	bar := newProgress(e, "reprocess")
	hv := h.harvest(harvester.Options{Parallel: runtime.GOMAXPROCS(0)})
	hv.Progress = bar.harvested
	totals, err := hv.Reprocess(e.ctx)
	bar.done()
	if err := errors.Join(err, h.follow(e)); err != nil {
		return err
	}
	for _, f := range totals.Failures {
		fmt.Fprintf(e.stderr, "failed: %s\n", explain(f.Err))
	}
	if c.JSON {
		err = json.NewEncoder(e.stdout).Encode(totals)
	} else {
		_, err = fmt.Fprintf(e.stdout, "%d pages read anew: %d new, %d changed, %d unchanged, %d withdrawn, %d held, %d overview pages; %d erased, %d failed\n",
			totals.Pages, totals.New, totals.Changed, totals.Unchanged, totals.Withdrawn, totals.Held, totals.Overviews, totals.Gone, totals.Failed)
	}
	if err == nil && totals.Failed > 0 {
		err = &exit{code: exitPartly}
	}
	return err
}
