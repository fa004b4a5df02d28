package api

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// ContactMerged is what merging two customers did, or taking that back.
type ContactMerged struct {
	Contact       Contact               `json:"contact" doc:"Who stays"`
	Command       desk.CommandID        `json:"command_id" doc:"Send it with unmerge to take it back"`
	Conversations []desk.ConversationID `json:"conversation_ids" doc:"Those that it closed, or opened again"`
	Moved         int                   `json:"moved" doc:"How many conversations are with another customer now"`
	UndoUntil     time.Time             `json:"undo_until,omitzero"`
}

// MergedBefore is a merge of two customers that can be taken back.
type MergedBefore struct {
	Command   desk.CommandID `json:"command_id"`
	Contact   ContactBrief   `json:"contact" doc:"Who was merged into this one"`
	At        time.Time      `json:"at"`
	By        desk.UserID    `json:"by,omitempty"`
	UndoUntil time.Time      `json:"undo_until"`
}

// Twins are who a customer may be as well, and who they turned out to be.
type Twins struct {
	Twins  []Contact      `json:"twins" doc:"Other customers with the same mail address or phone number"`
	Merged []MergedBefore `json:"merged" doc:"Who was merged into this one in the last 30 days, newest first"`
}

// Pair is two customers who may be the same person.
type Pair struct {
	Contact      ContactBrief        `json:"contact" doc:"The one who is known for less long"`
	Twin         ContactBrief        `json:"twin"`
	Same         string              `json:"same" enum:"email,phone" doc:"What both have"`
	Conversation desk.ConversationID `json:"conversation_id" doc:"The newest with either that you see: there they are compared and merged"`
}

// mostTwins is how many of each are shown, and mostPairs how many of all customers.
const (
	mostTwins = 5
	mostPairs = 10
)

// merging registers the merge of customers; path is a contact's.
func (s *server) merging(path string) {
	type ContactPath struct {
		InWorkspace
		ID Ref[desk.ContactID] `path:"id"`
	}
	type Other struct {
		Contact desk.ContactID `json:"contact_id" doc:"The other customer"`
	}
	show := func(ctx context.Context, id desk.ContactID, m app.ContactMerged, undo bool) (*body[ContactMerged], error) {
		out := &body[ContactMerged]{ContactMerged{Command: m.Command, Conversations: append([]desk.ConversationID{}, m.Closed...), Moved: m.Moved}}
		if undo {
			out.Body.UndoUntil = s.now().Add(desk.UndoFor)
		}
		err := s.read(ctx, func(tx *store.Tx) (err error) {
			out.Body.Contact, err = s.contactWith(tx, id)
			return err
		})
		return out, err
	}
	route(s, operation{id: "list-twins", method: "GET", path: path + "/twins", summary: "Customers who may be the same person, and who was merged into this one", tag: "Contacts", need: desk.MayRead},
		func(ctx context.Context, in *ContactPath) (*body[Twins], error) {
			out := &body[Twins]{Twins{Twins: []Contact{}, Merged: []MergedBefore{}}}
			err := s.read(ctx, func(tx *store.Tx) error { return s.twins(tx, in.ID.V, &out.Body) })
			return out, err
		})
	route(s, operation{id: "list-pairs", method: "GET", path: "/workspaces/{workspace}/twins", summary: "Customers who may be the same person, of those who came last", tag: "Contacts", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Pair]], error) {
			out := &body[page[Pair]]{page[Pair]{Items: []Pair{}}}
			err := s.read(ctx, func(tx *store.Tx) error { return pairs(tx, &out.Body) })
			return out, err
		})
	route(s, operation{id: "merge-contact", method: "POST", path: path + "/merge", summary: "Make one customer of two who are the same person", tag: "Contacts", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ContactPath
			Body struct {
				Other
				Take []string `json:"take,omitempty" maxItems:"4" enum:"name,email,phone,language" doc:"Of which fields the other one's value is kept; empty ones are filled"`
			}
		}) (*body[ContactMerged], error) {
			m, err := s.App.MergeContacts(ctx, in.ID.V, in.Body.Contact, in.Body.Take)
			if err != nil {
				return nil, err
			}
			return show(ctx, in.ID.V, m, true)
		})
	route(s, operation{id: "unmerge-contact", method: "POST", path: path + "/unmerge", summary: "Take back a merge of two customers", tag: "Contacts", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ContactPath
			Body struct {
				Command desk.CommandID `json:"command_id" doc:"The command that merged them"`
			}
		}) (*body[ContactMerged], error) {
			m, err := s.App.UnmergeContacts(ctx, in.ID.V, in.Body.Command)
			if err != nil {
				return nil, err
			}
			return show(ctx, in.ID.V, m, false)
		})
	route(s, operation{id: "part-contact", method: "POST", path: path + "/apart", summary: "Say that two customers are different people", tag: "Contacts", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ContactPath
			Body Other
		}) (*struct{}, error) {
			return nil, s.App.Apart(ctx, in.ID.V, in.Body.Contact)
		})
}

func pairs(tx *store.Tx, out *page[Pair]) error {
	all, err := tx.Pairs(mostPairs)
	if err != nil {
		return err
	}
	for _, p := range all {
		row := Pair{Contact: brief(p.Contact), Twin: brief(p.Twin), Same: "phone"}
		if p.Mail {
			row.Same = "email"
		}
		for _, id := range []desk.ContactID{p.Contact.ID, p.Twin.ID} {
			if row.Conversation != 0 {
				break
			}
			newest, err := tx.ContactConversations(id, 1)
			if err != nil {
				return err
			}
			if len(newest) > 0 {
				row.Conversation = newest[0].ID
			}
		}
		if row.Conversation != 0 {
			out.Items = append(out.Items, row)
		}
	}
	return nil
}

func (s *server) twins(tx *store.Tx, id desk.ContactID, out *Twins) error {
	c, err := tx.Contact(id)
	if err != nil {
		return err
	}
	same, err := tx.Twins(c, mostTwins)
	if err != nil {
		return err
	}
	for _, other := range same {
		out.Twins = append(out.Twins, contactOf(other))
	}
	merges, err := tx.ContactMerges(id, mostTwins)
	if err != nil {
		return err
	}
	ids := make([]desk.ContactID, len(merges))
	for i, m := range merges {
		ids[i] = m.Merged
	}
	names, err := tx.Contacts(ids)
	if err != nil {
		return err
	}
	for _, m := range merges {
		if until := m.At.Add(desk.UndoFor); until.After(s.now()) {
			out.Merged = append(out.Merged, MergedBefore{Command: m.ID, Contact: brief(names[m.Merged]), At: m.At, By: m.By, UndoUntil: until})
		}
	}
	return nil
}
