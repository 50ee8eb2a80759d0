package postgres

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// FormatVersion is the version of the tables that this program writes. Each has
// its file, which makes it out of the one before.
const FormatVersion = 1

//go:embed schema_*.sql
var schemas embed.FS

// VersionError says that the tables of a database were made by a newer program.
type VersionError struct {
	Database    string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("state in database %s has format %d, this program knows up to %d: use a newer belfort", e.Database, e.Have, e.Known)
}

// migrating is the key of the advisory lock that lets processes make the tables
// one after the other.
const migrating = 0x62656c666f7274 // "belfort"

// migrate brings the tables to FormatVersion.
func (d *DB) migrate(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		var database, encoding string
		var there bool
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrating)); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT current_database(), current_setting('server_encoding'), to_regclass('belfort.version') IS NOT NULL`).Scan(&database, &encoding, &there)
		if err != nil {
			return err
		}
		if encoding != "UTF8" {
			return fmt.Errorf("database %s has encoding %s, want UTF8", database, encoding)
		}
		have := 0
		if there {
			if err := tx.QueryRow(ctx, `SELECT version FROM belfort.version`).Scan(&have); err != nil {
				return fmt.Errorf("read version of state: %w", err)
			}
		}
		switch {
		case have > FormatVersion:
			return &VersionError{Database: database, Have: have, Known: FormatVersion}
		case have == FormatVersion:
			return nil
		}
		for version := have + 1; version <= FormatVersion; version++ {
			text, err := schemas.ReadFile(fmt.Sprintf("schema_%d.sql", version))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(text)); err != nil {
				return fmt.Errorf("make tables of state, version %d: %w", version, err)
			}
		}
		_, err = tx.Exec(ctx, `WITH old AS (DELETE FROM belfort.version) INSERT INTO belfort.version VALUES ($1)`, FormatVersion)
		return err
	})
}
