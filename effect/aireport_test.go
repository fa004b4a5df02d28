package effect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/effect"
	"parley/responder"
	"parley/store"
)

// F3-88: what the report counts by SQL is what the facts of every conversation say,
// looked at one by one: among customers who write, people who take over, give back, take
// that back and that back, end and begin again, ratings, and two names of the AI agent.
func TestAIReportIsWhatTheFactsSay(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(88, seed))
		d := withAI(t, otto{says: func(responder.Question) (responder.Answer, error) {
			a := responder.Answer{Text: "So it is."}
			if r.IntN(3) > 0 {
				sure := float64(r.IntN(10001)) / 1e4
				a.Confidence = &sure
			}
			if r.IntN(4) == 0 {
				a.Flag = []desk.Flag{desk.FlagAskedHuman, desk.FlagComplex, desk.FlagSensitive}[r.IntN(3)]
			}
			return a, nil
		}}, desk.AISettings{AIName: "Otto"})
		d.Effects = append(d.Effects, effect.Survey{App: d.App})
		d.PublicURL = "https://desk.example"
		d.play(r)
		from := d.Clock.Now().Add(-time.Duration(40+r.IntN(20)) * time.Minute)
		for _, until := range []time.Time{d.Clock.Now().Add(time.Hour), from.Add(15 * time.Minute)} {
			got, err := d.AIReport(d.As(d.Owner), from, until)
			d.OK(err)
			var want desk.AIReport
			for _, id := range d.all() {
				if talk := d.talk(id, from, until); talk.By != nil {
					want.Add(talk)
				}
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(x, y float64) bool { return max(x-y, y-x) < 1e-9 })); diff != "" {
				t.Errorf("seed %d, from %s until %s (-facts +report):\n%s", seed, from, until, diff)
			}
			if f := got.Total; f.Handled < 5 || f.HandedOver == 0 || until.After(d.Clock.Now()) && f.RatedHandedOver.Answers == 0 {
				t.Errorf("seed %d: little was done: %+v", seed, f)
			}
		}
	}
}

// play has 25 customers and the team do 220 things in an hour.
func (o office) play(r *rand.Rand) {
	o.T.Helper()
	change := func(s string) {
		o.OK(o.ChangeInbox(o.As(o.Owner), o.Inbox.ID, app.InboxChange{Change: json.RawMessage(s)}))
	}
	change(`{"csat":"on_resolve"}`)
	var last []app.Result
	for i := range 220 {
		o.Clock.Add(time.Duration(r.IntN(36)) * time.Second)
		if i == 110 {
			change(`{"ai_name":"Otta","ai_pause_on_flag":true}`)
		}
		if all := o.all(); r.IntN(3) > 0 && len(all) > 0 {
			id := all[r.IntN(len(all))]
			cmds := []desk.Command{desk.TakeOver{}, desk.HandBack{}, desk.HandBack{Unassign: true}, desk.Assign{Assignee: o.Agent.User}, desk.Reply{Text: "I am here."}, desk.Resolve{}, desk.Resolve{}, desk.Resolve{}, desk.Close{}, desk.Reopen{}}
			cmd := cmds[r.IntN(len(cmds))]
			if c := o.Conversation(id); c.SurveyID != 0 && r.IntN(2) == 0 {
				_ = o.Rate(o.T.Context(), o.Workspace, id, desk.Rate{Survey: c.SurveyID, Score: 1 + r.IntN(5)}) // it may be too late
				continue
			}
			if n := len(last); n > 0 && r.IntN(4) == 0 {
				id, cmd = last[n-1].Conversation.ID, desk.Undo{Command: last[n-1].Command}
			}
			if done, err := o.Do(o.As(o.Agent), id, cmd); err == nil { // much is refused, as it should be
				last = append(last, done)
			}
		} else {
			o.Get(apptest.Post{From: fmt.Sprint("customer", r.IntN(25)), Key: fmt.Sprint(i), Text: "hello"})
		}
		if r.IntN(4) > 0 { // else what is written waits, and may be withheld
			o.Work()
		}
	}
	o.Work()
}

// all is every conversation.
func (o office) all() (ids []desk.ConversationID) {
	o.T.Helper()
	for _, tab := range []store.Tab{store.TabOpen, store.TabPending, store.TabResolved, store.TabClosed} {
		for _, c := range o.List(o.Owner, store.List{View: store.ViewAll, Tab: tab}) {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// talk is what the report should know of a conversation, by its facts.
func (o office) talk(id desk.ConversationID, from, until time.Time) desk.AITalk {
	o.T.Helper()
	events := o.Facts(id)
	by := map[string]*desk.AIAnswers{}
	talk := desk.AITalk{Conversation: id}
	asked, scores := map[desk.MessageID]time.Time{}, map[desk.MessageID]int{}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case desk.MessagePosted:
			m := o.Message(f.Message)
			if f.Author == desk.AuthorUser {
				talk.Answered = true
			}
			if f.Auto == desk.AutoSurvey {
				asked[f.Message] = e.At
			}
			if f.Author != desk.AuthorAI || m.Delivery != desk.DeliverySent || e.At.Before(from) || !e.At.Before(until) {
				continue
			}
			a := by[m.AuthorName]
			if a == nil {
				a = &desk.AIAnswers{Agent: m.AuthorName, First: e.At}
				by[m.AuthorName] = a
			}
			a.Last, a.Count = e.At, a.Count+1
			if f.Confidence != nil {
				a.Sure, a.Confidence = a.Sure+1, a.Confidence+*f.Confidence
			}
		case desk.StatusChanged:
			talk.Ended = f.New == desk.StatusResolved || f.New == desk.StatusClosed
		case desk.Rated:
			scores[f.Survey] = f.Score
		case desk.AITakenOver:
			if f.Restore != nil || undone(events, e.Command) {
				continue
			}
			why := desk.HandoverWhy(f.Was.NeedsHuman)
			switch {
			case why != "":
			case f.How == desk.ByEscalation: // of a low rating
				why = desk.HandoverEscalated
			default:
				why = desk.HandoverTaken // nobody but the agent acts here
			}
			talk.Handovers = append(talk.Handovers, desk.Handover{At: e.At, Why: why})
		}
	}
	for _, name := range []string{"Otta", "Otto"} {
		if by[name] != nil {
			talk.By = append(talk.By, *by[name])
		}
	}
	for survey, score := range scores {
		talk.Ratings = append(talk.Ratings, desk.AIRating{Asked: asked[survey], Score: score})
	}
	return talk
}

// undone reports whether a command was taken back, and that was not.
func undone(events []desk.Event, command desk.CommandID) bool {
	for _, e := range events {
		if u, ok := e.Fact.(desk.Undone); ok && u.Command == command && !undone(events, e.Command) {
			return true
		}
	}
	return false
}
