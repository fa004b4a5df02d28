package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/desk"
	"parley/store"
)

// Related is another conversation that may be about the same matter.
type Related struct {
	Conversation Conversation `json:"conversation"`
	Reasons      []string     `json:"reasons" enum:"same_customer,same_address,similar_subject,same_time" doc:"What the two have in common"`
	Likely       bool         `json:"likely" doc:"Worth a look: they may be duplicates"`
	Mergeable    bool         `json:"mergeable" doc:"It can become part of this one"`
	Obstacle     string       `json:"obstacle,omitempty" doc:"Why it cannot, in one sentence"`
}

// relatedLimit is how many conversations are offered at once.
const relatedLimit = 30

// joining registers what merging looks for.
func (s *server) joining(path string) {
	route(s, operation{id: "list-related", method: "GET", path: path + "/conversations/{id}/related", summary: "Conversations that could be merged into this one, likely duplicates first", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Query  string `query:"q" maxLength:"200" doc:"Words in the subject or in the last message"`
			Likely bool   `query:"likely" doc:"Only likely duplicates"`
		}) (*body[page[Related]], error) {
			out := page[Related]{Items: []Related{}}
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				out.Items, err = s.related(tx, in.ID.V, in.Query, in.Likely)
				return err
			})
			return &body[page[Related]]{out}, err
		})
}

// related returns conversations with the same customer, and likely duplicates with
// somebody who has the same address.
func (s *server) related(tx *store.Tx, id desk.ConversationID, query string, likely bool) ([]Related, error) {
	out := []Related{}
	c, err := tx.Conversation(id)
	if err != nil || c.MergedInto != 0 {
		return out, err
	}
	contact, err := tx.Contact(c.Contact)
	if err != nil {
		return nil, err
	}
	others, err := tx.Namesakes(contact, 5)
	if err != nil {
		return nil, err
	}
	for _, of := range append([]desk.ContactID{c.Contact}, others...) {
		all, err := tx.Mergeable(of, c.ID, strings.Fields(query), relatedLimit)
		if err != nil {
			return nil, err
		}
		shown, err := conversations(tx, all, s.now())
		if err != nil {
			return nil, err
		}
		for i, other := range all {
			r := Related{Conversation: shown[i], Mergeable: true}
			r.Reasons, r.Likely = desk.Likeness(c, other)
			switch {
			case of != c.Contact && !r.Likely || likely && !r.Likely:
				continue
			case of != c.Contact:
				r.Mergeable, r.Obstacle = false, "It is with another customer who has the same address."
			case other.Active() && !c.Active():
				r.Mergeable, r.Obstacle = false, "It goes on, and this one has ended. Open it and merge this one into it."
			}
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Related) int { return rank(b.Likely) - rank(a.Likely) })
	return out, nil
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// strand is one of the conversations whose facts make a timeline.
type strand struct {
	events []desk.Event // newest first
	before int64        // the version of the last one that was taken; 0 takes the newest
	full   bool         // there may be more than was loaded
}

// strands are the facts of a conversation and, of those that have become part of
// it, the ones that brought messages; in the order in which they happened.
type strands struct {
	family []desk.ConversationID // the conversation itself first
	all    []strand
}

// loadStrands loads up to limit facts of each before a cursor ("" for the newest).
func loadStrands(tx *store.Tx, id desk.ConversationID, before string, limit int) (s strands, err error) {
	merged, err := tx.Family(id)
	if err != nil {
		return s, err
	}
	s.family = append([]desk.ConversationID{id}, merged...)
	s.all = make([]strand, len(s.family))
	if before != "" {
		parts := strings.Split(before, ".")
		if len(parts) != len(s.all) {
			return s, errCursor // conversations were merged meanwhile
		}
		for i, p := range parts {
			if s.all[i].before, err = strconv.ParseInt(p, 10, 64); err != nil || s.all[i].before < 0 {
				return s, errCursor
			}
		}
	}
	for i, of := range s.family {
		load := tx.Spoken
		if i == 0 {
			load = tx.Timeline
		}
		if s.all[i].events, err = load(of, s.all[i].before, limit); err != nil {
			return s, err
		}
		s.all[i].full = len(s.all[i].events) == limit
	}
	return s, nil
}

// take returns the newest facts, oldest first, and the cursor of what was before.
func (s strands) take(limit int) (taken []desk.Event, cursor string) {
	for len(taken) < limit {
		newest := -1
		for i, st := range s.all {
			if len(st.events) > 0 && (newest < 0 || st.events[0].Seq > s.all[newest].events[0].Seq) {
				newest = i
			}
		}
		if newest < 0 {
			break
		}
		st := &s.all[newest]
		e := st.events[0]
		st.events, st.before = st.events[1:], e.Version
		if f, moved := e.Fact.(desk.MessageMoved); !moved || !slices.Contains(s.family, f.From) {
			taken = append(taken, e) // one that came from here is where it was written
		}
		if len(st.events) == 0 && st.full {
			break // what comes before may be newer than the others'
		}
	}
	slices.Reverse(taken)
	more := false
	var parts []string
	for _, st := range s.all {
		more = more || len(st.events) > 0 || st.full
		parts = append(parts, strconv.FormatInt(st.before, 10))
	}
	if !more {
		return taken, ""
	}
	return taken, strings.Join(parts, ".")
}

// toldOf returns what a fact that concerns two conversations says to a reader: which
// the other one is, if it may be named, and how many messages went.
func toldOf(f desk.Fact, named bool) any {
	data := struct {
		Other    desk.ConversationID `json:"conversation_id,omitempty"`
		Messages int                 `json:"message_count,omitempty"`
		Back     bool                `json:"back,omitempty"`
	}{}
	if named {
		data.Other = desk.Besides(f)
	}
	switch f := f.(type) {
	case desk.MessageMoved:
		f.From = 0
		return f
	case desk.Rated:
		return ratingTold{f, f.Comment}
	case desk.MergedFrom:
		data.Messages = len(desk.HandedIDs(f.Messages))
	case desk.UnmergedFrom:
		data.Messages = len(desk.HandedIDs(f.Messages))
	case desk.Unmerged:
		data.Messages = len(desk.HandedIDs(f.Messages))
	case desk.SplitTo:
		data.Messages = len(desk.HandedIDs(f.Messages))
	case desk.SplitFrom:
		data.Messages = len(desk.HandedIDs(f.Messages))
	case desk.Promoted:
		data.Back = f.Back
	case desk.Succeeded:
		data.Back = f.Back
	case desk.Welcomed:
		if !named {
			f.Closed = 0
		}
		return f
	case desk.MergedInto:
	default:
		return f
	}
	return data
}
