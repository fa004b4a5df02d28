package api_test

import (
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
)

// unsaid is what a customer must not see, by what it is, and their files.
type unsaid struct {
	texts map[string]string
	files map[string]string
}

// keepUnsaid writes in a conversation, each with a file, a reply that waits until it
// can no longer be taken back, one that was taken back, one that is scheduled, one that
// was and is cancelled, and a note.
func (h *home) keepUnsaid(talk string) (u unsaid) {
	h.t.Helper()
	u = unsaid{map[string]string{}, map[string]string{}}
	body := func(what string, more object) object {
		u.texts[what] = "ZQXUNSAID " + what
		u.files[what] = h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: what + ".txt", Data: u.texts[what]}).Want(201).ID()
		out := object{"text": u.texts[what], "attachment_ids": []string{u.files[what]}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	recalled := h.do(talk, "reply", body("recalled", nil))
	h.do(talk, "undo", object{"command_id": recalled.Command})
	h.plan(talk, body("scheduled", object{"at": h.later()}))
	h.do(talk, "cancel-scheduled", object{"scheduled_id": h.plan(talk, body("cancelled", object{"at": h.later()}))})
	h.do(talk, "note", body("note", nil))
	h.do(talk, "reply", body("waiting", nil))
	return u
}

// seen is everything that a visitor is told and can ask for: their feed, their messages,
// the chat opened again, and the files by their ids.
func (h *home) seen(v *apitest.Visitor, feed *apitest.Feed, ticket string, files map[string]string) string {
	h.t.Helper()
	var all strings.Builder
	for _, f := range feed.Frames() {
		all.WriteString(f.Event + " " + f.Raw + "\n")
	}
	for _, path := range []string{"/messages", "/messages?after=0", "/messages?after=1", "/config"} {
		all.WriteString(v.Do("GET", v.Path(path), nil).Want(200).Body + "\n")
	}
	all.WriteString(v.Do("POST", v.Path("/session"), object{"token": v.Bearer}).Want(200).Body + "\n")
	for _, id := range files {
		all.WriteString(h.S.Nobody().Do("GET", v.Path("/attachments/"+id)+"?t="+ticket, nil).Body + "\n")
	}
	return all.String()
}

// F1-40, F1-57, 1.4: a customer sees nothing of a reply that can still be taken back, of
// one that was, of what is scheduled and of notes, and none of their files: not in the
// chat, its feed, its history, nor when they write or say how far they have read. When
// the window is over they see the reply, and nothing of the rest.
func TestVisitorsSeeWhatWasSaid(t *testing.T) {
	h := chats(t)
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"undo_chat_seconds": 100}}).Want(200)
	v := h.S.Visitor(h.front.Key)
	feed := v.Feed("")
	var up, m apitest.ChatMessage
	v.Do("POST", v.Path("/attachments"), apitest.File{Name: "mine.txt", Data: "mine"}).Want(201).Read(&up)
	v.Do("POST", v.Path("/messages"), object{"client_id": "a-message-1", "text": "hello", "attachment_ids": []string{up.ID}}).Want(200).Read(&m)
	_, ticket, _ := strings.Cut(m.Attachments[0].URL, "?t=")
	talk := v.Messages("0").Conversation.ID
	u := h.keepUnsaid(talk)

	v.Do("POST", v.Path("/seen"), object{"seq": 1<<53 - 1}).Want(204)
	if said := v.Do("POST", v.Path("/messages"), object{"client_id": "a-message-2", "text": "are you there?"}).Want(200); strings.Contains(said.Body, "ZQXUNSAID") {
		t.Errorf("who writes is told %s", said.Body)
	}
	h.do(talk, "resolve", object{})
	feed.Next("that it has ended, after all that was written before", func(f apitest.Frame) bool { return strings.Contains(f.Raw, `"open":false`) })
	told := h.seen(v, feed, ticket, u.files)
	for what, text := range u.texts {
		if strings.Contains(told, text) {
			t.Errorf("within the window the visitor sees what is %s:\n%s", what, told)
		}
	}
	for _, notes := range []string{"", "&notes=true"} {
		given := h.Owner.Do("GET", h.Path("/conversations/"+talk+"/transcript?format=text"+notes), nil).Want(200).Body
		for what, text := range u.texts {
			inside := notes != "" && (what == "note" || what == "waiting")
			if strings.Contains(given, text) != inside {
				t.Errorf("a file of the conversation (%q) has what is %s: %t", notes, what, !inside)
			}
		}
	}

	h.S.Clock.Add(101 * time.Second)
	feed.Next("the reply that waited", func(f apitest.Frame) bool { return strings.Contains(f.Raw, u.texts["waiting"]) })
	v.Do("POST", v.Path("/session"), object{"token": v.Bearer}).Want(200)
	told = h.seen(v, feed, ticket, u.files)
	for what, text := range u.texts {
		if strings.Contains(told, text) != (what == "waiting") {
			t.Errorf("after the window the visitor sees what is %s: %t", what, what != "waiting")
		}
	}
	if n := strings.Count(told, "are you there?"); n < 2 {
		t.Errorf("what the visitor wrote meanwhile is there %d times", n)
	}
}
