package api

import (
	"context"
	"strconv"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Notification tells one person about one thing.
type Notification struct {
	ID           string              `json:"id"`
	Kind         string              `json:"kind" enum:"assigned,unassigned,team,ended,member_left,reminder,snooze_ended,target,deadline,escalated,update"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Subject      string              `json:"subject,omitempty"`
	Actor        desk.UserID         `json:"actor_id,omitempty"`
	Note         desk.MessageID      `json:"note_id,omitempty"`
	At           time.Time           `json:"at"`
	ReadAt       time.Time           `json:"read_at,omitzero"`
}

func (s *server) notifications(path string) {
	type notificationList struct {
		Items      []Notification `json:"items"`
		NextCursor string         `json:"next_cursor,omitempty" doc:"Send it as cursor for the next page; absent on the last"`
		Unread     int64          `json:"unread" doc:"How many were not seen; at most 1000"`
	}
	route(s, operation{id: "list-notifications", method: "GET", path: path + "/notifications", summary: "What you were told", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Cursor string `query:"cursor"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
		}) (*body[notificationList], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := notificationList{Items: []Notification{}}
			err = s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Notifications(before, in.Limit)
				if err != nil {
					return err
				}
				if out.Items, err = notificationsOf(tx, all); err != nil {
					return err
				}
				if len(all) == in.Limit {
					out.NextCursor = strconv.FormatInt(all[len(all)-1].ID, 10)
				}
				out.Unread, err = tx.UnreadNotifications()
				return err
			})
			return &body[notificationList]{out}, err
		})
	route(s, operation{id: "read-notifications", method: "POST", path: path + "/notifications/read", summary: "Mark notifications as seen", tag: "Workspace", need: desk.MayRead, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				UpTo string `json:"up_to" doc:"The newest one seen" minLength:"1"`
			}
		}) (*struct{}, error) {
			upTo, err := number(in.Body.UpTo)
			if err != nil {
				return nil, err
			}
			if app.ActorFrom(ctx).User == 0 {
				return nil, nil
			}
			return nil, s.App.ReadNotifications(ctx, upTo)
		})
}

func notificationsOf(tx *store.Tx, all []store.Notification) ([]Notification, error) {
	ids := make([]desk.ConversationID, len(all))
	for i, n := range all {
		ids[i] = n.Conversation
	}
	subjects := map[desk.ConversationID]string{}
	found, err := tx.Conversations(ids)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		subjects[c.ID] = c.Subject
	}
	out := make([]Notification, 0, len(all))
	for _, n := range all {
		out = append(out, Notification{strconv.FormatInt(n.ID, 10), n.Kind, n.Conversation, subjects[n.Conversation], n.Actor, n.Note, n.At, n.ReadAt})
	}
	return out, nil
}

// number reads a cursor that is a number; "" is 0.
func number(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, errCursor
	}
	return n, nil
}
