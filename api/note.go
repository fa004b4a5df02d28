package api

import (
	"context"
	"strconv"
	"time"

	"parley/desk"
	"parley/internal/richtext"
	"parley/store"
)

// NoteState is what a note has and no other message.
type NoteState struct {
	HTML     string         `json:"html,omitempty" doc:"The note's Markdown as sanitised HTML; absent of long notes, which are shown as they were typed"`
	Mentions []desk.Mention `json:"mentions"`
	Edition  int            `json:"edition" doc:"Which of its texts this is; 1 is the first"`
	Editions int            `json:"editions" doc:"How many texts it has had"`
	EditedAt time.Time      `json:"edited_at,omitzero" doc:"When this text was written; absent of the first"`
	PinnedAt time.Time      `json:"pinned_at,omitzero" doc:"Since when it is kept on top; absent when it is not"`
}

// NoteEdition is one text that a note had.
type NoteEdition struct {
	Edition int         `json:"edition"`
	Text    string      `json:"text"`
	HTML    string      `json:"html,omitempty"`
	Author  desk.UserID `json:"author_id,omitempty"`
	At      time.Time   `json:"at"`
	Current bool        `json:"current" doc:"This is what the note says now"`
}

// renderNotes adds their HTML to those of the messages that are notes.
func renderNotes(tx *store.Tx, messages ...*Message) error {
	var names *callable
	for _, m := range messages {
		if m.Note == nil || m.Text == "" {
			continue
		}
		if len(m.Note.Mentions) > 0 && names == nil {
			var err error
			if names, err = callables(tx); err != nil {
				return err
			}
		}
		html, err := noteHTML(m.Text, m.Note.Mentions, names)
		if err != nil {
			return err
		}
		m.Note.HTML = html
	}
	return nil
}

// callable are the names of whom notes can mention.
type callable struct {
	people map[desk.UserID]string
	teams  map[desk.TeamID]string
}

func callables(tx *store.Tx) (*callable, error) {
	names := &callable{map[desk.UserID]string{}, map[desk.TeamID]string{}}
	members, err := tx.Members()
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		names.people[m.User] = m.Name
	}
	teams, err := tx.Teams()
	for _, t := range teams {
		names.teams[t.ID] = t.Name
	}
	return names, err
}

func noteHTML(text string, mentions []desk.Mention, names *callable) (string, error) {
	var called []string
	for _, m := range mentions {
		switch {
		case m.Inbox != 0:
			called = append(called, desk.Everyone)
		case m.Team != 0:
			called = append(called, names.teams[m.Team])
		default:
			called = append(called, names.people[m.User], desk.FirstName(names.people[m.User]))
		}
	}
	return richtext.FromNote(text, called)
}

// notes registers what notes have beside their verbs.
func (s *server) notes() {
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "list-notes", method: "GET", path: path + "/conversations/{id}/notes", summary: "The notes of a conversation, newest first", tag: "Notes", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Cursor string `query:"cursor" maxLength:"30"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*body[page[*Message]], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &body[page[*Message]]{page[*Message]{Items: []*Message{}}}
			err = s.read(ctx, func(tx *store.Tx) error {
				if _, err := tx.Conversation(in.ID.V); err != nil {
					return err
				}
				if out.Body.Items, err = notesOf(tx, in.ID.V, false, desk.MessageID(before), in.Limit); err != nil {
					return err
				}
				if n := len(out.Body.Items); n == in.Limit {
					out.Body.NextCursor = strconv.FormatInt(int64(out.Body.Items[n-1].ID), 10)
				}
				return nil
			})
			return out, err
		})
	route(s, operation{id: "list-note-editions", method: "GET", path: path + "/conversations/{id}/notes/{message}/editions", summary: "Every text that a note had, oldest first", tag: "Notes", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Message Ref[desk.MessageID] `path:"message"`
		}) (*body[page[NoteEdition]], error) {
			out := &body[page[NoteEdition]]{page[NoteEdition]{Items: []NoteEdition{}}}
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				out.Body.Items, err = editionsOf(tx, in.ID.V, in.Message.V)
				return err
			})
			return out, err
		})
}

// notesOf returns notes of a conversation, rendered.
func notesOf(tx *store.Tx, id desk.ConversationID, pinned bool, before desk.MessageID, limit int) ([]*Message, error) {
	all, err := tx.Notes(id, pinned, before, limit)
	if err != nil {
		return nil, err
	}
	out := make([]*Message, 0, len(all))
	for i := range all {
		m := message(tx.Scope().Workspace, &all[i], nil)
		out = append(out, &m)
	}
	return out, renderNotes(tx, out...)
}

// editionsOf returns every text of a note; of one that was never edited, its only one.
func editionsOf(tx *store.Tx, id desk.ConversationID, note desk.MessageID) ([]NoteEdition, error) {
	m, err := tx.MessageByID(note)
	if err != nil {
		return nil, err
	}
	if m.Conversation != id || m.Kind != desk.KindNote || !m.DeletedAt.IsZero() {
		return nil, desk.Errorf(desk.NotFound, "There is no such note here.")
	}
	all, err := tx.NoteEditions(note)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		all = []store.NoteEdition{{Edition: 1, Text: m.Text, User: m.User, At: m.CreatedAt}}
	}
	out := make([]NoteEdition, 0, len(all))
	for _, e := range all {
		html, err := noteHTML(e.Text, nil, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, NoteEdition{e.Edition, e.Text, html, e.User, e.At, e.Edition == m.Edition})
	}
	return out, nil
}
