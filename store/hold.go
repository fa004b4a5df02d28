package store

import (
	"context"
	"errors"
	"os"

	"parley/desk"
)

// Hold says that this process uses the database until release: alone, or beside
// others that do not need to be alone. It is refused with an error of kind
// Conflict while another process stands against it, and ends with the process.
// On SQLite every server is alone: it takes over the jobs of one that is gone,
// so two would send everything twice.
func (db *DB) Hold(ctx context.Context, alone bool) (release func() error, err error) {
	return db.hold(ctx, alone)
}

var errHeld = desk.Errorf(desk.Conflict, "Another Parley uses this database. Stop it first.")

func (l *lite) hold(_ context.Context, _ bool) (func() error, error) {
	f, err := os.OpenFile(l.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	ok, err := lockFile(f)
	if err == nil && !ok {
		err = errHeld
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// hold takes an advisory lock of the schema on a connection of its own.
func (p *postgres) hold(ctx context.Context, alone bool) (func() error, error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, p.translate(err)
	}
	name := "pg_try_advisory_lock_shared"
	if alone {
		name = "pg_try_advisory_lock"
	}
	var ok bool
	err = conn.QueryRow(ctx, `SELECT `+name+`(hashtextextended('parley ' || current_schema(), 0))`).Scan(&ok)
	if err == nil && !ok {
		err = errHeld
	}
	if err != nil {
		conn.Release()
		return nil, err
	}
	return func() error {
		defer conn.Release()
		_, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_all()`)
		return err
	}, nil
}
