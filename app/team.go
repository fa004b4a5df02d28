package app

import (
	"context"
	"slices"

	"parley/desk"
	"parley/store"
)

// ProfileChange is what may be changed of a member's profile; nil leaves it.
type ProfileChange struct {
	Skills       *[]string
	Languages    *[]string
	Capacity     *int
	Availability *desk.Availability
	Visibility   *desk.Visibility
	Hours        *desk.Hours
	AnyHours     bool // forget the hours
}

func (ch ProfileChange) apply(p *desk.Profile) error {
	for _, list := range []struct {
		name string
		from *[]string
		to   *[]string
	}{{"skills", ch.Skills, &p.Skills}, {"languages", ch.Languages, &p.Languages}} {
		if list.from == nil {
			continue
		}
		if *list.to = desk.FoldSkills(*list.from); len(*list.to) > desk.MaxSkills {
			return field(list.name, "Fifty are enough. Remove some.")
		}
	}
	if ch.Capacity != nil {
		if p.Capacity = *ch.Capacity; p.Capacity < 0 || p.Capacity > 10_000 {
			return field("capacity", "A capacity is a number up to 10000; 0 leaves it to the inbox.")
		}
	}
	if ch.Availability != nil {
		if p.Availability = *ch.Availability; !p.Availability.Valid() {
			return field("availability", "Somebody is available, away or offline.")
		}
	}
	if ch.AnyHours {
		p.Hours = nil
	}
	if ch.Hours != nil {
		if _, err := ch.Hours.Calendar(); err != nil {
			return err
		}
		hours := ch.Hours.Sorted()
		p.Hours = &hours
	}
	if ch.Visibility != nil {
		if p.Visibility = *ch.Visibility; !p.Visibility.Valid() {
			return field("visibility", "An agent sees all, team or own.")
		}
	}
	return nil
}

// SetAvailability says whether the actor can be given conversations.
func (a *App) SetAvailability(ctx context.Context, to desk.Availability) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		m, err := tx.Member(from(ctx).User)
		if err != nil {
			return err
		}
		could := m.Active && m.Available()
		if err := (ProfileChange{Availability: &to}).apply(&m.Profile); err != nil {
			return err
		}
		if err := tx.SaveMember(m, a.now()); err != nil {
			return err
		}
		return a.memberChanged(ctx, tx, m, false, could)
	})
}

// What SettingsChanged says of a member besides "changed": effects follow.
const (
	MemberLeft        = "left"        // deactivated: their conversations go back
	MemberUnavailable = "unavailable" // they can be given conversations no more, for now
)

// memberChanged tells screens and effects what became of a member.
func (a *App) memberChanged(ctx context.Context, tx *store.WriteTx, m desk.Member, left, could bool) error {
	action := "changed"
	switch {
	case left:
		action = MemberLeft
	case could && !m.Available():
		action = MemberUnavailable
	}
	act := from(ctx)
	e := desk.Event{
		Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: desk.CommandID(a.number()),
		Fact: desk.SettingsChanged{Subject: "member", ID: m.User.String(), Action: action},
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	return a.enqueue(tx, desk.Conversation{}, e)
}

// KeptBy returns a page of the active conversations that are somebody's.
func (a *App) KeptBy(ctx context.Context, user desk.UserID, before *store.Place) (page []desk.Conversation, err error) {
	scope := store.Scope{Workspace: WorkspaceFrom(ctx), User: user}
	err = a.DB.Read(ctx, scope, func(tx *store.Tx) (err error) {
		page, err = tx.Listed(store.List{View: store.ViewMine, Tab: store.TabOpen, Now: a.now(), Limit: 100, Before: before})
		return err
	})
	return page, err
}

// GiveBack unassigns the active conversations of somebody who left; their teams
// keep them (2.3). It returns how many there were.
func (a *App) GiveBack(ctx context.Context, user desk.UserID) (n int, err error) {
	for {
		page, err := a.KeptBy(ctx, user, nil)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, c := range page {
			r, err := a.Do(ctx, c.ID, desk.Unassign{})
			if err != nil {
				return n, err
			}
			n += len(r.Events)
		}
	}
}

// SaveTeam makes a team, or with an id changes it.
func (a *App) SaveTeam(ctx context.Context, t desk.Team) (desk.Team, error) {
	action := "changed"
	if t.ID == 0 {
		action, t.ID = "created", desk.TeamID(a.number())
	}
	if t.Name = desk.Line(t.Name, maxNameRunes); t.Name == "" {
		return t, field("name", "Give the team a name.")
	}
	slices.Sort(t.Members)
	t.Members = slices.Compact(t.Members)
	if t.Lead != 0 && !t.Has(t.Lead) {
		return t, field("lead_id", "The lead is one of the team. Add them to its members first.")
	}
	err := a.Change(ctx, "team", t.ID.String(), action, func(tx *store.WriteTx) error {
		if action == "changed" {
			if _, err := tx.Team(t.ID); err != nil {
				return err
			}
		}
		for _, user := range t.Members {
			m, err := tx.Member(user)
			if err != nil {
				return err
			}
			if !m.Active {
				return field("member_ids", m.Name+" is no longer active here. Leave them out.")
			}
		}
		if err := areInboxes(tx, t.Inboxes); err != nil {
			return err
		}
		if err := checkFallback(tx, t); err != nil {
			return err
		}
		return tx.SaveTeam(t, a.now())
	})
	return t, err
}

func checkFallback(tx *store.WriteTx, t desk.Team) error {
	if t.Fallback == 0 {
		return nil
	}
	if t.Fallback != t.ID {
		if _, err := tx.Team(t.Fallback); err != nil {
			return err
		}
	}
	all, err := tx.Teams()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o desk.Team) bool { return o.ID == t.ID })
	return desk.CheckFallbacks(append([]desk.Team{t}, all...))
}

// DeleteTeam removes a team that has no conversations and that nothing turns to.
func (a *App) DeleteTeam(ctx context.Context, id desk.TeamID) error {
	return a.Change(ctx, "team", id.String(), "removed", func(tx *store.WriteTx) error {
		if _, err := tx.Team(id); err != nil {
			return err
		}
		teams, err := tx.Teams()
		if err != nil {
			return err
		}
		for _, t := range teams {
			if t.Fallback == id {
				return desk.Errorf(desk.Conflict, "%s falls back to this team. Choose another fallback there first.", t.Name)
			}
		}
		used, err := usedBy(tx, func(s desk.InboxSettings) bool {
			return s.FallbackTeam == id || s.Escalation != nil && s.Escalation.TransferTo == id ||
				slices.ContainsFunc(s.AssignmentRules, func(r desk.AssignmentRule) bool { return r.Team == id })
		})
		if err != nil {
			return err
		}
		if used != "" {
			return desk.Errorf(desk.Conflict, "%s turns to this team in its rules. Change them first.", used)
		}
		return tx.DeleteTeam(id)
	})
}

// checkRules refuses rules that name what is not there, or that could never do
// what they say.
func checkRules(tx *store.WriteTx, s desk.AssignmentSettings) error {
	if err := s.Check(); err != nil {
		return err
	}
	teams := []desk.TeamID{s.FallbackTeam}
	for _, r := range s.AssignmentRules {
		teams = append(teams, r.Team)
		for _, tag := range r.Tags {
			if _, err := tx.TagByID(tag); err != nil {
				return err
			}
		}
	}
	for _, id := range teams {
		if id == 0 {
			continue
		}
		t, err := tx.Team(id)
		if err != nil {
			return err
		}
		if len(t.Members) == 0 {
			return desk.Errorf(desk.Invalid, "The team %s has no members. Choose another one, or add somebody first.", t.Name)
		}
	}
	return nil
}

// SetResponders says who is notified for an inbox; inbox 0 is the default of the
// workspace (F0-30, F0-31, F0-34).
func (a *App) SetResponders(ctx context.Context, inbox desk.InboxID, kind desk.ResponderKind, users []desk.UserID) error {
	if !kind.Valid() {
		return field("kind", "Responders are first or escalation.")
	}
	return a.Change(ctx, "responders", inbox.String(), "changed", func(tx *store.WriteTx) error {
		if inbox != 0 {
			if _, err := tx.Inbox(inbox); err != nil {
				return err
			}
		}
		for _, user := range users {
			m, err := tx.Member(user)
			if err != nil {
				return err
			}
			switch {
			case !m.Active:
				return field("user_ids", m.Name+" is no longer active here. Choose somebody else.")
			case inbox != 0 && !m.Sees(inbox):
				return field("user_ids", m.Name+" does not see this inbox. Add them to it first.")
			}
		}
		return tx.SetResponders(inbox, kind, users)
	})
}

// Admins returns the active owners and admins.
func (a *App) Admins(ctx context.Context) (admins []desk.UserID, err error) {
	err = a.DB.Read(ctx, store.Scope{Workspace: WorkspaceFrom(ctx)}, func(tx *store.Tx) error {
		all, err := tx.Members()
		for _, m := range all {
			if m.Active && m.Role.May(desk.MayManage) {
				admins = append(admins, m.User)
			}
		}
		return err
	})
	return admins, err
}

// TeamMembers returns the active members of a team; none of one that is gone.
func (a *App) TeamMembers(ctx context.Context, id desk.TeamID) (users []desk.UserID, err error) {
	err = a.DB.Read(ctx, store.Scope{Workspace: WorkspaceFrom(ctx)}, func(tx *store.Tx) error {
		all, err := tx.Members()
		for _, m := range all {
			if m.Active && slices.Contains(m.Teams, id) {
				users = append(users, m.User)
			}
		}
		return err
	})
	return users, err
}

// Followers returns who follows a conversation and may see it.
func (a *App) Followers(ctx context.Context, id desk.ConversationID) (users []desk.UserID, err error) {
	err = a.DB.Read(ctx, store.Scope{Workspace: WorkspaceFrom(ctx)}, func(tx *store.Tx) error {
		c, err := tx.PeekConversation(id)
		if err != nil {
			return err
		}
		for _, user := range c.Followers {
			m, err := tx.Member(user)
			if err != nil {
				return err
			}
			if m.Active && m.Sees(c.Inbox) {
				users = append(users, user)
			}
		}
		return nil
	})
	return users, err
}

// StillReminds reports whether a reminder still stands: its conversation goes on,
// and who set it did not take it back.
func (a *App) StillReminds(ctx context.Context, e desk.Event) (due bool, err error) {
	err = a.DB.Read(ctx, store.Scope{Workspace: WorkspaceFrom(ctx)}, func(tx *store.Tx) error {
		c, err := tx.PeekConversation(e.Conversation)
		if err != nil || !c.Active() {
			return err
		}
		all, err := tx.History(e.Conversation)
		since := slices.DeleteFunc(all, func(other desk.Event) bool { return other.Version <= e.Version })
		due = desk.Reminds(e.Fact.(desk.ReminderSet), since)
		return err
	})
	return due, err
}
