package api

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// Directory is a part of the list of customers from A to Z.
type Directory struct {
	Items    []DirectoryRow `json:"items"`
	Next     string         `json:"next_cursor,omitempty" doc:"Send it as cursor for those behind; absent at the end"`
	Prev     string         `json:"prev_cursor,omitempty" doc:"Send it as before for those in front, of whom there may be none; absent at the beginning"`
	Cut      bool           `json:"cut" doc:"More customers have these words than were looked at: say more of whom you look for"`
	Building bool           `json:"building" doc:"The index of words is being built: with q, older customers are missing yet"`
}

// DirectoryRow is a customer in that list.
type DirectoryRow struct {
	ContactBrief
	KnownName       string       `json:"known_name" doc:"The name as it was given; empty when nobody said one"`
	Letter          string       `json:"letter" doc:"Under which letter they stand, a capital without accent; # for digits and signs, empty for who has no name"`
	LastContactedAt time.Time    `json:"last_contacted_at,omitzero"`
	Tags            []desk.TagID `json:"tag_ids"`
}

// directory registers customers from A to Z (F3-18).
func (s *server) directory(path string) {
	route(s, operation{id: "browse-contacts", method: "GET", path: path + "/directory", tag: "Contacts", need: desk.MayRead,
		summary: "Customers from A to Z, those without a name last, by phone number and then by mail address"},
		func(ctx context.Context, in *struct {
			InWorkspace
			Query   string          `query:"q" maxLength:"100" doc:"Words that are in their name, phone number or mail address, as in a search"`
			Tag     Ref[desk.TagID] `query:"tag_id" doc:"Only who has this tag"`
			From    string          `query:"from" maxLength:"60" doc:"Begin with names from there on, for instance a letter"`
			Unnamed bool            `query:"unnamed" doc:"Begin with those who have no name"`
			Cursor  string          `query:"cursor" maxLength:"1000" doc:"A next_cursor; the same filters have to be sent again"`
			Before  string          `query:"before" maxLength:"1000" doc:"A prev_cursor"`
			Limit   int             `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (*body[Directory], error) {
			d := store.Directory{Words: in.Query, Tag: in.Tag.V, From: in.From, Unnamed: in.Unnamed, Limit: in.Limit}
			var err error
			if d.After, err = directorySpot(in.Cursor); err != nil {
				return nil, err
			}
			if d.Before, err = directorySpot(in.Before); err != nil {
				return nil, err
			}
			out := &body[Directory]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) { out.Body, err = directoryPage(tx, d); return err })
			return out, err
		})
}

// directorySpot reads a cursor; nil for none.
func directorySpot(cursor string) (*store.DirectorySpot, error) {
	if cursor == "" {
		return nil, nil
	}
	spot := &store.DirectorySpot{}
	if err := decodeCursor(cursor, spot); err != nil {
		return nil, err
	}
	if !spot.Valid() {
		return nil, errCursor
	}
	return spot, nil
}

func directoryPage(tx *store.Tx, d store.Directory) (Directory, error) {
	out := Directory{Items: []DirectoryRow{}}
	page, err := tx.Directory(d)
	if err != nil {
		return out, err
	}
	for _, r := range page.Rows {
		out.Items = append(out.Items, DirectoryRow{
			ContactBrief: brief(r.Contact), KnownName: r.Contact.Name, Letter: r.Letter(), LastContactedAt: r.Contact.LastContactedAt, Tags: append([]desk.TagID{}, r.Tags...),
		})
	}
	if page.Next != nil {
		out.Next = encodeCursor(page.Next)
	}
	if page.Prev != nil {
		out.Prev = encodeCursor(page.Prev)
	}
	out.Cut = page.Cut
	if d.Words != "" {
		state, err := tx.SearchState()
		if err != nil {
			return out, err
		}
		out.Building = !state.Built()
	}
	return out, nil
}
