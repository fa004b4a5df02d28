package effect_test

import (
	"slices"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/responder"
)

// F3-55, F3-57: after the team has closed a conversation the AI agent answers what the
// customer writes next, whether that opens a new one or the old one again, and is given
// what was done before.
func TestAIAnswersAfterClose(t *testing.T) {
	for _, after := range []string{desk.AfterCloseNew, desk.AfterCloseReopen} {
		t.Run(after, func(t *testing.T) {
			var asked []responder.Question
			d := withAI(t, otto{says: func(q responder.Question) (responder.Answer, error) {
				asked = append(asked, q)
				return responder.Answer{Text: "Otto answers " + q.Messages[len(q.Messages)-1].Text}, nil
			}}, desk.AISettings{})
			settings := desk.InboxSettings{AISettings: desk.AISettings{AIAgent: "script"}, AfterClose: after}
			d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &settings}))
			first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one"}).Conversation
			d.Work()
			for _, cmd := range []desk.Command{desk.TakeOver{}, desk.Close{Summary: "mended the chain"}} {
				d.OK(err2(d.Do(d.As(d.Agent), first, cmd)))
			}
			second := d.Get(apptest.Post{From: "kim", Key: "2", Text: "two"}).Conversation
			d.Work()
			d.want("Otto answers one", "Otto answers two")
			if (second == first) != (after == desk.AfterCloseReopen) {
				t.Errorf("%s, then %s", first, second)
			}
			if c := d.Conversation(second); c.AIState != desk.AIActive || c.WaitingOn != desk.WaitingOnCustomer {
				t.Errorf("%+v", c)
			}
			told := asked[len(asked)-1]
			if after == desk.AfterCloseReopen {
				if len(told.Messages) < 3 || len(told.Earlier) != 0 {
					t.Errorf("it is shown %d messages and %+v", len(told.Messages), told.Earlier)
				}
				return
			}
			if len(told.Earlier) != 1 || told.Earlier[0].Summary != "mended the chain" || told.Earlier[0].Ended.IsZero() || len(asked[0].Earlier) != 0 {
				t.Errorf("it is told of %+v before", told.Earlier)
			}
		})
	}
}

// F3-44: the AI agent may suggest to close; it is on the timeline, nothing is closed by
// it, and somebody of the team can close. Where it asks for a person it suggests nothing.
func TestAISuggestsClose(t *testing.T) {
	d := withAI(t, responder.Script{}, desk.AISettings{AIScript: []desk.AILine{
		{When: "thanks", Say: "You are welcome.", Close: true}, {When: "angry", Flag: desk.FlagFrustrated, Close: true}, {When: "bye", Close: true}, {Say: "At nine."},
	}})
	suggested := func(id desk.ConversationID) (n int) {
		for _, kind := range d.Timeline(id) {
			if kind == "ai_suggested_close" {
				n++
			}
		}
		return n
	}
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "When do you open?"}).Conversation
	d.Work()
	if suggested(id) != 0 {
		t.Error("it suggests to close what goes on")
	}
	for i, text := range []string{"thanks a lot", "bye"} {
		d.Get(apptest.Post{From: "kim", Key: text, Text: text})
		d.Work()
		if c := d.Conversation(id); suggested(id) != i+1 || c.Status != desk.StatusOpen {
			t.Errorf("after %q it suggested %d times, and it is %s", text, suggested(id), c.Status)
		}
	}
	d.Get(apptest.Post{From: "kim", Key: "4", Text: "I am angry"})
	d.Work()
	if c := d.Conversation(id); suggested(id) != 2 || c.NeedsHuman != desk.FlagFrustrated {
		t.Errorf("it suggested %d times to somebody who needs a person: %+v", suggested(id), c)
	}
	d.want("At nine.", "You are welcome.")
	d.OK(err2(d.Do(d.As(d.Agent), id, desk.Close{})))
	if !slices.Contains(d.Timeline(id), "status_changed") {
		t.Error("it was not closed")
	}
}
