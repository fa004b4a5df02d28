package email

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/channel"
	"parley/desk"
)

// testWithin is how long one way may take that an admin waits for.
const testWithin = 20 * time.Second

// Test implements channel.Tester: it signs in where mail is fetched and opens every
// folder, and signs in where mail is handed over.
func (ch *Channel) Test(ctx context.Context, a channel.Account) []channel.Tested {
	c, err := read(a.Config)
	if err != nil {
		return []channel.Tested{{Way: "in", Problem: err.Error()}}
	}
	found := make(chan channel.Tested, 1)
	go func() { found <- ch.testOut(ctx, a, c) }()
	return []channel.Tested{ch.testIn(ctx, a, c), <-found}
}

func (ch *Channel) testIn(ctx context.Context, a channel.Account, c Config) channel.Tested {
	if c.IMAPHost == "" {
		return channel.Tested{Way: "in", Skipped: true, Says: "No mail is fetched: it is brought here by SMTP or LMTP."}
	}
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	client, err := ch.signIn(ctx, a, c)
	if err != nil {
		return channel.Tested{Way: "in", Problem: reasonOf(err)}
	}
	defer client.end()
	w := &watch{Channel: ch, client: client, config: c}
	says := "Signed in at " + c.IMAPHost + "."
	for _, folder := range c.IMAPFolders {
		data, err := w.open(folder)
		if err != nil {
			return channel.Tested{Way: "in", Problem: reasonOf(asWatchError(err))}
		}
		says += fmt.Sprintf(" %s has %d mails.", folder, data.NumMessages)
	}
	return channel.Tested{Way: "in", Says: desk.Line(says, 300)}
}

func (ch *Channel) testOut(ctx context.Context, a channel.Account, c Config) channel.Tested {
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	s, err := ch.server(a, c)
	if err == nil {
		err = ch.tryServer(ctx, s)
	}
	if err != nil {
		return channel.Tested{Way: "out", Problem: reasonOf(err)}
	}
	if s.user == "" {
		return channel.Tested{Way: "out", Says: s.host + " answers. It asks for no password."}
	}
	return channel.Tested{Way: "out", Says: "Signed in at " + s.host + "."}
}

// reasonOf returns the sentence of an error for an admin.
func reasonOf(err error) string {
	if we, ok := errors.AsType[*channel.WatchError](err); ok {
		return we.Reason
	}
	if se, ok := errors.AsType[*channel.SendError](err); ok {
		return se.Reason
	}
	return desk.Line(err.Error(), 300)
}
