package api

import (
	"context"
	"time"

	"parley/desk"
	"parley/internal/richtext"
	"parley/store"
)

// ContactNote is what the team keeps about a customer.
type ContactNote struct {
	ID        desk.ContactNoteID `json:"id"`
	Text      string             `json:"text" doc:"Markdown"`
	HTML      string             `json:"html,omitempty" doc:"The same as sanitised HTML; absent of long ones"`
	Author    Author             `json:"author"`
	CreatedAt time.Time          `json:"created_at"`
	EditedAt  time.Time          `json:"edited_at,omitzero"`
	RemovedAt time.Time          `json:"removed_at,omitzero"`
}

// contactNotes registers notes about customers; path is a contact's.
func (s *server) contactNotes(path string) {
	type ContactPath struct {
		InWorkspace
		ID Ref[desk.ContactID] `path:"id"`
	}
	route(s, operation{id: "list-contact-notes", method: "GET", path: path, summary: "What the team noted about a customer, newest first", tag: "Contacts", need: desk.MayRead},
		func(ctx context.Context, in *ContactPath) (*body[page[ContactNote]], error) {
			out := &body[page[ContactNote]]{page[ContactNote]{Items: []ContactNote{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				if _, err := tx.Contact(in.ID.V); err != nil {
					return err
				}
				all, err := tx.ContactNotes(in.ID.V)
				if err != nil {
					return err
				}
				for _, n := range all {
					v, err := contactNote(n)
					if err != nil {
						return err
					}
					out.Body.Items = append(out.Body.Items, v.Body)
				}
				return nil
			})
			return out, err
		})
	route(s, operation{id: "add-contact-note", method: "POST", path: path, summary: "Note something about a customer", tag: "Contacts", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			ContactPath
			Body struct {
				Text string `json:"text" maxLength:"200000" doc:"Markdown"`
			}
		}) (*body[ContactNote], error) {
			n, err := s.App.AddContactNote(ctx, in.ID.V, in.Body.Text)
			if err != nil {
				return nil, err
			}
			return contactNote(n)
		})
	route(s, operation{id: "change-contact-note", method: "PATCH", path: path + "/{note}", summary: "Change, remove or put back a note about a customer", tag: "Contacts", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ContactPath
			Note Ref[desk.ContactNoteID] `path:"note"`
			Body struct {
				Text    *string `json:"text,omitempty" maxLength:"200000" doc:"Markdown"`
				Removed *bool   `json:"removed,omitempty" doc:"true removes it, false puts it back"`
			}
		}) (*body[ContactNote], error) {
			n, err := s.App.ChangeContactNote(ctx, in.ID.V, in.Note.V, in.Body.Text, in.Body.Removed)
			if err != nil {
				return nil, err
			}
			return contactNote(n)
		})
}

func contactNote(n store.ContactNote) (*body[ContactNote], error) {
	html, err := richtext.FromNote(n.Text, nil)
	return &body[ContactNote]{ContactNote{
		ID: n.ID, Text: n.Text, HTML: html, Author: Author{Kind: desk.AuthorUser, ID: n.User.String(), Name: n.Author},
		CreatedAt: n.CreatedAt, EditedAt: n.EditedAt, RemovedAt: n.RemovedAt,
	}}, err
}
