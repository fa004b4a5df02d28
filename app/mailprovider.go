package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"parley/desk"
	"parley/internal/oauth"
	"parley/store"
)

// MailProvider is somebody who can let Parley into mailboxes.
type MailProvider struct {
	oauth.Client
	Known     bool // Parley is registered there: there is a client id
	SecretSet bool
}

// MailProviders returns every provider, with what the workspace is known by there.
func (a *App) MailProviders(ctx context.Context) (all []MailProvider, err error) {
	for _, name := range oauth.Names {
		c, err := a.oauthClient(ctx, name)
		if _, unknown := errors.AsType[*oauth.Error](err); unknown {
			err = nil
		}
		if err != nil {
			return nil, err
		}
		c.Provider = name
		all = append(all, MailProvider{Client: c, Known: c.ID != "", SecretSet: c.Secret != ""})
	}
	return all, nil
}

// clientFor is what the secret of a client is sealed for.
func clientFor(ws desk.WorkspaceID, provider string) []byte {
	return []byte("oauth client " + ws.String() + " " + provider)
}

// oauthClient returns what the workspace of ctx is known by at a provider; an
// *oauth.Error when it is not.
func (a *App) oauthClient(ctx context.Context, provider string) (c oauth.Client, err error) {
	var all []store.OAuthClient
	if err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { all, err = tx.OAuthClients(); return err }); err != nil {
		return c, err
	}
	at := slices.IndexFunc(all, func(c store.OAuthClient) bool { return c.Provider == provider })
	if at < 0 {
		c.Provider = provider
		return c, &oauth.Error{Stays: true, Code: "no client", Reason: "Parley is not registered at " + c.Name() + " any more. Enter its client id in the settings of mail providers."}
	}
	if err := json.Unmarshal(all[at].Settings, &c); err != nil {
		return c, err
	}
	secret, err := a.Keys.Open(all[at].Sealed, clientFor(WorkspaceFrom(ctx), provider))
	if err != nil {
		return c, fmt.Errorf("open the secret of the client at %s: %w", provider, err)
	}
	c.Secret = string(secret)
	return c, nil
}

// SaveMailProvider keeps what the workspace is known by at a provider; a secret that
// is absent keeps the value it had. Where Parley becomes somebody else there, or asks
// elsewhere, what mailboxes were connected by before must not go: they are to be
// connected again.
func (a *App) SaveMailProvider(ctx context.Context, c oauth.Client) error {
	if c.Provider != oauth.Microsoft {
		c.Tenant = ""
	}
	if c.Provider != oauth.Custom {
		c.Title, c.AuthorizeURL, c.TokenURL, c.UserInfoURL, c.RevokeURL, c.Scope = "", "", "", "", "", ""
	}
	old, err := a.oauthClient(ctx, c.Provider)
	if _, unknown := errors.AsType[*oauth.Error](err); err != nil && !unknown {
		return err
	}
	moved := old.ID != c.ID || old.TokenURL != c.TokenURL || old.RevokeURL != c.RevokeURL || old.UserInfoURL != c.UserInfoURL || old.Tenant != c.Tenant
	if c.Secret == "" && !moved {
		c.Secret = old.Secret
	}
	if err := c.Check(); err != nil {
		return refusal(err)
	}
	settings, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sealed, err := a.Keys.Seal([]byte(c.Secret), clientFor(WorkspaceFrom(ctx), c.Provider))
	if err != nil {
		return err
	}
	return a.Change(ctx, "mail_provider", c.Provider, "changed", func(tx *store.WriteTx) error {
		if moved {
			if err := tx.RemoveGrants(c.Provider); err != nil {
				return err
			}
		}
		return tx.SaveOAuthClient(store.OAuthClient{Provider: c.Provider, Settings: settings, Sealed: sealed, ChangedAt: a.now()})
	})
}

// RemoveMailProvider forgets what the workspace is known by at a provider. Mailboxes
// that were connected through it are let into no more.
func (a *App) RemoveMailProvider(ctx context.Context, provider string) error {
	return a.Change(ctx, "mail_provider", provider, "removed", func(tx *store.WriteTx) error {
		if err := tx.RemoveGrants(provider); err != nil {
			return err
		}
		return tx.RemoveOAuthClient(provider)
	})
}
