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

// Patient implements app.Patient.
func (PromiseTimer) Patient() {}

// Lane implements app.Effect.
func (PromiseTimer) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (PromiseTimer) Wants(e desk.Event) bool { return !desk.NextLook(e).IsZero() }

// At implements app.Timer.
func (PromiseTimer) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	return desk.NextLook(e)
}

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
}

// Name implements app.Effect.
func (PromiseTell) Name() string { return "promise_tell" }

// Patient implements app.Patient.
func (PromiseTell) Patient() {}

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
	case desk.UpdateMissed, desk.FollowUpReminder:
		return true
	case desk.Escalated:
		return f.Reason != desk.EscalatedSLA
	case desk.Rated:
		return f.Alerts
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
		users, err = recipients(tx, c, e)
		return err
	})
	if desk.KindOf(err) == desk.NotFound || err == nil && !desk.StillBroken(c, e.Fact) {
		return nil
	}
	if err != nil {
		return err
	}
	kind := newsOf(e.Fact)
	if err := p.App.Tell(app.Meanwhile(ctx), app.News{Kind: kind, Event: e, To: users}); err != nil {
		return err
	}
	_, err = p.App.Do(ctx, c.ID, desk.RecordTold{NotificationSent: desk.NotificationSent{Kind: string(kind), Users: users}})
	return err
}

// newsOf is the kind of notification that a fact brings.
func newsOf(f desk.Fact) desk.NewsKind {
	switch f.(type) {
	case desk.TargetPassed:
		return desk.NewsTarget
	case desk.DeadlinePassed:
		return desk.NewsDeadline
	case desk.Escalated:
		return desk.NewsEscalated
	case desk.Rated:
		return desk.NewsRating
	case desk.FollowUpReminder:
		return desk.NewsFollowUp
	}
	return desk.NewsUpdate
}

// recipients are who hears of an event, each once, without who did it: people who
// still work here and see the conversation.
func recipients(tx *store.Tx, c desk.Conversation, e desk.Event) ([]desk.UserID, error) {
	all, err := concerned(tx, c, e)
	if err != nil {
		return nil, err
	}
	if c.Assignee != 0 {
		all = append(all, c.Assignee)
	}
	if f, ok := e.Fact.(desk.Rated); ok && f.User != 0 { // whose rating it is
		all = append(all, f.User)
	}
	slices.Sort(all)
	var users []desk.UserID
	for _, user := range slices.Compact(all) {
		m, err := tx.Member(user)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return nil, err
		}
		if err == nil && m.Active && m.Actor().SeesKept(c.Keeping()) && user != e.By.User {
			users = append(users, user)
		}
	}
	return users, nil
}

// concerned are the people with a duty for what happened, beside the assignee (5.4).
func concerned(tx *store.Tx, c desk.Conversation, e desk.Event) ([]desk.UserID, error) {
	first := func() ([]desk.UserID, error) { return responders(tx, c.Inbox, desk.FirstResponders) }
	escalation := func() ([]desk.UserID, error) { return responders(tx, c.Inbox, desk.EscalationResponders) }
	switch e.Fact.(type) {
	case desk.TargetPassed:
		return first()
	case desk.DeadlinePassed:
		these, err := first()
		if err != nil {
			return nil, err
		}
		others, err := escalation()
		return append(these, others...), err
	case desk.Escalated, desk.Rated:
		users, err := escalation()
		if err != nil || c.Team == 0 {
			return users, err
		}
		team, err := tx.Team(c.Team)
		if desk.KindOf(err) == desk.NotFound {
			return users, nil
		}
		return append(users, team.Lead), err
	case desk.UpdateMissed, desk.FollowUpReminder:
		if c.Assignee == 0 {
			return first()
		}
	}
	return nil, nil
}

// responders returns who has a duty for an inbox: its own people, else the
// workspace's (F0-34). Where nobody was named yet, those who see the inbox look
// after it, and owners and admins are asked for help: a promise that nobody
// hears of would not be kept.
func responders(tx *store.Tx, inbox desk.InboxID, kind desk.ResponderKind) ([]desk.UserID, error) {
	named, err := tx.Responders()
	if err != nil {
		return nil, err
	}
	if users := desk.Responders(named, inbox, kind); len(users) > 0 {
		return users, nil
	}
	members, err := tx.Members()
	var users []desk.UserID
	for _, m := range members {
		chief := m.Role == desk.RoleOwner || m.Role == desk.RoleAdmin
		switch {
		case !m.Active || m.Role == desk.RoleViewer:
		case kind == desk.EscalationResponders && chief, kind == desk.FirstResponders && !chief && m.Sees(inbox):
			users = append(users, m.User)
		}
	}
	return users, err
}

// PromiseRecompute works out anew what is due when a policy, business hours or
// the settings of an inbox changed.
type PromiseRecompute struct {
	App *app.App
}

// Name implements app.Effect.
func (PromiseRecompute) Name() string { return "promise_recompute" }

// Patient implements app.Patient.
func (PromiseRecompute) Patient() {}

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
