package app

import (
	"context"
	"io"
	"time"

	"parley/desk"
	"parley/store"
)

// Original returns what a mail of a conversation that the actor sees arrived as,
// and its message. What came another way has none: an error of kind NotFound.
func (a *App) Original(ctx context.Context, id desk.MessageID) (io.ReadCloser, desk.Message, error) {
	var m desk.Message
	var k arrival
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		if m, err = tx.MessageByID(id); err != nil {
			return err
		}
		if k, err = original(tx, id); err == nil && (k.entry.ID == 0 || !m.DeletedAt.IsZero()) { // of what was removed it goes too
			err = desk.Errorf(desk.NotFound, "There is no original of this message.")
		}
		return err
	})
	if err != nil {
		return nil, m, err
	}
	f, err := a.open(k.entry, k.body)
	return f, m, err
}

// arrival is what a mail arrived as, with the bytes that are in its row.
type arrival struct {
	entry store.RawEvent
	body  []byte
}

// original returns what a message arrived as; none of what came another way, as JSON
// does, which is no mail.
func original(tx *store.Tx, id desk.MessageID) (k arrival, err error) {
	e, err := tx.RawOf(id)
	if desk.KindOf(err) == desk.NotFound && err != nil || err == nil && e.ContentType != "message/rfc822" {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	if err := dropped(e); err != nil {
		return k, err
	}
	k.entry = e
	k.body, err = tx.RawBody(e.ID)
	return k, err
}

// dropped is why the bytes of an entry are not there, nil while they are.
func dropped(entry store.RawEvent) error {
	if entry.DroppedAt.IsZero() {
		return nil
	}
	return desk.Errorf(desk.NotFound, "What this arrived as was deleted on %s, as the settings of its inbox say.", entry.DroppedAt.UTC().Format(time.DateOnly))
}

// CleanOriginals deletes what messages arrived as where an inbox keeps it for some days
// only, and a day later the files that nothing else names.
func (a *App) CleanOriginals(ctx context.Context) error {
	var workspaces []desk.WorkspaceID
	if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { workspaces, err = tx.Workspaces(); return err }); err != nil {
		return err
	}
	for _, ws := range workspaces {
		scope := store.Scope{Workspace: ws}
		var inboxes []desk.Inbox
		if err := a.DB.Look(ctx, scope, func(tx *store.Tx) (err error) { inboxes, err = tx.Inboxes(); return err }); err != nil {
			return err
		}
		for _, i := range inboxes {
			if err := a.cleanOriginals(ctx, scope, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *App) cleanOriginals(ctx context.Context, scope store.Scope, inbox desk.Inbox) error {
	now, days := a.now(), inbox.Settings.OriginalDays
	for more := days > 0; more && ctx.Err() == nil; {
		err := a.DB.Write(ctx, scope, func(tx *store.WriteTx) (err error) {
			more, err = tx.DropOriginals(inbox.ID, now.AddDate(0, 0, -days), now, cleanAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
