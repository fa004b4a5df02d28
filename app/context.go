package app

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

type key struct{}

// acting is who acts in a context, where, and why.
type acting struct {
	desk.Actor
	Workspace desk.WorkspaceID
	cause     int64 // the event that led here
	depth     int
	job       *store.Job // finished in the transaction of the first command
	finished  *bool
	request   request
	command   desk.CommandID // of what is done together in several conversations; 0 gives each its own
	past      time.Time      // when it happened that is brought from elsewhere; zero is now
	along     []desk.Event   // what earlier parts of one command did
}

// request is an idempotent request: its key and a digest of what it asks.
type request struct{ actor, key, digest string }

// As returns a context in which actor acts in a workspace.
func As(ctx context.Context, ws desk.WorkspaceID, actor desk.Actor) context.Context {
	return context.WithValue(ctx, key{}, acting{Actor: actor, Workspace: ws})
}

// Idempotent returns a context in which the next command is given once, however
// often it is asked for with the same key. Another request under the key of one
// that was answered is refused.
func Idempotent(ctx context.Context, actor, idemKey, digest string) context.Context {
	act := from(ctx)
	act.request = request{actor, idemKey, digest}
	return context.WithValue(ctx, key{}, act)
}

func from(ctx context.Context) acting {
	a, _ := ctx.Value(key{}).(acting)
	return a
}

// ActorFrom returns who acts in ctx.
func ActorFrom(ctx context.Context) desk.Actor { return from(ctx).Actor }

// WorkspaceFrom returns where.
func WorkspaceFrom(ctx context.Context) desk.WorkspaceID { return from(ctx).Workspace }

// ScopeFrom returns through whose eyes ctx looks.
func ScopeFrom(ctx context.Context) store.Scope {
	a := from(ctx)
	return store.Scope{Workspace: a.Workspace, User: a.User, Inboxes: a.Inboxes, View: a.View, Teams: a.Teams}
}

// System returns a context in which the system acts in a workspace.
func System(ctx context.Context, ws desk.WorkspaceID) context.Context {
	return As(ctx, ws, desk.Actor{Kind: desk.ActorSystem})
}

// Caused returns a context in which an effect of an event acts.
func caused(ctx context.Context, e desk.Event, job *store.Job, finished *bool) context.Context {
	return context.WithValue(ctx, key{}, acting{
		Actor: desk.Actor{Kind: desk.ActorSystem}, Workspace: e.Workspace, cause: e.Seq, depth: e.Depth + 1, job: job, finished: finished,
	})
}

// Timely returns a context for a command of a timer: what follows from time
// passing is no loop of effects, however often it happens.
func Timely(ctx context.Context) context.Context {
	act := from(ctx)
	act.depth = 0
	return context.WithValue(ctx, key{}, act)
}

// Meanwhile returns a context for a command of an effect that will ask for another
// try: the command does not end the job.
func Meanwhile(ctx context.Context) context.Context {
	act := from(ctx)
	act.job, act.finished = nil, nil
	return context.WithValue(ctx, key{}, act)
}

// Bell wakes one listener: rung any number of times before it looks, it looks once.
type Bell struct{ c chan struct{} }

// NewBell returns a bell.
func NewBell() Bell { return Bell{make(chan struct{}, 1)} }

// Ring wakes the listener.
func (b Bell) Ring() {
	select {
	case b.c <- struct{}{}:
	default:
	}
}

// Heard is readable after the bell was rung.
func (b Bell) Heard() <-chan struct{} { return b.c }
