package quadstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// FormatVersion is the version of the format on disk that this program writes
// and reads; docs/formats/quadstore.md describes it.
const FormatVersion = 1

const (
	formatFile  = "FORMAT"
	formatLabel = "belfort quadstore "
	databaseDir = "pebble"
	loadDir     = "load"
)

// ErrLocked is returned by Open when the store is already open, here or in
// another process.
var ErrLocked = errors.New("in use by another process")

// ErrClosed is returned by everything after Close.
var ErrClosed = errors.New("quad store is closed")

// VersionError is returned by Open for a data directory in a format that this
// program does not know. Nothing was touched.
type VersionError struct {
	Dir              string
	Found, Supported int
}

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("quad store %s has format version %d, this program reads up to %d: use a newer program", e.Dir, e.Found, e.Supported)
}

// CorruptError is damage on disk, found by a checksum or by a record that
// makes no sense. What is damaged is not served.
type CorruptError struct {
	// File is the damaged file, or the store's directory if it is not known
	// which.
	File string
	Err  error
}

// Error names the file.
func (e *CorruptError) Error() string { return fmt.Sprintf("%s is damaged: %v", e.File, e.Err) }

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// Options tune a Store. The zero value is good.
type Options struct {
	// CacheSize is the memory for blocks read from disk, in bytes; 0 means
	// 128 MiB.
	CacheSize int64
	// Logger hears of trouble in the background, such as a compaction that
	// failed and is tried again; nil means nobody does.
	Logger *slog.Logger
	// FS takes the place of the operating system's files in tests.
	FS vfs.FS
}

// Store is a durable set of quads. It is safe for concurrent use; writes take
// their turn, reads through a Snapshot never wait for them.
type Store struct {
	dir   string
	fs    vfs.FS
	db    *pebble.DB
	opts  *pebble.Options
	lock  io.Closer
	terms *cache

	writing sync.Mutex // held by the one writer
	failed  error      // why writing is over; guarded by writing

	totals     atomic.Pointer[totals]
	statistics statistics

	state     sync.Mutex
	closed    bool
	snapshots int // open
}

// totals are the numbers that every change moves together.
type totals struct {
	quads   int64
	version uint64
	next    eval.ID // the next dictionary ID; not written, the dictionary tells
}

// Open opens the store in a directory, which it makes if need be. It returns
// an error that is ErrLocked, *VersionError or *CorruptError where that is
// what is wrong.
func Open(dir string, o Options) (*Store, error) {
	s, err := open(dir, o)
	if err != nil {
		return nil, fmt.Errorf("open quad store: %w", err)
	}
	return s, nil
}

func open(dir string, o Options) (s *Store, err error) {
	files := o.FS
	if files == nil {
		files = vfs.Default
	}
	database := files.PathJoin(dir, databaseDir)
	found, err := readFormat(files, dir)
	if err != nil {
		return nil, err
	}
	if err := makeDirs(files, dir, database); err != nil {
		return nil, err
	}
	lock, err := pebble.LockDirectory(database, files)
	if err != nil {
		if isLocked(err) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	if found == 0 {
		if err := beginFormat(files, dir, database); err != nil {
			return nil, err
		}
	}
	if err := files.RemoveAll(files.PathJoin(dir, loadDir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}

	s = &Store{dir: dir, fs: files, lock: lock, terms: newCache()}
	cache := pebble.NewCache(max(o.CacheSize, 0))
	if o.CacheSize == 0 {
		cache.Unref()
		cache = pebble.NewCache(128 << 20)
	}
	defer cache.Unref()
	s.opts = s.pebbleOptions(o, lock, cache)
	if s.db, err = pebble.Open(database, s.opts); err != nil {
		return nil, s.readError(err)
	}
	if err := s.readTotals(); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func (s *Store) pebbleOptions(o Options, lock *pebble.Lock, cache *pebble.Cache) *pebble.Options {
	opts := &pebble.Options{
		FS:                    s.fs,
		Lock:                  lock,
		Cache:                 cache,
		FormatMajorVersion:    pebble.FormatValueSeparation,
		MemTableSize:          64 << 20,
		L0CompactionThreshold: 4,
		MaxOpenFiles:          1000,
		Logger:                logger{o.Logger},
		// Damage is returned to whoever reads, not fatal for the process.
		EventListener: &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}},
	}
	for i := range opts.Levels {
		opts.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		opts.Levels[i].BlockSize = 16 << 10
	}
	opts.EnsureDefaults()
	return opts
}

// makeDirs makes the directories and sees to it that they outlive a crash.
func makeDirs(files vfs.FS, dir, database string) error {
	if err := files.MkdirAll(database, 0o755); err != nil {
		return err
	}
	return errors.Join(syncDir(files, files.PathDir(dir)), syncDir(files, dir))
}

func syncDir(files vfs.FS, dir string) error {
	if dir == "" {
		dir = "."
	}
	d, err := files.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readFormat returns the format version of a data directory, 0 if it has none
// yet.
func readFormat(files vfs.FS, dir string) (int, error) {
	name := files.PathJoin(dir, formatFile)
	f, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return 0, err
	}
	number, ok := strings.CutPrefix(strings.TrimSpace(string(text)), formatLabel)
	version, err := strconv.Atoi(number)
	if !ok || err != nil || version < 1 {
		return 0, &CorruptError{File: name, Err: fmt.Errorf("want %q and a version, not %q", formatLabel, text)}
	}
	if version > FormatVersion {
		return 0, &VersionError{Dir: dir, Found: version, Supported: FormatVersion}
	}
	return version, nil
}

// beginFormat writes the format file of a new store. It refuses a database
// that stands there without one: it is not ours.
func beginFormat(files vfs.FS, dir, database string) error {
	names, err := files.List(database)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != "LOCK" {
			return fmt.Errorf("%s holds a database but no %s file: not a quad store of Belfort", dir, formatFile)
		}
	}
	name, draft := files.PathJoin(dir, formatFile), files.PathJoin(dir, formatFile+".tmp")
	f, err := files.Create(draft, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s%d\n", formatLabel, FormatVersion)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := files.Rename(draft, name); err != nil {
		return err
	}
	return syncDir(files, dir)
}

// readTotals learns where the last process ended.
func (s *Store) readTotals() error {
	t, err := s.totalsIn(s.db)
	if err != nil {
		return err
	}
	if t.version == 0 {
		t.version = uint64(time.Now().Unix()) << 20
		if err := s.db.Set([]byte{spaceMeta}, t.encode(), pebble.Sync); err != nil {
			return err
		}
	}
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceTerm}, UpperBound: []byte{spaceTerm + 1}})
	if err != nil {
		return s.readError(err)
	}
	t.next = 1
	if it.Last() && len(it.Key()) == 9 {
		t.next = eval.ID(binary.BigEndian.Uint64(it.Key()[1:])) + 1
	}
	if err := it.Close(); err != nil {
		return s.readError(err)
	}
	s.totals.Store(&t)
	return nil
}

func (s *Store) totalsIn(r pebble.Reader) (t totals, err error) {
	value, closer, err := r.Get([]byte{spaceMeta})
	if errors.Is(err, pebble.ErrNotFound) {
		return t, nil
	}
	if err != nil {
		return t, s.readError(err)
	}
	defer closer.Close()
	if len(value) != 16 {
		return t, &CorruptError{File: s.dir, Err: fmt.Errorf("totals of %d bytes", len(value))}
	}
	t.quads = int64(binary.BigEndian.Uint64(value))
	t.version = binary.BigEndian.Uint64(value[8:])
	return t, nil
}

// countIn returns the maintained number of quads of a graph or predicate.
func (s *Store) countIn(r pebble.Reader, space byte, id eval.ID) (int64, error) {
	value, closer, err := r.Get(idKey(space, id))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, s.readError(err)
	}
	defer closer.Close()
	if len(value) != 8 {
		return 0, &CorruptError{File: s.dir, Err: fmt.Errorf("count of %d bytes", len(value))}
	}
	return int64(binary.BigEndian.Uint64(value)), nil
}

// Close ends the store. Snapshots must be closed first: while some are open,
// Close closes nothing and says so.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.state.Lock()
	defer s.state.Unlock()
	switch {
	case s.closed:
		return nil
	case s.snapshots > 0:
		return fmt.Errorf("close quad store: %d snapshots are open", s.snapshots)
	}
	s.closed = true
	if s.failed != nil {
		// The log could not be written; Pebble cannot close in that state.
		return fmt.Errorf("close quad store: %w", s.failed)
	}
	s.failed = ErrClosed
	if err := errors.Join(s.db.Close(), s.lock.Close()); err != nil {
		return fmt.Errorf("close quad store: %w", err)
	}
	return nil
}

// Version returns the version of the data: it grows with each change and is
// kept over restarts, so that it can serve as an entity tag. It begins with the
// time at which the store was made, so that one made anew does not repeat the
// versions of the one before.
func (s *Store) Version() uint64 { return s.totals.Load().version }

// Len returns the number of quads.
func (s *Store) Len() int64 { return s.totals.Load().quads }

var tableNumber = regexp.MustCompile(`pebble: file (\d{6,}):`)

// readError names the damaged file in an error that Pebble returned.
func (s *Store) readError(err error) error {
	var known *CorruptError
	if err == nil || errors.As(err, &known) || !pebble.IsCorruptionError(err) {
		return err
	}
	file := s.dir
	if info := pebble.ExtractDataCorruptionInfo(err); info != nil {
		file = info.Path
		err = info.Details
	} else if m := tableNumber.FindStringSubmatch(err.Error()); m != nil {
		// While it opens, Pebble says it in words only.
		file = s.fs.PathJoin(s.dir, databaseDir, m[1]+".sst")
	}
	return &CorruptError{File: file, Err: err}
}

// isLocked recognises a lock that somebody holds. Pebble gives no sentinel:
// the operating system says "try again" or "no access", Pebble itself that
// this process has it.
func isLocked(err error) bool {
	text := err.Error()
	return isLockErrno(err) || strings.Contains(text, "lock held by current process") || strings.Contains(text, "already locked")
}

// logger passes Pebble's trouble on. What is fatal to Pebble, such as a log
// that cannot be written, must not return; commit turns it into an error.
type logger struct{ to *slog.Logger }

func (l logger) Infof(string, ...any) {}

func (l logger) Errorf(format string, args ...any) {
	if l.to != nil {
		l.to.Error("quad store: " + fmt.Sprintf(format, args...))
	}
}

func (l logger) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	panic(fatalError(fmt.Sprintf(format, args...)))
}

type fatalError string

func (e fatalError) Error() string { return string(e) }
