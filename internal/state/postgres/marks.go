package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/publisher"
)

// Marks finds pages by what they share. They are of one data directory: a
// follower makes them.
type Marks struct{ db *DB }

var _ publisher.Marks = (*Marks)(nil)

// Marks returns the marks of the data directory that Options names.
func (d *DB) Marks() *Marks { return &Marks{db: d} }

// SetMarks implements publisher.Marks.
func (m *Marks) SetMarks(ctx context.Context, marks map[string][]publisher.Mark) error {
	var pages [][]byte
	var rows [][]any
	for pagina, list := range marks {
		page := sum(pagina)
		pages = append(pages, page)
		for i, mark := range list {
			rows = append(rows, []any{m.db.options.Name, page, i, sum(mark.Key), int64(mark.Sequence), plain(pagina), plain(mark.Value)})
		}
	}
	err := m.db.again(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, m.db.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM belfort.mark WHERE directory = $1 AND page = ANY($2)`, m.db.options.Name, pages); err != nil {
				return err
			}
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"belfort", "mark"},
				[]string{"directory", "page", "n", "key", "sequence", "pagina", "value"}, pgx.CopyFromRows(rows))
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("set marks: %w", err)
	}
	return nil
}

// Marked implements publisher.Marks.
func (m *Marks) Marked(ctx context.Context, key string, n int) (list []publisher.Mark, err error) {
	err = m.db.again(ctx, func(ctx context.Context) error {
		rows, err := m.db.pool.Query(ctx, `SELECT pagina, sequence, value FROM belfort.mark
			WHERE directory = $1 AND key = $2 ORDER BY sequence DESC, page, n LIMIT $3`, m.db.options.Name, sum(key), max(n, 0))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (publisher.Mark, error) {
			mark := publisher.Mark{Key: key}
			return mark, row.Scan(&mark.Pagina, &mark.Sequence, &mark.Value)
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find marks: %w", err)
	}
	return list, nil
}
