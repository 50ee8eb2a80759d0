package quadstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
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
const FormatVersion = 2

const (
	formatFile  = "FORMAT"
	formatLabel = "belfort quadstore "
	databaseDir = "pebble"
	baseDir     = "base"
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
	// CacheSize is the memory for blocks of the database, in bytes; 0 means
	// 32 MiB. It has the delta and its terms only: the base is mapped into memory,
	// and the operating system decides how much of it stays there.
	CacheSize int64
	// DeltaSize is how many quads may be added to the base or gone from it, and
	// how many terms may have come, before they are folded into a new base in the
	// background; 0 means an eighth of the base's quads, at least 65,536 and at
	// most 500,000. The delta takes about 250 bytes of memory for each quad.
	DeltaSize int
	// Logger hears of trouble in the background, such as a compaction that
	// failed and is tried again; nil means nobody does.
	Logger *slog.Logger
	// FS takes the place of the operating system's files in tests.
	FS vfs.FS
}

// Store is a durable set of quads. It is safe for concurrent use; writes take
// their turn, reads through a Snapshot never wait for them.
type Store struct {
	dir       string
	fs        vfs.FS
	db        *pebble.DB
	lock      io.Closer
	log       *slog.Logger
	deltaSize int
	terms     *cache // of the part of the dictionary that is in the database
	young     *youngTerms
	cursors   sync.Pool // *cursor, for Match

	writing sync.Mutex // held by the one writer
	failed  error      // why writing is over; guarded by writing

	now      atomic.Pointer[state] // changed by the one writer
	lastBase atomic.Uint64         // highest number that a base was given

	mu        sync.Mutex
	closing   bool // nobody begins to fold any more
	closed    bool
	snapshots int      // open
	folding   *folding // nil if nobody does
	retryAt   int      // how large the delta must be after a failure
}

// state is what the store holds at one moment. It never changes.
type state struct {
	base  *base
	delta *delta
	totals
	statistics sync.Map // what Distinct found: eval.ID to counts
}

// young reports whether the dictionary has terms that the base does not have.
func (t *state) young() bool { return t.next > eval.ID(t.base.terms.n)+1 }

// has reports whether the state has a quad.
func (t *state) has(q quad) (bool, error) {
	if e, ok := t.delta.find(q); ok {
		return !e.gone(), nil
	}
	return t.base.has(q)
}

// totals are the numbers that every change moves together.
type totals struct {
	quads   int64
	version uint64
	next    eval.ID // the next dictionary ID
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
	if err := files.MkdirAll(files.PathJoin(dir, baseDir), 0o755); err != nil {
		return nil, err
	}
	if found == 1 {
		// An older program must not open what this one begins to change.
		if err := writeFormat(files, dir); err != nil {
			return nil, err
		}
	}

	s = &Store{dir: dir, fs: files, lock: lock, log: o.Logger, deltaSize: o.DeltaSize, terms: newCache(), young: newYoungTerms()}
	cache := pebble.NewCache(cmp.Or(max(o.CacheSize, 0), 32<<20))
	defer cache.Unref()
	if s.db, err = pebble.Open(database, s.pebbleOptions(o, lock, cache)); err != nil {
		return nil, s.readError(err)
	}
	if err := s.read(); err != nil {
		if now := s.now.Load(); now != nil {
			err = errors.Join(err, now.base.leave())
		}
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
		MemTableSize:          16 << 20,
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
	return writeFormat(files, dir)
}

// writeFormat makes the directory one of this version.
func writeFormat(files vfs.FS, dir string) error {
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

// totalsLength is the length of the value of spaceMeta; in version 1 it was
// half of that.
const totalsLength = 32

func (t *state) encode() []byte {
	b := make([]byte, 0, totalsLength)
	for _, n := range []uint64{uint64(t.quads), t.version, t.base.number, uint64(t.next)} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

// read learns what the last process left, or begins.
func (s *Store) read() error {
	value, closer, err := s.db.Get([]byte{spaceMeta})
	if errors.Is(err, pebble.ErrNotFound) {
		// The version begins with the time, so that a store made anew does not
		// repeat the versions of the one before.
		now := &state{base: emptyBase(), delta: &delta{}, totals: totals{version: uint64(time.Now().Unix()) << 20, next: 1}}
		if err := s.db.Set([]byte{spaceMeta}, now.encode(), pebble.Sync); err != nil {
			return err
		}
		s.now.Store(now)
		return s.removeBases()
	}
	if err != nil {
		return s.readError(err)
	}
	value = slices.Clone(value)
	if err := closer.Close(); err != nil {
		return err
	}
	switch len(value) {
	case totalsLength / 2:
		return s.upgrade(value)
	case totalsLength:
	default:
		return &CorruptError{File: s.dir, Err: fmt.Errorf("totals of %d bytes", len(value))}
	}
	now := &state{base: emptyBase(), delta: &delta{}}
	now.quads = int64(binary.BigEndian.Uint64(value))
	now.version = binary.BigEndian.Uint64(value[8:])
	now.next = eval.ID(binary.BigEndian.Uint64(value[24:]))
	if number := binary.BigEndian.Uint64(value[16:]); number > 0 {
		s.lastBase.Store(number)
		if now.base, err = openBase(s.fs, s.dir, number); err != nil {
			return err
		}
	}
	s.now.Store(now)
	if now.delta, err = s.readDelta(); err != nil {
		return err
	}
	if n := now.base.runs[0].count + int64(now.delta.by[0].more(&entry{}, 0)); n != now.quads {
		return &CorruptError{File: s.dir, Err: fmt.Errorf("%d quads in base and delta, not %d", n, now.quads)}
	}
	if now.next <= eval.ID(now.base.terms.n) {
		return &CorruptError{File: s.dir, Err: fmt.Errorf("the next ID is %d, but the base has %d", now.next, now.base.terms.n)}
	}
	if now.young() {
		if err := s.eachTerm(context.Background(), eval.ID(now.base.terms.n)+1, now.next, s.young.add); err != nil {
			return err
		}
	}
	return s.removeBases()
}

// readDelta reads the delta into memory.
func (s *Store) readDelta() (*delta, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceQuad}, UpperBound: []byte{spaceQuad + 1}})
	if err != nil {
		return nil, s.readError(err)
	}
	var added, removed []quad
	for ok := it.First(); ok; ok = it.Next() {
		q, ok := readQuad(it.Key(), orderGSPO)
		value, err := it.ValueAndErr()
		switch {
		case err != nil:
			return nil, errors.Join(s.readError(err), it.Close())
		case ok && string(value) == string(markAdded):
			added = append(added, q)
		case ok && string(value) == string(markGone):
			removed = append(removed, q)
		default:
			return nil, errors.Join(&CorruptError{File: s.dir, Err: fmt.Errorf("key %x with value %q is no quad", it.Key(), value)}, it.Close())
		}
	}
	if err := it.Close(); err != nil {
		return nil, s.readError(err)
	}
	return (&delta{}).with(added, removed), nil
}

// removeBases removes what is left of bases that were replaced, or were not
// finished.
func (s *Store) removeBases() error {
	dir := s.fs.PathJoin(s.dir, baseDir)
	names, err := s.fs.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if s.now.Load().base.number == 0 || name != baseName(s.now.Load().base.number) {
			if err := s.fs.RemoveAll(s.fs.PathJoin(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends the store. Snapshots must be closed first: while some are open,
// Close closes nothing and says so.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.stopFolding()
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	already, open := s.closed, s.snapshots
	s.closed = open == 0
	s.closing = s.closed
	s.mu.Unlock()
	switch {
	case already:
		return nil
	case open > 0:
		return fmt.Errorf("close quad store: %d snapshots are open", open)
	}
	err := s.now.Load().base.leave()
	if s.failed != nil {
		// The log could not be written; Pebble cannot close in that state.
		return fmt.Errorf("close quad store: %w", errors.Join(s.failed, err))
	}
	s.failed = ErrClosed
	if err := errors.Join(err, s.db.Close(), s.lock.Close()); err != nil {
		return fmt.Errorf("close quad store: %w", err)
	}
	return nil
}

// Version returns the version of the data: it grows with each change and is
// kept over restarts, so that it can serve as an entity tag. It begins with the
// time at which the store was made, so that one made anew does not repeat the
// versions of the one before.
func (s *Store) Version() uint64 { return s.now.Load().version }

// Len returns the number of quads.
func (s *Store) Len() int64 { return s.now.Load().quads }

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
