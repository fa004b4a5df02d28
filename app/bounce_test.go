package app_test

import (
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
)

// Word that a message did not arrive stands in its conversation and marks it, and
// wakes nobody up; a person may send it again (specification 7, e-mail).
func TestBounce(t *testing.T) {
	d := apptest.NewMail(t)
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"})
	sent := do(t, d, r.Conversation, desk.Reply{Text: "hi", Header: desk.Header{Cc: []string{"Boss@example.com"}}})
	do(t, d, r.Conversation, desk.Resolve{})
	d.Clock.Add(time.Minute) // it can be taken back no longer
	d.Work()
	key := "out:" + sent.Message.String()

	copied := d.Get(apptest.Post{From: "daemon@example.com", Key: "2", Text: "no boss", Auto: "bounce", Bounce: key, To: "boss@example.com"})
	if m := d.Message(sent.Message); copied.Conversation != r.Conversation || m.Delivery != desk.DeliverySent {
		t.Errorf("a mail that did not reach somebody in copy is %s, in %s", m.Delivery, copied.Conversation)
	}
	back := d.Get(apptest.Post{From: "daemon@example.com", Key: "3", Text: "no kim", Auto: "bounce", Bounce: key, To: "kim@example.com"})
	m, c := d.Message(sent.Message), d.Conversation(r.Conversation)
	if back.Conversation != r.Conversation || m.Delivery != desk.DeliveryFailed || m.DeliveryReason != "It came back." || c.DeliveryProblems != 1 || c.Status != desk.StatusResolved {
		t.Errorf("%s %q in %s, which is %s with %d problems", m.Delivery, m.DeliveryReason, back.Conversation, c.Status, c.DeliveryProblems)
	}
	do(t, d, r.Conversation, desk.Retry{Message: sent.Message})
	d.Work()
	if m := d.Message(sent.Message); m.Delivery != desk.DeliverySent || d.Conversation(r.Conversation).DeliveryProblems != 0 {
		t.Errorf("sent again it is %s", m.Delivery)
	}
	for i, unknown := range []string{"out:nothing", "1"} { // no message; the customer's own
		other := d.Get(apptest.Post{From: "daemon@example.com", Key: "other" + unknown, Text: "no", Auto: "bounce", Bounce: unknown})
		if other.Conversation == r.Conversation || d.Conversation(other.Conversation).Status != desk.StatusClosed {
			t.Errorf("bounce %d went to %s", i, other.Conversation)
		}
	}
}
