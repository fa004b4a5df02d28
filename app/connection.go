package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"parley/channel"
	"parley/desk"
	"parley/internal/auth"
	"parley/internal/oauth"
	"parley/store"
)

// backWithin is how long somebody may stay at a provider before they come back.
const backWithin = 15 * time.Minute

// Connection is how a channel is let into its mailbox by a provider.
type Connection struct {
	Provider    string
	Title       string    // what people call the provider
	Mailbox     string    // whom the provider lets in; "" when it does not
	Problem     string    // why it is over, and what to do
	ConnectedAt time.Time // zero when it never was
}

// Connections returns how each channel of the workspace is let in whose settings name
// a provider.
func (a *App) Connections(tx *store.Tx, all []desk.Channel) (map[desk.ChannelID]Connection, error) {
	grants, err := tx.Grants(0)
	if err != nil {
		return nil, err
	}
	clients, err := tx.OAuthClients()
	if err != nil {
		return nil, err
	}
	title := map[string]string{}
	for _, c := range clients {
		var client oauth.Client
		if err := json.Unmarshal(c.Settings, &client); err != nil {
			return nil, err
		}
		title[c.Provider] = client.Name()
	}
	out := map[desk.ChannelID]Connection{}
	for _, ch := range all {
		if provider, _ := a.providerOf(ch.Kind, ch.Config); provider != "" {
			out[ch.ID] = Connection{Provider: provider, Title: cmp.Or(title[provider], oauth.Client{Provider: provider}.Name())}
		}
	}
	for _, g := range grants {
		if c, ok := out[g.Channel]; ok && c.Provider == g.Provider {
			out[g.Channel] = Connection{g.Provider, c.Title, g.Mailbox, g.Problem, g.ConnectedAt}
		}
	}
	return out, nil
}

// providerOf returns who lets a channel in, and whose mailbox that is.
func (a *App) providerOf(kind string, config json.RawMessage) (provider, mailbox string) {
	ch, err := a.Channel(kind)
	if err != nil {
		return "", ""
	}
	granted, ok := channel.As[channel.Granted](ch)
	if !ok {
		return "", ""
	}
	return granted.Provider(config)
}

// verifierFor is what the verifier of a connection in the making is sealed for.
func verifierFor(state string) []byte { return []byte("oauth flow " + state) }

// BeginConnection returns where the actor is to go, to let Parley into the mailbox of
// a channel. The provider sends them back to redirect, and only their session may end
// what began here.
func (a *App) BeginConnection(ctx context.Context, id desk.ChannelID, session desk.SessionID, redirect func(provider string) string) (string, error) {
	var ch desk.Channel
	if err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { ch, err = tx.Channel(id); return err }); err != nil {
		return "", err
	}
	provider, mailbox := a.providerOf(ch.Kind, ch.Config)
	if provider == "" {
		return "", desk.Errorf(desk.Invalid, "This channel signs in by a password. Choose a provider in its settings first.")
	}
	client, err := a.oauthClient(ctx, provider)
	if _, unknown := errors.AsType[*oauth.Error](err); unknown {
		return "", desk.Errorf(desk.Invalid, "Parley is not registered at %s yet. Enter its client id and secret in the settings of mail providers first.", client.Name())
	}
	if err != nil {
		return "", err
	}
	state, hash := auth.NewToken("")
	verifier := oauth2.GenerateVerifier()
	f := store.OAuthFlow{State: hash, Workspace: WorkspaceFrom(ctx), Channel: id, Session: session, Provider: provider, Redirect: redirect(provider), ExpiresAt: a.now().Add(backWithin)}
	if f.Sealed, err = a.Keys.Seal([]byte(verifier), verifierFor(hash)); err != nil {
		return "", err
	}
	err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.SaveOAuthFlow(f, a.now()) })
	return client.Authorize(f.Redirect, state, verifier, mailbox), err
}

// Return is with what a provider sent somebody back.
type Return struct {
	Provider, State, Code string
	Error, Description    string // why there is no code
}

// Finished is what became of a connection.
type Finished struct {
	Workspace desk.WorkspaceID
	Inbox     desk.InboxID
	Channel   desk.ChannelID
	Address   string
	Title     string // what people call the provider
	Mailbox   string // whom the provider let in
	Problem   string // why nothing was connected, and what to do; "" when it was
}

var errNoFlow = desk.Errorf(desk.Invalid, "This was not begun in this browser, was ended before, or took too long. Open the settings of the inbox and connect again.")

// FinishConnection ends what BeginConnection began, for the session that began it. An
// error means that nothing is known of it; what fails later stands in Finished.
func (a *App) FinishConnection(ctx context.Context, user desk.UserID, session desk.SessionID, r Return) (f Finished, err error) {
	var flow store.OAuthFlow
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) {
		flow, err = tx.TakeOAuthFlow(auth.HashToken(r.State), session)
		return err
	})
	switch {
	case err != nil && desk.KindOf(err) == desk.NotFound:
		return f, errNoFlow
	case err != nil:
		return f, err
	case flow.ExpiresAt.Before(a.now()) || flow.Provider != r.Provider:
		return f, errNoFlow
	}
	actor, err := a.Enter(ctx, flow.Workspace, user)
	if err != nil {
		return f, err
	}
	if !actor.Role.May(desk.MayManage) {
		return f, desk.Errorf(desk.Forbidden, "Only who looks after the workspace can connect a mailbox.")
	}
	ctx = As(ctx, flow.Workspace, actor)
	var ch desk.Channel
	if err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { ch, err = tx.Channel(flow.Channel); return err }); err != nil {
		return f, err
	}
	f = Finished{Workspace: flow.Workspace, Inbox: ch.Inbox, Channel: ch.ID, Address: ch.Address}
	err = a.connect(ctx, ch, flow, r, &f)
	if said, ok := errors.AsType[*oauth.Error](err); ok {
		a.Log.InfoContext(ctx, "a mailbox was not connected", "channel", ch.ID.String(), "provider", flow.Provider, "code", said.Code)
		f.Problem, err = said.Reason, nil
	}
	return f, err
}

// connect gets tokens for a code and keeps them, if they are for the channel's mailbox.
func (a *App) connect(ctx context.Context, ch desk.Channel, flow store.OAuthFlow, r Return, f *Finished) error {
	client, err := a.oauthClient(ctx, flow.Provider)
	if err != nil {
		return err
	}
	if r.Error != "" || r.Code == "" {
		return oauth.Refused(client, r.Error, r.Description)
	}
	acc, err := a.account(flow.Workspace, ch)
	if err != nil {
		return err
	}
	provider, mailbox := a.providerOf(ch.Kind, acc.Config)
	if provider != flow.Provider {
		return &oauth.Error{Stays: true, Code: "changed", Reason: "The settings of this address were changed meanwhile. Connect again."}
	}
	verifier, err := a.Keys.Open(flow.Sealed, verifierFor(flow.State))
	if err != nil {
		return err
	}
	token, who, err := a.OAuth.Exchange(ctx, client, flow.Redirect, r.Code, string(verifier))
	if err != nil {
		return err
	}
	if err := a.admitted(ctx, client, acc, token, who, mailbox); err != nil {
		if _, revoked := a.OAuth.Revoke(ctx, client, token); revoked != nil { // nobody needs it
			a.Log.WarnContext(ctx, "take an unneeded permission back", "provider", client.Provider, "err", revoked)
		}
		return err
	}
	f.Title, f.Mailbox = client.Name(), mailbox
	g := store.Grant{Workspace: flow.Workspace, Channel: ch.ID, Provider: flow.Provider, Mailbox: mailbox, ConnectedAt: a.now()}
	if g.Sealed, g.RenewAt, err = a.seal(ch.ID, token); err != nil {
		return err
	}
	return a.Change(ctx, "channel", ch.ID.String(), "connected", func(tx *store.WriteTx) error {
		if err := tx.SaveGrant(g); err != nil {
			return err
		}
		if err := tx.SetChannelHealth(ch.ID, "", a.now()); err != nil {
			return err
		}
		return tx.ForgetProblems(ch.ID)
	})
}

// admitted makes sure that a permission is for the mailbox of an account: the provider
// says that it is whose it is, or else the mail server lets us in. A shared mailbox is
// opened by somebody who signs in as themselves.
func (a *App) admitted(ctx context.Context, client oauth.Client, acc channel.Account, token oauth.Token, who, mailbox string) error {
	if strings.EqualFold(who, mailbox) {
		return nil
	}
	kind, err := a.Channel(acc.Kind)
	if err != nil {
		return err
	}
	granted, ok := channel.As[channel.Granted](kind)
	if !ok {
		return errors.New("a channel without providers was connected")
	}
	err = granted.Admits(ctx, acc, token.Access)
	if err == nil {
		return nil
	}
	a.Log.InfoContext(ctx, "a permission opens no mailbox", "channel", acc.ID.String(), "err", err)
	said := &oauth.Error{Stays: true, Code: "other account"}
	why, watching := errors.AsType[*channel.WatchError](err)
	switch {
	case who != "":
		said.Reason = "You signed in as " + desk.Line(who, 100) + " at " + client.Name() + ", and that does not open the mailbox of " + mailbox + ". Connect again and sign in as " + mailbox + ", or as somebody who may open it."
	case watching && why.Class == channel.Retry:
		said.Reason = "Whether this opens the mailbox of " + mailbox + " could not be seen. " + why.Reason
	default:
		said.Reason = "What " + client.Name() + " allowed does not open the mailbox of " + mailbox + ". Connect again and sign in as " + mailbox + "."
	}
	return said
}

// Disconnect forgets what a provider gave for a channel, and takes it back there.
// taken says that the provider takes it back; one that cannot leaves that to the
// account's owner.
func (a *App) Disconnect(ctx context.Context, id desk.ChannelID) (taken bool, err error) {
	var all []store.Grant
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if _, err := tx.Channel(id); err != nil {
			return err
		}
		all, err = tx.Grants(id)
		return err
	})
	if err != nil || len(all) == 0 {
		return false, err
	}
	g, token, err := a.grant(ctx, id)
	if _, over := errors.AsType[*oauth.Error](err); err != nil && !over {
		return false, err
	}
	if err == nil {
		if client, err := a.oauthClient(ctx, g.Provider); err == nil {
			taken, err = a.OAuth.Revoke(ctx, client, token)
			if err != nil {
				a.Log.WarnContext(ctx, "take a permission back", "channel", id.String(), "provider", g.Provider, "err", err)
				taken = false
			}
		}
	}
	return taken, a.Change(ctx, "channel", id.String(), "disconnected", func(tx *store.WriteTx) error { return tx.RemoveGrant(id) })
}
