package desk_test

import (
	"testing"
	"time"

	"parley/desk"
)

// Which conversations are worth a look: with the same customer or address, going
// on at the same time, about nearly the same; never those that were split.
func TestLikeness(t *testing.T) {
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	one := desk.Conversation{ID: 1, Contact: kim, Status: desk.StatusOpen, Subject: "Bell broken on my bike", OpenedAt: at, WaitingOn: desk.WaitingOnAgent, OpenedChannel: chat}
	for _, c := range []struct {
		name   string
		change func(*desk.Conversation)
		likely bool
	}{
		{"the same words, answered", func(c *desk.Conversation) {
			c.Subject, c.WaitingOn = "Re: broken bell, my bike", desk.WaitingOnCustomer
		}, true},
		{"other words through the same channel", func(c *desk.Conversation) { c.Subject = "Invoice" }, false},
		{"other words through another channel, at once", func(c *desk.Conversation) { c.Subject, c.OpenedChannel = "Hello?", phone }, true},
		{"other words through another channel, a week later", func(c *desk.Conversation) {
			c.Subject, c.OpenedChannel, c.OpenedAt = "Hello?", phone, at.AddDate(0, 0, 7)
		}, false},
		{"another customer with the same words", func(c *desk.Conversation) { c.Contact = eve }, true},
		{"another customer with other words", func(c *desk.Conversation) { c.Contact, c.Subject, c.OpenedChannel = eve, "Hello?", phone }, false},
		{"it has ended", func(c *desk.Conversation) { c.Status = desk.StatusClosed }, false},
		{"it was split off", func(c *desk.Conversation) { c.SplitFrom = 1 }, false},
		{"no subject", func(c *desk.Conversation) { c.Subject = "" }, false},
	} {
		other := one
		other.ID = 2
		c.change(&other)
		reasons, likely := desk.Likeness(one, other)
		again, back := desk.Likeness(other, one)
		if likely != c.likely || back != c.likely || len(reasons) != len(again) {
			t.Errorf("%s: %v %v", c.name, reasons, likely)
		}
		if want := map[bool]string{true: desk.LikeCustomer, false: desk.LikeAddress}[other.Contact == kim]; reasons[0] != want {
			t.Errorf("%s: %v", c.name, reasons)
		}
	}
}
