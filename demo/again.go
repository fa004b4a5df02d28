package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Made reports whether an install holds the demo: false for an empty one, an
// error that says what to do for one that holds something else.
func Made(ctx context.Context, a *app.App) (bool, error) {
	empty, err := a.NeedsSetup(ctx)
	if err != nil || empty {
		return false, err
	}
	people, err := cast()
	if err != nil {
		return false, err
	}
	if _, err := owner(ctx, a, people[0]); err != nil {
		return false, desk.Errorf(desk.Conflict, "This data folder holds a workspace that is not the demo. Give the demo a folder of its own, for instance --data ./data-demo.")
	}
	return true, nil
}

func owner(ctx context.Context, a *app.App, c colleague) (id desk.UserID, err error) {
	err = a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		p, err := tx.PersonByEmail(c.email())
		id = p.ID
		return err
	})
	return id, err
}

// Logins says who can sign in, for whoever starts the demo: a role and an address.
func Logins() ([][2]string, error) {
	people, err := cast()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var all [][2]string
	for _, c := range people {
		if !seen[c.role] {
			seen[c.role] = true
			all = append(all, [2]string{c.role, c.email()})
		}
	}
	return all, nil
}

// Connect points the demo's webhook to where the outside listens this time.
func Connect(ctx context.Context, a *app.App, o *Outside) error {
	people, err := cast()
	if err != nil {
		return err
	}
	user, err := owner(ctx, a, people[0])
	if err != nil {
		return err
	}
	id, err := workspaceOf(ctx, a, user)
	if err != nil {
		return err
	}
	actor, err := a.Enter(ctx, id, user)
	if err != nil {
		return err
	}
	ctx = app.As(ctx, id, actor)
	all, err := channels(ctx, a)
	if err != nil {
		return err
	}
	for _, ch := range all {
		if ch.Kind != "api" {
			continue
		}
		config, err := json.Marshal(map[string]string{"webhook_url": o.Webhook})
		if err != nil {
			return err
		}
		if _, err := a.SaveChannel(ctx, ch.Inbox, ch.ID, ch.Kind, ch.Name, config, nil); err != nil {
			return err
		}
	}
	return nil
}

func channels(ctx context.Context, a *app.App) (all []desk.Channel, err error) {
	err = a.DB.Read(ctx, app.ScopeFrom(ctx), func(tx *store.Tx) (err error) { all, err = tx.Channels(); return err })
	return all, err
}

// reopen returns a demo that was made before, for its customers to write to.
func reopen(ctx context.Context, a *app.App, o *Outside, id desk.WorkspaceID, c colleague, user desk.UserID) (*Workspace, error) {
	actor, err := a.Enter(ctx, id, user)
	if err != nil {
		return nil, err
	}
	w := &Workspace{
		app: a, clock: &Clock{live: a.Now}, outside: o, id: id, ctx: app.As(ctx, id, actor), team: []member{{c, actor}}, rng: rand.New(rand.NewPCG(1, 5)),
		accounts: map[string]channel.Account{}, lives: true,
	}
	all, err := channels(w.ctx, a)
	if err != nil {
		return nil, err
	}
	for _, ch := range all {
		key := map[string]string{"webchat": "chat", "api": "api", "email": "mail"}[ch.Kind]
		if ch.Address == "wholesale@halden.example" {
			key = "wholesale"
		}
		if w.accounts[key], err = a.Lookup(ctx, ch.Kind, ch.Address); err != nil {
			return nil, fmt.Errorf("the demo's channel %s: %w", ch.Name, err)
		}
	}
	return w, nil
}
