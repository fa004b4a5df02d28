package api

import (
	"context"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/internal/oauth"
)

// MailProvider is somebody who can let Parley into mailboxes (OAuth 2.0), and what
// Parley is known by there.
type MailProvider struct {
	Provider     string `json:"provider" enum:"google,microsoft,custom"`
	Title        string `json:"title" doc:"What people call it"`
	Ready        bool   `json:"ready" doc:"Whether mailboxes can be connected: Parley is registered there"`
	ClientID     string `json:"client_id,omitempty"`
	SecretSet    bool   `json:"secret_set" doc:"Whether the client's secret has a value"`
	RedirectURL  string `json:"redirect_url" doc:"Where the provider sends people back to: to be entered where Parley is registered"`
	Tenant       string `json:"tenant,omitempty" doc:"Microsoft's: whose accounts may be connected; none is any organisation's and personal ones"`
	AuthorizeURL string `json:"authorize_url,omitempty" doc:"Of a custom provider: where people sign in"`
	TokenURL     string `json:"token_url,omitempty" doc:"Of a custom provider: where tokens are given"`
	UserInfoURL  string `json:"userinfo_url,omitempty" doc:"Of a custom provider: what says whose account it is"`
	RevokeURL    string `json:"revoke_url,omitempty" doc:"Of a custom provider: where tokens are taken back"`
	Scope        string `json:"scope,omitempty" doc:"Of a custom provider: what is asked for, with spaces between"`
	IMAPHost     string `json:"imap_host,omitempty" doc:"Where its mail is fetched from"`
	IMAPPort     int    `json:"imap_port,omitempty"`
	SMTPHost     string `json:"smtp_host,omitempty" doc:"Where its mail goes out, with STARTTLS"`
	SMTPPort     int    `json:"smtp_port,omitempty"`
}

// Connection is how a channel is let into its mailbox by a provider.
type Connection struct {
	Provider    string    `json:"provider" enum:"google,microsoft,custom"`
	Title       string    `json:"title" doc:"What people call the provider"`
	Mailbox     string    `json:"mailbox,omitempty" doc:"Whose mailbox is open; absent when none is"`
	Problem     string    `json:"problem,omitempty" doc:"Why it is open no more, and what to do"`
	ConnectedAt time.Time `json:"connected_at,omitzero"`
}

func (s *server) mailProviderOf(ctx context.Context, p app.MailProvider) MailProvider {
	at := oauth.ServersOf(p.Provider)
	return MailProvider{
		Provider: p.Provider, Title: p.Name(), Ready: p.Known, ClientID: p.ID, SecretSet: p.SecretSet, RedirectURL: s.redirectURL(ctx, p.Provider), Tenant: p.Tenant,
		AuthorizeURL: p.AuthorizeURL, TokenURL: p.TokenURL, UserInfoURL: p.UserInfoURL, RevokeURL: p.RevokeURL, Scope: p.Scope,
		IMAPHost: at.IMAPHost, IMAPPort: at.IMAPPort, SMTPHost: at.SMTPHost, SMTPPort: at.SMTPPort,
	}
}

// redirectURL is where a provider sends people back to. Each has its own, so that what
// one says is not taken for what another said (RFC 9700, 4.4.2).
func (s *server) redirectURL(ctx context.Context, provider string) string {
	return s.publicURL(ctx) + "/oauth/" + provider
}

// mailProviders registers who lets Parley into mailboxes.
func (s *server) mailProviders(path string) {
	type ProviderPath struct {
		InWorkspace
		Provider string `path:"provider" enum:"google,microsoft,custom"`
	}
	list := func(ctx context.Context) ([]MailProvider, error) {
		all, err := s.App.MailProviders(ctx)
		out := []MailProvider{}
		for _, p := range all {
			out = append(out, s.mailProviderOf(ctx, p))
		}
		return out, err
	}
	route(s, operation{id: "list-mail-providers", method: "GET", path: path + "/mail-providers", summary: "Who can let Parley into mailboxes, and what it is known by there", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, _ *InWorkspace) (*body[page[MailProvider]], error) {
			all, err := list(ctx)
			return &body[page[MailProvider]]{page[MailProvider]{Items: all}}, err
		})
	route(s, operation{id: "save-mail-provider", method: "PUT", path: path + "/mail-providers/{provider}", summary: "Say what Parley is known by at a provider", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			ProviderPath
			Body struct {
				ClientID     string `json:"client_id" maxLength:"300"`
				ClientSecret string `json:"client_secret,omitempty" maxLength:"1000" doc:"One that is left out keeps its value"`
				Tenant       string `json:"tenant,omitempty" maxLength:"200"`
				Title        string `json:"title,omitempty" maxLength:"60"`
				AuthorizeURL string `json:"authorize_url,omitempty" maxLength:"1000"`
				TokenURL     string `json:"token_url,omitempty" maxLength:"1000"`
				UserInfoURL  string `json:"userinfo_url,omitempty" maxLength:"1000"`
				RevokeURL    string `json:"revoke_url,omitempty" maxLength:"1000"`
				Scope        string `json:"scope,omitempty" maxLength:"1000"`
			}
		}) (*body[MailProvider], error) {
			b := in.Body
			c := oauth.Client{
				Provider: in.Provider, Title: desk.Line(b.Title, 60), ID: desk.Line(b.ClientID, 300), Secret: b.ClientSecret, Tenant: desk.Line(b.Tenant, 200),
				AuthorizeURL: b.AuthorizeURL, TokenURL: b.TokenURL, UserInfoURL: b.UserInfoURL, RevokeURL: b.RevokeURL, Scope: desk.Line(b.Scope, 1000),
			}
			if err := s.App.SaveMailProvider(ctx, c); err != nil {
				return nil, err
			}
			all, err := list(ctx)
			if err != nil {
				return nil, err
			}
			return &body[MailProvider]{all[slices.IndexFunc(all, func(p MailProvider) bool { return p.Provider == in.Provider })]}, nil
		})
	route(s, operation{id: "remove-mail-provider", method: "DELETE", path: path + "/mail-providers/{provider}", summary: "Forget what Parley is known by at a provider; mailboxes that it opened are closed", tag: "Mail", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *ProviderPath) (*struct{}, error) {
			return nil, s.App.RemoveMailProvider(ctx, in.Provider)
		})
}

// connections registers how a provider opens the mailbox of a channel.
func (s *server) connections(path string) {
	type ChannelPath struct {
		InWorkspace
		ID Ref[desk.ChannelID] `path:"id"`
	}
	type Begun struct {
		URL string `json:"url" doc:"Where to go: to the provider, which sends you back to its redirect address"`
	}
	route(s, operation{id: "begin-connection", method: "POST", path: path + "/channels/{id}/connection", summary: "Begin to let Parley into the mailbox of a channel, by its provider", tag: "Mail", need: desk.MayManage, inPerson: true},
		func(ctx context.Context, in *ChannelPath) (*body[Begun], error) {
			to, err := s.App.BeginConnection(ctx, in.ID.V, callerFrom(ctx).session.ID, func(provider string) string { return s.redirectURL(ctx, provider) })
			return &body[Begun]{Begun{to}}, err
		})
	type Ended struct {
		Revoked bool `json:"revoked" doc:"Whether the provider took its permission back; otherwise the account's owner can, in their settings there"`
	}
	route(s, operation{id: "end-connection", method: "DELETE", path: path + "/channels/{id}/connection", summary: "Close the mailbox of a channel again, and give the permission back", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, in *ChannelPath) (*body[Ended], error) {
			revoked, err := s.App.Disconnect(ctx, in.ID.V)
			return &body[Ended]{Ended{revoked}}, err
		})
	type Finished struct {
		Workspace desk.WorkspaceID `json:"workspace_id"`
		Inbox     desk.InboxID     `json:"inbox_id"`
		Channel   desk.ChannelID   `json:"channel_id"`
		Address   string           `json:"address"`
		Title     string           `json:"title,omitempty" doc:"What people call the provider"`
		Mailbox   string           `json:"mailbox,omitempty" doc:"Whose mailbox is open now"`
		Problem   string           `json:"problem,omitempty" doc:"Why it is not, and what to do"`
	}
	route(s, operation{id: "finish-connection", method: "POST", path: "/mail-connections", summary: "Hand in with what a provider sent you back; only the session that began it can", tag: "Mail", inPerson: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Provider    string `json:"provider" enum:"google,microsoft,custom"`
				State       string `json:"state" maxLength:"200"`
				Code        string `json:"code,omitempty" maxLength:"4000"`
				Error       string `json:"error,omitempty" maxLength:"200"`
				Description string `json:"error_description,omitempty" maxLength:"2000"`
			}
		}) (*body[Finished], error) {
			c := callerFrom(ctx)
			r := app.Return{Provider: in.Body.Provider, State: in.Body.State, Code: in.Body.Code, Error: in.Body.Error, Description: in.Body.Description}
			f, err := s.App.FinishConnection(ctx, c.user, c.session.ID, r)
			return &body[Finished]{Finished(f)}, err
		})
}
