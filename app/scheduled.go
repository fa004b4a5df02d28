package app

import (
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

// saveScheduled stores what a fact says of a scheduled message.
func saveScheduled(tx *store.WriteTx, f desk.Fact) error {
	switch f := f.(type) {
	case desk.ScheduledMade:
		return tx.InsertScheduled(f.Body)
	case desk.ScheduledChanged:
		return tx.SaveScheduled(f.Scheduled, f.Is, f.Body, 0)
	case desk.ScheduledSent:
		_, is, _ := desk.StandingOf(f)
		return tx.SaveScheduled(f.Scheduled, is, nil, f.Message)
	}
	if id, is, ok := desk.StandingOf(f); ok {
		return tx.SaveScheduled(id, is, nil, 0)
	}
	return nil
}
