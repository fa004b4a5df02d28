package desk

import (
	"cmp"
	"time"
)

// Receive records a message of the customer, or of a colleague to them. Intake issues it, in the
// conversation that Route chose (E1 of the specification, 2.1).
type Receive struct {
	Message Message
	Open    *Opened // set when the conversation is new
	Hush    bool    // nothing automatic answers it: programs may be answering each other
	Forward *HandedOn
}

// HandedOn says who of the team forwarded a customer's mail, and what they wrote above it.
type HandedOn struct {
	By   UserID
	Note string
}

// Opened says how a conversation began (axes L and M).
type Opened struct {
	Inbox     InboxID        `json:"inbox_id"`
	Channel   ChannelID      `json:"channel_id"`
	Contact   ContactID      `json:"contact_id"`
	Grouping  Grouping       `json:"grouping"`
	OpenScope int64          `json:"open_scope,string"`
	Source    Source         `json:"source"`
	By        UserID         `json:"by,omitempty"`
	Previous  ConversationID `json:"previous_conversation_id,omitempty"`
	Closed    bool           `json:"closed,omitempty"` // automatic mail: kept, but nothing to do
	AI        bool           `json:"ai,omitempty"`     // the inbox has an AI agent, which answers
	Greet     bool           `json:"-"`                // the inbox has a greeting for who begins
	Subject   string         `json:"-"`
}

// MessagePosted says that somebody wrote. Body is what was written; it is
// stored with the message, not with the fact.
type MessagePosted struct {
	Message  MessageID  `json:"message_id"`
	Side     Side       `json:"side"`
	Author   AuthorKind `json:"author_kind"`
	User     UserID     `json:"user_id,omitempty"`
	Channel  ChannelID  `json:"channel_id,omitempty"`
	Sent     microTime  `json:"sent_at"` // the provider's time
	HasFiles bool       `json:"has_files,omitempty"`
	Auto     string     `json:"auto,omitempty"`
	Proof    Proof      `json:"proof,omitempty"` // of the sender
	Body     *Message   `json:"-"`
	Preview  string     `json:"-"`
	Subject  string     `json:"-"` // the conversation's from now on; "" leaves it
	ForAI    bool       `json:"-"` // the AI agent is to answer it
	// Confidence is how sure the AI agent that wrote it said it was, from 0 to 1.
	Confidence *float64 `json:"confidence,omitempty"`
	// Of automatic messages:
	Epoch     int64 `json:"ai_epoch,omitempty"`  // it leaves only while this one lasts
	Uncounted bool  `json:"uncounted,omitempty"` // it ends neither New nor the customer's wait
	Was       *Turn `json:"was,omitempty"`
	// Of replies that wait before they leave:
	Leaves microTime `json:"leaves_at,omitzero"`
	Before *Before   `json:"before,omitempty"`
	// Turn is whose turn it became, where that changed.
	Turn *TurnChange `json:"turn,omitempty"`
}

// Decide follows T1, T9, T13, T22 and the message rules of 2.3.
func (r Receive) Decide(c Conversation, w World) ([]Fact, error) {
	facts, err := r.arrives(c, w)
	if err != nil || r.Forward == nil {
		return facts, err
	}
	return append(facts, r.Forward.facts(r.Message.ID, c, w)...), nil
}

func (r Receive) arrives(c Conversation, w World) ([]Fact, error) {
	m := r.Message
	switch {
	case m.AuthorKind == AuthorColleague:
		return r.fromColleague(), nil
	case m.Kind == KindAside:
		return r.aside(c, w)
	}
	var facts []Fact
	if r.Open != nil {
		facts = append(facts, *r.Open)
	}
	posted := MessagePosted{
		Message: m.ID, Side: SideCustomer, Author: m.AuthorKind, Channel: m.Channel, Sent: microTime{m.At},
		HasFiles: hasFiles(m), Auto: m.Auto, Proof: m.Origin.Proof, Body: &m, Preview: preview(m),
	}
	if m.Strange() {
		posted.Preview = "" // nobody has let it into the list either
	}
	if r.Forward != nil {
		posted.Sent = microTime{w.Now()} // nobody here could answer before
	}
	// An archived conversation is frozen, and automatic mail wakes nobody.
	if c.Archived() || m.Auto != "" || r.Open != nil {
		posted.ForAI = r.Open != nil && r.Open.AI && !r.Open.Closed
		return append(facts, posted), nil
	}
	posted.ForAI = c.AIState == AIActive && !r.Hush
	if m.Origin.NewSubject {
		posted.Subject = m.Subject
	}
	if asleep(c) {
		facts = append(facts, c.woken(w.Now(), WokenByCustomer, 0))
	}
	if c.Status != StatusOpen {
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusOpen, Implicit: true, Source: SourceContact, Was: c.newWait()})
		inbox, err := w.Inbox(c.Inbox)
		if err != nil {
			return nil, err
		}
		nobody := c.Assignee == 0
		if inbox.Settings.ForgetAssigneeOnReopen && c.Assignee != 0 && c.Status != StatusPending {
			facts, nobody = append(facts, c.unassigned()), true
		}
		if again := c.aiAgain(inbox, nobody); again != nil {
			facts, posted.ForAI = append(facts, again...), !r.Hush
		}
	}
	return append(facts, posted), nil
}

// fromColleague records what a colleague wrote to the customer. It is the team's
// word, and it is with the customer already.
func (r Receive) fromColleague() (facts []Fact) {
	m := r.Message
	if r.Open != nil {
		facts = append(facts, *r.Open)
	}
	return append(facts, MessagePosted{
		Message: m.ID, Side: SideTeam, Author: AuthorColleague, Channel: m.Channel, Sent: microTime{m.At}, HasFiles: hasFiles(m), Body: &m, Preview: preview(m),
		Auto: m.Auto, Uncounted: m.Auto == AutoImported,
	})
}

// Outgoing reports whether the message has to be sent to the customer.
func (f MessagePosted) Outgoing() bool { return f.Side == SideTeam && f.Author != AuthorColleague }

// ByPerson reports whether a person of the team wrote it, an agent or a colleague.
func (f MessagePosted) ByPerson() bool {
	return f.Side == SideTeam && (f.Author == AuthorUser || f.Author == AuthorColleague)
}

func (f Opened) apply(c *Conversation, e Event) {
	c.Workspace, c.ID = e.Workspace, e.Conversation
	c.Inbox, c.OpenedChannel, c.LastChannel, c.Contact = f.Inbox, f.Channel, f.Channel, f.Contact
	c.Grouping, c.OpenScope, c.Primary = f.Grouping, f.OpenScope, true
	c.OpenedAt, c.OpenedSource, c.OpenedBy, c.Previous = e.At, f.Source, f.By, f.Previous
	c.Status, c.WaitingOn, c.AIState, c.Priority = StatusOpen, WaitingOnNone, AINone, PriorityNormal
	if f.AI && !f.Closed {
		c.AIState, c.AIEpoch, c.AISince = AIActive, 1, e.At
	}
	c.LastActivityAt = e.At
	c.Subject = f.Subject
	if f.Closed {
		c.Status, c.ClosedAt, c.ClosedSource = StatusClosed, e.At, SourceAutomatic
	}
}

func (f MessagePosted) apply(c *Conversation, e Event) {
	c.Messages++
	c.WithFiles += count(f.HasFiles)
	if f.Preview != "" && !f.Sent.Before(c.LastMessageAt) {
		c.Preview = f.Preview
	}
	if c.Archived() {
		return
	}
	if e.At.After(c.LastActivityAt) {
		c.LastActivityAt = e.At
	}
	if f.Side == SideCustomer {
		f.applyCustomer(c)
		return
	}
	f.applyTeam(c, e)
}

// applyCustomer moves the turn to the team, unless an answer with a later time
// came in first: a late webhook does not flip whose turn it is (1.3, rule 7).
func (f MessagePosted) applyCustomer(c *Conversation) {
	if f.Message > c.LastFromCustomer {
		c.LastFromCustomer, c.SenderProof = f.Message, f.Proof
	}
	if f.Channel != 0 {
		c.LastChannel = f.Channel
	}
	if f.Auto != "" {
		return
	}
	if !f.Sent.Before(c.LastMessageAt) {
		c.InactiveSince = time.Time{}
	}
	if c.Active() && c.ResolutionSince.IsZero() {
		c.ResolutionSince = f.Sent.Time
	}
	late, burst := f.Sent.Before(c.LastMessageAt), f.Sent.Sub(c.LastMessageAt).Abs() < followUpPause
	if !late {
		c.LastMessageAt = f.Sent.Time
		c.Subject = cmp.Or(f.Subject, c.Subject)
	}
	switch waiting := c.WaitingOn == WaitingOnAgent; {
	case late && !waiting:
	case waiting && !c.WaitingSince.IsZero():
		if !f.Sent.Before(c.WaitingSince) && !burst {
			c.FollowUps++
		}
	default:
		c.WaitingOn, c.WaitingSince, c.FollowUps = WaitingOnAgent, f.Sent.Time, 0
	}
}

// applyTeam moves the turn to the customer. Automation does not count as an
// answer (1.5); an AI's answer counts, but not as a person's.
func (f MessagePosted) applyTeam(c *Conversation, e Event) {
	if f.Auto == AutoSurvey {
		c.surveyed(f.Message, e.At)
	}
	if f.Author == AuthorAutomation || f.Uncounted {
		return
	}
	if c.FirstReplyAt.IsZero() {
		c.FirstReplyAt = e.At
	}
	if f.ByPerson() && c.FirstResponseAt.IsZero() {
		c.FirstResponseAt, c.FirstResponseBy = e.At, f.User
	}
	if f.ByPerson() {
		c.NeedsHuman = FlagNone // a person has answered
	}
	if f.User != 0 && f.User == c.Assignee && c.AssigneeRepliedAt.IsZero() {
		c.AssigneeRepliedAt = e.At
	}
	if f.Sent.Before(c.LastMessageAt) {
		return
	}
	c.LastMessageAt = f.Sent.Time
	if c.WaitingOn != WaitingOnCustomer {
		c.WaitingSince = f.Sent.Time
	}
	c.WaitingOn, c.FollowUps = WaitingOnCustomer, 0
	c.Episode = c.Episode.answered()
	if f.ByPerson() {
		c.InactiveSince = e.At
		if c.Status == StatusOpen {
			c.PendingNote = 0
		}
	}
}
