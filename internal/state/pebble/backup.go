package pebble

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Backup writes the state as it is now to dir, which must not be there, while
// others go on writing. On the same file system most of it costs no space: files
// that never change are linked.
func (d *DB) Backup(dir string) error {
	if err := d.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("back up state: %w", err)
	}
	return nil
}
