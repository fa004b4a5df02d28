package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgTx is a transaction that saves trips to the server: statements without a
// result wait and travel with the next one that has one, or with the commit.
type pgTx struct {
	conn    *pgx.Conn
	waiting *pgx.Batch
	checks  []check // one per waiting statement
	begun   bool
	known   map[string]*answer // of queries that were asked ahead
	drawn   *answer            // numbers of rows to come
}

// check is what a waiting statement must have done.
type check struct {
	one       bool // touched exactly one row
	otherwise error
	answer    *answer // filled with its rows
}

func (t *pgTx) wait(c check, q string, args []any) error {
	ready, err := values(args)
	if err != nil {
		return err
	}
	for len(t.checks) < t.waiting.Len() {
		t.checks = append(t.checks, check{}) // of the BEGIN
	}
	t.waiting.Queue(rebind(q), ready...)
	t.checks = append(t.checks, c)
	return nil
}

// values resolves what encodes itself now: it may be changed before it travels.
func values(args []any) ([]any, error) {
	ready := make([]any, len(args))
	for i, a := range args {
		v, ok := a.(driver.Valuer)
		if !ok {
			ready[i] = a
			continue
		}
		var err error
		if ready[i], err = v.Value(); err != nil {
			return nil, err
		}
	}
	return ready, nil
}

// send sends what waits, and checks all but the last more statements, whose
// results the caller reads before it closes them.
func (t *pgTx) send(ctx context.Context, more int) (pgx.BatchResults, error) {
	n := t.waiting.Len() - more
	results := t.conn.SendBatch(ctx, t.waiting)
	checks := t.checks
	t.waiting, t.checks, t.begun = &pgx.Batch{}, nil, true
	for i := range n {
		var c check
		if i < len(checks) {
			c = checks[i]
		}
		if err := c.take(results); err != nil {
			_ = results.Close() // says the same
			return nil, err
		}
	}
	return results, nil
}

// take reads the result of a statement that waited.
func (c check) take(results pgx.BatchResults) error {
	if c.answer != nil {
		return c.answer.fill(results)
	}
	tag, err := results.Exec()
	if err == nil && c.one && tag.RowsAffected() != 1 {
		return c.otherwise
	}
	return err
}

func (t *pgTx) exec(_ context.Context, q string, args ...any) error {
	return t.wait(check{}, q, args)
}

func (t *pgTx) expect(_ context.Context, otherwise error, q string, args ...any) error {
	return t.wait(check{one: true, otherwise: otherwise}, q, args)
}

func (t *pgTx) changed(ctx context.Context, q string, args ...any) (int64, error) {
	tag, err := t.tag(ctx, q, args)
	return tag.RowsAffected(), err
}

func (t *pgTx) tag(ctx context.Context, q string, args []any) (tag pgconn.CommandTag, err error) {
	if err := t.wait(check{}, q, args); err != nil {
		return tag, err
	}
	results, err := t.send(ctx, 1)
	if err != nil {
		return tag, err
	}
	tag, err = results.Exec()
	return tag, errors.Join(err, results.Close())
}

func (t *pgTx) commit(ctx context.Context) error {
	tag, err := t.tag(ctx, "COMMIT", nil)
	if err == nil && tag.String() == "ROLLBACK" {
		return errors.New("the transaction had failed before its commit")
	}
	return err
}

func (t *pgTx) number(ctx context.Context, q string, args ...any) (n int64, err error) {
	if t.drawn != nil {
		if err := t.answered(ctx, t.drawn); err != nil {
			return 0, err
		}
		if t.drawn.Next() {
			if err := t.drawn.Scan(&n); err != nil {
				return 0, err
			}
			return n, t.wait(check{}, numbered(q), append([]any{n}, args...))
		}
	}
	err = t.row(ctx, q+" RETURNING seq", args...).Scan(&n)
	return n, err
}

func (t *pgTx) query(ctx context.Context, q string, args ...any) (rows, error) {
	if len(t.known) > 0 {
		key, err := question(q, args)
		if err != nil {
			return nil, err
		}
		if a := t.known[key]; a != nil {
			delete(t.known, key)
			return a, t.answered(ctx, a)
		}
	}
	if err := t.wait(check{}, q, args); err != nil {
		return nil, err
	}
	results, err := t.send(ctx, 1)
	if err != nil {
		return nil, err
	}
	found, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, results.Close())
	}
	return pgRows{found, results}, nil
}

func (t *pgTx) row(ctx context.Context, q string, args ...any) row {
	found, err := t.query(ctx, q, args...)
	return pgRow{found, err}
}

// pgRows closes the batch along with its last result.
type pgRows struct {
	pgx.Rows
	results pgx.BatchResults
}

func (r pgRows) Close() error {
	r.Rows.Close()
	return errors.Join(r.Err(), r.results.Close())
}

// pgRow is the first row of a query.
type pgRow struct {
	found rows
	err   error
}

func (r pgRow) Scan(dest ...any) (err error) {
	if r.err != nil {
		return r.err
	}
	if r.found.Next() {
		return errors.Join(r.found.Scan(dest...), r.found.Close())
	}
	if err := r.found.Close(); err != nil {
		return err
	}
	return sql.ErrNoRows
}

var rebound sync.Map // query text → the same with $1, $2, …

// rebind writes ? as $1, $2, … outside quotes.
func rebind(q string) string {
	if r, ok := rebound.Load(q); ok {
		if s, ok := r.(string); ok {
			return s
		}
	}
	var b strings.Builder
	n, quoted := 0, false
	for _, c := range []byte(q) {
		switch {
		case c == '\'':
			quoted = !quoted
			b.WriteByte(c)
		case c == '?' && !quoted:
			n++
			b.WriteString("$" + strconv.Itoa(n))
		default:
			b.WriteByte(c)
		}
	}
	rebound.Store(q, b.String())
	return b.String()
}
