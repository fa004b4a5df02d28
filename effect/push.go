package effect

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parley/app"
	"parley/desk"
	"parley/internal/webpush"
)

// Push sends notifications to the browsers of who is told, through the one HTTP
// client. A browser that a try before has reached gets it again under the same
// topic and tag: it shows one.
type Push struct {
	App     *app.App
	Client  *http.Client
	Contact string // our address, for the operator of a push service
}

// Name implements app.Effect.
func (Push) Name() string { return "push" }

// Lane implements app.Effect.
func (Push) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Push) Wants(e desk.Event) bool { return tells(e, desk.FormPush) }

func tells(e desk.Event, form desk.Form) bool {
	f, ok := e.Fact.(desk.Notified)
	if !ok {
		return false
	}
	for _, x := range f.Forms {
		if x == form {
			return true
		}
	}
	return false
}

// pushFor is how long a push is tried: what is older, the bell says.
const pushFor = time.Hour

// Run implements app.Effect.
func (p Push) Run(ctx context.Context, e desk.Event, try app.Try) error {
	f := e.Fact.(desk.Notified)
	out, err := p.App.Pushing(ctx, f)
	if err != nil {
		return err
	}
	var again *webpush.AgainError
	for id, target := range out.Targets {
		err := webpush.Send(ctx, p.Client, out.Keys, target, webpush.Message{Text: out.Payload, Topic: desk.PushID(f.Notification).String(), Contact: p.Contact})
		if e, ok := errors.AsType[*webpush.AgainError](err); ok {
			again = e
			continue
		}
		if err != nil && !errors.Is(err, webpush.ErrGone) {
			p.App.Log.Warn("a browser could not be told", "push", id.String(), "err", err)
			continue
		}
		if err := p.App.Pushed(ctx, f.User, id, err != nil); err != nil {
			return err
		}
	}
	if again == nil || p.App.Now().Sub(try.Since) > pushFor {
		return nil
	}
	retry := &app.RetryError{Err: again}
	if again.After > 0 {
		retry.At = p.App.Now().Add(again.After)
	}
	return retry
}
