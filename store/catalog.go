package store

import (
	"fmt"
	"slices"
	"strings"

	"parley/desk"
)

// ColumnKind is what a column holds, whatever its database calls it.
type ColumnKind string

// The kinds of column of our schema.
const (
	ColumnInt  ColumnKind = "int"
	ColumnBool ColumnKind = "bool"
	ColumnText ColumnKind = "text"
	ColumnData ColumnKind = "bytes"
)

// Column is a column of a table. Those that only one database has, such as the
// transaction of an event on PostgreSQL, are not listed.
type Column struct {
	Name     string     `json:"name"`
	Kind     ColumnKind `json:"kind"`
	Identity bool       `json:"-"` // numbered by the database
}

// Table is a table that holds what must not be lost; not the list of migrations,
// nor an index that can be made anew.
type Table struct {
	Name    string
	Columns []Column
}

// catalogSQL is how a database tells its tables.
type catalogSQL struct {
	columns    string // table, column, type, whether it is an identity; in order
	references string // a table, and one it refers to
	insert     string // between the columns and the values of an INSERT
	renumber   string // sets what an identity column gives out next; %[1]s is the table, %[2]s the column
}

// searchTables is how the names of tables begin that are made anew from the others.
const searchTables = "search_"

// versionTable is goose's.
const versionTable = "goose_db_version"

// Tables returns every table with rows of ours, each after those it refers to.
func (tx *Tx) Tables() ([]Table, error) {
	sql := tx.db.catalog()
	type row struct{ table, column, kind, identity string }
	columns, err := collect(tx, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.table, &r.column, &r.kind, &r.identity)
		return r, err
	}, sql.columns)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	var all []Table
	for _, c := range columns {
		if c.table == versionTable || strings.HasPrefix(c.table, searchTables) {
			continue
		}
		kind, ok := columnKinds[strings.ToLower(c.kind)]
		if !ok {
			return nil, fmt.Errorf("the column %s.%s has the type %q, which this Parley cannot copy", c.table, c.column, c.kind)
		}
		if kind == "" {
			continue
		}
		if len(all) == 0 || all[len(all)-1].Name != c.table {
			all = append(all, Table{Name: c.table})
		}
		t := &all[len(all)-1]
		t.Columns = append(t.Columns, Column{c.column, kind, c.identity == "YES"})
	}
	refs, err := collect(tx, func(scan func(...any) error) (r [2]string, err error) { err = scan(&r[0], &r[1]); return r, err }, sql.references)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return sorted(all, refs)
}

// columnKinds maps the types of both databases; "" is one that is not copied.
var columnKinds = map[string]ColumnKind{
	"bigint": ColumnInt, "integer": ColumnInt, "smallint": ColumnInt, "boolean": ColumnBool, "text": ColumnText,
	"blob": ColumnData, "bytea": ColumnData, "xid8": "", "tsvector": "",
}

// sorted puts tables after those they refer to, by name among equals.
func sorted(all []Table, refs [][2]string) ([]Table, error) {
	var out []Table
	done := map[string]bool{}
	for len(out) < len(all) {
		before := len(out)
		for _, t := range all {
			if done[t.Name] || slices.ContainsFunc(refs, func(r [2]string) bool { return r[0] == t.Name && r[1] != t.Name && !done[r[1]] }) {
				continue
			}
			done[t.Name] = true
			out = append(out, t)
		}
		if len(out) == before {
			return nil, fmt.Errorf("tables refer to each other in a circle")
		}
	}
	return out, nil
}

// Rows gives fn every row of a table: nil, int64, bool, string or []byte for each
// of its columns. fn must not keep the slice.
func (tx *Tx) Rows(t Table, fn func([]any) error) (err error) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	rows, err := tx.q.query(tx.ctx, `SELECT `+strings.Join(names, ", ")+` FROM `+t.Name)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	values, dest := make([]any, len(names)), make([]any, len(names))
	for i := range dest {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := tx.ctx.Err(); err != nil {
			return err
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if values[i], err = portable(values[i], c.Kind); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
			}
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// portable makes one form of what the drivers return.
func portable(v any, kind ColumnKind) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case int16:
		return portable(int64(x), kind)
	case int32:
		return portable(int64(x), kind)
	case int64:
		if kind == ColumnBool {
			return x != 0, nil
		}
		if kind == ColumnInt {
			return x, nil
		}
	case bool:
		if kind == ColumnBool {
			return x, nil
		}
	case string:
		if kind == ColumnText {
			return x, nil
		}
	case []byte:
		if kind == ColumnData {
			return x, nil
		}
		if kind == ColumnText {
			return string(x), nil
		}
	}
	return nil, fmt.Errorf("%T in a column of kind %s", v, kind)
}

// Rows of ours that are there, for a look at whether a database is in use.
func (tx *Tx) occupied(tables []Table) (string, error) {
	for _, t := range tables {
		n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 FROM ` + t.Name + ` LIMIT 1) one`).Scan)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return t.Name, nil
		}
	}
	return "", nil
}

// Empty is an error of kind Conflict unless the database holds no row of ours.
func (tx *Tx) Empty() error {
	tables, err := tx.Tables()
	if err != nil {
		return err
	}
	found, err := tx.occupied(tables)
	if err != nil {
		return err
	}
	if found != "" {
		return desk.Errorf(desk.Conflict, "The database is in use: its table %s has rows. Give an empty one.", found)
	}
	return nil
}
