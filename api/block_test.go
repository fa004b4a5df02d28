package api_test

import (
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

type blocked struct {
	Contact struct {
		Blocked    bool
		BlockedBy  string `json:"blocked_by"`
		TurnedAway int64  `json:"turned_away"`
	}
	Command       string   `json:"command_id"`
	Conversations []string `json:"conversation_ids"`
}

// statusOf returns how a conversation stands, and what closed it.
func (h *home) statusOf(talk string) string {
	h.t.Helper()
	var c struct {
		Status string
		Source string `json:"closed_source"`
	}
	h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&c)
	return strings.TrimSuffix(c.Status+" "+c.Source, " ")
}

func (h *home) entries() int {
	h.t.Helper()
	n := 0
	h.write(func(tx *store.WriteTx) error {
		all, _, err := tx.Raws("", store.LedgerPage{Limit: 1000})
		n = len(all)
		return err
	})
	return n
}

// E33, D-36 over HTTP: blocked, written to and taken back; a system that posts for
// the customer is told so, and no entry is kept.
func TestE33_BlockContact(t *testing.T) {
	h := newHome(t, apitest.New(t).Team("ZQXBLO"))
	talk := h.Posted(h.front, "kim", "k1", "hello")
	var c struct{ Contact struct{ ID string } }
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID), nil).Want(200).Read(&c)
	path := h.Path("/contacts/" + c.Contact.ID)
	var b blocked
	h.Owner.Do("POST", path+"/block", nil).Want(200).Read(&b)
	if !b.Contact.Blocked || b.Contact.BlockedBy != h.Owner.User.String() || len(b.Conversations) != 1 || b.Conversations[0] != talk.ID || h.statusOf(talk.ID) != "closed blocked" {
		t.Errorf("%+v, %s", b, h.statusOf(talk.ID))
	}
	before := h.entries()
	var got struct{ State, Inbound string }
	post := object{"contact": object{"external_id": "kim"}, "text": "let me in"}
	h.S.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/messages", post, "Idempotency-Key", "k2").Want(202).Read(&got)
	if got.State != "blocked" || got.Inbound != "" || h.entries() != before {
		t.Errorf("%+v, %d entries more", got, h.entries()-before)
	}
	var who struct {
		TurnedAway int64 `json:"turned_away"`
	}
	h.Owner.Do("GET", path, nil).Want(200).Read(&who)
	if who.TurnedAway != 1 {
		t.Errorf("%+v", who)
	}
	h.Owner.Do("POST", path+"/unblock", object{"undo_command_id": b.Command}).Want(200).Read(&b)
	if b.Contact.Blocked || h.statusOf(talk.ID) != "open" {
		t.Errorf("%+v, %s", b, h.statusOf(talk.ID))
	}
	h.Owner.Do("POST", path+"/unblock", object{"undo_command_id": b.Command}).Problem(409)
}

// E33 in the web chat: a blocked visitor is told only that the chat takes nothing
// from them; what they type, upload or say of themselves reaches nobody.
func TestE33_BlockVisitor(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	v.Write("hello")
	talk := v.Messages("0").Conversation.ID
	var c struct{ Contact struct{ ID, Name string } }
	h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&c)
	feed := h.Owner.Socket(h.Path("/socket"))
	h.Owner.Do("POST", h.Path("/contacts/"+c.Contact.ID+"/block"), nil).Want(200)
	before := h.entries()
	p := v.Do("POST", v.Path("/messages"), object{"client_id": "let-me-in", "text": "let me in"}).Problem(403)
	if strings.Contains(strings.ToLower(p.Detail), "block") {
		t.Errorf("they are told: %s", p.Detail)
	}
	v.Do("POST", v.Path("/attachments"), apitest.File{Name: "a.txt", Data: "let me in"}).Problem(403)
	v.Do("POST", v.Path("/typing"), object{"on": true}).Want(204)
	v.Do("POST", v.Path("/profile"), object{"name": "Somebody else"}).Want(200)
	var again struct{ Contact struct{ Name string } }
	h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&again)
	if again.Contact.Name != c.Contact.Name || h.statusOf(talk) != "closed blocked" || h.entries() != before {
		t.Errorf("%+v, %s, %d entries more", again, h.statusOf(talk), h.entries()-before)
	}
	h.do(h.fresh().ID, "note", object{"text": "the last"})
	feed.Next("what came after", func(f apitest.Frame) bool { return f.Type == "change" })
	for _, f := range feed.Frames() {
		if f.Type == "typing" {
			t.Error("somebody was told that they type")
		}
	}
}

// E33 by mail: what a blocked customer sends is acknowledged and leaves no entry,
// also what is too large for a row.
func TestE33_BlockMail(t *testing.T) {
	h := newHome(t, apitest.New(t).Team("ZQXBLM"))
	_, address := h.Connect(h.front.ID, "email", "Mail", object{"address": "desk@blocked.example"})
	acc, err := h.S.App.Lookup(t.Context(), "email", address)
	if err != nil {
		t.Fatal(err)
	}
	mail := func(id, text string) {
		t.Helper()
		raw := "From: Kim Lund <kim@blocked.example>\r\nTo: desk@blocked.example\r\nSubject: Hello\r\nMessage-ID: <" + id + "@blocked.example>\r\nDate: " +
			h.S.Clock.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700") + "\r\n\r\n" + text + "\r\n"
		r := channel.Raw{
			Dedupe: id, ContentType: "message/rfc822", Body: []byte(raw), At: h.S.Clock.Now(),
			Envelope: map[string]string{"mail_from": "kim@blocked.example", "rcpt_to": "desk@blocked.example"},
		}
		if err := h.S.App.Accept(t.Context(), acc, r); err != nil {
			t.Fatal(err)
		}
	}
	find := func() (all []desk.Contact) {
		h.write(func(tx *store.WriteTx) (err error) {
			all, err = tx.FindContacts("kim@blocked.example", 0, 10)
			return err
		})
		return all
	}
	mail("one", "hello")
	h.S.Eventually("the mail is taken in", func() bool { return len(find()) == 1 })
	kim := find()[0]
	if _, err := h.S.App.Block(app.As(t.Context(), h.ID, desk.Actor{Kind: desk.ActorUser, User: h.Owner.User, Role: desk.RoleOwner}), kim.ID); err != nil {
		t.Fatal(err)
	}
	before := h.entries()
	mail("two", "let me in")
	mail("three", strings.Repeat("let me in\r\n", 10_000))
	h.S.Eventually("both are turned away", func() bool { return find()[0].TurnedAway == 2 })
	if n := h.entries(); n != before {
		t.Errorf("%d entries more", n-before)
	}
}
