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
	"parley/internal/mbox"
	"parley/store"
)

// importCmd brings what was kept elsewhere.
type importCmd struct {
	Mbox importMboxCmd `cmd:"" help:"Bring the mails of an mbox file into an inbox, as conversations of the days that they are from. Nobody is told and nothing is sent; run again, it goes on where it was."`
}

type importMboxCmd struct {
	storage `embed:""`
	File    string `arg:"" type:"existingfile" help:"The mbox file."`
	Inbox   string `required:"" placeholder:"NAME" help:"The inbox, by its name or its mail address."`
	Status  string `enum:"closed,open" default:"closed" help:"What the conversations are that it makes: closed, or open to be worked on. Those that are there keep theirs."`
}

// Of each mail at most so many bytes are read.
const maxImported = 50 << 20

// imported counts what became of the mails of a file.
type imported struct{ mails, taken, there, left int }

// Run imports while no Parley runs on the database; on PostgreSQL also beside one.
func (c *importMboxCmd) Run(ctx context.Context, log *slog.Logger) (err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var n imported
	err = c.withMails(ctx, log, func(a *app.App) error {
		into, err := a.ImportInto(ctx, c.Inbox)
		if err != nil {
			return err
		}
		n, err = importAll(ctx, a, into, c.Status == "open", mbox.New(f, info.Size(), maxImported), info.Size(), os.Stdout)
		fmt.Printf("%d mails: %d taken in, %d were there already, %d could not be taken in.\n", n.mails, n.taken, n.there, n.left)
		return err
	})
	if err == nil && n.left > 0 {
		return errSaid
	}
	return err
}

// importAll takes in one mail after the other, and writes what could not be taken in,
// and how far it is.
func importAll(ctx context.Context, a *app.App, into channel.Account, open bool, r *mbox.Reader, size int64, out io.Writer) (n imported, err error) {
	said := time.Now()
	for {
		mail, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil && !errors.Is(err, mbox.ErrTooLarge) {
			return n, err
		}
		n.mails++
		var got app.Received
		if err == nil {
			got, err = a.Import(ctx, into, mail, open)
		}
		switch {
		case ctx.Err() != nil:
			return n, ctx.Err()
		case err != nil && !errors.Is(err, mbox.ErrTooLarge) && desk.KindOf(err) == desk.Internal:
			return n, fmt.Errorf("mail %d of the file: %w", n.mails, err) // not of the mail: the next would fail as well
		case err != nil:
			n.left++
			fmt.Fprintf(out, "mail %d, before byte %d: %s\n", n.mails, r.At(), err)
		case got.State == store.RawDuplicate:
			n.there++
		default:
			n.taken++
		}
		if now := time.Now(); now.Sub(said) > 2*time.Second {
			said = now
			fmt.Fprintf(out, "%d mails, %d %% of the file\n", n.mails, r.At()*100/max(size, 1))
		}
	}
}
