package pebble

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/publisher"
)

// Marks finds pages by what they share. Its keys:
//
//	k <SHA-256 of key> <complement of sequence> <SHA-256 of page, 8> <number, 4>  page and value, as JSON
//	y <SHA-256 of page>                                   the keys above that the page has, one after the other
type Marks struct{ db *pebble.DB }

var _ publisher.Marks = (*Marks)(nil)

// Marks returns the marks of the database.
func (d *DB) Marks() *Marks { return &Marks{d.db} }

// marked is the value of a mark as it is stored.
type marked struct {
	Pagina string `json:"pagina"`
	Value  string `json:"value"`
}

// lenMark is the length of the key of a mark.
const lenMark = 1 + sha256.Size + 8 + 8 + 4

// SetMarks implements publisher.Marks.
func (m *Marks) SetMarks(_ context.Context, marks map[string][]publisher.Mark) error {
	batch := m.db.NewBatch()
	defer batch.Close()
	for pagina, list := range marks {
		if err := m.set(batch, pagina, list); err != nil {
			return fmt.Errorf("set marks of %s: %w", pagina, err)
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("set marks: %w", err)
	}
	return nil
}

func (m *Marks) set(batch *pebble.Batch, pagina string, list []publisher.Mark) error {
	page := sha256.Sum256([]byte(pagina))
	index := append([]byte{keyMarked}, page[:]...)
	had, closer, err := m.db.Get(index)
	if err == nil {
		for ; len(had) >= lenMark && err == nil; had = had[lenMark:] {
			err = batch.Delete(had[:lenMark], nil)
		}
		err = errors.Join(err, closer.Close())
	}
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return err
	}
	keys := make([]byte, 0, len(list)*lenMark)
	for i, mark := range list {
		value, err := json.Marshal(marked{pagina, mark.Value})
		if err != nil {
			return err
		}
		key := append(markPrefix(mark.Key), binary.BigEndian.AppendUint64(nil, ^mark.Sequence)...)
		key = binary.BigEndian.AppendUint32(append(key, page[:8]...), uint32(i))
		if err := batch.Set(key, value, nil); err != nil {
			return err
		}
		keys = append(keys, key...)
	}
	if len(keys) == 0 {
		return batch.Delete(index, nil)
	}
	return batch.Set(index, keys, nil)
}

func markPrefix(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return append([]byte{keyMark}, sum[:]...)
}

// Marked implements publisher.Marks.
func (m *Marks) Marked(_ context.Context, key string, n int) (list []publisher.Mark, err error) {
	prefix := markPrefix(key)
	it, err := m.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: append(markPrefix(key), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)})
	if err != nil {
		return nil, fmt.Errorf("find marks: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok && len(list) < n; ok = it.Next() {
		var v marked
		if err := json.Unmarshal(it.Value(), &v); err != nil {
			return nil, fmt.Errorf("find marks: %w", err)
		}
		list = append(list, publisher.Mark{
			Key: key, Pagina: v.Pagina, Value: v.Value,
			Sequence: ^binary.BigEndian.Uint64(it.Key()[len(prefix):]),
		})
	}
	return list, nil
}
