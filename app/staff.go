package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"parley/desk"
	"parley/store"
)

// staffFor is how long what another process changed about members may go unnoticed.
const staffFor = 5 * time.Second

// staff remembers the members of each workspace: every new conversation asks whom
// to tell of it.
type staff struct {
	mu      sync.Mutex
	of      map[desk.WorkspaceID]members
	changes atomic.Int64 // of settings, by this process
}

type members struct {
	all     []desk.Member
	changes int64
	at      time.Time
}

// members returns the members of the workspace of ctx, also those who left.
// Nobody changes what they are given.
func (a *App) members(ctx context.Context) ([]desk.Member, error) {
	workspace := WorkspaceFrom(ctx)
	now := members{changes: a.staff.changes.Load(), at: a.Now()}
	a.staff.mu.Lock()
	known, ok := a.staff.of[workspace]
	a.staff.mu.Unlock()
	if ok && known.changes == now.changes && now.at.Sub(known.at) < staffFor {
		return known.all, nil
	}
	err := a.DB.Read(ctx, store.Scope{Workspace: workspace}, func(tx *store.Tx) (err error) { now.all, err = tx.Members(); return err })
	if err != nil {
		return nil, err
	}
	a.staff.mu.Lock()
	defer a.staff.mu.Unlock()
	if a.staff.of == nil {
		a.staff.of = map[desk.WorkspaceID]members{}
	}
	a.staff.of[workspace] = now
	return now.all, nil
}

// InboxMembers returns the active members of an inbox with a permission; owners
// and admins who only may see it are none.
func (a *App) InboxMembers(ctx context.Context, inbox desk.InboxID, may desk.Permission) ([]desk.UserID, error) {
	return a.membersWho(ctx, func(m desk.Member) bool { return m.Active && m.Role.May(may) && m.In(inbox) })
}

// Called returns the active members whom a mention calls.
func (a *App) Called(ctx context.Context, by desk.Mention) ([]desk.UserID, error) {
	return a.membersWho(ctx, by.Calls)
}

func (a *App) membersWho(ctx context.Context, are func(desk.Member) bool) (users []desk.UserID, err error) {
	all, err := a.members(ctx)
	for _, m := range all {
		if are(m) {
			users = append(users, m.User)
		}
	}
	return users, err
}
