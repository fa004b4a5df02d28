package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers that Parley uses
	_ "modernc.org/sqlite"
)

// schema makes an empty schema and returns the address of a database that uses it.
func schema(ctx context.Context, base, name string) (string, error) {
	db, err := sql.Open("pgx", base)
	if err != nil {
		return "", err
	}
	defer db.Close()
	for _, q := range []string{"DROP SCHEMA IF EXISTS " + name + " CASCADE", "CREATE SCHEMA " + name} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return "", err
		}
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// rawRate is how many transactions of one row of 500 bytes the database commits
// in a second, fully synchronous, with so many writers and nothing around it.
// SQLite has one writer at a time whatever is asked of it.
func rawRate(ctx context.Context, o options, writers int) (float64, error) {
	driver, dsn := "sqlite", "file:"+filepath.Join(o.dir, fmt.Sprintf("raw%d.db", writers))+
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate"
	if o.database != "" {
		var err error
		if dsn, err = schema(ctx, o.database, "bench_raw"); err != nil {
			return 0, err
		}
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
	} else {
		db.SetMaxIdleConns(writers)
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE raw (id BIGINT PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		return 0, err
	}
	body, insert := strings.Repeat("x", 500), "INSERT INTO raw (id, body) VALUES ($1, $2)"
	var n atomic.Int64
	return repeat(ctx, writers, o.stretch/2, func() error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, n.Add(1), body); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// repeat runs fn from several goroutines and returns how often a second it was
// done. The first tenth of the time warms up and does not count.
func repeat(ctx context.Context, writers int, d time.Duration, fn func() error) (float64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var n atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if err := fn(); err != nil {
					cancel(err)
					return
				}
				n.Add(1)
			}
		})
	}
	pause(ctx, d/10)
	from, begin := n.Load(), time.Now()
	pause(ctx, d)
	rate := float64(n.Load()-from) / time.Since(begin).Seconds()
	err := context.Cause(ctx)
	cancel(nil)
	wg.Wait()
	return rate, err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
