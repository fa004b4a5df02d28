package api

import (
	"context"

	"parley/app"
	"parley/channel"
	apichannel "parley/channel/api"
	"parley/desk"
)

// Marked is what became of a customer's conversation.
type Marked struct {
	Conversation desk.ConversationID `json:"conversation_id,omitempty" doc:"The conversation that this opened or closed; absent when it was so already"`
}

// markDone registers where an automation outside, a bot for instance, says that a
// customer's matter is settled or has begun.
func (s *server) markDone() {
	route(s, operation{id: "mark-done", method: "POST", path: "/channels/{address}/done", summary: "Close a customer's conversation, or open one, as an automation", tag: "API channel", public: true, status: 200, before: s.secretFirst},
		func(ctx context.Context, in *struct {
			Address       string `path:"address" maxLength:"40"`
			Authorization string `header:"Authorization" doc:"Bearer and the channel's inbound secret"`
			Body          struct {
				Contact  apichannel.PostContact `json:"contact"`
				Done     bool                   `json:"done" doc:"true closes the customer's conversation, false opens one if none is open"`
				Source   desk.Source            `json:"source,omitempty" enum:"workflow,dialogflow" doc:"What the conversation says opened or closed it; workflow by default"`
				Summary  string                 `json:"summary,omitempty" maxLength:"2000" doc:"What was done, when it is closed"`
				Category desk.CategoryID        `json:"category_id,omitempty" doc:"How it ended"`
			}
		}) (*body[Marked], error) {
			acc, _ := ctx.Value(accountKey{}).(channel.Account)
			from, err := apichannel.Identity(acc, in.Body.Contact)
			if err != nil {
				return nil, desk.Errorf(desk.Invalid, "This customer cannot be taken in: %s.", err.Error())
			}
			b := in.Body
			if b.Source == "" {
				b.Source = desk.SourceWorkflow
			}
			id, err := s.App.MarkDone(ctx, acc, app.MarkDone{From: from, Done: b.Done, Source: b.Source, Summary: b.Summary, Category: b.Category})
			return &body[Marked]{Marked{id}}, err
		})
}
