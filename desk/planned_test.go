package desk_test

import (
	"cmp"
	"slices"
	"time"

	"parley/desk"
)

// planned is a scheduled message with every text it had, as the tables keep them.
type planned struct {
	desk.Scheduled
	editions map[int]desk.Draft
}

func (o *office) Scheduled(id desk.ScheduledID) (desk.Scheduled, error) {
	p := o.scheduled[id]
	if p == nil || p.Conversation != o.in {
		return desk.Scheduled{}, desk.Errorf(desk.NotFound, "There is no such scheduled message in this conversation.")
	}
	return p.Scheduled, nil
}

func (o *office) ChannelKind(id desk.ChannelID) (string, error) {
	if id == letters {
		return desk.KindMail, nil
	}
	return "chat", nil
}

func (o *office) NewScheduled() desk.ScheduledID { return desk.ScheduledID(o.number()) }

// scheduledIn returns what waits or is held in a conversation, the next one first.
func (o *office) scheduledIn(id desk.ConversationID) (all []desk.Scheduled) {
	for _, p := range o.scheduled {
		if p.Conversation == id && (p.State == desk.ScheduledWaiting || p.State == desk.ScheduledOnHold) {
			all = append(all, p.Scheduled)
		}
	}
	slices.SortFunc(all, func(a, b desk.Scheduled) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return all
}

// ScheduledIn implements desk.Neighbours.
func (o *office) ScheduledIn(id desk.ConversationID) ([]desk.Scheduled, error) {
	return o.scheduledIn(id), nil
}

// keepScheduled stores what a fact says of a scheduled message.
func (o *office) keepScheduled(f desk.Fact) {
	id, is, ok := desk.StandingOf(f)
	if !ok {
		return
	}
	var body *desk.Scheduled
	switch f := f.(type) {
	case desk.ScheduledMade:
		body = f.Body
		o.scheduled[id] = &planned{Scheduled: *f.Body, editions: map[int]desk.Draft{}}
	case desk.ScheduledChanged:
		body = f.Body
	case desk.ScheduledSent:
		o.scheduled[id].Message = f.Message
	}
	p := o.scheduled[id]
	if body != nil {
		p.editions[is.Edition] = body.Draft
	}
	p.Standing, p.Draft, p.Editions = is, p.editions[is.Edition], len(p.editions)
}

// planning lets people schedule messages, and in half of the programs replies wait.
func (p *play) planning() *play {
	p.plans = true
	if wait := 120 * p.one(2); wait > 0 {
		p.inbox.Settings.UndoChat = &wait
	}
	return p
}

// schedules makes up a command about scheduled messages.
func (p *play) schedules(id desk.ConversationID) desk.Command {
	var all []desk.Scheduled
	for _, s := range p.scheduled {
		if s.Conversation == id {
			all = append(all, s.Scheduled)
		}
	}
	slices.SortFunc(all, func(a, b desk.Scheduled) int { return cmp.Compare(a.ID, b.ID) })
	at := p.now.Add(time.Duration(p.one(40)-2) * time.Hour)
	then := []desk.Next{"", desk.NextPend, desk.NextResolve, "nothing"}[p.one(4)]
	if len(all) == 0 || p.one(3) == 0 {
		return desk.Schedule{Text: []string{"later", ""}[p.one(6)/5], At: at, UnlessReply: p.one(2) == 0, Then: then, Channel: []desk.ChannelID{0, 0, phone}[p.one(3)]}
	}
	s := all[p.one(len(all))]
	switch p.one(6) {
	case 0:
		return desk.CancelScheduled{Scheduled: s.ID}
	case 1:
		return desk.SendScheduled{Scheduled: s.ID}
	case 2, 3:
		p.actor = desk.Actor{Kind: desk.ActorSystem}
		return desk.Dispatch{Scheduled: s.ID, At: s.At, Interrupted: p.one(4) == 0}
	}
	e := desk.EditScheduled{Scheduled: s.ID, Expected: p.one(2) * s.Edition}
	if p.one(2) == 0 {
		text := []string{"otherwise", "later"}[p.one(2)]
		e.Text = &text
	}
	if p.one(2) == 0 {
		e.At = at
	}
	if p.one(3) == 0 {
		e.Then = &then
	}
	return e
}
