package effect_test

import (
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// F0-42: what a responder is told of a promise respects their working hours: outside
// them the notification is queued, all of it, and delivered when they begin; it is
// dropped if it is no longer due. What else they are told of is under the bell at once.
func TestPromisesWaitForWorkingHours(t *testing.T) {
	const queued, delivered = "deadline held rest Tue 09:00", "deadline told app desktop push"
	for name, c := range map[string]struct {
		meanwhile func(*phone, desk.ConversationID)
		want      string
		pushed    int
	}{
		"still waits": {func(*phone, desk.ConversationID) {}, delivered, 1},
		"answered": {func(p *phone, id desk.ConversationID) {
			p.OK(err2(p.Do(p.As(p.Owner), id, desk.Reply{Text: "hi"})))
		}, "deadline suppressed because over", 0},
		"closed": {func(p *phone, id desk.ConversationID) {
			p.OK(err2(p.Do(p.As(p.Owner), id, desk.Close{})))
		}, "deadline suppressed because over", 0},
		"hours moved": {func(p *phone, _ desk.ConversationID) {
			h := desk.Preferences{}.WorkingHours()
			h.Week.Tuesday = []desk.Period{{From: 11 * 60, To: 12 * 60}}
			p.OK(p.SavePreferences(p.As(p.Agent), desk.Preferences{Hours: &h}))
		}, "deadline held rest Tue 11:00", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPhone(t)
			p.OK(p.SetResponders(p.As(p.Owner), 0, desk.FirstResponders, []desk.UserID{p.Agent.User}))
			settings := desk.InboxSettings{PromiseSettings: desk.PromiseSettings{SLADeadline: 3600}}
			p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Settings: &settings}))
			p.Clock.Add(9 * time.Hour) // 18:00
			id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
			p.Work()
			p.Clock.Add(time.Hour)
			p.Work()
			evening := decisions(p.Desk, id, p.Agent.User)
			is(t, "in the evening", evening, "new_conversation told app", queued)
			p.Clock.Add(14*time.Hour - time.Second)
			c.meanwhile(p, id)
			p.Work()
			if n := len(p.Got()); n != 0 {
				t.Fatalf("%d were pushed before nine", n)
			}
			p.Clock.Add(time.Second)
			p.Work()
			is(t, "at nine", decisions(p.Desk, id, p.Agent.User)[1:], c.want)
			if n := len(p.Got()); n != c.pushed {
				t.Errorf("%d were pushed at nine", n)
			}
			p.Clock.Add(time.Hour)
			p.Work()
			if n := len(p.Got()); n != c.pushed {
				t.Errorf("%d were pushed an hour later", n)
			}
		})
	}
}

func err2[T any](_ T, err error) error { return err }
