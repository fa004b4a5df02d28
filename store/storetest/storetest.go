// Package storetest gives a test a fresh database: SQLite in a temporary folder, or a
// new schema or database of the PostgreSQL that PARLEY_TEST_POSTGRES names.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"parley/store"
)

// URL returns the address of a fresh, empty database.
func URL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("PARLEY_TEST_POSTGRES")
	if base == "" {
		return filepath.Join(t.TempDir(), "parley.db")
	}
	schema := "t" + strings.ToLower(rand.Text())
	administer(t, base, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { administer(t, base, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Migrated returns the address of a fresh database with the schema of this program.
// It is a copy: a schema of its own for each of a thousand tests would take most of
// their time.
func Migrated(t testing.TB) string {
	t.Helper()
	base := os.Getenv("PARLEY_TEST_POSTGRES")
	if base == "" {
		file := filepath.Join(t.TempDir(), "parley.db")
		if err := os.WriteFile(file, sqliteTemplate(t), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	name, template := "parley_"+strings.ToLower(rand.Text()), postgresTemplate(t, base)
	administer(t, base, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY FILE_COPY")
	t.Cleanup(func() { administer(t, base, "DROP DATABASE "+name+" WITH (FORCE)") })
	return named(t, base, name)
}

// Open returns a fresh database with the schema of this program.
func Open(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), Migrated(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

var template struct {
	sync.Mutex
	sqlite   []byte // the file
	postgres string // the database's name
}

func sqliteTemplate(t testing.TB) []byte {
	t.Helper()
	template.Lock()
	defer template.Unlock()
	if template.sqlite != nil {
		return template.sqlite
	}
	file := filepath.Join(t.TempDir(), "parley.db")
	migrate(t, file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	template.sqlite = b
	return b
}

// postgresTemplate makes one database for each program of tests. It stays behind: the
// servers that scripts/with-postgres starts end with it.
func postgresTemplate(t testing.TB, base string) string {
	t.Helper()
	template.Lock()
	defer template.Unlock()
	if template.postgres != "" {
		return template.postgres
	}
	name := "parley_template_" + strings.ToLower(rand.Text())
	administer(t, base, "CREATE DATABASE "+name)
	migrate(t, named(t, base, name))
	template.postgres = name
	return name
}

func migrate(t testing.TB, database string) {
	t.Helper()
	db, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// named returns the address of another database of a server.
func named(t testing.TB, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func administer(t testing.TB, base, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(context.Background(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(statement, err)
	}
}
