package desk_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"parley/desk"
)

// joint is what an office keeps while a command concerns several conversations.
type joint struct {
	command desk.CommandID
	along   []desk.Event
}

func (o *office) factsOf(id desk.ConversationID, command desk.CommandID) (all []desk.Event, err error) {
	for _, e := range o.events {
		if e.Command == command && e.Conversation == id {
			all = append(all, e)
		}
	}
	return all, nil
}

// together gives the parts of a command, all or none, as app does.
func (o *office) together(id desk.ConversationID, parts []desk.Part) (d done, err error) {
	all, messages, order, events, marks, actor := maps.Clone(o.all), map[desk.MessageID]*desk.Message{}, slices.Clone(o.order), len(o.events), maps.Clone(o.marks), o.actor
	for id, m := range o.messages {
		kept := *m
		messages[id] = &kept
	}
	threads, waiting := maps.Clone(o.threads), maps.Clone(o.scheduled)
	for id, s := range waiting {
		kept := *s
		waiting[id] = &kept
	}
	o.joint = joint{command: desk.CommandID(o.number())}
	defer func() { o.joint, o.actor = joint{}, actor }()
	for _, p := range parts {
		o.actor = actor
		if p.Follows {
			o.actor = desk.Actor{Kind: desk.ActorSystem}
		}
		var part done
		in := p.Conversation
		for _, cmd := range p.Commands {
			var one done
			if one, err = o.one(in, cmd); err != nil {
				o.all, o.messages, o.order, o.events, o.marks, o.threads, o.scheduled = all, messages, order, o.events[:events], marks, threads, waiting
				return done{}, err
			}
			in = one.in
			part.in, part.command, part.events = one.in, one.command, append(part.events, one.events...)
		}
		o.joint.along = append(o.joint.along, part.events...)
		if p.Conversation == id {
			d = part
		}
	}
	return d, nil
}

// succeed finds who takes the place of a conversation that has ended.
func (o *office) succeed(old, c desk.Conversation, events []desk.Event) desk.ConversationID {
	if !desk.Leaves(old, c) || slices.ContainsFunc(events, func(e desk.Event) bool { f, ok := e.Fact.(desk.Succeeded); return ok && !f.Back }) {
		return 0
	}
	if open, _ := o.OpenPrimary(c.OpenScope, c.Contact); open != 0 && open != c.ID {
		return 0
	}
	var children []*desk.Conversation
	since := desk.ConversationID(desk.HeirSince(c, events))
	for _, id := range o.order {
		x := o.all[id]
		if x.ID <= since {
			continue
		}
		if x.Contact == c.Contact && x.OpenScope == c.OpenScope && x.Grouping == desk.PerContact && !x.Primary && x.Active() {
			children = append(children, x)
		}
	}
	if len(children) == 0 {
		return 0
	}
	for _, x := range children {
		if x.ID == c.MergedInto {
			return x.ID
		}
	}
	return slices.MaxFunc(children, func(a, b *desk.Conversation) int {
		return cmp.Or(a.LastActivityAt.Compare(b.LastActivityAt), cmp.Compare(a.ID, b.ID))
	}).ID
}

// promote gives an heir its place.
func (o *office) promote(heir, after desk.ConversationID, command desk.CommandID) error {
	actor, was := o.actor, o.joint
	o.actor, o.joint = desk.Actor{Kind: desk.ActorSystem}, joint{command: command}
	_, err := o.one(heir, desk.Promote{After: after})
	o.actor, o.joint = actor, was
	return err
}

// keepJoint stores what facts change that hand messages over.
func (o *office) keepJoint(e desk.Event) {
	switch f := e.Fact.(type) {
	case desk.MergedFrom:
		o.hand(f.Other, e.Conversation, f.Messages)
		for key, in := range o.threads {
			if in == f.Other {
				o.threads[key] = e.Conversation
			}
		}
		o.moveScheduled(f.Other, e.Conversation, f.Scheduled)
	case desk.UnmergedFrom:
		o.hand(e.Conversation, f.Other, f.Messages)
		o.moveScheduled(e.Conversation, f.Other, f.Scheduled)
	case desk.SplitFrom:
		o.hand(f.Parent, e.Conversation, f.Messages)
	}
}

func (o *office) hand(from, to desk.ConversationID, groups []desk.Handed) {
	for _, id := range desk.HandedIDs(groups) {
		m := *o.messages[id]
		if m.Conversation != from {
			panic(fmt.Sprintf("message %s is in %s, not in %s", id, m.Conversation, from))
		}
		m.Conversation = to
		o.messages[id] = &m
		if key := o.keys[id]; key != "" {
			o.threads[key] = to
		}
	}
}

func (o *office) moveScheduled(from, to desk.ConversationID, ids []desk.ScheduledID) {
	for _, id := range ids {
		p := *o.scheduled[id]
		if p.Conversation != from {
			panic(fmt.Sprintf("scheduled message %s is in %s, not in %s", id, p.Conversation, from))
		}
		p.Conversation = to
		o.scheduled[id] = &p
	}
}

func (o *office) Beside(id desk.ConversationID) (desk.Conversation, error) {
	c, ok := o.all[id]
	if !ok {
		return desk.Conversation{}, desk.Errorf(desk.NotFound, "There is no such conversation here.")
	}
	return *c, nil
}

func (o *office) Heads(id desk.ConversationID) (all []desk.Message, err error) {
	for _, m := range o.messages {
		if m.Conversation == id {
			all = append(all, *m)
		}
	}
	slices.SortFunc(all, func(a, b desk.Message) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

func (o *office) Marks(id desk.ConversationID) (map[desk.UserID]desk.MessageID, error) {
	marks := map[desk.UserID]desk.MessageID{}
	for k, to := range o.marks {
		if k.in == id {
			marks[k.user] = to
		}
	}
	return marks, nil
}

func (o *office) Readers(desk.ConversationID) ([]desk.UserID, error) { return nil, nil }

func (o *office) Along() []desk.Event { return o.joint.along }
