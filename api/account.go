package api

import (
	"context"
	"net/http"
	"time"

	"parley/desk"
	"parley/internal/auth"
	"parley/store"
)

// Me is who is signed in.
type Me struct {
	User       MeUser           `json:"user"`
	Workspaces []WorkspaceBrief `json:"workspaces"`
	Settings   desk.OwnSettings `json:"settings"`
}

// MeUser is the person.
type MeUser struct {
	ID    desk.UserID `json:"id"`
	Name  string      `json:"name"`
	Email string      `json:"email"`
}

// WorkspaceBrief is a workspace somebody may enter.
type WorkspaceBrief struct {
	ID    desk.WorkspaceID `json:"id"`
	Name  string           `json:"name"`
	Slug  string           `json:"slug"`
	Role  desk.Role        `json:"role" enum:"owner,admin,agent,viewer"`
	Leads bool             `json:"leads,omitempty" doc:"Whether they lead a team"`
}

// Install is what anybody may know of this install.
type Install struct {
	NeedsSetup bool   `json:"needs_setup" doc:"Nobody can sign in yet"`
	SignedIn   bool   `json:"signed_in" doc:"The request comes from somebody who is signed in"`
	Version    string `json:"version"`
	Name       string `json:"name"`
}

// Session is a signed-in browser.
type Session struct {
	ID         desk.SessionID `json:"id"`
	UserAgent  string         `json:"user_agent"`
	Remote     string         `json:"remote"`
	CreatedAt  time.Time      `json:"created_at"`
	LastSeenAt time.Time      `json:"last_seen_at"`
	Current    bool           `json:"current"`
}

// signedInMe is an answer that signs in.
type signedInMe struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   Me
}

// changedMe is an answer that changes the session if the password was.
type changedMe struct {
	Cookie string `header:"Set-Cookie"`
	Body   Me
}

// From is who sends a request, for sessions and limits.
type From struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
}

// account registers what concerns a person, not a workspace.
func (s *server) account() {
	route(s, operation{id: "install", method: "GET", path: "/install", summary: "What this install is", tag: "Account", public: true},
		func(ctx context.Context, _ *struct{}) (*body[Install], error) {
			needs, err := s.App.NeedsSetup(ctx)
			return &body[Install]{Install{NeedsSetup: needs, SignedIn: callerFrom(ctx).err == nil, Version: s.Version, Name: "Parley"}}, err
		})
	route(s, operation{id: "setup", method: "POST", path: "/setup", summary: "Make the first owner and workspace", tag: "Account", public: true, status: 201},
		func(ctx context.Context, in *struct {
			From
			Body struct {
				Workspace string `json:"workspace_name" minLength:"1" maxLength:"120"`
				Name      string `json:"name" minLength:"1" maxLength:"120"`
				Email     string `json:"email" maxLength:"254"`
				Password  string `json:"password" maxLength:"512"`
			}
		}) (*signedInMe, error) {
			if err := s.maySetUp(ctx); err != nil {
				return nil, err
			}
			user, err := s.App.Setup(ctx, in.Body.Workspace, in.Body.Name, in.Body.Email, in.Body.Password)
			if err != nil {
				return nil, err
			}
			return s.begin(ctx, user, in.From)
		})
	route(s, operation{id: "sign-in", method: "POST", path: "/session", summary: "Sign in", tag: "Account", public: true},
		func(ctx context.Context, in *struct {
			From
			Body struct {
				Email    string `json:"email" maxLength:"254"`
				Password string `json:"password" maxLength:"512"`
			}
		}) (*signedInMe, error) {
			for _, key := range []string{"from " + network(remoteFrom(ctx)), "to " + store.FoldEmail(in.Body.Email)} {
				if err := s.slow(s.SignIn, key); err != nil {
					return nil, err
				}
			}
			token, user, err := s.App.SignIn(ctx, in.Body.Email, in.Body.Password, in.UserAgent, remoteFrom(ctx))
			if err != nil {
				return nil, err
			}
			if err := s.endPresent(ctx); err != nil {
				return nil, err
			}
			return s.answerMe(ctx, user, token)
		})
	route(s, operation{id: "sign-out", method: "DELETE", path: "/session", summary: "Sign out", tag: "Account", status: 204, inPerson: true},
		func(ctx context.Context, _ *struct{}) (*struct {
			Cookie http.Cookie `header:"Set-Cookie"`
		}, error) {
			c := callerFrom(ctx)
			if err := s.App.SignOut(ctx, c.user, c.session.ID); err != nil {
				return nil, err
			}
			s.Hub.CutUser(c.user)
			out := &struct {
				Cookie http.Cookie `header:"Set-Cookie"`
			}{s.cookie("", -1)}
			return out, nil
		})
	route(s, operation{id: "me", method: "GET", path: "/session", summary: "Who is signed in", tag: "Account"},
		func(ctx context.Context, _ *struct{}) (*body[Me], error) {
			me, err := s.me(ctx, callerFrom(ctx).user)
			return &body[Me]{me}, err
		})
	route(s, operation{id: "change-me", method: "PATCH", path: "/me", summary: "Change your name or password", tag: "Account", inPerson: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Name     string `json:"name,omitempty" maxLength:"120"`
				Current  string `json:"current_password,omitempty" maxLength:"512"`
				Password string `json:"password,omitempty" maxLength:"512"`
			}
		}) (*changedMe, error) {
			c := callerFrom(ctx)
			if in.Body.Password != "" {
				if err := s.slow(s.SignIn, "to "+c.user.String()); err != nil {
					return nil, err
				}
			}
			out := &changedMe{}
			token, err := s.App.ChangeMe(ctx, c.user, c.session, in.Body.Name, in.Body.Current, in.Body.Password)
			if err != nil {
				return nil, err
			}
			if token != "" {
				s.Hub.CutUser(c.user)
				cookie := s.cookie(token, sessionSeconds)
				out.Cookie = cookie.String()
			}
			out.Body, err = s.me(ctx, c.user)
			return out, err
		})
	s.ownSettings()
	s.sessions()
	s.pushes()
	s.invited()
}

func (s *server) sessions() {
	route(s, operation{id: "list-sessions", method: "GET", path: "/sessions", summary: "Where you are signed in", tag: "Account", inPerson: true},
		func(ctx context.Context, _ *struct{}) (*body[page[Session]], error) {
			c := callerFrom(ctx)
			out := page[Session]{Items: []Session{}}
			err := s.db.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
				all, err := tx.Sessions(c.user, s.now())
				for _, v := range all {
					out.Items = append(out.Items, Session{v.ID, v.UserAgent, v.Remote, v.CreatedAt, v.SeenAt, v.ID == c.session.ID})
				}
				return err
			})
			return &body[page[Session]]{out}, err
		})
	route(s, operation{id: "end-session", method: "DELETE", path: "/sessions/{id}", summary: "Sign out elsewhere", tag: "Account", status: 204, inPerson: true},
		func(ctx context.Context, in *struct {
			ID Ref[desk.SessionID] `path:"id"`
		}) (*struct{}, error) {
			c := callerFrom(ctx)
			defer s.Hub.CutUser(c.user)
			return nil, s.App.SignOut(ctx, c.user, in.ID.V)
		})
	route(s, operation{id: "create-workspace", method: "POST", path: "/workspaces", summary: "Make another workspace", tag: "Account", status: 201, inPerson: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Name string `json:"name" minLength:"1" maxLength:"120"`
			}
		}) (*body[WorkspaceBrief], error) {
			c := callerFrom(ctx)
			w, err := s.App.CreateWorkspace(ctx, in.Body.Name, c.user)
			return &body[WorkspaceBrief]{WorkspaceBrief{w.ID, w.Name, w.Slug, desk.RoleOwner, false}}, err
		})
}

// invited registers what somebody with an invitation can do.
func (s *server) invited() {
	type invitationNotice struct {
		WorkspaceName string    `json:"workspace_name"`
		Email         string    `json:"email"`
		Role          desk.Role `json:"role" enum:"owner,admin,agent,viewer"`
		NeedsAccount  bool      `json:"needs_account" doc:"Nobody has this mail address yet: a name and a new password are needed"`
	}
	route(s, operation{id: "invitation", method: "GET", path: "/invitations/{secret}", summary: "What an invitation says", tag: "Account", public: true},
		func(ctx context.Context, in *struct {
			Secret string `path:"secret" maxLength:"100"`
		}) (*body[invitationNotice], error) {
			i, err := s.App.Invitation(ctx, in.Secret)
			return &body[invitationNotice]{invitationNotice{i.WorkspaceName, i.Email, i.Role, i.NeedsAccount}}, err
		})
	route(s, operation{id: "accept-invitation", method: "POST", path: "/invitations/{secret}/accept", summary: "Join a workspace", tag: "Account", public: true},
		func(ctx context.Context, in *struct {
			From
			Secret string `path:"secret" maxLength:"100"`
			Body   struct {
				Name     string `json:"name,omitempty" maxLength:"120"`
				Password string `json:"password" maxLength:"512"`
			}
		}) (*signedInMe, error) {
			for _, key := range []string{"from " + network(remoteFrom(ctx)), "invitation " + auth.HashToken(in.Secret)} {
				if err := s.slow(s.SignIn, key); err != nil {
					return nil, err
				}
			}
			user, err := s.App.AcceptInvitation(ctx, in.Secret, in.Body.Name, in.Body.Password)
			if err != nil {
				return nil, err
			}
			return s.begin(ctx, user, in.From)
		})
}

// begin signs somebody in.
func (s *server) begin(ctx context.Context, user desk.UserID, f From) (*signedInMe, error) {
	token, err := s.App.NewSession(ctx, user, f.UserAgent, remoteFrom(ctx))
	if err != nil {
		return nil, err
	}
	if err := s.endPresent(ctx); err != nil {
		return nil, err
	}
	return s.answerMe(ctx, user, token)
}

func (s *server) answerMe(ctx context.Context, user desk.UserID, token string) (*signedInMe, error) {
	me, err := s.me(ctx, user)
	return &signedInMe{Cookie: s.cookie(token, sessionSeconds), Body: me}, err
}

func (s *server) me(ctx context.Context, user desk.UserID) (me Me, err error) {
	me.Workspaces = []WorkspaceBrief{}
	err = s.db.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		p, err := tx.Person(user)
		if err != nil {
			return err
		}
		me.User = MeUser{p.ID, p.Name, p.Email}
		if me.Settings, err = tx.OwnSettings(user); err != nil {
			return err
		}
		all, err := tx.Memberships(user)
		for _, m := range all {
			if t := callerFrom(ctx).token; t != nil && t.Workspace != m.ID {
				continue // a token knows its own workspace only
			}
			me.Workspaces = append(me.Workspaces, WorkspaceBrief{m.ID, m.Name, m.Slug, m.Role, m.Leads})
		}
		return err
	})
	return me, err
}
