package api

import (
	"time"

	"parley/desk"
	"parley/store"
)

// channelKinds returns the kind of each channel that conversations may have used.
func channelKinds(tx *store.Tx) (kinds, error) {
	all, err := tx.EveryChannel()
	ks := make(kinds, len(all))
	for _, ch := range all {
		ks[ch.ID] = ch.Kind
	}
	return ks, err
}

// conversations renders several for the reader of the scope, in their order.
func conversations(tx *store.Tx, all []desk.Conversation, now time.Time) ([]Conversation, error) {
	out := make([]Conversation, 0, len(all))
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]desk.ConversationID, len(all))
	people := make([]desk.ContactID, len(all))
	for i, c := range all {
		ids[i], people[i] = c.ID, c.Contact
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return nil, err
	}
	marks, err := tx.ReadMarks(ids)
	if err != nil {
		return nil, err
	}
	ks, err := channelKinds(tx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		out = append(out, conversation(&all[i], contacts[all[i].Contact], ks, marks[all[i].ID], now))
	}
	return out, nil
}

func oneConversation(tx *store.Tx, c desk.Conversation, now time.Time) (Conversation, error) {
	all, err := conversations(tx, []desk.Conversation{c}, now)
	if err != nil {
		return Conversation{}, err
	}
	return all[0], nil
}

// messageOf returns the message that a fact is about, or 0.
func messageOf(f desk.Fact) desk.MessageID {
	switch f := f.(type) {
	case desk.MessagePosted:
		return f.Message
	case desk.NoteAdded:
		return f.Message
	case desk.NoteRemoved:
		return f.Message
	case desk.NoteRestored:
		return f.Message
	case desk.DeliveryChanged:
		return f.Message
	}
	return 0
}

// items renders facts with their messages, in their order.
func items(tx *store.Tx, events []desk.Event) ([]TimelineItem, error) {
	var ids []desk.MessageID
	for _, e := range events {
		if id := messageOf(e.Fact); id != 0 {
			ids = append(ids, id)
		}
	}
	messages, err := tx.Messages(ids)
	if err != nil {
		return nil, err
	}
	ks, err := channelKinds(tx)
	if err != nil {
		return nil, err
	}
	byID := map[desk.MessageID]*Message{}
	for i := range messages {
		m := message(tx.Scope().Workspace, &messages[i], ks)
		byID[m.ID] = &m
	}
	out := make([]TimelineItem, 0, len(events))
	for i := range events {
		e, err := event(&events[i])
		if err != nil {
			return nil, err
		}
		out = append(out, TimelineItem{Event: e, Message: byID[messageOf(events[i].Fact)]})
	}
	return out, nil
}
