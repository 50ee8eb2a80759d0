package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// ReportBounds bound what Reports keeps. Zero fields get the defaults given
// with each.
type ReportBounds struct {
	Each  int   // bytes of one report, uncompressed; 96 MB
	Total int64 // bytes of all reports, compressed; 1 GB
	Count int   // reports; 10,000
}

// Reports keeps reports for a while under names that the caller chooses. Each
// is a compressed file that only the owner of the process may read; its name
// tells when it expires. What is expired is deleted at the next call. Where
// there is no room, those that would expire first make way. It is safe for
// concurrent use, by one process.
type Reports struct {
	dir     string
	bounds  ReportBounds
	now     func() time.Time
	encoder *zstd.Encoder
	decoder *zstd.Decoder

	mu    sync.Mutex
	kept  map[string]keptReport // by id
	bytes int64
}

type keptReport struct {
	until time.Time
	size  int64
}

// OpenReports makes the directory if it is not there and deletes what expired
// or was left half written. A nil clock is time.Now.
func OpenReports(dir string, bounds ReportBounds, now func() time.Time) (*Reports, error) {
	bounds.Each = cmp.Or(bounds.Each, 96<<20)
	bounds.Total = cmp.Or(bounds.Total, 1<<30)
	bounds.Count = cmp.Or(bounds.Count, 10_000)
	if now == nil {
		now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open reports: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open reports: %w", err)
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("open reports: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(max(bounds.Each, 8<<20))))
	if err != nil {
		return nil, fmt.Errorf("open reports: %w", err)
	}
	r := &Reports{dir: dir, bounds: bounds, now: now, encoder: encoder, decoder: decoder, kept: map[string]keptReport{}}
	for _, e := range entries {
		if err := r.found(e); err != nil {
			return nil, fmt.Errorf("open reports: %w", err)
		}
	}
	if err := r.Sweep(); err != nil {
		return nil, err
	}
	return r, nil
}

// found takes in a file of the directory. A crash leaves drafts, and a report
// beside the one that replaced it: of two, the one that expires last stays.
func (r *Reports) found(e fs.DirEntry) error {
	id, until, ok := parseReportName(e.Name())
	other, twice := r.kept[id]
	if !ok || twice && until.Before(other.until) {
		return os.Remove(filepath.Join(r.dir, e.Name()))
	}
	info, err := e.Info()
	if err == nil && twice {
		err = r.drop(id)
	}
	if err != nil {
		return err
	}
	r.kept[id] = keptReport{until, info.Size()}
	r.bytes += info.Size()
	return nil
}

// Put keeps content under an id of letters and digits until it expires, in
// place of what stood there. The file is whole and on disk when Put returns.
func (r *Reports) Put(ctx context.Context, id string, content []byte, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !isReportID(id) {
		return fmt.Errorf("keep report: %q is no id", id)
	}
	if len(content) > r.bounds.Each {
		return fmt.Errorf("keep report: %w", &SizeError{Size: len(content), Max: r.bounds.Each})
	}
	packed := r.encoder.EncodeAll(content, nil)
	until = until.UTC().Truncate(time.Second)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.sweep(); err != nil {
		return fmt.Errorf("keep report: %w", err)
	}
	old, replaces := r.kept[id]
	name := reportName(id, until)
	if err := writeWhole(r.dir, name, packed); err != nil {
		return fmt.Errorf("keep report: %w", err)
	}
	if replaces {
		r.bytes -= old.size
		if !old.until.Equal(until) {
			if err := os.Remove(filepath.Join(r.dir, reportName(id, old.until))); err != nil {
				return fmt.Errorf("keep report: %w", err)
			}
		}
	}
	r.kept[id] = keptReport{until, int64(len(packed))}
	r.bytes += int64(len(packed))
	return r.makeRoom(id)
}

// Get returns a report and when it expires. An id that is unknown, or whose
// report expired, is an error that is fs.ErrNotExist.
func (r *Reports) Get(ctx context.Context, id string) (content []byte, until time.Time, err error) {
	if err := ctx.Err(); err != nil {
		return nil, time.Time{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.sweep(); err != nil {
		return nil, time.Time{}, fmt.Errorf("get report: %w", err)
	}
	k, ok := r.kept[id]
	if !ok {
		return nil, time.Time{}, fmt.Errorf("get report: %w", fs.ErrNotExist)
	}
	path := filepath.Join(r.dir, reportName(id, k.until))
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("get report: %w", err)
	}
	if content, err = r.decoder.DecodeAll(packed, nil); err != nil {
		return nil, time.Time{}, &CorruptError{Path: path, Err: err}
	}
	return content, k.until, nil
}

// Delete deletes a report; one that is not there is no error.
func (r *Reports) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.kept[id]; !ok {
		return nil
	}
	if err := r.drop(id); err != nil {
		return fmt.Errorf("delete report: %w", err)
	}
	return nil
}

// Sweep deletes what expired. Every call does so too; a server that nobody
// visits calls it now and then.
func (r *Reports) Sweep() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.sweep(); err != nil {
		return fmt.Errorf("delete expired reports: %w", err)
	}
	return nil
}

func (r *Reports) sweep() error {
	now := r.now()
	for id, k := range r.kept {
		if !now.Before(k.until) {
			if err := r.drop(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeRoom deletes the reports that would expire first, never the newest one.
func (r *Reports) makeRoom(newest string) error {
	if len(r.kept) <= r.bounds.Count && r.bytes <= r.bounds.Total {
		return nil
	}
	ids := make([]string, 0, len(r.kept))
	for id := range r.kept {
		if id != newest {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(r.kept[a].until.Compare(r.kept[b].until), strings.Compare(a, b))
	})
	for _, id := range ids {
		if len(r.kept) <= r.bounds.Count && r.bytes <= r.bounds.Total {
			break
		}
		if err := r.drop(id); err != nil {
			return fmt.Errorf("make room for report: %w", err)
		}
	}
	return nil
}

func (r *Reports) drop(id string) error {
	k := r.kept[id]
	if err := os.Remove(filepath.Join(r.dir, reportName(id, k.until))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(r.kept, id)
	r.bytes -= k.size
	return nil
}

func reportName(id string, until time.Time) string {
	return strconv.FormatInt(until.Unix(), 10) + "-" + id + ".zst"
}

func parseReportName(name string) (id string, until time.Time, ok bool) {
	seconds, rest, _ := strings.Cut(name, "-")
	id, suffixed := strings.CutSuffix(rest, ".zst")
	n, err := strconv.ParseInt(seconds, 10, 64)
	return id, time.Unix(n, 0).UTC(), err == nil && suffixed && isReportID(id)
}

func isReportID(id string) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for _, c := range id {
		if (c < '0' || '9' < c) && (c < 'a' || 'z' < c) {
			return false
		}
	}
	return true
}

// writeWhole makes a file appear in a directory whole or not at all.
func writeWhole(dir, name string, data []byte) error {
	draft, err := os.CreateTemp(dir, "draft-*") // with permission for its owner only
	if err != nil {
		return err
	}
	_, err = draft.Write(data)
	if err == nil {
		err = draft.Sync()
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	if err := os.Rename(draft.Name(), filepath.Join(dir, name)); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return syncDir(dir)
}
