package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// member is this process among those that share the work. It joins when it first
// takes something, and is then heard of at least three times in each lease.
type member struct {
	mu      sync.Mutex
	id      int64     // 0: not joined
	renewed time.Time // when the lease was last asked for
	stop    func()    // ends the heartbeat
	left    bool
}

// TakenError says that another process goes by the name of this one: a data
// directory was copied while its process lives.
type TakenError struct{ Name string }

func (e *TakenError) Error() string {
	return fmt.Sprintf("another process works with a copy of data directory %s: give one of them a directory of its own", e.Name)
}

// errLost says that the lease of this process ran out, and others may have what
// it held.
var errLost = errors.New("the lease of this process ran out")

// now is the clock by which this process knows how old its lease is.
func (d *DB) now() time.Time {
	if d.options.Now != nil {
		return d.options.Now()
	}
	return time.Now()
}

// joined returns the number under which this process holds things now. It is
// another one than before where the lease ran out: then nothing is held any more.
func (d *DB) joined(ctx context.Context) (int64, error) {
	d.member.mu.Lock()
	defer d.member.mu.Unlock()
	// In the last third of its lease a process starts nothing: what it has under
	// way should end before others may begin.
	if age := d.now().Sub(d.member.renewed); d.member.id != 0 && age >= 0 && age < d.options.Lease*2/3 {
		return d.member.id, nil
	}
	return d.renewOrJoin(ctx)
}

// doubt has the lease renewed before anything else is taken: the database says
// that this process is no member.
func (d *DB) doubt() {
	d.member.mu.Lock()
	defer d.member.mu.Unlock()
	d.member.renewed = time.Time{}
}

// renewOrJoin is called with the lock held.
func (d *DB) renewOrJoin(ctx context.Context) (int64, error) {
	if d.member.left {
		return 0, errors.New("the database is closed")
	}
	err := errLost
	if d.member.id != 0 {
		err = d.renew(ctx)
	}
	if errors.Is(err, errLost) {
		err = d.join(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("join the processes: %w", err)
	}
	return d.member.id, nil
}

// renew prolongs the lease. It is errLost if it ran out, and others saw that.
func (d *DB) renew(ctx context.Context) error {
	asked := d.now()
	var tag pgconn.CommandTag
	err := d.again(ctx, func(ctx context.Context) (err error) {
		tag, err = d.pool.Exec(ctx, `UPDATE belfort.member SET expires = coalesce($2::timestamptz, clock_timestamp()) + $3 WHERE id = $1`,
			d.member.id, d.clock(), d.options.Lease)
		return err
	})
	switch {
	case err != nil:
		return err
	case tag.RowsAffected() == 0:
		return errLost
	}
	d.member.renewed = asked
	return nil
}

// join makes this process a member. One that went by its name is dead if this
// process joins for the first time: it has the lock of the data directory.
func (d *DB) join(ctx context.Context) error {
	asked := d.now()
	var id int64
	err := d.again(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			if d.member.id == 0 {
				if _, err := tx.Exec(ctx, `DELETE FROM belfort.member WHERE name = $1`, d.options.Name); err != nil {
					return err
				}
			}
			return tx.QueryRow(ctx, `INSERT INTO belfort.member (name, expires)
				VALUES ($1, coalesce($2::timestamptz, clock_timestamp()) + $3) RETURNING id`,
				d.options.Name, d.clock(), d.options.Lease).Scan(&id)
		})
	})
	if is(err, "23505") && d.member.id != 0 { // unique_violation
		return &TakenError{Name: d.options.Name}
	}
	if err != nil {
		return err
	}
	d.member.id, d.member.renewed = id, asked
	if d.member.stop == nil {
		d.member.stop = d.beat()
	}
	return nil
}

// is reports whether an error is an answer of PostgreSQL with a code.
func is(err error, code string) bool {
	answer := (*pgconn.PgError)(nil)
	return errors.As(err, &answer) && answer.Code == code
}

// beat renews the lease until it is told to stop. A failure needs no word: who
// wants to take something renews first, and then hears of it.
func (d *DB) beat() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(d.options.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = d.Renew(ctx)
				d.frontier.letIdleGo(ctx)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// Renew tells the others that this process lives, and lets go what the dead held.
// An open database does both by itself.
func (d *DB) Renew(ctx context.Context) error {
	d.member.mu.Lock()
	defer d.member.mu.Unlock()
	if _, err := d.renewOrJoin(ctx); err != nil {
		return err
	}
	return d.bury(ctx)
}

// bury takes out the members whose lease ran out: what refers to them is free.
func (d *DB) bury(ctx context.Context) error {
	return d.again(ctx, func(ctx context.Context) error {
		_, err := d.pool.Exec(ctx, `DELETE FROM belfort.member WHERE expires < coalesce($1::timestamptz, clock_timestamp())`, d.clock())
		return err
	})
}

// goodbye bounds how long Close waits for the database.
const goodbye = 5 * time.Second

// leave gives back what this process holds.
func (d *DB) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	stop, id := d.end()
	stop()
	if id == 0 {
		return
	}
	d.frontier.letGo(ctx)
	_, _ = d.pool.Exec(ctx, `DELETE FROM belfort.member WHERE id = $1`, id)
}

// end keeps this process from taking anything more.
func (d *DB) end() (stop func(), id int64) {
	d.member.mu.Lock()
	defer d.member.mu.Unlock()
	d.member.left = true
	if d.member.stop == nil {
		return func() {}, 0
	}
	return d.member.stop, d.member.id
}
