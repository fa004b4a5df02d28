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

// migrate applies the migrations of this program with the macros of a dialect.
// A database of a newer program is refused: this one would damage it.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, macros *strings.Replacer) error {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, expandFS{sub, macros}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if current > target {
		return desk.Errorf(desk.Conflict, "The database is at version %d, and this Parley knows only up to %d. Start the newer Parley, or restore a backup.", current, target)
	}
	if _, err := p.Up(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
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
