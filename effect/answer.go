package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/responder"
)

// Answer has the AI agent of an inbox answer its customers, while the team lets
// it (axis D). What it computes is dropped when somebody took over meanwhile.
type Answer struct {
	App    *app.App
	Agents []responder.Responder
}

// answerTime is how long an AI agent may think.
const answerTime = time.Minute

// Name implements app.Effect.
func (Answer) Name() string { return "answer" }

// Lane implements app.Effect.
func (Answer) Lane(e desk.Event) int64 { return int64(e.Conversation) }

// Wants implements app.Effect: a message for the AI agent, a conversation that
// somebody hands back to it, or an answer of its own that never left.
func (Answer) Wants(e desk.Event) bool {
	switch f := e.Fact.(type) {
	case desk.MessagePosted:
		return f.ForAI
	case desk.AsidePosted:
		return f.ForAI // the customer may still wait: what was said aside is not answered
	case desk.AIHandedBack:
		return !f.Implicit && f.Restore == nil
	case desk.AIWithheld:
		return true
	}
	return false
}

// Run implements app.Effect.
func (a Answer) Run(ctx context.Context, e desk.Event, try app.Try) error {
	q, err := a.App.Ask(ctx, e.Conversation)
	if err != nil {
		return err
	}
	c := q.Conversation
	agent := a.agent(q.Inbox)
	if agent == nil || c.AIState != desk.AIActive || c.LastFromCustomer == 0 || c.WaitingOn != desk.WaitingOnAgent {
		return nil
	}
	if f, ok := e.Fact.(desk.MessagePosted); ok && f.Message != c.LastFromCustomer {
		return nil // a later message is there, and it will be answered
	}
	thinking, cancel := context.WithTimeout(ctx, answerTime)
	question := responder.Question{Inbox: q.Inbox, Contact: q.Contact, Messages: q.Messages}
	for _, before := range q.Earlier {
		ended := before.ClosedAt
		if ended.IsZero() {
			ended = before.ResolvedAt
		}
		question.Earlier = append(question.Earlier, responder.Earlier{Subject: before.Subject, Summary: before.ClosingSummary, Ended: ended})
	}
	answer, err := agent.Respond(thinking, question)
	cancel()
	if err == nil {
		err = desk.CheckConfidence(answer.Confidence)
	}
	switch {
	case err != nil && !try.Last:
		return err
	case err != nil: // a customer never waits for a machine that has given up
		a.App.Log.Error("an AI agent gave up", "agent", agent.Name(), "conversation", c.ID.String(), "err", err)
		answer = responder.Answer{Flag: desk.FlagNotUnderstood}
	case answer == responder.Answer{}:
		return nil
	}
	cmd := desk.Answer{Epoch: c.AIEpoch, Answers: c.LastFromCustomer, Text: answer.Text, Confidence: answer.Confidence, Flag: answer.Flag, Close: answer.Close}
	if _, ok := e.Fact.(desk.AIWithheld); ok {
		cmd.Anew = e.Seq
	}
	_, err = a.App.Do(app.ByAI(ctx), c.ID, cmd)
	return err
}

func (a Answer) agent(i desk.Inbox) responder.Responder {
	for _, r := range a.Agents {
		if i.Settings.HasAI() && r.Name() == i.Settings.AIAgent {
			return r
		}
	}
	return nil
}
