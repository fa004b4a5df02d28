package api_test

import (
	"strings"
	"testing"

	"parley/api/apitest"
)

// F4-10, F4-13, F4-14, F4-15, F4-16, T3, T5, T16, T17: an automation outside closes what
// a customer has open and opens one if none is open, and both say so; what is so already
// succeeds and changes nothing.
func TestMarkDone(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXDONE"))
	category := h.made("/closing-categories", object{"name": "By the bot"})
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"closing_note_mode": "both_required", "after_close": "new"}}).Want(200)
	kim := object{"external_id": "kim", "name": "Kim"}
	mark := func(done bool, more object) (id string) {
		t.Helper()
		body := object{"contact": kim, "done": done}
		for k, v := range more {
			body[k] = v
		}
		var got struct {
			ID string `json:"conversation_id"`
		}
		s.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/done", body).Want(200).Read(&got)
		return got.ID
	}
	type state struct {
		Status, Label string
		Opened        string `json:"opened_source"`
		Closed        string `json:"closed_source"`
		Waiting       string `json:"waiting_on"`
		Summary       string `json:"closing_summary"`
		Category      string `json:"closing_category_id"`
	}
	look := func(id string) (c state) {
		t.Helper()
		h.Owner.Do("GET", h.Path("/conversations/"+id), nil).Want(200).Read(&c)
		return c
	}
	is := func(what string, got, want state) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	if id := mark(true, nil); id != "" {
		t.Errorf("nothing is open, and %s was closed", id)
	}
	first := mark(false, object{"source": "dialogflow"})
	is("opened by the bot", look(first), state{Status: "open", Label: "Open", Opened: "dialogflow", Waiting: "none"})
	if id := mark(false, nil); id != "" {
		t.Errorf("one is open, and %s was opened", id)
	}
	if joined := h.Posted(h.front, "kim", "kim-1", "hello"); joined.ID != first {
		t.Errorf("the customer's message went to %s", joined.ID)
	}
	if id := mark(true, object{"source": "dialogflow", "summary": "told them the hours", "category_id": category}); id != first {
		t.Errorf("%s was closed", id)
	}
	is("closed by the bot", look(first), state{"closed", "Closed", "dialogflow", "dialogflow", "agent", "told them the hours", category})
	if id := mark(true, nil); id != "" {
		t.Errorf("none is open, and %s was closed", id)
	}

	// Automation is never asked for a closing note, and says what it is (F4-24).
	second := h.Posted(h.front, "kim", "kim-2", "again")
	if id := mark(true, nil); id != second.ID {
		t.Errorf("%s was closed", id)
	}
	is("closed by a workflow", look(second.ID), state{"closed", "Closed", "contact", "workflow", "agent", "", ""})

	// A resolved one is closed before another begins (T2), and by being marked done.
	third := mark(false, nil)
	h.do(third, "resolve", object{"summary": "done", "category_id": category})
	fourth := mark(false, nil)
	if c := look(third); fourth == third || c.Status != "closed" || c.Closed != "superseded" {
		t.Errorf("%s, then %+v and %s", third, c, fourth)
	}
	h.do(fourth, "resolve", object{"summary": "done", "category_id": category})
	if id := mark(true, nil); id != fourth || look(fourth).Closed != "workflow" {
		t.Errorf("%s, then %+v", id, look(fourth))
	}
	told := h.Owner.Do("GET", h.Path("/conversations/"+first+"/timeline"), nil).Want(200).Body
	if !strings.Contains(told, `"kind":"automation"`) {
		t.Errorf("the timeline does not say who did it: %s", told)
	}

	post := func(address string, body object) apitest.Answer {
		return s.System(h.front).Do("POST", "/api/v1/channels/"+address+"/done", body)
	}
	post(h.front.Address, object{"contact": object{"external_id": " "}, "done": true}).Problem(422)
	post(h.front.Address, object{"contact": kim}).Problem(422)
	post(h.front.Address, object{"contact": kim, "done": true, "source": "user"}).Problem(422)
	post(h.front.Address, object{"contact": kim, "done": true, "category_id": "cat_0000000000001"}).Problem(404)
	h.Owner.Do("POST", "/api/v1/channels/"+h.front.Address+"/done", object{"contact": kim, "done": true}).Problem(401)
}

// F0-45: with every message that makes it the other's turn the timeline tells a
// transition, flagged implicit, until it is closed; a second message of the same side,
// and a note, tell none.
func TestTurnsAreTold(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXTURN"))
	talk := h.Posted(h.front, "kim", "kim-0", "hello")
	h.Posted(h.front, "kim", "kim-1", "anybody there?")
	h.do(talk.ID, "note", object{"text": "hm"})
	want := []string{"none agent true"}
	for range 3 {
		h.do(talk.ID, "reply", object{"text": "hi"})
		h.do(talk.ID, "reply", object{"text": "and this"})
		h.Posted(h.front, "kim", "kim-"+string(rune('a'+len(want))), "thanks")
		want = append(want, "agent customer true", "customer agent true")
	}
	h.do(talk.ID, "close", object{})
	var line struct {
		Items []struct {
			Event struct {
				Kind string
				Data struct {
					Turn *struct {
						Old, New string
						Implicit bool
					}
				}
			}
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/timeline?limit=200"), nil).Want(200).Read(&line)
	var got []string
	for _, i := range line.Items {
		if turn := i.Event.Data.Turn; turn != nil {
			got = append(got, strings.TrimSpace(turn.Old+" "+turn.New+" "+map[bool]string{true: "true", false: "false"}[turn.Implicit]))
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("the timeline tells %v, want %v", got, want)
	}
}
