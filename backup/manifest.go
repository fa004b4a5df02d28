// Package backup puts a whole install into one file and back: rows, files and
// the master key, in a form that belongs to neither database. It is also the way
// from SQLite to PostgreSQL and back.
//
// A backup is a tar stream, compressed with gzip, and encrypted with age if a
// passphrase was given: rows/TABLE/N.jsonl (the first line names the columns,
// every other is a row), files/HASH, master.key, and at the end manifest.json
// with the counts and the SHA-256 of everything before it. A file that was cut
// has no manifest and is refused.
package backup

import (
	"time"

	"parley/desk"
	"parley/store"
)

// format is the version of the archive's own layout.
const format = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"`  // the Parley that wrote it
	Schema    int64     `json:"schema"`   // the version of the database's schema
	Database  string    `json:"database"` // "sqlite" or "postgres"
	CreatedAt time.Time `json:"created_at"`
	KeyID     string    `json:"key_id"` // which master key opens the sealed secrets
	HasKey    bool      `json:"has_key"`
	Tables    []Count   `json:"tables"`
	Chunks    []Chunk   `json:"chunks"`
	Files     int64     `json:"files"`
	FileBytes int64     `json:"file_bytes"`
	Missing   []string  `json:"missing,omitempty"` // hashes that rows name and that were not on disk
}

// Count is how many rows a table had.
type Count struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// Chunk is an entry of the archive with its SHA-256.
type Chunk struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Rows returns how many rows there are in all.
func (m Manifest) Rows() (n int64) {
	for _, c := range m.Tables {
		n += c.Rows
	}
	return n
}

// header is the first line of a chunk of rows.
type header struct {
	Table   string         `json:"table"`
	Columns []store.Column `json:"columns"`
}

// bad says that a file is no backup, or not whole.
func bad(format string, a ...any) error { return desk.Errorf(desk.Invalid, format, a...) }

var errCut = bad("The backup ends in the middle: it was cut short when it was written or copied. Take another copy of it, or an earlier backup.")
