// Package responder is the contract of an AI agent: what it is shown, and what it
// makes of it. It writes nothing; its answer goes through the one door, under the
// epoch in which it was asked, and is dropped when somebody has taken over since.
package responder

import (
	"context"
	"time"

	"parley/desk"
)

// Question is what an AI agent is asked: to answer the newest message of the
// customer. Messages are oldest first, without notes of the team.
type Question struct {
	Inbox    desk.Inbox
	Contact  desk.Contact
	Messages []desk.Message
	Earlier  []Earlier // the customer's conversations that have ended, newest first (F3-57)
}

// Earlier is what is left of a conversation that has ended.
type Earlier struct {
	Subject string
	Summary string // what was done, as somebody of the team wrote it; or ""
	Ended   time.Time
}

// Answer is what it makes of it: a text for the customer, a flag that a person is
// needed, that the matter seems settled, several of these, or nothing at all.
type Answer struct {
	Text string
	// Confidence is how sure it is of Text, from 0 to 1 (specification 10.3); nil says nothing.
	Confidence *float64
	Flag       desk.Flag
	Close      bool // suggests to the team to close it (F3-44)
}

// Responder answers customers by itself.
type Responder interface {
	// Name is how an inbox chooses it: the setting ai_agent_id.
	Name() string
	// Respond answers. It may take long, and gives up when ctx ends; an error
	// means that it should be asked again.
	Respond(ctx context.Context, q Question) (Answer, error)
}
