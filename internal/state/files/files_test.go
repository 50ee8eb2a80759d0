package files

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/belfort-lod/belfort/internal/state/statetest"
	"github.com/belfort-lod/belfort/publisher"
)

func opened(t *testing.T, dir string, maxSize int) *Blobs {
	t.Helper()
	b, err := open(dir, maxSize)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestContract(t *testing.T) {
	statetest.Blobs(t, func(t *testing.T, dir string) publisher.Blobs { return opened(t, dir, MaxSize) })
}

func TestDamageIsNamed(t *testing.T) {
	dir := t.TempDir()
	b := opened(t, dir, MaxSize)
	name, err := b.Put(context.Background(), []byte("Besluit"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.Put(context.Background(), []byte("Ander besluit"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name[:2], name+".zst")

	if err := os.Rename(filepath.Join(dir, other[:2], other+".zst"), path); err != nil {
		t.Fatal(err)
	}
	var damaged *CorruptError
	if _, err := b.Get(context.Background(), name); !errors.As(err, &damaged) || damaged.Path != path {
		t.Errorf("content of another blob under this name: %v, want a CorruptError that names %s", err, path)
	}
	if err := os.WriteFile(path, []byte("not zstd"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(context.Background(), name); !errors.As(err, &damaged) {
		t.Errorf("content that is not zstd: %v, want a CorruptError", err)
	}
}

func TestSizeIsBounded(t *testing.T) {
	dir := t.TempDir()
	small := opened(t, dir, 1000)
	var tooBig *SizeError
	if _, err := small.Put(context.Background(), make([]byte, 1001)); !errors.As(err, &tooBig) || tooBig.Size != 1001 {
		t.Errorf("put of 1001 bytes under a bound of 1000: %v, want a SizeError", err)
	}
	// A few bytes on disk may promise far more than memory holds.
	name, err := opened(t, dir, MaxSize).Put(context.Background(), bytes.Repeat([]byte("0"), 64<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := small.Get(context.Background(), name); err == nil {
		t.Error("got a blob of 64 MB under a bound of 1000 bytes")
	}
}

func TestOpenThrowsHalfWrittenFilesAway(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir, MaxSize)
	draft := filepath.Join(dir, "drafts", "1.zst")
	if err := os.WriteFile(draft, []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	opened(t, dir, MaxSize)
	if _, err := os.Stat(draft); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("draft is still there: %v", err)
	}
}
