package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Release tells what was held outside somebody's working hours when they begin.
type Release struct {
	App *app.App
}

// Name implements app.Effect.
func (Release) Name() string { return "release" }

// Lane implements app.Effect.
func (Release) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Release) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.Notified)
	return ok && len(f.Held) > 0
}

// At implements app.Timer: when the working hours begin.
func (Release) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	return e.Fact.(desk.Notified).Due.Time
}

// Run implements app.Effect.
func (r Release) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	return r.App.Release(ctx, e.Fact.(desk.Notified))
}
