package app

import (
	"context"
	"io"

	"parley/desk"
	"parley/store"
)

// Original returns what a mail of a conversation that the actor sees arrived as,
// and its message. What came another way has none: an error of kind NotFound.
func (a *App) Original(ctx context.Context, id desk.MessageID) (io.ReadCloser, desk.Message, error) {
	var m desk.Message
	var entry store.RawEvent
	var body []byte
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		if m, err = tx.MessageByID(id); err != nil {
			return err
		}
		// Of what was removed the original goes too, and what came as JSON is no mail.
		if entry, err = tx.RawOf(m.ID); err != nil || !m.DeletedAt.IsZero() || entry.ContentType != "message/rfc822" {
			return desk.Errorf(desk.NotFound, "There is no original of this message.")
		}
		body, err = tx.RawBody(entry.ID)
		return err
	})
	if err != nil {
		return nil, m, err
	}
	f, err := a.open(entry, body)
	return f, m, err
}
