package api

import (
	"context"
	"strings"

	"parley/app"
	"parley/channel/webchat"
	"parley/desk"
	"parley/store"
)

// VisitorConfig is how a chat looks.
type VisitorConfig struct {
	Name        string   `json:"name"`
	Greeting    string   `json:"greeting"`
	Intro       string   `json:"intro,omitempty"`
	Accent      string   `json:"accent"`
	HeaderColor string   `json:"header_color"`
	Side        string   `json:"side"`
	ReplyTime   string   `json:"reply_time,omitempty"`
	AskEmail    bool     `json:"ask_email"`
	MaxUpload   int64    `json:"max_upload"`
	Online      bool     `json:"online"`
	Team        []string `json:"team" doc:"First names of who is there"`
}

func (s *server) visitorProfile(ctx context.Context, v visit, name, email string) (string, error) {
	email = store.FoldEmail(email)
	if email != "" && !desk.IsEmail(email) {
		return "", desk.Errorf(desk.Invalid, "This is not a mail address.")
	}
	if !v.visitor.Verified {
		v.visitor.Name, v.visitor.Email = desk.Line(name, 120), email
	}
	token, err := webchat.Sign(s.App.Keys.Derive("visitor"), v.visitor)
	if err != nil || v.contact == 0 || v.visitor.Verified || v.blocked {
		return token, err
	}
	ch := app.ContactChange{}
	if name != "" {
		ch.Name = &name
	}
	if email != "" {
		ch.Email = &email
	}
	return token, s.App.ChangeContact(app.System(ctx, v.account.Workspace), v.contact, ch)
}

func (s *server) visitorConfig(ctx context.Context, v visit) (VisitorConfig, error) {
	c := v.config
	out := VisitorConfig{
		Name: v.account.Name, Greeting: c.Greeting, Intro: c.Intro, Accent: c.Accent, HeaderColor: c.HeaderColor, Side: c.Side, ReplyTime: c.ReplyTime,
		AskEmail: c.AskEmail, MaxUpload: MaxUpload, Team: []string{},
	}
	err := s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace}, func(tx *store.Tx) error {
		w, err := tx.Workspace()
		if err != nil {
			return err
		}
		out.Name = w.Name
		members, err := tx.Members()
		for _, m := range members {
			if m.Active && m.Role != desk.RoleViewer && m.Sees(v.account.Inbox) && len(out.Team) < 4 {
				first, _, _ := strings.Cut(m.Name, " ")
				out.Team = append(out.Team, first)
			}
		}
		return err
	})
	out.Online = s.Hub.Online(v.account.Workspace)
	return out, err
}
