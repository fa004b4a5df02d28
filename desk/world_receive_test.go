package desk_test

import (
	"fmt"
	"slices"
	"time"

	"parley/desk"
)

// letter is a customer's message.
type letter struct {
	from    desk.ContactID
	text    string
	sent    time.Time
	auto    string
	key     string // its own thread key
	answers string // the thread key it answers
	files   int
	subject string // another one than the conversation had
	channel desk.ChannelID
	aside   bool // it answers what was forwarded
	forward *desk.HandedOn
	waits   desk.ContactID // whose mail it is, which a teammate forwarded
}

// receive routes a customer's message as intake does (1.3).
func (o *office) receive(l letter) (desk.Routing, done, error) {
	var found desk.Candidates
	if o.inbox.Grouping == desk.PerContact {
		found = o.candidates(l.from)
	} else {
		found.IsReply = l.answers != ""
		if id, ok := o.threads[l.answers]; ok && l.answers != "" {
			found.Thread = o.all[id]
		}
	}
	route := desk.Route(o.inbox, found, o.now)
	if route.Ignore != "" {
		return route, done{}, nil
	}
	m := desk.Message{
		ID: o.NewMessage(), Channel: l.channel, Kind: desk.KindMessage, Side: desk.SideCustomer, AuthorKind: desk.AuthorContact, Contact: l.from, Text: l.text,
		At: l.sent, CreatedAt: o.now, Auto: l.auto, Subject: l.subject, Origin: desk.Origin{NewSubject: l.subject != ""},
	}
	if l.aside {
		m.Kind = desk.KindAside
	}
	if l.auto != "" && !m.Strange() {
		m.AuthorKind = desk.AuthorAutomation
	}
	for i := range l.files {
		m.Files = append(m.Files, desk.Attachment{ID: desk.AttachmentID(o.number()), Name: fmt.Sprintf("file%d.png", i+1)})
	}
	cmd, id := desk.Receive{Message: m, Forward: l.forward}, desk.ConversationID(0)
	if route.Join != nil {
		id = route.Join.ID
	} else {
		cmd.Open = &desk.Opened{
			Inbox: o.inbox.ID, Channel: l.channel, Contact: l.from, Grouping: o.inbox.Grouping, OpenScope: o.inbox.OpenScope, Source: desk.SourceContact, Previous: route.Previous,
			Subject: desk.Line(l.text, 80), AI: o.inbox.Settings.HasAI(),
		}
		if l.auto != "" {
			cmd.Open.Source, cmd.Open.Closed = desk.SourceAutomatic, true
		}
	}
	o.actor = desk.Actor{Kind: desk.ActorContact}
	d, err := o.do(id, cmd)
	o.wait(m.ID, l.waits)
	if l.key != "" && err == nil {
		o.threads[l.key], o.keys[m.ID] = d.in, l.key
	}
	return route, d, err
}

// candidates is what store.Candidates returns.
func (o *office) candidates(contact desk.ContactID) (c desk.Candidates) {
	for _, id := range slices.Backward(o.order) {
		conv := o.all[id]
		if conv.Contact != contact || conv.OpenScope != o.inbox.OpenScope || conv.Grouping != desk.PerContact || !conv.Primary || conv.Archived() {
			continue
		}
		for conv.MergedInto != 0 {
			conv = o.all[conv.MergedInto]
		}
		if conv.Archived() {
			continue
		}
		switch {
		case conv.Active() && c.Active == nil:
			c.Active = conv
		case conv.Status == desk.StatusResolved && c.Resolved == nil:
			c.Resolved = conv
		case conv.Status == desk.StatusClosed && c.Closed == nil && conv.ClosedSource != desk.SourceAutomatic:
			c.Closed = conv
		}
	}
	return c
}

// broken returns which invariant of the specification does not hold (1.3), or "".
func (o *office) broken() string {
	open := map[desk.ContactID]int{}
	for _, id := range o.order {
		c := o.all[id]
		if c.Grouping == desk.PerContact && c.Primary && c.Active() && !c.Archived() {
			open[c.Contact]++
		}
		if open[c.Contact] > 1 {
			return fmt.Sprintf("INV-1: contact %d has two open conversations", c.Contact)
		}
		if c.Archived() && c.Status != desk.StatusClosed {
			return fmt.Sprintf("INV-3: %s is archived and %s", id, c.Status)
		}
		if n := len(o.scheduledIn(c.ID)); n != c.Scheduled {
			return fmt.Sprintf("%s counts %d scheduled messages; there are %d", id, c.Scheduled, n)
		}
		if c.MergedInto != 0 && (c.Status != desk.StatusClosed || c.Messages != 0) {
			return fmt.Sprintf("INV-4: %s is merged away and %s, with %d messages", id, c.Status, c.Messages)
		}
		if why := o.miscounted(*c); why != "" {
			return why
		}
	}
	return ""
}

// miscounted compares what a conversation says of its messages with the messages.
func (o *office) miscounted(c desk.Conversation) string {
	messages, files, problems := 0, 0, 0
	for _, m := range o.messages {
		if m.Conversation != c.ID || !m.DeletedAt.IsZero() {
			continue
		}
		messages++
		if len(m.Files) > 0 {
			files++
		}
		if m.Delivery == desk.DeliveryFailed || m.Delivery == desk.DeliveryUnknown {
			problems++
		}
	}
	if c.Messages != messages || c.WithFiles != files || c.DeliveryProblems != problems {
		return fmt.Sprintf("%s counts %d messages, %d with files, %d problems; there are %d, %d, %d", c.ID, c.Messages, c.WithFiles, c.DeliveryProblems, messages, files, problems)
	}
	return ""
}
