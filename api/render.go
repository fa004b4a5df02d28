package api

import (
	"maps"
	"slices"
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
	tx.ForeseePage(people, ids)
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
	var referred []desk.ConversationID
	for _, c := range all {
		referred = append(referred, c.Previous, c.MergedInto, c.SplitFrom)
	}
	named, err := naming(tx, referred)
	if err != nil {
		return nil, err
	}
	for i := range all {
		c := conversation(&all[i], contacts[all[i].Contact], ks, marks[all[i].ID], now)
		if !named(c.Previous, c.Inbox) {
			c.Previous = 0
		}
		if !named(c.MergedInto, c.Inbox) {
			c.MergedInto = 0
		}
		if !named(c.SplitFrom, c.Inbox) {
			c.SplitFrom = 0
		}
		c.ReadOnly = !tx.Scope().SeesKept(all[i].Keeping())
		out = append(out, c)
	}
	return out, nil
}

// naming returns whether a conversation may be named to the reader by another one
// of an inbox: a customer's conversations in an inbox that somebody does
// not see are not there for them. What is rendered for many readers at once names
// only what is of the same inbox.
func naming(tx *store.Tx, ids []desk.ConversationID) (func(desk.ConversationID, desk.InboxID) bool, error) {
	ids = slices.DeleteFunc(ids, func(id desk.ConversationID) bool { return id == 0 })
	of := map[desk.ConversationID]desk.InboxID{}
	if len(ids) > 0 {
		found, err := tx.Standings(ids)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			of[s.ID] = s.Inbox
		}
	}
	one := tx.Scope().User != 0
	return func(id desk.ConversationID, by desk.InboxID) bool {
		inbox, there := of[id]
		if one {
			return there && tx.Scope().Sees(inbox)
		}
		return there && inbox == by
	}, nil
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
	case desk.AsidePosted:
		return f.Message
	case desk.AsideRecalled:
		return f.Message
	case desk.MessageMoved:
		return f.Message
	case desk.MessageRecalled:
		return f.Message
	case desk.MessageReread:
		return f.Message
	case desk.NoteAdded:
		return f.Message
	case desk.NoteRemoved:
		return f.Message
	case desk.NoteRestored:
		return f.Message
	case desk.NoteEdited:
		return f.Message
	case desk.NotePinned:
		return f.Message
	case desk.NoteUnpinned:
		return f.Message
	case desk.DeliveryChanged:
		return f.Message
	case desk.ParticipantLetIn:
		return f.Message
	case desk.ParticipantTurnedAway:
		return f.Message
	case desk.KeptTogether:
		return f.Message
	case desk.ForwardTaken:
		return f.Message
	}
	return 0
}

// items renders facts with their messages, in their order.
func items(tx *store.Tx, events []desk.Event) ([]TimelineItem, error) {
	return itemsOf(tx, 0, events)
}

// itemsOf is items for the timeline of one conversation, in which there are facts
// of others that have become part of it; 0 shows each fact in its own. A message
// that is in another conversation now is not shown, only where it went.
func itemsOf(tx *store.Tx, home desk.ConversationID, events []desk.Event) ([]TimelineItem, error) {
	var ids []desk.MessageID
	var referred []desk.ConversationID
	at := func(e desk.Event) desk.ConversationID {
		if home != 0 {
			return home
		}
		return e.Conversation
	}
	for _, e := range events {
		if opened, ok := e.Fact.(desk.Opened); ok {
			referred = append(referred, opened.Previous)
		}
		if other := desk.Besides(e.Fact); other != 0 {
			referred = append(referred, other, at(e))
		}
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
	for _, e := range events {
		if m := byID[messageOf(e.Fact)]; m != nil && m.Conversation != at(e) {
			referred = append(referred, m.Conversation, at(e))
		}
	}
	if err := renderNotes(tx, slices.Collect(maps.Values(byID))...); err != nil {
		return nil, err
	}
	if err := commented(tx, events); err != nil {
		return nil, err
	}
	named, err := naming(tx, referred)
	if err != nil {
		return nil, err
	}
	beside, err := namingBeside(tx, referred)
	if err != nil {
		return nil, err
	}
	of := map[desk.CommandID][]desk.Event{} // a command is taken back whole or not at all
	for _, e := range events {
		of[e.Command] = append(of[e.Command], e)
	}
	out := make([]TimelineItem, 0, len(events))
	for i := range events {
		if opened, ok := events[i].Fact.(desk.Opened); ok && !named(opened.Previous, opened.Inbox) {
			opened.Previous = 0
			events[i].Fact = opened
		}
		here := at(events[i])
		e, err := event(&events[i], beside(desk.Besides(events[i].Fact), here))
		if err != nil {
			return nil, err
		}
		e.Undoable = e.Undoable && desk.CanUndo(of[e.Command]) && here == e.Conversation
		// What leaves in a moment is taken back where it was written.
		e.Undoable = e.Undoable && !slices.ContainsFunc(of[e.Command], leaves)
		item := TimelineItem{Event: e, Message: byID[messageOf(events[i].Fact)]}
		if m := item.Message; m != nil && m.Conversation != here {
			item.Message = nil
			if beside(m.Conversation, here) {
				item.MovedTo = m.Conversation
			}
		}
		out = append(out, item)
	}
	return out, nil
}

// namingBeside is naming for conversations beside each other.
func namingBeside(tx *store.Tx, ids []desk.ConversationID) (func(id, by desk.ConversationID) bool, error) {
	named, err := naming(tx, ids)
	if err != nil {
		return nil, err
	}
	of := map[desk.ConversationID]desk.InboxID{}
	if ids = slices.DeleteFunc(ids, func(id desk.ConversationID) bool { return id == 0 }); len(ids) > 0 {
		found, err := tx.Standings(ids)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			of[s.ID] = s.Inbox
		}
	}
	return func(id, by desk.ConversationID) bool { return named(id, of[by]) }, nil
}

// leaves reports whether a fact is a message that waits before it leaves.
func leaves(e desk.Event) bool { return !desk.LeavesAt(e.Fact).IsZero() }
