package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
)

// readers are connections that read, each with its prepared statements. The one
// used last is used next, so that a quiet install keeps few of them warm.
type readers struct {
	free chan struct{} // a place for every reader that may work at once
	mu   sync.Mutex
	idle []*reader
}

type reader struct {
	conn  *sql.Conn
	stmts stmtCache
}

// read runs fn on a snapshot.
func (l *lite) read(ctx context.Context, fn func(querier) error) error {
	return l.look(ctx, func(q querier) error {
		if err := q.exec(ctx, "BEGIN"); err != nil {
			return lost(err)
		}
		err := fn(q)
		if err := q.exec(ctx, "COMMIT"); err != nil {
			return lost(err)
		}
		return err
	})
}

// lostError says that a reader may be inside a transaction that did not end.
type lostError struct{ error }

func lost(err error) error { return lostError{err} }

// look runs fn on a reader of its own. What it reads is bounded by an index, so a
// statement runs to its end: watching for a request that is taken back costs
// more than finishing it.
func (l *lite) look(ctx context.Context, fn func(querier) error) error {
	select {
	case l.idle.free <- struct{}{}:
		defer func() { <-l.idle.free }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := l.reader(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	sound := false
	defer func() { // also when fn panics: a reader inside a snapshot must not be used again
		if !sound {
			r.discard()
			return
		}
		l.idle.mu.Lock()
		l.idle.idle = append(l.idle.idle, r)
		l.idle.mu.Unlock()
	}()
	err = fn(liteRead{liteTx{r.conn, &r.stmts, nil}})
	_, broken := errors.AsType[lostError](err)
	sound = !broken
	return err
}

func (l *lite) reader(ctx context.Context) (*reader, error) {
	l.idle.mu.Lock()
	if n := len(l.idle.idle); n > 0 {
		r := l.idle.idle[n-1]
		l.idle.idle = l.idle.idle[:n-1]
		l.idle.mu.Unlock()
		return r, nil
	}
	l.idle.mu.Unlock()
	conn, err := l.reads.Conn(ctx)
	return &reader{conn: conn}, err
}

// discard closes the connection for good, whatever it is in the middle of.
func (r *reader) discard() {
	_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (r *reader) close() error {
	r.stmts.close()
	return r.conn.Close()
}

func (r *readers) close() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.idle {
		err = errors.Join(err, x.close())
	}
	r.idle = nil
	return err
}

// liteRead runs the statements of fn; the context of each is the reader's.
type liteRead struct{ liteTx }

func (t liteRead) query(ctx context.Context, q string, args ...any) (rows, error) {
	return t.liteTx.query(context.WithoutCancel(ctx), q, args...)
}

func (t liteRead) exec(ctx context.Context, q string, args ...any) error {
	return t.liteTx.exec(context.WithoutCancel(ctx), q, args...)
}

func (t liteRead) row(ctx context.Context, q string, args ...any) row {
	return t.liteTx.row(context.WithoutCancel(ctx), q, args...)
}

// liteTx runs statements on one connection, prepared once each.
type liteTx struct {
	conn  *sql.Conn
	stmts *stmtCache
	wrote *bool // set by a statement that may have written; nil for a reader
}

// statement returns a prepared one.
func (t liteTx) statement(ctx context.Context, q string) (*sql.Stmt, error) {
	if t.wrote != nil && !strings.HasPrefix(q, "SELECT") {
		*t.wrote = true
	}
	return t.stmts.get(ctx, t.conn, q)
}

func (t liteTx) query(ctx context.Context, q string, args ...any) (rows, error) {
	s, err := t.statement(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...) //nolint:rowserrcheck // whoever reads the rows looks
}

func (t liteTx) row(ctx context.Context, q string, args ...any) row {
	s, err := t.statement(ctx, q)
	if err != nil {
		return t.conn.QueryRowContext(ctx, q, args...) // reports the same error
	}
	return s.QueryRowContext(ctx, args...)
}

func (t liteTx) exec(ctx context.Context, q string, args ...any) error {
	_, err := t.run(ctx, q, args...)
	return err
}

func (t liteTx) run(ctx context.Context, q string, args ...any) (sql.Result, error) {
	s, err := t.statement(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (t liteTx) changed(ctx context.Context, q string, args ...any) (int64, error) {
	r, err := t.run(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t liteTx) expect(ctx context.Context, otherwise error, q string, args ...any) error {
	n, err := t.changed(ctx, q, args...)
	if err == nil && n != 1 {
		return otherwise
	}
	return err
}

// What is asked ahead costs nothing later: the database is in this process.
func (liteTx) ahead(string, ...any) {}
func (liteTx) numbers(int)          {}

// number is the row's id, which SQLite tells without being asked for a row.
func (t liteTx) number(ctx context.Context, q string, args ...any) (int64, error) {
	r, err := t.run(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// stmtCache keeps prepared statements by text, for one connection and one
// goroutine. Texts are few, because lists of values are padded.
type stmtCache struct{ m map[string]*sql.Stmt }

func (c *stmtCache) get(ctx context.Context, conn *sql.Conn, q string) (*sql.Stmt, error) {
	if s := c.m[q]; s != nil {
		return s, nil
	}
	// SQLite looks at what is bound to a bare LIMIT when it plans, and plans anew
	// whenever something is bound to it: for each page of a list.
	s, err := conn.PrepareContext(ctx, strings.ReplaceAll(q, "LIMIT ?", "LIMIT +?"))
	if err != nil {
		return nil, err
	}
	if c.m == nil {
		c.m = map[string]*sql.Stmt{}
	}
	c.m[q] = s
	return s, nil
}

func (c *stmtCache) close() {
	for _, s := range c.m {
		_ = s.Close() // the connection is about to be closed
	}
}
