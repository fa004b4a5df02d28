package api

import (
	"context"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// BulkSelection is which conversations are meant: these, or all that a question has
// at the moment of the review.
type BulkSelection struct {
	IDs   []desk.ConversationID `json:"conversation_ids,omitempty" maxItems:"10000" doc:"These, in this order"`
	Query *BulkQuery            `json:"query,omitempty" doc:"In place of conversation_ids: all that it has, however many pages that are, up to 50000"`
	Leave []desk.ConversationID `json:"leave,omitempty" maxItems:"1000" doc:"But these"`
	Quiet int                   `json:"quiet_days,omitempty" minimum:"0" maximum:"3650" doc:"Only those in which no message came or went for so many days; 0 is all"`
}

// BulkQuery is a question for conversations, as find takes it.
type BulkQuery struct {
	Text   string       `json:"q,omitempty" maxLength:"4000" doc:"A search, like: from:ada tag:billing is:unread"`
	Filter *filter.Node `json:"filter,omitempty"`
	View   desk.ViewID  `json:"view_id,omitempty" doc:"A saved view"`
	Zone   string       `json:"zone,omitempty" maxLength:"64" doc:"Your time zone; UTC by default"`
}

// Bulk is what you do to many conversations with one decision.
type Bulk struct {
	ID        desk.BulkID     `json:"id"`
	Action    desk.BulkAction `json:"action"`
	Undoes    desk.BulkID     `json:"undoes_id,omitempty" doc:"What it takes back"`
	UndoneBy  desk.BulkID     `json:"undone_by_id,omitempty" doc:"What takes it back"`
	State     store.BulkState `json:"state" enum:"reviewed,running,done,canceled"`
	Total     int64           `json:"total"`
	Todo      int64           `json:"todo" doc:"How many are left to do"`
	Done      int64           `json:"done" doc:"How many were changed; before it is confirmed, none"`
	Same      int64           `json:"same" doc:"How many were so already"`
	Skipped   int64           `json:"skipped" doc:"How many are left as they are; groups say why"`
	Sends     int64           `json:"sends" doc:"How many messages go to customers; those are not taken back"`
	Stopped   string          `json:"stopped,omitempty" doc:"Why it ended before everything was done"`
	CanUndo   bool            `json:"can_undo"`
	Groups    []BulkGroup     `json:"groups" doc:"What became of them, or would become, the most frequent first; not in lists"`
	CreatedAt time.Time       `json:"created_at"`
	StartedAt time.Time       `json:"started_at,omitzero"`
	EndedAt   time.Time       `json:"ended_at,omitzero"`
}

// BulkGroup is conversations of which the same became.
type BulkGroup struct {
	State  store.ItemState `json:"state" enum:"todo,done,same,skipped"`
	Reason string          `json:"reason,omitempty" doc:"Why they are left as they are"`
	Spared bool            `json:"spared,omitempty" doc:"They are left alone since their customer wrote last"`
	Count  int64           `json:"count"`
	Sample []BulkItem      `json:"sample" doc:"The first of them"`
}

// BulkItem is what became of one conversation.
type BulkItem struct {
	Conversation desk.ConversationID `json:"conversation_id"`
	Customer     string              `json:"customer,omitempty" doc:"Absent where you do not see the conversation"`
	Contact      desk.ContactID      `json:"contact_id,omitempty"`
	Subject      string              `json:"subject,omitempty"`
	State        store.ItemState     `json:"state" enum:"todo,done,same,skipped"`
	Reason       string              `json:"reason,omitempty"`
}

// BulkReview is what a bulk action would do. Nothing has changed yet.
type BulkReview struct {
	Bulk
	Token      string              `json:"confirm_token" doc:"Send it to start exactly this: these conversations as they are now, and this action"`
	Until      time.Time           `json:"confirm_until"`
	WithAI     int                 `json:"with_ai" doc:"Of those that change, how many an AI agent stops answering"`
	Unanswered int                 `json:"unanswered" doc:"Of those that end, in how many the customer wrote last"`
	Asks       int                 `json:"asks,omitempty" doc:"Of those that end, how many customers will be asked how satisfied they are"`
	Text       string              `json:"text,omitempty" doc:"The first message as its customer gets it"`
	TextOf     desk.ConversationID `json:"text_of,omitempty"`
}

// BulkPath is the address of a bulk action.
type BulkPath struct {
	InWorkspace
	ID Ref[desk.BulkID] `path:"id"`
}

// bulkSample is how many conversations of a group are named.
const bulkSample = 5

// bulk registers what is done to many conversations.
func (s *server) bulk() {
	const path = "/workspaces/{workspace}/bulk"
	route(s, operation{id: "review-bulk", method: "POST", path: path + "/review", summary: "Try an action on many conversations: what would change, what would not and why", tag: "Bulk", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Selection BulkSelection   `json:"selection"`
				Action    desk.BulkAction `json:"action"`
			}
		}) (*body[BulkReview], error) {
			sel, err := s.selection(in.Body.Selection)
			if err != nil {
				return nil, err
			}
			r, err := s.App.ReviewBulk(ctx, sel, in.Body.Action)
			if err != nil {
				return nil, err
			}
			out := BulkReview{Token: r.Token, Until: r.Until, WithAI: r.WithAI, Unanswered: r.Unanswered, Asks: r.Asks, Text: r.Text, TextOf: r.TextOf}
			out.Bulk, err = s.oneBulk(ctx, r.ID)
			return &body[BulkReview]{out}, err
		})
	route(s, operation{id: "list-bulks", method: "GET", path: path, summary: "What you have done to many conversations at once, newest first", tag: "Bulk", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Cursor string `query:"cursor" maxLength:"40"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
		}) (*body[page[Bulk]], error) {
			var before desk.BulkID
			if err := before.Parse(in.Cursor); err != nil {
				return nil, errCursor
			}
			out := &body[page[Bulk]]{page[Bulk]{Items: []Bulk{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Bulks(before, in.Limit)
				if err != nil {
					return err
				}
				for _, b := range all {
					shown, err := s.bulkOf(tx, b, false)
					if err != nil {
						return err
					}
					out.Body.Items = append(out.Body.Items, shown)
				}
				if len(all) == in.Limit {
					out.Body.NextCursor = all[len(all)-1].ID.String()
				}
				return nil
			})
			return out, err
		})
	route(s, operation{id: "get-bulk", method: "GET", path: path + "/{id}", summary: "How far a bulk action of yours is, and what became of the conversations", tag: "Bulk", need: desk.MayRead},
		func(ctx context.Context, in *BulkPath) (*body[Bulk], error) {
			b, err := s.oneBulk(ctx, in.ID.V)
			return &body[Bulk]{b}, err
		})
	type itemsInput struct {
		BulkPath
		State  store.ItemState `query:"state" enum:"todo,done,same,skipped"`
		Reason string          `query:"reason" maxLength:"1000" doc:"Only those with this reason"`
		Cursor string          `query:"cursor" maxLength:"30"`
		Limit  int             `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	route(s, operation{id: "list-bulk-items", method: "GET", path: path + "/{id}/items", summary: "What became of each conversation of a bulk action of yours", tag: "Bulk", need: desk.MayRead},
		func(ctx context.Context, in *itemsInput) (*body[page[BulkItem]], error) {
			after, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &body[page[BulkItem]]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) {
				if _, err := tx.Bulk(in.ID.V); err != nil {
					return err
				}
				p := store.BulkPage{State: in.State, After: after, Limit: in.Limit}
				if in.Reason != "" {
					p.Reason = &in.Reason
				}
				out.Body, err = bulkItems(tx, in.ID.V, p)
				return err
			})
			return out, err
		})
	route(s, operation{id: "start-bulk", method: "POST", path: path + "/{id}/start", summary: "Do what was reviewed; however often it is sent, it is done once", tag: "Bulk", need: desk.MayAnswer, status: 200},
		func(ctx context.Context, in *struct {
			BulkPath
			Body struct {
				Token string `json:"confirm_token" maxLength:"100"`
			}
		}) (*body[Bulk], error) {
			return s.bulkAfter(ctx, func() (store.Bulk, error) { return s.App.StartBulk(ctx, in.ID.V, in.Body.Token) })
		})
	route(s, operation{id: "cancel-bulk", method: "POST", path: path + "/{id}/cancel", summary: "Stop a bulk action; what is done stays, and can be taken back", tag: "Bulk", need: desk.MayAnswer, status: 200},
		func(ctx context.Context, in *BulkPath) (*body[Bulk], error) {
			return s.bulkAfter(ctx, func() (store.Bulk, error) { return s.App.CancelBulk(ctx, in.ID.V) })
		})
	route(s, operation{id: "undo-bulk", method: "POST", path: path + "/{id}/undo", summary: "Take back what a bulk action did, in each conversation as far as nothing later stands in the way", tag: "Bulk", need: desk.MayAnswer, status: 200},
		func(ctx context.Context, in *BulkPath) (*body[Bulk], error) {
			return s.bulkAfter(ctx, func() (store.Bulk, error) { return s.App.UndoBulk(ctx, in.ID.V) })
		})
	s.bulkFile(path)
}

// selection returns what is meant by a selection.
func (s *server) selection(b BulkSelection) (app.BulkSelection, error) {
	sel := app.BulkSelection{IDs: b.IDs, Leave: b.Leave}
	if b.Quiet > 0 {
		sel.Quiet = s.now().Add(-time.Duration(b.Quiet) * 24 * time.Hour)
	}
	switch q := b.Query; {
	case (q == nil) == (len(b.IDs) == 0):
		return sel, desk.Errorf(desk.Invalid, "Say which conversations you mean: conversation_ids, or query.")
	case slices.Contains(b.IDs, 0):
		return sel, desk.Errorf(desk.Invalid, "One of conversation_ids is empty. Leave it out.")
	case q != nil:
		asked := Asked{Text: q.Text, View: Ref[desk.ViewID]{V: q.View}, Zone: q.Zone}
		if asked.Zone == "" {
			asked.Zone = "UTC"
		}
		if q.Filter != nil {
			text, err := filter.Encode(*q.Filter)
			if err != nil {
				return sel, err
			}
			asked.Filter = string(text)
		}
		sel.Find = func(tx *store.Tx) (store.Find, error) {
			cond, env, _, err := asked.cond(s, tx, store.SortNewest)
			return store.Find{Cond: cond, Sort: store.SortNewest, VIP: env.VIP, Now: env.Now}, err
		}
	}
	return sel, nil
}

// bulkAfter does something to a bulk action and renders it as it is then.
func (s *server) bulkAfter(ctx context.Context, fn func() (store.Bulk, error)) (*body[Bulk], error) {
	b, err := fn()
	if err != nil {
		return nil, err
	}
	out, err := s.oneBulk(ctx, b.ID)
	return &body[Bulk]{out}, err
}

func (s *server) oneBulk(ctx context.Context, id desk.BulkID) (out Bulk, err error) {
	err = s.read(ctx, func(tx *store.Tx) error {
		b, err := tx.Bulk(id)
		if err != nil {
			return err
		}
		out, err = s.bulkOf(tx, b, true)
		return err
	})
	return out, err
}

// bulkOf renders a bulk action, whole with samples of what became of the conversations.
func (s *server) bulkOf(tx *store.Tx, b store.Bulk, whole bool) (Bulk, error) {
	out := Bulk{
		ID: b.ID, Action: b.Action, Undoes: b.Undoes, State: b.State, Total: b.Total, Sends: b.Sends, Stopped: b.Stopped, Groups: []BulkGroup{},
		CreatedAt: b.CreatedAt, StartedAt: b.StartedAt, EndedAt: b.EndedAt,
	}
	groups, err := tx.BulkGroups(b.ID)
	if err != nil {
		return out, err
	}
	for _, g := range groups {
		switch g.State {
		case store.ItemTodo:
			out.Todo += g.Count
		case store.ItemDone:
			out.Done += g.Count
		case store.ItemSame:
			out.Same += g.Count
		case store.ItemSkipped:
			out.Skipped += g.Count
		}
		if !whole {
			continue
		}
		sample, err := bulkItems(tx, b.ID, store.BulkPage{State: g.State, Reason: &g.Reason, After: g.First - 1, Limit: bulkSample})
		if err != nil {
			return out, err
		}
		out.Groups = append(out.Groups, BulkGroup{g.State, g.Reason, g.Reason == desk.Spared, g.Count, sample.Items})
	}
	if out.UndoneBy, err = tx.BulkUndoneBy(b.ID); err != nil {
		return out, err
	}
	ended := b.State == store.BulkDone || b.State == store.BulkCanceled
	out.CanUndo = ended && out.Done > 0 && out.UndoneBy == 0 && b.Undoes == 0 && !b.Action.Export && s.now().Sub(b.StartedAt) < desk.UndoFor
	return out, nil
}

// bulkItems returns a page of what became of the conversations of a bulk action.
func bulkItems(tx *store.Tx, id desk.BulkID, p store.BulkPage) (page[BulkItem], error) {
	out := page[BulkItem]{Items: []BulkItem{}}
	all, err := tx.BulkItems(id, p)
	if err != nil || len(all) == 0 {
		return out, err
	}
	ids := make([]desk.ConversationID, len(all))
	for i, item := range all {
		ids[i] = item.Conversation
	}
	found, err := tx.Conversations(ids)
	if err != nil {
		return out, err
	}
	there := map[desk.ConversationID]desk.Conversation{}
	var people []desk.ContactID
	for _, c := range found {
		there[c.ID], people = c, append(people, c.Contact)
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return out, err
	}
	for _, item := range all {
		shown := BulkItem{Conversation: item.Conversation, State: item.State, Reason: item.Reason}
		if c, ok := there[item.Conversation]; ok {
			contact := contacts[c.Contact]
			shown.Customer, shown.Contact, shown.Subject = contact.Title(), c.Contact, c.Subject
		}
		out.Items = append(out.Items, shown)
	}
	if len(all) == p.Limit {
		out.NextCursor = decimal(all[len(all)-1].Position)
	}
	return out, nil
}
