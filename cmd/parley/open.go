package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"parley/app"
	"parley/desk"
	"parley/effect"
	"parley/internal/blob"
	"parley/internal/secret"
	"parley/store"
)

// open opens the database, the files and the keys, and brings the schema up to date.
func (s storage) open(ctx context.Context, log *slog.Logger) (*app.App, error) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return nil, desk.Errorf(desk.Invalid, "The data folder %s cannot be made: %s", s.Data, err)
	}
	url := s.Database
	if url == "" {
		url = filepath.Join(s.Data, "parley.db")
	}
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(s.Data, "files"))
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	a := &app.App{DB: db, Now: time.Now, Log: log, Blobs: blobs, Keys: keys, Feed: app.NewBell(), Jobs: app.NewBell()}
	a.Effects = []app.Effect{effect.Deliver{App: a}, effect.Notify{App: a}, effect.Welcome{App: a}}
	return a, nil
}

func (s storage) keys() (*secret.Keys, error) {
	if s.Key != "" {
		return secret.Parse(s.Key)
	}
	return secret.Load(filepath.Join(s.Data, "master.key"))
}

// networks reads the private networks that Parley may reach.
func networks(allow []string) (prefixes []netip.Prefix, err error) {
	for _, text := range allow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, desk.Errorf(desk.Invalid, "%q in the allowed networks is not one like 10.1.0.0/16.", text)
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}
