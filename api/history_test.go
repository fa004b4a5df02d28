package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
)

// line is a timeline as the API tells it.
type line struct {
	Items []lineItem `json:"items"`
}

type lineItem struct {
	Event struct {
		ID, Kind string
		Version  int64
		At       time.Time
		Undoable bool
		Command  string `json:"command_id"`
		Actor    struct{ Kind, ID string }
		Data     map[string]any
	} `json:"event"`
	Message *struct {
		Side, Text string
		Author     struct{ Kind, Name string }
	} `json:"message"`
}

func (h *home) line(talk string) (l line) {
	h.t.Helper()
	h.Owner.Do("GET", h.Path("/conversations/"+talk+"/timeline?limit=200"), nil).Want(200).Read(&l)
	return l
}

// past is a conversation as it was.
type past struct {
	Conversation struct {
		Status, Label, Stage, Subject, Preview string
		Assignee                               string `json:"assignee_id"`
		Unread                                 bool
	} `json:"conversation"`
	At      time.Time
	Event   lineItem
	Version int64
	Last    int64 `json:"last_version"`
}

// why is what led to a fact.
type why struct {
	Event         lineItem
	ByHand        bool `json:"by_hand"`
	Rule          string
	With, Because []lineItem
}

func (h *home) why(talk, event string) (y why) {
	h.t.Helper()
	h.Owner.Do("GET", h.Path("/conversations/"+talk+"/events/"+event+"/why"), nil).Want(200).Read(&y)
	return y
}

// find returns the newest fact of a kind.
func (l line) find(t *testing.T, kind string) lineItem {
	t.Helper()
	for _, i := range slices.Backward(l.Items) {
		if i.Event.Kind == kind {
			return i
		}
	}
	t.Fatalf("the timeline has no %s", kind)
	return lineItem{}
}

// F0-14, F0-15, F0-16: the timeline of a conversation tells everything in order,
// with actor and time; of a message who wrote, on which side.
func TestTimelineTellsTheWholeStory(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	v.Write("Where is my bike?")
	talk := v.Messages("0").Conversation.ID
	h.do(talk, "reply", object{"text": "On its way."})
	h.do(talk, "assign", object{"assignee_id": h.target.User.String()})
	h.do(talk, "close", object{"summary": "told them"})
	h.do(talk, "reopen", object{})
	h.do(talk, "note", object{"text": "a private word"})
	l := h.line(talk)
	var told []string
	last := time.Time{}
	for _, i := range l.Items {
		if i.Event.Kind == "delivery_changed" || i.Event.Kind == "due_changed" { // has tests of its own
			continue
		}
		said := i.Event.Kind + " by " + i.Event.Actor.Kind
		if i.Message != nil {
			said += fmt.Sprintf(" (%s %s: %s)", i.Message.Side, i.Message.Author.Kind, i.Message.Text)
		}
		told = append(told, said)
		if i.Event.At.IsZero() || i.Event.At.Before(last) {
			t.Errorf("%s happened at %s, after %s", i.Event.Kind, i.Event.At, last)
		}
		last = i.Event.At
	}
	want := []string{
		"opened by contact", "message_posted by contact (customer contact: Where is my bike?)", "message_posted by user (team user: On its way.)", "assigned by user",
		"status_changed by user", "status_changed by user", "note_added by user (team user: a private word)",
	}
	if !slices.Equal(told, want) {
		t.Errorf("the timeline tells\n%s", strings.Join(told, "\n"))
	}
}

// A conversation is read back to any of its moments, by the number of facts or by
// the clock, as it was then: state, word, line and all.
func TestReadBackToAnyMoment(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	v.Write("first")
	talk := v.Messages("0").Conversation.ID
	path := h.Path("/conversations/" + talk + "/past")
	began := h.S.Clock.Now()
	h.S.Clock.Add(time.Hour)
	h.do(talk, "assign", object{"assignee_id": h.target.User.String()})
	v.Write("second")
	h.S.Clock.Add(time.Hour)
	h.do(talk, "close", object{})

	at := func(query string) (p past) {
		t.Helper()
		h.Owner.Do("GET", path+query, nil).Want(200).Read(&p)
		return p
	}
	then := at("?version=2")
	if then.Conversation.Label != "New" || then.Conversation.Preview != "first" || then.Conversation.Assignee != "" || then.Version != 2 || then.Last < 5 || then.At.After(began) {
		t.Errorf("after two facts it was %+v", then)
	}
	if then.Event.Event.Kind != "message_posted" || then.Event.Message == nil || then.Event.Message.Text != "first" {
		t.Errorf("the second fact is %+v", then.Event)
	}
	hour := at("?at=" + began.Add(90*time.Minute).Format(time.RFC3339))
	if hour.Conversation.Status != "open" || hour.Conversation.Assignee == "" || hour.Conversation.Preview != "second" || hour.Conversation.Stage != "assigned" {
		t.Errorf("after an hour it was %+v", hour)
	}
	now := at("")
	if now.Conversation.Status != "closed" || now.Version != now.Last {
		t.Errorf("now it is %+v", now)
	}
	if p := h.Owner.Do("GET", path+"?at="+began.Add(-time.Hour).Format(time.RFC3339), nil).Problem(404); !strings.Contains(p.Detail, "had not begun") {
		t.Errorf("before it began: %s", p.Detail)
	}
	h.Owner.Do("GET", path+"?version=-1", nil).Problem(422)
	h.Owner.Do("GET", path+"?at=yesterday", nil).Problem(422)
}

// Every fact says why it happened: by hand, by a rule together with what it came
// with, or by a chain of causes; an undo leads to what it took back.
func TestWhyDidThisHappen(t *testing.T) {
	h := chats(t)
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"welcome_new_conversation": "Welcome!", "after_close": "reopen"}}).Want(200)
	v := h.S.Visitor(h.front.Key)
	v.Write("hello")
	talk := v.Messages("0").Conversation.ID
	h.S.Eventually("the greeting is there", func() bool { return len(h.line(talk).Items) > 3 })

	greeting := h.line(talk).find(t, "message_posted")
	y := h.why(talk, greeting.Event.ID)
	if y.ByHand || !strings.Contains(y.Rule, "greets") || len(y.Because) != 1 || y.Because[0].Event.Kind != "opened" {
		t.Errorf("the greeting: %+v", y)
	}
	did := h.do(talk, "close", object{})
	if y := h.why(talk, h.line(talk).find(t, "status_changed").Event.ID); !y.ByHand || y.Rule != "" || len(y.Because) != 0 {
		t.Errorf("closed by hand: %+v", y)
	}
	h.do(talk, "undo", object{"command_id": did.Command})
	y = h.why(talk, h.line(talk).find(t, "status_changed").Event.ID)
	if y.ByHand || !strings.Contains(y.Rule, "puts back") || len(y.Because) != 1 || y.Because[0].Event.Data["new"] != "closed" {
		t.Errorf("an undo: %+v", y)
	}
	h.do(talk, "close", object{})
	v.Write("again")
	y = h.why(talk, h.line(talk).find(t, "status_changed").Event.ID)
	if y.ByHand || !strings.Contains(y.Rule, "customer's message") || len(y.With) != 2 || y.With[1].Event.Kind != "due_changed" || y.With[0].Message == nil || y.With[0].Message.Text != "again" {
		t.Errorf("reopened by a customer: %+v", y)
	}

	// What is not of this conversation, or nobody's business, is not explained here.
	other := h.fresh()
	h.Owner.Do("GET", h.Path("/conversations/"+other.ID+"/events/"+greeting.Event.ID+"/why"), nil).Problem(404)
	h.Owner.Do("GET", h.Path("/conversations/"+talk+"/events/999999/why"), nil).Problem(404)
	h.Owner.Do("GET", h.Path("/conversations/"+talk+"/events/x/why"), nil).Problem(422)
}

// A fact is undoable on the timeline only when its whole command is: a message
// that went out takes with it what came with it.
func TestUndoableOnTheTimeline(t *testing.T) {
	h := chats(t)
	h.withAI()
	v := h.S.Visitor(h.front.Key)
	v.Write("hello")
	talk := v.Messages("0").Conversation.ID
	h.do(talk, "reply", object{"text": "hi"})
	stopped := h.line(talk).find(t, "ai_takeover")
	if stopped.Event.Undoable {
		t.Error("what came with a message that went out is undoable")
	}
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/undo"), object{"command_id": stopped.Event.Command}).Problem(409)
	h.do(talk, "handback", object{})
	if back := h.line(talk).find(t, "ai_handback"); !back.Event.Undoable {
		t.Error("handing back is not undoable")
	}
}

// F3-31: a visitor sees what the AI agent wrote once it has left, and after
// somebody took over nothing of it.
func TestChatWithAI(t *testing.T) {
	h := chats(t)
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{
		"ai_agent_id": "script", "ai_name": "Otto", "ai_script": []object{{"say": "I am Otto."}},
	}}).Want(200)
	v := h.S.Visitor(h.front.Key)
	feed := v.Feed("")
	v.Write("hello")
	answer := feed.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "I am Otto.") })
	if !strings.Contains(answer.Raw, `"ai"`) {
		t.Errorf("it is not labelled AI: %s", answer.Raw)
	}
	talk := v.Messages("0").Conversation.ID
	h.do(talk, "takeover", object{})
	v.Write("anybody there?")
	reply := h.answer(v, "Yes, Maja is.")
	feed.Next("the person's answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, reply) })
	if got := texts(v.Messages("0")); !slices.Equal(got, []string{"customer: hello", "team: I am Otto.", "customer: anybody there?", "team: Yes, Maja is."}) {
		t.Errorf("the visitor sees %q", got)
	}
}

// Settings of an AI agent that make no sense are refused by name.
func TestBadAISettings(t *testing.T) {
	h := chats(t)
	for _, bad := range []object{
		{"ai_agent_id": "hal"}, {"ai_script": []object{{"flag": "bored"}}}, {"ai_name": strings.Repeat("x", 61)}, {"ai_takeover_on_human_reply": "yes"},
	} {
		h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": bad}).Problem(422)
	}
}
