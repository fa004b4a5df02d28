package app

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// Scheduled returns a scheduled message of the conversation that is decided about.
func (w *world) Scheduled(id desk.ScheduledID) (desk.Scheduled, error) {
	s, err := w.WriteTx.Scheduled(id)
	if err == nil && s.Conversation != w.conversation {
		return s, desk.Errorf(desk.NotFound, "There is no such scheduled message in this conversation.")
	}
	return s, err
}

// WhereScheduled returns the conversation that a scheduled message is in now: it goes
// along when conversations are merged.
func (a *App) WhereScheduled(ctx context.Context, id desk.ScheduledID) (c desk.ConversationID, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		s, err := tx.Scheduled(id)
		c = s.Conversation
		return err
	})
	return c, err
}

func (w *world) ChannelKind(id desk.ChannelID) (string, error) {
	ch, err := w.Tx.Channel(id)
	return ch.Kind, err
}

func (w *world) NewScheduled() desk.ScheduledID { return desk.ScheduledID(w.app.number()) }

// hold adds to a command's facts what they mean for the scheduled messages of the
// conversation, in the same transaction: what is to be held never leaves.
func (a *App) hold(tx *store.WriteTx, act acting, r *Result, now time.Time) error {
	if !desk.MayHold(r.Conversation, r.Events) {
		return nil
	}
	all, err := tx.ScheduledIn(r.Conversation.ID)
	if err != nil {
		return err
	}
	for _, f := range desk.Hold(r.Conversation, r.Events, all) {
		e := desk.Event{
			Workspace: r.Conversation.Workspace, Conversation: r.Conversation.ID, Version: r.Conversation.Version + 1, At: now, By: desk.Actor{Kind: desk.ActorSystem},
			Command: r.Command, Cause: act.cause, Depth: act.depth, Fact: f,
		}
		r.Conversation.Apply(e)
		r.Events = append(r.Events, e)
	}
	return nil
}

// saveScheduled stores what a fact says of a scheduled message. What is cancelled
// lets go of its files; what is there again takes them again.
func saveScheduled(tx *store.WriteTx, f desk.Fact) error {
	id, is, ok := desk.StandingOf(f)
	if !ok {
		return nil
	}
	var body *desk.Scheduled
	var message desk.MessageID
	again := false
	switch f := f.(type) {
	case desk.ScheduledMade:
		return tx.InsertScheduled(f.Body)
	case desk.ScheduledChanged:
		body, again = f.Body, f.Was.State == desk.ScheduledCancelled
	case desk.ScheduledSent:
		message = f.Message
	}
	if err := tx.SaveScheduled(id, is, body, message); err != nil {
		return err
	}
	if is.State == desk.ScheduledCancelled {
		return tx.FreeScheduled(id)
	}
	if !again {
		return nil
	}
	s, err := tx.Scheduled(id)
	if err != nil {
		return err
	}
	return tx.TakeScheduled(&s)
}
