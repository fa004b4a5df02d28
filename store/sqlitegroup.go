package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// maxGroup is how many transactions share one commit.
const maxGroup = 128

// liteGroup is transactions that commit together. A savepoint for each of them
// would copy every page that it changes, a tenth of the writer's time, for the
// rare one that fails after it has written. So they run without; when one does
// fail like that, all is taken back and everybody runs again, each in a savepoint
// of their own. What runs in a transaction may run again: PostgreSQL asks for that, too.
type liteGroup struct {
	lite    *lite
	tx      liteTx
	members []*liteWrite
	results []error
	careful bool // each in a savepoint
}

var (
	// errLostGroup says that SQLite took back the whole transaction, so that no
	// member of the group can be answered with success.
	errLostGroup = errors.New("the transaction was lost")
	errCareful   = errors.New("run again, each in a savepoint")
)

// group commits the first write and those that come while it runs, and returns
// how many they were.
func (l *lite) group(ctx context.Context, first *liteWrite) int {
	g := liteGroup{lite: l, tx: liteTx{l.conn, &l.stmts, new(bool)}, members: []*liteWrite{first}}
	err := g.run(ctx)
	if errors.Is(err, errCareful) {
		g.careful = true
		err = g.run(ctx)
	}
	l.last.Store(int32(len(g.members))) //nolint:gosec // at most maxGroup
	for i, m := range g.members {
		if err == nil {
			m.err <- g.results[i]
		} else {
			m.err <- writeError(err)
		}
	}
	return len(g.members)
}

// run runs all members and those who join, and commits.
func (g *liteGroup) run(ctx context.Context) error {
	g.results = g.results[:0]
	if err := g.tx.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for i := 0; i < len(g.members); i++ {
		err := g.member(ctx, g.members[i])
		if errors.Is(err, errLostGroup) || errors.Is(err, errCareful) {
			_ = g.tx.exec(ctx, "ROLLBACK") // SQLite may have done it already
			return err
		}
		g.results = append(g.results, err)
		g.join()
	}
	err := g.tx.exec(ctx, "COMMIT")
	if err != nil {
		_ = g.tx.exec(ctx, "ROLLBACK") // a commit that failed may leave the transaction open
	}
	return err
}

// join takes in one that waits.
func (g *liteGroup) join() {
	if len(g.members) == maxGroup {
		return
	}
	select {
	case w, ok := <-g.lite.queue:
		if ok {
			g.members = append(g.members, w)
		}
	default:
	}
}

func (g *liteGroup) member(ctx context.Context, w *liteWrite) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if g.careful {
		return g.saved(ctx, w)
	}
	*g.tx.wrote = false
	err := guard(g.tx, w.fn)
	if err != nil && *g.tx.wrote {
		return errCareful
	}
	return writeError(err)
}

// saved runs one transaction in a savepoint of its own.
func (g *liteGroup) saved(ctx context.Context, w *liteWrite) error {
	if err := g.tx.exec(ctx, "SAVEPOINT member"); err != nil {
		return fmt.Errorf("%w: %w", errLostGroup, err)
	}
	failed := guard(g.tx, w.fn)
	if failed != nil {
		if err := g.tx.exec(ctx, "ROLLBACK TO member"); err != nil {
			return fmt.Errorf("%w: %w", errLostGroup, failed)
		}
	}
	if err := g.tx.exec(ctx, "RELEASE member"); err != nil {
		return fmt.Errorf("%w: %w", errLostGroup, err)
	}
	return writeError(failed)
}

// guard makes an error of a panic: on SQLite one member must not take the writer
// and its group along, and PostgreSQL does the same as SQLite.
func guard(q querier, fn func(querier) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", r, debug.Stack())
		}
	}()
	return fn(q)
}
