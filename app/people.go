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
	idleFor      = 7 * 24 * time.Hour  // how long a session lives without being used
	sessionFor   = 30 * 24 * time.Hour // how long at most (NIST SP 800-63B-4, 2.1.3)
	touchEvery   = 5 * time.Minute
	inviteFor    = 7 * 24 * time.Hour
	maxNameRunes = 120
)

// Setup makes the first owner and their workspace. It works once per install.
func (a *App) Setup(ctx context.Context, workspace, name, email, password string) (desk.UserID, error) {
	// Asked before, since a hash takes its time, and again in the transaction.
	needs, err := a.NeedsSetup(ctx)
	if err != nil {
		return 0, err
	}
	if !needs {
		return 0, errSetUp
	}
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
			return errSetUp
		}
		if err := tx.SavePerson(person, a.now()); err != nil {
			return err
		}
		_, err = a.newWorkspace(tx, workspace, person.ID)
		return err
	})
}

var errSetUp = desk.Errorf(desk.Conflict, "Parley is set up already. Sign in instead.")

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
	if !desk.IsEmail(p.Email) {
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
		a.Log.WarnContext(ctx, "sign-in refused", "user", p.ID.String(), "from", remote)
		return "", 0, wrong
	}
	if auth.Outdated(p.PasswordHash) {
		if err := a.rehash(ctx, p, password); err != nil {
			return "", 0, err
		}
	}
	token, err := a.NewSession(ctx, p.ID, userAgent, remote)
	return token, p.ID, err
}

// rehash stores the hash of a password that is known to be right at today's cost.
func (a *App) rehash(ctx context.Context, p store.Person, password string) error {
	hash, err := auth.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	p.PasswordHash = hash
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.SavePerson(p, a.now()) })
}

// NewSession signs somebody in.
func (a *App) NewSession(ctx context.Context, user desk.UserID, userAgent, remote string) (string, error) {
	token, hash := auth.NewToken("ses_")
	now := a.now()
	a.Log.InfoContext(ctx, "signed in", "user", user.String(), "from", remote)
	return token, a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.DeleteExpired(now); err != nil {
			return err
		}
		return tx.InsertSession(store.Session{
			ID: desk.SessionID(a.number()), User: user, UserAgent: desk.Line(userAgent, 200), Remote: desk.Line(remote, 60),
			CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(idleFor),
		}, hash)
	})
}

// Session returns who a cookie belongs to, or an error of kind Unauthenticated.
func (a *App) Session(ctx context.Context, token string) (s store.Session, err error) {
	s, err = a.SessionNow(ctx, token)
	now := a.now()
	if err != nil || now.Sub(s.SeenAt) < touchEvery {
		return s, err
	}
	until := now.Add(idleFor)
	if last := s.CreatedAt.Add(sessionFor); until.After(last) {
		until = last
	}
	return s, a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.TouchSession(s.ID, now, until) })
}

// SessionNow is Session without counting as a use: an open screen does not keep
// somebody signed in.
func (a *App) SessionNow(ctx context.Context, token string) (s store.Session, err error) {
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) {
		s, err = tx.SessionByToken(auth.HashToken(token))
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil || err == nil && s.ExpiresAt.Before(a.now()) {
		return s, desk.Errorf(desk.Unauthenticated, "You are signed out. Sign in again.")
	}
	return s, err
}

// SignOut ends one of somebody's sessions.
func (a *App) SignOut(ctx context.Context, user desk.UserID, id desk.SessionID) error {
	a.Log.InfoContext(ctx, "signed out", "user", user.String(), "session", id.String())
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.DeleteSession(user, id) })
}

// ChangeMe changes somebody's name, or with their current password the password.
// Then every session of theirs ends, and the text is the cookie's value of the one
// that takes the place of session.
func (a *App) ChangeMe(ctx context.Context, user desk.UserID, session store.Session, name, current, password string) (string, error) {
	var p store.Person
	if err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { p, err = tx.Person(user); return err }); err != nil {
		return "", err
	}
	if name != "" {
		p.Name = desk.Line(name, maxNameRunes)
	}
	if password != "" {
		ok, err := auth.VerifyPassword(ctx, p.PasswordHash, current)
		if err != nil {
			return "", err
		}
		if !ok {
			a.Log.WarnContext(ctx, "password change refused", "user", user.String(), "from", session.Remote)
			return "", field("current_password", "This is not your password.")
		}
		if err := a.setPassword(ctx, &p, password); err != nil {
			return "", err
		}
	}
	err := a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.SavePerson(p, a.now()); err != nil || password == "" {
			return err
		}
		return tx.DeleteOtherSessions(user, 0)
	})
	if err != nil || password == "" {
		return "", err
	}
	a.Log.InfoContext(ctx, "password changed", "user", user.String(), "from", session.Remote)
	return a.NewSession(ctx, user, session.UserAgent, session.Remote)
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
	a.Log.InfoContext(ctx, "password reset", "user", p.ID.String())
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
	err = a.DB.Look(ctx, store.Scope{Workspace: ws}, func(tx *store.Tx) error {
		m, err := tx.Member(user)
		if err == nil && !m.Active {
			err = desk.Errorf(desk.NotFound, "There is no such workspace here.")
		}
		actor = m.Actor()
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil {
		err = desk.Errorf(desk.NotFound, "There is no such workspace here.")
	}
	return actor, err
}
