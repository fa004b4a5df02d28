// Package store keeps everything in SQLite or PostgreSQL, with one SQL for both.
//
// Queries are written once, with ? for parameters, in the dialect both speak:
// upserts with RETURNING, row values, FILTER, partial indexes. Times are UTC
// microseconds, JSON is text, ids are numbers. What cannot be said in common is
// a method of dialect; see sqlite.go and postgres.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"parley/desk"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect
	IDs desk.IDSource
	// Migrations are the files of the schema; nil is this program's own.
	Migrations fs.FS
}

// dialect is what differs between the databases we support.
type dialect interface {
	// read runs fn on a snapshot.
	read(ctx context.Context, fn func(querier) error) error
	// look runs fn without a transaction: for one statement.
	look(ctx context.Context, fn func(querier) error) error
	// write runs fn in a transaction and commits it. fn may run again when the
	// transaction lost a race, so it must have no other effect.
	write(ctx context.Context, fn func(querier) error) error
	lockRow() string    // suffix that locks a row until commit
	skipLocked() string // suffix that claims rows without waiting
	violates(err error) string
	tail() tailSQL
	migrator() migrator
	catalog() catalogSQL
	search() searchSQL
	hold(ctx context.Context, alone bool) (release func() error, err error)
	copyTo(ctx context.Context, path string) error
	watch(w Watch)
	crowded() bool // whether many write just now
	name() string
	close() error
}

// querier is a transaction, with the placeholders of its dialect.
type querier interface {
	query(ctx context.Context, q string, args ...any) (rows, error)
	row(ctx context.Context, q string, args ...any) row
	// exec runs a statement whose result nobody needs. It may run later, before
	// the next one that has a result and before the commit; its error comes then.
	exec(ctx context.Context, q string, args ...any) error
	// changed runs a statement and reports how many rows it touched.
	changed(ctx context.Context, q string, args ...any) (int64, error)
	// number runs an INSERT into a table whose key the database numbers and
	// returns the number.
	number(ctx context.Context, q string, args ...any) (int64, error)
	// ahead announces a query that follows with the same text and arguments: where
	// trips to the database cost, it travels with the statement before it.
	ahead(q string, args ...any)
	// numbers announces how many rows number will insert.
	numbers(n int)
	// expect is exec with an error for when not exactly one row was touched.
	expect(ctx context.Context, otherwise error, q string, args ...any) error
}

type row interface{ Scan(dest ...any) error }

type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Open connects to url: a file path for SQLite, or "postgres://…". It does not
// migrate; see Migrate.
func Open(ctx context.Context, url string) (*DB, error) {
	open := openSQLite
	switch {
	case strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://"):
		open = openPostgres
	case strings.Contains(url, "://"): // without the address, which may have a password in it
		return nil, desk.Errorf(desk.Invalid, "A database is a file, or an address that begins with postgres://. This one is neither.")
	}
	d, err := open(ctx, url)
	if err != nil {
		return nil, err
	}
	return &DB{dialect: d}, nil
}

// Close waits for running transactions and closes the database.
func (db *DB) Close() error { return db.close() }

// Violates returns which unique index refused a transaction, or "".
func (db *DB) Violates(err error) string { return db.violates(err) }

// Name returns "sqlite" or "postgres".
func (db *DB) Name() string { return db.name() }

// Crowded reports whether many write just now: what can wait should.
func (db *DB) Crowded() bool { return db.crowded() }

// Scope is whose eyes a transaction looks through. Every query is bound to its
// workspace; queries about conversations see only the inboxes in it.
type Scope struct {
	Workspace desk.WorkspaceID // 0 for the few queries about the install itself
	User      desk.UserID
	Inboxes   []desk.InboxID  // nil means every inbox
	View      desk.Visibility // which conversations of those; "" means all
	Teams     []desk.TeamID   // of the user, for View
}

// Sees reports whether the scope includes an inbox.
func (s Scope) Sees(inbox desk.InboxID) bool {
	return s.Inboxes == nil || slices.Contains(s.Inboxes, inbox)
}

// Key tells one reader's view of a workspace from another's.
func (s Scope) Key() string {
	if s.Inboxes == nil && s.SeesAll() {
		return fmt.Sprintf("%d", s.User)
	}
	return fmt.Sprint(int64(s.User), s.Inboxes, s.View, s.Teams)
}

// Tx is a transaction that reads. Its methods are the queries; each lives in
// the file of the noun it reads.
type Tx struct {
	ctx   context.Context
	q     querier
	db    *DB
	scope Scope
	lock  string
	inbox *desk.Inbox // the one asked for last, for as long as the transaction lasts
}

// WriteTx is a transaction that also writes. Only package app begins one.
type WriteTx struct {
	*Tx
	news *news
}

// news is what somebody should hear of after the commit.
type news struct {
	events   bool
	settings bool
	queues   []string
}

// HasEvents reports whether the transaction appended events.
func (tx *WriteTx) HasEvents() bool { return tx.news.events }

// HasSettings reports whether an appended event is of no conversation: something
// of the workspace or of a person changed.
func (tx *WriteTx) HasSettings() bool { return tx.news.settings }

// Queues returns the queues in which the transaction made jobs ready, some perhaps
// twice. A job for later wakes nobody.
func (tx *WriteTx) Queues() []string { return tx.news.queues }

// Read runs fn on one snapshot of what scope may see.
func (db *DB) Read(ctx context.Context, scope Scope, fn func(*Tx) error) error {
	return db.read(ctx, func(q querier) error {
		return fn(&Tx{ctx: ctx, q: q, db: db, scope: scope})
	})
}

// Look is Read for fn that asks once: each of its statements has a snapshot of
// its own, which saves the trips that begin and end a transaction.
func (db *DB) Look(ctx context.Context, scope Scope, fn func(*Tx) error) error {
	return db.look(ctx, func(q querier) error {
		return fn(&Tx{ctx: ctx, q: q, db: db, scope: scope})
	})
}

// Write runs fn in a transaction and commits if it returns nil. fn may run
// again if the transaction lost a race, so it must have no other effect, and it
// must not wait for anything outside.
func (db *DB) Write(ctx context.Context, scope Scope, fn func(*WriteTx) error) error {
	return db.write(ctx, func(q querier) error {
		// A statement that is interrupted in the middle would take the whole
		// group of transactions with it, so a write runs to its end.
		ctx := context.WithoutCancel(ctx)
		return fn(&WriteTx{&Tx{ctx: ctx, q: q, db: db, scope: scope, lock: db.lockRow()}, &news{}})
	})
}

// Scope returns whose eyes tx looks through.
func (tx *Tx) Scope() Scope { return tx.scope }

// In returns tx bound to another scope: intake finds the workspace in what it reads.
func (tx *WriteTx) In(scope Scope) *WriteTx {
	inner := *tx.Tx
	inner.scope, inner.inbox = scope, nil
	return &WriteTx{&inner, tx.news}
}

// As returns tx bound to another scope, for somebody's view within a larger one.
func (tx *Tx) As(scope Scope) *Tx {
	inner := *tx
	inner.scope = scope
	return &inner
}

func (tx *Tx) row(q string, args ...any) row { return tx.q.row(tx.ctx, q, args...) }

func (tx *WriteTx) exec(q string, args ...any) error { return tx.q.exec(tx.ctx, q, args...) }

// changed runs a statement and reports how many rows it touched.
func (tx *WriteTx) changed(q string, args ...any) (int64, error) {
	return tx.q.changed(tx.ctx, q, args...)
}

// collect returns every row of a query.
func collect[T any](tx *Tx, scan func(func(...any) error) (T, error), q string, args ...any) (all []T, err error) {
	rows, err := tx.q.query(tx.ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one returns the only row of a query, or an error of kind NotFound that names what was missing.
func one[T any](tx *Tx, what string, scan func(func(...any) error) (T, error), q string, args ...any) (T, error) {
	v, err := scan(tx.row(q, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, desk.Errorf(desk.NotFound, "There is no such %s here.", what)
	}
	if err != nil {
		return v, fmt.Errorf("%s: %w", what, err)
	}
	return v, nil
}

func scanInt(scan func(...any) error) (n int64, err error) {
	err = scan(&n)
	return n, err
}

// micros is a time as it is stored: NULL for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// when scans what micros stores.
type when struct{ *time.Time }

// Scan implements sql.Scanner.
func (w when) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*w.Time = time.Time{}
	case int64:
		*w.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a time is a bigint, not %T", src)
	}
	return nil
}

// in returns "(?,?,…)" and the values for it, padded so that few texts exist.
func in[T any](ids []T) (string, []any) {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		if len(ids) == 0 {
			continue // nothing is IN (NULL)
		}
		args[i] = ids[min(i, len(ids)-1)]
	}
	return "(" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")", args
}
