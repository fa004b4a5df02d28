package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Contact is a customer.
type Contact struct {
	ContactBrief
	FirstContactedAt time.Time        `json:"first_contacted_at,omitzero"`
	LastContactedAt  time.Time        `json:"last_contacted_at,omitzero"`
	CreatedAt        time.Time        `json:"created_at"`
	Blocked          bool             `json:"blocked"`
	BlockedAt        time.Time        `json:"blocked_at,omitzero"`
	BlockedBy        desk.UserID      `json:"blocked_by,omitempty"`
	TurnedAway       int64            `json:"turned_away,omitempty" doc:"How many messages were not taken in while they were blocked, ever; nothing else is kept of those"`
	TurnedAwayAt     time.Time        `json:"turned_away_at,omitzero" doc:"When the last of those came"`
	KnownName        string           `json:"known_name" doc:"The name as it was given; empty when nobody said one"`
	Language         string           `json:"language,omitempty" doc:"What they speak, like de or pt-br"`
	Zone             string           `json:"time_zone,omitempty" doc:"Where they are, like Europe/Stockholm, as the team says or else their browser; absent when nobody knows"`
	Tags             []desk.TagID     `json:"tag_ids" doc:"Given with one contact, not with lists"`
	Conversations    []Conversation   `json:"conversations,omitempty" doc:"The newest ones"`
	ShowPictures     bool             `json:"show_pictures" doc:"Remote pictures in mails that are provably theirs are fetched and shown without being asked for"`
	UnsubscribedAt   time.Time        `json:"unsubscribed_at,omitzero" doc:"Since when they want no mail that they did not ask for. Given with one contact, not with lists"`
	Bounced          []BouncedAddress `json:"bounced,omitempty" doc:"Their addresses that mail came back from, the newest first. Given with one contact, not with lists"`
	MergedInto       desk.ContactID   `json:"merged_into_id,omitempty" doc:"The same person, where they are known now; go on there"`
}

// contacts registers customers.
func (s *server) contacts() {
	const path = "/workspaces/{workspace}/contacts"
	route(s, operation{id: "list-contacts", method: "GET", path: path, summary: "Customers, newest first", tag: "Contacts", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Query  string `query:"q" maxLength:"100" doc:"Part of a name, phone number or mail address"`
			Cursor string `query:"cursor" maxLength:"30"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*body[page[Contact]], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := page[Contact]{Items: []Contact{}}
			err = s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.FindContacts(strings.ToLower(strings.TrimSpace(in.Query)), desk.ContactID(before), in.Limit)
				for _, c := range all {
					out.Items = append(out.Items, contactOf(c))
				}
				if len(all) == in.Limit {
					out.NextCursor = strconv.FormatInt(int64(all[len(all)-1].ID), 10)
				}
				return err
			})
			return &body[page[Contact]]{out}, err
		})
	s.directory(path)
	s.contactNotes(path + "/{id}/notes")
	s.blocking(path + "/{id}")
	s.merging(path + "/{id}")
	type ContactPath struct {
		InWorkspace
		ID Ref[desk.ContactID] `path:"id"`
	}
	show := func(ctx context.Context, id desk.ContactID) (*body[Contact], error) {
		out := &body[Contact]{}
		err := s.read(ctx, func(tx *store.Tx) (err error) {
			out.Body, err = s.contactWith(tx, id)
			return err
		})
		return out, err
	}
	route(s, operation{id: "get-contact", method: "GET", path: path + "/{id}", summary: "One customer and their conversations", tag: "Contacts", need: desk.MayRead},
		func(ctx context.Context, in *ContactPath) (*body[Contact], error) { return show(ctx, in.ID.V) })
	route(s, operation{id: "change-contact", method: "PATCH", path: path + "/{id}", summary: "Correct what we know of a customer", tag: "Contacts", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ContactPath
			Body struct {
				Name         *string       `json:"name,omitempty" maxLength:"120"`
				Email        *string       `json:"email,omitempty" maxLength:"254"`
				Phone        *string       `json:"phone,omitempty" maxLength:"40"`
				Language     *string       `json:"language,omitempty" maxLength:"35" doc:"What they speak, like de or pt-br; rules can look for somebody who does"`
				Zone         *string       `json:"time_zone,omitempty" maxLength:"64" doc:"Where they are, like Europe/Stockholm"`
				Tags         *[]desk.TagID `json:"tag_ids,omitempty" maxItems:"50"`
				Pictures     *bool         `json:"show_pictures,omitempty" doc:"Whether remote pictures in mails that are provably theirs are fetched and shown without being asked for"`
				Unsubscribed *bool         `json:"unsubscribed,omitempty" doc:"Whether they want no mail that they did not ask for"`
			}
		}) (*body[Contact], error) {
			if err := s.App.ChangeContact(ctx, in.ID.V, app.ContactChange{Name: in.Body.Name, Email: in.Body.Email, Phone: in.Body.Phone, Language: in.Body.Language, Zone: in.Body.Zone, Tags: in.Body.Tags, ShowPictures: in.Body.Pictures, Unsubscribed: in.Body.Unsubscribed}); err != nil {
				return nil, err
			}
			return show(ctx, in.ID.V)
		})
}

// contactWith is a customer with their tags and newest conversations.
func (s *server) contactWith(tx *store.Tx, id desk.ContactID) (out Contact, err error) {
	c, err := tx.Contact(id)
	if err != nil {
		return out, err
	}
	out = contactOf(c)
	tags, err := tx.ContactTags(id)
	if err != nil {
		return out, err
	}
	out.Tags = append(out.Tags, tags...)
	if out.UnsubscribedAt, err = tx.Unsubscribed(id); err != nil {
		return out, err
	}
	bounced, err := app.BouncedOf(tx, c)
	if err != nil {
		return out, err
	}
	for _, b := range bounced {
		out.Bounced = append(out.Bounced, BouncedAddress(b))
	}
	all, err := tx.ContactConversations(id, 20)
	if err != nil {
		return out, err
	}
	out.Conversations, err = conversations(tx, all, s.now())
	return out, err
}

func contactOf(c desk.Contact) Contact {
	return Contact{
		ContactBrief: brief(c), FirstContactedAt: c.FirstContactedAt, LastContactedAt: c.LastContactedAt, CreatedAt: c.CreatedAt, Blocked: c.Blocked,
		BlockedAt: c.BlockedAt, BlockedBy: c.BlockedBy, TurnedAway: c.TurnedAway, TurnedAwayAt: c.TurnedAwayAt,
		KnownName: c.Name, Language: c.Language, Zone: c.Zone, MergedInto: c.MergedInto, ShowPictures: c.ShowPictures, Tags: []desk.TagID{},
	}
}
