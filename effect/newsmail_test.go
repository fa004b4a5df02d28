package effect_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/channel/email"
	"parley/desk"
	"parley/effect"
	"parley/internal/mail"
	"parley/store"
)

// A customer who writes in somebody's conversation is told of by mail to who chose it;
// the answer comes back to a signed address, one click ends such mails (RFC 8058), and
// where there are too many in an hour the rest come as one.
func TestRepliesByMail(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	box, at := newMailbox(t)
	key := []byte("0123456789abcdef0123456789abcdef")
	post := email.New(email.Options{Key: key, Relay: email.Relay{Address: at}, Now: d.Clock.Now})
	d.PublicURL = "https://desk.example"
	d.Channels = append(d.Channels, post)
	d.Effects = append(d.Effects, effect.Mail{App: d.App, Post: post, Base: d.PublicURL})
	_, err := d.SaveChannel(d.As(d.Owner), d.Inbox.ID, 0, "email", "Support", json.RawMessage(`{"address":"support@shop.example"}`), nil)
	d.OK(err)
	agent := d.As(d.Agent)
	d.OK(d.SavePreferences(agent, desk.Preferences{Always: true, MailAfter: 5, Forms: map[desk.NewsKind][]desk.Form{desk.NewsAssigned: {}, desk.NewsReplied: {desk.FormMail}}}))
	var ids []desk.ConversationID
	write := func(n, times int) {
		t.Helper()
		for i := range n {
			for k := range times {
				who := "kim" + strconv.Itoa(i)
				id := d.Get(apptest.Post{From: who, Key: who + d.Clock.Now().String() + strconv.Itoa(k), Text: "Words of a customer"}).Conversation
				if _, err := d.Do(agent, id, desk.Assign{Assignee: d.Agent.User}); err != nil {
					t.Fatal(err)
				}
				if len(ids) <= i {
					ids = append(ids, id)
				}
				d.Work()
			}
		}
		d.Clock.Add(5 * time.Minute)
		d.Work()
	}
	write(1, 3) // the first is before it is anybody's
	if len(box.mails) != 1 {
		t.Fatalf("%d mails of two messages in one conversation", len(box.mails))
	}
	first := strings.ReplaceAll(box.mails[0], "=\r\n", "")
	for _, want := range []string{"The customer wrote", "Reply above this line", "Lindqvist Cycles", "color-scheme", "text/plain", "text/html", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Unsubscribe: <https://desk.example/u/", ids[0].String()} {
		if !strings.Contains(first, want) {
			t.Errorf("%s is not in\n%s", want, first)
		}
	}
	if strings.Contains(first, "Words of a customer\r\n* ") {
		t.Errorf("it has what the customer wrote\n%s", first)
	}
	_, to, _ := strings.Cut(first, "\r\nReply-To:")
	to, _, _ = strings.Cut(to, ">")
	if id, mailed := mail.NoticeOf(key, to[strings.LastIndexByte(to, '<')+1:]); id == 0 || !mailed.Equal(d.Clock.Now()) {
		t.Errorf("answers go to %q, of notification %d at %s", to, id, mailed)
	}
	d.Clock.Add(2 * time.Hour)
	write(14, 2)
	if len(box.mails) != 11 {
		t.Fatalf("%d mails in an hour", len(box.mails)-1)
	}
	d.Clock.Add(time.Hour)
	d.Work()
	if last := box.mails[len(box.mails)-1]; len(box.mails) != 12 || !strings.Contains(last, "4 more notifications") || strings.Contains(last, "Reply above this line") {
		t.Errorf("%d mails, the last one\n%s", len(box.mails), last)
	}
	_, link, _ := strings.Cut(first, "List-Unsubscribe: <https://desk.example/u/")
	link, _, _ = strings.Cut(link, ">")
	for _, ask := range []bool{true, false} {
		if team, err := d.DeclineMail(t.Context(), link, ask); err != nil || !team {
			t.Errorf("the link is of the team: %v, %v", team, err)
		}
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, err := tx.Preferences([]desk.UserID{d.Agent.User})
			p := all[d.Agent.User].Settings
			if wants := slices.Contains(p.FormsOf(desk.NewsReplied), desk.FormMail); wants != ask || p.Declined[desk.NewsReplied].IsZero() != ask || p.MailAfter != 5 {
				t.Errorf("asked %v: %+v", ask, p)
			}
			return err
		}))
	}
	d.Clock.Add(2 * time.Hour)
	if write(1, 1); len(box.mails) != 12 {
		t.Errorf("after the link was followed came\n%s", box.mails[12])
	}
}

// Notifications by mail (5.4): who was not here for some minutes gets one mail of what
// happened in a conversation, in one thread; who was here, or chose no mail, gets none.
func TestNewsByMail(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	box, at := newMailbox(t)
	post := email.New(email.Options{Key: []byte("0123456789abcdef0123456789abcdef"), Relay: email.Relay{Address: at}, Now: d.Clock.Now})
	d.Channels = append(d.Channels, post)
	d.Effects = append(d.Effects, effect.Mail{App: d.App, Post: post, Base: "https://desk.example"})
	_, err := d.SaveChannel(d.As(d.Owner), d.Inbox.ID, 0, "email", "Support", json.RawMessage(`{"address":"support@shop.example"}`), nil)
	d.OK(err)
	agent, owner := d.As(d.Agent), d.As(d.Owner)
	both := []desk.Form{desk.FormApp, desk.FormMail}
	d.OK(d.SavePreferences(agent, desk.Preferences{Always: true, MailAfter: 5, Forms: map[desk.NewsKind][]desk.Form{desk.NewsAssigned: both, desk.NewsMention: both}}))
	do := func(id desk.ConversationID, cmd desk.Command) {
		t.Helper()
		_, err := d.Do(owner, id, cmd)
		d.OK(err)
		d.Work()
	}
	wait := func(by time.Duration) { d.Clock.Add(by); d.Work() }
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "My [bike](https://evil.example) is stuck"}).Conversation
	do(id, desk.Assign{Assignee: d.Agent.User})
	wait(2 * time.Minute)
	do(id, desk.Note{Text: "@Daniel Berg look at this"})
	if len(box.mails) != 0 {
		t.Fatalf("a mail did not wait: %q", box.mails)
	}
	wait(3 * time.Minute)
	wait(10 * time.Minute)
	if len(box.mails) != 1 {
		t.Fatalf("%d mails of two events in one conversation", len(box.mails))
	}
	first := strings.ReplaceAll(box.mails[0], "=\r\n", "") // lines are broken where they are long
	for _, want := range []string{"A conversation was assigned to you, by Maja Ek", "You were mentioned, by Maja Ek", id.String(), "Auto-Submitted:", "text/html", "References: <"} {
		if !strings.Contains(first, want) {
			t.Errorf("%s is not in\n%s", want, first)
		}
	}
	if strings.Contains(first, "evil.example/") || strings.Contains(first, `href=3D"https://evil`) {
		t.Errorf("the mail has what the customer wrote\n%s", first)
	}
	// The next one is in the same thread.
	do(id, desk.Unassign{})
	do(id, desk.Assign{Assignee: d.Agent.User})
	wait(5 * time.Minute)
	if len(box.mails) != 2 {
		t.Fatalf("%d mails after the second assignment", len(box.mails))
	}
	thread := func(m string) string {
		_, after, _ := strings.Cut(m, "References: ")
		line, _, _ := strings.Cut(after, "\r\n")
		return line
	}
	if thread(first) == "" || thread(first) != thread(box.mails[1]) {
		t.Errorf("the threads are %q and %q", thread(first), thread(box.mails[1]))
	}
	// Who comes meanwhile has seen the bell.
	do(id, desk.Unassign{})
	do(id, desk.Assign{Assignee: d.Agent.User})
	wait(time.Minute)
	_, _, err = d.SignIn(t.Context(), "daniel@example.com", "correct horse battery", "test", "127.0.0.1")
	d.OK(err)
	wait(10 * time.Minute)
	if len(box.mails) != 2 {
		t.Errorf("who was here got a mail: %s", box.mails[len(box.mails)-1])
	}
	// What is over is not told.
	wait(time.Hour)
	do(id, desk.Unassign{})
	do(id, desk.Assign{Assignee: d.Agent.User})
	wait(time.Minute)
	do(id, desk.Unassign{})
	wait(10 * time.Minute)
	if len(box.mails) != 2 {
		t.Errorf("what is over was mailed: %s", box.mails[len(box.mails)-1])
	}
}
