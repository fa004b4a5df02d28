package effect

import (
	"context"

	"parley/app"
	"parley/desk"
)

// Ailing tells the admins of a channel that has not worked for long, or will not
// work again by itself.
type Ailing struct {
	App *app.App
}

// Name implements app.Effect.
func (Ailing) Name() string { return "ailing" }

// Lane implements app.Effect.
func (Ailing) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Ailing) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.SettingsChanged)
	return ok && f.Subject == "channel" && f.Action == app.ChannelFailing
}

// Run implements app.Effect.
func (l Ailing) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	ctx = app.Meanwhile(ctx)
	admins, err := l.App.Admins(ctx)
	if err != nil {
		return err
	}
	return l.App.Tell(ctx, app.News{Kind: desk.NewsMailbox, Event: e, To: admins})
}
