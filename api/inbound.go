package api

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/channel"
	apichannel "parley/channel/api"
	"parley/desk"
)

// Accepted says that a message was stored and what became of it.
type Accepted struct {
	Inbound      desk.RawEventID     `json:"inbound_id,omitempty" doc:"Its entry in the ledger; absent when none is kept"`
	State        string              `json:"state" enum:"received,message,duplicate,dead_letter,blocked" doc:"blocked: the customer is blocked, and nothing of it is kept"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Message      desk.MessageID      `json:"message_id,omitempty"`
}

// inbound registers where systems post messages of customers.
func (s *server) inbound() {
	route(s, operation{id: "post-message", method: "POST", path: "/channels/{address}/messages", summary: "Post a customer's message", tag: "API channel", public: true, status: 202, maxBody: 36 << 20, readWithin: uploadWithin, before: s.secretFirst},
		func(ctx context.Context, in *struct {
			Address       string `path:"address" maxLength:"40"`
			Authorization string `header:"Authorization" doc:"Bearer and the channel's inbound secret"`
			Key           string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"Your own id of the message: sent again with it, it is one message"`
			Body          apichannel.Post
		}) (*body[Accepted], error) {
			acc, _ := ctx.Value(accountKey{}).(channel.Account)
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

// CameIn is what became of a customer who came in.
type CameIn struct {
	Conversation desk.ConversationID `json:"conversation_id,omitempty" doc:"The conversation that this opened; absent when it opened none"`
}

// welcome registers where systems say that a customer came in.
func (s *server) welcome() {
	route(s, operation{id: "post-welcome", method: "POST", path: "/channels/{address}/welcome", summary: "Say that a customer came in and has written nothing yet", tag: "API channel", public: true, status: 202, before: s.secretFirst},
		func(ctx context.Context, in *struct {
			Address       string `path:"address" maxLength:"40"`
			Authorization string `header:"Authorization" doc:"Bearer and the channel's inbound secret"`
			Body          struct {
				Contact apichannel.PostContact `json:"contact"`
			}
		}) (*body[CameIn], error) {
			acc, _ := ctx.Value(accountKey{}).(channel.Account)
			from, err := apichannel.Identity(acc, in.Body.Contact)
			if err != nil {
				return nil, desk.Errorf(desk.Invalid, "This customer cannot be taken in: %s.", err.Error())
			}
			id, err := s.App.CameIn(ctx, acc, from)
			return &body[CameIn]{CameIn{id}}, err
		})
}

// accountKey holds the channel whose secret a request has shown.
type accountKey struct{}

// secretFirst refuses a post without the channel's secret before its body, which
// may be large, is read.
func (s *server) secretFirst(ctx huma.Context, next func(huma.Context)) {
	acc, err := s.trusted(ctx.Context(), ctx.Param("address"), ctx.Header("Authorization"))
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	next(huma.WithValue(ctx, accountKey{}, acc))
}

func (s *server) trusted(ctx context.Context, address, authorization string) (channel.Account, error) {
	acc, err := s.App.Lookup(ctx, apichannel.Name, address)
	if err != nil {
		return acc, err
	}
	config, err := apichannel.Read(acc.Config)
	if err != nil {
		return acc, err
	}
	given, _ := strings.CutPrefix(authorization, "Bearer ")
	if config.InboundSecret == "" || subtle.ConstantTimeCompare([]byte(given), []byte(config.InboundSecret)) != 1 {
		s.Log.WarnContext(ctx, "a post with a wrong secret was refused", "channel", acc.ID.String(), "from", remoteFrom(ctx))
		return acc, desk.Errorf(desk.Unauthenticated, "Send the channel's inbound secret as a bearer token.")
	}
	return acc, s.slow(s.Calls, acc.ID.String())
}
