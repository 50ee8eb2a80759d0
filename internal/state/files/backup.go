package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup makes dir hold every blob that is there now, while others go on
// putting. A blob never changes, so on the same file system it is linked and
// costs no space.
func (b *Blobs) Backup(ctx context.Context, dir string) error {
	err := filepath.WalkDir(b.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(b.dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, inside)
		switch {
		case inside == drafts:
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		}
		return linkOrCopy(path, to)
	})
	if err != nil {
		return fmt.Errorf("back up blobs: %w", err)
	}
	return nil
}

func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
