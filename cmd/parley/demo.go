package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"parley/app"
	"parley/channel/all"
	"parley/channel/email"
	"parley/demo"
	"parley/desk"
	"parley/internal/safehttp"
	"parley/realtime"
)

type demoCmd struct {
	serveCmd `embed:""`
	Still    bool   `help:"Let no customers write while it is looked at."`
	Seed     uint64 `default:"7" help:"Another number makes other people and another story."`
}

// Run makes the demo in an empty data folder, or takes the one that is there,
// and serves it. Mail and webhooks of the demo end on this machine.
func (c *demoCmd) Run(ctx context.Context, log *slog.Logger) (err error) {
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.DB.Close(); err != nil {
			log.Error("close the database", "err", err)
		}
	}()
	made, err := demo.Made(ctx, a)
	if err != nil {
		return err
	}
	outside, err := demo.NewOutside(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err := outside.Close(); err != nil {
			log.Error("close the outside", "err", err)
		}
	}()
	c.Relay, c.RelaySecurity, c.RelayUser, c.RelayPassword = outside.Relay, "none", "", ""
	c.Allow = append(c.Allow, "127.0.0.1/32")
	if err := c.prepare(ctx, a, outside, made); err != nil {
		return err
	}
	logins, err := demo.Logins()
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "\n  The demo: %s. Password of everybody: %s\n\n", demo.Company, demo.Password)
	for _, l := range logins {
		fmt.Fprintf(os.Stdout, "  %-8s %s\n", l[0], l[1])
	}
	if c.Still {
		return c.serve(ctx, log, a, nil)
	}
	return c.serve(ctx, log, a, func(ctx context.Context, a *app.App, hub *realtime.Hub) error {
		living := &demo.Living{App: a, Outside: outside, Log: log, Typing: func(conv desk.Conversation, name string, on bool) {
			hub.Typing(conv.Workspace, conv.Keeping(), conv.ID, conv.Contact, realtime.TypingActor{Kind: desk.ActorContact, ID: conv.Contact.String(), Name: name}, on, "reply")
		}}
		return living.Run(ctx)
	})
}

// prepare makes the demo, or points the one that is there to this outside.
func (c *demoCmd) prepare(ctx context.Context, a *app.App, outside *demo.Outside, made bool) error {
	clock := &demo.Clock{}
	if made {
		clock.Live(time.Now)
	}
	a.Now = clock.Now
	client := safehttp.New(30*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	a.Channels = all.All(all.Needs{Client: client, Mail: email.New(email.Options{Key: a.Keys.Derive("mail"), Hostname: c.Hostname, Relay: email.Relay{Address: c.Relay}, Signing: a.SigningKeys, Now: clock.Now}), Now: clock.Now})
	if made {
		return demo.Connect(ctx, a, outside)
	}
	fmt.Fprintln(os.Stdout, "Making the demo …")
	if err := demo.Build(ctx, a, clock, demo.Options{Seed: c.Seed, End: time.Now(), Outside: outside}); err != nil {
		return err
	}
	clock.Live(time.Now)
	return nil
}
