package store

import (
	"context"
	"strings"
	"sync"

	"parley/search"
)

// Statement is one that ran, with the values of its first run.
type Statement struct {
	Text string
	Args []any
}

// Record makes db remember every statement. It is called before db is used.
func (db *DB) Record() *Recorder {
	r := &Recorder{dialect: db.dialect, seen: map[string][]any{}}
	db.dialect = r
	return r
}

// Recorder remembers statements.
type Recorder struct {
	dialect
	mu   sync.Mutex
	seen map[string][]any
}

// Statements returns what ran so far, in no order.
func (r *Recorder) Statements() (all []Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for q, args := range r.seen {
		all = append(all, Statement{q, args})
	}
	return all
}

func (r *Recorder) read(ctx context.Context, fn func(querier) error) error {
	return r.dialect.read(ctx, func(q querier) error { return fn(recording{q, r}) })
}

func (r *Recorder) look(ctx context.Context, fn func(querier) error) error {
	return r.dialect.look(ctx, func(q querier) error { return fn(recording{q, r}) })
}

func (r *Recorder) write(ctx context.Context, fn func(querier) error) error {
	return r.dialect.write(ctx, func(q querier) error { return fn(recording{q, r}) })
}

type recording struct {
	querier
	r *Recorder
}

func (t recording) note(q string, args []any) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if _, ok := t.r.seen[q]; !ok {
		t.r.seen[q] = args
	}
}

func (t recording) query(ctx context.Context, q string, args ...any) (rows, error) {
	t.note(q, args)
	return t.querier.query(ctx, q, args...)
}

func (t recording) row(ctx context.Context, q string, args ...any) row {
	t.note(q, args)
	return t.querier.row(ctx, q, args...)
}

func (t recording) exec(ctx context.Context, q string, args ...any) error {
	t.note(q, args)
	return t.querier.exec(ctx, q, args...)
}

func (t recording) changed(ctx context.Context, q string, args ...any) (int64, error) {
	t.note(q, args)
	return t.querier.changed(ctx, q, args...)
}

func (t recording) expect(ctx context.Context, otherwise error, q string, args ...any) error {
	t.note(q, args)
	return t.querier.expect(ctx, otherwise, q, args...)
}

// Plan returns how the database would run a statement. On PostgreSQL, whose
// tables are small here, it may not read whole tables if there is another way.
func (db *DB) Plan(ctx context.Context, s Statement) (lines []string, err error) {
	err = db.write(ctx, func(q querier) error {
		explain := "EXPLAIN QUERY PLAN "
		if db.name() == "postgres" {
			explain = "EXPLAIN "
			if err := q.exec(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
		}
		found, err := q.query(ctx, explain+s.Text, s.Args...)
		if err != nil {
			return err
		}
		for found.Next() {
			var line string
			dest := []any{&line}
			if db.name() != "postgres" {
				dest = []any{new(int), new(int), new(int), &line}
			}
			if err := found.Scan(dest...); err != nil {
				return err
			}
			lines = append(lines, strings.TrimSpace(line))
		}
		return found.Close()
	})
	return lines, err
}

// Exec runs a statement for a test that has to break something.
func Exec(tx *WriteTx, q string, args ...any) error { return tx.exec(q, args...) }

// Texts returns the first column of a query for a test.
func Texts(tx *Tx, q string, args ...any) ([]string, error) {
	return collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err }, q, args...)
}

// SortedAs returns where a customer stands in the directory.
func SortedAs(name, phone, email string) string { return sortedAs(name, phone, email) }

// Indexed puts messages 1 to n into the index, each with the words that words gives it.
func Indexed(tx *WriteTx, n int64, words func(id int64) []string) error {
	rows := make([]indexRow, n)
	for i := range rows {
		id := int64(i) + 1
		rows[i] = indexRow{id: id, place: id, words: words(id)}
	}
	return tx.db.search().put(tx, searchMessages, rows)
}

// Hits asks the index once.
func Hits(tx *Tx, e search.Expr, before int64, limit int) (ids []int64, until int64, err error) {
	return tx.db.search().hits(tx, searchMessages, e, before, limit)
}

// AllHits asks the index as views do.
func AllHits(tx *Tx, e search.Expr, limit int) ([]int64, error) {
	return tx.allHits(searchMessages, e, limit)
}

// MostHits is how many messages with the words are looked at for one answer.
const MostHits = mostHits
