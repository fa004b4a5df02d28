package effect

import (
	"context"

	"parley/app"
	"parley/desk"
)

// HandUp transfers what was escalated to the team that the inbox names for it
// (5.5), where it names one.
type HandUp struct {
	App *app.App
}

// Name implements app.Effect.
func (HandUp) Name() string { return "hand_up" }

// Lane implements app.Effect.
func (HandUp) Lane(e desk.Event) int64 { return int64(e.Conversation) }

// Wants implements app.Effect.
func (HandUp) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.Escalated); return ok }

// Run implements app.Effect. A team that can no longer answer there is no reason
// to try again: whoever has a duty was told of the escalation itself.
func (h HandUp) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := h.App.Do(ctx, e.Conversation, desk.HandUp{Command: e.Command})
	switch desk.KindOf(err) {
	case desk.NotFound, desk.Invalid:
		h.App.Log.WarnContext(ctx, "what was escalated was not transferred", "conversation", e.Conversation.String(), "err", err)
		return nil
	}
	return err
}
