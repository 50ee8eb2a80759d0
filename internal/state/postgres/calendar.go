package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Calendar keeps sittings and decisions in the order of their dates. It is of one
// data directory, like the search index: it is as far as the follower is that
// fills it.
type Calendar struct{ db *DB }

var _ publisher.Calendar = (*Calendar)(nil)

// Calendar returns the calendar of the data directory that Options names.
func (d *DB) Calendar() *Calendar { return &Calendar{db: d} }

// maxCalendarIRI bounds the IRIs, in bytes, that stand in the calendar.
const maxCalendarIRI = 4096

// organKey is how an organ stands in the calendar, "" for all organs.
func organKey(organ string) []byte {
	if organ == "" {
		return []byte{}
	}
	return sum(organ)
}

// Empty reports whether nothing stands in the calendar.
func (c *Calendar) Empty() (empty bool, err error) {
	err = c.db.again(context.Background(), func(ctx context.Context) error {
		return c.db.pool.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM belfort.calendar WHERE directory = $1)`, c.db.options.Name).Scan(&empty)
	})
	if err != nil {
		return false, fmt.Errorf("read calendar: %w", err)
	}
	return empty, nil
}

// place is an entity in the calendar.
type place struct {
	class  string
	at     *time.Time // nil if nobody knows
	types  []string
	organs []string
}

func placed(class string, at time.Time, types []string, organs ...*besluit.Bestuursorgaan) place {
	p := place{class: class, types: []string{}, organs: []string{""}}
	if !at.IsZero() {
		at = at.Truncate(time.Second)
		p.at = &at
	}
	for _, t := range types {
		p.types = append(p.types, plain(t))
	}
	for _, o := range organs {
		if o != nil {
			p.organs = append(p.organs, o.IRI)
		}
	}
	return p
}

// Put implements publisher.Index.
func (c *Calendar) Put(ctx context.Context, in *besluit.Inhoud) error {
	places := map[string]place{}
	for _, z := range in.Zittingen {
		places[z.IRI] = placed(vocab.BesluitZitting, z.Datum(), nil, z.GehoudenDoor)
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
		places[b.IRI] = placed(vocab.BesluitBesluit, at, b.Types, organs...)
	}
	var keys [][]byte
	var rows [][]any
	for iri, p := range places {
		key := sum(iri)
		keys = append(keys, key)
		if len(iri) > maxCalendarIRI {
			continue
		}
		known := map[string]bool{}
		for _, organ := range p.organs {
			if !known[organ] {
				known[organ] = true
				rows = append(rows, []any{c.db.options.Name, key, organKey(organ), p.class, p.at, plain(iri), p.types})
			}
		}
	}
	err := c.db.again(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, c.db.pool, func(tx pgx.Tx) error {
			if err := c.strike(ctx, tx, keys); err != nil {
				return err
			}
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"belfort", "calendar"},
				[]string{"directory", "key", "organ", "class", "at", "iri", "types"}, pgx.CopyFromRows(rows))
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("put in calendar: %w", err)
	}
	return nil
}

// strike takes entities out.
func (c *Calendar) strike(ctx context.Context, tx pgx.Tx, keys [][]byte) error {
	_, err := tx.Exec(ctx, `DELETE FROM belfort.calendar WHERE directory = $1 AND key = ANY($2)`, c.db.options.Name, keys)
	return err
}

// Delete implements publisher.Index.
func (c *Calendar) Delete(ctx context.Context, iris []string) error {
	keys := make([][]byte, len(iris))
	for i, iri := range iris {
		keys[i] = sum(iri)
	}
	err := c.db.again(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, c.db.pool, func(tx pgx.Tx) error { return c.strike(ctx, tx, keys) })
	})
	if err != nil {
		return fmt.Errorf("delete from calendar: %w", err)
	}
	return nil
}

// Newest implements publisher.Calendar.
func (c *Calendar) Newest(ctx context.Context, class string, organs []string, s publisher.Selection) (iris []string, total int, err error) {
	if organs == nil {
		organs = []string{""}
	}
	keys := make([][]byte, len(organs))
	for i, organ := range organs {
		keys[i] = organKey(organ)
	}
	offset, limit := s.Stretch()
	args := []any{c.db.options.Name, class, keys, offset, limit, max(offset+limit, publisher.MaxTotal)}
	where := `organ = ANY($3)`
	distinct := `DISTINCT` // an entity may be of several organs
	if len(keys) == 1 {
		args[2], where, distinct = keys[0], `organ = $3`, ``
	}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(condition, len(args))
	}
	if len(s.Types) > 0 {
		add(` AND types && $%d`, s.Types)
	}
	if !s.From.IsZero() {
		add(` AND at >= $%d`, s.From)
	}
	if !s.To.IsZero() { // the day itself counts
		add(` AND at < $%d`, s.To.AddDate(0, 0, 1))
	}
	query := `WITH picked AS MATERIALIZED (
			SELECT ` + distinct + ` at, iri FROM belfort.calendar WHERE directory = $1 AND class = $2 AND ` + where + `
			ORDER BY at DESC NULLS LAST, iri LIMIT $6
		) SELECT (SELECT count(*) FROM picked), ARRAY(SELECT iri FROM picked ORDER BY at DESC NULLS LAST, iri OFFSET $4 LIMIT $5)`
	err = c.db.again(ctx, func(ctx context.Context) error {
		return c.db.pool.QueryRow(ctx, query, args...).Scan(&total, &iris)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read calendar: %w", err)
	}
	return iris, total, nil
}
