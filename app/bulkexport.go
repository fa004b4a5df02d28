package app

import (
	"context"

	"parley/desk"
	"parley/store"
)

// Exported returns an export that is done and may be written to a file.
func (a *App) Exported(ctx context.Context, id desk.BulkID) (b store.Bulk, err error) {
	err = a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if b, err = tx.Bulk(id); err != nil {
			return err
		}
		switch {
		case !b.Action.Export || b.State == store.BulkPreparing:
			return desk.Errorf(desk.NotFound, "There is no such export here.")
		case b.State == store.BulkReviewed:
			return desk.Errorf(desk.Conflict, "Confirm this export first.")
		case b.State == store.BulkRunning:
			return desk.Errorf(desk.Conflict, "This export is not done yet. Try again in a moment.")
		}
		return nil
	})
	return b, err
}

// ExportBulk calls fn for the conversations of an export, some at a time: those that
// the actor may still see and export.
func (a *App) ExportBulk(ctx context.Context, id desk.BulkID, fn func(*store.Tx, []desk.Conversation) error) error {
	by := from(ctx).Actor
	p := store.BulkPage{State: store.ItemDone, Limit: bulkPage}
	for {
		n := 0
		err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
			items, err := tx.BulkItems(id, p)
			if err != nil || len(items) == 0 {
				return err
			}
			n, p.After = len(items), items[len(items)-1].Position
			ids := make([]desk.ConversationID, len(items))
			for i, item := range items {
				ids[i] = item.Conversation
			}
			found, err := tx.Conversations(ids)
			if err != nil {
				return err
			}
			there := map[desk.ConversationID]desk.Conversation{}
			for _, c := range found {
				there[c.ID] = c
			}
			w := &world{WriteTx: tx.Dry(), app: a, now: a.now(), by: by}
			var all []desk.Conversation
			for _, c := range ids {
				c, ok := there[c]
				if !ok {
					continue
				}
				if err := w.mayExport(c); err == nil {
					all = append(all, c)
				} else if desk.KindOf(err) == desk.Internal {
					return err
				}
			}
			return fn(tx, all)
		})
		if err != nil || n < p.Limit {
			return err
		}
	}
}
