package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"parley/desk"
)

// CopyTo writes one committed moment of a SQLite database to a new file, while
// others write. PostgreSQL has no such copy: an error of kind Invalid.
func (db *DB) CopyTo(ctx context.Context, path string) error { return db.copyTo(ctx, path) }

func (l *lite) copyTo(ctx context.Context, path string) error {
	if _, err := l.writes.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return errors.Join(writeError(err), os.Remove(path))
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Sync(), f.Close())
}

func (*postgres) copyTo(context.Context, string) error {
	return desk.Errorf(desk.Invalid, "A PostgreSQL database is not one file.")
}

// SQLitePath returns the file of a database that is not PostgreSQL, or "".
func SQLitePath(url string) string {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return ""
	}
	return strings.TrimPrefix(url, "sqlite:")
}

// SwapFile puts a copy that CopyTo made in the place of a SQLite database that
// nobody has open, and moves the one that was there to kept. Jobs of the copy
// may have been done since: they count as interrupted.
func SwapFile(ctx context.Context, copied, path, kept string) error {
	fresh := path + ".new"
	if err := copyFile(copied, fresh); err != nil {
		return err
	}
	db, err := Open(ctx, fresh)
	if err != nil {
		return err
	}
	err = db.Write(ctx, Scope{}, func(tx *WriteTx) error { _, err := tx.Interrupt(); return err })
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	// The log belongs to the old file: beside the new one it would damage it.
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+suffix, kept+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Sync(), out.Close())
}

// SwapSchema fills a new schema of a PostgreSQL database with fill and then puts
// its tables in the place of those that are there, in one transaction. The old
// ones are kept in another schema, whose name is returned.
func (db *DB) SwapSchema(ctx context.Context, stamp string, fill func(*DB) error) (kept string, err error) {
	p, ok := db.dialect.(*postgres)
	if !ok {
		return "", desk.Errorf(desk.Invalid, "A SQLite database has no schemas.")
	}
	var here string
	if err := p.pool.QueryRow(ctx, `SELECT current_schema()`).Scan(&here); err != nil {
		return "", err
	}
	fresh, kept := here+"_new_"+stamp, here+"_before_"+stamp
	if _, err := p.pool.Exec(ctx, `CREATE SCHEMA "`+fresh+`"`); err != nil {
		return "", fmt.Errorf("make a schema: %w", err)
	}
	defer func() {
		if err != nil {
			_, derr := p.pool.Exec(context.WithoutCancel(ctx), `DROP SCHEMA IF EXISTS "`+fresh+`" CASCADE`)
			err = errors.Join(err, derr)
		}
	}()
	u, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("search_path", fresh)
	u.RawQuery = q.Encode()
	other, err := Open(ctx, u.String())
	if err != nil {
		return "", err
	}
	other.Migrations = db.Migrations
	if err := errors.Join(fill(other), other.Close()); err != nil {
		return "", err
	}
	return kept, p.transact(ctx, "BEGIN", func(q querier) error { return swap(ctx, q, here, fresh, kept) })
}

func swap(ctx context.Context, q querier, here, fresh, kept string) error {
	if err := q.exec(ctx, `CREATE SCHEMA "`+kept+`"`); err != nil {
		return err
	}
	for _, move := range [][2]string{{here, kept}, {fresh, here}} {
		tables, err := tablesOf(ctx, q, move[0])
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := q.exec(ctx, `ALTER TABLE "`+move[0]+`"."`+t+`" SET SCHEMA "`+move[1]+`"`); err != nil {
				return err
			}
		}
	}
	return q.exec(ctx, `DROP SCHEMA "`+fresh+`"`)
}

func tablesOf(ctx context.Context, q querier, schema string) (all []string, err error) {
	rows, err := q.query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = ?`, schema)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
