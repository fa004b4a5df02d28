package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

const (
	// MaxBulk is how many conversations one bulk action may have.
	MaxBulk = 50_000
	// bulkPage is how many conversations a review reads together.
	bulkPage = 200
	// bulkRows is how many of its rows one transaction writes, or drops.
	bulkRows = 250
	// bulkReviewFor is how long what was reviewed can be confirmed.
	bulkReviewFor = 15 * time.Minute
)

// BulkSelection is which conversations somebody means.
type BulkSelection struct {
	IDs   []desk.ConversationID // these; or without any
	Find  func(*store.Tx) (store.Find, error)
	Leave []desk.ConversationID // but these
	Quiet time.Time             // and only those in which nothing came or went since; zero for all
}

// BulkReview says what a bulk action would do. Nothing has changed yet.
type BulkReview struct {
	store.Bulk
	Until      time.Time // until when it can be confirmed
	WithAI     int       // of those that change, an AI agent stops answering
	Unanswered int       // of those that end, the customer wrote last
	Asks       int       // of those that end, the customer will be asked how satisfied they are
	Text       string    // the first message, as its customer gets it
	TextOf     desk.ConversationID
}

// ReviewBulk tries an action on every conversation of a selection and writes down
// what it would do to each (F1-35). The token of the answer confirms exactly that:
// these conversations as they are now, and this action (F1-36). What somebody
// reviewed before and did not confirm is void from then on (S-14).
func (a *App) ReviewBulk(ctx context.Context, sel BulkSelection, action desk.BulkAction) (r BulkReview, err error) {
	act := from(ctx)
	if !act.Role.May(desk.MayAnswer) {
		return r, desk.Errorf(desk.Forbidden, "Your role here is %s, which may not change conversations. Ask an admin for the role agent.", act.Role)
	}
	if action, err = action.Clean(); err != nil {
		return r, err
	}
	r.Bulk = store.Bulk{ID: desk.BulkID(a.number()), User: act.User, Action: action, State: store.BulkPreparing, CreatedAt: a.now()}
	r.Until = r.CreatedAt.Add(bulkReviewFor)
	var items []store.BulkItem
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if err := a.namedInBulk(tx, act.Actor, action); err != nil {
			return err
		}
		t := &trial{world: world{WriteTx: tx.Dry(), app: a, now: a.now(), by: act.Actor}, members: map[desk.UserID]desk.Member{}}
		items, err = sel.each(tx, func(c desk.Conversation) store.BulkItem { return t.item(&r, c) })
		return cmp.Or(err, t.failed)
	})
	if err != nil {
		return r, err
	}
	r.Total = int64(len(items))
	if r.Total == 0 {
		return r, desk.Errorf(desk.Invalid, "There is no conversation in this selection any more. Select some, and look again.")
	}
	if r.Token, err = bulkToken(action, items); err != nil {
		return r, err
	}
	ready := r.Bulk
	ready.State = store.BulkReviewed
	if err := a.keepBulk(ctx, r.Bulk, items, func(tx *store.WriteTx) error { return tx.SaveBulk(ready) }); err != nil {
		return r, err
	}
	r.Bulk = ready
	return r, a.forgetBulks(ctx, r.ID)
}

// namedInBulk looks up whatever an action names.
func (a *App) namedInBulk(tx *store.Tx, who desk.Actor, action desk.BulkAction) error {
	for i, s := range action.Steps {
		step := desk.Step{Tags: s.Tags, Assignee: s.Assignee, Team: s.Team, Category: s.Category}
		err := named(tx.Dry(), step)
		if err == nil && s.Quick != 0 {
			var q desk.QuickReply
			if q, err = tx.QuickReply(s.Quick); err == nil && !q.Reaches(who) {
				err = desk.Errorf(desk.NotFound, "There is no such quick reply here.")
			}
		}
		if err != nil && desk.KindOf(err) == desk.NotFound {
			return field(fmt.Sprintf("action.steps[%d]", i), fmt.Sprintf("Step %d (%s): %s", i+1, s.Do, err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls fn for every conversation of the selection, and returns what it made
// of them in their order. What was asked for and is not there is skipped.
func (s BulkSelection) each(tx *store.Tx, fn func(desk.Conversation) store.BulkItem) (items []store.BulkItem, err error) {
	add := func(all []desk.Conversation) error {
		for _, c := range all {
			if slices.Contains(s.Leave, c.ID) || !s.Quiet.IsZero() && !c.LastActivityAt.Before(s.Quiet) {
				continue
			}
			i := fn(c)
			i.Position = int64(len(items)) + 1
			items = append(items, i)
		}
		if len(items) > MaxBulk {
			return desk.Errorf(desk.TooLarge, "These are more than %d conversations. Narrow the filter and take them in parts.", MaxBulk)
		}
		return nil
	}
	if len(s.IDs) == 0 {
		return items, s.found(tx, add)
	}
	for ids := range slices.Chunk(s.IDs, bulkPage) {
		all, err := tx.Conversations(ids)
		if err != nil {
			return nil, err
		}
		there := make(map[desk.ConversationID]desk.Conversation, len(all))
		for _, c := range all {
			there[c.ID] = c
		}
		for _, id := range ids {
			c, ok := there[id]
			if !ok {
				items = append(items, store.BulkItem{Position: int64(len(items)) + 1, Conversation: id, State: store.ItemSkipped, Reason: notThere})
				continue
			}
			delete(there, id)
			if err := add([]desk.Conversation{c}); err != nil {
				return nil, err
			}
		}
	}
	return items, nil
}

// found goes through everything that a filter has, a page at a time.
func (s BulkSelection) found(tx *store.Tx, add func([]desk.Conversation) error) error {
	f, err := s.Find(tx)
	if err != nil {
		return err
	}
	f.Limit = bulkPage
	for {
		all, end, err := tx.Found(f)
		if err != nil {
			return err
		}
		if err := add(all); err != nil || end == nil {
			return err
		}
		f.After = end
	}
}

// bulkToken is what confirms an action on conversations: nobody knows it who has
// not seen their review.
func bulkToken(action desk.BulkAction, items []store.BulkItem) (string, error) {
	what, err := json.Marshal(action)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, _ = io.WriteString(h, rand.Text()) // a hash takes everything
	_, _ = h.Write(what)
	for _, i := range items {
		_, _ = fmt.Fprintln(h, int64(i.Conversation), i.Version, i.State)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// keepBulk stores a bulk action and its items in small transactions; the last one
// does something more.
func (a *App) keepBulk(ctx context.Context, b store.Bulk, items []store.BulkItem, last func(*store.WriteTx) error) error {
	if err := a.write(ctx, func(tx *store.WriteTx) error { return tx.SaveBulk(b) }); err != nil {
		return err
	}
	for some := range slices.Chunk(items, bulkRows) {
		if err := a.write(ctx, func(tx *store.WriteTx) error { return tx.AddBulkItems(b.ID, some) }); err != nil {
			return err
		}
	}
	return a.write(ctx, last)
}

// forgetBulks drops what the actor has reviewed and not confirmed, but for one, and
// what can be taken back no more.
func (a *App) forgetBulks(ctx context.Context, but desk.BulkID) error {
	for more := true; more; {
		err := a.write(ctx, func(tx *store.WriteTx) (err error) {
			more, err = tx.ForgetBulks(but, a.now().Add(-desk.UndoFor), bulkRows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// voidReview says that a token confirms nothing any more.
func voidReview() error {
	return desk.Errorf(desk.Conflict, "This review is void: the selection or the action has changed since, or it is older than %d minutes. Review it again.", int(bulkReviewFor.Minutes()))
}

// StartBulk does what was reviewed. However often it is called, it is done once.
func (a *App) StartBulk(ctx context.Context, id desk.BulkID, token string) (b store.Bulk, err error) {
	err = a.write(ctx, func(tx *store.WriteTx) (err error) {
		b, err = tx.Bulk(id)
		if err != nil {
			if desk.KindOf(err) == desk.NotFound {
				return voidReview()
			}
			return err
		}
		if b.Token == "" || subtle.ConstantTimeCompare([]byte(b.Token), []byte(token)) != 1 {
			return voidReview()
		}
		if b.State != store.BulkReviewed {
			return nil // it was confirmed before, by the same click
		}
		if a.now().Sub(b.CreatedAt) > bulkReviewFor {
			return voidReview()
		}
		for _, s := range b.Action.Steps {
			if s.Quick == 0 {
				continue
			}
			if err := tx.CountUse(s.Quick, a.now()); err != nil {
				return err
			}
		}
		return a.beginBulk(ctx, tx, &b)
	})
	return b, err
}

// beginBulk makes the job that does a bulk action.
func (a *App) beginBulk(ctx context.Context, tx *store.WriteTx, b *store.Bulk) error {
	b.State, b.StartedAt = store.BulkRunning, a.now()
	if err := tx.SaveBulk(*b); err != nil {
		return err
	}
	act := from(ctx)
	e := desk.Event{
		Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: desk.CommandID(a.number()), Fact: desk.BulkBegun{Bulk: b.ID, User: act.User},
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	return a.enqueue(tx, desk.Conversation{}, e)
}

// CancelBulk stops a bulk action; what was done until then stays, and can be taken
// back.
func (a *App) CancelBulk(ctx context.Context, id desk.BulkID) (b store.Bulk, err error) {
	err = a.write(ctx, func(tx *store.WriteTx) (err error) {
		if b, err = tx.Bulk(id); err != nil {
			return err
		}
		if b.State != store.BulkRunning {
			return nil
		}
		b.State, b.EndedAt = store.BulkCanceled, a.now()
		return tx.SaveBulk(b)
	})
	return b, err
}

// UndoBulk takes back what a bulk action did, as a bulk action of its own: each
// conversation as far as nothing later stands in the way. Messages that customers
// got stay.
func (a *App) UndoBulk(ctx context.Context, id desk.BulkID) (b store.Bulk, err error) {
	var done []store.BulkItem
	check := func(tx *store.Tx) (old store.Bulk, err error) {
		if old, err = tx.Bulk(id); err != nil {
			return old, err
		}
		by, err := tx.BulkUndoneBy(id)
		switch {
		case err != nil:
			return old, err
		case old.State == store.BulkRunning:
			return old, desk.Errorf(desk.Conflict, "This is still going on. Stop it first, or wait until it is done.")
		case old.State != store.BulkDone && old.State != store.BulkCanceled:
			return old, desk.Errorf(desk.NotFound, "There is no such bulk action here.")
		case old.Action.Export:
			return old, desk.Errorf(desk.Conflict, "An export cannot be taken back. Delete the file.")
		case old.Undoes != 0:
			return old, desk.Errorf(desk.Conflict, "This took something back. To do that again, select the conversations and choose the action.")
		case by != 0:
			return old, desk.Errorf(desk.Conflict, "This was taken back already. Look at what became of it.")
		}
		return old, nil
	}
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		old, err := check(tx)
		if err != nil {
			return err
		}
		b = store.Bulk{ID: desk.BulkID(a.number()), User: old.User, Action: old.Action, Undoes: id, State: store.BulkPreparing, CreatedAt: a.now()}
		for p := (store.BulkPage{State: store.ItemDone, Limit: bulkPage}); ; {
			page, err := tx.BulkItems(id, p)
			done = append(done, page...)
			if err != nil || len(page) < p.Limit {
				return err
			}
			p.After = page[len(page)-1].Position
		}
	})
	if err != nil {
		return b, err
	}
	if len(done) == 0 {
		return b, desk.Errorf(desk.Conflict, "This has changed nothing, so there is nothing to take back. Look at its result.")
	}
	slices.Reverse(done) // the last one first
	for i := range done {
		done[i] = store.BulkItem{Position: int64(i) + 1, Conversation: done[i].Conversation, State: store.ItemTodo, Command: done[i].Command}
	}
	b.Total = int64(len(done))
	err = a.keepBulk(ctx, b, done, func(tx *store.WriteTx) error {
		if _, err := check(tx.Tx); err != nil {
			return err
		}
		return a.beginBulk(ctx, tx, &b)
	})
	return b, err
}
