package desk

import "time"

// Status is what was decided about the matter (axis A of the specification,
// 1.2). Only status commands, a customer's message and timers change it.
type Status string

// The statuses.
const (
	StatusOpen     Status = "open"
	StatusPending  Status = "pending"
	StatusResolved Status = "resolved"
	StatusClosed   Status = "closed"
)

// WaitingOn is whose turn it is (axis B): changed by messages only.
type WaitingOn string

// Who is waited for.
const (
	WaitingOnAgent    WaitingOn = "agent"
	WaitingOnCustomer WaitingOn = "customer"
	WaitingOnNone     WaitingOn = "none"
)

// AIState says whether an AI agent may answer by itself (axis D).
type AIState string

// The states of the AI agent.
const (
	AINone   AIState = "none"
	AIActive AIState = "active"
	AIPaused AIState = "paused"
)

// Priority is how urgent a conversation is (axis G).
type Priority string

// The priorities.
const (
	PriorityUrgent Priority = "urgent"
	PriorityHigh   Priority = "high"
	PriorityNormal Priority = "normal"
	PriorityLow    Priority = "low"
)

// Conversation is one matter between a contact and the team. Its fields are the
// stored axes of the specification (1.2); everything else that can be said of it
// is computed, see word.go. It changes only by applying facts, see Apply.
type Conversation struct {
	Workspace WorkspaceID `json:"workspace_id"`
	ID        ConversationID
	Inbox     InboxID
	Contact   ContactID
	Version   int64 // facts applied so far

	// What it is about, for lists. Kept beside the facts, which carry no text.
	Subject string
	Preview string

	Status       Status
	WaitingOn    WaitingOn
	WaitingSince time.Time // when the one who is waited for got their turn
	FollowUps    int       // customer messages after the first unanswered one

	Assignee          UserID
	Team              TeamID
	AssignedAt        time.Time
	AssigneeRepliedAt time.Time // first public reply of this assignee since then

	Handler

	SnoozedUntil     time.Time
	SnoozeUntilReply bool
	InactiveSince    time.Time // since when only the team has spoken, for the automatic close (5.6); zero while the customer waits
	ArchivedAt       time.Time // only when closed (INV-3)

	Priority       Priority
	PriorityReason string

	Episode
	ResolutionClock

	FirstReplyAt    time.Time // by a person, an AI or a bot: ends "New"
	FirstResponseAt time.Time // by a person: the first response time
	FirstResponseBy UserID

	Ending
	Survey
	MergedInto ConversationID // then closed, without messages of its own (INV-4)

	OpenedAt      time.Time
	OpenedSource  Source
	OpenedBy      UserID
	OpenedChannel ChannelID
	Previous      ConversationID
	SplitFrom     ConversationID // whose messages it began with; then it is not Primary, unless it was promoted

	Grouping  Grouping
	OpenScope int64 // inboxes with the same scope share the rule of one open conversation per contact (INV-1)
	Primary   bool

	Tags      []TagID
	Followers []UserID // who wants to know how it goes on
	Tickets   []Ticket // of other systems that it is linked to, in order of their system

	LastMessageAt    time.Time // greatest provider time of a public message: what WaitingOn is computed from
	LastActivityAt   time.Time // when the newest message came or went: what lists are sorted by (F3-06); notes do not count
	LastChannel      ChannelID // where the customer wrote last, and where a reply goes
	LastFromCustomer MessageID // what is newer than a reader's mark is unread
	SenderProof      Proof     // of whoever wrote that
	Messages         int       // messages and notes
	WithFiles        int       // messages and notes that have files
	DeliveryProblems int       // messages to the customer that failed or may not have arrived
	Scheduled        int       // messages that wait to be sent at a moment, or are held
}

// Ending is how a conversation ended, or why it rests (axes J and K).
type Ending struct {
	PendingReason   string     `json:"pending_reason,omitempty"`
	PendingNote     MessageID  `json:"pending_note,omitempty"` // stays until the team answers, for whoever the customer's answer reaches (T9)
	QuietSince      time.Time  `json:"quiet_since,omitzero"`   // since when a pending one had no word, where the inbox reminds of that
	FollowUpDue     time.Time  `json:"follow_up_due,omitzero"` // when whoever is responsible is reminded of it
	ResolvedAt      time.Time  `json:"resolved_at,omitzero"`
	ClosedAt        time.Time  `json:"closed_at,omitzero"`
	ClosedSource    Source     `json:"closed_source,omitempty"`
	ClosedBy        UserID     `json:"closed_by,omitempty"`
	ClosingSummary  string     `json:"closing_summary,omitempty"`
	ClosingCategory CategoryID `json:"closing_category,omitempty"`
}

// Source says what opened or closed a conversation.
type Source string

// The sources known today; see 2.2 of the specification.
const (
	SourceContact    Source = "contact"       // a customer's message
	SourceUser       Source = "user"          // a person of the team
	SourceAside      Source = "aside"         // somebody to whom it was forwarded
	SourceAutomatic  Source = "automatic"     // automatic mail, kept without opening anything
	SourceTimer      Source = "timer"         // nobody wrote for as long as the inbox says (T14, T18)
	SourceWorkflow   Source = "workflow"      // automation (T3, T16)
	SourceSuperseded Source = "superseded"    // the team began a new one (T2)
	SourceWelcome    Source = "welcome_event" // the customer came in without a word (T4)
	SourceDialogflow Source = "dialogflow"    // a bot of Dialogflow marked it done, or not (T5, T17)
)

// Apply changes c as e says. It is the only code that changes a conversation.
func (c *Conversation) Apply(e Event) {
	e.Fact.apply(c, e)
	if _, ok := e.Fact.(personal); !ok {
		c.Version++
	}
}
