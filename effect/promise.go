package effect

import (
	"context"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// PromiseTimer says when a promise was broken: one job for what is due next,
// which finds out for itself whether that still holds.
type PromiseTimer struct {
	App *app.App
}

// Name implements app.Effect.
func (PromiseTimer) Name() string { return "promise_timer" }

// Lane implements app.Effect.
func (PromiseTimer) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (PromiseTimer) Wants(e desk.Event) bool { return !desk.NextLook(e).IsZero() }

// RunAt implements app.Timer.
func (PromiseTimer) RunAt(e desk.Event) time.Time { return desk.NextLook(e) }

// Run implements app.Effect. The conversation's row decides, under its lock, so
// that two machines never say the same twice.
func (p PromiseTimer) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := p.App.Do(app.Timely(ctx), e.Conversation, desk.Tick{})
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}

// PromiseTell tells people that a promise was broken, or that their help is
// wanted (5.4): each of them once, and not if it was put right meanwhile.
type PromiseTell struct {
	App *app.App
	// Responders returns who has a duty for an inbox: its own people, else the
	// workspace's.
	Responders func(*store.Tx, desk.InboxID) (Responders, error)
}

// Responders are the people with a duty for an inbox (F0-30 to F0-34).
type Responders struct {
	First      []desk.UserID // when a target has passed, and when a deadline has
	Escalation []desk.UserID // when a deadline has passed, and when somebody escalates
}

// Name implements app.Effect.
func (PromiseTell) Name() string { return "promise_tell" }

// Lane implements app.Effect.
func (PromiseTell) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect. Who is told of a deadline need not be told that it
// was escalated by it as well.
func (PromiseTell) Wants(e desk.Event) bool {
	switch f := e.Fact.(type) {
	case desk.TargetPassed:
		return f.Suppressed == ""
	case desk.DeadlinePassed:
		return f.Suppressed == ""
	case desk.UpdateMissed:
		return true
	case desk.Escalated:
		return f.Reason != desk.EscalatedSLA
	}
	return false
}

// Run implements app.Effect.
func (p PromiseTell) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	var c desk.Conversation
	var users []desk.UserID
	err := p.App.DB.Read(ctx, store.Scope{Workspace: e.Workspace}, func(tx *store.Tx) (err error) {
		if c, err = tx.Conversation(e.Conversation); err != nil {
			return err
		}
		users, err = p.recipients(tx, c, e)
		return err
	})
	if desk.KindOf(err) == desk.NotFound || err == nil && !desk.StillBroken(c, e.Fact) {
		return nil
	}
	if err != nil {
		return err
	}
	kind := newsOf(e.Fact)
	for _, user := range users {
		err := p.App.Notify(app.Meanwhile(ctx), store.Notification{User: user, Kind: kind, Conversation: c.ID, Actor: e.By.User, At: e.At, Cause: e.Seq})
		if err != nil {
			return err
		}
	}
	_, err = p.App.Do(ctx, c.ID, desk.Tell{NotificationSent: desk.NotificationSent{Kind: kind, Users: users}})
	return err
}

// newsOf is the kind of notification that a fact brings.
func newsOf(f desk.Fact) string {
	switch f.(type) {
	case desk.TargetPassed:
		return "target"
	case desk.DeadlinePassed:
		return "deadline"
	case desk.Escalated:
		return "escalated"
	}
	return "update"
}

// recipients are who hears of an event, each once, without who did it: people who
// still work here and see the conversation.
func (p PromiseTell) recipients(tx *store.Tx, c desk.Conversation, e desk.Event) ([]desk.UserID, error) {
	on, err := p.Responders(tx, c.Inbox)
	if err != nil {
		return nil, err
	}
	var all []desk.UserID
	switch e.Fact.(type) {
	case desk.TargetPassed:
		all = append(all, on.First...)
	case desk.DeadlinePassed:
		all = append(append(all, on.First...), on.Escalation...)
	case desk.Escalated:
		all = append(all, on.Escalation...)
	case desk.UpdateMissed:
		if c.Assignee == 0 {
			all = append(all, on.First...)
		}
	}
	if c.Assignee != 0 {
		all = append(all, c.Assignee)
	}
	slices.Sort(all)
	var users []desk.UserID
	for _, user := range slices.Compact(all) {
		m, err := tx.Member(user)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return nil, err
		}
		if err == nil && m.Active && m.Sees(c.Inbox) && user != e.By.User {
			users = append(users, user)
		}
	}
	return users, nil
}

// InboxResponders are the responders of an inbox that has named none: those who
// see it hear of targets, owners and admins of deadlines.
func InboxResponders(tx *store.Tx, inbox desk.InboxID) (r Responders, err error) {
	members, err := tx.Members()
	for _, m := range members {
		switch {
		case !m.Active || m.Role == desk.RoleViewer:
		case m.Role == desk.RoleOwner || m.Role == desk.RoleAdmin:
			r.Escalation = append(r.Escalation, m.User)
		case m.Sees(inbox):
			r.First = append(r.First, m.User)
		}
	}
	return r, err
}

// PromiseRecompute works out anew what is due when a policy, business hours or
// the settings of an inbox changed.
type PromiseRecompute struct {
	App *app.App
}

// Name implements app.Effect.
func (PromiseRecompute) Name() string { return "promise_recompute" }

// Lane implements app.Effect: one after the other in a workspace.
func (PromiseRecompute) Lane(e desk.Event) int64 { return int64(e.Workspace) }

// Wants implements app.Effect.
func (PromiseRecompute) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.SettingsChanged)
	return ok && f.Action != "created" && slices.Contains([]string{"sla_policy", "business_hours", "inbox", "workspace"}, f.Subject)
}

// Run implements app.Effect.
func (p PromiseRecompute) Run(ctx context.Context, _ desk.Event, _ app.Try) error {
	return p.App.Recompute(app.Meanwhile(app.Timely(ctx)))
}
