package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/desk"
	"parley/store"
)

const (
	// bulkGroup is how many conversations are changed side by side, each in a
	// transaction of its own. Then there is a rest as long as the group took, so that
	// whoever else writes never waits for more than a group.
	bulkGroup = 8
	// bulkGroups and bulkFor are how much one run of the job does before it makes
	// place: a stop of Parley never waits for longer.
	bulkGroups = 64
	bulkFor    = time.Second
	bulkAgain  = 2 * time.Second // after a failure
)

// errBulkMore says that a bulk action goes on.
var errBulkMore = errors.New("there is more to do")

// RunBulk does some of the bulk action that e began. It asks for another try until
// all of it is done. However often it is interrupted, each conversation is changed
// once: what became of it is kept in the transaction that changes it.
func (a *App) RunBulk(ctx context.Context, e desk.Event) error {
	more, err := a.runBulk(ctx, e)
	switch {
	case err != nil:
		a.Log.Error("do a bulk action", "bulk", e.Fact.(desk.BulkBegun).Bulk.String(), "err", err)
		return &RetryError{At: a.Now().Add(bulkAgain), Err: err}
	case more:
		return &RetryError{At: a.Now(), Err: errBulkMore}
	}
	return nil
}

func (a *App) runBulk(ctx context.Context, e desk.Event) (more bool, err error) {
	f := e.Fact.(desk.BulkBegun)
	actor, err := a.Enter(ctx, e.Workspace, f.User)
	gone := err != nil && desk.KindOf(err) == desk.NotFound
	if err != nil && !gone {
		return false, err
	}
	ctx = As(ctx, e.Workspace, desk.Actor{Kind: desk.ActorUser, User: f.User})
	if gone {
		return false, a.endBulk(ctx, f.Bulk, store.BulkCanceled, "Whoever began this is no longer a member of the workspace.")
	}
	began, from := a.Now(), int64(0)
	for range bulkGroups {
		b, todo, err := a.bulkTodo(ctx, f.Bulk, from)
		if err != nil {
			return false, err
		}
		if b.State != store.BulkRunning || len(todo) == 0 {
			if err := a.tellBulk(ctx, b, e); err != nil {
				return false, err
			}
			return false, a.endBulk(ctx, f.Bulk, store.BulkDone, "")
		}
		if b.Undoes != 0 {
			actor.View = desk.VisibleAll // what somebody gave away they can take back
		}
		start := a.Now()
		if err := a.bulkTogether(As(ctx, e.Workspace, actor), b, todo); err != nil {
			return false, err
		}
		from = todo[len(todo)-1].Position + 1
		pause(ctx, a.Now().Sub(start))
		if a.Now().Sub(began) > bulkFor {
			break
		}
	}
	return true, a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.ReachBulk(f.Bulk, from) })
}

// bulkTodo returns a bulk action as it is and what is to be done next.
func (a *App) bulkTodo(ctx context.Context, id desk.BulkID, from int64) (b store.Bulk, todo []store.BulkItem, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if b, err = tx.Bulk(id); err != nil {
			return err
		}
		todo, err = tx.BulkTodo(id, max(from, b.Reached), bulkGroup)
		return err
	})
	return b, todo, err
}

// bulkTogether changes some conversations side by side.
func (a *App) bulkTogether(ctx context.Context, b store.Bulk, items []store.BulkItem) error {
	failed := make([]error, len(items))
	var all sync.WaitGroup
	for i, item := range items {
		all.Go(func() { failed[i] = a.bulkItem(ctx, b, item) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// bulkItem changes one conversation, or keeps why it is left as it is.
func (a *App) bulkItem(ctx context.Context, b store.Bulk, item store.BulkItem) error {
	var err error
	for range 2 {
		if err = a.bulkChange(ctx, b, item.Position); err == nil || desk.KindOf(err) == desk.Unavailable {
			return err
		}
		if desk.KindOf(err) != desk.Internal {
			break
		}
	}
	reason := err.Error()
	switch desk.KindOf(err) {
	case desk.Internal: // one that cannot be changed must not hold up all the others
		a.Log.Error("change a conversation in a bulk action", "bulk", b.ID.String(), "conversation", item.Conversation.String(), "err", err)
		reason = "Something went wrong on our side. Try it again with this one alone."
	case desk.NotFound:
		if gone := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) error { _, err := tx.PeekConversation(item.Conversation); return err }); gone != nil {
			reason = notThere
		}
	}
	return a.writeAs(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error {
		now, err := tx.BulkItem(b.ID, item.Position)
		if err != nil || now.State != store.ItemTodo {
			return err
		}
		now.State, now.Reason = store.ItemSkipped, reason
		return tx.EndBulkItem(b.ID, now)
	})
}

// bulkChange does to one conversation what a bulk action does and keeps what became
// of it, all in one transaction.
func (a *App) bulkChange(ctx context.Context, b store.Bulk, position int64) error {
	var r Result
	var epoch int64
	err := a.write(ctx, func(tx *store.WriteTx) error {
		i, err := tx.BulkItem(b.ID, position)
		if err != nil || i.State != store.ItemTodo {
			return err
		}
		if r, epoch, err = a.bulkCommand(ctx, tx, b, i); err != nil {
			return err
		}
		if i.State, i.Command = store.ItemDone, r.Command; len(r.Events) == 0 && !b.Action.Export {
			i.State, i.Command = store.ItemSame, 0
		}
		handed(&i, r.Events, from(ctx).User)
		return tx.EndBulkItem(b.ID, i)
	})
	if err == nil && r.Conversation.AIEpoch != epoch {
		a.leaving.settled(ctx, r.Conversation.ID)
	}
	return err
}

// bulkCommand gives the command of a bulk action to one conversation. An export only
// looks whether it may be read.
func (a *App) bulkCommand(ctx context.Context, tx *store.WriteTx, b store.Bulk, i store.BulkItem) (r Result, epoch int64, err error) {
	switch into := b.Action.Into(); {
	case b.Undoes != 0:
		return a.bulkUndo(ctx, tx, b, i)
	case b.Action.Export:
		c, err := tx.PeekConversation(i.Conversation)
		if err != nil {
			return r, 0, err
		}
		w := &world{WriteTx: tx, app: a, now: a.now(), by: from(ctx).Actor}
		return r, 0, w.mayExport(c)
	case into != 0:
		if err := tx.LockConversations([]desk.ConversationID{i.Conversation, into}); err != nil {
			return r, 0, err
		}
		c, err := tx.PeekConversation(i.Conversation)
		if err != nil {
			return r, 0, err
		}
		if err := bulkUnchanged(tx, c, i); err != nil {
			return r, 0, err
		}
		parts, err := desk.Parts(into, desk.Merge{Other: i.Conversation}, tx.Facts)
		if err != nil {
			return r, 0, err
		}
		r, err = a.together(ctx, tx, into, parts)
		return r, r.Conversation.AIEpoch, err
	}
	old, err := tx.Conversation(i.Conversation)
	if err != nil {
		return r, 0, err
	}
	if err := bulkUnchanged(tx, old, i); err != nil {
		return r, 0, err
	}
	r, err = a.execute(ctx, tx, &old, []desk.Command{desk.InBulk{Bulk: b.ID, Action: b.Action}})
	return r, old.AIEpoch, err
}

// bulkUndo takes back what was done to one conversation, and what that did to others.
func (a *App) bulkUndo(ctx context.Context, tx *store.WriteTx, b store.Bulk, i store.BulkItem) (r Result, epoch int64, err error) {
	undo := desk.UndoInBulk{Bulk: b.ID, Command: i.Command}
	parts, err := desk.Parts(i.Conversation, desk.Undo{Command: i.Command}, tx.Facts)
	if err != nil {
		return r, 0, err
	}
	for at := range parts {
		if parts[at].Conversation == i.Conversation {
			parts[at].Commands = []desk.Command{undo}
		}
	}
	if len(parts) > 0 {
		r, err = a.together(ctx, tx, i.Conversation, parts)
		return r, r.Conversation.AIEpoch, err
	}
	old, err := tx.Conversation(i.Conversation)
	if err != nil {
		return r, 0, err
	}
	r, err = a.execute(ctx, tx, &old, []desk.Command{undo})
	return r, old.AIEpoch, err
}

// bulkUnchanged refuses a conversation that was changed since the review (D-39).
func bulkUnchanged(tx *store.WriteTx, c desk.Conversation, i store.BulkItem) error {
	if c.Version == i.Version {
		return nil
	}
	changed, err := tx.ChangedSince(c.ID, i.Version)
	if err == nil && changed {
		return desk.Errorf(desk.Conflict, "It has changed since you reviewed it. Look at it again.")
	}
	return err
}

// handed keeps of facts who has a conversation now and who had it, but for whoever
// did it.
func handed(i *store.BulkItem, events []desk.Event, by desk.UserID) {
	others := func(u desk.UserID) desk.UserID {
		if u == by {
			return 0
		}
		return u
	}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case desk.Assigned:
			i.Assignee, i.Was = others(f.Assignee), others(f.Old)
		case desk.Unassigned:
			i.Was = others(f.Old)
		case desk.Transferred:
			i.Team = f.Team
		}
	}
}

// tellBulk tells everybody once of all that came to them and went from them (F1-29).
func (a *App) tellBulk(ctx context.Context, b store.Bulk, e desk.Event) error {
	var all []store.BulkHanded
	err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { all, err = tx.BulkHanded(b.ID); return err })
	if err != nil {
		return err
	}
	got, lost, teams := map[desk.UserID]int64{}, map[desk.UserID]int64{}, map[desk.TeamID]int64{}
	for _, h := range all {
		if h.Assignee != 0 {
			got[h.Assignee] += h.Count
		} else if h.Team != 0 {
			teams[h.Team] += h.Count
		}
		if h.Was != 0 {
			lost[h.Was] += h.Count
		}
	}
	news := func(kind desk.NewsKind, n int64, to ...desk.UserID) error {
		return a.Tell(ctx, News{Kind: kind, Event: e, To: to, Many: n})
	}
	for u, n := range got {
		if err := news(desk.NewsAssigned, n, u); err != nil {
			return err
		}
	}
	for team, n := range teams {
		members, err := a.TeamMembers(ctx, team)
		if err != nil {
			return err
		}
		members = slices.DeleteFunc(members, func(u desk.UserID) bool { return got[u] > 0 })
		if err := news(desk.NewsTeam, n, members...); err != nil {
			return err
		}
	}
	for u, n := range lost {
		if err := news(desk.NewsUnassigned, n, u); err != nil { // who got others was told of those
			return err
		}
	}
	return nil
}

// endBulk keeps that nothing of a bulk action is left to do.
func (a *App) endBulk(ctx context.Context, id desk.BulkID, state store.BulkState, why string) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		b, err := tx.Bulk(id)
		if err != nil || b.State != store.BulkRunning {
			return err
		}
		b.State, b.Stopped, b.EndedAt = state, why, a.now()
		return tx.SaveBulk(b)
	})
}
