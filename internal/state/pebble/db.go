// Package pebble keeps Belfort's state (frontier, fetch evidence, ledger,
// outbox, calendar, cursors) in one embedded Pebble database. It implements interfaces
// that harvester and publisher declare and decides nothing itself.
package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
)

// FormatVersion is the version of the key layout that this program writes.
const FormatVersion = 1

// VersionError says that a data directory was written by a newer program.
type VersionError struct {
	Dir         string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("state in %s has format %d, this program knows up to %d: use a newer belfort", e.Dir, e.Have, e.Known)
}

// LockedError says that another process has the data directory open.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("state in %s is in use by another process", e.Dir)
}

// DB is the open database. Its parts (Frontier, Ledger, ...) share it, so that
// one commit can cover several of them.
type DB struct {
	db *pebble.DB
	// writing is held while an entry is added to the ledger or a melding is
	// saved: they count what is there (ledger.go, outbox.go).
	writing sync.Mutex
}

// Open opens or makes the database in dir. It returns a *VersionError or a
// *LockedError where those are the reason.
func Open(dir string, options *pebble.Options) (*DB, error) {
	if options == nil {
		options = &pebble.Options{}
	}
	if options.Logger == nil {
		options.Logger = quiet{}
	}
	db, err := pebble.Open(dir, options)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, &LockedError{Dir: dir}
	}
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	if err := checkVersion(db, dir); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := fillVersions(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &DB{db: db}, nil
}

// Close releases the database.
func (d *DB) Close() error { return d.db.Close() }

// Key spaces. Each part owns one first byte, so that parts cannot meet.
const (
	keyMeta     = 'm'
	keyFrontier = 'f' // frontier.go
	keyVisit    = 'v' // visits.go
	keyLedger   = 'l' // ledger.go
	keyLatest   = 'p' // ledger.go: page to newest sequence
	keyHeld     = 'h' // standing.go
	keyGone     = 'g' // standing.go
	keyTally    = 't' // standing.go
	keyVersion  = 'q' // standing.go: page to its sequences
	keyMark     = 'k' // marks.go
	keyMarked   = 'y' // marks.go: page to its marks
	keyOutbox   = 'o' // outbox.go
	keyCursor   = 'c' // cursors.go
	keyCalendar = 'd' // calendar.go
)

func checkVersion(db *pebble.DB, dir string) error {
	key := []byte{keyMeta, 'v'}
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return db.Set(key, binary.BigEndian.AppendUint32(nil, FormatVersion), pebble.Sync)
	}
	if err != nil {
		return fmt.Errorf("read state version: %w", err)
	}
	have := int(binary.BigEndian.Uint32(value))
	if err := closer.Close(); err != nil {
		return err
	}
	if have > FormatVersion {
		return &VersionError{Dir: dir, Have: have, Known: FormatVersion}
	}
	return nil
}

// quiet drops Pebble's own log lines: errors come back as errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
