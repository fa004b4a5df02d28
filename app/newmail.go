package app

import (
	"context"

	"parley/desk"
	"parley/store"
)

// maxNewMails is how many mails somebody may have begun in one workspace.
const maxNewMails = 100

// SaveNewMail keeps a mail to somebody that the actor has begun. One that was changed
// elsewhere since revision is a conflict that carries it. Files that are there no
// more are left out.
func (a *App) SaveNewMail(ctx context.Context, m store.NewMail) (saved store.NewMail, err error) {
	act := from(ctx)
	err = a.write(ctx, func(tx *store.WriteTx) error {
		current, err := tx.NewMail(m.Name)
		if err != nil {
			return err
		}
		if current.Revision != m.Revision {
			return &desk.Error{Kind: desk.Conflict, Message: "This mail was changed in another window. Look at it again.", Details: map[string]any{"revision": current.Revision}}
		}
		if current.Revision == 0 {
			all, err := tx.NewMails()
			if err != nil {
				return err
			}
			if len(all) >= maxNewMails {
				return desk.Errorf(desk.Conflict, "You have begun %d mails. Send one of them first, or discard it.", len(all))
			}
		}
		if err := newMailPlaces(tx, m); err != nil {
			return err
		}
		saved = m
		saved.Text, saved.Subject, saved.Revision, saved.UpdatedAt = desk.Clean(m.Text), desk.Line(m.Subject, desk.MaxSubject), m.Revision+1, a.now()
		if saved.Files, err = tx.HoldUploads(m.Files, Uploader(act.Actor)); err != nil {
			return err
		}
		if stored, err := tx.SaveNewMail(saved); err != nil || !stored {
			return orLost(err)
		}
		return nil
	})
	return saved, err
}

// newMailPlaces refuses an inbox, a channel or a customer that the actor does not see.
func newMailPlaces(tx *store.WriteTx, m store.NewMail) error {
	if m.Inbox != 0 {
		if _, err := tx.Inbox(m.Inbox); err != nil {
			return err
		}
		if !tx.Scope().Sees(m.Inbox) {
			return desk.Errorf(desk.NotFound, "There is no such inbox here.")
		}
	}
	if m.Channel != 0 {
		if _, err := startChannel(tx, Start{Inbox: m.Inbox, Channel: m.Channel}); err != nil {
			return err
		}
	}
	if m.Contact == 0 {
		return nil
	}
	_, err := tx.Contact(m.Contact)
	return err
}

// DeleteNewMail drops a mail that the actor has begun: it was sent, or is not wanted.
func (a *App) DeleteNewMail(ctx context.Context, name string) error {
	return a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.DeleteNewMail(name) })
}
