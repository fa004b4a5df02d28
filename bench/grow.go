package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// rows are those of a table that are copied.
type rows struct{ table, where string }

// copied is what a conversation leaves in the database, parents first. The
// program made the first thousand conversations through its API; the rest are
// copies of their rows further in the past, because a hundred million commands
// would measure patience. Nothing but this tool writes so.
var copied = []rows{
	{"contact", "TRUE"}, {"identity", "TRUE"}, {"conversation", "TRUE"}, {"conversation_tag", "TRUE"}, {"thread_alias", "TRUE"},
	{"message", "TRUE"}, {"raw_event", "TRUE"}, {"inbound_key", "TRUE"}, {"event", "conversation_id IS NOT NULL"},
}

// keyOf is the column that tells originals from copies.
var keyOf = map[string]string{
	"identity": "contact_id", "conversation_tag": "conversation_id", "thread_alias": "conversation_id", "inbound_key": "message_id", "event": "conversation_id",
}

// Columns with the number of a thing that is copied along.
var moved = []string{
	"id", "contact_id", "conversation_id", "message_id", "command_id", "last_from_customer",
}

// Columns that must differ between copies.
var renamed = []string{"external_id", "thread_key", "dedupe"}

// grown is the program on a database of so many conversations: rows are added while
// it is at rest.
func (p *program) grown(ctx context.Context, o options, size int) error {
	if err := p.stop(); err != nil {
		return err
	}
	if err := grow(ctx, o, p.database, size, copied); err != nil {
		return err
	}
	return p.run(ctx)
}

// grow copies these rows until the database at url has size conversations.
func grow(ctx context.Context, o options, url string, size int, tables []rows) error {
	driver, dsn := "sqlite", "file:"+url+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)"
	if o.database != "" {
		driver, dsn = "pgx", url
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	var have int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM conversation").Scan(&have); err != nil {
		return err
	}
	if have >= size {
		return nil
	}
	// The first conversation begins after every copy of the last one.
	var first, last int64
	newest := fmt.Sprintf("SELECT min(id), max(id) FROM (SELECT id FROM conversation ORDER BY id DESC LIMIT %d) c", base)
	if err := db.QueryRowContext(ctx, newest).Scan(&first, &last); err != nil {
		return err
	}
	step := span(last - first)
	from, to := have/base, size/base-1
	for _, c := range tables {
		q, err := copying(ctx, db, c.table, c.where, first, step, from, to)
		if err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("copy %s: %w", c.table, err)
		}
	}
	if o.database == "" {
		return nil // nothing gathers statistics of an install on SQLite: its plans follow the schema alone
	}
	_, err = db.ExecContext(ctx, "ANALYZE") // as PostgreSQL does by itself, in a while
	return err
}

// span is by how much copies are apart: a minute more than the originals, in
// the milliseconds of an id's upper bits.
func span(width int64) int64 { return (width>>22 + 60_000) << 22 }

func copying(ctx context.Context, db *sql.DB, table, where string, first, step int64, from, to int) (string, error) {
	none, err := db.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return "", err
	}
	defer none.Close()
	names, err := none.Columns()
	if err != nil {
		return "", err
	}
	var into, values []string
	for _, name := range names {
		value := "t." + name
		switch {
		case name == "seq" || name == "xid":
			continue // the database gives these
		case slices.Contains(moved, name):
			value = fmt.Sprintf("t.%s - k.n * %d", name, step)
		case strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_since") || name == "at":
			value = fmt.Sprintf("t.%s - k.n * %d", name, step>>22*1000)
		case slices.Contains(renamed, name):
			value = fmt.Sprintf("CASE t.%s WHEN '' THEN '' ELSE t.%s || '/' || k.n END", name, name)
		}
		into, values = append(into, name), append(values, value)
	}
	key := keyOf[table]
	if key == "" {
		key = "id"
	}
	return fmt.Sprintf(`WITH RECURSIVE k(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM k WHERE n < %d)
		INSERT INTO %s (%s) SELECT %s FROM %s t CROSS JOIN k WHERE t.%s >= %d AND %s`,
		from, to, table, strings.Join(into, ", "), strings.Join(values, ", "), table, key, first-30_000<<22, where), none.Err()
}
