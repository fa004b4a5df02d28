package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parley/app"
	"parley/store"
)

type reindexCmd struct {
	storage `embed:""`
}

// Run empties the search index and builds it, when no Parley runs on the database;
// else the one that runs builds it.
func (c *reindexCmd) Run(ctx context.Context, log *slog.Logger) (err error) {
	db, blobs, err := c.current(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	a := &app.App{DB: db, Now: time.Now, Log: log, Blobs: blobs}
	release, held := db.Hold(ctx, true)
	if held != nil && db.Name() == "sqlite" {
		return held
	}
	if err := a.Reindex(ctx); err != nil {
		return err
	}
	if held != nil {
		fmt.Println("The search index is empty. The Parley that runs builds it; parley doctor says when it is done.")
		return nil
	}
	defer func() { err = errors.Join(err, release()) }()
	start := time.Now()
	a.Alone = true
	if err := a.IndexNow(ctx); err != nil {
		return err
	}
	var messages, contacts int64
	err = db.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { messages, contacts, err = tx.CountSearch(); return err })
	if err == nil {
		fmt.Printf("%d messages and %d customers can be found. It took %s.\n", messages, contacts, time.Since(start).Round(time.Millisecond))
	}
	return err
}
