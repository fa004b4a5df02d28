package effect

import (
	"context"
	"errors"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
)

// Digest is the timer of somebody's daily mail: it decides and schedules the next.
type Digest struct {
	App *app.App
}

// Name implements app.Effect.
func (Digest) Name() string { return "digest" }

// Lane implements app.Effect.
func (Digest) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Digest) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.DigestDue); return ok }

// At implements app.Timer: one hour before the end of their working day.
func (Digest) At(e desk.Event, _ desk.Conversation, _ desk.Inbox) time.Time {
	return e.Fact.(desk.DigestDue).At
}

// Run implements app.Effect.
func (d Digest) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	return d.App.BeginDigest(ctx, e.Fact.(desk.DigestDue), e.Seq)
}

// Poster hands mail of the workspace itself in, through one of its addresses.
// The error is a *channel.SendError.
type Poster interface {
	Post(ctx context.Context, a channel.Account, p channel.Letter) error
}

// Mail sends the digests that were decided on.
type Mail struct {
	App  *app.App
	Post Poster
	Base string // where Parley is reached, for links; "" makes none
}

// Name implements app.Effect.
func (Mail) Name() string { return "mail" }

// Lane implements app.Effect.
func (Mail) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Mail) Wants(e desk.Event) bool { return tells(e, desk.FormMail) }

// mailFor is how long a digest is tried: tomorrow there is another one.
const mailFor = 2 * time.Hour

// Run implements app.Effect. A try whose end nobody saw is not repeated: a digest
// that comes twice is worse than one that is lost.
func (m Mail) Run(ctx context.Context, e desk.Event, try app.Try) error {
	f := e.Fact.(desk.Notified)
	if try.Interrupted {
		return nil
	}
	d, err := m.App.Digest(ctx, f.User)
	if err != nil || d.From == nil || !d.To.Active {
		return err
	}
	err = m.Post.Post(ctx, *d.From, channel.Letter{
		ID: desk.MessageID(f.Notification), ToName: d.To.Name, To: d.To.Email, Subject: d.Subject(), Text: d.Text(m.Base), At: e.At,
	})
	se, ok := errors.AsType[*channel.SendError](err)
	if err == nil {
		return nil
	}
	if again := ok && (se.Class == channel.Retry || se.Class == channel.Throttle); again && m.App.Now().Sub(try.Since) < mailFor {
		return &app.RetryError{Err: err}
	}
	m.App.Log.Warn("a digest could not be sent", "user", f.User.String(), "err", err)
	return nil
}
