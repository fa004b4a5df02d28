package effect

import (
	"cmp"
	"context"
	"errors"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
)

// giveUp is how long a message is tried before it counts as failed, on a channel
// that does not say.
const giveUp = 24 * time.Hour

// Deliver sends messages to customers through their channel. Messages of one
// conversation go out one after the other.
type Deliver struct {
	App *app.App
}

// Name implements app.Effect.
func (Deliver) Name() string { return "deliver" }

// Lane implements app.Effect.
func (Deliver) Lane(e desk.Event) int64 { return int64(e.Conversation) }

// Wants implements app.Effect.
func (Deliver) Wants(e desk.Event) bool { return outgoing(e.Fact) != 0 }

// When implements app.Later: a reply waits for as long as it can be taken back.
func (Deliver) When(e desk.Event) time.Time {
	if at := desk.LeavesAt(e.Fact); at.After(e.At) {
		return at
	}
	return e.At
}

// outgoing returns the message that a fact wants sent, or 0.
func outgoing(f desk.Fact) desk.MessageID {
	switch f := f.(type) {
	case desk.MessagePosted:
		if f.Outgoing() {
			return f.Message
		}
	case desk.AsidePosted:
		if f.Outgoing() {
			return f.Message
		}
	case desk.DeliveryChanged:
		if f.Again {
			return f.Message
		}
	}
	return 0
}

// Run implements app.Effect. A try that began and whose end nobody saw is only
// repeated where the far side drops a second copy; else a person decides.
func (d Deliver) Run(ctx context.Context, e desk.Event, try app.Try) error {
	reached, err := d.deliver(ctx, e, try)
	if _, again := errors.AsType[*app.RetryError](err); err != nil && !again && reached {
		return &app.InterruptedError{Err: err} // it may have gone out, and that could not be kept
	}
	return err
}

// deliver reports whether the message may have reached the far side, now or in
// an earlier try.
func (d Deliver) deliver(ctx context.Context, e desk.Event, try app.Try) (reached bool, err error) {
	id := outgoing(e.Fact)
	out, err := d.App.Outgoing(ctx, id)
	if err != nil {
		return try.Interrupted, d.unprepared(ctx, e, try, id, err)
	}
	if out.State != desk.DeliveryQueued {
		return false, nil // a receipt or a person settled it meanwhile
	}
	safe := out.Channel.Kind().Caps.Resend == channel.ResendSafe
	if try.Interrupted && !safe {
		return true, d.settle(ctx, e, stopped(id))
	}
	if !desk.LeavesAt(e.Fact).IsZero() {
		if may, err := d.App.Depart(ctx, id); err != nil || !may {
			return false, err
		}
	}
	if epoch := desk.Guarded(e.Fact); epoch != 0 {
		defer d.App.Leave(e.Conversation)()
		may, err := d.App.MayLeave(ctx, e.Conversation, epoch)
		if err != nil {
			return false, err
		}
		if !may {
			_, err := d.App.Do(ctx, e.Conversation, desk.Withhold{Message: id, Command: e.Command})
			return false, err
		}
	}
	if wait, err := d.App.Pace(ctx, out); err != nil || wait > 0 {
		return false, d.putOff(ctx, e, try, out, wait, err)
	}
	if out.Machine && out.Account.Kind == desk.KindMail {
		reason, err := d.App.Brake(ctx, e.Conversation, out.Account.Inbox, out.Message.To.Email)
		if err != nil {
			return false, err
		}
		if reason != "" {
			_, err := d.App.Do(ctx, e.Conversation, desk.Withhold{Message: id, Command: e.Command, Reason: reason})
			return false, err
		}
	}
	out.Message.Try = try.Number
	sendCtx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	sent, err := out.Channel.Send(sendCtx, out.Account, out.Message)
	cancel()
	if err != nil {
		return true, d.failed(ctx, e, try, out, safe, err)
	}
	if out.Ailing {
		if err := d.App.SetHealth(ctx, out.Account.ID, ""); err != nil {
			return true, err
		}
	}
	return true, d.settle(ctx, e, desk.Settle{Message: id, State: sent.State, ExternalID: sent.ExternalID, Keys: sent.Own})
}

// putOff lets a message wait for its turn: the account sends only so many at a time.
func (d Deliver) putOff(ctx context.Context, e desk.Event, try app.Try, out app.Outgoing, wait time.Duration, err error) error {
	if err != nil {
		return err
	}
	const reason = "It waits for its turn: this account sends only so many mails a minute or an hour."
	if err := d.waits(ctx, e, try, out, reason); err != nil {
		d.App.Log.Error("say why a message waits", "message", out.Message.Message.String(), "err", err)
	}
	return &app.RetryError{At: d.App.Now().Add(wait), Err: &channel.SendError{Class: channel.Throttle, Reason: reason}}
}

// stopped settles a message whose try nobody saw the end of.
func stopped(id desk.MessageID) desk.Settle {
	return desk.Settle{Message: id, State: desk.DeliveryUnknown, Reason: "Parley stopped while it was sending this. It may have arrived."}
}

// unprepared says what becomes of a message that could not even be loaded.
func (d Deliver) unprepared(ctx context.Context, e desk.Event, try app.Try, id desk.MessageID, err error) error {
	mended := desk.KindOf(err) == desk.Internal || desk.KindOf(err) == desk.Unavailable // perhaps, by the next try
	switch {
	case mended && !try.Last:
		return err
	case try.Interrupted:
		return d.settle(ctx, e, stopped(id))
	case !mended:
		return d.settle(ctx, e, desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: err.Error()})
	}
	d.App.Log.Error("a message could not be prepared", "message", id.String(), "err", err)
	return d.settle(ctx, e, desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: "Parley could not prepare this message. Ask whoever runs it to look into the log, then send it again."})
}

// failed decides between another try, a failure and an outcome nobody knows.
func (d Deliver) failed(ctx context.Context, e desk.Event, try app.Try, out app.Outgoing, safe bool, err error) error {
	se, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		se = &channel.SendError{Class: channel.Ambiguous, Reason: err.Error()}
	}
	id := out.Message.Message
	again := se.Class == channel.Retry || se.Class == channel.Throttle || se.Class == channel.Ambiguous && safe
	now := d.App.Now()
	switch {
	case again && now.Sub(try.Since) < cmp.Or(out.Channel.Kind().Caps.GiveUp, giveUp):
		if err := d.waits(ctx, e, try, out, se.Reason); err != nil {
			d.App.Log.Error("say why a message waits", "message", id.String(), "err", err)
		}
		retry := &app.RetryError{Err: se}
		if se.Class == channel.Throttle && se.After > 0 {
			retry.At = now.Add(se.After)
		}
		return retry
	case se.Class == channel.Ambiguous:
		return d.settle(ctx, e, desk.Settle{Message: id, State: desk.DeliveryUnknown, Reason: se.Reason})
	case se.Class == channel.Gone && out.Account.Kind == desk.KindMail:
		if err := d.App.Returned(ctx, id, cmp.Or(se.Address, out.Message.To.Email), se.Reason); err != nil {
			return err
		}
	case se.Class == channel.Unauth:
		if err := d.App.SetHealth(ctx, out.Account.ID, se.Reason); err != nil {
			return err
		}
	}
	// Nothing went out: who sends it again may have changed what was wrong with it.
	if err := d.App.DropBuilt(ctx, id); err != nil {
		return err
	}
	return d.settle(ctx, e, desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: se.Reason})
}

// waits tells the agent why a message is still on its way. Servers put numbers of
// their own into their reasons, so a new one is told at the first try, the
// second, the fourth and so on only.
func (d Deliver) waits(ctx context.Context, e desk.Event, try app.Try, out app.Outgoing, reason string) error {
	if out.Reason == reason || try.Number&(try.Number-1) != 0 {
		return nil
	}
	return d.settle(app.Meanwhile(ctx), e, desk.Settle{Message: out.Message.Message, State: desk.DeliveryQueued, Reason: reason})
}

func (d Deliver) settle(ctx context.Context, e desk.Event, s desk.Settle) error {
	_, err := d.App.Do(ctx, e.Conversation, s)
	return err
}
