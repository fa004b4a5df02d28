package api

import (
	"context"
	"time"

	"parley/desk"
)

// BouncedAddress is an address that mail to came back from.
type BouncedAddress struct {
	Address string         `json:"address"`
	Hard    bool           `json:"hard" doc:"It takes no mail, as far as is known: nothing automatic is sent to it. Else it may be a full mailbox"`
	Times   int            `json:"times" doc:"How many mails came back"`
	Reason  string         `json:"reason" doc:"Why the newest did, in a sentence"`
	Message desk.MessageID `json:"message_id,omitempty" doc:"The newest that came back, if you see it"`
	At      time.Time      `json:"at"`
}

// bounced registers the addresses that mail came back from.
func (s *server) bounced(path string) {
	const tag = "Conversations"
	route(s, operation{id: "list-bounced-addresses", method: "GET", path: path + "/bounced-addresses", summary: "Which of some addresses mail came back from", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			InWorkspace
			Addresses []string `query:"address" required:"true" maxItems:"100" doc:"Mail addresses, with commas between"`
		}) (*body[page[BouncedAddress]], error) {
			all, err := s.App.Bounced(ctx, in.Addresses)
			out := &body[page[BouncedAddress]]{page[BouncedAddress]{Items: []BouncedAddress{}}}
			for _, b := range all {
				out.Body.Items = append(out.Body.Items, BouncedAddress(b))
			}
			return out, err
		})
	route(s, operation{id: "forget-bounced-address", method: "DELETE", path: path + "/bounced-addresses", summary: "Forget that mail to an address came back: it works again", tag: tag, need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Address string `query:"address" required:"true" minLength:"3" maxLength:"254"`
		}) (*struct{}, error) {
			return nil, s.App.ForgetBounced(ctx, in.Address)
		})
}
