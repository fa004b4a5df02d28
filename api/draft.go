package api

import (
	"context"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// Draft is what you have begun to write.
type Draft struct {
	Text        string              `json:"text"`
	Header      *Letter             `json:"header,omitempty" doc:"To whom a mail is to go, and under which subject, where that was chosen"`
	Files       []desk.AttachmentID `json:"attachment_ids"`
	Revision    int64               `json:"revision" doc:"Send back the one you have; another one means that another window changed the draft"`
	Attachments []Attachment        `json:"attachments" doc:"The files that are still there"`
	SharedWith  []desk.UserID       `json:"shared_with" doc:"Teammates who see it while you write"`
}

// SharedDraft is what a teammate has begun to write and shows you.
type SharedDraft struct {
	Draft
	Owner     desk.UserID `json:"owner_id" doc:"Who writes it: only they can change and send it, until somebody takes it"`
	Mode      string      `json:"mode" enum:"reply,note"`
	UpdatedAt time.Time   `json:"updated_at"`
}

// DraftPath is one of your drafts in a conversation.
type DraftPath struct {
	ConversationPath
	Mode string `path:"mode" enum:"reply,note"`
}

func (s *server) drafts(path string) {
	const tag = "Conversations"
	one := path + "/conversations/{id}/drafts/{mode}"
	route(s, operation{id: "get-draft", method: "GET", path: one, summary: "Your draft", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *DraftPath) (*body[Draft], error) {
			out := &body[Draft]{}
			err := s.read(ctx, func(tx *store.Tx) error {
				if _, err := tx.Conversation(in.ID.V); err != nil {
					return err
				}
				d, err := tx.Draft(in.ID.V, in.Mode)
				if err != nil {
					return err
				}
				with, err := tx.DraftShares(in.ID.V, in.Mode)
				if err != nil {
					return err
				}
				out.Body, err = draftOf(tx, d, with, app.ActorFrom(ctx))
				return err
			})
			return out, err
		})
	route(s, operation{id: "save-draft", method: "PUT", path: one, summary: "Keep your draft", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			DraftPath
			Body struct {
				Text     string              `json:"text" maxLength:"200000"`
				Header   *Letter             `json:"header,omitempty" doc:"To whom a mail is to go, and under which subject"`
				Files    []desk.AttachmentID `json:"attachment_ids,omitempty" maxItems:"20"`
				Revision int64               `json:"revision" minimum:"0"`
			}
		}) (*body[Draft], error) {
			draft := store.Draft{Conversation: in.ID.V, Mode: in.Mode, Text: in.Body.Text, Files: in.Body.Files, Revision: in.Body.Revision}
			if in.Body.Header != nil {
				draft.Header = desk.Header(*in.Body.Header)
			}
			d, err := s.App.SaveDraft(ctx, draft)
			if err != nil {
				return nil, err
			}
			return s.draftSaid(ctx, d, nil)
		})
	route(s, operation{id: "delete-draft", method: "DELETE", path: one, summary: "Drop your draft", tag: tag, need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *struct {
			DraftPath
			Revision int64 `query:"revision" minimum:"0" doc:"Drop it only if it was not changed since"`
		}) (*struct{}, error) {
			seen, err := s.App.DeleteDraft(ctx, in.ID.V, in.Mode, in.Revision)
			if err == nil {
				s.tellDraft(ctx, app.DraftState{Draft: store.Draft{Conversation: in.ID.V, Mode: in.Mode}, Owner: app.ActorFrom(ctx).User}, seen)
			}
			return nil, err
		})
	route(s, operation{id: "share-draft", method: "PUT", path: one + "/shared", summary: "Show your draft to teammates while you write, or to nobody any more", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			DraftPath
			Body struct {
				Users []desk.UserID `json:"user_ids" maxItems:"20"`
			}
		}) (*body[Draft], error) {
			d, before, err := s.App.ShareDraft(ctx, in.ID.V, in.Mode, in.Body.Users)
			if err != nil {
				return nil, err
			}
			return s.draftSaid(ctx, d, before)
		})
	route(s, operation{id: "take-draft", method: "POST", path: one + "/take", summary: "Go on with the draft of a teammate who shows it to you: it is yours then", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			DraftPath
			Body struct {
				Owner desk.UserID `json:"owner_id"`
			}
		}) (*body[Draft], error) {
			d, err := s.App.TakeDraft(ctx, in.ID.V, in.Mode, in.Body.Owner)
			if err != nil {
				return nil, err
			}
			return s.draftSaid(ctx, d, nil)
		})
	route(s, operation{id: "list-shared-drafts", method: "GET", path: path + "/conversations/{id}/shared-drafts", summary: "Drafts of teammates that they show you", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *ConversationPath) (*body[page[SharedDraft]], error) {
			out := &body[page[SharedDraft]]{page[SharedDraft]{Items: []SharedDraft{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				if _, err := tx.Conversation(in.ID.V); err != nil {
					return err
				}
				all, err := tx.SharedDrafts(in.ID.V)
				for _, d := range all {
					with, rerr := tx.DraftReaders(in.ID.V, d.Mode, d.Owner)
					if rerr != nil {
						return rerr
					}
					shown, derr := draftOf(tx, d.Draft, with, desk.Actor{Kind: desk.ActorUser, User: d.Owner})
					if derr != nil {
						return derr
					}
					out.Body.Items = append(out.Body.Items, SharedDraft{Draft: shown, Owner: d.Owner, Mode: d.Mode, UpdatedAt: d.UpdatedAt})
				}
				return err
			})
			return out, err
		})
}

// draftSaid tells everybody who sees a draft, or saw it, that it changed, and returns it.
func (s *server) draftSaid(ctx context.Context, d app.DraftState, before []desk.UserID) (*body[Draft], error) {
	s.tellDraft(ctx, d, before)
	out := &body[Draft]{}
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = draftOf(tx, d.Draft, d.SharedWith, app.ActorFrom(ctx))
		return err
	})
	return out, err
}

func (s *server) tellDraft(ctx context.Context, d app.DraftState, before []desk.UserID) {
	s.Hub.Draft(app.WorkspaceFrom(ctx), slices.Concat([]desk.UserID{d.Owner}, d.SharedWith, before), realtime.DraftFrame{
		Conversation: d.Conversation, Mode: d.Mode, Owner: d.Owner, Revision: d.Revision,
	})
}

// draftOf renders a draft of somebody.
func draftOf(tx *store.Tx, d store.Draft, with []desk.UserID, owner desk.Actor) (Draft, error) {
	out := Draft{Text: d.Text, Files: d.Files, Revision: d.Revision, Attachments: []Attachment{}, SharedWith: with}
	if !d.Header.Empty() {
		header := Letter(d.Header)
		out.Header = &header
	}
	if out.Files == nil {
		out.Files = []desk.AttachmentID{}
	}
	if out.SharedWith == nil {
		out.SharedWith = []desk.UserID{}
	}
	files, err := tx.DraftFiles(d.Files, app.Uploader(owner))
	for _, f := range files {
		out.Attachments = append(out.Attachments, attachment("/api/v1/workspaces/"+tx.Scope().Workspace.String(), f))
	}
	return out, err
}
