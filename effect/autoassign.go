package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// AutoAssign lets the rules of an inbox give a conversation to somebody, where it
// has rules: when it begins, when an AI agent hands it over, when it was
// transferred to a team, and when nobody became available in time (4.5).
type AutoAssign struct {
	App *app.App
}

// Name implements app.Effect.
func (AutoAssign) Name() string { return "auto_assign" }

// Lane implements app.Effect.
func (AutoAssign) Lane(e desk.Event) int64 { return int64(e.Conversation) }

// Wants implements app.Effect.
func (AutoAssign) Wants(e desk.Event) bool { return desk.AsksForSomebody(e.Fact) != "" }

// At implements app.Timer: an inbox without rules needs no job, and what waits for
// somebody to become available is looked at again when the time is over.
func (AutoAssign) At(e desk.Event, _ desk.Conversation, inbox desk.Inbox) time.Time {
	if f, ok := e.Fact.(desk.NobodyAvailable); ok {
		return f.Until.Time
	}
	if !inbox.Settings.Assigns() {
		return time.Time{}
	}
	return e.At
}

// Run implements app.Effect.
func (a AutoAssign) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := a.App.Do(ctx, e.Conversation, desk.AutoAssign{Trigger: desk.AsksForSomebody(e.Fact)})
	return err
}
