package app

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"parley/desk"
	"parley/store"
)

// builtLasts is how long what was made of a message is kept at least: a bounce, or a
// person who wants it sent again, may come soon after it was sent.
const builtLasts = time.Hour

// builtBytes returns what an earlier try made of a message; nil when there was none.
func (a *App) builtBytes(ctx context.Context, r store.OutgoingRaw) ([]byte, error) {
	if r.Hash != "" {
		return a.Blobs.ReadAll(ctx, r.Hash)
	}
	return r.Body, nil
}

// keepBuilt stores what a channel is about to hand over.
func (a *App) keepBuilt(ctx context.Context, id desk.MessageID, built []byte) (err error) {
	r := store.OutgoingRaw{Message: id, Body: built, Size: int64(len(built)), At: a.now()}
	if len(built) > inRow {
		if r.Hash, r.Size, err = a.Blobs.Put(ctx, bytes.NewReader(built), r.Size); err != nil {
			return fmt.Errorf("store what is sent: %w", err)
		}
		r.Body = nil
	}
	return a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.KeepOutgoing(r) })
}

// DropBuilt forgets what was made of a message that did not go out: the next try
// makes it anew.
func (a *App) DropBuilt(ctx context.Context, id desk.MessageID) error {
	return a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.DropOutgoing(id, a.now()) })
}

// CleanBuilt forgets what was made of messages whose outcome is known. It looks
// before it writes.
func (a *App) CleanBuilt(ctx context.Context) error {
	now := a.now()
	before, found := now.Add(-builtLasts), false
	if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { found, err = tx.HasSettled(before); return err }); err != nil || !found {
		return err
	}
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.DropSettled(before, now) })
}
