package app_test

import (
	"testing"

	"parley/app/apptest"
	"parley/desk"
)

// Whoever replies without having seen what others wrote is refused and told so, and may
// send it again once they have; what they wrote themselves is no news.
func TestReplyOverOthers(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	got := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	mate := d.Join("Priya Nair", "priya@example.com", desk.RoleAgent, d.Inbox.ID)
	reply := func(by desk.Actor, text string, seen desk.MessageID) (desk.MessageID, error) {
		r, err := d.Do(d.As(by), got.Conversation, desk.Reply{Text: text, Seen: seen})
		return r.Message, err
	}
	first, err := reply(d.Agent, "one", got.Message)
	d.OK(err)
	if _, err := reply(d.Agent, "two", got.Message); err != nil {
		t.Errorf("one's own reply is news: %v", err)
	}
	_, err = reply(mate, "over it", got.Message)
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("a reply over a colleague's: %v", err)
	}
	note := do(t, d, got.Conversation, desk.Note{Text: "wait"})
	if _, err := reply(mate, "over a note", first+1); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a reply over a note: %v", err)
	}
	if _, err := reply(mate, "now", note.Message); err != nil {
		t.Errorf("after looking: %v", err)
	}
	again := d.Get(apptest.Post{From: "kim", Key: "2", Text: "hello again"})
	if _, err := reply(mate, "over the customer", note.Message); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a reply over the customer's message: %v", err)
	}
	d.OK(err2(reply(mate, "to it", again.Message)))
	d.OK(err2(reply(d.Agent, "without saying what was seen", 0)))
}

// Of several colleagues who reply at the same moment one does; a key that was used
// before is answered as it was, whatever has come since.
func TestReplyAtOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	got := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	mates := []desk.Actor{d.Agent, d.Owner, d.Join("Priya Nair", "priya@example.com", desk.RoleAgent, d.Inbox.ID), d.Join("Jo Lind", "jo@example.com", desk.RoleAgent, d.Inbox.ID)}
	won := atOnce(t, func(i int) error {
		if i >= len(mates) {
			return desk.Errorf(desk.Conflict, "There are four of them.")
		}
		return err2(d.Do(d.As(mates[i]), got.Conversation, desk.Reply{Text: "mine", Seen: got.Message}))
	})
	if won != 1 {
		t.Errorf("%d of them replied", won)
	}
	cmd := desk.Reply{Text: "once", ClientID: "c1", Seen: d.Get(apptest.Post{From: "kim", Key: "2", Text: "again"}).Message}
	r := do(t, d, got.Conversation, cmd)
	d.Get(apptest.Post{From: "kim", Key: "3", Text: "and again"})
	if same := do(t, d, got.Conversation, cmd); same.Message != r.Message {
		t.Errorf("a repeated request made %v beside %v", same.Message, r.Message)
	}
}
