package api

import (
	"context"

	"parley/desk"
)

// readAgain registers the verb for which a mail is read before anything is decided.
func (s *server) readAgain() {
	route(s, operation{
		id: "read-again-conversation", method: "POST", path: "/workspaces/{workspace}/conversations/{id}/read-again", tag: "Verbs", need: desk.MayAnswer,
		summary: "Read what a mail of it arrived as once more, and show what today's reader makes of it; refused when the original is gone or nothing changes",
	}, func(ctx context.Context, in *struct {
		ConversationPath
		Idempotent
		Body desk.ReadAgain
	}) (*body[Did], error) {
		ctx, err := in.once(ctx, "read-again "+in.ID.V.String(), in.Body)
		if err != nil {
			return nil, err
		}
		r, err := s.App.ReadAgain(ctx, in.ID.V, in.Body.Message)
		if err != nil {
			return nil, err
		}
		return s.did(ctx, r)
	})
}
