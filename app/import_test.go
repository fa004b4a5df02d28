package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/channel/email"
	"parley/desk"
	"parley/store"
)

// A mail of the past is where it belongs, as of its day; it wakes nobody, promises
// nothing and sends nothing, and is taken in once.
func TestImport(t *testing.T) {
	d := apptest.NewMail(t)
	d.Channels = []channel.Channel{email.New(email.Options{Key: []byte("key"), Now: d.Clock.Now})}
	into, err := d.ImportInto(t.Context(), strings.ToUpper(apptest.MailAddress[:1])+apptest.MailAddress[1:])
	if err == nil {
		into.Config = []byte(fmt.Sprintf(`{"address": %q}`, apptest.MailAddress))
	}
	d.OK(err)
	mail := func(n int, from, to, more, text string) app.Received {
		t.Helper()
		got, err := d.Import(t.Context(), into, []byte(fmt.Sprintf("From: %s\nTo: %s\nSubject: The chain\nDate: %02d Mar 2024 10:00:00 +0000\nMessage-ID: <m%d@x.example>\n%s\n%s\n", from, to, n, n, more, text)), false)
		d.OK(err)
		return got
	}
	first := mail(1, "Kim Ek <kim@example.com>", apptest.MailAddress, "", "It jumps.")
	answer := mail(2, "Support <"+apptest.MailAddress+">", "Kim Ek <kim@example.com>", "In-Reply-To: <m1@x.example>\n", "We mend it.")
	other := mail(3, "per@example.com", apptest.MailAddress, "References: <m1@x.example> <m2@x.example>\n", "Mine, too.")
	if first.State != store.RawMessage || answer.Conversation != first.Conversation || other.Conversation != first.Conversation {
		t.Fatalf("%+v %+v %+v", first, answer, other)
	}
	c := d.Conversation(first.Conversation)
	day := func(n int) time.Time { return time.Date(2024, 3, n, 10, 0, 0, 0, time.UTC) }
	if c.Status != desk.StatusClosed || c.WaitingOn != desk.WaitingOnNone || !c.OpenedAt.Equal(day(1)) || !c.LastActivityAt.Equal(day(3)) || c.Messages != 3 {
		t.Errorf("%+v", c)
	}
	if m := d.Message(answer.Message); m.Side != desk.SideTeam || m.AuthorKind != desk.AuthorColleague || m.AuthorName != "Support" || m.Delivery != desk.DeliveryNone || !m.At.Equal(day(2)) {
		t.Errorf("%+v", m)
	}
	if m := d.Message(other.Message); m.Sender != "per@example.com" || m.Auto != desk.AutoImported {
		t.Errorf("%+v", m)
	}
	if again := mail(1, "Kim Ek <kim@example.com>", apptest.MailAddress, "", "It jumps."); again.State != store.RawDuplicate || again.Message != first.Message {
		t.Errorf("again it is %+v", again)
	}
	if n, err := d.WorkNow(t.Context()); n != 0 || err != nil {
		t.Errorf("%d jobs followed, %v", n, err)
	}
	if _, err := d.Import(t.Context(), into, []byte("From: "+apptest.MailAddress+"\nTo: "+apptest.MailAddress+"\nMessage-ID: <own@x>\n\nx\n"), false); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a mail to ourselves: %v", err)
	}
	if _, err := d.ImportInto(t.Context(), "Nowhere"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("an inbox that is not there: %v", err)
	}
	// What the customer writes now is a conversation that somebody answers.
	fresh, err := d.Receive(t.Context(), into, channel.Raw{Body: []byte("From: kim@example.com\nTo: " + apptest.MailAddress + "\nSubject: Re: The chain\nMessage-ID: <new@x>\nIn-Reply-To: <m2@x.example>\n\nAgain.\n"), At: d.Clock.Now()}, app.Uploads{})
	d.OK(err)
	if now := d.Conversation(fresh.Conversation); now.Status != desk.StatusOpen || now.WaitingOn != desk.WaitingOnAgent {
		t.Errorf("the new mail is in a conversation that is %s", now.Status)
	}
}

// What is imported to be worked on is open, and nobody waits in it or is told.
func TestWhatIsImportedMayBeOpen(t *testing.T) {
	d := apptest.NewMail(t)
	d.Channels = []channel.Channel{email.New(email.Options{Key: []byte("key"), Now: d.Clock.Now})}
	into := d.Account
	into.Config = fmt.Appendf(nil, `{"address": %q}`, apptest.MailAddress)
	take := func(id, more string) app.Received {
		got, err := d.Import(t.Context(), into, fmt.Appendf(nil, "From: kim@customer.example\nTo: %s\nSubject: Wheel\nDate: Fri, 01 Mar 2024 10:00:00 +0000\nMessage-ID: <%s@x>\n%s\nHello\n", apptest.MailAddress, id, more), true)
		d.OK(err)
		return got
	}
	first := take("1", "")
	c := d.Conversation(first.Conversation)
	if c.Status != desk.StatusOpen || c.WaitingOn != desk.WaitingOnNone || c.OpenedAt.Year() != 2024 {
		t.Errorf("it is %s since %s, waiting for %s", c.Status, c.OpenedAt, c.WaitingOn)
	}
	if again := take("2", "In-Reply-To: <1@x>\n"); again.Conversation != first.Conversation {
		t.Errorf("its answer is in %s", again.Conversation)
	}
	if list := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen, Limit: 10}); len(list) != 1 {
		t.Errorf("%d are open", len(list))
	}
}
