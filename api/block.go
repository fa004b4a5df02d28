package api

import (
	"context"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Blocked is what blocking or unblocking a customer did.
type Blocked struct {
	Contact       Contact               `json:"contact"`
	Command       desk.CommandID        `json:"command_id,omitempty" doc:"Send it with unblock to take blocking back; absent when nothing was to be done"`
	Conversations []desk.ConversationID `json:"conversation_ids" doc:"Those that it closed, or opened again"`
}

// blocking registers blocking and unblocking; path is a contact's.
func (s *server) blocking(path string) {
	type ContactPath struct {
		InWorkspace
		ID Ref[desk.ContactID] `path:"id"`
	}
	show := func(ctx context.Context, id desk.ContactID, b app.Blocking) (*body[Blocked], error) {
		out := &body[Blocked]{Blocked{Command: b.Command, Conversations: append([]desk.ConversationID{}, b.Changed...)}}
		err := s.read(ctx, func(tx *store.Tx) error {
			c, err := tx.Contact(id)
			out.Body.Contact = contactOf(c)
			return err
		})
		return out, err
	}
	block := operation{id: "block-contact", method: "POST", path: path + "/block", summary: "Take in nothing more from a customer, and close what they have open", tag: "Contacts", need: desk.MayAnswer}
	route(s, block, func(ctx context.Context, in *ContactPath) (*body[Blocked], error) {
		b, err := s.App.Block(ctx, in.ID.V)
		if err != nil {
			return nil, err
		}
		return show(ctx, in.ID.V, b)
	})
	unblock := operation{id: "unblock-contact", method: "POST", path: path + "/unblock", summary: "Let a customer write again", tag: "Contacts", need: desk.MayAnswer}
	route(s, unblock, func(ctx context.Context, in *struct {
		ContactPath
		Body struct {
			Undo desk.CommandID `json:"undo_command_id,omitempty" doc:"The command that blocked them: what it closed is opened again, too"`
		}
	}) (*body[Blocked], error) {
		b, err := s.App.Unblock(ctx, in.ID.V, in.Body.Undo)
		if err != nil {
			return nil, err
		}
		return show(ctx, in.ID.V, b)
	})
}
