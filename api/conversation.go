package api

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"parley/app"
	"parley/desk"
	"parley/store"
)

type ConversationPath struct {
	InWorkspace
	ID Ref[desk.ConversationID] `path:"id"`
}

// Counts says how many conversations each list has. Those of resolved, closed
// and archived ones stop at 1000, which means 1000 or more.
type Counts struct {
	Views  map[store.View]int               `json:"views" doc:"Active conversations of each view"`
	Tabs   map[store.View]map[store.Tab]int `json:"tabs"`
	Unread map[store.View]int               `json:"unread" doc:"Active conversations with something you have not read"`
}

// Timeline is a stretch of a conversation, oldest first.
type Timeline struct {
	Items      []TimelineItem `json:"items"`
	PrevCursor string         `json:"prev_cursor,omitempty" doc:"Send it as before for what came earlier"`
	Pinned     []*Message     `json:"pinned,omitempty" doc:"The notes that are kept on top, newest first; only with the newest facts"`
}

// conversations registers lists, counts, one conversation, its timeline and drafts.
func (s *server) conversations() {
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "list-conversations", method: "GET", path: path + "/conversations", summary: "Conversations, newest activity first; those that need attention in the order in which to answer them", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			View   store.View        `query:"view" enum:"mine,unassigned,all,responding" default:"all" doc:"responding is every conversation of the inboxes whose responder you are"`
			Tab    store.Tab         `query:"tab" enum:"open,needs_attention,responded,pending,resolved,snoozed,overdue,at_risk,closed,archived" default:"open"`
			Inbox  Ref[desk.InboxID] `query:"inbox_id"`
			Unread bool              `query:"unread"`
			Cursor string            `query:"cursor" maxLength:"200"`
			Limit  int               `query:"limit" minimum:"1" maximum:"200" default:"30"`
			Counts bool              `query:"counts" doc:"Also how many conversations each list has (F0-28)"`
		}) (*body[conversationPage], error) {
			l := store.List{View: in.View, Tab: in.Tab, Inbox: in.Inbox.V, Unread: in.Unread, Now: s.now(), Limit: in.Limit + 1}
			if in.Cursor != "" {
				l.Before = &store.Place{}
				if err := decodeCursor(in.Cursor, l.Before); err != nil {
					return nil, err
				}
				if !l.Has(*l.Before) {
					return nil, errCursor
				}
			}
			found, err := s.listed(ctx, l)
			if err != nil {
				return nil, err
			}
			out := &body[conversationPage]{conversationPage{Items: found.Body.Items, NextCursor: found.Body.NextCursor}}
			if in.Counts {
				c, err := s.counts(ctx)
				if err != nil {
					return nil, err
				}
				out.Body.Counts = &c
			}
			return out, nil
		})
	route(s, operation{id: "count-conversations", method: "GET", path: path + "/counts", summary: "How many conversations each list has", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[Counts], error) {
			c, err := s.counts(ctx)
			return &body[Counts]{c}, err
		})
	route(s, operation{id: "start-conversation", method: "POST", path: path + "/conversations", summary: "Write to a customer first", tag: "Conversations", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Idempotent
			Body StartBody
		}) (*body[Did], error) {
			b := in.Body
			ctx, err := in.once(ctx, "start", b)
			if err != nil {
				return nil, err
			}
			r, err := s.App.Start(ctx, b.start())
			if err != nil {
				return nil, err
			}
			return s.did(ctx, r)
		})
	route(s, operation{id: "get-conversation", method: "GET", path: path + "/conversations/{id}", summary: "One conversation", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *ConversationPath) (*body[Conversation], error) {
			out := &body[Conversation]{}
			err := s.read(ctx, func(tx *store.Tx) error {
				c, err := tx.Conversation(in.ID.V)
				if err != nil {
					return err
				}
				out.Body, err = oneConversation(tx, c, s.now())
				return err
			})
			return out, err
		})
	route(s, operation{id: "get-timeline", method: "GET", path: path + "/conversations/{id}/timeline", summary: "What happened, oldest first", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Before string `query:"before" maxLength:"1000"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"60"`
		}) (*body[Timeline], error) {
			out := &body[Timeline]{}
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				out.Body, err = timeline(tx, in.ID.V, in.Before, in.Limit)
				return err
			})
			return out, err
		})
	s.joining(path)
	s.history(path)
	s.drafts(path)
	s.newMails(path)
	s.previews(path)
	s.signatures(path)
	s.bounced(path)
	s.transcripts(path)
}

func timeline(tx *store.Tx, id desk.ConversationID, before string, limit int) (t Timeline, err error) {
	if _, err := tx.Conversation(id); err != nil {
		return t, err
	}
	all, err := loadStrands(tx, id, before, limit+1)
	if err != nil {
		return t, err
	}
	events, cursor := all.take(limit)
	t.PrevCursor = cursor
	if t.Items, err = itemsOf(tx, id, events); err != nil || before != "" {
		return t, err
	}
	t.Pinned, err = notesOf(tx, id, true, 0, 50)
	return t, err
}

// conversationPage is a page of a list, with what a screen shows beside it.
type conversationPage struct {
	Items      []Conversation `json:"items"`
	NextCursor string         `json:"next_cursor,omitempty" doc:"Send it as cursor for the next page; absent on the last"`
	Counts     *Counts        `json:"counts,omitempty"`
}

func (s *server) listed(ctx context.Context, l store.List) (*body[page[Conversation]], error) {
	out := page[Conversation]{}
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if l.View == store.ViewResponding {
			if l.Responds, err = responding(tx); err != nil {
				return err
			}
		}
		all, err := tx.Listed(l)
		if err != nil {
			return err
		}
		if len(all) == l.Limit {
			all = all[:l.Limit-1]
			out.NextCursor = encodeCursor(l.PlaceOf(all[len(all)-1]))
		}
		out.Items, err = conversations(tx, all, l.Now)
		return err
	})
	return &body[page[Conversation]]{out}, err
}

// counts counts every list of the screen, each up to a cap.
func (s *server) counts(ctx context.Context) (Counts, error) {
	n, err := s.Hub.Counts(ctx, app.ScopeFrom(ctx), s.now())
	c := Counts{Views: map[store.View]int{}, Tabs: n.Tabs, Unread: map[store.View]int{store.ViewMine: n.Unread}}
	for _, v := range store.Views {
		c.Views[v] = n.Tabs[v][store.TabOpen]
	}
	return c, err
}

func encodeCursor(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(s string, v any) error {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return errCursor
	}
	return nil
}

var errCursor = desk.Errorf(desk.Invalid, "This cursor cannot be read. Leave it out for the first page.")

// StartBody is what begins a conversation from the team's side.
type StartBody struct {
	Inbox   desk.InboxID   `json:"inbox_id"`
	Channel desk.ChannelID `json:"channel_id,omitempty"`
	Contact struct {
		ID    desk.ContactID `json:"id,omitempty"`
		Email string         `json:"email,omitempty" maxLength:"254"`
		Name  string         `json:"name,omitempty" maxLength:"120"`
	} `json:"contact"`
	desk.Header
	Text      string              `json:"text,omitempty" maxLength:"200000"`
	Files     []desk.AttachmentID `json:"attachment_ids,omitempty" maxItems:"20"`
	Supersede bool                `json:"supersede,omitempty" doc:"Close the resolved conversation with this customer, if there is one"`
	ClientID  string              `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces"`
}

func (b StartBody) start() app.Start {
	return app.Start{
		Inbox: b.Inbox, Channel: b.Channel, Contact: b.Contact.ID, Email: b.Contact.Email, Name: b.Contact.Name, Header: b.Header, Text: b.Text,
		Files: b.Files, ClientID: b.ClientID, Supersede: b.Supersede,
	}
}
