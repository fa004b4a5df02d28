package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/app"
	"parley/channel"
	"parley/channel/email"
)

// withMails runs fn, which takes mails in or reads them, on an install while no Parley
// runs on its database; on PostgreSQL also beside one. What fn changed can be searched
// when it returns, unless a Parley runs, which sees to that.
func (s storage) withMails(ctx context.Context, log *slog.Logger, fn func(*app.App) error) (err error) {
	a, err := s.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.DB.Close()) }()
	release, held := a.DB.Hold(ctx, true)
	if held != nil && a.DB.Name() == "sqlite" {
		return held
	}
	if held == nil {
		defer func() { err = errors.Join(err, release()) }()
	}
	a.Channels = []channel.Channel{email.New(email.Options{Key: a.Keys.Derive("mail"), Log: log, Now: time.Now})}
	if err := fn(a); err != nil || held != nil {
		return err
	}
	a.Alone = true
	return a.IndexNow(ctx)
}
