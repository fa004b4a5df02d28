package app

import (
	"context"

	"parley/desk"
	"parley/internal/auth"
	"parley/store"
)

// Invite asks somebody to join the workspace. The secret is shown once, in the
// address that the invited person opens.
func (a *App) Invite(ctx context.Context, email string, role desk.Role, inboxes []desk.InboxID) (store.Invitation, string, error) {
	act := from(ctx)
	if !role.Valid() {
		return store.Invitation{}, "", field("role", "A role is owner, admin, agent or viewer.")
	}
	if role == desk.RoleOwner && !act.Role.May(desk.MayOwn) {
		return store.Invitation{}, "", desk.Errorf(desk.Forbidden, "Only an owner can invite an owner.")
	}
	email = store.FoldEmail(email)
	if !desk.IsEmail(email) {
		return store.Invitation{}, "", field("email", "This is not a mail address.")
	}
	secret, hash := auth.NewToken("inv_")
	now := a.now()
	i := store.Invitation{
		Workspace: act.Workspace, ID: desk.InvitationID(a.number()), Email: email, Role: role, Inboxes: inboxes, By: act.User,
		CreatedAt: now, ExpiresAt: now.Add(inviteFor),
	}
	err := a.Change(ctx, "invitation", i.ID.String(), "created", func(tx *store.WriteTx) error {
		if err := areInboxes(tx, inboxes); err != nil {
			return err
		}
		if p, err := tx.PersonByEmail(email); err == nil {
			if m, err := tx.Member(p.ID); err == nil && m.Active {
				return field("email", "This person is a member already.")
			}
		}
		return tx.InsertInvitation(i, hash)
	})
	return i, secret, err
}

// Invited is what an invitation says to whoever opens it.
type Invited struct {
	store.Invitation
	WorkspaceName string
	NeedsAccount  bool
}

// Invitation returns what a secret invites to.
func (a *App) Invitation(ctx context.Context, secret string) (i Invited, err error) {
	err = a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		if i.Invitation, err = a.validInvitation(tx, secret); err != nil {
			return err
		}
		_, err := tx.PersonByEmail(i.Email)
		i.NeedsAccount = err != nil
		return nil
	})
	if err != nil {
		return i, err
	}
	err = a.DB.Read(ctx, store.Scope{Workspace: i.Workspace}, func(tx *store.Tx) error {
		w, err := tx.Workspace()
		i.WorkspaceName = w.Name
		return err
	})
	return i, err
}

func (a *App) validInvitation(tx *store.Tx, secret string) (store.Invitation, error) {
	i, err := tx.InvitationByHash(auth.HashToken(secret))
	switch {
	case err != nil && desk.KindOf(err) != desk.NotFound:
		return i, err
	case err != nil || !i.AcceptedAt.IsZero() || i.ExpiresAt.Before(a.now()):
		return i, desk.Errorf(desk.NotFound, "This invitation is used up or too old. Ask for a new one.")
	}
	return i, nil
}

// AcceptInvitation makes the invited person a member. Somebody with an account
// gives its password; somebody without makes one.
func (a *App) AcceptInvitation(ctx context.Context, secret, name, password string) (desk.UserID, error) {
	i, err := a.Invitation(ctx, secret)
	if err != nil {
		return 0, err
	}
	var person store.Person
	if i.NeedsAccount {
		if person, err = a.newPerson(ctx, name, i.Email, password); err != nil {
			return 0, err
		}
	} else {
		err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { person, err = tx.PersonByEmail(i.Email); return err })
		if err != nil {
			return 0, err
		}
		ok, err := auth.VerifyPassword(ctx, person.PasswordHash, password)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, field("password", "You have an account here already; this is not its password.")
		}
	}
	ctx = As(ctx, i.Workspace, desk.Actor{Kind: desk.ActorUser, User: person.ID, Role: i.Role})
	err = a.Change(ctx, "member", person.ID.String(), "created", func(tx *store.WriteTx) error {
		if _, err := a.validInvitation(tx.Tx, secret); err != nil {
			return err
		}
		if i.NeedsAccount {
			if err := tx.SavePerson(person, a.now()); err != nil {
				return err
			}
		}
		if err := tx.AcceptInvitation(i.ID, a.now()); err != nil {
			return err
		}
		return tx.SaveMember(desk.Member{User: person.ID, Role: i.Role, Active: true, Inboxes: i.Inboxes}, a.now())
	})
	return person.ID, err
}

// RevokeInvitation takes an invitation back.
func (a *App) RevokeInvitation(ctx context.Context, id desk.InvitationID) error {
	return a.Change(ctx, "invitation", id.String(), "removed", func(tx *store.WriteTx) error { return tx.DeleteInvitation(id) })
}
