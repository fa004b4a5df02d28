package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Dispatch sends scheduled messages at their moment (F1-58). The message is posted
// and the job finished in one transaction: it is sent once, also when Parley is
// killed meanwhile.
type Dispatch struct {
	App *app.App
}

// Name implements app.Effect.
func (Dispatch) Name() string { return "dispatch" }

// Lane implements app.Effect: a timer that waits holds up no other.
func (Dispatch) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Dispatch) Wants(e desk.Event) bool { id, _ := desk.DueScheduled(e.Fact); return id != 0 }

// At implements app.Timer.
func (Dispatch) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	_, at := desk.DueScheduled(e.Fact)
	return at
}

// Run implements app.Effect.
func (d Dispatch) Run(ctx context.Context, e desk.Event, try app.Try) error {
	id, at := desk.DueScheduled(e.Fact)
	in, err := d.App.WhereScheduled(ctx, id)
	if err == nil {
		_, err = d.App.Do(app.Timely(ctx), in, desk.Dispatch{Scheduled: id, At: at, Interrupted: try.Interrupted})
	}
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil
	}
	return err
}

// Held tells the author that a scheduled message is not sent by itself (F1-58), or
// who else can decide when they may not any more.
type Held struct {
	App *app.App
}

// Name implements app.Effect.
func (Held) Name() string { return "scheduled_held" }

// Lane implements app.Effect.
func (Held) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Held) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.ScheduledHeld); return ok }

// Run implements app.Effect.
func (h Held) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	f := e.Fact.(desk.ScheduledHeld)
	to := []desk.UserID{f.User}
	if f.Reason == desk.HeldAuthor {
		c, _, err := h.App.Standing(ctx, e.Conversation)
		if err != nil {
			return err
		}
		to[0] = c.Assignee
		if c.Assignee == 0 || c.Assignee == f.User {
			if to, err = h.App.InboxMembers(ctx, c.Inbox, desk.MayAnswer); err != nil {
				return err
			}
		}
	}
	return h.App.Tell(ctx, app.News{Kind: desk.NewsHeld, Event: e, To: to})
}
