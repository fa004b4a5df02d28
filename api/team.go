package api

import (
	"context"
	"slices"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Team is people who answer together.
type Team struct {
	ID       desk.TeamID    `json:"id"`
	Name     string         `json:"name"`
	Lead     desk.UserID    `json:"lead_id,omitempty"`
	Members  []desk.UserID  `json:"member_ids"`
	Inboxes  []desk.InboxID `json:"inbox_ids" doc:"Those of its inboxes that you see; its members see all of them"`
	Fallback desk.TeamID    `json:"fallback_team_id,omitempty" doc:"Whom rules turn to when nobody of it is available"`
}

// memberOf renders what everybody may know of a member.
func memberOf(m desk.Member) Member {
	v := Member{
		User: m.User, Name: m.Name, Email: m.Email, Title: m.Title, Role: m.Role, Active: m.Active, Availability: availability(m.Profile), Inboxes: []desk.InboxID{},
		Skills: append([]string{}, m.Skills...), Languages: append([]string{}, m.Languages...), Capacity: m.Capacity, Visibility: m.Visibility,
		Hours: m.Hours, Teams: append([]desk.TeamID{}, m.Teams...),
	}
	if v.Visibility == "" {
		v.Visibility = desk.VisibleAll
	}
	return v
}

func availability(p desk.Profile) desk.Availability {
	if p.Availability == "" {
		return desk.Available
	}
	return p.Availability
}

func teamOf(t desk.Team, sees func(desk.InboxID) bool) Team {
	v := Team{t.ID, t.Name, t.Lead, append([]desk.UserID{}, t.Members...), []desk.InboxID{}, t.Fallback}
	for _, id := range t.Inboxes {
		if sees(id) {
			v.Inboxes = append(v.Inboxes, id)
		}
	}
	return v
}

// teams registers teams, and what members say of themselves.
func (s *server) teams(path string) {
	type savedTeam struct {
		Name     string         `json:"name" minLength:"1" maxLength:"120"`
		Lead     desk.UserID    `json:"lead_id,omitempty"`
		Members  []desk.UserID  `json:"member_ids" maxItems:"1000"`
		Inboxes  []desk.InboxID `json:"inbox_ids,omitempty" maxItems:"1000" doc:"The inboxes its members see by it"`
		Fallback desk.TeamID    `json:"fallback_team_id,omitempty"`
	}
	type TeamPath struct {
		InWorkspace
		ID Ref[desk.TeamID] `path:"id"`
	}
	save := func(ctx context.Context, ws desk.WorkspaceID, id desk.TeamID, b savedTeam) (*body[Team], error) {
		t, err := s.App.SaveTeam(ctx, desk.Team{ID: id, Name: b.Name, Lead: b.Lead, Members: b.Members, Inboxes: b.Inboxes, Fallback: b.Fallback})
		if err != nil {
			return nil, err
		}
		s.Hub.CutWorkspace(ws) // who sees what may have changed
		return &body[Team]{teamOf(t, app.ActorFrom(ctx).Sees)}, nil
	}
	route(s, operation{id: "list-teams", method: "GET", path: path + "/teams", summary: "The teams", tag: "Teams", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Team]], error) {
			out := page[Team]{Items: []Team{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Teams()
				for _, t := range all {
					out.Items = append(out.Items, teamOf(t, app.ActorFrom(ctx).Sees))
				}
				return err
			})
			return &body[page[Team]]{out}, err
		})
	route(s, operation{id: "create-team", method: "POST", path: path + "/teams", summary: "Make a team", tag: "Teams", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body savedTeam
		}) (*body[Team], error) {
			return save(ctx, in.Workspace.V, 0, in.Body)
		})
	route(s, operation{id: "change-team", method: "PUT", path: path + "/teams/{id}", summary: "Change a team", tag: "Teams", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			TeamPath
			Body savedTeam
		}) (*body[Team], error) {
			return save(ctx, in.Workspace.V, in.ID.V, in.Body)
		})
	route(s, operation{id: "delete-team", method: "DELETE", path: path + "/teams/{id}", summary: "Remove a team that has no conversations", tag: "Teams", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *TeamPath) (*struct{}, error) {
			defer s.Hub.CutWorkspace(in.Workspace.V)
			return nil, s.App.DeleteTeam(ctx, in.ID.V)
		})
	route(s, operation{id: "set-availability", method: "PUT", path: path + "/availability", summary: "Say whether you can be given conversations", tag: "Teams", need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Availability desk.Availability `json:"availability" enum:"available,away,offline"`
			}
		}) (*struct{}, error) {
			return nil, s.App.SetAvailability(ctx, in.Body.Availability)
		})
}

// Responders is who is notified for an inbox.
type Responders struct {
	Inbox      desk.InboxID  `json:"inbox_id,omitempty" doc:"Absent for the default of the workspace"`
	First      []desk.UserID `json:"first_ids" doc:"Notified when a target has passed, and when a deadline has"`
	Escalation []desk.UserID `json:"escalation_ids" doc:"Notified when a deadline has passed, too"`
}

func (s *server) responders(path string) {
	type all struct {
		Items []Responders   `json:"items" doc:"The default of the workspace first, then every inbox you see"`
		Mine  []desk.InboxID `json:"mine" doc:"The inboxes that you respond for, by their own list or by the default"`
	}
	route(s, operation{id: "list-responders", method: "GET", path: path + "/responders", summary: "Who is notified for which inbox", tag: "Teams", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[all], error) {
			out := all{Items: []Responders{}, Mine: []desk.InboxID{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				found, err := tx.Responders()
				if err != nil {
					return err
				}
				inboxes, err := tx.Inboxes()
				if err != nil {
					return err
				}
				out.Items = append(out.Items, respondersOf(found, 0))
				for _, i := range inboxes {
					out.Items = append(out.Items, respondersOf(found, i.ID))
				}
				mine, err := responding(tx)
				out.Mine = append(out.Mine, mine...)
				return err
			})
			return &body[all]{out}, err
		})
	route(s, operation{id: "set-responders", method: "PUT", path: path + "/responders", summary: "Say who is notified for an inbox", tag: "Teams", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Inbox desk.InboxID       `json:"inbox_id,omitempty" doc:"Leave it out for the default of the workspace"`
				Kind  desk.ResponderKind `json:"kind" enum:"first,escalation"`
				Users []desk.UserID      `json:"user_ids" maxItems:"1000"`
			}
		}) (*struct{}, error) {
			return nil, s.App.SetResponders(ctx, in.Body.Inbox, in.Body.Kind, in.Body.Users)
		})
}

// responding returns the inboxes that the reader responds for.
func responding(tx *store.Tx) ([]desk.InboxID, error) {
	found, err := tx.Responders()
	if err != nil {
		return nil, err
	}
	inboxes, err := tx.Inboxes()
	ids := make([]desk.InboxID, 0, len(inboxes))
	for _, i := range inboxes {
		ids = append(ids, i.ID)
	}
	return desk.Responds(found, ids, tx.Scope().User), err
}

// respondersOf returns an inbox's own people; nobody means the default.
func respondersOf(all []desk.Responder, inbox desk.InboxID) Responders {
	out := Responders{Inbox: inbox, First: []desk.UserID{}, Escalation: []desk.UserID{}}
	for _, r := range all {
		switch {
		case r.Inbox != inbox:
		case r.Kind == desk.FirstResponders:
			out.First = append(out.First, r.User)
		default:
			out.Escalation = append(out.Escalation, r.User)
		}
	}
	return out
}

// Assignee is somebody who could answer a conversation, with what helps to
// choose (F1-04, F3-35, F3-38).
type Assignee struct {
	User          desk.UserID       `json:"user_id"`
	Name          string            `json:"name"`
	Availability  desk.Availability `json:"availability" enum:"available,away,offline"`
	Online        bool              `json:"online" doc:"Whether they have Parley open"`
	OffHours      bool              `json:"off_hours" doc:"Whether it is outside their working hours"`
	Skills        []string          `json:"skills"`
	Languages     []string          `json:"languages"`
	Open          int               `json:"open_count" doc:"Open conversations that are theirs, without those that sleep"`
	Pending       int               `json:"pending_count"`
	Capacity      int               `json:"capacity" doc:"0 is no limit"`
	HandledBefore bool              `json:"handled_before" doc:"Whether they wrote to this customer before"`
	Teams         []desk.TeamID     `json:"team_ids"`
	Escalation    bool              `json:"escalation" doc:"Whether they lead the team that has it, or are an escalation responder of the inbox"`
}

// Assignees is to whom and whereto a conversation could go.
type Assignees struct {
	People   []Assignee       `json:"people" doc:"Who is available first, then by name"`
	Teams    []Team           `json:"teams" doc:"Those with somebody who could answer it"`
	Channels []desk.ChannelID `json:"channel_ids" doc:"Through which the customer could be written to"`
}

func (s *server) assignees(path string) {
	route(s, operation{id: "list-assignees", method: "GET", path: path + "/conversations/{id}/assignees", summary: "Who could answer a conversation", tag: "Teams", need: desk.MayAnswer},
		func(ctx context.Context, in *ConversationPath) (*body[Assignees], error) {
			out := &body[Assignees]{}
			online := map[desk.UserID]bool{}
			for _, p := range s.Hub.Present(in.Workspace.V, app.ActorFrom(ctx)) {
				online[p.User] = true
			}
			err := s.read(ctx, func(tx *store.Tx) error {
				c, err := tx.Conversation(in.ID.V)
				if err != nil {
					return err
				}
				out.Body, err = s.assigneesOf(ctx, tx, c, online)
				return err
			})
			return out, err
		})
}

func (s *server) assigneesOf(ctx context.Context, tx *store.Tx, c desk.Conversation, online map[desk.UserID]bool) (out Assignees, err error) {
	out = Assignees{People: []Assignee{}, Teams: []Team{}, Channels: []desk.ChannelID{}}
	inbox, err := tx.Inbox(c.Inbox)
	if err != nil {
		return out, err
	}
	members, err := tx.Members()
	if err != nil {
		return out, err
	}
	loads, err := tx.Loads(s.now())
	if err != nil {
		return out, err
	}
	answered, err := tx.AnsweredBy(c.Contact)
	if err != nil {
		return out, err
	}
	teams, err := tx.Teams()
	if err != nil {
		return out, err
	}
	duties, err := tx.Responders()
	if err != nil {
		return out, err
	}
	escalation := desk.Responders(duties, c.Inbox, desk.EscalationResponders)
	for _, t := range teams {
		if t.ID == c.Team && t.Lead != 0 {
			escalation = append(escalation, t.Lead)
		}
	}
	can := map[desk.UserID]bool{}
	for _, m := range members {
		if desk.CanBeAssigned(m, c.Inbox) != nil {
			continue
		}
		can[m.User] = true
		v := memberOf(m)
		a := Assignee{
			User: m.User, Name: m.Name, Availability: v.Availability, Online: online[m.User], OffHours: m.OffHours(s.now()), Skills: v.Skills, Languages: v.Languages,
			Open: loads[m.User].Open, Pending: loads[m.User].Pending, Capacity: m.Capacity, Teams: v.Teams, Escalation: slices.Contains(escalation, m.User),
			HandledBefore: slices.ContainsFunc(answered, func(a store.AnsweredBy) bool { return a.User == m.User }),
		}
		if a.Capacity == 0 {
			a.Capacity = inbox.Settings.MaxActive
		}
		out.People = append(out.People, a)
	}
	slices.SortStableFunc(out.People, func(a, b Assignee) int { return a.absence() - b.absence() })
	for _, t := range teams {
		if slices.ContainsFunc(t.Members, func(u desk.UserID) bool { return can[u] }) {
			out.Teams = append(out.Teams, teamOf(t, app.ActorFrom(ctx).Sees))
		}
	}
	channels, err := tx.Channels()
	for _, ch := range channels {
		if !ch.Disabled && app.Reachable(tx, c.Contact, ch) == nil {
			out.Channels = append(out.Channels, ch.ID)
		}
	}
	return out, err
}

// absence sorts who is there before who is not.
func (a Assignee) absence() int {
	switch {
	case a.Availability == desk.Offline:
		return 3
	case a.Availability == desk.Away:
		return 2
	case a.OffHours:
		return 1
	}
	return 0
}
