package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

const broken = "Please help her.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ann Lind <ann@shop.example>\r\nDate: Thu, 28 May 2026 at 09:12\r\nSubject: Broken wheel\r\nTo: <daniel@example.com>\r\n\r\n\r\nMy wheel broke."

// forwardBy is a mail by which Daniel, an agent, hands on a customer's.
func forwardBy(id string, proof desk.Proof) letter {
	return letter{from: "Daniel Berg <daniel@example.com>", id: id, subject: "Fwd: Broken wheel", text: broken, proof: proof}
}

func headerOf(t *testing.T, m desk.Message) (h channel.Email) {
	t.Helper()
	if err := json.Unmarshal(m.Email, &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// Channels 2.6: what a teammate forwards is the conversation of who wrote it.
func TestForwardedByATeammate(t *testing.T) {
	p := newPostOffice(t, nil)
	got := p.take(forwardBy("1@example.com", desk.ProofProven))
	c, m := p.Conversation(got.Conversation), p.Message(got.Message)
	if m.Sender != "ann@shop.example" || m.AuthorName != "Ann Lind" || m.Text != "My wheel broke." || m.Subject != "Broken wheel" || c.Subject != "Broken wheel" || m.Contact != c.Contact {
		t.Errorf("the message is from %s %q: %q about %q", m.Sender, m.AuthorName, m.Text, m.Subject)
	}
	if want := time.Date(2026, 5, 28, 9, 12, 0, 0, time.UTC); !m.At.Equal(want) || !c.WaitingSince.Equal(p.Clock.Now()) {
		t.Errorf("it was written %s, and the customer waits since %s", m.At, c.WaitingSince)
	}
	if h := headerOf(t, m); h.Forwarded == nil || h.Forwarded.Waits || h.Forwarded.User != p.Agent.User.String() || m.Origin.Proof != desk.ProofUnproven || m.Origin.By != "forward" {
		t.Errorf("it says %+v, proof %+v", h.Forwarded, m.Origin)
	}
	var forwarded desk.MailForwarded
	var note desk.Message
	for _, e := range p.Facts(c.ID) {
		switch f := e.Fact.(type) {
		case desk.MailForwarded:
			forwarded = f
		case desk.NoteAdded:
			note = p.Message(f.Message)
		}
	}
	if forwarded.User != p.Agent.User || note.Text != "Please help her." || note.User != p.Agent.User {
		t.Errorf("the timeline says %+v and has the note %q by %s", forwarded, note.Text, note.User)
	}
	// The answer goes to the customer, and theirs comes back into the conversation.
	p.do(c.ID, desk.Reply{Text: "Which wheel?"})
	next := p.take(letter{from: "Ann Lind <ann@shop.example>", id: "2@shop.example", answers: "1@example.com"})
	if next.Conversation != c.ID || p.Message(next.Message).Auto != "" {
		t.Errorf("what she writes next is in %s as %q", next.Conversation, p.Message(next.Message).Auto)
	}
}

// Nobody makes words of others: an unproven sender, who is no member, who may not
// answer, a customer who is blocked, one of us, and the setting that leaves it.
func TestForwardedIsNotBelieved(t *testing.T) {
	p := newPostOffice(t, nil)
	p.Join("Vera", "vera@example.com", desk.RoleViewer, p.Inbox.ID)
	by := func(from string, l letter) letter { l.from = from; return l }
	for name, l := range map[string]letter{
		"unproven": forwardBy("1@a.example", ""), "failed": forwardBy("2@a.example", desk.ProofFailed),
		"a customer": by("eve@evil.example", forwardBy("3@a.example", desk.ProofProven)), "a viewer": by("vera@example.com", forwardBy("4@a.example", desk.ProofProven)),
	} {
		got := p.take(l)
		m := p.Message(got.Message)
		if m.Sender == "ann@shop.example" || headerOf(t, m).Forwarded != nil || !strings.Contains(m.Text, "Forwarded message") {
			t.Errorf("%s: the message is from %s, forwarded %+v: %q", name, m.Sender, headerOf(t, m).Forwarded, m.Text)
		}
	}
	ours := forwardBy("5@a.example", desk.ProofProven)
	ours.text = strings.ReplaceAll(ours.text, "ann@shop.example", ours.from[len("Daniel Berg <"):len(ours.from)-1])
	if m := p.Message(p.take(ours).Message); m.Sender != "daniel@example.com" || !headerOf(t, m).Forwarded.Waits || headerOf(t, m).Forwarded.Email != "" {
		t.Errorf("his own mail: %s, %+v", m.Sender, headerOf(t, m).Forwarded)
	}
	ann := p.take(letter{from: "Ann Lind <ann@shop.example>", id: "1@shop.example"})
	_, err := p.Block(p.As(p.Owner), p.Conversation(ann.Conversation).Contact)
	p.OK(err)
	if m := p.Message(p.take(forwardBy("6@a.example", desk.ProofProven)).Message); m.Sender != "daniel@example.com" {
		t.Errorf("the mail of somebody blocked is from %s", m.Sender)
	}
}

// Where it is in doubt, or left so by a setting, one command says whose it is.
func TestForwardTaken(t *testing.T) {
	p := newPostOffice(t, nil)
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"keep_forwards":true}`)}))
	got := p.take(forwardBy("1@example.com", desk.ProofProven))
	m := p.Message(got.Message)
	if h := headerOf(t, m); m.Sender != "daniel@example.com" || h.Forwarded == nil || !h.Forwarded.Waits || h.Forwarded.Email != "ann@shop.example" {
		t.Fatalf("from %s, %+v", m.Sender, h.Forwarded)
	}
	p.do(got.Conversation, desk.TakeForward{Message: m.ID})
	c, m := p.Conversation(got.Conversation), p.Message(got.Message)
	if m.Sender != "ann@shop.example" || m.AuthorName != "Ann Lind" || m.Contact != c.Contact || headerOf(t, m).Forwarded.Waits || c.SenderProof != desk.ProofUnproven {
		t.Errorf("from %s %q, contact %s in the conversation of %s", m.Sender, m.AuthorName, m.Contact, c.Contact)
	}
	reply := p.do(c.ID, desk.Reply{Text: "Which wheel?", AtOnce: true}).Message
	out, err := p.Outgoing(p.As(p.Owner), reply)
	p.OK(err)
	if out.Message.To.ID != "ann@shop.example" {
		t.Errorf("the answer goes to %s", out.Message.To.ID)
	}
	var contact desk.Contact
	p.OK(p.DB.Read(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		all, err := tx.Contacts([]desk.ContactID{c.Contact})
		contact = all[c.Contact]
		return err
	}))
	if contact.Verified || contact.Email != "ann@shop.example" {
		t.Errorf("the contact is %+v", contact)
	}
}
