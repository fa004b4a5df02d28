package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/desk"
)

// lite is SQLite: one writer that commits in groups, many readers.
type lite struct {
	watched
	path   string
	writes *sql.DB
	reads  *sql.DB
	conn   *sql.Conn
	idle   readers
	queue  chan *liteWrite
	done   chan struct{}
	stmts  stmtCache
	last   atomic.Int32 // transactions in the last group
	mu     sync.RWMutex // guards closed against sends on queue
	closed bool
}

type liteWrite struct {
	asked time.Time // if somebody watches
	ctx   context.Context
	fn    func(querier) error
	err   chan error
}

func openSQLite(ctx context.Context, path string) (dialect, error) {
	path = strings.TrimPrefix(path, "sqlite:")
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, desk.Errorf(desk.Invalid, "There is no folder %s for the database. Create it, or give another path.", filepath.Dir(path))
	}
	// Made here, so that nobody else can read it.
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err == nil {
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=temp_store(2)&_pragma=cache_size(-4000)&_pragma=mmap_size(2147418112)" +
		"&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)&_txlock=immediate"
	dsn := "file:" + pathEscaper.Replace(path) + pragmas
	w, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(2) // the writer holds one for ever; migrations use the other
	conn, err := w.Conn(ctx)
	if err != nil {
		return nil, errors.Join(openError(path, err), w.Close())
	}
	if err := ours(ctx, conn, path); err != nil {
		return nil, errors.Join(err, conn.Close(), w.Close())
	}
	r, err := sql.Open("sqlite", strings.Replace(dsn, "_txlock=immediate", "_pragma=query_only(1)", 1))
	if err != nil {
		return nil, errors.Join(err, conn.Close(), w.Close())
	}
	l := &lite{
		path: path, writes: w, reads: r, conn: conn, idle: readers{free: make(chan struct{}, max(4, 2*runtime.NumCPU()))},
		queue: make(chan *liteWrite, 1024), done: make(chan struct{}),
	}
	go l.loop(context.WithoutCancel(ctx))
	return l, nil
}

// ours refuses a database that does not open, and one of another program.
func ours(ctx context.Context, conn *sql.Conn, path string) error {
	var tables, versions int
	err := conn.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0) FROM sqlite_master WHERE type = 'table'").Scan(&tables, &versions)
	if err != nil {
		return openError(path, err)
	}
	if tables > 0 && versions == 0 {
		return desk.Errorf(desk.Invalid, "The file %s is not a Parley database: it has tables of another program. Give another path.", path)
	}
	return nil
}

var pathEscaper = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// openError says what a person can do about a database that does not open.
func openError(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("open %s: %w", path, err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return desk.Errorf(desk.Unavailable, "The database %s is locked by another program. Stop the other Parley, or give another path.", path)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
		return desk.Errorf(desk.Invalid, "The database %s cannot be opened for writing (%s). Check that the file and its folder belong to this user.", path, e)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return desk.Errorf(desk.Invalid, "The file %s is not a Parley database, or it is damaged (%s). Give another path, or restore a backup.", path, e)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// write hands fn to the writer and waits for the commit it was part of.
func (l *lite) write(ctx context.Context, fn func(querier) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &liteWrite{l.now(), ctx, fn, make(chan error, 1)}
	l.mu.RLock()
	if l.closed {
		l.mu.RUnlock()
		return desk.Errorf(desk.Unavailable, "Parley is stopping. Try again in a moment.")
	}
	l.queue <- w
	l.mu.RUnlock()
	return <-w.err
}

// crowd is how many transactions at once, on SQLite in one group, are a crowd.
const crowd = 4

func (l *lite) crowded() bool { return l.last.Load() >= crowd }

// loop is the one writer. Whoever waits while a group runs joins it: under load
// many transactions share one sync to disk, and alone nobody waits for others.
func (l *lite) loop(ctx context.Context) {
	defer close(l.done)
	for w := range l.queue {
		start := l.now()
		members := l.group(ctx, w)
		l.saw(start, start.Sub(w.asked), members)
	}
}

// writeError says it plainly when the disk is full or the file cannot be written.
func writeError(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return desk.Errorf(desk.Unavailable, "The disk is full, so nothing can be saved. Ask whoever runs Parley to make room.")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return desk.Errorf(desk.Unavailable, "The database is locked by another program. Try again in a moment.")
	}
	return err
}

func (l *lite) close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	close(l.queue)
	l.mu.Unlock()
	<-l.done
	l.stmts.close()
	return errors.Join(l.idle.close(), l.conn.Close(), l.writes.Close(), l.reads.Close())
}

func (l *lite) migrator() migrator {
	return migrator{dialect: goose.DialectSQLite3, db: l.writes, close: func() error { return nil }, macros: strings.NewReplacer(
		"{{id}}", "INTEGER", "{{seq}}", "INTEGER PRIMARY KEY AUTOINCREMENT", "{{bytes}}", "BLOB", "{{xid}}", "", "{{xid_index}}", "",
		"{{signed}}", `settings = json_set(settings, '$.signature', s.text) FROM (SELECT inbox_id, config ->> '$.signature' AS text FROM channel`,
		"{{signature}}", `config ->> '$.signature'`,
		"{{search}}", liteSearchTables, "{{binary}}", "", "{{by_key}}", " WITHOUT ROWID")}
}

func (*lite) name() string       { return "sqlite" }
func (*lite) lockRow() string    { return "" } // there is one writer
func (*lite) skipLocked() string { return "" }

// violates returns what a unique index refused, or "".
func (*lite) violates(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return e.Error()
	}
	return ""
}

// tail: one writer means that events commit in the order of their numbers.
func (*lite) tail() tailSQL {
	return tailSQL{
		order: "seq",
		after: "0 = ? AND seq > ?",
		where: "",
		xid:   "0",
		now:   "SELECT 0, coalesce(max(seq), 0) FROM event",
	}
}

// catalog: search indexes are virtual or shadow tables and are made anew. The
// number after the greatest that was ever given out is kept by AUTOINCREMENT.
func (*lite) catalog() catalogSQL {
	return catalogSQL{
		columns: `SELECT t.name, c.name, c.type, 'NO' FROM pragma_table_list t JOIN pragma_table_info(t.name) c
			WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`,
		references: `SELECT t.name, f."table" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f WHERE t.schema = 'main' AND t.type = 'table'`,
	}
}
