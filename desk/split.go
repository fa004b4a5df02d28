package desk

import (
	"cmp"
	"slices"
)

// MaxSplit is how many messages and notes can be split off at once.
const MaxSplit = 200

// SourceSplit opened a conversation with messages of another one (T6).
const SourceSplit Source = "split"

// Split makes a conversation of its own of some messages of this one (E25, F1-56):
// with its own status, assignee and promises, linked both ways.
type Split struct {
	Messages []MessageID `json:"message_ids" minItems:"1" maxItems:"200" doc:"Messages and notes of this conversation that go to the new one"`
	Subject  string      `json:"subject,omitempty" maxLength:"500" doc:"What the new one is about; by default what its first message begins with"`
	Assignee UserID      `json:"assignee_id,omitempty" doc:"Who shall answer it; by default nobody"`
	Expected int64       `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// Branch begins a conversation with messages of another one: what Split asks of
// the new one.
type Branch struct {
	From  ConversationID
	Split Split
}

// MessageMoved says that a message or note came here from another conversation.
type MessageMoved struct {
	Message  MessageID      `json:"message_id"`
	From     ConversationID `json:"from_conversation_id"`
	Kind     MessageKind    `json:"kind"`
	Delivery Delivery       `json:"delivery,omitempty"`
	Deleted  bool           `json:"deleted,omitempty"`
}

// SplitFrom says which conversation the messages of a new one came from.
type SplitFrom struct {
	Parent   ConversationID `json:"conversation_id"`
	Messages []Handed       `json:"messages"`
	Now      Content        `json:"now"`
	Preview  string         `json:"-"`
}

// SplitTo says to which conversation messages went.
type SplitTo struct {
	Child    ConversationID `json:"conversation_id"`
	Messages []Handed       `json:"messages"`
	Now      Content        `json:"now"`
	Was      Content        `json:"was"`
	Preview  string         `json:"-"`
}

// Decide refuses to leave nothing behind: that would be the same conversation again.
func (b Branch) Decide(_ Conversation, w World) ([]Fact, error) {
	parent, err := w.Beside(b.From)
	if err != nil {
		return nil, err
	}
	if err := notMerged(parent); err != nil {
		return nil, err
	}
	switch {
	case parent.Archived():
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it before you split it.")
	case b.Split.Expected != 0 && b.Split.Expected != parent.Version:
		return nil, stale(parent)
	case len(b.Split.Messages) == 0 || len(b.Split.Messages) > MaxSplit:
		return nil, Errorf(Invalid, "Choose between 1 and %d messages to split off.", MaxSplit)
	}
	moved, rest, err := b.choose(w)
	if err != nil {
		return nil, err
	}
	if err := canMove(moved); err != nil {
		return nil, err
	}
	spoken := func(m Message) bool { return m.Kind == KindMessage && m.DeletedAt.IsZero() }
	switch {
	case !slices.ContainsFunc(moved, spoken):
		return nil, Errorf(Invalid, "Choose at least one message; notes alone make no conversation.")
	case !slices.ContainsFunc(rest, spoken):
		return nil, Errorf(Invalid, "These are all its messages. Leave at least one here.")
	}
	return b.facts(parent, moved, w)
}

// choose tells the messages that go from those that stay.
func (b Branch) choose(w World) (moved, rest []Message, err error) {
	all, err := w.Heads(b.From)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range all {
		if slices.Contains(b.Split.Messages, m.ID) {
			moved = append(moved, m)
		} else {
			rest = append(rest, m)
		}
	}
	for _, id := range b.Split.Messages {
		if !slices.ContainsFunc(moved, func(m Message) bool { return m.ID == id }) {
			return nil, nil, Errorf(NotFound, "A message you chose is not in this conversation any more. Choose again.")
		}
	}
	return moved, rest, nil
}

func (b Branch) facts(parent Conversation, moved []Message, w World) ([]Fact, error) {
	inbox, err := w.Inbox(parent.Inbox)
	if err != nil {
		return nil, err
	}
	open := Opened{
		Inbox: parent.Inbox, Channel: parent.LastChannel, Contact: parent.Contact, Grouping: parent.Grouping, OpenScope: parent.OpenScope,
		Source: SourceSplit, By: w.Actor().User, Subject: Line(b.Split.Subject, MaxSubject),
	}
	strange := strangersOf(moved)
	if strange != 0 {
		open.Contact = strange
	}
	child := folded(moved, 0, on(inbox.Settings.AIRepliesCount))
	if child.LastChannel != 0 {
		open.Channel = child.LastChannel
	}
	facts := []Fact{open}
	for _, m := range moved {
		facts = append(facts, MessageMoved{Message: m.ID, From: b.From, Kind: m.Kind, Delivery: m.Delivery, Deleted: !m.DeletedAt.IsZero()})
		if open.Subject == "" && m.Kind == KindMessage && m.DeletedAt.IsZero() {
			open.Subject = Line(preview(m), 80)
		}
	}
	facts[0] = open
	now := child.content().counted(moved)
	now.OpenedAt, now.LastChannel = w.Now(), open.Channel
	now.FollowUps = 0 // its wait begins anew for those who count: nobody asked for help with it yet
	if now.LastActivityAt.IsZero() {
		now.LastActivityAt = w.Now()
	}
	facts = append(facts, SplitFrom{Parent: b.From, Messages: grouped(moved), Now: now, Preview: lineOf(moved)})
	if strange != 0 {
		facts = append(facts, admitted(moved, strange)...)
	}
	return facts, nil
}

// strangersOf returns who wrote messages that nobody of the conversation they are in
// has let in, if it is one customer and nothing else of a customer is among them: then
// the new conversation is theirs.
func strangersOf(moved []Message) (author ContactID) {
	for _, m := range moved {
		if m.Kind != KindMessage || m.Side != SideCustomer || !m.DeletedAt.IsZero() {
			continue
		}
		if !m.Strange() || author != 0 && author != m.Contact {
			return 0
		}
		author = m.Contact
	}
	return author
}

// Decide says what has gone; Branch has looked whether it may.
func (s Split) Decide(c Conversation, w World) ([]Fact, error) {
	given, child, ok := alongOf[SplitFrom](w, 0)
	if !ok {
		return nil, Errorf(Internal, "Nothing was split off. Try again.")
	}
	rest, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	f := SplitTo{Child: child, Messages: given.Messages, Was: c.content(), Now: remaining(c, rest, on(inbox.Settings.AIRepliesCount)), Preview: lineOf(rest)}
	if !c.Active() {
		f.Now.Episode = Episode{}
	}
	return []Fact{f}, nil
}

func (MessageMoved) apply(*Conversation, Event) {}

func (f SplitFrom) apply(c *Conversation, _ Event) {
	c.Primary, c.SplitFrom = false, f.Parent
	c.fill(f.Now)
	c.Preview = f.Preview
}

func (f SplitTo) apply(c *Conversation, _ Event) {
	c.fill(f.Now)
	c.Preview = f.Preview
}

// back implements reversible: the new conversation becomes part of the one that it
// came from, unless somebody has written there.
func (f SplitFrom) back(c *Conversation, _ Event, w World) (Fact, error) {
	parent, err := w.Beside(f.Parent)
	if err != nil {
		return nil, err
	}
	switch {
	case c.MergedInto != 0 || parent.MergedInto != 0:
		return nil, gone("one of the two was merged into another conversation since")
	case c.Archived() || parent.Archived():
		return nil, gone("one of the two was archived since")
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	ids := HandedIDs(f.Messages)
	byID := func(a, b MessageID) int { return cmp.Compare(a, b) }
	slices.SortFunc(ids, byID)
	if !slices.EqualFunc(all, ids, func(m Message, id MessageID) bool { return m.ID == id }) {
		return nil, gone("somebody has written in the new conversation since, or messages of it were moved")
	}
	if onItsWay(all) {
		return nil, gone("a message of it is still on its way to the customer")
	}
	return c.yields(f.Parent, w)
}

// back implements reversible: the messages come back, and everything is as it was
// unless somebody has written since.
func (f SplitTo) back(c *Conversation, _ Event, w World) (Fact, error) {
	given, _, ok := alongOf[MergedInto](w, f.Child)
	if !ok {
		return nil, gone("the new conversation has changed since")
	}
	m, err := c.merged(f.Child, given, w)
	if err != nil {
		return nil, err
	}
	if now := c.content(); now.saysTheSame(f.Now) {
		counts := m.Now
		m.Now = f.Was
		m.Now.Messages, m.Now.WithFiles, m.Now.DeliveryProblems = counts.Messages, counts.WithFiles, counts.DeliveryProblems
		if now.WaitingOn == f.Was.WaitingOn && now.WaitingSince.Equal(f.Was.WaitingSince) {
			m.Now.Episode = now.Episode
		}
	}
	if !c.Active() {
		m.Now.Episode = Episode{}
	}
	return m, nil
}
