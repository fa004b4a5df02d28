package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// answer is the result of a query that was asked ahead, kept until it is wanted.
type answer struct {
	types  *pgtype.Map
	fields []pgconn.FieldDescription
	rows   [][][]byte
	at     int // of the next row
	ready  bool
}

func (a *answer) fill(results pgx.BatchResults) error {
	found, err := results.Query()
	if err != nil {
		return err
	}
	defer found.Close()
	a.ready, a.fields = true, slices.Clone(found.FieldDescriptions())
	for found.Next() {
		raw := found.RawValues()
		row := make([][]byte, len(raw))
		for i, v := range raw {
			row[i] = slices.Clone(v) // of a buffer that is used again
		}
		a.rows = append(a.rows, row)
	}
	return found.Err()
}

func (a *answer) Next() bool {
	a.at++
	return a.at <= len(a.rows)
}

func (a *answer) Scan(dest ...any) error {
	return pgx.ScanRow(a.types, a.fields, a.rows[a.at-1], dest...)
}

func (*answer) Err() error   { return nil }
func (*answer) Close() error { return nil }

// question tells one query from another.
func question(q string, args []any) (string, error) {
	ready, err := values(args)
	return q + fmt.Sprintf("%q", ready), err
}

func (t *pgTx) ahead(q string, args ...any) {
	key, err := question(q, args)
	if err != nil {
		return // who asks in earnest is told
	}
	a := &answer{types: t.conn.TypeMap()}
	if err := t.wait(check{answer: a}, q, args); err != nil {
		return
	}
	if t.known == nil {
		t.known = map[string]*answer{}
	}
	t.known[key] = a
}

func (t *pgTx) numbers(n int) {
	a := &answer{types: t.conn.TypeMap()}
	if t.wait(check{answer: a}, `SELECT nextval('event_seq_seq') FROM generate_series(1, ?::int)`, []any{n}) == nil {
		t.drawn = a
	}
}

// answered sends what waits if an answer is still among it.
func (t *pgTx) answered(ctx context.Context, a *answer) error {
	if a.ready {
		return nil
	}
	results, err := t.send(ctx, 0)
	if err != nil {
		return err
	}
	return results.Close()
}

var withNumber sync.Map // INSERT → the same with the number as its first value

// numbered gives an INSERT the number that was drawn for its row.
func numbered(q string) string {
	if r, ok := withNumber.Load(q); ok {
		if s, ok := r.(string); ok {
			return s
		}
	}
	s := strings.Replace(strings.Replace(q, "(", "(seq, ", 1), "VALUES (", "OVERRIDING SYSTEM VALUE VALUES (?, ", 1)
	withNumber.Store(q, s)
	return s
}
