package effect_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/effect"
	"parley/store"
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

// What was made of a message is the same for every try, also of a large one, until
// nothing went out for good; it is forgotten once its outcome is known.
func TestEveryTryIsGivenWhatTheFirstMade(t *testing.T) {
	for name, made := range map[string]string{"small": "From: us", "large": strings.Repeat("From: us ", 20_000)} {
		t.Run(name, func(t *testing.T) {
			d, id, e := replied(t)
			ctx := app.System(t.Context(), d.Workspace)
			var given []string
			d.Channel.OnSend = func(m channel.Outbound) {
				given = append(given, string(m.Built))
				if m.Built == nil {
					d.OK(m.Keep(ctx, []byte(made)))
				}
			}
			try := func(n int, fail error) {
				d.Channel.Fail = fail
				err := effect.Deliver{App: d.App}.Run(ctx, e, app.Try{Number: n, Since: d.Clock.Now()})
				if _, again := errors.AsType[*app.RetryError](err); err != nil && !again {
					t.Fatal(err)
				}
			}
			try(1, &channel.SendError{Class: channel.Retry, Reason: "busy"})
			try(2, &channel.SendError{Class: channel.Ambiguous, Reason: "broke"})
			again, err := d.Do(d.As(d.Agent), d.Message(id).Conversation, desk.Retry{Message: id})
			d.OK(err)
			e = again.Events[0]
			try(1, &channel.SendError{Class: channel.Reject, Reason: "no"})
			again, err = d.Do(d.As(d.Agent), d.Message(id).Conversation, desk.Retry{Message: id})
			d.OK(err)
			e = again.Events[0]
			try(1, nil)
			if want := []string{"", made, made, ""}; !slices.Equal(given, want) {
				t.Errorf("the tries were given %.60q", given)
			}
			d.Clock.Add(2 * time.Hour)
			d.OK(d.CleanBuilt(ctx))
			d.OK(d.DB.Read(ctx, app.ScopeFrom(ctx), func(tx *store.Tx) error {
				if _, err := tx.OutgoingRaw(id); desk.KindOf(err) != desk.NotFound || err == nil {
					t.Errorf("what was sent is still there: %v", err)
				}
				return nil
			}))
		})
	}
}

// Who wrote a message is told when it does not arrive, at once or later, and told once.
func TestWhoWroteIsToldOfAFailure(t *testing.T) {
	d, id, e := replied(t)
	ctx := app.System(t.Context(), d.Workspace)
	d.OK(effect.Deliver{App: d.App}.Run(ctx, e, app.Try{Number: 1, Since: d.Clock.Now()}))
	if n := told(d, d.Agent, desk.NewsUndelivered); n != 0 {
		t.Errorf("told %d times of a message that was sent", n)
	}
	for range 2 {
		_, err := d.Do(ctx, e.Conversation, desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: "It came back."})
		d.OK(err)
		d.Work()
	}
	if n := told(d, d.Agent, desk.NewsUndelivered); n != 1 {
		t.Errorf("the author is told %d times", n)
	}
	if n := told(d, d.Owner, desk.NewsUndelivered); n != 0 {
		t.Errorf("somebody else is told %d times", n)
	}
}
