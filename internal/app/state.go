package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/state/files"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/publisher"
)

// state is the state of the house: in its data directory, or in a PostgreSQL
// database that it shares with others. The store and the index are in the data
// directory either way, and so is the lock that keeps a second process out of
// it, which is that of the database in it.
type state struct {
	frontier harvester.Frontier
	visits   harvester.Visits
	rounds   harvester.Rounds
	ledger   publisher.Ledger
	standing publisher.Standing
	marks    publisher.Marks
	outbox   publisher.Outbox
	cursors  publisher.Cursors
	calendar publisher.Calendar
	blobs    publisher.Blobs
	empty    func() (bool, error) // whether nothing stands in the calendar

	local  *pebble.DB
	files  *files.Blobs // nil with PostgreSQL
	shared *postgres.DB // nil without
}

// place says where the state of a data directory is, so that every command finds
// it there. It is a file of the directory, which has none if it is in itself.
type place struct {
	// Directory names the data directory among those that share the state.
	Directory string `json:"directory,omitempty"`
	// URLEnv names the environment variable that holds the address of the database.
	URLEnv string `json:"urlEnv"`
}

const placeFile = "postgres.json"

// readPlace returns the place of a data directory, the zero one if it is in itself.
func readPlace(data string) (p place, err error) {
	text, err := os.ReadFile(filepath.Join(data, placeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return place{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("read where the state is: %w", err)
	}
	return p, nil
}

func (p place) write(data string) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, placeFile), append(text, '\n'), 0o640)
}

// openState opens the state of a data directory.
func openState(ctx context.Context, c config.Config) (s *state, err error) {
	s = &state{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
			s = nil
		}
	}()
	if s.local, err = pebble.Open(filepath.Join(c.Data, "state"), nil); err != nil {
		return s, err
	}
	p, err := readPlace(c.Data)
	if err != nil {
		return s, err
	}
	if c.State.Postgres != nil {
		p.URLEnv = c.State.Postgres.URLEnv
	}
	if p.URLEnv != "" {
		return s, s.openPostgres(ctx, c.Data, p)
	}
	if s.files, err = files.Open(filepath.Join(c.Data, "blobs")); err != nil {
		return s, err
	}
	d := s.local
	s.frontier, s.visits, s.rounds, s.blobs = d.Frontier(), d.Visits(), d.Visits(), s.files
	s.ledger, s.standing, s.marks, s.outbox, s.cursors = d.Ledger(), d.Ledger(), d.Marks(), d.Outbox(), d.Cursors()
	s.calendar, s.empty = d.Calendar(), d.Calendar().Empty
	return s, nil
}

// openPostgres opens the state in PostgreSQL. A data directory that has entries
// of its own is not taken: they would be lost from sight.
func (s *state) openPostgres(ctx context.Context, data string, p place) error {
	address := os.Getenv(p.URLEnv)
	if address == "" {
		return &exit{exitUsage, fmt.Errorf("the state is in PostgreSQL, but the environment variable %s, which holds the address of the database, is not set", p.URLEnv)}
	}
	head, err := s.local.Ledger().Head(ctx)
	if err != nil {
		return err
	}
	if head > 0 {
		return &exit{exitUsage, fmt.Errorf("%s has a state of its own, with %d ledger entries: name another data directory for the state in PostgreSQL", data, head)}
	}
	if p.Directory == "" {
		p.Directory = uuid.NewString()
	}
	if s.shared, err = postgres.Open(ctx, address, postgres.Options{Name: p.Directory}); err != nil {
		return err
	}
	if err := p.write(data); err != nil { // only now: the address is good
		return fmt.Errorf("write where the state is: %w", err)
	}
	d := s.shared
	blobs, err := d.Blobs()
	if err != nil {
		return err
	}
	s.frontier, s.visits, s.rounds, s.blobs = d.Frontier(), d.Visits(), d.Visits(), blobs
	s.ledger, s.standing, s.marks, s.outbox, s.cursors = d.Ledger(), d.Ledger(), d.Marks(), d.Outbox(), d.Cursors()
	s.calendar, s.empty = d.Calendar(), d.Calendar().Empty
	return nil
}

// close closes it, the lock of the data directory last.
func (s *state) close() error {
	var errs []error
	if s.shared != nil {
		errs = append(errs, s.shared.Close())
	}
	if s.local != nil {
		errs = append(errs, s.local.Close())
	}
	return errors.Join(errs...)
}

// backup writes the state to a backup. What is in PostgreSQL is not for us to
// copy; a directory that is restored is a new one among those that share it.
func (s *state) backup(ctx context.Context, data, dir string) error {
	if s.shared == nil {
		return errors.Join(s.local.Backup(filepath.Join(dir, "state")), s.files.Backup(ctx, filepath.Join(dir, "blobs")))
	}
	p, err := readPlace(data)
	if err != nil {
		return err
	}
	p.Directory = ""
	return p.write(dir)
}
