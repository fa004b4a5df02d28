package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"parley/app"
	"parley/backup"
	"parley/desk"
	"parley/effect"
	"parley/internal/blob"
	"parley/internal/secret"
	"parley/responder"
	"parley/store"
)

// open opens the database, the files and the keys, and brings the schema up to
// date, after a snapshot of what is there.
func (s storage) open(ctx context.Context, log *slog.Logger) (*app.App, error) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return nil, desk.Errorf(desk.Invalid, "The data folder %s cannot be made: %s", s.Data, err)
	}
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(s.Data, "files"))
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.url())
	if err != nil {
		return nil, err
	}
	snap, err := backup.Upgrade(ctx, db, s.snapshots(), version, time.Now())
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if snap.Path != "" {
		log.Info("the database was upgraded", "from", snap.Schema, "to", snap.To, "snapshot", snap.Path)
	}
	a := &app.App{DB: db, Now: time.Now, Log: log, Blobs: blobs, Keys: keys, Feed: app.NewBell(), Written: app.NewBell()}
	a.Effects = []app.Effect{effect.Deliver{App: a}, effect.Notify{App: a}, effect.Replied{App: a}, effect.Release{App: a}, effect.Digest{App: a}, effect.Welcome{App: a}, effect.Survey{App: a},
		effect.Wake{App: a}, effect.Woken{App: a}, effect.AutoClose{App: a}, effect.AutoArchive{App: a},
		effect.Answer{App: a, Agents: []responder.Responder{responder.Script{}}},
		effect.AutoAssign{App: a}, effect.Leave{App: a}, effect.Ailing{App: a}, effect.Handover{App: a}, effect.Remind{App: a},
		effect.PromiseTimer{App: a}, effect.PromiseTell{App: a}, effect.PromiseRecompute{App: a}, effect.HandUp{App: a}, effect.Bulk{App: a}, effect.Dispatch{App: a}, effect.Held{App: a},
	}
	return a, nil
}

// url is the address of the database.
func (s storage) url() string {
	if s.Database != "" {
		return s.Database
	}
	return filepath.Join(s.Data, "parley.db")
}

// snapshots is where the database is kept as it was before upgrades.
func (s storage) snapshots() string { return filepath.Join(s.Data, "snapshots") }

// look opens an install as it is: nothing is made, nothing migrated. A Parley
// may use it meanwhile.
func (s storage) look(ctx context.Context) (*store.DB, *blob.Store, error) {
	if path := store.SQLitePath(s.url()); path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, nil, desk.Errorf(desk.NotFound, "There is no database %s. Say where the install is: --data, or --database.", path)
		}
	}
	blobs, err := blob.Open(filepath.Join(s.Data, "files"))
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, s.url())
	return db, blobs, err
}

// current is look for what needs the schema of this program.
func (s storage) current(ctx context.Context) (*store.DB, *blob.Store, error) {
	db, blobs, err := s.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	schema, err := db.Schema(ctx)
	if err == nil {
		err = schema.Newer()
	}
	if err == nil && schema.Current < schema.Target {
		err = desk.Errorf(desk.Conflict, "The database is at version %d, and this Parley works with %d. Upgrade it first: parley migrate.", schema.Current, schema.Target)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, blobs, nil
}

// existingKeys returns the master key of an install, without making one.
func (s storage) existingKeys() (*secret.Keys, error) {
	if s.Key == "" {
		if _, err := os.Stat(filepath.Join(s.Data, "master.key")); err != nil {
			return nil, desk.Errorf(desk.NotFound, "There is no master key in %s. Give it with --key, or say where the install is: --data.", s.Data)
		}
	}
	return s.keys()
}

func (s storage) keys() (*secret.Keys, error) {
	if s.Key != "" {
		return secret.Parse(s.Key)
	}
	return secret.Load(filepath.Join(s.Data, "master.key"))
}
