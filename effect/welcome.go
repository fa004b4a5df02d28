package effect

import (
	"context"

	"parley/app"
	"parley/desk"
)

// Welcome greets a customer who begins a conversation, where the inbox says so.
// A greeting answers nothing: the conversation stays new (S-07, D-34).
type Welcome struct {
	App *app.App
}

// Name implements app.Effect.
func (Welcome) Name() string { return "welcome" }

// Lane implements app.Effect.
func (Welcome) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Welcome) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.Opened)
	return ok && f.Greet
}

// Run implements app.Effect.
func (w Welcome) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := w.App.Do(ctx, e.Conversation, desk.Greet{Cause: e.Seq})
	return err
}
