package app

import (
	"context"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// together gives the parts of one command to the conversations that it concerns,
// all or none. Their customer and they are locked before the first is looked at, the
// newest first: two commands about the same ones wait for each other and never forever.
func (a *App) together(ctx context.Context, tx *store.WriteTx, id desk.ConversationID, parts []desk.Part) (r Result, err error) {
	var ids []desk.ConversationID
	for _, p := range parts {
		if p.Conversation != 0 {
			ids = append(ids, p.Conversation)
		}
	}
	own, err := tx.PeekConversation(id)
	if err != nil {
		return r, err
	}
	// The customer first, as intake does, and as an undo asks whether they are blocked.
	if _, err := tx.In(store.Scope{Workspace: own.Workspace}).LockContact(own.Contact); err != nil {
		return r, err
	}
	if err := tx.LockConversations(ids); err != nil {
		return r, err
	}
	if own, err = tx.PeekConversation(id); err != nil {
		return r, err
	}
	act := from(ctx)
	if err := mayChange(act.Actor, &own, desk.Undo{}); err != nil { // before what is said of the others
		return r, err
	}
	if done, again, err := a.before(tx, act, &own, nil, r); again || err != nil {
		return done, err
	}
	act.command = desk.CommandID(a.number())
	var other desk.ConversationID
	for _, p := range parts {
		done, err := a.part(ctx, tx, act, id, p)
		if err != nil {
			return r, err
		}
		act.along = append(act.along, done.Events...)
		if p.Conversation == id {
			r = done
		} else if !p.Follows {
			other = done.Conversation.ID
		}
	}
	r.Other = other
	for _, e := range act.along {
		r.Undoable = r.Undoable && desk.Undoable(e.Fact)
	}
	return r, a.remember(tx, from(ctx), r)
}

// part gives one conversation its part of a command. What only follows from the
// others the system does, also where the actor does not look.
func (a *App) part(ctx context.Context, tx *store.WriteTx, act acting, id desk.ConversationID, p desk.Part) (Result, error) {
	act.request = request{} // remembered once everything is done
	if p.Conversation != id {
		act.job, act.finished = nil, nil
	}
	if p.Follows {
		act.Actor = desk.Actor{Kind: desk.ActorSystem}
		tx = tx.In(store.Scope{Workspace: act.Workspace})
	}
	ctx = context.WithValue(ctx, key{}, act)
	if p.Conversation == 0 {
		return a.execute(ctx, tx, nil, p.Commands)
	}
	old, err := tx.PeekConversation(p.Conversation)
	if err != nil {
		return Result{}, err
	}
	return a.execute(ctx, tx, &old, p.Commands)
}

// heir finds the conversation that takes the place of one that has ended, and says
// so in the one that ended (2.3).
func (a *App) heir(tx *store.WriteTx, old *desk.Conversation, r *Result, now time.Time) (desk.ConversationID, error) {
	if old == nil || !desk.Leaves(*old, r.Conversation) {
		return 0, nil
	}
	for _, e := range r.Events {
		if f, ok := e.Fact.(desk.Succeeded); ok && !f.Back {
			return 0, nil // an undo puts back the one that it had
		}
	}
	all := tx.In(store.Scope{Workspace: old.Workspace})
	id, err := all.Heir(*old, desk.HeirSince(r.Conversation, r.Events))
	if err != nil || id == 0 {
		return 0, err
	}
	if into := r.Conversation.MergedInto; into != 0 {
		c, err := all.PeekConversation(into)
		if err != nil {
			return 0, err
		}
		if c.Active() && !c.Primary && c.Grouping == desk.PerContact && c.OpenScope == old.OpenScope {
			id = into // it goes on there
		}
	}
	last := r.Events[len(r.Events)-1]
	e := desk.Event{
		Workspace: old.Workspace, Conversation: old.ID, Version: r.Conversation.Version + 1, At: now, By: desk.Actor{Kind: desk.ActorSystem},
		Command: r.Command, Cause: last.Cause, Depth: last.Depth, Fact: desk.Succeeded{By: id},
	}
	r.Conversation.Apply(e)
	r.Events = append(r.Events, e)
	return id, nil
}

// promote gives an heir its place.
func (a *App) promote(ctx context.Context, tx *store.WriteTx, heir desk.ConversationID, r Result) error {
	act := from(ctx)
	act.Actor, act.command, act.request, act.job, act.finished = desk.Actor{Kind: desk.ActorSystem}, r.Command, request{}, nil, nil
	tx = tx.In(store.Scope{Workspace: act.Workspace})
	old, err := tx.Conversation(heir)
	if err != nil {
		return err
	}
	_, err = a.execute(context.WithValue(ctx, key{}, act), tx, &old, []desk.Command{desk.Promote{After: r.Conversation.ID}})
	return err
}

// saveJoint stores what facts change that hand messages over.
func (a *App) saveJoint(tx *store.WriteTx, id desk.ConversationID, e *desk.Event) error {
	switch f := e.Fact.(type) {
	case desk.MergedFrom:
		return a.join(tx, id, f, e.At)
	case desk.UnmergedFrom:
		if err := tx.MoveMessages(id, f.Other, desk.HandedIDs(f.Messages)); err != nil {
			return err
		}
		for _, user := range f.Readers {
			if err := tx.RemoveReader(id, user); err != nil {
				return err
			}
		}
		if err := tx.MoveScheduled(id, f.Other, f.Scheduled); err != nil {
			return err
		}
		return tx.PartDrafts(id, f.Other, e.At)
	case desk.SplitFrom:
		return tx.MoveMessages(f.Parent, id, desk.HandedIDs(f.Messages))
	}
	return nil
}

func (a *App) join(tx *store.WriteTx, id desk.ConversationID, f desk.MergedFrom, at time.Time) error {
	if err := tx.MoveMessages(f.Other, id, desk.HandedIDs(f.Messages)); err != nil {
		return err
	}
	if err := tx.MoveThreads(f.Other, id); err != nil {
		return err
	}
	for _, user := range f.Readers {
		if err := tx.AddReader(id, user); err != nil {
			return err
		}
	}
	if err := tx.MoveScheduled(f.Other, id, f.Scheduled); err != nil {
		return err
	}
	return tx.JoinDrafts(f.Other, id, at)
}

// follow returns the conversation that an answer to a signed address belongs to:
// the one that c is part of now, or one that was split off with the message it
// answers.
func follow(tx *store.WriteTx, inbox desk.Inbox, in inbound, c desk.Conversation) (*desk.Conversation, error) {
	c, err := tx.Survivor(c)
	if err != nil {
		return nil, err
	}
	answered, err := tx.Thread(inbox.ID, in.Thread.Parents)
	switch {
	case err == nil && answered.SplitFrom != 0 && answered.Contact == c.Contact:
		return &answered, nil
	case err != nil && desk.KindOf(err) != desk.NotFound:
		return nil, err
	}
	return &c, nil
}

// Beside implements desk.Neighbours.
func (w *world) Beside(id desk.ConversationID) (desk.Conversation, error) {
	return w.PeekConversation(id)
}

// Marks implements desk.Neighbours.
func (w *world) Marks(id desk.ConversationID) (map[desk.UserID]desk.MessageID, error) {
	return w.ReadersMarks(id)
}

// Along implements desk.Neighbours.
func (w *world) Along() []desk.Event { return slices.Clone(w.along) }
