package quadstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Backup makes a copy of the store as it is now in dir, which must not exist or
// be empty. It is a store like any other: Open opens it. Reads and writes go on
// meanwhile; writes wait for a moment at the beginning. Files that never change
// are hard links where the file system can do that, so that a backup next to the
// store takes little room; moved elsewhere, they are copies. What a failed
// Backup leaves in dir is not a store.
func (s *Store) Backup(ctx context.Context, dir string) error {
	if err := s.backup(ctx, dir); err != nil {
		return fmt.Errorf("back up quad store to %s: %w", dir, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, dir string) error {
	names, err := s.fs.List(dir)
	if err == nil && len(names) > 0 {
		return errors.New("the directory is not empty")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	// Log and base must be of one moment.
	var d *Snapshot
	err = s.write(func() error {
		d = s.Snapshot()
		return s.db.Checkpoint(s.fs.PathJoin(dir, databaseDir), pebble.WithFlushedWAL())
	})
	if d == nil {
		return err
	}
	defer d.Close()
	if err == nil {
		err = d.err
	}
	if err != nil {
		return err
	}
	to := s.fs.PathJoin(dir, baseDir)
	if err := s.fs.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if number := d.base.number; number > 0 {
		into := s.fs.PathJoin(to, baseName(number))
		if err := s.fs.MkdirAll(into, 0o755); err != nil {
			return err
		}
		for _, p := range d.base.all() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := vfs.LinkOrCopy(s.fs, p.name, s.fs.PathJoin(into, s.fs.PathBase(p.name))); err != nil {
				return err
			}
		}
		if err := syncDir(s.fs, into); err != nil {
			return err
		}
	}
	if err := syncDir(s.fs, to); err != nil {
		return err
	}
	// Last, for what has no such file is not a store.
	return errors.Join(writeFormat(s.fs, dir), syncDir(s.fs, s.fs.PathDir(dir)))
}
