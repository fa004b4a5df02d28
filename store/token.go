package store

import (
	"time"

	"parley/desk"
)

// Token is a personal API token. Its text is shown once and kept as a hash.
type Token struct {
	Workspace desk.WorkspaceID
	ID        desk.TokenID
	User      desk.UserID
	Name      string
	Scopes    []string
	CreatedAt time.Time
	UsedAt    time.Time
	ExpiresAt time.Time // zero is never
	RevokedAt time.Time
}

const tokenColumns = `workspace_id, id, user_id, name, scopes, created_at, last_used_at, expires_at, revoked_at`

func scanToken(scan func(...any) error) (t Token, err error) {
	err = scan(&t.Workspace, &t.ID, &t.User, &t.Name, asJSON(&t.Scopes), when{&t.CreatedAt}, when{&t.UsedAt}, when{&t.ExpiresAt}, when{&t.RevokedAt})
	return t, err
}

// TokenByHash returns a token of any workspace.
func (tx *Tx) TokenByHash(hash string) (Token, error) {
	return one(tx, "token", scanToken, `SELECT `+tokenColumns+` FROM token WHERE token_hash = ?`, hash)
}

// Tokens returns the tokens of one person in the workspace.
func (tx *Tx) Tokens(user desk.UserID) ([]Token, error) {
	return collect(tx, scanToken, `SELECT `+tokenColumns+` FROM token WHERE workspace_id = ? AND user_id = ? AND revoked_at IS NULL ORDER BY id DESC`, tx.scope.Workspace, user)
}

// InsertToken adds a token.
func (tx *WriteTx) InsertToken(t Token, hash string) error {
	return tx.exec(`INSERT INTO token (token_hash, `+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, t.Workspace, t.ID, t.User, t.Name, asJSON(&t.Scopes), micros(t.CreatedAt), micros(t.UsedAt), micros(t.ExpiresAt), micros(t.RevokedAt))
}

// TouchToken records that a token was used.
func (tx *WriteTx) TouchToken(id desk.TokenID, at time.Time) error {
	return tx.exec(`UPDATE token SET last_used_at = ? WHERE id = ?`, micros(at), id)
}

// RevokeToken ends a token of one person.
func (tx *WriteTx) RevokeToken(user desk.UserID, id desk.TokenID, at time.Time) error {
	n, err := tx.changed(`UPDATE token SET revoked_at = ? WHERE workspace_id = ? AND user_id = ? AND id = ? AND revoked_at IS NULL`, micros(at), tx.scope.Workspace, user, id)
	if err == nil && n == 0 {
		return desk.Errorf(desk.NotFound, "There is no such token here.")
	}
	return err
}

// Invitation asks somebody to join a workspace.
type Invitation struct {
	Workspace  desk.WorkspaceID
	ID         desk.InvitationID
	Email      string
	Role       desk.Role
	Inboxes    []desk.InboxID
	By         desk.UserID
	CreatedAt  time.Time
	ExpiresAt  time.Time
	AcceptedAt time.Time
}

const invitationColumns = `workspace_id, id, email, role, inboxes, invited_by, created_at, expires_at, accepted_at`

func scanInvitation(scan func(...any) error) (i Invitation, err error) {
	err = scan(&i.Workspace, &i.ID, &i.Email, &i.Role, asJSON(&i.Inboxes), &i.By, when{&i.CreatedAt}, when{&i.ExpiresAt}, when{&i.AcceptedAt})
	return i, err
}

// InvitationByHash returns an invitation of any workspace by its secret's hash.
func (tx *Tx) InvitationByHash(hash string) (Invitation, error) {
	return one(tx, "invitation", scanInvitation, `SELECT `+invitationColumns+` FROM invitation WHERE secret_hash = ?`+tx.lock, hash)
}

// Invitations returns those of the workspace that were not accepted yet.
func (tx *Tx) Invitations() ([]Invitation, error) {
	return collect(tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitation WHERE workspace_id = ? AND accepted_at IS NULL ORDER BY id DESC`, tx.scope.Workspace)
}

// InsertInvitation adds an invitation.
func (tx *WriteTx) InsertInvitation(i Invitation, hash string) error {
	return tx.exec(`INSERT INTO invitation (secret_hash, `+invitationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, i.Workspace, i.ID, i.Email, i.Role, asJSON(&i.Inboxes), i.By, micros(i.CreatedAt), micros(i.ExpiresAt), micros(i.AcceptedAt))
}

// AcceptInvitation marks an invitation as used.
func (tx *WriteTx) AcceptInvitation(id desk.InvitationID, at time.Time) error {
	return tx.exec(`UPDATE invitation SET accepted_at = ? WHERE id = ?`, micros(at), id)
}

// DeleteInvitation takes an invitation back.
func (tx *WriteTx) DeleteInvitation(id desk.InvitationID) error {
	n, err := tx.changed(`DELETE FROM invitation WHERE workspace_id = ? AND id = ? AND accepted_at IS NULL`, tx.scope.Workspace, id)
	if err == nil && n == 0 {
		return desk.Errorf(desk.NotFound, "There is no such invitation here.")
	}
	return err
}
