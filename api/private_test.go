package api_test

import (
	"strings"
	"testing"

	"parley/api/apitest"
)

// F1-40: the text of a note is in no webhook, in nothing that the widget asks for and in
// nothing that it is told.
func TestNotesStayInside(t *testing.T) {
	const secret = "ZQXPRIVATE"
	h := chats(t)
	hook := newHook(t)
	h.Owner.Do("PATCH", h.Path("/channels/"+h.front.System), object{"config": object{"webhook_url": hook.url}}).Want(200)
	v := h.S.Visitor(h.front.Key)
	feed := v.Feed("")
	v.Write("hello")
	chat := v.Messages("0").Conversation.ID
	system := h.fresh().ID
	for _, talk := range []string{chat, system} {
		note := h.do(talk, "note", object{"text": secret + " one"}).Message.ID
		h.do(talk, "edit-note", object{"message_id": note, "text": secret + " two"})
		h.do(talk, "assign", object{"assignee_id": h.target.User.String(), "note": secret + " three"})
		h.do(talk, "reply", object{"text": "an answer to the customer"})
	}
	feed.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "an answer to the customer") })
	h.S.Eventually("the system is told the answer", func() bool {
		return strings.Contains(strings.Join(hook.bodies(), "\n"), "an answer to the customer")
	})
	var told strings.Builder
	for _, f := range feed.Frames() {
		told.WriteString(f.Raw + "\n")
	}
	for _, path := range []string{"/messages", "/messages?after=0", "/config"} {
		told.WriteString(v.Do("GET", v.Path(path), nil).Body + "\n")
	}
	again := v.Do("POST", v.Path("/session"), object{"token": v.Bearer})
	told.WriteString(again.Body)
	for what, text := range map[string]string{"the widget": told.String(), "the webhook": strings.Join(hook.bodies(), "\n")} {
		if !strings.Contains(text, "an answer") {
			t.Errorf("%s was told nothing: %s", what, text)
		}
		if strings.Contains(text, secret) {
			t.Errorf("%s was told what is private: %s", what, text)
		}
	}
}
