package app

import (
	"context"
	"slices"

	"parley/desk"
	"parley/store"
)

// tagContact says which tags a contact has. What a new one of them means for their
// open matters, in any inbox, follows at once (F1-16).
func (a *App) tagContact(ctx context.Context, tx *store.WriteTx, id desk.ContactID, tags []desk.TagID) error {
	had, err := tx.ContactTags(id)
	if err != nil {
		return err
	}
	if err := tx.SetContactTags(id, tags); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(tags), func(tag desk.TagID) bool { return slices.Contains(had, tag) })
	if len(fresh) == 0 {
		return nil
	}
	ws := WorkspaceFrom(ctx)
	all := tx.In(store.Scope{Workspace: ws})
	theirs, err := all.ContactConversations(id, 200)
	if err != nil {
		return err
	}
	for _, c := range theirs {
		if !c.Active() {
			continue
		}
		now, err := all.Conversation(c.ID)
		if err != nil {
			return err
		}
		if _, err := a.execute(System(ctx, ws), all, &now, []desk.Command{desk.ContactTagged{Tags: fresh}}); err != nil {
			return err
		}
	}
	return nil
}
