package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parley/backup"
)

type migrateCmd struct {
	storage  `embed:""`
	Rollback bool `help:"Put back the snapshot that the last upgrade took. Stop Parley first, and start the Parley of then afterwards."`
	Discard  bool `help:"With --rollback: throw away what was written since the snapshot."`
}

// Run migrates the database, or puts back how it was before.
func (c *migrateCmd) Run(ctx context.Context, log *slog.Logger) error {
	if c.Rollback {
		return c.rollback(ctx)
	}
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	fmt.Println("The database is up to date.")
	return a.DB.Close()
}

func (c *migrateCmd) rollback(ctx context.Context) error {
	db, _, err := c.look(ctx)
	if err != nil {
		return err
	}
	schema, err := db.Schema(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	r, err := backup.Rollback(ctx, db, c.url(), c.snapshots(), c.Discard, time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("The database is at version %d again, as it was on %s. The one of version %d is kept as %s.\nStart the Parley of then: this one would upgrade it again.\n",
		r.Schema, r.At.Format(time.DateTime+" MST"), schema.Current, r.Kept)
	return nil
}
