package effect_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/effect"
	"parley/responder"
)

// otto is an AI agent that a test can stop while it thinks.
type otto struct {
	says  func(q responder.Question) (responder.Answer, error)
	think func()
}

func (otto) Name() string { return "script" }

func (o otto) Respond(_ context.Context, q responder.Question) (responder.Answer, error) {
	if o.think != nil {
		o.think()
	}
	return o.says(q)
}

// withAI returns a desk whose inbox an AI agent answers in.
func withAI(t *testing.T, agent responder.Responder, s desk.AISettings) office {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	s.AIAgent = agent.Name()
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{AISettings: s}}))
	d.Effects = []app.Effect{effect.Deliver{App: d.App}, effect.Answer{App: d.App, Agents: []responder.Responder{agent}}}
	return office{d}
}

// office is a desk with an AI agent.
type office struct{ *apptest.Desk }

// once runs the jobs that are due, without those they cause.
func (o office) once() {
	o.T.Helper()
	_, err := o.WorkNow(o.T.Context())
	o.OK(err)
}

// want compares what went out to customers.
func (o office) want(texts ...string) {
	o.T.Helper()
	if sent := o.Channel.Sent(); !slices.Equal(sent, texts) {
		o.T.Fatalf("sent %q, want %q", sent, texts)
	}
}

// S-10, F3-31: no automatic message leaves after a take-over, whichever way
// somebody takes over and however far the answer has come: 1,000 times at random
// moments of thinking, answering and sending. What did not leave is said on the
// timeline, and the customer waits for an answer.
func TestNoAutomaticMessageLeavesAfterATakeover(t *testing.T) {
	runs := 1000
	if testing.Short() {
		runs = 100
	}
	r := rand.New(rand.NewPCG(10, 4))
	var think atomic.Pointer[func()]
	agent := otto{
		says: func(q responder.Question) (responder.Answer, error) {
			return responder.Answer{Text: "Otto answers " + q.Messages[len(q.Messages)-1].Text}, nil
		},
		think: func() {
			if f := think.Load(); f != nil {
				(*f)()
			}
		},
	}
	d := withAI(t, agent, desk.AISettings{})
	var taken sync.Map // conversation → the take-over has been answered
	var late atomic.Value
	var during atomic.Pointer[func()] // starts a take-over while a message leaves
	d.Channel.OnSend = func(m channel.Outbound) {
		if !strings.HasPrefix(m.Text, "Otto") {
			return
		}
		over := func() bool { _, over := taken.Load(m.Conversation); return over }
		before := over()
		if f := during.Swap(nil); f != nil {
			(*f)()
			yield(2000)
		}
		if before || over() { // whoever has taken over waits for what left before
			late.Store(m.Text)
		}
	}
	ends := map[string]int{}
	for i := range runs {
		id := d.Get(apptest.Post{From: fmt.Sprint("customer", i), Key: fmt.Sprint(i), Text: fmt.Sprint("question ", i)}).Conversation
		how := r.IntN(3)
		over := func() {
			cmd := []desk.Command{desk.TakeOver{}, desk.Assign{Assignee: d.Agent.User}, desk.Reply{Text: "I am here."}}[how]
			if _, err := d.Do(d.As(d.Agent), id, cmd); err != nil {
				t.Errorf("%T: %v", cmd, err)
			}
			taken.Store(id, true)
		}
		think.Store(nil)
		var wg sync.WaitGroup
		switch r.IntN(6) {
		case 0: // while it thinks
			think.Store(&over)
		case 1: // when its answer is written and waits to be sent
			d.once()
			over()
		case 2: // when a first try to send it has failed
			d.Channel.Fail = &channel.SendError{Class: channel.Retry, Reason: "Busy."}
			d.once()
			d.once()
			over()
			d.Clock.Add(time.Hour)
		case 3: // while it leaves
			start := func() { wg.Go(over) }
			during.Store(&start)
		default: // at the same time
			pause := 1 << r.IntN(16)
			wg.Go(func() { yield(pause); over() })
		}
		d.Work()
		wg.Wait()
		d.Work()
		if text := late.Load(); text != nil {
			t.Fatalf("run %d: %q left after somebody had taken over", i, text)
		}
		end, why := ended(d.Desk, id, fmt.Sprint("Otto answers question ", i))
		if why != "" {
			t.Fatalf("run %d: %s", i, why)
		}
		ends[end]++
	}
	for _, end := range []string{"ai_discarded", "withheld", "sent before"} {
		if ends[end] < runs/20 {
			t.Errorf("only %d runs ended %s: %v", ends[end], end, ends)
		}
	}
	t.Log(ends)
}

// yield lets others run, n times.
func yield(n int) {
	for range n {
		runtime.Gosched()
	}
}

// ended says how an answer of the AI agent ended, and what is wrong with that.
func ended(d *apptest.Desk, id desk.ConversationID, text string) (end, why string) {
	c, line := d.Conversation(id), d.Timeline(id)
	sent := slices.Contains(d.Channel.Sent(), text)
	discarded, withheld := slices.Contains(line, "ai_discarded"), slices.Contains(line, "ai_withheld")
	asked := c.LastFromCustomer != 0 && c.AIState == desk.AIPaused && c.AIEpoch == 2
	replied := !c.FirstResponseAt.IsZero()
	switch {
	case !asked:
		return "", fmt.Sprintf("it is not with the team: %+v", c.Handler)
	case (discarded || withheld) && sent:
		return "", fmt.Sprintf("it was sent and dropped: %v", line)
	case !sent && !replied && (c.WaitingOn != desk.WaitingOnAgent || !c.FirstReplyAt.IsZero()):
		return "", fmt.Sprintf("the customer does not wait although nobody answered: %s, %s", c.WaitingOn, c.FirstReplyAt)
	case withheld:
		return "withheld", ""
	case discarded:
		return "ai_discarded", ""
	case sent:
		return "sent before", ""
	}
	return "never begun", ""
}

// The AI agent answers what customers write, and only the newest; not while the
// team has the conversation, and again when it is handed back (F3-34).
func TestAIAnswers(t *testing.T) {
	d := withAI(t, responder.Script{}, desk.AISettings{AIName: "Otto", AIScript: []desk.AILine{
		{When: "Opening hours", Say: "We open at nine."}, {When: "human", Say: "A colleague will answer.", Flag: desk.FlagAskedHuman}, {When: "silence"}, {Say: "Tell me more."},
	}})
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "What are your OPENING hours?"}).Conversation
	d.Work()
	d.want("We open at nine.")
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "and"})
	d.Get(apptest.Post{From: "kim", Key: "3", Text: "so?"})
	d.Work()
	d.want("We open at nine.", "Tell me more.")
	d.Get(apptest.Post{From: "kim", Key: "4", Text: "Give me a human"})
	d.Work()
	d.want("We open at nine.", "Tell me more.", "A colleague will answer.")
	if c := d.Conversation(id); c.NeedsHuman != desk.FlagAskedHuman || c.WaitingOn != desk.WaitingOnAgent || c.AIState != desk.AIActive {
		t.Errorf("flagged: %+v", c)
	}
	_, err := d.Do(d.As(d.Agent), id, desk.TakeOver{})
	d.OK(err)
	d.Get(apptest.Post{From: "kim", Key: "5", Text: "opening hours"})
	d.Work()
	d.want("We open at nine.", "Tell me more.", "A colleague will answer.")
	_, err = d.Do(d.As(d.Agent), id, desk.HandBack{Unassign: true})
	d.OK(err)
	d.Work()
	d.want("We open at nine.", "Tell me more.", "A colleague will answer.", "We open at nine.")
	if c := d.Conversation(id); c.AIState != desk.AIActive || c.Assignee != 0 || c.NeedsHuman != "" || c.WaitingOn != desk.WaitingOnCustomer {
		t.Errorf("handed back: %+v", c)
	}
	d.Get(apptest.Post{From: "kim", Key: "6", Text: "silence"})
	d.Work()
	d.want("We open at nine.", "Tell me more.", "A colleague will answer.", "We open at nine.")
}

// An AI agent that fails is asked again; when it has given up, a person is asked.
func TestAIThatFails(t *testing.T) {
	tries := 0
	d := withAI(t, otto{says: func(responder.Question) (responder.Answer, error) {
		tries++
		return responder.Answer{}, errors.New("no line")
	}}, desk.AISettings{})
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	for range 20 {
		d.Work()
		d.Clock.Add(time.Hour)
	}
	if c := d.Conversation(id); c.NeedsHuman != desk.FlagNotUnderstood || tries != 12 {
		t.Errorf("%q after %d tries", c.NeedsHuman, tries)
	}
}

// F3-88: an AI agent that says nonsense of how sure it is has failed as one that says
// nothing: it is asked again, nothing of it is sent, and then a person is asked.
func TestAIThatIsSurerThanSure(t *testing.T) {
	for _, c := range []float64{1.5, -1, math.NaN()} {
		d := withAI(t, otto{says: func(responder.Question) (responder.Answer, error) {
			return responder.Answer{Text: "Trust me.", Confidence: &c}, nil
		}}, desk.AISettings{})
		id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
		for range 13 {
			d.Work()
			d.Clock.Add(time.Hour)
		}
		d.want()
		if c := d.Conversation(id); c.NeedsHuman != desk.FlagNotUnderstood {
			t.Errorf("it needs %q", c.NeedsHuman)
		}
	}
}

// The customer writes while the conversation is being handed back: both ask for an
// answer, and there is one (S-10).
func TestHandedBackWhileTheyWrite(t *testing.T) {
	d := withAI(t, responder.Script{}, desk.AISettings{AIScript: []desk.AILine{{When: "human", Say: "A colleague will answer.", Flag: desk.FlagAskedHuman}, {Say: "We open at nine."}}})
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "When do you open?"}).Conversation
	d.Work()
	for _, cmd := range []desk.Command{desk.TakeOver{}, desk.HandBack{Unassign: true}} {
		_, err := d.Do(d.As(d.Agent), id, cmd)
		d.OK(err)
	}
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "I want a human"})
	d.Work()
	d.want("We open at nine.", "A colleague will answer.")
	if line := d.Timeline(id); len(line)-len(slices.DeleteFunc(slices.Clone(line), func(kind string) bool { return kind == "ai_flagged" })) != 1 {
		t.Errorf("it was flagged twice: %v", line)
	}
}

// Taken over and handed back before the answer left: it is withheld, and the AI
// agent answers anew. The customer is answered once and not forgotten.
func TestHandedBackBeforeItLeft(t *testing.T) {
	d := withAI(t, responder.Script{}, desk.AISettings{AIScript: []desk.AILine{{Say: "We open at nine."}}})
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "When do you open?"}).Conversation
	d.once() // it has answered, and the answer waits
	for _, cmd := range []desk.Command{desk.TakeOver{}, desk.HandBack{Unassign: true}} {
		_, err := d.Do(d.As(d.Agent), id, cmd)
		d.OK(err)
	}
	d.Work()
	d.want("We open at nine.")
	if line := d.Timeline(id); !slices.Contains(line, "ai_withheld") {
		t.Errorf("nothing was withheld: %v", line)
	}
	if c := d.Conversation(id); c.WaitingOn != desk.WaitingOnCustomer || c.AIState != desk.AIActive {
		t.Errorf("%+v", c)
	}
}
