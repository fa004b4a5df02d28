package ledger

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// facts replays every conversation.
func (v *verifier) facts(ctx context.Context) (looked int64, err error) {
	var after desk.ConversationID
	for {
		n := 0
		err := v.read(ctx, func(tx *store.Tx) error {
			all, err := tx.ConversationsAfter(after, batch)
			if err != nil || len(all) == 0 {
				return err
			}
			n, after = len(all), all[len(all)-1].ID
			return v.replayAll(tx, all)
		})
		looked += int64(n)
		if err != nil || n < batch {
			return looked, err
		}
	}
}

func (v *verifier) replayAll(tx *store.Tx, all []desk.Conversation) error {
	events, err := tx.Histories(all)
	if err != nil {
		return err
	}
	messages, err := tx.MessageStates(all)
	if err != nil {
		return err
	}
	tags, err := tx.TagRows(all)
	if err != nil {
		return err
	}
	keys, err := tx.QueueKeys(all)
	if err != nil {
		return err
	}
	misjudged, err := tx.Misjudged(all)
	if err != nil {
		return err
	}
	for _, id := range misjudged {
		v.find(id.String(), "It does not say rightly whether its customer was here before.")
	}
	told := map[desk.ConversationID]*story{}
	for _, c := range all {
		if keys[c.ID] != c.QueueKey() {
			v.find(c.ID.String(), "It is not in its place in the line of those who need attention.")
		}
		told[c.ID] = &story{messages: map[desk.MessageID]store.MessageState{}}
	}
	for _, e := range events {
		v.tell(told[e.Conversation], e)
	}
	for _, c := range all {
		v.compare(c, told[c.ID])
	}
	v.compareMessages(told, messages)
	v.compareTags(all, tags)
	return nil
}

// story is what the facts of a conversation say.
type story struct {
	is       desk.Conversation
	messages map[desk.MessageID]store.MessageState
	broken   bool // a fact is missing or cannot be read: the rest says nothing
}

func (v *verifier) tell(s *story, e store.StoredEvent) {
	id := e.Conversation.String()
	if s.broken {
		return
	}
	if want := s.is.Version + 1; e.Version != want {
		v.find(id, fmt.Sprintf("Its facts have a gap: number %d comes after %d.", e.Version, s.is.Version))
		s.broken = true
		return
	}
	fact, err := desk.Facts.Decode(e.Kind, []byte(e.Data))
	if err != nil {
		v.find(id, fmt.Sprintf("Its fact number %d cannot be read: %s.", e.Version, err))
		s.broken = true
		return
	}
	e.Fact = fact
	s.is.Apply(e.Event)
	s.remember(fact)
}

// remember follows what facts say of messages.
func (s *story) remember(fact desk.Fact) {
	change := func(id desk.MessageID, fn func(*store.MessageState)) {
		m := s.messages[id]
		fn(&m)
		s.messages[id] = m
	}
	switch f := fact.(type) {
	case desk.MessagePosted:
		state := desk.DeliveryNone
		if f.Outgoing() {
			state = desk.DeliveryQueued
		}
		change(f.Message, func(m *store.MessageState) { m.Kind, m.Delivery = desk.KindMessage, state })
	case desk.AsidePosted:
		state := desk.DeliveryNone
		if f.Outgoing() {
			state = desk.DeliveryQueued
		}
		change(f.Message, func(m *store.MessageState) { m.Kind, m.Delivery = desk.KindAside, state })
	case desk.NoteAdded:
		change(f.Message, func(m *store.MessageState) { m.Kind = desk.KindNote })
	case desk.NoteRemoved:
		change(f.Message, func(m *store.MessageState) { m.Deleted = true })
	case desk.NoteRestored:
		change(f.Message, func(m *store.MessageState) { m.Deleted = false })
	case desk.AsideRecalled:
		change(f.Message, func(m *store.MessageState) { m.Deleted, m.Delivery = true, desk.DeliveryRecalled })
	case desk.MessageRecalled:
		change(f.Message, func(m *store.MessageState) { m.Deleted, m.Delivery = true, desk.DeliveryRecalled })
	case desk.DeliveryChanged:
		change(f.Message, func(m *store.MessageState) { m.Delivery = f.State })
	case desk.MessageMoved:
		change(f.Message, func(m *store.MessageState) { m.Kind, m.Delivery, m.Deleted = f.Kind, f.Delivery, f.Deleted })
	case desk.MergedFrom:
		s.take(f.Messages)
	case desk.Unmerged:
		s.take(f.Messages)
	case desk.UnmergedFrom:
		s.give(f.Messages)
	case desk.SplitTo:
		s.give(f.Messages)
	case desk.MergedInto:
		clear(s.messages)
	}
}

// take follows messages that came from another conversation, give those that went.
func (s *story) take(groups []desk.Handed) {
	for _, g := range groups {
		for _, id := range g.Messages {
			s.messages[id] = store.MessageState{Kind: g.Kind, Delivery: g.Delivery, Deleted: g.Deleted}
		}
	}
}

func (s *story) give(groups []desk.Handed) {
	for _, id := range desk.HandedIDs(groups) {
		delete(s.messages, id)
	}
}

// compare holds the stored state against the replayed one. Subject and preview
// are text, which facts do not carry.
func (v *verifier) compare(c desk.Conversation, s *story) {
	if s.broken {
		return
	}
	s.is.Subject, s.is.Preview = c.Subject, c.Preview
	if differ := differences(reflect.ValueOf(c), reflect.ValueOf(s.is)); len(differ) > 0 {
		v.find(c.ID.String(), "Its stored state is not what its facts made of it: "+strings.Join(differ, ", ")+".")
	}
}

// differences names the fields in which two values differ.
func differences(a, b reflect.Value) (names []string) {
	for i := range a.NumField() {
		x, y, field := a.Field(i), b.Field(i), a.Type().Field(i)
		if field.Anonymous {
			names = append(names, differences(x, y)...)
			continue
		}
		if !equal(x.Interface(), y.Interface()) {
			names = append(names, field.Name)
		}
	}
	return names
}

func equal(a, b any) bool {
	if at, ok := a.(time.Time); ok {
		return at.Equal(b.(time.Time))
	}
	if v := reflect.ValueOf(a); v.Kind() == reflect.Slice && v.Len() == 0 && reflect.ValueOf(b).Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

func (v *verifier) compareMessages(told map[desk.ConversationID]*story, stored []store.MessageState) {
	for _, m := range stored {
		s := told[m.Conversation]
		said, ok := s.messages[m.ID]
		delete(s.messages, m.ID)
		switch {
		case s.broken:
		case !ok:
			v.find(m.ID.String(), "It is a message that no fact of its conversation posted.")
		case said.Delivery != m.Delivery:
			v.find(m.ID.String(), fmt.Sprintf("Its delivery is %q, and its facts say %q.", m.Delivery, said.Delivery))
		case said.Kind != m.Kind || said.Deleted != m.Deleted:
			v.find(m.ID.String(), "Whether it is a message, a note or taken back is not what its facts say.")
		}
	}
	for id, s := range told {
		for m := range s.messages {
			if !s.broken {
				v.find(m.String(), "It was posted in "+id.String()+", and is not there.")
			}
		}
	}
}

// compareTags holds the lists of tags against the tags of conversations.
func (v *verifier) compareTags(all []desk.Conversation, rows []store.TagRow) {
	byConversation := map[desk.ConversationID][]store.TagRow{}
	for _, r := range rows {
		byConversation[r.Conversation] = append(byConversation[r.Conversation], r)
	}
	for _, c := range all {
		rows, wrong := byConversation[c.ID], false
		for _, r := range rows {
			wrong = wrong || !slices.Contains(c.Tags, r.Tag) || r.Active != c.Active() || !r.At.Equal(c.LastActivityAt)
		}
		if wrong || len(rows) != len(c.Tags) {
			v.find(c.ID.String(), "It is not in the lists of its tags as it should be.")
		}
	}
}
