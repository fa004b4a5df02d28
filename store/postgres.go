package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"parley/desk"
)

// postgres is PostgreSQL: plain transactions, rows locked as they are loaded.
type postgres struct {
	watched
	pool    *pgxpool.Pool
	url     string
	writing atomic.Int32 // transactions of this process that write now
}

func openPostgres(ctx context.Context, url string) (dialect, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, desk.Errorf(desk.Invalid, "The address of the PostgreSQL database cannot be read: %s", err)
	}
	config.MaxConns = 24
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, desk.Errorf(desk.Invalid, "The address of the PostgreSQL database cannot be used: %s", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, desk.Errorf(desk.Unavailable, "PostgreSQL does not answer: %s", desk.Line(err.Error(), 300))
	}
	return &postgres{pool: pool, url: url}, nil
}

func (p *postgres) crowded() bool { return p.writing.Load() >= crowd }

// maxTries is how often a transaction that lost a race runs. In between it stands aside
// for a moment: those that meet again at once may lose again.
const maxTries = 9

// aside waits before another try: up to 8 ms, then twice as long each time, 1 s at most.
func aside(ctx context.Context, try int) {
	timer := time.NewTimer(rand.N(min(8*time.Millisecond<<(try-1), time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (p *postgres) write(ctx context.Context, fn func(querier) error) error {
	p.writing.Add(1)
	defer p.writing.Add(-1)
	for try := 1; ; try++ {
		asked, start := p.now(), time.Time{}
		err := p.transact(ctx, "BEGIN", func(q querier) error {
			start = p.now()
			return guard(q, fn)
		})
		p.saw(start, start.Sub(asked), 1)
		if err == nil || try == maxTries || !retryable(err) {
			return p.translate(err)
		}
		aside(ctx, try)
	}
}

func (p *postgres) read(ctx context.Context, fn func(querier) error) error {
	return p.translate(p.transact(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", fn))
}

func (p *postgres) look(ctx context.Context, fn func(querier) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return p.translate(err)
	}
	defer conn.Release()
	return p.translate(fn(&pgTx{conn: conn.Conn(), waiting: &pgx.Batch{}}))
}

// transact runs fn between begin and COMMIT. Both travel with fn's statements.
func (p *postgres) transact(ctx context.Context, begin string, fn func(querier) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // a connection inside a transaction is closed, not used again
	t := &pgTx{conn: conn.Conn(), waiting: &pgx.Batch{}}
	t.waiting.Queue(begin)
	committed := false
	defer func() {
		if !committed && t.begun {
			_, _ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK") // if it fails, Release closes the connection
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.commit(ctx); err != nil {
		return err
	}
	committed = true
	return nil
}

// translate says it plainly when the database is away or full.
func (p *postgres) translate(err error) error {
	var e *pgconn.PgError
	var c *pgconn.ConnectError
	switch {
	case errors.As(err, &c):
		return desk.Errorf(desk.Unavailable, "The database does not answer. Try again in a moment.")
	case errors.As(err, &e) && (e.Code == "53100" || e.Code == "53200"):
		return desk.Errorf(desk.Unavailable, "The database has no room left, so nothing can be saved. Ask whoever runs Parley to make room.")
	case errors.As(err, &e) && (strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "08")):
		return desk.Errorf(desk.Unavailable, "The database is not available. Try again in a moment.")
	}
	return err
}

// retryable reports whether a transaction only lost a race.
func retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

func (p *postgres) close() error { p.pool.Close(); return nil }

func (p *postgres) migrator() migrator {
	db := stdlib.OpenDBFromPool(p.pool)
	return migrator{dialect: goose.DialectPostgres, db: db, close: db.Close, macros: strings.NewReplacer(
		"{{id}}", "BIGINT", "{{bytes}}", "BYTEA", "{{seq}}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		"{{xid}}", ",\n    xid             XID8 NOT NULL DEFAULT pg_current_xact_id()",
		"{{xid_index}}", "CREATE INDEX event_tail ON event (xid, seq);",
		"{{signed}}", `settings = (settings::jsonb || jsonb_build_object('signature', s.text))::text FROM (SELECT DISTINCT ON (inbox_id) inbox_id, config::jsonb ->> 'signature' AS text FROM channel`,
		"{{signature}}", `config::jsonb ->> 'signature'`,
		"{{search}}", pgSearchTables, "{{binary}}", `COLLATE "C"`, "{{by_key}}", "")}
}

func (*postgres) name() string       { return "postgres" }
func (*postgres) lockRow() string    { return " FOR UPDATE" }
func (*postgres) skipLocked() string { return " FOR UPDATE SKIP LOCKED" }

func (*postgres) violates(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == "23505" {
		return e.ConstraintName
	}
	return ""
}

// tail reads events below the oldest running transaction: numbers are given out
// before they commit, and a lower one may appear later.
func (*postgres) tail() tailSQL {
	return tailSQL{
		order: "xid, seq",
		after: "(xid, seq) > (?::text::xid8, ?)",
		where: " AND xid < pg_snapshot_xmin(pg_current_snapshot())",
		xid:   "xid::text::bigint",
		now:   "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint - 1, 9223372036854775807",
	}
}

func (*postgres) catalog() catalogSQL {
	return catalogSQL{
		columns: `SELECT c.table_name, c.column_name, c.udt_name::regtype::text, c.is_identity::text FROM information_schema.columns c
			JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
			WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
			ORDER BY c.table_name, c.ordinal_position`,
		references: `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = current_schema()`,
		insert:   ` OVERRIDING SYSTEM VALUE`,
		renumber: `SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), coalesce(max(%[2]s), 1), max(%[2]s) IS NOT NULL) FROM %[1]s`,
	}
}
