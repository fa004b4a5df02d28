package api

import (
	"context"
	"strconv"
	"time"

	"parley/desk"
	"parley/store"
)

// Notification tells one person about one thing.
type Notification struct {
	ID           string              `json:"id"`
	Kind         desk.NewsKind       `json:"kind" enum:"assigned,unassigned,customer_replied,mention,new_conversation,team,ended,member_left,mailbox,reminder,target,deadline,escalated,low_rating,update,snooze_ended,digest,follow_up,draft,undelivered,scheduled_held,answer_held"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Subject      string              `json:"subject,omitempty"`
	Actor        desk.UserID         `json:"actor_id,omitempty"`
	Note         desk.MessageID      `json:"note_id,omitempty"`
	At           time.Time           `json:"at"`
	ReadAt       time.Time           `json:"read_at,omitzero"`
	Forms        []desk.Form         `json:"forms" doc:"How you were told: app, desktop, push or mail"`
	Count        int64               `json:"count,omitempty" doc:"Of how many conversations together, in place of conversation_id"`
	Reason       string              `json:"reason,omitempty" doc:"Of answer_held: why it was not sent, and what became of it"`
}

// Decision is how somebody was told of something in a conversation, or why not.
type Decision struct {
	User   desk.UserID   `json:"user_id"`
	Kind   desk.NewsKind `json:"kind"`
	At     time.Time     `json:"at"`
	Cause  string        `json:"cause_event_id" doc:"The event that it is about"`
	State  string        `json:"state" enum:"told,held,suppressed"`
	Reason string        `json:"reason,omitempty" doc:"Why they were not told: switched_off, signed_out, no_member, assigned, untracked, over, seen, nothing or no_sender"`
	Forms  []desk.Form   `json:"forms"`
	DueAt  time.Time     `json:"due_at,omitzero" doc:"When what is held for their working hours is due"`
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
				UpTo string `json:"up_to,omitempty" doc:"The newest one seen: it and all before it"`
				ID   string `json:"id,omitempty" doc:"Only this one"`
			}
		}) (*struct{}, error) {
			upTo, err := number(in.Body.UpTo)
			if err != nil {
				return nil, err
			}
			one, err := number(in.Body.ID)
			switch {
			case err != nil:
				return nil, err
			case (upTo == 0) == (one == 0):
				return nil, desk.Errorf(desk.Invalid, "Say which notifications you have seen: up_to, or id.")
			case one != 0:
				return nil, s.App.ReadNotification(ctx, one)
			}
			return nil, s.App.ReadNotifications(ctx, upTo)
		})
	s.decisions(path)
	s.preferences(path)
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
		out = append(out, Notification{strconv.FormatInt(n.ID, 10), n.Kind, n.Conversation, subjects[n.Conversation], n.Actor, n.Note, n.At, n.ReadAt, forms(n.Forms), many(n), n.Reason})
	}
	return out, nil
}

// many is of how many conversations a notification is that names none.
func many(n store.Notification) int64 {
	if n.Conversation != 0 || n.Kind != desk.NewsAssigned && n.Kind != desk.NewsUnassigned && n.Kind != desk.NewsTeam {
		return 0
	}
	return n.Amount
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

func forms(all []desk.Form) []desk.Form {
	if all == nil {
		return []desk.Form{}
	}
	return all
}

// decisions registers who was told of what happened in a conversation.
func (s *server) decisions(path string) {
	route(s, operation{id: "list-decisions", method: "GET", path: path + "/conversations/{id}/notifications", summary: "Who was told of what happened here, who was not, and why", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Cursor string `query:"cursor" maxLength:"30"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
		}) (*body[page[Decision]], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &body[page[Decision]]{page[Decision]{Items: []Decision{}}}
			err = s.read(ctx, func(tx *store.Tx) error {
				if _, err := tx.Conversation(in.ID.V); err != nil {
					return err
				}
				all, err := tx.Decisions(in.ID.V, before, in.Limit)
				for _, n := range all {
					out.Body.Items = append(out.Body.Items, Decision{n.User, n.Kind, n.At, strconv.FormatInt(n.Cause, 10), n.State, n.Reason, forms(n.Forms), n.DueAt})
				}
				if len(all) == in.Limit {
					out.Body.NextCursor = strconv.FormatInt(all[len(all)-1].ID, 10)
				}
				return err
			})
			return out, err
		})
}

// OwnPreferences are how you want to be told, and what is usual.
type OwnPreferences struct {
	Chosen   desk.Preferences              `json:"chosen" doc:"What you have chosen; send it back, changed, to save it"`
	Usual    map[desk.NewsKind][]desk.Form `json:"usual" doc:"The forms of each kind as they are now: chosen, or usual"`
	Working  desk.Hours                    `json:"working" doc:"The working hours that count now: chosen, or usual"`
	DigestAt time.Time                     `json:"digest_at,omitzero" doc:"When the next digest is due"`
}

// preferences registers how the caller wants to be told.
func (s *server) preferences(path string) {
	show := func(ctx context.Context) (*body[OwnPreferences], error) {
		out := &body[OwnPreferences]{}
		err := s.read(ctx, func(tx *store.Tx) error {
			user := tx.Scope().User
			chosen, err := tx.Preferences([]desk.UserID{user})
			p := chosen[user]
			out.Body = OwnPreferences{p.Settings, map[desk.NewsKind][]desk.Form{}, p.Settings.WorkingHours(), p.DigestAt}
			for _, k := range desk.NewsKinds {
				out.Body.Usual[k] = forms(p.Settings.FormsOf(k))
			}
			return err
		})
		return out, err
	}
	route(s, operation{id: "get-preferences", method: "GET", path: path + "/preferences", summary: "How you want to be told of things", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[OwnPreferences], error) { return show(ctx) })
	route(s, operation{id: "save-preferences", method: "PUT", path: path + "/preferences", summary: "Say how you want to be told of things", tag: "Workspace", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body desk.Preferences
		}) (*body[OwnPreferences], error) {
			if err := s.App.SavePreferences(ctx, in.Body); err != nil {
				return nil, err
			}
			return show(ctx)
		})
}
