package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// told is a batch of facts, rendered once for every screen of the workspace.
type told struct {
	order     []*toldConversation
	newcomers map[string]desk.ContactID // who began a conversation, by how their channel knows them
	settings  bool
	contacts  []desk.ContactID // customers of whom something is news
}

// newcomer is a key of told.newcomers.
func newcomer(kind, scope, id string) string { return kind + "\n" + scope + "\n" + id }

// toldConversation is the state of a conversation after a batch and the facts of
// it, encoded; what differs between readers is whether they have read it.
type toldConversation struct {
	id       desk.ConversationID
	kept     desk.Keeping   // who has it now
	had      []desk.Keeping // who had it before, as far as the batch says
	contact  desk.ContactID
	last     desk.MessageID // the customer's last message
	marks    map[desk.UserID]desk.MessageID
	shared   bool                 // it has facts for everybody
	personal map[desk.UserID]bool // who has facts of their own
	begun    bool
	seen     rendering // for those who see it
	called   rendering // for those who only read it, if there are any
}

// rendering is a conversation and what happened to it as JSON members: read, unread.
type rendering struct {
	whole [2][]byte
	bare  [2][]byte // without items, for personal facts
}

// render looks up what the facts of a batch are about and encodes it.
func (s *server) render(ctx context.Context, b *realtime.Batch) (*told, error) {
	t := &told{newcomers: map[string]desk.ContactID{}}
	facts := map[desk.ConversationID][]desk.Event{}
	byID := map[desk.ConversationID]*toldConversation{}
	var ids []desk.ConversationID
	for _, e := range b.Events {
		t.hear(e.Fact)
		if e.Conversation == 0 {
			continue
		}
		if _, ok := e.Fact.(desk.Notified); ok {
			continue
		}
		c := byID[e.Conversation]
		if c == nil {
			c = &toldConversation{id: e.Conversation, marks: map[desk.UserID]desk.MessageID{}, personal: map[desk.UserID]bool{}}
			byID[c.id], ids = c, append(ids, c.id)
		}
		if reader := desk.Reader(e.Fact); reader != 0 {
			c.personal[reader] = true
			continue
		}
		if _, ok := e.Fact.(desk.Opened); ok {
			c.begun = true
		}
		c.shared = true
		c.hadBy(e.Fact)
		facts[c.id] = append(facts[c.id], e.Event)
	}
	if len(ids) == 0 {
		return t, nil
	}
	err := s.db.Read(ctx, store.Scope{Workspace: b.Workspace}, func(tx *store.Tx) error {
		found, err := tx.Conversations(ids)
		if err != nil {
			return err
		}
		rendered, err := conversations(tx, found, s.now())
		if err != nil {
			return err
		}
		marks, err := tx.EveryMark(ids)
		if err != nil {
			return err
		}
		for _, m := range marks {
			byID[m.Conversation].marks[m.User] = m.Message
		}
		readers, err := tx.MentionReaders(ids)
		if err != nil {
			return err
		}
		for i := range rendered {
			c := byID[rendered[i].ID]
			c.kept, c.contact, c.last = found[i].Keeping(), found[i].Contact, found[i].LastFromCustomer
			c.kept.Readers = readers[c.id]
			list, err := items(tx, facts[c.id])
			if err != nil {
				return err
			}
			if err := c.encode(rendered[i], list); err != nil {
				return err
			}
			t.order = append(t.order, c)
			if !c.begun {
				continue
			}
			known, err := tx.Identities(c.contact)
			if err != nil {
				return err
			}
			for _, i := range known {
				t.newcomers[newcomer(i.Kind, i.Scope, i.ID)] = c.contact
			}
		}
		return nil
	})
	return t, err
}

// hear keeps what a fact says that is about no conversation.
func (t *told) hear(f desk.Fact) {
	var who desk.ContactID
	switch f := f.(type) {
	case desk.ContactChanged:
		who = f.Contact
	case desk.SettingsChanged:
		if f.Subject != "contact" || who.Parse(f.ID) != nil {
			t.settings = true
			return
		}
	default:
		return
	}
	if !slices.Contains(t.contacts, who) {
		t.contacts = append(t.contacts, who)
	}
}

func (c *toldConversation) encode(v Conversation, list []TimelineItem) error {
	itemsJSON, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := c.seen.encode(v, itemsJSON); err != nil || len(c.kept.Readers) == 0 {
		return err
	}
	// What else this customer has said is not theirs to know of.
	v.ReadOnly, v.Previous, v.MergedInto = true, 0, 0
	return c.called.encode(v, itemsJSON)
}

func (r *rendering) encode(v Conversation, items []byte) error {
	for i := range 2 {
		v.Unread = i == 1
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		head := append([]byte(`,"conversation":`), b...)
		r.bare[i] = append(slices.Clone(head), `,"items":[]}`...)
		r.whole[i] = append(append(append(head, `,"items":`...), items...), '}')
	}
	return nil
}

// hadBy adds who had it before a fact, for those who see only what concerns them.
func (c *toldConversation) hadBy(f desk.Fact) {
	switch f := f.(type) {
	case desk.Assigned:
		c.had = append(c.had, desk.Keeping{Assignee: f.Old})
	case desk.Unassigned:
		c.had = append(c.had, desk.Keeping{Assignee: f.Old})
	case desk.Transferred:
		c.had = append(c.had, desk.Keeping{Team: f.Old})
	case desk.Unfollowed:
		c.had = append(c.had, desk.Keeping{Followers: []desk.UserID{f.User}})
	}
}

// saw reports whether a reader saw it before the batch and does not any more.
func (c *toldConversation) saw(by desk.Actor) bool {
	return slices.ContainsFunc(c.had, func(k desk.Keeping) bool {
		k.Inbox = c.kept.Inbox
		return by.SeesKept(k)
	})
}

// frame is the kind and the rest of a frame for one reader, or nil if they are
// not concerned.
func (c *toldConversation) frame(by desk.Actor) (string, []byte) {
	switch {
	case by.Reads(c.kept) && (c.shared || c.personal[by.User]):
		return "change", c.change(by)
	case !by.Reads(c.kept) && c.saw(by):
		return "gone", []byte(`,"conversation_id":"` + c.id.String() + `","items":[]}`)
	}
	return "", nil
}

func (c *toldConversation) change(by desk.Actor) []byte {
	unread := 0
	if c.last > c.marks[by.User] {
		unread = 1
	}
	as := &c.seen
	if !by.SeesKept(c.kept) {
		as = &c.called
	}
	if c.shared {
		return as.whole[unread]
	}
	return as.bare[unread]
}

// of returns what a batch means, looked up by whichever screen asks first.
func (s *server) of(ctx context.Context, b *realtime.Batch) (*told, error) {
	return realtime.Shared(b, func() (*told, error) { return s.render(context.WithoutCancel(ctx), b) })
}

// tell sends one screen what a batch means to it: one frame per conversation
// that they may see, with its state now, and signs for customers, settings and
// notifications. Only the last frame moves the screen's cursor: one that is cut
// off between two of them is told all of them again.
func (s *server) tell(ctx context.Context, screen *realtime.Screen, b *realtime.Batch, since string, send func(string, []byte) error) error {
	t, err := s.of(ctx, b)
	if err != nil {
		return err
	}
	var frames [][]byte
	types := []string{}
	for _, c := range t.order {
		if kind, rest := c.frame(screen.Actor); rest != nil {
			frames, types = append(frames, rest), append(types, kind)
		}
	}
	sign := func(kind string) { frames, types = append(frames, []byte(`,"items":[]}`)), append(types, kind) }
	if len(t.contacts) > 0 { // who does not see them learns nothing by their ids
		ids, err := json.Marshal(t.contacts)
		if err != nil {
			return err
		}
		frames, types = append(frames, fmt.Appendf(nil, `,"contact_ids":%s}`, ids)), append(types, "contacts")
	}
	if t.settings {
		sign("settings")
	}
	if notified(b.Events, screen.Actor.User) {
		sign("notification")
	}
	cursor := since
	for i, rest := range frames {
		if i == len(frames)-1 {
			cursor = b.Events[len(b.Events)-1].Cursor.String()
		}
		head := `{"type":"` + types[i] + `","cursor":"` + cursor + `"`
		if err := send(cursor, append([]byte(head), rest...)); err != nil {
			return err
		}
	}
	return nil
}

func notified(events []store.Tailed, user desk.UserID) bool {
	for _, e := range events {
		if _, ok := e.Fact.(desk.Notified); ok && desk.Reader(e.Fact) == user {
			return true
		}
	}
	return false
}
