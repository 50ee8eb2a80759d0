package postgres

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
)

// tally is what changes in the counts: pages by kind, findings by severity.
type tally map[[2]string]int

// count adds an entry to the counts, or takes it out; the zero Entry counts for
// nothing.
func (t tally) count(e publisher.Entry, by int) {
	if e.Kind == "" {
		return
	}
	t[[2]string{"page", string(e.Kind)}] += by
	for severity, n := range e.Findings {
		t[[2]string{"finding", severity.String()}] += by * n
	}
}

// save puts the changes in the batch. Who saves has the lock of the ledger.
func (t tally) save(batch *pgx.Batch) {
	var what, name []string
	var n []int64
	for key, by := range t {
		if by != 0 {
			what, name, n = append(what, key[0]), append(name, key[1]), append(n, int64(by))
		}
	}
	if len(n) > 0 {
		batch.Queue(`INSERT INTO belfort.tally AS t SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
			ON CONFLICT (what, name) DO UPDATE SET n = t.n + excluded.n`, what, name, n)
	}
}

// Tally implements publisher.Standing.
func (l *Ledger) Tally(ctx context.Context) (publisher.Tally, error) {
	var t publisher.Tally
	err := l.db.again(ctx, func(ctx context.Context) error {
		t = publisher.Tally{Pages: map[publisher.Kind]int{}, Findings: map[rdf.Severity]int{}}
		rows, err := l.db.pool.Query(ctx, `SELECT what, name, n FROM belfort.tally WHERE n <> 0`)
		if err != nil {
			return err
		}
		var what, name string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&what, &name, &n}, func() error {
			if what == "page" {
				t.Pages[publisher.Kind(name)] = n
				return nil
			}
			var severity rdf.Severity
			err := severity.UnmarshalText([]byte(name))
			t.Findings[severity] = n
			return err
		})
		return err
	})
	if err != nil {
		return publisher.Tally{}, fmt.Errorf("read tally: %w", err)
	}
	return t, nil
}

// Held implements publisher.Standing.
func (l *Ledger) Held(ctx context.Context, n int) ([]publisher.Entry, error) {
	list, err := l.entries(ctx, `SELECT e.body FROM belfort.page p JOIN belfort.entry e USING (sequence)
		WHERE p.kind = 'held' ORDER BY p.sequence LIMIT $1`, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("list held pages: %w", err)
	}
	return list, nil
}

// maxTries bounds the entries that Withdrawn looks at: a page may go and come
// back without end.
const maxTries = 100

// Withdrawn implements publisher.Standing. It looks at the newest maxTries
// entries that took the subject away.
func (l *Ledger) Withdrawn(ctx context.Context, id string, n int) ([]publisher.Entry, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, nil // no subject has such an id
	}
	list, err := l.entries(ctx, `SELECT e.body
		FROM (SELECT sequence FROM belfort.gone WHERE id = $1 ORDER BY sequence DESC LIMIT $2) g
		JOIN belfort.entry e USING (sequence) JOIN belfort.page p USING (sequence)
		WHERE e.kind = 'withdrawn' ORDER BY g.sequence DESC LIMIT $3`, parsed[:], maxTries, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("find withdrawn pages: %w", err)
	}
	return list, nil
}

// Versions implements publisher.Standing.
func (l *Ledger) Versions(ctx context.Context, pagina string, before uint64, n int) ([]publisher.Entry, error) {
	if before == 0 || before > math.MaxInt64 {
		before = math.MaxInt64
	}
	list, err := l.entries(ctx, `SELECT body FROM belfort.entry WHERE key = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3`,
		sum(pagina), int64(before), max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", pagina, err)
	}
	return list, nil
}

// entries reads the entries that a query gives.
func (l *Ledger) entries(ctx context.Context, query string, args ...any) ([]publisher.Entry, error) {
	var found []record
	err := l.db.again(ctx, func(ctx context.Context) error {
		rows, err := l.db.pool.Query(ctx, query, args...)
		if err == nil {
			found, err = collectRecords(rows)
		}
		return err
	})
	list := slices.Grow([]publisher.Entry(nil), len(found))
	for _, r := range found {
		list = append(list, r.Entry)
	}
	return list, err
}
