package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/publisher"
)

// Cursors remember how far the followers of a data directory are.
type Cursors struct{ db *DB }

var _ publisher.Cursors = (*Cursors)(nil)

// Cursors returns the cursors of the data directory that Options names.
func (d *DB) Cursors() *Cursors { return &Cursors{db: d} }

// Cursor implements publisher.Cursors.
func (c *Cursors) Cursor(ctx context.Context, follower string) (sequence uint64, err error) {
	err = c.db.again(ctx, func(ctx context.Context) error {
		return c.db.pool.QueryRow(ctx, `SELECT sequence FROM belfort.cursor WHERE directory = $1 AND follower = $2`, c.db.options.Name, follower).Scan(&sequence)
	})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("read cursor of %s: %w", follower, err)
	}
	return sequence, nil
}

// SetCursor implements publisher.Cursors.
func (c *Cursors) SetCursor(ctx context.Context, follower string, sequence uint64) error {
	err := c.db.again(ctx, func(ctx context.Context) error {
		_, err := c.db.pool.Exec(ctx, `INSERT INTO belfort.cursor VALUES ($1, $2, $3)
			ON CONFLICT (directory, follower) DO UPDATE SET sequence = excluded.sequence`, c.db.options.Name, follower, int64(sequence))
		return err
	})
	if err != nil {
		return fmt.Errorf("set cursor of %s: %w", follower, err)
	}
	return nil
}
