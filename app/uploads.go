package app

import (
	"context"
	"time"

	"parley/store"
)

// How long an upload that nobody sends is kept, and how long its bytes are after
// that. A backup, or whoever puts the same bytes again, is through long before.
const (
	uploadsLast = 24 * time.Hour
	filesLast   = 24 * time.Hour
	cleanEvery  = time.Hour
	cleanAtOnce = 100
)

// Clean removes uploads that were never sent, the bytes of mails that were, and those
// of what arrived that an inbox keeps no longer, and looks whether the keys that sign
// mail are still in the DNS, every hour until ctx ends. What is to be done is in the
// database: it goes on wherever another process stopped.
func (a *App) Clean(ctx context.Context) error {
	tick := time.NewTicker(cleanEvery)
	defer tick.Stop()
	for {
		if err := a.CleanBuilt(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("remove mails that were sent", "err", err)
		}
		if err := a.CleanOriginals(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("delete what messages arrived as", "err", err)
		}
		if err := a.RecheckDKIM(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("look for the keys that sign mail", "err", err)
		}
		if err := a.CleanUploads(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("remove uploads that were never sent", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// CleanUploads removes uploads older than a day that belong to no message and are in
// no draft, and a day later their bytes, unless something else has the same. It looks
// before it writes.
func (a *App) CleanUploads(ctx context.Context) error {
	now := a.now()
	before := now.Add(-uploadsLast)
	found := false
	if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { found, err = tx.HasFree(before); return err }); err != nil {
		return err
	}
	var at store.FreePlace
	for more := found; more && ctx.Err() == nil; {
		err := a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) {
			at, more, err = tx.DropUploads(at, before, now, cleanAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return a.cleanFiles(ctx, now.Add(-filesLast))
}

// cleanFiles removes the bytes of uploads that went before a moment.
func (a *App) cleanFiles(ctx context.Context, before time.Time) error {
	after := ""
	for ctx.Err() == nil {
		var hashes []string
		if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { hashes, err = tx.UnusedFiles(after, before, cleanAtOnce); return err }); err != nil {
			return err
		}
		for _, hash := range hashes {
			after = hash
			if err := a.cleanFile(ctx, hash, before); err != nil {
				return err
			}
		}
		if len(hashes) < cleanAtOnce {
			return nil
		}
	}
	return nil
}

// cleanFile removes a file that nothing names. Whoever is about to name it has put
// its bytes a moment ago: then it stays, and is looked at again.
func (a *App) cleanFile(ctx context.Context, hash string, before time.Time) error {
	named := false
	if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { named, err = tx.Names(hash); return err }); err != nil {
		return err
	}
	if !named {
		if gone, err := a.Blobs.Remove(hash, before); err != nil || !gone {
			return err
		}
	}
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.ForgetUnused(hash) })
}
