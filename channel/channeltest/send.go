package channeltest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/channel"
	"parley/desk"
)

// plenty is how many characters are sent through a channel without a limit.
const plenty = desk.MaxText

// send: a message goes out, with characters outside the basic plane.
func (o Options) send(t *testing.T) {
	m := o.Outbound
	m.Text = "Grüße 👩🏽‍🔧 – 你好, שלום\n\nSecond line"
	o.sent(t, o.Up(t), m)
}

// sendTwice: a second try is recognisable as the same message.
func (o Options) sendTwice(t *testing.T) {
	a, m := o.Up(t), o.Outbound
	first := o.sent(t, a, m)
	m.Try = 2
	second := o.sent(t, a, m)
	if o.Channel.Kind().Caps.Resend == channel.ResendSafe && first.ExternalID != second.ExternalID {
		t.Errorf("resending is called safe, but the far side cannot know: %q, then %q", first.ExternalID, second.ExternalID)
	}
	if !slices.Equal(first.Own, second.Own) {
		t.Errorf("thread keys change with the try: %q, then %q", first.Own, second.Own)
	}
}

// sendLimit: the longest text that the channel says it carries is carried; one
// character more is sent or refused in words.
func (o Options) sendLimit(t *testing.T) {
	a, m, limit := o.Up(t), o.Outbound, o.Channel.Kind().Caps.MaxText
	if limit == 0 {
		limit = plenty
	}
	m.Text = strings.Repeat("ä", limit)
	o.sent(t, a, m)
	m.Message++
	m.Text += "ä"
	if _, err := o.Channel.Send(t.Context(), a, m); err != nil {
		checkError(t, err)
	}
}

// sendCancelled: whoever gives up gets the kind of error that says what to do.
func (o Options) sendCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Channel.Send(ctx, o.Up(t), o.Outbound); err != nil {
		if se := checkError(t, err); se != nil && se.Class != channel.Retry && se.Class != channel.Ambiguous {
			t.Errorf("a cancelled delivery is %q for good", se.Class)
		}
	}
}

// sendDown: what never went out is tried again, not given up and not in doubt.
func (o Options) sendDown(t *testing.T) {
	if o.Down == nil {
		t.Skip("this channel needs nobody outside")
	}
	_, err := o.Channel.Send(t.Context(), o.Down(t), o.Outbound)
	if err == nil {
		t.Fatal("a message was sent to nobody")
	}
	if se := checkError(t, err); se != nil && se.Class != channel.Retry {
		t.Errorf("class is %q, not retry: %s", se.Class, se.Reason)
	}
}

func (o Options) sent(t *testing.T, a channel.Account, m channel.Outbound) channel.Sent {
	t.Helper()
	sent, err := o.Channel.Send(t.Context(), a, m)
	if err != nil {
		t.Fatalf("not sent: %s", err)
	}
	if sent.State != desk.DeliverySent && sent.State != desk.DeliveryDelivered {
		t.Errorf("state is %q, not sent or delivered", sent.State)
	}
	return sent
}

// checkError: a failed delivery says what to do next, and tells a person why.
func checkError(t *testing.T, err error) *channel.SendError {
	t.Helper()
	se, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Errorf("the error is a %T, not a *channel.SendError: %s", err, err)
		return nil
	}
	classes := []channel.Class{channel.Retry, channel.Throttle, channel.Ambiguous, channel.Reject, channel.Gone, channel.Unauth}
	if !slices.Contains(classes, se.Class) || strings.TrimSpace(se.Reason) == "" || strings.Contains(se.Reason, "\n") {
		t.Errorf("class %q, reason %q: a class and one line for the agent are needed", se.Class, se.Reason)
	}
	return se
}
