package effect_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/channel/email"
	"parley/desk"
	"parley/effect"
)

// Notifications by mail (5.4): who was not here for some minutes gets one mail of what
// happened in a conversation, in one thread; who was here, or chose no mail, gets none.
func TestNewsByMail(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	box, at := newMailbox(t)
	mail := email.New(email.Options{Key: []byte("0123456789abcdef0123456789abcdef"), Relay: email.Relay{Address: at}, Now: d.Clock.Now})
	d.Channels = append(d.Channels, mail)
	d.Effects = append(d.Effects, effect.Mail{App: d.App, Post: mail, Base: "https://desk.example"})
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
