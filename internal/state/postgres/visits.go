package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/harvester"
)

// Visits is the evidence of fetches.
type Visits struct{ db *DB }

var (
	_ harvester.Visits = (*Visits)(nil)
	_ harvester.Rounds = (*Visits)(nil)
)

// Visits returns the evidence of fetches.
func (d *DB) Visits() *Visits { return &Visits{db: d} }

// Last implements harvester.Visits.
func (v *Visits) Last(ctx context.Context, url string) (visit harvester.Visit, ok bool, err error) {
	var body, links []byte
	err = v.db.again(ctx, func(ctx context.Context) error {
		return v.db.pool.QueryRow(ctx, `SELECT body, links FROM belfort.last_visit WHERE key = $1`, sum(url)).Scan(&body, &links)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return harvester.Visit{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &visit)
	}
	if err == nil && links != nil {
		err = json.Unmarshal(links, &visit.Links)
	}
	if err != nil {
		return harvester.Visit{}, false, fmt.Errorf("read visit of %s: %w", url, err)
	}
	return visit, true, nil
}

// Record implements harvester.Visits. It is durable when it returns.
func (v *Visits) Record(ctx context.Context, visit harvester.Visit) error {
	var links, whole, last []byte
	var errs [3]error
	if len(visit.Links) > 0 {
		links, errs[0] = json.Marshal(visit.Links)
	}
	visit.Links = nil
	whole, errs[1] = json.Marshal(visit)
	visit.Header, visit.Peer = nil, nil
	last, errs[2] = json.Marshal(visit)
	err := errors.Join(errs[:]...)
	if err == nil {
		err = v.db.again(ctx, func(ctx context.Context) error {
			_, err := v.db.pool.Exec(ctx, `WITH one AS (
					INSERT INTO belfort.visit VALUES ($1, $2, $3) ON CONFLICT (key, at) DO UPDATE SET body = excluded.body
				) INSERT INTO belfort.last_visit VALUES ($1, $4, $5, $6)
				ON CONFLICT (key) DO UPDATE SET body = excluded.body, links = excluded.links`,
				sum(visit.URL), visit.Time.UnixNano(), whole, plain(visit.URL), last, links)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("record visit of %s: %w", visit.URL, err)
	}
	return nil
}

// page is how many rows of a long list are read at once: no connection is held
// while a reader does something with them.
const page = 500

// All implements harvester.Visits.
func (v *Visits) All(ctx context.Context) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		after := ""
		each(ctx, v.db, yield, func(rows []row) (string, []any) {
			if len(rows) > 0 {
				after = rows[len(rows)-1].url
			}
			return `SELECT url, 0::bigint, body FROM belfort.last_visit
				WHERE left(url, 500) >= left($1, 500) AND url > $1
				ORDER BY left(url, 500), url LIMIT $2`, []any{after, page}
		})
	}
}

// History implements harvester.Visits.
func (v *Visits) History(ctx context.Context, url string) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		after, at := "", int64(math.MinInt64)
		each(ctx, v.db, yield, func(rows []row) (string, []any) {
			if len(rows) > 0 {
				after, at = rows[len(rows)-1].url, rows[len(rows)-1].at
			}
			if url != "" {
				return `SELECT '', at, body FROM belfort.visit WHERE key = $1 AND at > $2 ORDER BY at LIMIT $3`, []any{sum(url), at, page}
			}
			return `SELECT l.url, v.at, v.body FROM belfort.last_visit l JOIN belfort.visit v USING (key)
				WHERE left(l.url, 500) >= left($1, 500) AND (l.url > $1 OR l.url = $1 AND v.at > $2)
				ORDER BY left(l.url, 500), l.url, v.at LIMIT $3`, []any{after, at, page}
		})
	}
}

// row is a visit with its place in a list.
type row struct {
	url  string
	at   int64
	body []byte
}

// each yields the visits that a query gives, page by page; next makes the query
// out of the rows of the page before.
func each(ctx context.Context, d *DB, yield func(harvester.Visit, error) bool, next func([]row) (string, []any)) {
	fail := func(err error) { yield(harvester.Visit{}, fmt.Errorf("read visits: %w", err)) }
	for rows := []row(nil); ; {
		query, args := next(rows)
		err := d.again(ctx, func(ctx context.Context) error {
			found, err := d.pool.Query(ctx, query, args...)
			if err != nil {
				return err
			}
			rows, err = pgx.AppendRows(rows[:0], found, func(r pgx.CollectableRow) (one row, err error) {
				return one, r.Scan(&one.url, &one.at, &one.body)
			})
			return err
		})
		if err != nil {
			fail(err)
			return
		}
		for _, r := range rows {
			var visit harvester.Visit
			if err := errors.Join(ctx.Err(), json.Unmarshal(r.body, &visit)); err != nil {
				fail(err)
				return
			}
			if !yield(visit, nil) {
				return
			}
		}
		if len(rows) < page {
			return
		}
	}
}

// RecordRound implements harvester.Rounds. It is durable when it returns.
func (v *Visits) RecordRound(ctx context.Context, r harvester.Round) error {
	body, err := json.Marshal(r)
	if err == nil {
		err = v.db.again(ctx, func(ctx context.Context) error {
			_, err := v.db.pool.Exec(ctx, `INSERT INTO belfort.round VALUES ($1, $2, $3) ON CONFLICT (key, at) DO UPDATE SET body = excluded.body`,
				sum(r.Source), r.Began.UnixNano(), body)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("record round of %s: %w", r.Source, err)
	}
	return nil
}

// Rounds implements harvester.Rounds.
func (v *Visits) Rounds(ctx context.Context, source string, n int) (list []harvester.Round, err error) {
	var bodies [][]byte
	err = v.db.again(ctx, func(ctx context.Context) error {
		rows, err := v.db.pool.Query(ctx, `SELECT body FROM belfort.round WHERE key = $1 ORDER BY at DESC LIMIT $2`, sum(source), max(n, 0))
		if err == nil {
			bodies, err = pgx.CollectRows(rows, pgx.RowTo[[]byte])
		}
		return err
	})
	for _, body := range bodies {
		var r harvester.Round
		err = errors.Join(err, json.Unmarshal(body, &r))
		list = append(list, r)
	}
	if err != nil {
		return nil, fmt.Errorf("read rounds of %s: %w", source, err)
	}
	return list, nil
}
