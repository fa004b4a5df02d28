package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// compiled is a calendar with what it was made of.
type compiled struct {
	text     string
	calendar *desk.Calendar
}

// follow adds to a command's facts what they mean for the promises of the inbox:
// escalations, and what is due now (5.3). It is done in the same transaction, so
// that nobody ever sees a conversation whose clock is wrong.
func (a *App) follow(ctx context.Context, tx *store.WriteTx, old *desk.Conversation, cmds []desk.Command, r *Result, now time.Time) error {
	again := false
	var known []desk.TagID
	for _, cmd := range cmds {
		switch cmd := cmd.(type) {
		case desk.Recompute:
			again = true
		case desk.ContactTagged:
			again, known = true, cmd.Tags
		}
	}
	if !r.Conversation.Active() || !again && !desk.Moves(r.Events) {
		return nil
	}
	inbox, err := tx.Inbox(r.Conversation.Inbox)
	if err != nil {
		return err
	}
	if desk.Begins(r.Events) {
		if known, err = tx.ContactTags(r.Conversation.Contact); err != nil {
			return err
		}
	}
	p, err := a.promise(tx.Tx, inbox.Settings.PromiseSettings, known, r.Events)
	if err != nil {
		return err
	}
	by := desk.Actor{Kind: desk.ActorSystem}
	act := from(ctx)
	for _, f := range p.Follow(old, r.Conversation, r.Events, now) {
		e := desk.Event{
			Workspace: r.Conversation.Workspace, Conversation: r.Conversation.ID, Version: r.Conversation.Version + 1, At: now, By: by,
			Command: r.Command, Cause: act.cause, Depth: act.depth, Fact: f,
		}
		r.Conversation.Apply(e)
		r.Events = append(r.Events, e)
	}
	return nil
}

// Promise returns what counts for an inbox now.
func (a *App) Promise(tx *store.Tx, inbox desk.Inbox) (desk.Promise, error) {
	return a.promise(tx, inbox.Settings.PromiseSettings, nil, nil)
}

func (a *App) promise(tx *store.Tx, s desk.PromiseSettings, known []desk.TagID, events []desk.Event) (desk.Promise, error) {
	p := desk.Promise{Settings: s, Policy: desk.StandardPolicy(), Known: known}
	if s.SLAPolicy != 0 {
		policy, err := tx.Policy(s.SLAPolicy)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return p, err
		}
		if err == nil {
			p.Policy = policy
		}
	}
	if s.BusinessHours != 0 {
		hours, err := tx.BusinessHoursByID(s.BusinessHours)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return p, err
		}
		if err == nil {
			if p.Day, err = a.calendar(hours); err != nil {
				return p, err
			}
			if s.SLAClock != desk.ClockCalendar {
				p.Hours, p.HoursID, p.Name = p.Day, hours.ID, hours.Name
			}
		}
	}
	if len(known) == 0 && !slices.ContainsFunc(events, func(e desk.Event) bool { _, ok := e.Fact.(desk.TagAdded); return ok }) {
		return p, nil
	}
	p.Raise = map[desk.TagID]desk.Priority{}
	for _, rule := range s.TagRules() {
		tag, err := tx.TagByName(strings.ToLower(desk.Line(rule.Tag, 60)))
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return p, err
		}
		if err == nil {
			p.Raise[tag.ID] = rule.Priority
		}
	}
	return p, nil
}

// calendar returns the calendar of business hours, made once for each change of them.
func (a *App) calendar(h store.BusinessHours) (*desk.Calendar, error) {
	if kept, ok := a.hours.Load(h.ID); ok && kept.(compiled).text == h.Text {
		return kept.(compiled).calendar, nil
	}
	c, err := h.Hours.Calendar()
	if err == nil {
		a.hours.Store(h.ID, compiled{h.Text, c})
	}
	return c, err
}

// checkPromise refuses settings that contradict themselves or name what is not there.
func checkPromise(tx *store.Tx, s desk.PromiseSettings) error {
	if err := s.Check(); err != nil {
		return err
	}
	if s.SLAPolicy != 0 {
		if _, err := tx.Policy(s.SLAPolicy); err != nil {
			return err
		}
	}
	if s.BusinessHours != 0 {
		if _, err := tx.BusinessHoursByID(s.BusinessHours); err != nil {
			return err
		}
	}
	if s.Escalation == nil {
		return nil
	}
	if to := s.Escalation.TransferTo; to != 0 {
		team, err := tx.Team(to)
		if err != nil {
			return err
		}
		if len(team.Members) == 0 {
			return desk.Errorf(desk.Invalid, "The team %s has no members. Choose another one, or add somebody first.", team.Name)
		}
	}
	tags := s.Escalation.Tags
	if s.Escalation.AddTag != 0 {
		tags = append(slices.Clone(tags), s.Escalation.AddTag)
	}
	return areTags(tx, tags)
}

// areTags refuses ids that are no tags of the workspace.
func areTags(tx *store.Tx, tags []desk.TagID) error {
	for _, tag := range tags {
		if _, err := tx.TagByID(tag); err != nil {
			return err
		}
	}
	return nil
}

// SavePolicy makes a policy, or with an id changes it.
func (a *App) SavePolicy(ctx context.Context, p desk.Policy) (desk.Policy, error) {
	action := "changed"
	if p.ID == 0 {
		action, p.ID = "created", desk.PolicyID(a.number())
	}
	p.Name = desk.Line(p.Name, maxNameRunes)
	if err := p.Check(); err != nil {
		return p, err
	}
	return p, a.Change(ctx, "sla_policy", p.ID.String(), action, func(tx *store.WriteTx) error {
		if action == "changed" {
			if _, err := tx.Policy(p.ID); err != nil {
				return err
			}
		}
		if err := areTags(tx.Tx, p.Complex); err != nil {
			return err
		}
		return tx.SavePolicy(p, a.now())
	})
}

// DeletePolicy removes a policy that no inbox uses.
func (a *App) DeletePolicy(ctx context.Context, id desk.PolicyID) error {
	return a.Change(ctx, "sla_policy", id.String(), "removed", func(tx *store.WriteTx) error {
		if _, err := tx.Policy(id); err != nil {
			return err
		}
		used, err := usedBy(tx, func(s desk.InboxSettings) bool { return s.SLAPolicy == id })
		if err != nil {
			return err
		}
		if used != "" {
			return desk.Errorf(desk.Conflict, "%s uses this policy. Choose another one there first.", used)
		}
		return tx.DeletePolicy(id)
	})
}

// SaveBusinessHours makes business hours, or with an id changes them.
func (a *App) SaveBusinessHours(ctx context.Context, h store.BusinessHours) (store.BusinessHours, error) {
	action := "changed"
	if h.ID == 0 {
		action, h.ID = "created", desk.HoursID(a.number())
	}
	if h.Name = desk.Line(h.Name, maxNameRunes); h.Name == "" {
		return h, field("name", "Give the business hours a name.")
	}
	h.Hours = h.Hours.Sorted()
	if _, err := h.Hours.Calendar(); err != nil {
		return h, err
	}
	h.ChangedAt = a.now()
	return h, a.Change(ctx, "business_hours", h.ID.String(), action, func(tx *store.WriteTx) error {
		if action == "changed" {
			if _, err := tx.BusinessHoursByID(h.ID); err != nil {
				return err
			}
		}
		return tx.SaveBusinessHours(h, h.ChangedAt)
	})
}

// DeleteBusinessHours removes business hours that no inbox uses.
func (a *App) DeleteBusinessHours(ctx context.Context, id desk.HoursID) error {
	return a.Change(ctx, "business_hours", id.String(), "removed", func(tx *store.WriteTx) error {
		if _, err := tx.BusinessHoursByID(id); err != nil {
			return err
		}
		used, err := usedBy(tx, func(s desk.InboxSettings) bool { return s.BusinessHours == id })
		if err != nil {
			return err
		}
		if used != "" {
			return desk.Errorf(desk.Conflict, "%s uses these business hours. Choose others there first.", used)
		}
		return tx.DeleteBusinessHours(id)
	})
}

// usedBy returns whose settings satisfy uses, an inbox's or those that all
// inboxes inherit; "" if nobody's do.
func usedBy(tx *store.WriteTx, uses func(desk.InboxSettings) bool) (string, error) {
	all, err := tx.In(store.Scope{Workspace: tx.Scope().Workspace}).Inboxes()
	for _, i := range all {
		if uses(i.Settings) {
			return "The inbox " + i.Name, err
		}
	}
	if err != nil {
		return "", err
	}
	w, err := tx.Workspace()
	if err != nil {
		return "", err
	}
	s, err := desk.EffectiveSettings("", w.Settings)
	if uses(s) {
		return "This workspace, for all of its inboxes,", err
	}
	return "", err
}

// Recompute works out anew what is due everywhere, after a policy, business hours
// or an inbox changed. Where nothing would change it writes nothing.
func (a *App) Recompute(ctx context.Context) error {
	const page = 200
	scope := store.Scope{Workspace: WorkspaceFrom(ctx)}
	promises := map[desk.InboxID]desk.Promise{}
	for after := desk.ConversationID(0); ; {
		var all []desk.Conversation
		err := a.DB.Read(ctx, scope, func(tx *store.Tx) (err error) {
			if all, err = tx.ActivePage(after, page); err != nil {
				return err
			}
			for _, c := range all {
				if _, ok := promises[c.Inbox]; ok {
					continue
				}
				inbox, err := tx.Inbox(c.Inbox)
				if err != nil {
					return err
				}
				if promises[c.Inbox], err = a.Promise(tx, inbox); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, c := range all {
			after = c.ID
			if len(promises[c.Inbox].Follow(&c, c, nil, a.now())) == 0 {
				continue
			}
			if _, err := a.Do(ctx, c.ID, desk.Recompute{}); err != nil && desk.KindOf(err) != desk.NotFound {
				return err
			}
		}
		if len(all) < page {
			return nil
		}
	}
}
