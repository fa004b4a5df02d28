package desk

import (
	"math"
	"slices"
	"strings"
	"time"
)

// AITalk is what the AI report knows of one conversation in which AI agents answered
// within its time (F3-88).
type AITalk struct {
	Conversation ConversationID
	By           []AIAnswers // of each AI agent
	Ended        bool        // it is resolved or closed now
	Answered     bool        // a person of the team has answered in it, at any time
	Handovers    []Handover  // those that stand, oldest first, whenever they were
	Ratings      []AIRating  // whenever they were asked for
}

// AIAnswers is what one AI agent wrote in a conversation within the time of a report.
type AIAnswers struct {
	Agent       string // what it was called when it wrote
	First, Last time.Time
	Count       int
	Sure        int     // how many of them said how sure they are
	Confidence  float64 // the sum of what those said, each from 0 to 1
}

// AIRating is a customer's answer to how satisfied they are.
type AIRating struct {
	Asked time.Time
	Score int // 1 to 5
}

// HandoverWhy is why a person came instead of the AI agent: one of the flags, where it
// had asked for one, or who came.
type HandoverWhy string

// What is no flag.
const (
	HandoverTaken     HandoverWhy = "taken"     // a person took it, gave it to somebody, or answered
	HandoverRule      HandoverWhy = "rule"      // a rule of the inbox gave it to somebody
	HandoverEscalated HandoverWhy = "escalated" // an escalation, by hand or because a promise was missed
)

// HandoverWhys are all reasons, in the order in which they are told.
var HandoverWhys = []HandoverWhy{
	HandoverWhy(FlagAskedHuman), HandoverWhy(FlagFrustrated), HandoverWhy(FlagNotUnderstood), HandoverWhy(FlagComplex), HandoverWhy(FlagSensitive),
	HandoverTaken, HandoverRule, HandoverEscalated,
}

// Handover is that the team has the conversation from a moment on.
type Handover struct {
	At  time.Time
	Why HandoverWhy
}

// HandoverLine follows who has one conversation by its facts, oldest first.
type HandoverLine struct {
	held []heldFrom // what stands
	back []heldFrom // what was taken back
}

// heldFrom is who has a conversation from a moment on.
type heldFrom struct {
	was   Held // before
	state AIState
	since time.Time
	over  *Handover // that made it so, if one did
}

// Add takes the next fact. What does not say who has the conversation changes nothing.
func (l *HandoverLine) Add(e Event) {
	switch f := e.Fact.(type) {
	case AITakenOver:
		if f.Restore != nil {
			l.restore(*f.Restore)
			return
		}
		l.held = append(l.held, heldFrom{f.Was, AIPaused, e.At, &Handover{At: e.At, Why: f.handover(e.By)}})
	case AIHandedBack:
		if f.Restore != nil {
			l.restore(*f.Restore)
			return
		}
		l.held = append(l.held, heldFrom{f.Was, AIActive, e.At, nil})
	}
}

// restore takes back what came after a state; or, where that is the state of what was
// taken back itself, puts it back.
func (l *HandoverLine) restore(to Held) {
	for i, h := range slices.Backward(l.held) {
		if h.was.State == to.State && h.was.Since.Equal(to.Since.Time) {
			l.held, l.back = slices.Delete(l.held, i, i+1), append(l.back, h)
			return
		}
	}
	for i, h := range slices.Backward(l.back) {
		if h.state == to.State && h.since.Equal(to.Since.Time) {
			l.held, l.back = append(l.held, h), slices.Delete(l.back, i, i+1)
			return
		}
	}
}

// Standing returns the handovers that were not taken back, oldest first.
func (l *HandoverLine) Standing() (all []Handover) {
	for _, h := range l.held {
		if h.over != nil {
			all = append(all, *h.over)
		}
	}
	return all
}

func (f AITakenOver) handover(by Actor) HandoverWhy {
	switch {
	case f.Was.NeedsHuman != FlagNone:
		return HandoverWhy(f.Was.NeedsHuman)
	case f.How == ByEscalation:
		return HandoverEscalated
	case by.Kind == ActorUser:
		return HandoverTaken
	}
	return HandoverRule
}

// AIReport is how AI agents did in some time: by conversations in which they answered
// then, as those stand now.
type AIReport struct {
	Total  AIFigures
	Agents []AIFigures // by name; a conversation counts for each that answered in it
}

// AIFigures are the figures of one AI agent, or of all.
type AIFigures struct {
	Agent      string              // "" of all
	Handled    int                 // conversations in which it answered
	Alone      int                 // of those, ended without an answer of a person (chapter 6, AI-handled)
	HandedOver int                 // of those, in which a person was to go on after it had answered
	Unanswered int                 // both: handed over, and ended before anybody answered
	Why        map[HandoverWhy]int // the first reason of each that was handed over
	Answers    int
	Sure       int     // answers that said how sure they are
	Confidence float64 // the sum of what those said
	// The ratings asked for after it had answered, of conversations that it handled
	// alone and that were not handed over, and of those handed over.
	RatedAlone, RatedHandedOver CSAT
}

// CSAT is answers to how satisfied customers are (chapter 6).
type CSAT struct {
	Answers   int
	Sum       int // of 1 to 5 each
	Satisfied int // 4 and 5
}

// Average returns the mean rating; false where there is none.
func (c CSAT) Average() (float64, bool) {
	return float64(c.Sum) / float64(max(c.Answers, 1)), c.Answers > 0
}

// Percent returns the share of 4 and 5, rounded; false where there is no rating.
func (c CSAT) Percent() (int, bool) {
	return int(math.Round(100 * float64(c.Satisfied) / float64(max(c.Answers, 1)))), c.Answers > 0
}

// AIEnd is how a conversation ended for the AI agents that answered in it.
type AIEnd struct {
	Alone, HandedOver bool
	Why               HandoverWhy // the first reason
}

// Unanswered reports whether it was handed over and ended before anybody answered.
func (e AIEnd) Unanswered() bool { return e.Alone && e.HandedOver }

// End returns how it ended for one AI agent, or with "" for all; false where that one
// did not answer in it.
func (t AITalk) End(agent string) (AIEnd, bool) {
	by, ok := t.by(agent)
	if !ok {
		return AIEnd{}, false
	}
	e := AIEnd{Alone: t.Ended && !t.Answered}
	for _, h := range t.Handovers {
		if !h.At.Before(by.First) {
			e.HandedOver, e.Why = true, h.Why
			break
		}
	}
	return e, true
}

// by returns what one AI agent wrote, or with "" all of them.
func (t AITalk) by(agent string) (all AIAnswers, found bool) {
	for _, a := range t.By {
		if agent != "" && a.Agent != agent {
			continue
		}
		if !found || a.First.Before(all.First) {
			all.First = a.First
		}
		all.Last = latest(all.Last, a.Last)
		all.Count, all.Sure, all.Confidence = all.Count+a.Count, all.Sure+a.Sure, all.Confidence+a.Confidence
		found = true
	}
	return all, found
}

// Last is when an AI agent wrote in it last.
func (t AITalk) Last() time.Time {
	all, _ := t.by("")
	return all.Last
}

// Add counts a conversation.
func (r *AIReport) Add(t AITalk) {
	r.Total.add(t)
	for _, a := range t.By {
		i, found := slices.BinarySearchFunc(r.Agents, a.Agent, func(f AIFigures, name string) int { return strings.Compare(f.Agent, name) })
		if !found {
			r.Agents = slices.Insert(r.Agents, i, AIFigures{Agent: a.Agent})
		}
		r.Agents[i].add(t)
	}
}

func (f *AIFigures) add(t AITalk) {
	by, found := t.by(f.Agent)
	if !found {
		return
	}
	e, _ := t.End(f.Agent)
	f.Handled++
	f.Answers, f.Sure, f.Confidence = f.Answers+by.Count, f.Sure+by.Sure, f.Confidence+by.Confidence
	f.Alone += count(e.Alone)
	f.Unanswered += count(e.Unanswered())
	if e.HandedOver {
		f.HandedOver++
		if f.Why == nil {
			f.Why = map[HandoverWhy]int{}
		}
		f.Why[e.Why]++
	}
	for _, r := range t.Ratings {
		switch {
		case r.Asked.Before(by.First):
		case e.HandedOver:
			f.RatedHandedOver.add(r.Score)
		case e.Alone:
			f.RatedAlone.add(r.Score)
		}
	}
}

func (c *CSAT) add(score int) {
	c.Answers, c.Sum, c.Satisfied = c.Answers+1, c.Sum+score, c.Satisfied+count(score >= 4)
}
