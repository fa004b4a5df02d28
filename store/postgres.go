package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	"github.com/pressly/goose/v3"

	"parley/desk"
)

// postgres is PostgreSQL: plain transactions, rows locked as they are loaded.
type postgres struct {
	db  *sql.DB
	url string
}

func openPostgres(ctx context.Context, url string) (dialect, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, desk.Errorf(desk.Invalid, "The address of the PostgreSQL database cannot be read: %s", err)
	}
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(24)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(desk.Errorf(desk.Unavailable, "PostgreSQL does not answer: %s", err), db.Close())
	}
	return &postgres{db, url}, nil
}

// maxTries is how often a transaction that lost a race runs.
const maxTries = 5

func (p *postgres) write(ctx context.Context, fn func(querier) error) error {
	for try := 1; ; try++ {
		err := p.transact(ctx, nil, fn)
		if err == nil || try == maxTries || !retryable(err) {
			return p.translate(err)
		}
	}
}

func (p *postgres) read(ctx context.Context, fn func(querier) error) error {
	return p.translate(p.transact(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, fn))
}

func (p *postgres) transact(ctx context.Context, opts *sql.TxOptions, fn func(querier) error) error {
	tx, err := p.db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	if err := fn(pgTx{tx}); err != nil {
		return err
	}
	return tx.Commit()
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

func (p *postgres) close() error { return p.db.Close() }

func (p *postgres) migrator() migrator {
	return migrator{dialect: goose.DialectPostgres, db: p.db, macros: strings.NewReplacer(
		"{{id}}", "BIGINT", "{{seq}}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		"{{xid}}", ",\n    xid             XID8 NOT NULL DEFAULT pg_current_xact_id()",
		"{{xid_index}}", "CREATE INDEX event_tail ON event (xid, seq);")}
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

type pgTx struct{ tx *sql.Tx }

func (t pgTx) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, rebind(q), args...)
}

func (t pgTx) row(ctx context.Context, q string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, rebind(q), args...)
}

func (t pgTx) exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, rebind(q), args...)
}

var rebound sync.Map // query text → the same with $1, $2, …

// rebind writes ? as $1, $2, … outside quotes.
func rebind(q string) string {
	if r, ok := rebound.Load(q); ok {
		return fmt.Sprint(r)
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
