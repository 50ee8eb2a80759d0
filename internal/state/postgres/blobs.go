package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/publisher"
)

// MaxBlob is the bound on one blob, uncompressed, in bytes: a row holds less
// than a gigabyte, and passes through memory whole.
const MaxBlob = 512 << 20

// Blobs keeps content by its hash, compressed.
type Blobs struct {
	db      *DB
	maxSize int
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

var (
	_ harvester.Blobs = (*Blobs)(nil)
	_ publisher.Blobs = (*Blobs)(nil)
)

// SizeError says that a blob is over the bound.
type SizeError struct{ Size, Max int }

func (e *SizeError) Error() string {
	return fmt.Sprintf("blob of %d bytes is over the bound of %d", e.Size, e.Max)
}

// CorruptError says that the content of a blob is not what its name says.
type CorruptError struct {
	Name string
	Err  error // nil if only the hash differs
}

func (e *CorruptError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("blob %s is damaged: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("blob %s is damaged: its content has another hash", e.Name)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// Blobs returns the blobs of the database.
func (d *DB) Blobs() (*Blobs, error) { return d.blobs(MaxBlob) }

func (d *DB) blobs(maxSize int) (*Blobs, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(maxSize)))
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	return &Blobs{db: d, maxSize: maxSize, encoder: encoder, decoder: decoder}, nil
}

// Put keeps content and returns its hex SHA-256. It is durable when Put returns;
// content that is there already is not sent again.
func (b *Blobs) Put(ctx context.Context, content []byte) (string, error) {
	if len(content) > b.maxSize {
		return "", &SizeError{Size: len(content), Max: b.maxSize}
	}
	name := sha256.Sum256(content)
	var packed []byte
	err := b.db.again(ctx, func(ctx context.Context) error {
		var there bool
		err := b.db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM belfort.blob WHERE name = $1)`, name[:]).Scan(&there)
		if err != nil || there {
			return err
		}
		if packed == nil {
			packed = b.encoder.EncodeAll(content, nil)
		}
		_, err = b.db.pool.Exec(ctx, `INSERT INTO belfort.blob VALUES ($1, $2) ON CONFLICT DO NOTHING`, name[:], packed)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	return hex.EncodeToString(name[:]), nil
}

// Get returns the content with the given hash. An unknown one is an error that
// is fs.ErrNotExist; damaged content is a *CorruptError.
func (b *Blobs) Get(ctx context.Context, name string) ([]byte, error) {
	raw, err := hex.DecodeString(name)
	if err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != name {
		return nil, fmt.Errorf("get blob %q: %w", name, fs.ErrNotExist)
	}
	var packed []byte
	err = b.db.again(ctx, func(ctx context.Context) error {
		return b.db.pool.QueryRow(ctx, `SELECT content FROM belfort.blob WHERE name = $1`, raw).Scan(&packed)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("get blob %s: %w", name, err)
	}
	content, err := b.decoder.DecodeAll(packed, nil)
	if err != nil {
		return nil, &CorruptError{Name: name, Err: err}
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != name {
		return nil, &CorruptError{Name: name}
	}
	return content, nil
}
