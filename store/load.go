package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Loader puts rows that Rows gave out into an empty database.
type Loader struct {
	tx     *WriteTx
	tables []Table
	open   string // the table that rows wait for
	wait   []any
	rows   int

	// Mended counts texts with characters that this database cannot keep:
	// PostgreSQL has no NUL and only well-formed UTF-8. They become U+FFFD.
	Mended int64
}

// loadRows is how many rows one statement inserts, at most.
const loadRows = 50

// Load runs fn in one transaction on a database without rows of ours and commits
// if it returns nil: all the rows are there, or none. A database with rows is
// refused as by Empty.
func (db *DB) Load(ctx context.Context, fn func(*Loader) error) error {
	return db.Write(ctx, Scope{}, func(tx *WriteTx) error {
		if err := tx.Empty(); err != nil {
			return err
		}
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		l := &Loader{tx: tx, tables: tables}
		if err := fn(l); err != nil {
			return err
		}
		return l.finish()
	})
}

// Row adds a row to a table that has these columns. Rows of a table must come
// one after the other, and after those of the tables it refers to.
func (l *Loader) Row(t Table, values []any) error {
	if t.Name != l.open {
		if err := l.begin(t); err != nil {
			return err
		}
	}
	for _, v := range values {
		if s, ok := v.(string); ok && l.tx.db.name() == "postgres" {
			clean := strings.ReplaceAll(s, "\x00", "\uFFFD")
			if !utf8.ValidString(clean) {
				clean = strings.ToValidUTF8(clean, "\uFFFD")
			}
			if clean != s {
				l.Mended++
			}
			v = clean
		}
		l.wait = append(l.wait, v)
	}
	if l.rows++; l.rows == loadRows {
		return l.flush(t.Name)
	}
	return nil
}

// Interrupt marks the jobs that were loaded as begun and never finished, as after
// a crash: what they send may have gone out already. It returns how many.
func (l *Loader) Interrupt() (int64, error) {
	if err := l.flush(l.open); err != nil {
		return 0, err
	}
	return l.tx.Interrupt()
}

func (l *Loader) begin(t Table) error {
	if err := l.flush(l.open); err != nil {
		return err
	}
	i := slices.IndexFunc(l.tables, func(own Table) bool { return own.Name == t.Name })
	if i < 0 {
		return fmt.Errorf("this schema has no table %s", t.Name)
	}
	for _, c := range t.Columns {
		if !slices.ContainsFunc(l.tables[i].Columns, func(own Column) bool { return own.Name == c.Name && own.Kind == c.Kind }) {
			return fmt.Errorf("this schema has no column %s.%s of kind %s", t.Name, c.Name, c.Kind)
		}
	}
	l.open, l.tables[i].Columns = t.Name, ordered(l.tables[i].Columns, t.Columns)
	return nil
}

// ordered returns own columns in the order of rows that come.
func ordered(own, coming []Column) []Column {
	out := make([]Column, 0, len(coming))
	for _, c := range coming {
		i := slices.IndexFunc(own, func(o Column) bool { return o.Name == c.Name })
		out = append(out, own[i])
	}
	return out
}

func (l *Loader) flush(name string) error {
	if l.rows == 0 {
		return nil
	}
	t := l.tables[slices.IndexFunc(l.tables, func(own Table) bool { return own.Name == name })]
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	row := "(?" + strings.Repeat(", ?", len(names)-1) + ")"
	// Not exec: statements without a result would wait in memory for the commit.
	_, err := l.tx.changed(`INSERT INTO `+t.Name+` (`+strings.Join(names, ", ")+`)`+l.tx.db.catalog().insert+` VALUES `+row+strings.Repeat(", "+row, l.rows-1), l.wait...)
	if err != nil {
		return fmt.Errorf("load %s: %w", t.Name, err)
	}
	l.wait, l.rows = l.wait[:0], 0
	return nil
}

// finish writes what waits and lets identities go on after what was loaded.
func (l *Loader) finish() error {
	if err := l.flush(l.open); err != nil {
		return err
	}
	q := l.tx.db.catalog().renumber
	for _, t := range l.tables {
		for _, c := range t.Columns {
			if !c.Identity || q == "" {
				continue
			}
			if err := l.tx.exec(fmt.Sprintf(q, t.Name, c.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}
