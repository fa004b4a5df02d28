package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"parley/desk"
)

//go:embed migration/*.sql
var migrations embed.FS

// Schema is a database's version beside the newest one this program knows: the
// number of the last migration that was applied, 0 for an empty database.
type Schema struct{ Current, Target int64 }

// Newer is the error with which a program refuses the database of a newer one,
// or nil: it would damage it.
func (s Schema) Newer() error {
	if s.Current <= s.Target {
		return nil
	}
	return desk.Errorf(desk.Conflict, "The database is at version %d, and this Parley knows only up to %d. Start the newer Parley; or let the newer one put the older database back: parley migrate --rollback.", s.Current, s.Target)
}

// migrator applies the migrations of this program with the macros of a dialect.
type migrator struct {
	dialect goose.Dialect
	db      *sql.DB
	macros  *strings.Replacer
	files   fs.FS
	close   func() error
}

// step runs fn with a migrator.
func (db *DB) step(fn func(migrator) error) (err error) {
	m := db.migrator()
	defer func() { err = errors.Join(err, m.close()) }()
	if m.files = db.Migrations; m.files == nil {
		if m.files, err = fs.Sub(migrations, "migration"); err != nil {
			return err
		}
	}
	return fn(m)
}

func (m migrator) provider() (*goose.Provider, error) {
	return goose.NewProvider(m.dialect, m.db, expandFS{m.files, m.macros}, goose.WithDisableGlobalRegistry(true))
}

// schema reads the versions. On an empty database it makes the table that keeps them.
func (m migrator) schema(ctx context.Context) (Schema, error) {
	p, err := m.provider()
	if err != nil {
		return Schema{}, err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return Schema{}, fmt.Errorf("read the schema's version: %w", err)
	}
	return Schema{current, target}, nil
}

// up migrates to a version, or to the newest for 0.
func (m migrator) up(ctx context.Context, version int64) error {
	s, err := m.schema(ctx)
	if err != nil {
		return err
	}
	if err := s.Newer(); err != nil {
		return err
	}
	if version == 0 {
		version = s.Target
	}
	p, err := m.provider()
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
		return fmt.Errorf("migrate: %w", err)
	}
	if version >= sortedSince {
		if err := m.sortContacts(ctx); err != nil {
			return err
		}
	}
	if version >= recipientsSince {
		if err := m.fillRecipients(ctx); err != nil {
			return err
		}
	}
	if m.dialect == goose.DialectSQLite3 {
		return assume(ctx, m.db)
	}
	return nil
}

// Schema returns the database's version and this program's. It changes nothing,
// except that an empty database gets the table of versions.
func (db *DB) Schema(ctx context.Context) (s Schema, err error) {
	err = db.step(func(m migrator) (err error) { s, err = m.schema(ctx); return err })
	return s, err
}

// Migrate brings the schema up to this program's. A database of a newer program
// is refused with Schema.Newer.
func (db *DB) Migrate(ctx context.Context) error { return db.MigrateTo(ctx, 0) }

// MigrateTo brings the schema up to a version, for rows that were saved at it; 0
// is this program's.
func (db *DB) MigrateTo(ctx context.Context, version int64) error {
	return db.step(func(m migrator) error { return m.up(ctx, version) })
}

// expandFS serves migrations with their macros replaced.
type expandFS struct {
	fs.FS
	macros *strings.Replacer
}

// Open implements fs.FS.
func (e expandFS) Open(name string) (fs.File, error) {
	if !strings.HasSuffix(name, ".sql") {
		return e.FS.Open(name)
	}
	text, err := fs.ReadFile(e.FS, name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(e.FS, name)
	if err != nil {
		return nil, err
	}
	return &expanded{strings.NewReader(e.macros.Replace(string(text))), info}, nil
}

type expanded struct {
	*strings.Reader
	info fs.FileInfo
}

func (f *expanded) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *expanded) Close() error               { return nil }
