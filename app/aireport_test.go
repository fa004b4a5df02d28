package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

const otto = `{"ai_agent_id":"script","ai_name":"Otto","csat":"on_resolve","ai_script":[
	{"when":"open","say":"At nine.","confidence":0.9},
	{"when":"human","say":"A colleague will answer.","flag":"asked_human","confidence":0.5},
	{"when":"angry","flag":"frustrated"},
	{"say":"Tell me more."}]}`

// day is the days of a report that begin and end with one.
func day(d *apptest.Desk) (from, until time.Time) {
	from = d.Clock.Now().Truncate(24 * time.Hour)
	return from, from.AddDate(0, 0, 1)
}

// F3-88, by hand: eight customers of one day, and who is none of its.
func TestAIReport(t *testing.T) {
	d := surveying(t, otto)
	kai := d.Join("Kai Ost", "kai@example.com", desk.RoleAgent, d.Inbox.ID)
	ask := func(from string, texts ...string) (id desk.ConversationID) {
		t.Helper()
		for _, text := range texts {
			id = d.Get(apptest.Post{From: from, Key: from + text, Text: text}).Conversation
			d.Clock.Add(time.Minute)
			d.Work()
		}
		return id
	}
	rate := func(id desk.ConversationID, score int) {
		t.Helper()
		d.Work()
		d.OK(d.Rate(t.Context(), d.Workspace, id, desk.Rate{Survey: d.Conversation(id).SurveyID, Score: score}))
		d.Work()
	}
	yesterday := ask("yesterday", "open?")
	do(t, d, yesterday, desk.Resolve{})
	d.Clock.Add(24 * time.Hour)

	alone := ask("alone", "open?", "thanks") // 0.9 and none: handled alone, rated 5
	do(t, d, alone, desk.Resolve{})
	rate(alone, 5)
	again := ask("again", "open?") // 0.9: handled alone, rated 3
	do(t, d, again, desk.Resolve{})
	rate(again, 3)
	asked := ask("asked", "open?", "human!") // 0.9 and 0.5: asked for a person, who took over, answered; rated 4
	do(t, d, asked, desk.TakeOver{})
	do(t, d, asked, desk.Reply{Text: "Here I am."})
	do(t, d, asked, desk.Resolve{})
	rate(asked, 4)
	beside := ask("beside", "hello") // none: somebody answered without being asked
	do(t, d, beside, desk.Reply{Text: "Hello."})
	left := ask("left", "open?", "angry") // 0.9: frustrated, given to somebody, closed before anybody answered
	do(t, d, left, desk.Assign{Assignee: d.Agent.User})
	do(t, d, left, desk.Close{})
	back := ask("back", "hello") // none: taken over, and that was taken back
	taken := do(t, d, back, desk.TakeOver{})
	do(t, d, back, desk.Undo{Command: taken.Command})
	early := d.Get(apptest.Post{From: "early", Key: "early", Text: "hello"}).Conversation // taken over before it could answer
	do(t, d, early, desk.TakeOver{})
	d.Work()
	fresh := ask("fresh", "open?") // 0.9: still with the AI agent
	blocked := ask("blocked", "open?")
	_, err := d.Block(d.As(d.Owner), d.Conversation(blocked).Contact)
	d.OK(err)

	from, until := day(d)
	r, err := d.AIReport(d.As(d.Owner), from, until)
	d.OK(err)
	want := desk.AIFigures{
		Handled: 7, Alone: 3, HandedOver: 3, Unanswered: 1, Why: map[desk.HandoverWhy]int{"asked_human": 1, desk.HandoverTaken: 1, "frustrated": 1},
		Answers: 9, Sure: 6, Confidence: 5*0.9 + 0.5,
		RatedAlone: desk.CSAT{Answers: 2, Sum: 8, Satisfied: 1}, RatedHandedOver: desk.CSAT{Answers: 1, Sum: 4, Satisfied: 1},
	}
	near := cmp.Comparer(func(x, y float64) bool { return max(x-y, y-x) < 1e-9 })
	if diff := cmp.Diff(want, r.Total, near); diff != "" {
		t.Errorf("in total (-want +got):\n%s", diff)
	}
	named := want
	named.Agent = "Otto"
	if diff := cmp.Diff([]desk.AIFigures{named}, r.Agents, near); diff != "" {
		t.Errorf("of Otto (-want +got):\n%s", diff)
	}
	if p, _ := want.RatedAlone.Percent(); p != 50 {
		t.Errorf("%d%% of those that it handled alone are satisfied", p)
	}

	// The conversations behind each number, the newest answers first.
	for _, c := range []struct {
		q    app.AIQuestion
		want []desk.ConversationID
	}{
		{app.AIQuestion{}, []desk.ConversationID{fresh, back, left, beside, asked, again, alone}},
		{app.AIQuestion{Agent: "Otto", Which: app.AIHandled}, []desk.ConversationID{fresh, back, left, beside, asked, again, alone}},
		{app.AIQuestion{Agent: "Nobody"}, nil},
		{app.AIQuestion{Which: app.AIAlone}, []desk.ConversationID{left, again, alone}},
		{app.AIQuestion{Which: app.AIHandedOver}, []desk.ConversationID{left, beside, asked}},
		{app.AIQuestion{Which: app.AIHandedOver, Why: "frustrated"}, []desk.ConversationID{left}},
		{app.AIQuestion{Which: app.AIUnanswered}, []desk.ConversationID{left}},
	} {
		c.q.From, c.q.Until = from, until
		found, err := d.AIReported(d.As(d.Owner), c.q, 50)
		d.OK(err)
		var got []desk.ConversationID
		for _, x := range found {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, got, c.want)
		}
	}
	if found, err := d.AIReported(d.As(d.Owner), app.AIQuestion{From: from, Until: until}, 1); err != nil || len(found) != 1 || found[0].ID != fresh {
		t.Errorf("the newest is %v, %v", found, err)
	}

	// Who leads a team reads it, of what they see; nobody else but admins.
	refused := func(a desk.Actor) {
		t.Helper()
		if _, err := d.AIReport(d.As(a), from, until); desk.KindOf(err) != desk.Forbidden {
			t.Errorf("an agent is answered %v", err)
		}
	}
	refused(d.Agent)
	_, err = d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Day", Lead: d.Agent.User, Members: []desk.UserID{d.Agent.User, kai.User}, Inboxes: []desk.InboxID{d.Inbox.ID}})
	d.OK(err)
	refused(kai)
	if r, err = d.AIReport(d.As(d.Agent), from, until); err != nil || r.Total.Handled != 7 {
		t.Errorf("who leads a team reads %+v, %v", r.Total, err)
	}
	far, err := d.CreateInbox(d.As(d.Owner), "Far away", desk.PerContact, app.InboxChange{})
	d.OK(err)
	out := d.Join("Ina Fern", "ina@example.com", desk.RoleAgent, far.ID)
	_, err = d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Far", Lead: out.User, Members: []desk.UserID{out.User}})
	d.OK(err)
	if r, err = d.AIReport(d.As(out), from, until); err != nil || r.Total.Handled != 0 || len(r.Agents) != 0 {
		t.Errorf("of another inbox they read %+v, %v", r, err)
	}
	for _, wrong := range [][2]time.Time{{until, from}, {from, from}, {from.AddDate(-2, 0, 0), until}} {
		if _, err := d.AIReport(d.As(d.Owner), wrong[0], wrong[1]); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}
