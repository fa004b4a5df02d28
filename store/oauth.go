package store

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"parley/desk"
)

// OAuthClient is what a workspace is known by at a provider.
type OAuthClient struct {
	Provider  string
	Settings  json.RawMessage // without the secret
	Sealed    []byte          // the secret, encrypted
	ChangedAt time.Time
}

// Grant is what a provider gave for the mailbox of a channel.
type Grant struct {
	Workspace   desk.WorkspaceID
	Channel     desk.ChannelID
	Provider    string
	Mailbox     string    // whom the provider lets in
	Sealed      []byte    // the tokens, encrypted
	Version     int64     // of the tokens
	RenewAt     time.Time // from when on the access token is renewed before it is used
	Problem     string    // why it is over: one sentence for an admin; "" while it is not
	ConnectedAt time.Time
}

// SealedFor is what the tokens are sealed for: they open as no other channel's.
func (g Grant) SealedFor() []byte { return []byte("oauth grant " + g.Channel.String()) }

// Mailbox is an e-mail channel of the install, with what a provider gave for it.
type Mailbox struct {
	Slug    string // of its workspace
	Channel desk.Channel
	Grant   Grant // its channel is 0 where there is none
}

// OAuthFlow is somebody who was sent to a provider and is awaited back.
type OAuthFlow struct {
	State     string // its hash
	Workspace desk.WorkspaceID
	Channel   desk.ChannelID
	Session   desk.SessionID
	Provider  string
	Redirect  string
	Sealed    []byte // the verifier (PKCE), encrypted
	ExpiresAt time.Time
}

// hexed reads bytes that are stored as hexadecimal digits.
type hexed struct{ to *[]byte }

// Scan implements sql.Scanner.
func (h hexed) Scan(v any) (err error) {
	switch v := v.(type) {
	case string:
		*h.to, err = hex.DecodeString(v)
	case []byte:
		*h.to, err = hex.DecodeString(string(v))
	}
	return err
}

// OAuthClients returns what the workspace is known by, at every provider.
func (tx *Tx) OAuthClients() ([]OAuthClient, error) {
	return collect(tx, func(scan func(...any) error) (c OAuthClient, err error) {
		var settings string
		err = scan(&c.Provider, &settings, hexed{&c.Sealed}, when{&c.ChangedAt})
		c.Settings = json.RawMessage(settings)
		return c, err
	}, `SELECT provider, settings, sealed, changed_at FROM oauth_client WHERE workspace_id = ? ORDER BY provider`, tx.scope.Workspace)
}

// SaveOAuthClient adds what the workspace is known by at a provider, or changes it.
func (tx *WriteTx) SaveOAuthClient(c OAuthClient) error {
	return tx.exec(`INSERT INTO oauth_client (workspace_id, provider, settings, sealed, changed_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, provider) DO UPDATE SET settings = excluded.settings, sealed = excluded.sealed, changed_at = excluded.changed_at`,
		tx.scope.Workspace, c.Provider, string(c.Settings), hex.EncodeToString(c.Sealed), micros(c.ChangedAt))
}

// RemoveOAuthClient forgets what the workspace is known by at a provider.
func (tx *WriteTx) RemoveOAuthClient(provider string) error {
	return tx.exec(`DELETE FROM oauth_client WHERE workspace_id = ? AND provider = ?`, tx.scope.Workspace, provider)
}

const grantColumns = `workspace_id, channel_id, provider, mailbox, sealed, version, renew_at, problem, connected_at`

func scanGrant(scan func(...any) error) (g Grant, err error) {
	err = scan(&g.Workspace, &g.Channel, &g.Provider, &g.Mailbox, hexed{&g.Sealed}, &g.Version, when{&g.RenewAt}, &g.Problem, when{&g.ConnectedAt})
	return g, err
}

// Grants returns what providers gave the workspace, for one channel or for all with 0.
func (tx *Tx) Grants(ch desk.ChannelID) ([]Grant, error) {
	q, args := `SELECT `+grantColumns+` FROM oauth_grant WHERE workspace_id = ?`, []any{tx.scope.Workspace}
	if ch != 0 {
		q, args = q+` AND channel_id = ?`, append(args, ch)
	}
	return collect(tx, scanGrant, q+` ORDER BY channel_id`+tx.lock, args...)
}

// Granted returns when each channel of the whole install was connected last.
func (tx *Tx) Granted() (map[desk.ChannelID]time.Time, error) {
	all, err := collect(tx, func(scan func(...any) error) (g Grant, err error) {
		err = scan(&g.Channel, when{&g.ConnectedAt})
		return g, err
	},
		`SELECT channel_id, connected_at FROM oauth_grant`)
	at := map[desk.ChannelID]time.Time{}
	for _, g := range all {
		at[g.Channel] = g.ConnectedAt
	}
	return at, err
}

// EveryMailbox returns the e-mail channels of the whole install that are in use.
func (tx *Tx) EveryMailbox() ([]Mailbox, error) {
	all, err := collect(tx, func(scan func(...any) error) (m Mailbox, err error) {
		m.Channel, err = scanChannel(func(dest ...any) error { return scan(append(dest, &m.Slug)...) })
		return m, err
	}, `SELECT `+aliased("c", channelColumns)+`, w.slug FROM channel c JOIN workspace w ON w.id = c.workspace_id WHERE c.kind = ? AND NOT c.removed AND NOT c.disabled ORDER BY c.id`, desk.KindMail)
	if err != nil {
		return nil, err
	}
	grants, err := collect(tx, scanGrant, `SELECT `+grantColumns+` FROM oauth_grant`)
	of := map[desk.ChannelID]Grant{}
	for _, g := range grants {
		of[g.Channel] = g
	}
	for i := range all {
		all[i].Grant = of[all[i].Channel.ID]
	}
	return all, err
}

// SaveGrant keeps what a provider gave for a channel that somebody connected, in
// place of what it gave before.
func (tx *WriteTx) SaveGrant(g Grant) error {
	return tx.exec(`INSERT INTO oauth_grant (`+grantColumns+`, renewing_until) VALUES (?, ?, ?, ?, ?, 1, ?, '', ?, 0)
		ON CONFLICT (workspace_id, channel_id) DO UPDATE SET provider = excluded.provider, mailbox = excluded.mailbox, sealed = excluded.sealed,
			version = oauth_grant.version + 1, renew_at = excluded.renew_at, renewing_until = 0, problem = '', connected_at = excluded.connected_at`,
		tx.scope.Workspace, g.Channel, g.Provider, g.Mailbox, hex.EncodeToString(g.Sealed), micros(g.RenewAt), micros(g.ConnectedAt))
}

// BeginRenewal reports whether the caller may renew tokens of a version: nobody else
// does until a time.
func (tx *WriteTx) BeginRenewal(ch desk.ChannelID, version int64, now, until time.Time) (bool, error) {
	n, err := tx.changed(`UPDATE oauth_grant SET renewing_until = ? WHERE workspace_id = ? AND channel_id = ? AND version = ? AND renewing_until < ?`,
		micros(until), tx.scope.Workspace, ch, version, micros(now))
	return n > 0, err
}

// EndRenewal ends the caller's renewal of tokens of a version: with new ones in g,
// with a problem for which they are over, or with neither. It does nothing when
// others took their place meanwhile.
func (tx *WriteTx) EndRenewal(g Grant) error {
	return tx.exec(`UPDATE oauth_grant SET sealed = ?, renew_at = ?, problem = ?, version = version + 1, renewing_until = 0 WHERE workspace_id = ? AND channel_id = ? AND version = ?`,
		hex.EncodeToString(g.Sealed), micros(g.RenewAt), g.Problem, tx.scope.Workspace, g.Channel, g.Version)
}

// RemoveGrant forgets what a provider gave for a channel.
func (tx *WriteTx) RemoveGrant(ch desk.ChannelID) error {
	return tx.exec(`DELETE FROM oauth_grant WHERE workspace_id = ? AND channel_id = ?`, tx.scope.Workspace, ch)
}

// RemoveGrants forgets what a provider gave, for every channel.
func (tx *WriteTx) RemoveGrants(provider string) error {
	return tx.exec(`DELETE FROM oauth_grant WHERE workspace_id = ? AND provider = ?`, tx.scope.Workspace, provider)
}

// SaveOAuthFlow keeps that somebody was sent to a provider, and forgets those whose
// time was over at a moment.
func (tx *WriteTx) SaveOAuthFlow(f OAuthFlow, now time.Time) error {
	if err := tx.exec(`DELETE FROM oauth_flow WHERE workspace_id = ? AND expires_at < ?`, tx.scope.Workspace, micros(now)); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO oauth_flow (state_hash, workspace_id, channel_id, session_id, provider, redirect_url, sealed, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		f.State, tx.scope.Workspace, f.Channel, f.Session, f.Provider, f.Redirect, hex.EncodeToString(f.Sealed), micros(f.ExpiresAt))
}

// TakeOAuthFlow returns what was kept of whom a provider sent back to a session, and
// forgets it: nobody comes back twice.
func (tx *WriteTx) TakeOAuthFlow(state string, session desk.SessionID) (OAuthFlow, error) {
	all, err := collect(tx.Tx, func(scan func(...any) error) (f OAuthFlow, err error) {
		err = scan(&f.State, &f.Workspace, &f.Channel, &f.Session, &f.Provider, &f.Redirect, hexed{&f.Sealed}, when{&f.ExpiresAt})
		return f, err
	}, `DELETE FROM oauth_flow WHERE state_hash = ? AND session_id = ? RETURNING state_hash, workspace_id, channel_id, session_id, provider, redirect_url, sealed, expires_at`, state, session)
	if err == nil && len(all) == 0 {
		err = desk.Errorf(desk.NotFound, "There is no such connection in the making.")
	}
	if err != nil {
		return OAuthFlow{}, err
	}
	return all[0], nil
}
