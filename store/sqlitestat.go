package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// What SQLite assumes of a table it has no statistics of is wrong here: that ten
// rows have the same workspace. It then walks a whole workspace through an index
// that has every column it needs instead of looking up one row by its key. And
// what ANALYZE gathers makes it plan a statement anew for every value. So an
// install is told the same statistics, whatever is in it: plans depend on the
// schema alone, and the tests see those that an install has.
const (
	assumedRows = 1_000_000
	assumedPart = 20 // one row of so many is in a partial index,
	assumedTerm = 2  // and one of so many of these for each further condition of it
)

// assumedValues is how many values a column of an index has in a large workspace;
// a column that is not named here tells most rows apart.
var assumedValues = map[string]int64{
	"workspace_id": 1, "inbox_id": 20, "channel_id": 20, "team_id": 20, "tag_id": 200, "user_id": 200, "assignee_id": 200, "queue": 20,
	"conversation_id": 100_000, "contact_id": 100_000, "message_id": 500_000,
	"status": 4, "priority": 4, "waiting_on": 3, "state": 4, "kind": 4, "mode": 3, "delivery": 8, "active": 2, "snooze_until_reply": 2, "open_scope": 1,
}

// assume writes the statistics of every index, unless they are there.
func assume(ctx context.Context, db *sql.DB) error {
	want, err := statistics(ctx, db, `SELECT i.name, t.name, i."unique", coalesce((SELECT sql FROM sqlite_master WHERE name = i.name AND i.partial), ''), group_concat(c.name, ' ' ORDER BY c.seqno)
		FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose%' GROUP BY t.name, i.name HAVING count(c.name) = count(*)`, assumed)
	if err != nil {
		return err
	}
	// The tables of statistics are made by gathering some.
	if _, err := db.ExecContext(ctx, `ANALYZE goose_db_version`); err != nil {
		return err
	}
	have, err := statistics(ctx, db, `SELECT coalesce(idx, ''), tbl, 0, '', stat FROM sqlite_stat1 WHERE tbl <> 'goose_db_version'`,
		func(stat []string, _ bool, _ string) string { return strings.Join(stat, " ") })
	if err != nil || maps.Equal(have, want) {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	for _, q := range []string{`DELETE FROM sqlite_stat4`, `DELETE FROM sqlite_stat1`} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	for i, stat := range want {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sqlite_stat1 (idx, tbl, stat) VALUES (?, ?, ?)`, i.name, i.table, stat); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `ANALYZE sqlite_schema`); err != nil { // reads them
		return err
	}
	return tx.Commit()
}

type indexOf struct{ name, table string }

func statistics(ctx context.Context, db *sql.DB, q string, of func(columns []string, unique bool, partial string) string) (all map[indexOf]string, err error) {
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	all = map[indexOf]string{}
	for rows.Next() {
		var i indexOf
		var unique bool
		var partial, columns string
		if err := rows.Scan(&i.name, &i.table, &unique, &partial, &columns); err != nil {
			return nil, err
		}
		all[i] = of(strings.Fields(columns), unique, partial)
	}
	return all, rows.Err()
}

// assumed returns the statistics of an index as sqlite_stat1 has them: its rows,
// then how many have the same first column, the same first two, and so on. partial
// is the text of an index that has some of the rows: of two that serve, the one that
// asks more is the shorter walk.
func assumed(columns []string, unique bool, partial string) string {
	left := int64(assumedRows)
	if partial != "" {
		left /= assumedPart
		for range strings.Count(partial, " AND ") {
			left /= assumedTerm
		}
	}
	var b strings.Builder
	fmt.Fprint(&b, left)
	for n, c := range columns {
		values, ok := assumedValues[c]
		if !ok {
			values = left
		}
		if left = max(left/values, 1); unique && n == len(columns)-1 {
			left = 1
		}
		fmt.Fprint(&b, " ", left)
	}
	return b.String()
}
