package effect_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/effect"
)

// replied returns a desk, a reply that waits to be sent, and the event of it.
func replied(t *testing.T) (*apptest.Desk, desk.MessageID, desk.Event) {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	sent, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "hi"})
	d.OK(err)
	return d, sent.Message, sent.Events[0]
}

// A message that went out, or may have, and whose end could not be kept, is not
// sent again as if nothing had happened.
func TestSentButNotKept(t *testing.T) {
	for name, fail := range map[string]error{
		"sent": nil, "ambiguous": &channel.SendError{Class: channel.Ambiguous, Reason: "The line broke."}, "refused": &channel.SendError{Class: channel.Reject, Reason: "No."},
	} {
		t.Run(name, func(t *testing.T) {
			d, id, e := replied(t)
			ctx, cancel := context.WithCancel(app.System(t.Context(), d.Workspace))
			d.Channel.Fail = fail
			d.Channel.OnSend = func(channel.Outbound) { cancel() } // from here on nothing can be stored
			err := effect.Deliver{App: d.App}.Run(ctx, e, app.Try{Number: 1, Since: d.Clock.Now()})
			if _, ok := errors.AsType[*app.InterruptedError](err); !ok {
				t.Fatalf("error %v", err)
			}
			d.OK(effect.Deliver{App: d.App}.Run(app.System(t.Context(), d.Workspace), e, app.Try{Number: 2, Since: d.Clock.Now(), Interrupted: true}))
			if m := d.Message(id); m.Delivery != desk.DeliveryUnknown || len(d.Channel.Sent()) > 1 {
				t.Errorf("%s, %d sent", m.Delivery, len(d.Channel.Sent()))
			}
		})
	}
}

// A message that cannot be prepared does not wait for ever: it has failed when
// the job gives up, and is of unknown outcome when a try before was interrupted.
func TestCannotBePrepared(t *testing.T) {
	for interrupted, want := range map[bool]desk.Delivery{false: desk.DeliveryFailed, true: desk.DeliveryUnknown} {
		d, id, e := replied(t)
		whole := d.Channels
		d.Channels = nil // as when a program without this channel is started
		d.OK(effect.Deliver{App: d.App}.Run(app.System(t.Context(), d.Workspace), e, app.Try{Number: 12, Since: d.Clock.Now(), Interrupted: interrupted, Last: true}))
		if m := d.Message(id); m.Delivery != want || m.DeliveryReason == "" {
			t.Errorf("interrupted %v: %s, %q", interrupted, m.Delivery, m.DeliveryReason)
		}
		d.Channels = whole
	}
}

// What the far side asks for is done: again later, when it says, for a day.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		fail  *channel.SendError
		after time.Duration // how old the job is
		want  desk.Delivery
		retry time.Duration // asked for, 0 is the usual backoff
	}{
		"busy":            {&channel.SendError{Class: channel.Retry, Reason: "busy"}, 0, desk.DeliveryQueued, 0},
		"busy for a day":  {&channel.SendError{Class: channel.Retry, Reason: "busy"}, 24 * time.Hour, desk.DeliveryFailed, 0},
		"slow down":       {&channel.SendError{Class: channel.Throttle, Reason: "slow down", After: time.Hour}, 0, desk.DeliveryQueued, time.Hour},
		"nobody knows":    {&channel.SendError{Class: channel.Ambiguous, Reason: "broke"}, 0, desk.DeliveryUnknown, 0},
		"never":           {&channel.SendError{Class: channel.Reject, Reason: "no"}, 0, desk.DeliveryFailed, 0},
		"not our account": {&channel.SendError{Class: channel.Unauth, Reason: "who?"}, 0, desk.DeliveryFailed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d, id, e := replied(t)
			d.Channel.Fail = c.fail
			err := effect.Deliver{App: d.App}.Run(app.System(t.Context(), d.Workspace), e, app.Try{Number: 1, Since: d.Clock.Now().Add(-c.after)})
			if m := d.Message(id); m.Delivery != c.want {
				t.Errorf("%s, want %s", m.Delivery, c.want)
			}
			retry, again := errors.AsType[*app.RetryError](err)
			if again != (c.want == desk.DeliveryQueued) || err != nil && !again {
				t.Fatalf("error %v", err)
			}
			if again && c.retry != 0 && !retry.At.Equal(d.Clock.Now().Add(c.retry)) {
				t.Errorf("again at %v", retry.At)
			}
		})
	}
}
