package effect_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// reminders returns when somebody was reminded of a conversation.
func reminders(d *apptest.Desk, id desk.ConversationID) (at []time.Time) {
	d.T.Helper()
	for _, e := range history(d, id) {
		if _, ok := e.Fact.(desk.FollowUpReminder); ok {
			at = append(at, e.At)
		}
	}
	return at
}

// pass lets time pass, with all that is due in it.
func pass(d *apptest.Desk, how time.Duration) {
	d.T.Helper()
	until := d.Clock.Now().Add(how)
	for next(d, until) {
	}
	d.Work()
}

func told(d *apptest.Desk, a desk.Actor, kind desk.NewsKind) (n int) {
	d.T.Helper()
	for _, note := range notices(d, a) {
		if note.Kind == kind {
			n++
		}
	}
	return n
}

// pending returns a conversation that waits for its customer, with somebody
// responsible.
func pending(d *apptest.Desk, who string) desk.ConversationID {
	d.T.Helper()
	id := d.Get(apptest.Post{From: who, Key: who, Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Owner), id, desk.Assign{Assignee: d.Agent.User}, desk.Pend{Reason: desk.PendingCustomer})
	d.OK(err)
	return id
}

// T8, F2-26, F2-80: whoever is responsible is reminded of a pending conversation
// once in every period, at its moment, however many there are; the customer's
// answer ends it.
func TestFollowUpReminder(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	change(d, `{"follow_up_reminder_minutes":1440}`)
	d.Work()
	begin := d.Clock.Now()
	id := pending(d, "kim")
	const days = 12 // more often than effects may cause each other
	for next(d, begin.Add(days*24*time.Hour)) {
	}
	d.Work()
	at := reminders(d, id)
	if len(at) != days {
		t.Fatalf("reminded %d times", len(at))
	}
	for i, when := range at {
		if !when.Equal(begin.Add(time.Duration(i+1) * 24 * time.Hour)) {
			t.Errorf("reminder %d came at %s", i+1, when)
		}
	}
	if n := told(d, d.Agent, desk.NewsFollowUp); n != days {
		t.Errorf("told %d times", n)
	}
	if n := told(d, d.Owner, desk.NewsFollowUp); n != 0 {
		t.Errorf("somebody else was told %d times", n)
	}
	last := history(d, id)[slices.IndexFunc(history(d, id), func(e desk.Event) bool { _, ok := e.Fact.(desk.FollowUpReminder); return ok })]
	if f := last.Fact.(desk.FollowUpReminder); f.After != 1440 || f.Reason != desk.PendingCustomer || !f.Since.Equal(begin) || last.By.Kind != desk.ActorSystem || desk.Why(last, []desk.Event{last}) == "" {
		t.Errorf("%+v", last)
	}
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "Here it is"})
	pass(d, 10*24*time.Hour)
	if n := len(reminders(d, id)); n != days {
		t.Errorf("%d reminders after the answer", n-days)
	}
}

// 1.4: the setting is the inbox's, else the workspace's; switched on it counts for
// what is pending already, and switched off it is over.
func TestFollowUpFollowsTheSetting(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := pending(d, "kim")
	d.Clock.Add(48 * time.Hour)
	d.Work()
	for _, layer := range []string{`{"follow_up_reminder_minutes":60}`, `{"follow_up_reminder_minutes":null}`} {
		d.OK(d.ChangeWorkspace(d.As(d.Owner), app.WorkspaceChange{Settings: json.RawMessage(layer)}))
		d.Work()
		pass(d, 90*time.Minute)
		if n := len(reminders(d, id)); n != 1 {
			t.Fatalf("after %s: %d reminders", layer, n)
		}
	}
	d.OK(d.ChangeWorkspace(d.As(d.Owner), app.WorkspaceChange{Settings: json.RawMessage(`{"follow_up_reminder_minutes":60}`)}))
	change(d, `{"follow_up_reminder_minutes":0}`)
	d.Work()
	pass(d, 90*time.Minute)
	if n := len(reminders(d, id)); n != 1 {
		t.Errorf("an inbox that does without had %d reminders", n-1)
	}
	if err := d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"follow_up_reminder_minutes":5}`)}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("every five minutes: %v", err)
	}
}

// Where nobody is responsible the first responders are reminded, and the timeline
// says who was.
func TestFollowUpOfNobody(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	change(d, `{"follow_up_reminder_minutes":60}`)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Owner), id, desk.Pend{Reason: desk.PendingExternal, Note: "The courier"})
	d.OK(err)
	d.Clock.Add(time.Hour)
	d.Work()
	if told(d, d.Agent, desk.NewsFollowUp) != 1 {
		t.Error("nobody was reminded")
	}
	all := history(d, id)
	if f, ok := all[len(all)-1].Fact.(desk.NotificationSent); !ok || f.Kind != "follow_up" || !slices.Equal(f.Users, []desk.UserID{d.Agent.User}) {
		t.Errorf("%+v", all[len(all)-1].Fact)
	}
}

// 5.5, F2-29 to F2-31: what escalates by itself goes to the team that the inbox
// names, once, with a note; whoever had it follows, and the team is told.
func TestHandUp(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	lead := d.Join("Lea Holm", "lea@example.com", desk.RoleAgent, d.Inbox.ID)
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Second line", Lead: lead.User, Members: []desk.UserID{lead.User}})
	d.OK(err)
	rules, err := json.Marshal(map[string]any{"sla_mode": "policy", "escalation": desk.EscalationSettings{TransferTo: team.ID}})
	d.OK(err)
	change(d, string(rules))
	d.Work()
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	_, err = d.Do(d.As(d.Owner), id, desk.Assign{Assignee: d.Agent.User})
	d.OK(err)
	pass(d, 25*time.Hour)
	d.Work()
	c := d.Conversation(id)
	if c.Team != team.ID || c.Assignee != 0 || !slices.Contains(c.Followers, d.Agent.User) || !c.Escalated() {
		t.Errorf("%+v", c)
	}
	var note desk.MessageID
	transfers := 0
	for _, e := range history(d, id) {
		if f, ok := e.Fact.(desk.Transferred); ok {
			transfers++
			note = f.Note
			if e.Cause == 0 || e.By.Kind != desk.ActorSystem {
				t.Errorf("%+v", e)
			}
		}
	}
	if m := d.Message(note); transfers != 1 || m.AuthorKind != desk.AuthorAutomation || m.AuthorName != d.Inbox.Name || m.Text == "" {
		t.Errorf("%d transfers, %+v", transfers, m)
	}
	if told(d, lead, desk.NewsTeam) != 1 {
		t.Error("the team was not told")
	}
	// A team that escalations turn to is not removed, and one that is not there is not named.
	if err := d.DeleteTeam(d.As(d.Owner), team.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("removing the team: %v", err)
	}
	gone := json.RawMessage(`{"escalation":{"transfer_team_id":"` + desk.TeamID(d.Agent.User).String() + `"}}`)
	if err := d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: gone}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a team that is not there: %v", err)
	}
	if err := d.ChangeWorkspace(d.As(d.Owner), app.WorkspaceChange{Settings: gone}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("and in the workspace: %v", err)
	}
}
