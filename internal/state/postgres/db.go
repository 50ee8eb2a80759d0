// Package postgres keeps Belfort's state (frontier, fetch evidence, ledger,
// outbox, calendar, cursors, blobs) in a PostgreSQL database, so that several
// processes share the work. It implements the interfaces that harvester and
// publisher declare and decides nothing itself. It does not make databases or
// roles, and makes no backups: pg_dump does.
package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options are how a process takes part. Zero fields get the defaults given with
// each.
type Options struct {
	// Name is that of the data directory of the process, whose lock it holds: a
	// process takes over at once what another of that name held, because that one
	// must be dead. A new one, of its own.
	Name string
	// Lease is how long what a process holds stays its own after it was last heard
	// of; a minute. It tells three times as often that it lives.
	Lease time.Duration
	// Rest is how long a host that a process gives back is left alone before
	// another process has it: longer than any Crawl-delay that is kept; a minute.
	Rest time.Duration
	// Patience is how long an operation is tried again while the database cannot be
	// reached; half a minute. Negative: not at all.
	Patience time.Duration
	// Now is the clock of leases; nil means that of the database, which all
	// processes have in common.
	Now func() time.Time
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	pool     *pgxpool.Pool
	options  Options
	member   member
	frontier *Frontier
	appends  appends
}

// Open connects to the database at a connection URL or string (libpq,
// "Connection Strings") and makes the tables of the state if they are not there.
// It returns a *VersionError where that is the reason. No error tells the
// password.
func Open(ctx context.Context, url string, options Options) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause may repeat the address, with the password in it.
		return nil, errors.New("open state: the address of the PostgreSQL database cannot be read; write it as postgres://user:password@host:5432/database")
	}
	options.Lease = cmp.Or(options.Lease, time.Minute)
	options.Rest = cmp.Or(options.Rest, time.Minute)
	options.Patience = cmp.Or(options.Patience, 30*time.Second)
	options.Name = cmp.Or(options.Name, uuid.NewString())
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = 16
	}
	if _, named := config.ConnConfig.RuntimeParams["application_name"]; !named {
		config.ConnConfig.RuntimeParams["application_name"] = "belfort"
	}
	if !strings.Contains(url, "connect_timeout") {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		// A machine that is cut off in the middle of an append must not keep the
		// others from the ledger.
		_, err := c.Exec(ctx, `SET idle_in_transaction_session_timeout = '30s'`)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	d := &DB{pool: pool, options: options}
	d.frontier = newFrontier(d)
	if err := d.again(ctx, d.migrate); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open state: %w", err)
	}
	return d, nil
}

// Close gives back what the process holds and disconnects. What cannot be given
// back, because the database is away, comes back when its lease is over.
func (d *DB) Close() error {
	d.leave()
	d.pool.Close()
	return nil
}

// again runs an operation until the database answers, for as long as Patience.
// The operation must be one that may be done twice.
func (d *DB) again(ctx context.Context, do func(context.Context) error) error {
	deadline := time.Now().Add(d.options.Patience)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := do(ctx)
		if err == nil || !passing(err) || ctx.Err() != nil || time.Now().Add(pause).After(deadline) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(context.Cause(ctx), err)
		case <-timer.C:
		}
	}
}

// passing reports whether an error may go by itself: the database starts, stops
// or cannot be reached, or two transactions met.
func passing(err error) bool {
	if answer := (*pgconn.PgError)(nil); errors.As(err, &answer) {
		switch answer.Code {
		case "40001", "40P01", // serialization_failure, deadlock_detected
			"25P03",                   // idle_in_transaction_session_timeout
			"53300",                   // too_many_connections
			"57P01", "57P02", "57P03": // admin_shutdown, crash_shutdown, cannot_connect_now
			return true
		}
		return strings.HasPrefix(answer.Code, "08") // connection_exception
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// send runs the queries of a batch in one round trip and one transaction.
func (d *DB) send(ctx context.Context, batch *pgx.Batch) error {
	return d.again(ctx, func(ctx context.Context) error { return d.pool.SendBatch(ctx, batch).Close() })
}

// clock is the moment for leases, nil for that of the database; in a query it
// stands as coalesce($n::timestamptz, clock_timestamp()).
func (d *DB) clock() *time.Time {
	if d.options.Now == nil {
		return nil
	}
	now := d.options.Now()
	return &now
}

// sum is the key of a text.
func sum(text string) []byte {
	s := sha256.Sum256([]byte(text))
	return s[:]
}

// plain is a text that PostgreSQL takes: it has no NUL and is UTF-8, as JSON is.
func plain(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
