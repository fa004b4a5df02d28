package app

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// ReadAgain reads what a mail of a conversation arrived as with the reader of today, and
// shows what that makes of it. An original that is gone, and a reading that says nothing
// new, are refused.
func (a *App) ReadAgain(ctx context.Context, id desk.ConversationID, message desk.MessageID) (Result, error) {
	read, err := a.readAgain(ctx, id, message)
	if err != nil {
		return Result{}, err
	}
	return a.Do(ctx, id, desk.ReadAgain{Message: message, Reading: read})
}

// readAgain returns what the reader makes of a mail; nil is of what came another way. Its
// files are stored as bytes, and have no rows yet.
func (a *App) readAgain(ctx context.Context, id desk.ConversationID, message desk.MessageID) (*desk.Message, error) {
	var arrived arrival
	var acc channel.Account
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		if err := mayChange(from(ctx).Actor, &c, desk.ReadAgain{}); err != nil {
			return err
		}
		m, err := tx.MessageByID(message)
		if err != nil {
			return err
		}
		if m.Conversation != id {
			return desk.Errorf(desk.NotFound, "There is no such message in this conversation.")
		}
		if forwardedOf(m).Forwarded != nil {
			return desk.Errorf(desk.Conflict, "A teammate forwarded this mail, and it shows what its author wrote. It cannot be read again.")
		}
		if arrived, err = original(tx, message); err != nil || arrived.entry.ID == 0 {
			return err
		}
		ch, err := tx.Channel(arrived.entry.Channel)
		if err != nil {
			return err
		}
		acc, err = a.account(WorkspaceFrom(ctx), ch)
		return err
	})
	if err != nil || arrived.entry.ID == 0 {
		return nil, err
	}
	f, err := a.open(arrived.entry, arrived.body)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, desk.Errorf(desk.NotFound, "What this arrived as is missing among the files. Restore the data folder from a backup.")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return nil, err
	}
	e := arrived.entry
	all, err := ch.Parse(ctx, acc, channel.Raw{Dedupe: e.Dedupe, ContentType: e.ContentType, Envelope: e.Envelope, Auth: e.Auth, Body: body, At: e.ReceivedAt})
	if err != nil && ctx.Err() == nil {
		return nil, desk.Errorf(desk.Invalid, "%s", err) // of the mail
	}
	if err != nil {
		return nil, err
	}
	ready, err := a.prepare(ctx, all)
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	m := a.messageOf(message, acc, desk.Contact{}, ready[0])
	return &m, nil
}

// saveReading stores what a mail says by a reading, with the files that are new.
func (a *App) saveReading(tx *store.WriteTx, m *desk.Message) error {
	old, err := tx.MessageByID(m.ID)
	if err != nil {
		return err
	}
	there := map[desk.AttachmentID]bool{}
	for _, f := range old.Files {
		there[f.ID] = true
	}
	for _, f := range m.Files {
		if there[f.ID] {
			continue
		}
		if err := tx.InsertAttachment(f, "", a.now()); err != nil {
			return err
		}
	}
	return tx.SaveReading(m)
}
