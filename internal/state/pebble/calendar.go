package pebble

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Calendar keeps sittings and decisions in the order of their dates. An organ
// and an entity stand in keys by the SHA-256 of their IRI where they need not be
// read back. Its keys:
//
//	d o <kind> <organ, 32> <date, inverted> <IRI>  an entity of an organ, with
//	                                               its types as JSON; once more
//	                                               with an organ of zeros
//	d e <IRI, 32>                                  the keys of an entity, as JSON
type Calendar struct{ db *pebble.DB }

var _ publisher.Calendar = (*Calendar)(nil)

// Calendar returns the calendar of the database.
func (d *DB) Calendar() *Calendar { return &Calendar{db: d.db} }

var (
	calendarOrder    = []byte{keyCalendar, 'o'}
	calendarEntities = []byte{keyCalendar, 'e'}
)

// maxCalendarIRI bounds the IRIs, in bytes, that can stand in a key.
const maxCalendarIRI = 4096

// calendarPrefix is where the keys of an organ begin, "" for all organs.
func calendarPrefix(class, organ string) []byte {
	kind := byte('b')
	if class == vocab.BesluitZitting {
		kind = 'z'
	}
	key := append(bytes.Clone(calendarOrder), kind)
	if organ == "" {
		return append(key, make([]byte, sha256.Size)...)
	}
	sum := sha256.Sum256([]byte(organ))
	return append(key, sum[:]...)
}

// appendDate appends a moment so that later ones come first and none at all
// comes last.
func appendDate(key []byte, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(key, ^(uint64(at.Unix()) ^ 1<<63))
}

func entityKey(iri string) []byte {
	sum := sha256.Sum256([]byte(iri))
	return append(bytes.Clone(calendarEntities), sum[:]...)
}

// Empty reports whether nothing stands in the calendar.
func (c *Calendar) Empty() (empty bool, err error) {
	it, err := c.db.NewIter(&pebble.IterOptions{LowerBound: []byte{keyCalendar}, UpperBound: []byte{keyCalendar + 1}})
	if err != nil {
		return false, fmt.Errorf("read calendar: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	return !it.First(), it.Error()
}

// Put implements publisher.Index.
func (c *Calendar) Put(_ context.Context, in *besluit.Inhoud) error {
	batch := c.db.NewIndexedBatch()
	defer batch.Close()
	for _, z := range in.Zittingen {
		if err := enter(batch, vocab.BesluitZitting, z.IRI, z.Datum(), nil, z.GehoudenDoor); err != nil {
			return fmt.Errorf("put %s in calendar: %w", z.IRI, err)
		}
	}
	for _, b := range in.Besluiten {
		at, organs := b.Publicatiedatum, []*besluit.Bestuursorgaan{b.GenomenDoor}
		if b.Behandeling != nil && b.Behandeling.Agendapunt != nil && b.Behandeling.Agendapunt.Zitting != nil {
			z := b.Behandeling.Agendapunt.Zitting
			organs = append(organs, z.GehoudenDoor)
			if !z.Datum().IsZero() {
				at = z.Datum()
			}
		}
		if err := enter(batch, vocab.BesluitBesluit, b.IRI, at, b.Types, organs...); err != nil {
			return fmt.Errorf("put %s in calendar: %w", b.IRI, err)
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("put in calendar: %w", err)
	}
	return nil
}

// enter puts an entity in the batch, in place of what was known of it.
func enter(batch *pebble.Batch, class, iri string, at time.Time, types []string, organs ...*besluit.Bestuursorgaan) error {
	if err := strike(batch, iri); err != nil || len(iri) > maxCalendarIRI {
		return err
	}
	names := []string{""}
	for _, o := range organs {
		if o != nil && !slices.Contains(names, o.IRI) {
			names = append(names, o.IRI)
		}
	}
	value, err := json.Marshal(types)
	errs := []error{err}
	var keys [][]byte
	for _, organ := range names {
		key := append(appendDate(calendarPrefix(class, organ), at), iri...)
		errs = append(errs, batch.Set(key, value, nil))
		keys = append(keys, key)
	}
	known, err := json.Marshal(keys)
	return errors.Join(append(errs, err, batch.Set(entityKey(iri), known, nil))...)
}

// strike takes an entity out.
func strike(batch *pebble.Batch, iri string) error {
	var keys [][]byte
	known, err := getJSON(batch, entityKey(iri), &keys)
	if err != nil || !known {
		return err
	}
	errs := []error{batch.Delete(entityKey(iri), nil)}
	for _, key := range keys {
		errs = append(errs, batch.Delete(key, nil))
	}
	return errors.Join(errs...)
}

// Delete implements publisher.Index.
func (c *Calendar) Delete(_ context.Context, iris []string) error {
	batch := c.db.NewIndexedBatch()
	defer batch.Close()
	for _, iri := range iris {
		if err := strike(batch, iri); err != nil {
			return fmt.Errorf("delete %s from calendar: %w", iri, err)
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("delete from calendar: %w", err)
	}
	return nil
}

// Newest implements publisher.Calendar. It walks along the keys of all organs
// at once, and holds only what it returns.
func (c *Calendar) Newest(ctx context.Context, class string, organs []string, s publisher.Selection) (iris []string, total int, err error) {
	if organs == nil {
		organs = []string{""}
	}
	var walks []*pebble.Iterator
	defer func() {
		for _, it := range walks {
			err = errors.Join(err, it.Close())
		}
	}()
	const suffix = 2 + 1 + sha256.Size // where the date begins
	for _, organ := range organs {
		prefix := calendarPrefix(class, organ)
		options := pebble.IterOptions{LowerBound: prefix, UpperBound: append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 9)...)}
		if !s.To.IsZero() { // the day itself counts
			options.LowerBound = appendDate(bytes.Clone(prefix), s.To.AddDate(0, 0, 1).Add(-time.Second))
		}
		if !s.From.IsZero() || !s.To.IsZero() {
			// Without a date, an entity is in no stretch of time.
			options.UpperBound = appendDate(bytes.Clone(prefix), laterOf(s.From, time.Time{}.Add(time.Second)).Add(-time.Second))
		}
		it, err := c.db.NewIter(&options)
		if err != nil {
			return nil, 0, fmt.Errorf("read calendar: %w", err)
		}
		walks = append(walks, it)
		it.First()
	}
	offset, limit := s.Stretch()
	var last []byte
	for seen := 0; ; seen++ {
		if seen%1024 == 1023 && ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		var first *pebble.Iterator
		for _, it := range walks {
			if it.Valid() && (first == nil || bytes.Compare(it.Key()[suffix:], first.Key()[suffix:]) < 0) {
				first = it
			}
		}
		if first == nil || total >= offset+limit && total >= publisher.MaxTotal {
			break
		}
		if at := first.Key()[suffix:]; !bytes.Equal(at, last) {
			last = append(last[:0], at...)
			fits, err := ofTypes(first, s.Types)
			if err != nil {
				return nil, 0, fmt.Errorf("read calendar: %w", err)
			}
			if fits {
				if total >= offset && len(iris) < limit {
					iris = append(iris, string(at[8:]))
				}
				total++
			}
		}
		first.Next()
	}
	for _, it := range walks {
		if err := it.Error(); err != nil {
			return nil, 0, fmt.Errorf("read calendar: %w", err)
		}
	}
	return iris, total, nil
}

// ofTypes reports whether the entity has one of the types, where any are asked.
func ofTypes(it *pebble.Iterator, asked []string) (bool, error) {
	if len(asked) == 0 {
		return true, nil
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return false, err
	}
	var types []string
	if err := json.Unmarshal(value, &types); err != nil {
		return false, err
	}
	return slices.ContainsFunc(types, func(t string) bool { return slices.Contains(asked, t) }), nil
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
