package app

import (
	"context"
	"regexp"
	"strings"
	"time"

	"parley/desk"
	"parley/internal/auth"
	"parley/store"
)

const (
	sessionFor   = 30 * 24 * time.Hour // since it was last used
	touchEvery   = 5 * time.Minute
	inviteFor    = 7 * 24 * time.Hour
	maxNameRunes = 120
)

// Setup makes the first owner and their workspace. It works once per install.
func (a *App) Setup(ctx context.Context, workspace, name, email, password string) (desk.UserID, error) {
	person, err := a.newPerson(ctx, name, email, password)
	if err != nil {
		return 0, err
	}
	return person.ID, a.writeAs(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		// Whoever comes second waits here for the first one's commit.
		if err := tx.SetInstallValue("setup", person.ID.String()); err != nil {
			return err
		}
		n, err := tx.CountPeople()
		if err != nil {
			return err
		}
		if n > 0 {
			return desk.Errorf(desk.Conflict, "Parley is set up already. Sign in instead.")
		}
		if err := tx.SavePerson(person, a.now()); err != nil {
			return err
		}
		_, err = a.newWorkspace(tx, workspace, person.ID)
		return err
	})
}

// NeedsSetup reports whether nobody can sign in yet.
func (a *App) NeedsSetup(ctx context.Context) (needs bool, err error) {
	err = a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		n, err := tx.CountPeople()
		needs = n == 0
		return err
	})
	return needs, err
}

// CreateWorkspace makes another workspace, owned by the actor.
func (a *App) CreateWorkspace(ctx context.Context, name string, owner desk.UserID) (w store.Workspace, err error) {
	err = a.writeAs(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		w, err = a.newWorkspace(tx, name, owner)
		return err
	})
	return w, err
}

func (a *App) newWorkspace(tx *store.WriteTx, name string, owner desk.UserID) (store.Workspace, error) {
	name = desk.Line(name, maxNameRunes)
	if name == "" {
		return store.Workspace{}, field("workspace_name", "Give the workspace a name.")
	}
	slug, err := freeSlug(tx, name)
	if err != nil {
		return store.Workspace{}, err
	}
	w := store.Workspace{ID: desk.WorkspaceID(a.number()), Name: name, Slug: slug, OpenScope: a.number()}
	if err := tx.SaveWorkspace(w, a.now()); err != nil {
		return w, err
	}
	tx = tx.In(store.Scope{Workspace: w.ID})
	return w, tx.SaveMember(desk.Member{User: owner, Role: desk.RoleOwner, Active: true}, a.now())
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// freeSlug makes the name of a workspace in addresses.
func freeSlug(tx *store.WriteTx, name string) (string, error) {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(slug) > 40 {
		slug = strings.Trim(slug[:40], "-")
	}
	if slug == "" {
		slug = "team"
	}
	for n, try := 1, slug; ; n++ {
		taken, err := tx.SlugTaken(try)
		if err != nil || !taken {
			return try, err
		}
		try = slug + "-" + strings.Repeat("x", min(n, 20))
	}
}

// newPerson checks what somebody gave for an account.
func (a *App) newPerson(ctx context.Context, name, email, password string) (store.Person, error) {
	p := store.Person{ID: desk.UserID(a.number()), Name: desk.Line(name, maxNameRunes), Email: store.FoldEmail(email)}
	if p.Name == "" {
		return p, field("name", "Tell your teammates what to call you.")
	}
	if !strings.Contains(p.Email, "@") || strings.ContainsAny(p.Email, " \n<>,;") || len(p.Email) > 254 {
		return p, field("email", "This is not a mail address.")
	}
	return p, a.setPassword(ctx, &p, password)
}

func (a *App) setPassword(ctx context.Context, p *store.Person, password string) error {
	if why := auth.WeakPassword(password, p.Email); why != "" {
		return field("password", why)
	}
	hash, err := auth.HashPassword(ctx, password)
	p.PasswordHash = hash
	return err
}

// field is an error about one field of a form.
func field(name, message string) error {
	return &desk.Error{Kind: desk.Invalid, Message: message, Fields: []desk.FieldError{{Field: name, Message: message}}}
}

// SignIn checks a password and begins a session; the text is the cookie's value.
// The same answer is given for a wrong address and a wrong password.
func (a *App) SignIn(ctx context.Context, email, password, userAgent, remote string) (string, desk.UserID, error) {
	wrong := desk.Errorf(desk.Unauthenticated, "The mail address or the password is wrong.")
	var p store.Person
	err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { p, err = tx.PersonByEmail(email); return err })
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return "", 0, err
	}
	// An unknown address takes as long as a wrong password.
	ok, verr := auth.VerifyPassword(ctx, p.PasswordHash, password)
	if verr != nil {
		return "", 0, verr
	}
	if err != nil || !ok {
		return "", 0, wrong
	}
	token, err := a.NewSession(ctx, p.ID, userAgent, remote)
	return token, p.ID, err
}

// NewSession signs somebody in.
func (a *App) NewSession(ctx context.Context, user desk.UserID, userAgent, remote string) (string, error) {
	token, hash := auth.NewToken("ses_")
	now := a.now()
	return token, a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.DeleteExpired(now); err != nil {
			return err
		}
		return tx.InsertSession(store.Session{
			ID: desk.SessionID(a.number()), User: user, UserAgent: desk.Line(userAgent, 200), Remote: desk.Line(remote, 60),
			CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionFor),
		}, hash)
	})
}

// Session returns who a cookie belongs to, or an error of kind Unauthenticated.
func (a *App) Session(ctx context.Context, token string) (s store.Session, err error) {
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) {
		s, err = tx.SessionByToken(auth.HashToken(token))
		return err
	})
	now := a.now()
	if desk.KindOf(err) == desk.NotFound && err != nil || err == nil && s.ExpiresAt.Before(now) {
		return s, desk.Errorf(desk.Unauthenticated, "You are signed out. Sign in again.")
	}
	if err != nil || now.Sub(s.SeenAt) < touchEvery {
		return s, err
	}
	return s, a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.TouchSession(s.ID, now, now.Add(sessionFor)) })
}

// SignOut ends one of somebody's sessions.
func (a *App) SignOut(ctx context.Context, user desk.UserID, id desk.SessionID) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.DeleteSession(user, id) })
}

// ChangeMe changes somebody's name, or with their current password the password;
// every other session of theirs then ends.
func (a *App) ChangeMe(ctx context.Context, user desk.UserID, session desk.SessionID, name, current, password string) error {
	var p store.Person
	if err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { p, err = tx.Person(user); return err }); err != nil {
		return err
	}
	if name != "" {
		p.Name = desk.Line(name, maxNameRunes)
	}
	if password != "" {
		ok, err := auth.VerifyPassword(ctx, p.PasswordHash, current)
		if err != nil {
			return err
		}
		if !ok {
			return field("current_password", "This is not your password.")
		}
		if err := a.setPassword(ctx, &p, password); err != nil {
			return err
		}
	}
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.SavePerson(p, a.now()); err != nil || password == "" {
			return err
		}
		return tx.DeleteOtherSessions(user, session)
	})
}

// ResetPassword sets a password without the old one, for whoever runs the
// install, and ends every session of that person.
func (a *App) ResetPassword(ctx context.Context, email, password string) error {
	var p store.Person
	if err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { p, err = tx.PersonByEmail(email); return err }); err != nil {
		return err
	}
	if err := a.setPassword(ctx, &p, password); err != nil {
		return err
	}
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.SavePerson(p, a.now()); err != nil {
			return err
		}
		return tx.DeleteOtherSessions(p.ID, 0)
	})
}

// Enter returns somebody as an actor in a workspace, or an error of kind
// NotFound when they are no active member: a workspace of others is not there.
func (a *App) Enter(ctx context.Context, ws desk.WorkspaceID, user desk.UserID) (actor desk.Actor, err error) {
	err = a.DB.Read(ctx, store.Scope{Workspace: ws}, func(tx *store.Tx) error {
		m, err := tx.Member(user)
		if err == nil && !m.Active {
			err = desk.Errorf(desk.NotFound, "There is no such workspace here.")
		}
		actor = desk.Actor{Kind: desk.ActorUser, User: user, Role: m.Role, Inboxes: m.Visible()}
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil {
		err = desk.Errorf(desk.NotFound, "There is no such workspace here.")
	}
	return actor, err
}
