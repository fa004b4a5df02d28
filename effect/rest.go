package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// AutoClose closes conversations in which nothing happens any more (T14, T18).
type AutoClose struct {
	App *app.App
}

// Name implements app.Effect.
func (AutoClose) Name() string { return "autoclose" }

// Patient implements app.Patient.
func (AutoClose) Patient() {}

// Lane implements app.Effect: a timer that waits holds up no other.
func (AutoClose) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (AutoClose) Wants(e desk.Event) bool { return takenOver(e) || !restsSince(e).IsZero() }

// takenOver reports whether a person has it again: from then on it rests since
// somebody of the team wrote last (5.6).
func takenOver(e desk.Event) bool { _, ok := e.Fact.(desk.AITakenOver); return ok }

// restsSince returns since when a conversation rests by what a fact says, or zero.
func restsSince(e desk.Event) time.Time {
	switch f := e.Fact.(type) {
	case desk.MessagePosted:
		if f.ByPerson() {
			return e.At
		}
	case desk.Woken:
		if f.Clock != nil {
			return f.Clock.To
		}
	case desk.StatusChanged:
		if f.New == desk.StatusResolved {
			return since(e, f.Restore, func(r desk.Rest) time.Time { return r.ResolvedAt })
		}
	case desk.MergedFrom:
		return f.Now.InactiveSince
	case desk.UnmergedFrom:
		return f.Now.InactiveSince
	case desk.SplitFrom:
		return f.Now.InactiveSince
	case desk.SplitTo:
		return f.Now.InactiveSince
	case desk.Unmerged:
		if f.Is.Status == desk.StatusResolved {
			return f.Is.Ending.ResolvedAt
		}
		return f.Is.Content.InactiveSince
	}
	return time.Time{}
}

// since is when a status was reached: an undo puts back the time it had.
func since(e desk.Event, restored *desk.Rest, reached func(desk.Rest) time.Time) time.Time {
	if restored != nil {
		return reached(*restored)
	}
	return e.At
}

// At implements app.Timer.
func (AutoClose) At(e desk.Event, c desk.Conversation, inbox desk.Inbox) time.Time {
	if from, at := inbox.Settings.CloseAt(c); takenOver(e) || from.Equal(restsSince(e)) {
		return at
	}
	return time.Time{}
}

// Run implements app.Effect.
func (t AutoClose) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	c, inbox, err := t.App.Standing(ctx, e.Conversation)
	if err != nil {
		return err
	}
	from, at := inbox.Settings.CloseAt(c)
	since := restsSince(e)
	if takenOver(e) && !from.After(e.At) { // what came later has a timer of its own
		since = from
	}
	if !at.IsZero() && from.Equal(since) && at.After(t.App.Now()) {
		return later(at)
	}
	_, err = t.App.Do(ctx, e.Conversation, desk.AutoClose{Since: since})
	return err
}

// later puts a timer off: the inbox waits longer now than when it was set.
func later(at time.Time) error {
	return &app.RetryError{At: at, Err: desk.Errorf(desk.Conflict, "The inbox waits longer now.")}
}

// AutoArchive archives what was closed a while ago (E17).
type AutoArchive struct {
	App *app.App
}

// Name implements app.Effect.
func (AutoArchive) Name() string { return "autoarchive" }

// Patient implements app.Patient.
func (AutoArchive) Patient() {}

// Lane implements app.Effect.
func (AutoArchive) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (AutoArchive) Wants(e desk.Event) bool { return !closedSince(e).IsZero() }

func closedSince(e desk.Event) time.Time {
	if f, ok := e.Fact.(desk.StatusChanged); ok && f.New == desk.StatusClosed {
		return since(e, f.Restore, func(r desk.Rest) time.Time { return r.ClosedAt })
	}
	if f, ok := e.Fact.(desk.Unmerged); ok && f.Is.Status == desk.StatusClosed {
		return f.Is.Ending.ClosedAt
	}
	return time.Time{}
}

// At implements app.Timer.
func (AutoArchive) At(e desk.Event, c desk.Conversation, inbox desk.Inbox) time.Time {
	if from, at := inbox.Settings.ArchiveAt(c); from.Equal(closedSince(e)) {
		return at
	}
	return time.Time{}
}

// Run implements app.Effect.
func (t AutoArchive) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	c, inbox, err := t.App.Standing(ctx, e.Conversation)
	if err != nil {
		return err
	}
	from, at := inbox.Settings.ArchiveAt(c)
	if !at.IsZero() && from.Equal(closedSince(e)) && at.After(t.App.Now()) {
		return later(at)
	}
	_, err = t.App.Do(ctx, e.Conversation, desk.AutoArchive{Since: closedSince(e)})
	return err
}
