package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Wake brings a snoozed conversation back at its moment (E15).
type Wake struct {
	App *app.App
}

// Name implements app.Effect.
func (Wake) Name() string { return "wake" }

// Patient implements app.Patient.
func (Wake) Patient() {}

// Lane implements app.Effect: a timer that waits holds up no other.
func (Wake) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Wake) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.Snoozed)
	return ok && !f.Until.IsZero()
}

// At implements app.Timer.
func (Wake) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	return e.Fact.(desk.Snoozed).Until
}

// Run implements app.Effect.
func (w Wake) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := w.App.Do(ctx, e.Conversation, desk.Wake{Until: e.Fact.(desk.Snoozed).Until, For: e.By.User})
	return err
}

// Woken tells whoever snoozed a conversation that it is back (5.4).
type Woken struct {
	App *app.App
}

// Name implements app.Effect.
func (Woken) Name() string { return "woken" }

// Patient implements app.Patient.
func (Woken) Patient() {}

// Lane implements app.Effect.
func (Woken) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Woken) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.Woken)
	return ok && f.For != 0 && f.Reason == desk.WokenByTimer
}

// Run implements app.Effect.
func (w Woken) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	return w.App.Tell(ctx, app.News{Kind: desk.NewsSnoozeEnded, Event: e, To: []desk.UserID{e.Fact.(desk.Woken).For}})
}
