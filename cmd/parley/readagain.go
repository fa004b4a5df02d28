package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
)

// readAgainCmd shows mails as the reader of this version reads what they arrived as.
type readAgainCmd struct {
	storage `embed:""`
	Inbox   string    `placeholder:"NAME" help:"The mails of this inbox, by its name or its mail address; without it those of every inbox."`
	Since   time.Time `format:"2006-01-02" placeholder:"YYYY-MM-DD" help:"Only mails that came on this day or later (UTC)."`
}

// readMails counts what became of mails.
type readMails struct{ changed, same, left int }

// Run reads while no Parley runs on the database; on PostgreSQL also beside one.
func (c *readAgainCmd) Run(ctx context.Context, log *slog.Logger) (err error) {
	if c.Inbox == "" && c.Since.IsZero() {
		return desk.Errorf(desk.Invalid, "Say which mails are read again: those of an inbox (--inbox NAME), those that came since a day (--since 2026-05-01), or both.")
	}
	return c.withMails(ctx, log, func(a *app.App) error {
		var of channel.Account
		if c.Inbox != "" {
			if of, err = a.ImportInto(ctx, c.Inbox); err != nil {
				return err
			}
		}
		n, err := readAll(ctx, a, of, c.Since, os.Stdout)
		fmt.Printf("%d mails: %d are shown otherwise now, %d are read as before, %d could not be read again and stay as they are.\n", n.changed+n.same+n.left, n.changed, n.same, n.left)
		return err
	})
}

// readAll reads mails again, and writes which could not be, and how far it is.
func readAll(ctx context.Context, a *app.App, of channel.Account, since time.Time, out io.Writer) (n readMails, err error) {
	said := time.Now()
	err = a.ReadMany(ctx, of, since, func(m desk.MessageID, why error) {
		switch {
		case why == nil:
			n.changed++
		case errors.Is(why, desk.ErrReadAsBefore):
			n.same++
		default:
			n.left++
			fmt.Fprintf(out, "%s: %s\n", m, why)
		}
		if now := time.Now(); now.Sub(said) > 2*time.Second {
			said = now
			fmt.Fprintf(out, "%d mails, %d of them shown otherwise now\n", n.changed+n.same+n.left, n.changed)
		}
	})
	return n, err
}
