package app

import (
	"context"
	"slices"
	"strings"

	"parley/desk"
	"parley/store"
)

// DraftState is a draft with its files and with who else sees it.
type DraftState struct {
	store.Draft
	Owner      desk.UserID
	SharedWith []desk.UserID
}

// maxDraftReaders is how many teammates one draft is shown to, at most.
const maxDraftReaders = 20

// SaveDraft keeps what the actor has begun to write. A draft that was changed
// elsewhere since revision is a conflict that carries it: two tabs never write
// over each other. Files that are there no more are left out.
func (a *App) SaveDraft(ctx context.Context, d store.Draft) (saved DraftState, err error) {
	act := from(ctx)
	err = a.write(ctx, func(tx *store.WriteTx) error {
		if _, err := tx.PeekConversation(d.Conversation); err != nil {
			return err
		}
		current, err := tx.Draft(d.Conversation, d.Mode)
		if err != nil {
			return err
		}
		if current.Revision != d.Revision {
			return &desk.Error{Kind: desk.Conflict, Message: "This draft was changed in another window.", Details: map[string]any{
				"text": current.Text, "header": current.Header, "attachment_ids": current.Files, "revision": current.Revision,
			}}
		}
		saved = DraftState{Draft: d, Owner: act.User}
		saved.Text, saved.Revision, saved.UpdatedAt = desk.Clean(d.Text), d.Revision+1, a.now()
		if saved.Files, err = tx.HoldUploads(d.Files, Uploader(act.Actor)); err != nil {
			return err
		}
		stored, err := tx.SaveDraft(saved.Draft)
		if err == nil && !stored {
			return errLost
		}
		if err != nil {
			return err
		}
		saved.SharedWith, err = tx.DraftShares(d.Conversation, d.Mode)
		return err
	})
	return saved, err
}

// DeleteDraft drops the actor's draft unless it was changed since a revision (0 is
// any), and returns who saw it; nobody when it stayed.
func (a *App) DeleteDraft(ctx context.Context, conversation desk.ConversationID, mode string, revision int64) (seen []desk.UserID, err error) {
	user := from(ctx).User
	err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error {
		if _, err := tx.PeekConversation(conversation); err != nil {
			return err
		}
		gone, err := tx.DeleteDraft(conversation, mode, revision)
		if err != nil || !gone {
			return err
		}
		if seen, err = tx.DraftShares(conversation, mode); err != nil || len(seen) == 0 {
			return err
		}
		return tx.ShareDraft(conversation, mode, user, nil, a.now())
	})
	return seen, err
}

// ShareDraft shows the actor's draft to these teammates and to nobody else. Whoever
// is asked for the first time is told.
func (a *App) ShareDraft(ctx context.Context, conversation desk.ConversationID, mode string, with []desk.UserID) (shared DraftState, before []desk.UserID, err error) {
	act := from(ctx)
	with = slices.Compact(slices.Sorted(slices.Values(with)))
	if len(with) > maxDraftReaders {
		return shared, nil, desk.Errorf(desk.Invalid, "A draft can be shared with %d teammates. Write a note to reach more.", maxDraftReaders)
	}
	staff, err := a.members(ctx)
	if err != nil {
		return shared, nil, err
	}
	err = a.write(ctx, func(tx *store.WriteTx) error {
		c, err := tx.PeekConversation(conversation)
		if err != nil {
			return err
		}
		d, err := tx.Draft(conversation, mode)
		if err != nil {
			return err
		}
		if d.Revision == 0 {
			return desk.Errorf(desk.Conflict, "There is no draft to share yet. Write something first.")
		}
		if before, err = tx.DraftShares(conversation, mode); err != nil {
			return err
		}
		for _, user := range with {
			if err := mayContinue(staff, user, act.User, c); err != nil {
				return err
			}
		}
		if err := tx.ShareDraft(conversation, mode, act.User, with, a.now()); err != nil {
			return err
		}
		for _, user := range with {
			if slices.Contains(before, user) {
				continue
			}
			if err := a.askToLook(ctx, tx, conversation, desk.DraftShared{User: user, Owner: act.User, Mode: mode}); err != nil {
				return err
			}
		}
		shared = DraftState{Draft: d, Owner: act.User, SharedWith: with}
		return nil
	})
	return shared, before, err
}

// mayContinue refuses somebody who could not send what they are shown.
func mayContinue(staff []desk.Member, user, owner desk.UserID, c desk.Conversation) error {
	at := slices.IndexFunc(staff, func(m desk.Member) bool { return m.User == user })
	switch {
	case user == owner:
		return desk.Errorf(desk.Invalid, "This draft is yours already. Choose a teammate.")
	case at < 0 || !staff[at].Active:
		return desk.Errorf(desk.NotFound, "There is no such member here.")
	case !staff[at].Role.May(desk.MayAnswer) || !staff[at].Actor().SeesKept(c.Keeping()):
		return desk.Errorf(desk.Invalid, "%s cannot answer in this conversation. Mention them in a note instead.", staff[at].Name)
	}
	return nil
}

// askToLook records that somebody was asked, from which they are told.
func (a *App) askToLook(ctx context.Context, tx *store.WriteTx, c desk.ConversationID, f desk.DraftShared) error {
	e := desk.Event{
		Workspace: tx.Scope().Workspace, Conversation: c, At: a.now(), By: ActorFrom(ctx), Command: desk.CommandID(a.number()), Fact: f,
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	return a.enqueue(tx, desk.Conversation{}, e)
}

// TakeDraft makes a teammate's draft that the actor is shown the actor's own, before
// whatever they have written themselves. The teammate, and whoever else saw it, see
// how it goes on; they are returned.
func (a *App) TakeDraft(ctx context.Context, conversation desk.ConversationID, mode string, owner desk.UserID) (taken DraftState, err error) {
	act := from(ctx)
	err = a.write(ctx, func(tx *store.WriteTx) error {
		if _, err := tx.PeekConversation(conversation); err != nil {
			return err
		}
		theirs := tx.In(store.Scope{Workspace: act.Workspace, User: owner})
		var mine, d store.Draft
		// In one order, whoever takes from whom: of two who take from each other one waits.
		for _, user := range slices.Sorted(slices.Values([]desk.UserID{owner, act.User})) {
			if user == owner {
				d, err = theirs.Draft(conversation, mode)
			} else {
				mine, err = tx.Draft(conversation, mode)
			}
			if err != nil {
				return err
			}
		}
		readers, err := tx.DraftReaders(conversation, mode, owner)
		if err != nil {
			return err
		}
		if d.Revision == 0 || !slices.Contains(readers, act.User) {
			return desk.Errorf(desk.NotFound, "This draft is not there any more: it was sent, thrown away, or is shared with you no longer.")
		}
		others, err := tx.DraftShares(conversation, mode)
		if err != nil {
			return err
		}
		taken = DraftState{Draft: d, Owner: act.User}
		taken.Text = strings.Join(slices.DeleteFunc([]string{d.Text, mine.Text}, func(s string) bool { return strings.TrimSpace(s) == "" }), "\n\n")
		if !mine.Header.Empty() {
			taken.Header = mine.Header
		}
		taken.Files = append(slices.Clone(d.Files), mine.Files...)
		taken.Revision, taken.UpdatedAt = mine.Revision+1, a.now()
		taken.SharedWith = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(slices.Concat(readers, others, []desk.UserID{owner})))),
			func(u desk.UserID) bool { return u == act.User })
		if err := tx.HandUploads(d.Files, Uploader(desk.Actor{Kind: desk.ActorUser, User: owner}), Uploader(act.Actor)); err != nil {
			return err
		}
		if gone, err := theirs.DeleteDraft(conversation, mode, d.Revision); err != nil || !gone {
			return orLost(err)
		}
		if stored, err := tx.SaveDraft(taken.Draft); err != nil || !stored {
			return orLost(err)
		}
		if err := tx.ShareDraft(conversation, mode, owner, nil, a.now()); err != nil {
			return err
		}
		return tx.ShareDraft(conversation, mode, act.User, taken.SharedWith, a.now())
	})
	return taken, err
}

// orLost is an error, or else that another transaction was first.
func orLost(err error) error {
	if err != nil {
		return err
	}
	return errLost
}
