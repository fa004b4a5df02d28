package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// surveying is a desk that asks when a conversation is resolved, and whose customers
// can answer.
func surveying(t *testing.T, settings string) *apptest.Desk {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	d.PublicURL = "https://desk.example"
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: json.RawMessage(settings)}))
	d.Work()
	return d
}

// resolved returns a conversation that was answered and resolved, and the message that
// asks how it was.
func resolved(t *testing.T, d *apptest.Desk, from string) (desk.ConversationID, desk.MessageID) {
	t.Helper()
	id := d.Get(apptest.Post{From: from, Key: from, Text: "hello"}).Conversation
	do(t, d, id, desk.Assign{Assignee: d.Agent.User})
	do(t, d, id, desk.Reply{Text: "Here you are"})
	do(t, d, id, desk.Resolve{})
	d.Work()
	return id, d.Conversation(id).SurveyID
}

// T12, F2-04, F2-26, D-09: what ends asks its customer, once, with a link that only
// they receive; that moves no turn and stays out of the lists.
func TestSurveyIsSent(t *testing.T) {
	d := surveying(t, `{"csat":"on_resolve"}`)
	id, asked := resolved(t, d, "anna")
	d.Work()
	sent := d.Channel.Sent()
	if len(sent) != 2 || !strings.HasSuffix(sent[1], "https://desk.example"+app.SurveyPath+d.SurveySecret(d.Workspace, asked)) {
		t.Fatalf("%q was sent", sent)
	}
	if !d.Channel.Out[1].Auto || d.Channel.Out[0].Auto {
		t.Error("what nobody wrote is not marked as such")
	}
	c := d.Conversation(id)
	if c.WaitingOn != desk.WaitingOnCustomer || c.Status != desk.StatusResolved || c.Preview != "Here you are" || c.SurveyUser != 0 {
		t.Errorf("it is now %+v", c)
	}
	if m := d.Message(asked); strings.Contains(m.Text, "http") {
		t.Errorf("the team reads the link: %q", m.Text)
	}
}

// F2-26: without a public address a link leads nowhere, so nobody is asked; the end is
// still taken back.
func TestSurveyNeedsAnAddress(t *testing.T) {
	d := surveying(t, `{"csat":"on_close"}`)
	d.PublicURL = ""
	id := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	do(t, d, id, desk.Reply{Text: "Here you are"})
	do(t, d, id, desk.Close{})
	d.Work()
	if c := d.Conversation(id); len(d.Channel.Sent()) != 1 || !c.SurveyDue.IsZero() {
		t.Errorf("%q was sent", d.Channel.Sent())
	}
}

// T13: what is taken back, or reopened by its customer, before the question leaves
// asks nobody; an end that has asked can be taken back as well.
func TestSurveyIsTakenBack(t *testing.T) {
	d := surveying(t, `{"csat":"on_resolve","undo_chat_seconds":10}`)
	id := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	do(t, d, id, desk.Reply{Text: "Here you are", AtOnce: true})
	ended := do(t, d, id, desk.Resolve{})
	if !ended.Undoable {
		t.Fatal("an end that asks cannot be taken back")
	}
	do(t, d, id, desk.Undo{Command: ended.Command})
	d.Clock.Add(time.Minute)
	d.Work()
	if got := d.Channel.Sent(); len(got) != 1 {
		t.Fatalf("%q was sent", got)
	}
	ended = do(t, d, id, desk.Resolve{})
	d.Clock.Add(time.Minute)
	d.Work()
	do(t, d, id, desk.Undo{Command: ended.Command})
	if c := d.Conversation(id); len(d.Channel.Sent()) != 2 || c.Status != desk.StatusOpen || c.SurveyAt.IsZero() {
		t.Errorf("%q was sent, and it is %s", d.Channel.Sent(), c.Status)
	}
}

// F2-18, 5.5: a low rating of what has ended tells the escalation responders, the lead
// and whose rating it is, each once, and changes nothing else. The timeline says so.
func TestLowRatingIsTold(t *testing.T) {
	d := surveying(t, `{"csat":"on_resolve"}`)
	lead := d.Join("Lea Dahl", "lea@example.com", desk.RoleAgent, d.Inbox.ID)
	helper := d.Join("Siv Oen", "siv@example.com", desk.RoleAgent, d.Inbox.ID)
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Support", Lead: lead.User, Members: []desk.UserID{lead.User, d.Agent.User}})
	d.OK(err)
	d.OK(d.SetResponders(d.As(d.Owner), 0, desk.EscalationResponders, []desk.UserID{helper.User}))
	id, asked := resolved(t, d, "anna")
	do(t, d, id, desk.Assign{Team: team.ID, Assignee: d.Agent.User})
	d.Work()
	before := d.Conversation(id)
	rate := func(score int) {
		t.Helper()
		d.OK(d.Rate(t.Context(), d.Workspace, id, desk.Rate{Survey: asked, Score: score, Comment: "Still broken"}))
		d.Work()
	}
	told := func() []string {
		return slices.DeleteFunc(toldWhat(d, d.Owner, d.Agent, lead, helper), func(s string) bool { return !strings.HasPrefix(s, "low_rating") })
	}
	rate(3)
	if got := told(); len(got) != 0 {
		t.Fatalf("%v were told of a middling rating", got)
	}
	rate(1)
	rate(2)
	want := []string{"low_rating " + d.Agent.User.String(), "low_rating " + lead.User.String(), "low_rating " + helper.User.String()}
	slices.Sort(want)
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("%v were told, want %v", got, want)
	}
	c := d.Conversation(id)
	if c.Status != desk.StatusResolved || c.Priority != before.Priority || !c.EscalatedAt.IsZero() || c.Rating != 2 {
		t.Errorf("it is now %+v", c)
	}
	line := d.Timeline(id)
	if n := len(line); !slices.Contains(line[n-4:], "notification_sent") || line[n-1] != "csat_received" {
		t.Errorf("the timeline is %v", line)
	}
}

// F2-18: in what goes on it escalates, with the reason.
func TestLowRatingEscalates(t *testing.T) {
	d := surveying(t, `{"csat":"on_resolve"}`)
	id, asked := resolved(t, d, "anna")
	do(t, d, id, desk.Reopen{})
	d.OK(d.Rate(t.Context(), d.Workspace, id, desk.Rate{Survey: asked, Score: 2}))
	d.Work()
	c := d.Conversation(id)
	if !slices.Equal(c.EscalatedFor, []desk.EscalationReason{desk.EscalatedRating}) || c.Priority != desk.PriorityHigh || c.Status != desk.StatusOpen {
		t.Errorf("it is now %+v", c)
	}
	if got := toldWhat(d, d.Owner); !slices.Contains(got, "escalated "+d.Owner.User.String()) {
		t.Errorf("%v were told", got)
	}
}

// 1.4: which inboxes ask is inherited, a preset says it, and a rating to escalate on is
// one of 1 to 4.
func TestSurveySettings(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ctx := d.As(d.Owner)
	for _, change := range []string{`{"csat":"always"}`, `{"escalation":{"low_rating":5}}`, `{"escalation":{"low_rating":-1}}`} {
		if err := d.ChangeInbox(ctx, d.Inbox.ID, app.InboxChange{Change: json.RawMessage(change)}); desk.KindOf(err) != desk.Invalid || err == nil {
			t.Errorf("%s: %v", change, err)
		}
	}
	for name, want := range map[string]string{"help_desk": desk.CSATOnResolve, "ai": desk.CSATOff, "messaging": desk.CSATOff} {
		p, err := desk.FindPreset(name, desk.PerContact)
		d.OK(err)
		s, err := desk.EffectiveSettings(desk.PerContact, json.RawMessage(`{"csat":"on_close"}`), p.Settings)
		if err != nil || s.CSAT != want {
			t.Errorf("%s: %q, %v", name, s.CSAT, err)
		}
	}
	s, err := desk.EffectiveSettings(desk.PerContact, json.RawMessage(`{"csat":"on_close"}`), json.RawMessage(`{}`))
	if err != nil || s.CSAT != desk.CSATOnClose {
		t.Errorf("inherited is %q, %v", s.CSAT, err)
	}
}

// F1-29: the review of many says how many customers will be asked, and the job asks
// just those.
func TestBulkSaysWhomItAsks(t *testing.T) {
	d := surveying(t, `{"csat":"on_resolve"}`)
	var ids []desk.ConversationID
	for _, from := range []string{"anna", "bea", "cleo"} {
		id := d.Get(apptest.Post{From: from, Key: from, Text: "hello"}).Conversation
		if from != "cleo" {
			do(t, d, id, desk.Reply{Text: "Here you are"})
		}
		ids = append(ids, id)
	}
	d.Work()
	r, err := d.ReviewBulk(d.As(d.Owner), app.BulkSelection{IDs: ids}, desk.BulkAction{Steps: []desk.BulkStep{{Do: desk.BulkResolve}}})
	d.OK(err)
	if r.Asks != 2 || r.Sends != 0 {
		t.Fatalf("the review says %d are asked, and %d get a message", r.Asks, r.Sends)
	}
	d.OK(err2(d.StartBulk(d.As(d.Owner), r.ID, r.Token)))
	d.Work()
	if got := d.Channel.Sent(); len(got) != 4 {
		t.Errorf("%q was sent", got)
	}
}
