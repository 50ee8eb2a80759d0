package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/publisher"
)

// Outbox holds the meldingen. A row that is due is claimed by the process that
// asks for it, until it saves it or dies: two processes do not send it both.
type Outbox struct{ db *DB }

var _ publisher.Outbox = (*Outbox)(nil)

// Outbox returns the outbox of the database.
func (d *DB) Outbox() *Outbox { return &Outbox{db: d} }

// next is the moment of a row in the precision of PostgreSQL: a microsecond
// that is not before it.
func next(m publisher.Melding) time.Time {
	return m.Next.Add(time.Microsecond - 1).Truncate(time.Microsecond)
}

// enter puts the row of a new entry in the batch, unless its resource has one
// that was or will be sent.
func enter(batch *pgx.Batch, m publisher.Melding) error {
	body, err := json.Marshal(m)
	batch.Queue(`INSERT INTO belfort.melding AS m (key, sequence, status, next, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence, status = excluded.status, next = excluded.next, body = excluded.body
		WHERE m.status = $6`,
		sum(m.SubmittedResource), int64(m.Sequence), string(m.Status), next(m), body, string(publisher.Tegengehouden))
	return err
}

// Due implements publisher.Outbox. A row that this process was given before and
// did not save is given again.
func (o *Outbox) Due(ctx context.Context, now time.Time, n int) ([]publisher.Melding, error) {
	me, err := o.db.joined(ctx)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return o.rows(ctx, `WITH due AS (
			SELECT key FROM belfort.melding
			WHERE status = 'wachtend' AND next <= $1 AND (claimed IS NULL OR claimed = $2)
			ORDER BY next, sequence, key LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
		), mine AS (
			UPDATE belfort.melding m SET claimed = $2 FROM due WHERE m.key = due.key RETURNING m.*
		) SELECT body FROM mine ORDER BY next, sequence, key`, now, me, max(n, 0))
}

// Meldingen implements publisher.Outbox.
func (o *Outbox) Meldingen(ctx context.Context) ([]publisher.Melding, error) {
	return o.rows(ctx, `SELECT body FROM belfort.melding ORDER BY sequence, key`)
}

// Save implements publisher.Outbox.
func (o *Outbox) Save(ctx context.Context, m publisher.Melding) error {
	body, err := json.Marshal(m)
	if err == nil {
		err = o.db.again(ctx, func(ctx context.Context) error {
			_, err := o.db.pool.Exec(ctx, `INSERT INTO belfort.melding (key, sequence, status, next, body) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence, status = excluded.status, next = excluded.next, body = excluded.body, claimed = NULL`,
				sum(m.SubmittedResource), int64(m.Sequence), string(m.Status), next(m), body)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("save melding of %s: %w", m.SubmittedResource, err)
	}
	return nil
}

// Counts implements publisher.Outbox.
func (o *Outbox) Counts(ctx context.Context) (map[publisher.MeldingStatus]int, error) {
	var counts map[publisher.MeldingStatus]int
	err := o.db.again(ctx, func(ctx context.Context) error {
		counts = map[publisher.MeldingStatus]int{}
		rows, err := o.db.pool.Query(ctx, `SELECT status, count(*) FROM belfort.melding GROUP BY status`)
		if err != nil {
			return err
		}
		var status string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&status, &n}, func() error {
			counts[publisher.MeldingStatus(status)] = n
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count meldingen: %w", err)
	}
	return counts, nil
}

// rows reads the rows that a query gives.
func (o *Outbox) rows(ctx context.Context, query string, args ...any) (list []publisher.Melding, err error) {
	err = o.db.again(ctx, func(ctx context.Context) error {
		rows, err := o.db.pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m publisher.Melding, err error) {
			var body []byte
			if err := row.Scan(&body); err != nil {
				return m, err
			}
			err = json.Unmarshal(body, &m)
			return m, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return list, nil
}
