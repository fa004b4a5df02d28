package api

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"strings"

	"parley/app"
	"parley/channel"
	apichannel "parley/channel/api"
	"parley/desk"
)

// Accepted says that a message was stored and what became of it.
type Accepted struct {
	Inbound      desk.RawEventID     `json:"inbound_id"`
	State        string              `json:"state" enum:"received,message,duplicate,dead_letter"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Message      desk.MessageID      `json:"message_id,omitempty"`
}

// inbound registers where systems post messages of customers.
func (s *server) inbound() {
	route(s, operation{id: "post-message", method: "POST", path: "/channels/{address}/messages", summary: "Post a customer's message", tag: "API channel", public: true, status: 202, maxBody: 36 << 20},
		func(ctx context.Context, in *struct {
			Address       string `path:"address" maxLength:"40"`
			Authorization string `header:"Authorization" doc:"Bearer and the channel's inbound secret"`
			Key           string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"Your own id of the message: sent again with it, it is one message"`
			Body          apichannel.Post
		}) (*body[Accepted], error) {
			acc, err := s.App.Lookup(ctx, apichannel.Name, in.Address)
			if err != nil {
				return nil, err
			}
			config, err := apichannel.Read(acc.Config)
			if err != nil {
				return nil, err
			}
			given, _ := strings.CutPrefix(in.Authorization, "Bearer ")
			if config.InboundSecret == "" || subtle.ConstantTimeCompare([]byte(given), []byte(config.InboundSecret)) != 1 {
				return nil, desk.Errorf(desk.Unauthenticated, "Send the channel's inbound secret as a bearer token.")
			}
			raw, err := json.Marshal(in.Body)
			if err != nil {
				return nil, err
			}
			got, err := s.App.Receive(ctx, acc, channel.Raw{
				Dedupe: in.Key, ContentType: "application/json", Envelope: map[string]string{"idempotency_key": in.Key}, Body: raw, At: s.now(),
			}, app.Uploads{})
			return &body[Accepted]{Accepted{got.Raw, string(got.State), got.Conversation, got.Message}}, err
		})
}
