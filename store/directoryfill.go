package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// sortedSince is the version of the schema from which on customers are sorted.
const sortedSince = 22

// sortRows is how many customers are sorted in one transaction.
const sortRows = 1000

// sortContacts says of customers who were there before the directory where they stand
// in it. What a crash interrupts goes on at the next start.
func (m migrator) sortContacts(ctx context.Context) error {
	update := `UPDATE contact SET sorted = ? WHERE id = ?`
	if m.dialect == goose.DialectPostgres {
		update = `UPDATE contact SET sorted = $1 WHERE id = $2`
	}
	for {
		n, err := m.sortSome(ctx, update)
		if err != nil {
			return fmt.Errorf("sort customers: %w", err)
		}
		if n < sortRows {
			return nil
		}
	}
}

func (m migrator) sortSome(ctx context.Context, update string) (n int, err error) {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	places, err := unsorted(ctx, tx)
	if err != nil {
		return 0, err
	}
	for id, place := range places {
		if _, err := tx.ExecContext(ctx, update, place, id); err != nil {
			return 0, err
		}
	}
	return len(places), tx.Commit()
}

// unsorted returns where some of the customers stand of whom that is not said.
func unsorted(ctx context.Context, tx *sql.Tx) (map[int64]string, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT id, name, phone, email FROM contact WHERE sorted = '' LIMIT %d`, sortRows))
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err says what was wrong
	places := map[int64]string{}
	for rows.Next() {
		var id int64
		var name, phone, email string
		if err := rows.Scan(&id, &name, &phone, &email); err != nil {
			return nil, err
		}
		places[id] = sortedAs(name, phone, email)
	}
	return places, rows.Err()
}
