package app

import (
	"context"
	"errors"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// readTogether is how many mails are looked for at once.
const readTogether = 200

// ReadMany reads mails again, one after the other, that came since a moment (the zero
// time is any) into the inbox of a channel, or with the zero channel into all. It tells
// each of what became of a mail: nil where it is shown otherwise now,
// desk.ErrReadAsBefore where nothing changed, or why it stays as it is. What is not of
// one mail ends it. A run that was interrupted is begun again without harm.
func (a *App) ReadMany(ctx context.Context, of channel.Account, since time.Time, each func(desk.MessageID, error)) error {
	all := []desk.WorkspaceID{of.Workspace}
	if of.ID == 0 {
		if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { all, err = tx.Workspaces(); return err }); err != nil {
			return err
		}
	}
	for _, ws := range all {
		if err := a.readMany(System(ctx, ws), of.Inbox, since, each); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) readMany(ctx context.Context, inbox desk.InboxID, since time.Time, each func(desk.MessageID, error)) error {
	var last desk.RawEventID
	for {
		var some []store.Arrived
		err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { some, err = tx.Arrivals(inbox, since, last, readTogether); return err })
		if err != nil || len(some) == 0 {
			return err
		}
		for _, m := range some {
			_, err := a.ReadAgain(ctx, m.Conversation, m.Message)
			if _, refused := errors.AsType[*desk.Error](err); ctx.Err() != nil || err != nil && !refused {
				return errors.Join(ctx.Err(), err)
			}
			each(m.Message, err)
			last = m.Raw
		}
	}
}
