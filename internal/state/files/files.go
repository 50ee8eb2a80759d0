// Package files keeps things as compressed files: blobs (page bodies, graphs,
// reports of harvested pages), named by the hash of their content and never
// deleted by itself, and reports of the validator, which expire. It knows
// nothing of what is in them.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// MaxSize is the bound on one blob, uncompressed, in bytes.
const MaxSize = 512 << 20

// drafts is the directory of files that are being written.
const drafts = "drafts"

// Blobs keeps content under a directory as <first two hex digits>/<hash>.zst.
// It is safe for concurrent use.
type Blobs struct {
	dir     string
	maxSize int
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// SizeError says that a blob is over the bound.
type SizeError struct{ Size, Max int }

func (e *SizeError) Error() string {
	return fmt.Sprintf("blob of %d bytes is over the bound of %d", e.Size, e.Max)
}

// CorruptError says that the content of a blob is not what its name says.
type CorruptError struct {
	Path string
	Err  error // nil if only the hash differs
}

func (e *CorruptError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("blob %s is damaged: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("blob %s is damaged: its content has another hash", e.Path)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// Open makes the directory if it is not there and throws away what a crash
// left half written.
func Open(dir string) (*Blobs, error) { return open(dir, MaxSize) }

func open(dir string, maxSize int) (*Blobs, error) {
	if err := os.RemoveAll(filepath.Join(dir, drafts)); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, drafts), 0o755); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(maxSize)))
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	return &Blobs{dir: dir, maxSize: maxSize, encoder: encoder, decoder: decoder}, nil
}

// Put keeps content and returns its hex SHA-256. The file is complete and on
// disk when Put returns; content that is there already costs no write.
func (b *Blobs) Put(ctx context.Context, content []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if len(content) > b.maxSize {
		return "", &SizeError{Size: len(content), Max: b.maxSize}
	}
	sum := sha256.Sum256(content)
	name := hex.EncodeToString(sum[:])
	path := b.path(name)
	if _, err := os.Stat(path); err == nil {
		return name, nil
	}
	if err := b.write(path, b.encoder.EncodeAll(content, nil)); err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	return name, nil
}

// Get returns the content with the given hash. An unknown one is an error that
// is fs.ErrNotExist; damaged content is a *CorruptError.
func (b *Blobs) Get(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !isHash(name) {
		return nil, fmt.Errorf("get blob %q: %w", name, fs.ErrNotExist)
	}
	path := b.path(name)
	compressed, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("get blob: %w", err)
	}
	content, err := b.decoder.DecodeAll(compressed, nil)
	if err != nil {
		return nil, &CorruptError{Path: path, Err: err}
	}
	sum := sha256.Sum256(content)
	if hex.EncodeToString(sum[:]) != name {
		return nil, &CorruptError{Path: path}
	}
	return content, nil
}

func (b *Blobs) path(name string) string { return filepath.Join(b.dir, name[:2], name+".zst") }

func isHash(name string) bool {
	if len(name) != 2*sha256.Size {
		return false
	}
	for _, c := range name {
		if (c < '0' || '9' < c) && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return true
}

// write makes a file appear at path whole or not at all: written aside, synced,
// renamed, and the directory synced.
func (b *Blobs) write(path string, data []byte) error {
	parent := filepath.Dir(path)
	if err := os.Mkdir(parent, 0o755); err == nil {
		if err := syncDir(b.dir); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	draft, err := os.CreateTemp(filepath.Join(b.dir, drafts), "*.zst")
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
	if err := os.Rename(draft.Name(), path); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return syncDir(parent)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
