package app

import (
	"context"
	"errors"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Blocking is what blocking or unblocking a contact did.
type Blocking struct {
	Command desk.CommandID        // takes blocking back, with Unblock; 0 when nothing was to be done
	Changed []desk.ConversationID // those it closed or opened again that the actor sees
}

// errSo says that a contact is as they shall be.
var errSo = errors.New("it is so already")

// Block blocks a contact and closes what they have open (E33, D-36). From then on
// nothing of theirs is taken in, and nobody opens or closes their conversations.
func (a *App) Block(ctx context.Context, id desk.ContactID) (Blocking, error) {
	return a.setBlocked(ctx, id, "blocked", func(tx *store.WriteTx, c desk.Contact) ([]desk.Conversation, desk.Command, error) {
		if c.Blocked {
			return nil, nil, errSo
		}
		c.Blocked, c.BlockedAt, c.BlockedBy = true, a.now(), from(ctx).User
		if err := tx.SetBlocked(c); err != nil {
			return nil, nil, err
		}
		open, err := tx.ContactActive(id)
		return open, desk.Block{}, err
	})
}

// Unblock lets a contact write again. What blocking closed stays closed, unless
// undo is the command that blocked them: then it is taken back, all or nothing.
func (a *App) Unblock(ctx context.Context, id desk.ContactID, undo desk.CommandID) (Blocking, error) {
	return a.setBlocked(ctx, id, "unblocked", func(tx *store.WriteTx, c desk.Contact) ([]desk.Conversation, desk.Command, error) {
		switch {
		case !c.Blocked && undo != 0:
			return nil, nil, desk.Errorf(desk.Conflict, "This cannot be taken back: the customer was unblocked since.")
		case !c.Blocked:
			return nil, nil, errSo
		}
		c.Blocked, c.BlockedAt, c.BlockedBy = false, time.Time{}, 0
		if err := tx.SetBlocked(c); err != nil || undo == 0 {
			return nil, nil, err
		}
		closed, err := closedWith(tx, id, undo)
		return closed, desk.Undo{Command: undo}, err
	})
}

// mostOpen is among how many of a contact's newest conversations those are looked
// for that blocking closed.
const mostOpen = 1000

// closedWith returns the conversations of a contact that one command closed.
func closedWith(tx *store.WriteTx, id desk.ContactID, command desk.CommandID) (closed []desk.Conversation, err error) {
	all, err := tx.ContactConversations(id, mostOpen)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Status != desk.StatusClosed || c.ClosedSource != desk.SourceBlocked {
			continue
		}
		facts, err := tx.Facts(c.ID, command)
		if err != nil {
			return nil, err
		}
		if len(facts) > 0 {
			closed = append(closed, c)
		}
	}
	return closed, nil
}

// setBlocked changes whether a contact is blocked, gives a command in the
// conversations that change returns, and tells every screen, in one transaction.
// What the actor does not see is done by the system.
func (a *App) setBlocked(ctx context.Context, id desk.ContactID, action string, change func(*store.WriteTx, desk.Contact) ([]desk.Conversation, desk.Command, error)) (b Blocking, err error) {
	act := from(ctx)
	if act.Kind == desk.ActorUser && !act.Role.May(desk.MayAnswer) {
		return b, desk.Errorf(desk.Forbidden, "Your role here is %s, which may not block anybody. Ask an admin for the role agent.", act.Role)
	}
	if err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error { _, err := tx.Contact(id); return err }); err != nil {
		return b, err
	}
	act.command = desk.CommandID(a.number())
	err = a.writeAs(ctx, store.Scope{Workspace: act.Workspace}, func(tx *store.WriteTx) error {
		b = Blocking{Command: act.command}
		c, err := tx.LockContact(id)
		if err == nil && c.MergedInto != 0 {
			err = contactGone(c.MergedInto)
		}
		if err != nil {
			return err
		}
		all, cmd, err := change(tx, c)
		if err != nil {
			return err
		}
		for i := range all {
			by := act
			if sees := act.SeesKept(all[i].Keeping()); !sees {
				by.Actor = desk.Actor{Kind: desk.ActorSystem}
			} else {
				b.Changed = append(b.Changed, all[i].ID)
			}
			if _, err := a.execute(context.WithValue(ctx, key{}, by), tx, &all[i], []desk.Command{cmd}); err != nil {
				return err
			}
		}
		e := desk.Event{
			Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: act.command, Fact: desk.SettingsChanged{Subject: "contact", ID: id.String(), Action: action},
		}
		if err := tx.AppendEvent(&e); err != nil {
			return err
		}
		return a.enqueue(tx, desk.Conversation{}, e)
	})
	if errors.Is(err, errSo) {
		return Blocking{}, nil
	}
	return b, err
}

// Blocked implements desk.World.
func (w *world) Blocked(id desk.ContactID, hold bool) (bool, error) { return w.IsBlocked(id, hold) }

// blockedError says that a blocked contact sent something.
type blockedError struct{ contact desk.ContactID }

func (e *blockedError) Error() string { return "the contact " + e.contact.String() + " is blocked" }

// blockedSender returns the contact who sent messages if they are blocked, or 0.
func (a *App) blockedSender(ctx context.Context, messages []channel.Inbound) (by desk.ContactID, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		by = 0
		if some, err := tx.AnyBlocked(); err != nil || !some {
			return err
		}
		for _, m := range messages {
			c, err := tx.IdentityContact(m.From.Kind, m.From.Scope, m.From.ID)
			if desk.KindOf(err) == desk.NotFound && m.From.Verified && m.From.Email != "" {
				c, err = tx.VerifiedContactByEmail(m.From.Email)
			}
			if err != nil && desk.KindOf(err) != desk.NotFound {
				return err
			}
			if err == nil && c.Blocked {
				by = c.ID
			}
		}
		return nil
	})
	return by, err
}

// blockedLetter is blockedSender for something that was not read yet. Where
// nobody is blocked it is not read.
func (a *App) blockedLetter(ctx context.Context, acc channel.Account, raw channel.Raw) (by desk.ContactID, err error) {
	some := false
	err = a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { some, err = tx.AnyBlocked(); return err })
	if err != nil || !some {
		return 0, err
	}
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return 0, err
	}
	messages, err := ch.Parse(ctx, acc, raw)
	if err != nil {
		return 0, nil //nolint:nilerr // what cannot be read is stored, and ends as a dead letter
	}
	return a.blockedSender(ctx, messages)
}

// turnAway counts something that a blocked contact sent; nothing else is kept of
// it. failed is why that could not be found out, if so.
func (a *App) turnAway(ctx context.Context, acc channel.Account, by desk.ContactID, failed error) (Received, error) {
	if failed != nil {
		return Received{}, failed
	}
	err := a.write(ctx, func(tx *store.WriteTx) error { return tx.TurnAway(by, a.now()) })
	if err == nil {
		a.arrived(acc.Kind, store.RawBlocked)
	}
	return Received{State: store.RawBlocked}, err
}

// dropRaw is turnAway for what is in the ledger: its entry goes.
func (a *App) dropRaw(ctx context.Context, acc channel.Account, j store.Job, id desk.RawEventID, by desk.ContactID) error {
	err := a.write(ctx, func(tx *store.WriteTx) error {
		if current, err := tx.Raw(id); err != nil || current.State != store.RawReceived {
			return errors.Join(err, tx.Finish(j))
		}
		if err := tx.DropRaw(id); err != nil {
			return err
		}
		if err := tx.TurnAway(by, a.now()); err != nil {
			return err
		}
		return tx.Finish(j)
	})
	if err == nil {
		a.arrived(acc.Kind, store.RawBlocked)
	}
	return err
}
