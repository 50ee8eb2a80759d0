package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/publisher"
)

// Cursors remember how far followers are. Its key:
//
//	c <follower>  sequence of the last entry that it has done
type Cursors struct{ db *pebble.DB }

var _ publisher.Cursors = (*Cursors)(nil)

// Cursors returns the cursors of the database.
func (d *DB) Cursors() *Cursors { return &Cursors{db: d.db} }

func cursorKey(follower string) []byte { return append([]byte{keyCursor}, follower...) }

// Cursor implements publisher.Cursors.
func (c *Cursors) Cursor(_ context.Context, follower string) (uint64, error) {
	value, closer, err := c.db.Get(cursorKey(follower))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read cursor of %s: %w", follower, err)
	}
	sequence := binary.BigEndian.Uint64(value)
	return sequence, closer.Close()
}

// SetCursor implements publisher.Cursors.
func (c *Cursors) SetCursor(_ context.Context, follower string, sequence uint64) error {
	err := c.db.Set(cursorKey(follower), binary.BigEndian.AppendUint64(nil, sequence), pebble.Sync)
	if err != nil {
		return fmt.Errorf("set cursor of %s: %w", follower, err)
	}
	return nil
}
