package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Remind tells somebody at the time they asked for how a conversation stands that
// they handed over (F3-36, F2-31). What has ended needs no reminder.
type Remind struct {
	App *app.App
}

// Name implements app.Effect.
func (Remind) Name() string { return "remind" }

// Patient implements app.Patient.
func (Remind) Patient() {}

// Lane implements app.Effect.
func (Remind) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Remind) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.ReminderSet); return ok }

// At implements app.Timer.
func (Remind) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	return e.Fact.(desk.ReminderSet).At.Time
}

// Run implements app.Effect.
func (r Remind) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	f := e.Fact.(desk.ReminderSet)
	due, err := r.App.StillReminds(ctx, e)
	if err != nil || !due {
		return err
	}
	return r.App.Tell(ctx, app.News{Kind: desk.NewsReminder, Event: e, To: []desk.UserID{f.User}, Own: true})
}
