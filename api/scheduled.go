package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// ScheduledMessage is a reply that waits for its moment.
type ScheduledMessage struct {
	ID           desk.ScheduledID    `json:"id"`
	Conversation desk.ConversationID `json:"conversation_id"`
	Author       Author              `json:"author"`
	Text         string              `json:"text"`
	Attachments  []Attachment        `json:"attachments"`
	To           []string            `json:"to,omitempty" doc:"Whom the mail goes to; absent is the customer"`
	Cc           []string            `json:"cc,omitempty"`
	Bcc          []string            `json:"bcc,omitempty"`
	Subject      string              `json:"subject,omitempty" doc:"The subject of this mail; absent is that of the conversation"`
	ChannelKind  string              `json:"channel_kind,omitempty" doc:"Of the channel it would go through now"`
	At           time.Time           `json:"at" doc:"When it is sent"`
	Zone         string              `json:"zone,omitempty" doc:"The time zone that the moment was chosen in"`
	UnlessReply  bool                `json:"only_if_no_reply" doc:"It is held when the customer writes before"`
	Then         desk.Next           `json:"then,omitempty" enum:"resolve,pend" doc:"What is done with the conversation once it was sent"`
	State        desk.ScheduledState `json:"state" enum:"waiting,held"`
	Reason       desk.HoldReason     `json:"held_because,omitempty" enum:"closed,replied,blocked,author,channel,merged,missed,refused"`
	Edition      int                 `json:"edition" doc:"Send it back as expected_edition to be told when it was changed meanwhile"`
	CreatedAt    time.Time           `json:"created_at"`
}

// ScheduledRow is a scheduled message in the list of all.
type ScheduledRow struct {
	ScheduledMessage
	In Conversation `json:"conversation"`
}

// scheduling registers messages that are sent later.
func (s *server) scheduling() {
	verb[desk.Schedule](s, "schedule", "Write to the customer at a later moment", desk.MayAnswer)
	verb[desk.EditScheduled](s, "edit-scheduled", "Change a scheduled message, or move it to another moment", desk.MayAnswer)
	verb[desk.CancelScheduled](s, "cancel-scheduled", "Keep a scheduled message from being sent", desk.MayAnswer)
	verb[desk.SendScheduled](s, "send-scheduled", "Send a scheduled message now, also one that is held", desk.MayAnswer)
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "list-scheduled-here", method: "GET", path: path + "/conversations/{id}/scheduled", summary: "What is scheduled in a conversation, the next one first", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *ConversationPath) (*body[page[ScheduledMessage]], error) {
			out := &body[page[ScheduledMessage]]{page[ScheduledMessage]{Items: []ScheduledMessage{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				c, err := tx.Conversation(in.ID.V)
				if err != nil {
					return err
				}
				all, err := tx.ScheduledIn(c.ID)
				if err != nil {
					return err
				}
				out.Body.Items, err = scheduled(tx, all, []desk.Conversation{c})
				return err
			})
			return out, err
		})
	route(s, operation{id: "list-scheduled", method: "GET", path: path + "/scheduled", summary: "What is scheduled in all conversations that you see, the next one first", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Mine   bool   `query:"mine" doc:"Only what you wrote"`
			Cursor string `query:"cursor" maxLength:"60"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*body[page[ScheduledRow]], error) {
			p := store.ScheduledPage{Limit: in.Limit}
			if err := readScheduledCursor(in.Cursor, &p); err != nil {
				return nil, err
			}
			out := &body[page[ScheduledRow]]{page[ScheduledRow]{Items: []ScheduledRow{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				if in.Mine {
					p.Author = tx.Scope().User
				}
				all, err := tx.ScheduledOpen(p)
				if err != nil {
					return err
				}
				if len(all) == in.Limit {
					last := all[len(all)-1]
					out.Body.NextCursor = strconv.FormatInt(last.At.UnixMicro(), 10) + "." + strconv.FormatInt(int64(last.ID), 10)
				}
				out.Body.Items, err = s.scheduledRows(tx, all)
				return err
			})
			return out, err
		})
}

// readScheduledCursor reads where a page begins.
func readScheduledCursor(cursor string, p *store.ScheduledPage) error {
	if cursor == "" {
		return nil
	}
	at, id, _ := strings.Cut(cursor, ".")
	micros, err := number(at)
	if err != nil {
		return err
	}
	after, err := number(id)
	if err != nil || after == 0 {
		return errCursor
	}
	p.At, p.After = time.UnixMicro(micros).UTC(), desk.ScheduledID(after)
	return nil
}

// scheduledRows renders scheduled messages with their conversations.
func (s *server) scheduledRows(tx *store.Tx, all []desk.Scheduled) ([]ScheduledRow, error) {
	out := make([]ScheduledRow, 0, len(all))
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]desk.ConversationID, len(all))
	for i, m := range all {
		ids[i] = m.Conversation
	}
	found, err := tx.Conversations(ids)
	if err != nil {
		return nil, err
	}
	rendered, err := conversations(tx, found, s.now())
	if err != nil {
		return nil, err
	}
	of := map[desk.ConversationID]Conversation{}
	for _, c := range rendered {
		of[c.ID] = c
	}
	messages, err := scheduled(tx, all, found)
	for _, m := range messages {
		out = append(out, ScheduledRow{m, of[m.Conversation]})
	}
	return out, err
}

// scheduled renders scheduled messages of some conversations.
func scheduled(tx *store.Tx, all []desk.Scheduled, in []desk.Conversation) ([]ScheduledMessage, error) {
	out := make([]ScheduledMessage, 0, len(all))
	ks, err := channelKinds(tx)
	if err != nil {
		return nil, err
	}
	members, err := tx.Members()
	if err != nil {
		return nil, err
	}
	names := map[desk.UserID]string{}
	for _, m := range members {
		names[m.User] = m.Name
	}
	last := map[desk.ConversationID]desk.ChannelID{}
	for _, c := range in {
		last[c.ID] = c.LastChannel
	}
	base := "/api/v1/workspaces/" + tx.Scope().Workspace.String()
	for _, m := range all {
		channel := m.Channel
		if channel == 0 {
			channel = last[m.Conversation]
		}
		row := ScheduledMessage{
			ID: m.ID, Conversation: m.Conversation, Author: Author{Kind: desk.AuthorUser, ID: m.User.String(), Name: names[m.User]}, Text: m.Text, Attachments: []Attachment{},
			To: written(m.To), Cc: written(m.Cc), Bcc: written(m.Bcc), Subject: m.Subject, ChannelKind: ks[channel], At: m.At, Zone: m.Zone, UnlessReply: m.UnlessReply, Then: m.Then, State: m.State, Reason: m.Reason,
			Edition: m.Edition, CreatedAt: m.CreatedAt,
		}
		for _, f := range m.Files {
			row.Attachments = append(row.Attachments, attachment(base, f))
		}
		out = append(out, row)
	}
	return out, nil
}
