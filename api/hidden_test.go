package api_test

import (
	"maps"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// shared is a customer who is known in two inboxes: by a mail address that the
// systems of both vouch for.
func (w *world) shared(b apitest.Box, key, text string) apitest.Talk {
	var got apitest.Talk
	w.s.System(b).Do("POST", "/api/v1/channels/"+b.Address+"/messages", object{
		"contact": object{"external_id": "kim", "name": "Kim", "email": "kim@customer.example"}, "text": text,
	}, "Idempotency-Key", key).Want(202).Read(&struct {
		ID  *string `json:"conversation_id"`
		Msg *string `json:"message_id"`
	}{&got.ID, &got.Message})
	return got
}

// A customer's conversations in an inbox that somebody does not see stay unnamed
// to them, wherever another conversation of the same customer refers to them: as
// the one before, as the one that is open, in the facts and in the feed.
func TestAnotherInboxIsNotNamed(t *testing.T) {
	w := newWorld(t)
	h := w.home
	agent := w.callers["agent"]
	hear := hears(agent.Secret, "a thing of an inbox they do not see")
	first := w.shared(w.back, "1", "ZQXHOMEBACK one")
	hear(first.ID + " " + first.Message)
	feed := agent.Socket(h.Path("/socket"))
	feed.Type("hello")
	h.do(first.ID, "close", object{})

	second := w.shared(h.front, "1", "in front")
	var c struct {
		Previous string `json:"previous_conversation_id"`
		Inbox    string `json:"inbox_id"`
	}
	h.Owner.Do("GET", h.Path("/conversations/"+second.ID), nil).Want(200).Read(&c)
	if c.Previous != first.ID || c.Inbox != h.front.ID {
		t.Fatalf("the owner sees %+v; this test is about a conversation in front after one in the back", c)
	}
	agent.Do("GET", h.Path("/conversations/"+second.ID), nil).Want(200)
	agent.Do("GET", h.Path("/conversations/"+second.ID+"/timeline"), nil).Want(200)
	agent.Do("GET", h.Path("/conversations?view=all&limit=200"), nil).Want(200)
	feed.Next("the conversation in front", func(f apitest.Frame) bool { return f.Conversation.ID == second.ID })

	// Now the one in the back is open, and the agent's cannot be opened beside it.
	agent.Do("POST", h.Path("/conversations/"+second.ID+"/close"), object{}).Want(200)
	h.do(first.ID, "reopen", object{})
	agent.Do("POST", h.Path("/conversations/"+second.ID+"/reopen"), object{}).Problem(409)
	var contact struct{ Contact struct{ ID string } }
	h.Owner.Do("GET", h.Path("/conversations/"+second.ID), nil).Want(200).Read(&contact)
	agent.Do("POST", h.Path("/conversations"), object{"inbox_id": h.front.ID, "contact": object{"id": contact.Contact.ID}, "text": "hello"}).Problem(409)
	if p := h.Owner.Do("POST", h.Path("/conversations/"+second.ID+"/reopen"), object{}).Problem(409); !strings.Contains(string(p.Conflict), first.ID) {
		t.Errorf("the owner is not told which one is open: %s", p.Conflict)
	}
}

// Who leaves an inbox sees nothing of it any more: no conversation, no
// notification, no draft, no file, and nothing of what happens next.
func TestWhoLeavesAnInbox(t *testing.T) {
	w := newWorld(t)
	h := w.home
	leaver := h.Join("ZQXHOME leaver", desk.RoleAgent, h.front.ID, w.back.ID)
	talk := h.Talk(w.back, "is for the leaver")
	h.do(talk.ID, "assign", object{"assignee_id": leaver.User.String(), "note": "yours"})
	feed := leaver.Socket(h.Path("/socket"))
	feed.Type("hello")
	w.s.Eventually("the leaver is told", func() bool {
		return strings.Contains(leaver.Do("GET", h.Path("/notifications"), nil).Want(200).Body, talk.ID)
	})
	leaver.Do("PUT", h.Path("/conversations/"+talk.ID+"/drafts/note"), object{"text": "begun", "revision": 0}).Want(200)

	h.Owner.Do("PATCH", h.Path("/members/"+leaver.User.String()), object{"inbox_ids": []string{h.front.ID}}).Want(204)
	feed.Ended()
	leaver.Secret = map[string]string{talk.ID: "a conversation they no longer see", talk.Message: "a message they no longer see"}
	maps.Copy(leaver.Secret, w.hidden)
	again := leaver.Socket(h.Path("/socket?cursor=0-0"))
	again.Type("hello")
	h.do(talk.ID, "note", object{"text": "ZQXHOMEBACK behind their back"})
	h.do(h.talk.ID, "note", object{"text": "in front of them"})
	again.Next("what is in front", func(f apitest.Frame) bool {
		return f.Conversation.ID == h.talk.ID && strings.Contains(f.Raw, "in front of them")
	})
	for path, want := range map[string]int{
		"/notifications": 200, "/conversations?view=mine": 200, "/conversations?view=all&limit=200": 200, "/contacts": 200, "/contacts/directory": 200, "/ledger/inbound?limit=100": 200, "/ledger/outbound": 200,
		"/members": 200, "/inboxes": 200, "/counts": 200, "/conversations/" + talk.ID: 404, "/conversations/" + talk.ID + "/drafts/note": 404, "/messages/" + talk.Message + "/html": 404,
	} {
		leaver.Do("GET", h.Path(path), nil).Want(want)
	}
	var n struct{ Unread int }
	if leaver.Do("GET", h.Path("/notifications"), nil).Read(&n); n.Unread != 0 {
		t.Errorf("%d notifications wait that nobody can read", n.Unread)
	}
}
