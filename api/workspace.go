package api

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Workspace is one team's home.
type Workspace struct {
	ID       desk.WorkspaceID              `json:"id"`
	Name     string                        `json:"name"`
	Slug     string                        `json:"slug"`
	Settings desk.InboxSettings            `json:"settings" doc:"What inboxes inherit"`
	Product  desk.InboxSettings            `json:"product_settings" doc:"What it would be if the workspace said nothing"`
	Origins  map[string]desk.SettingOrigin `json:"setting_origins" doc:"For every setting the layer its value comes from: workspace or product"`
}

// Member is somebody of the team.
type Member struct {
	User         desk.UserID       `json:"user_id"`
	Name         string            `json:"name"`
	Email        string            `json:"email"`
	Role         desk.Role         `json:"role" enum:"owner,admin,agent,viewer"`
	Active       bool              `json:"active"`
	Title        string            `json:"title,omitempty" doc:"What they are, as their signature says it"`
	Availability desk.Availability `json:"availability" enum:"available,away,offline" doc:"What they say of themselves: rules give conversations to those who are available"`
	Online       bool              `json:"online" doc:"Whether they have Parley open"`
	Skills       []string          `json:"skills"`
	Languages    []string          `json:"languages"`
	Capacity     int               `json:"capacity" doc:"How many active conversations rules give them, at most; 0 leaves it to the inbox"`
	Visibility   desk.Visibility   `json:"visibility" enum:"all,team,own" doc:"Which conversations of their inboxes an agent sees"`
	Hours        *desk.Hours       `json:"hours,omitempty" doc:"When they work; absent is always"`
	Teams        []desk.TeamID     `json:"team_ids"`
	Inboxes      []desk.InboxID    `json:"inbox_ids" doc:"Those of their inboxes that you see, too"`
	OpenCount    int               `json:"open_count" doc:"Active conversations that are theirs"`
}

// Invitation asks somebody to join.
type Invitation struct {
	ID        desk.InvitationID `json:"id"`
	Email     string            `json:"email"`
	Role      desk.Role         `json:"role" enum:"owner,admin,agent,viewer"`
	Inboxes   []desk.InboxID    `json:"inbox_ids"`
	ExpiresAt time.Time         `json:"expires_at"`
	URL       string            `json:"url,omitempty" doc:"The address to open; shown once, when the invitation is made"`
}

// Token is a personal API token.
type Token struct {
	ID         desk.TokenID `json:"id"`
	Name       string       `json:"name"`
	Scopes     []string     `json:"scopes"`
	CreatedAt  time.Time    `json:"created_at"`
	LastUsedAt time.Time    `json:"last_used_at,omitzero"`
	ExpiresAt  time.Time    `json:"expires_at,omitzero"`
	Secret     string       `json:"secret,omitempty" doc:"The token; shown once, when it is made"`
}

// workspace registers the workspace, its members, invitations and tokens.
func (s *server) workspace() {
	const path = "/workspaces/{workspace}"
	show := func(ctx context.Context) (*body[Workspace], error) {
		out := &body[Workspace]{}
		err := s.read(ctx, func(tx *store.Tx) error {
			w, err := tx.Workspace()
			if err != nil {
				return err
			}
			settings, err := inboxSettings("", w.Settings, nil)
			if err != nil {
				return err
			}
			product, err := desk.EffectiveSettings("")
			out.Body = Workspace{w.ID, w.Name, w.Slug, settings.Settings, product, settings.Origins}
			return err
		})
		return out, err
	}
	route(s, operation{id: "get-workspace", method: "GET", path: path, summary: "The workspace", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[Workspace], error) { return show(ctx) })
	route(s, operation{id: "change-workspace", method: "PATCH", path: path, summary: "Rename the workspace, or change what its inboxes inherit", tag: "Workspace", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Name     *string        `json:"name,omitempty" minLength:"1" maxLength:"120"`
				Settings SettingsChange `json:"settings,omitempty"`
			}
		}) (*body[Workspace], error) {
			if err := s.App.ChangeWorkspace(ctx, app.WorkspaceChange{Name: in.Body.Name, Settings: in.Body.Settings.json()}); err != nil {
				return nil, err
			}
			return show(ctx)
		})
	s.members(path)
	s.teams(path)
	s.responders(path)
	s.assignees(path)
	s.invitations(path)
	s.tokens(path)
	s.notifications(path)
}

func (s *server) members(path string) {
	route(s, operation{id: "list-members", method: "GET", path: path + "/members", summary: "The team", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Member]], error) {
			out := page[Member]{Items: []Member{}}
			online := map[desk.UserID]bool{}
			for _, p := range s.Hub.Present(app.WorkspaceFrom(ctx), app.ActorFrom(ctx)) {
				online[p.User] = true
			}
			err := s.read(ctx, func(tx *store.Tx) error {
				counts, err := tx.OpenCounts()
				if err != nil {
					return err
				}
				all, err := tx.Members()
				for _, m := range all {
					v := memberOf(m)
					v.OpenCount, v.Online = counts[m.User], online[m.User]
					for _, id := range m.Inboxes {
						if app.ActorFrom(ctx).Sees(id) {
							v.Inboxes = append(v.Inboxes, id)
						}
					}
					out.Items = append(out.Items, v)
				}
				return err
			})
			return &body[page[Member]]{out}, err
		})
	route(s, operation{id: "change-member", method: "PATCH", path: path + "/members/{user}", summary: "Change a member's role, inboxes or membership", tag: "Workspace", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			User Ref[desk.UserID] `path:"user"`
			Body struct {
				Role         *desk.Role         `json:"role,omitempty" enum:"owner,admin,agent,viewer"`
				Active       *bool              `json:"active,omitempty"`
				Inboxes      *[]desk.InboxID    `json:"inbox_ids,omitempty"`
				Skills       *[]string          `json:"skills,omitempty" maxItems:"50" doc:"What they know: rules can ask for it"`
				Languages    *[]string          `json:"languages,omitempty" maxItems:"50" doc:"What they speak, like de or pt-br"`
				Capacity     *int               `json:"capacity,omitempty" minimum:"0" maximum:"10000"`
				Availability *desk.Availability `json:"availability,omitempty" enum:"available,away,offline"`
				Visibility   *desk.Visibility   `json:"visibility,omitempty" enum:"all,team,own"`
				Hours        *desk.Hours        `json:"hours,omitempty" doc:"When they work"`
				AnyHours     bool               `json:"any_hours,omitempty" doc:"Forget their working hours"`
			}
		}) (*struct{}, error) {
			defer s.Hub.CutUser(in.User.V)
			b := in.Body
			return nil, s.App.ChangeMember(ctx, in.User.V, app.MemberChange{Role: b.Role, Active: b.Active, Inboxes: b.Inboxes, ProfileChange: app.ProfileChange{
				Skills: b.Skills, Languages: b.Languages, Capacity: b.Capacity, Availability: b.Availability, Visibility: b.Visibility, Hours: b.Hours, AnyHours: b.AnyHours,
			}})
		})
}

func (s *server) invitations(path string) {
	route(s, operation{id: "list-invitations", method: "GET", path: path + "/invitations", summary: "Who is invited", tag: "Workspace", need: desk.MayManage},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Invitation]], error) {
			out := page[Invitation]{Items: []Invitation{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Invitations()
				for _, i := range all {
					out.Items = append(out.Items, invitationOf(i, ""))
				}
				return err
			})
			return &body[page[Invitation]]{out}, err
		})
	route(s, operation{id: "invite", method: "POST", path: path + "/invitations", summary: "Invite somebody", tag: "Workspace", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Email   string         `json:"email" maxLength:"254"`
				Role    desk.Role      `json:"role" enum:"owner,admin,agent,viewer"`
				Inboxes []desk.InboxID `json:"inbox_ids,omitempty"`
			}
		}) (*body[Invitation], error) {
			i, secret, err := s.App.Invite(ctx, in.Body.Email, in.Body.Role, in.Body.Inboxes)
			return &body[Invitation]{invitationOf(i, s.publicURL(ctx)+"/invitation/"+secret)}, err
		})
	route(s, operation{id: "revoke-invitation", method: "DELETE", path: path + "/invitations/{id}", summary: "Take an invitation back", tag: "Workspace", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID Ref[desk.InvitationID] `path:"id"`
		}) (*struct{}, error) {
			return nil, s.App.RevokeInvitation(ctx, in.ID.V)
		})
}

func invitationOf(i store.Invitation, url string) Invitation {
	inboxes := i.Inboxes
	if inboxes == nil {
		inboxes = []desk.InboxID{}
	}
	return Invitation{i.ID, i.Email, i.Role, inboxes, i.ExpiresAt, url}
}

func (s *server) tokens(path string) {
	route(s, operation{id: "list-tokens", method: "GET", path: path + "/tokens", summary: "Your API tokens", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Token]], error) {
			out := page[Token]{Items: []Token{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Tokens(app.ActorFrom(ctx).User)
				for _, t := range all {
					out.Items = append(out.Items, tokenOf(t, ""))
				}
				return err
			})
			return &body[page[Token]]{out}, err
		})
	route(s, operation{id: "create-token", method: "POST", path: path + "/tokens", summary: "Make an API token", tag: "Workspace", need: desk.MayRead, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Name      string     `json:"name" minLength:"1" maxLength:"120"`
				Scopes    []string   `json:"scopes" minItems:"1" maxItems:"3" enum:"read,write,admin"`
				ExpiresAt *time.Time `json:"expires_at,omitempty"`
			}
		}) (*body[Token], error) {
			if callerFrom(ctx).token != nil {
				return nil, desk.Errorf(desk.Forbidden, "A token cannot make tokens. Sign in to make one.")
			}
			var expires time.Time
			if in.Body.ExpiresAt != nil {
				expires = *in.Body.ExpiresAt
			}
			t, secret, err := s.App.CreateToken(ctx, in.Body.Name, in.Body.Scopes, expires)
			return &body[Token]{tokenOf(t, secret)}, err
		})
	route(s, operation{id: "revoke-token", method: "DELETE", path: path + "/tokens/{id}", summary: "End an API token", tag: "Workspace", need: desk.MayRead, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID Ref[desk.TokenID] `path:"id"`
		}) (*struct{}, error) {
			defer s.Hub.CutUser(app.ActorFrom(ctx).User) // a feed may have been opened with it
			return nil, s.App.RevokeToken(ctx, in.ID.V)
		})
}

func tokenOf(t store.Token, secret string) Token {
	return Token{t.ID, t.Name, t.Scopes, t.CreatedAt, t.UsedAt, t.ExpiresAt, secret}
}
