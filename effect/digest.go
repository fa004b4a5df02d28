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

// Mail sends digests, and mails about what happened while somebody was not here.
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
	from, l, err := m.letter(ctx, f)
	if err != nil || from == nil {
		return err
	}
	l.ID, l.At = desk.MessageID(f.Notification), e.At
	err = m.Post.Post(ctx, *from, l)
	se, ok := errors.AsType[*channel.SendError](err)
	if err == nil {
		return nil
	}
	if again := ok && (se.Class == channel.Retry || se.Class == channel.Throttle); again && m.App.Now().Sub(try.Since) < mailFor {
		return &app.RetryError{Err: err}
	}
	m.App.Log.Warn("a mail to somebody of the team could not be sent", "kind", string(f.Kind), "user", f.User.String(), "err", err)
	return nil
}

// letter returns what is to be mailed, and through what; nil sends nothing.
func (m Mail) letter(ctx context.Context, f desk.Notified) (*channel.Account, channel.Letter, error) {
	if f.Kind == desk.NewsDigest {
		d, err := m.App.Digest(ctx, f.User)
		if err != nil || d.From == nil || !d.To.Active {
			return nil, channel.Letter{}, err
		}
		return d.From, channel.Letter{ToName: d.To.Name, To: d.To.Email, Subject: d.Subject(), Text: d.Text(m.Base)}, nil
	}
	n, err := m.App.NewsLetter(ctx, f.Notification, m.Base)
	if err != nil || n.From == nil {
		return nil, channel.Letter{}, err
	}
	text, html, err := n.Texts()
	return n.From, channel.Letter{
		FromName: n.Workspace + " (Parley)", ToName: n.To.Name, To: n.To.Email, Subject: n.Subject, Thread: n.Thread, Text: text, HTML: html, Notice: n.Notice, Unsubscribe: n.Decline,
	}, err
}
