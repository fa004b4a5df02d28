package api_test

import (
	"testing"

	"parley/api/apitest"
	"parley/ledger"
)

// F0-25: what somebody of the organisation who is no agent wrote to the customer
// elsewhere counts as the team's word, and nobody is sent it again. It begins nothing.
func TestColleague(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXCOL"))
	post := func(who, key, colleague, text string) apitest.Answer {
		return s.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/messages",
			object{"contact": object{"external_id": who}, "colleague": colleague, "text": text}, "Idempotency-Key", key).Want(202)
	}
	var nowhere struct{ State string }
	if post("kim", "early", "Dr. Ada", "I will look at it").Read(&nowhere); nowhere.State != "dead_letter" {
		t.Errorf("without a conversation: %s", nowhere.State)
	}
	talk := h.Posted(h.front, "kim", "kim-1", "hello")
	if got := h.tabsOf(talk.ID); got != "open needs_attention" {
		t.Fatalf("before: in %s", got)
	}
	var got struct {
		Conversation string `json:"conversation_id"`
		Message      string `json:"message_id"`
	}
	for range 2 { // sent again, it is one message
		post("kim", "ada-1", "Dr. Ada", "It is on its way.").Read(&got)
	}
	if got.Conversation != talk.ID {
		t.Errorf("it is in %s, want %s", got.Conversation, talk.ID)
	}
	if got := h.tabsOf(talk.ID); got != "open responded" {
		t.Errorf("after a colleague's answer: in %s", got)
	}
	var line struct {
		Items []struct {
			Message *struct {
				ID, Side, Text string
				Author         struct{ Kind, Name string }
				Delivery       *struct{ State string }
			}
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/timeline"), nil).Want(200).Read(&line)
	found := 0
	for _, i := range line.Items {
		if m := i.Message; m != nil && m.ID == got.Message {
			if found++; m.Side != "team" || m.Author.Kind != "colleague" || m.Author.Name != "Dr. Ada" || m.Text != "It is on its way." || m.Delivery != nil {
				t.Errorf("it is shown as %+v", *m)
			}
		}
	}
	if found != 1 {
		t.Errorf("it is on the timeline %d times", found)
	}
	h.Posted(h.front, "kim", "kim-2", "thanks")
	if got := h.tabsOf(talk.ID); got != "open needs_attention" {
		t.Errorf("after the customer's next word: in %s", got)
	}
	// What has ended stays so, and keeps it.
	h.do(talk.ID, "resolve", object{})
	h.do(talk.ID, "close", object{})
	post("kim", "ada-2", "Dr. Ada", "All good?").Read(&got)
	if got.Conversation != talk.ID || h.tabsOf(talk.ID) != "closed" {
		t.Errorf("after the end it is in %s, which is in %s", got.Conversation, h.tabsOf(talk.ID))
	}
	r, err := ledger.Verify(t.Context(), ledger.Options{DB: s.DB, Blobs: s.Blobs, Now: s.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("the ledger: %s %s: %s", f.Check, f.Subject, f.What)
	}
}
