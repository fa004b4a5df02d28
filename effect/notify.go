package effect

import (
	"context"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Notify tells people what concerns them: today, that a conversation is theirs
// now (F3-42). Nobody is told what they did themselves.
type Notify struct {
	App *app.App
}

// Name implements app.Effect.
func (Notify) Name() string { return "notify" }

// Lane implements app.Effect.
func (Notify) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Notify) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.Assigned)
	return ok && f.Assignee != e.By.User
}

// Run implements app.Effect.
func (n Notify) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	f := e.Fact.(desk.Assigned)
	return n.App.Notify(ctx, store.Notification{
		User: f.Assignee, Kind: "assigned", Conversation: e.Conversation, Actor: e.By.User, Note: f.Note, At: e.At, Cause: e.Seq,
	})
}
