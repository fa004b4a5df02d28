// Package responder is the contract of an AI agent: what it is shown, and what it
// makes of it. It writes nothing; its answer goes through the one door, under the
// epoch in which it was asked, and is dropped when somebody has taken over since.
package responder

import (
	"context"

	"parley/desk"
)

// Question is what an AI agent is asked: to answer the newest message of the
// customer. Messages are oldest first, without notes of the team.
type Question struct {
	Inbox    desk.Inbox
	Contact  desk.Contact
	Messages []desk.Message
}

// Answer is what it makes of it: a text for the customer, a flag that a person is
// needed, both, or nothing at all.
type Answer struct {
	Text string
	Flag desk.Flag
}

// Responder answers customers by itself.
type Responder interface {
	// Name is how an inbox chooses it: the setting ai_agent_id.
	Name() string
	// Respond answers. It may take long, and gives up when ctx ends; an error
	// means that it should be asked again.
	Respond(ctx context.Context, q Question) (Answer, error)
}
