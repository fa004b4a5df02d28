package desk

import (
	"slices"
	"time"
)

// Scheduled is a reply that waits for its moment (F1-57). Until it is sent it is no
// message: it stops no clock, and the customer waits as if it had not been written.
type Scheduled struct {
	ID           ScheduledID
	Conversation ConversationID
	User         UserID // who wrote it, and signs it
	Draft
	Standing
	Editions  int       // how many there are
	ClientID  string    // the sender's own id: one however often it is sent
	Message   MessageID // what it became
	CreatedAt time.Time
	ChangedAt time.Time // when this edition was written
	ChangedBy UserID    // by whom
}

// Draft is what a scheduled message says, and how it is to be sent.
type Draft struct {
	Channel ChannelID // 0: where the customer wrote last, when it is sent
	Text    string
	Files   []Attachment
	Recipients
	Subject     string // "" is that of the conversation
	Quoting     Quoting
	Zone        string // the time zone that its moment was chosen in
	UnlessReply bool   // only if the customer has not written before
	Then        Next
}

// Standing is where a scheduled message stands.
type Standing struct {
	State   ScheduledState `json:"state"`
	Reason  HoldReason     `json:"reason,omitempty"` // why it is held
	Edition int            `json:"edition"`          // which of its texts counts; 1 is the first
	At      time.Time      `json:"at"`               // when it is to be sent
}

// ScheduledState is how far a scheduled message has come.
type ScheduledState string

// The states of scheduled messages.
const (
	ScheduledWaiting   ScheduledState = "waiting"
	ScheduledOnHold    ScheduledState = "held" // a person decides
	ScheduledIsSent    ScheduledState = "sent"
	ScheduledCancelled ScheduledState = "cancelled"
)

// open reports whether it may still be sent.
func (s ScheduledState) open() bool { return s == ScheduledWaiting || s == ScheduledOnHold }

// HoldReason is why a scheduled message is not sent by itself any more.
type HoldReason string

// The reasons. They are stored: add, never rename.
const (
	HeldClosed  HoldReason = "closed"  // the conversation was closed (T15, F1-58)
	HeldReplied HoldReason = "replied" // the customer wrote before (F1-58)
	HeldBlocked HoldReason = "blocked" // the contact was blocked
	HeldAuthor  HoldReason = "author"  // who wrote it may not answer here any more
	HeldChannel HoldReason = "channel" // the channel is switched off, or does not reach the customer
	HeldMissed  HoldReason = "missed"  // Parley did not run at its moment
	HeldMerged  HoldReason = "merged"  // the conversation was merged into another; today they go there with it
	HeldRefused HoldReason = "refused" // the conversation cannot be answered as it is
)

// Next is what is done once a scheduled message was sent.
type Next string

// What may follow, or nothing.
const (
	NextNothing Next = ""
	NextPend    Next = "pend"
	NextResolve Next = "resolve"
)

// or reads "nothing", by which a change says it.
func (n Next) or() Next {
	if n == "nothing" {
		return NextNothing
	}
	return n
}

// ScheduledMade says that a reply waits for its moment.
type ScheduledMade struct {
	Scheduled   ScheduledID `json:"scheduled_id"`
	User        UserID      `json:"user_id"`
	At          time.Time   `json:"at"`
	UnlessReply bool        `json:"only_if_no_reply,omitempty"`
	Then        Next        `json:"then,omitempty"`
	Body        *Scheduled  `json:"-"`
}

// ScheduledChanged says that a scheduled message was edited, moved, or put back.
type ScheduledChanged struct {
	Scheduled ScheduledID `json:"scheduled_id"`
	User      UserID      `json:"user_id"`
	Is        Standing    `json:"is"`
	Was       Standing    `json:"was"`
	Body      *Scheduled  `json:"-"` // the edition, when it is a new one
}

// ScheduledDropped says that a scheduled message was cancelled.
type ScheduledDropped struct {
	Scheduled ScheduledID `json:"scheduled_id"`
	User      UserID      `json:"user_id"`
	Was       Standing    `json:"was"`
}

// ScheduledHeld says that a scheduled message is not sent by itself any more.
type ScheduledHeld struct {
	Scheduled ScheduledID `json:"scheduled_id"`
	User      UserID      `json:"user_id"` // who wrote it, and is told
	Reason    HoldReason  `json:"reason"`
	Was       Standing    `json:"was"`
}

// ScheduledSent says which message a scheduled one became.
type ScheduledSent struct {
	Scheduled ScheduledID `json:"scheduled_id"`
	User      UserID      `json:"user_id"`
	Message   MessageID   `json:"message_id"`
	Was       Standing    `json:"was"`
}

func (f ScheduledMade) is() Standing {
	return Standing{State: ScheduledWaiting, Edition: 1, At: f.At}
}
func (f ScheduledDropped) is() Standing { return f.Was.as(ScheduledCancelled, "") }
func (f ScheduledHeld) is() Standing    { return f.Was.as(ScheduledOnHold, f.Reason) }
func (f ScheduledSent) is() Standing    { return f.Was.as(ScheduledIsSent, "") }

func (s Standing) as(state ScheduledState, reason HoldReason) Standing {
	return Standing{State: state, Reason: reason, Edition: s.Edition, At: s.At}
}

// same reports whether s is o; moments are compared as such.
func (s Standing) same(o Standing) bool {
	return s.State == o.State && s.Reason == o.Reason && s.Edition == o.Edition && s.At.Equal(o.At)
}

// StandingOf returns which scheduled message a fact is about and where that stands
// by it; false for other facts.
func StandingOf(f Fact) (ScheduledID, Standing, bool) {
	switch f := f.(type) {
	case ScheduledMade:
		return f.Scheduled, f.is(), true
	case ScheduledChanged:
		return f.Scheduled, f.Is, true
	case ScheduledDropped:
		return f.Scheduled, f.is(), true
	case ScheduledHeld:
		return f.Scheduled, f.is(), true
	case ScheduledSent:
		return f.Scheduled, f.is(), true
	}
	return 0, Standing{}, false
}

func (f ScheduledMade) apply(c *Conversation, _ Event) { c.Scheduled++ }
func (f ScheduledChanged) apply(c *Conversation, _ Event) {
	c.Scheduled += count(f.Is.State.open()) - count(f.Was.State.open())
}
func (f ScheduledDropped) apply(c *Conversation, _ Event) { c.Scheduled -= count(f.Was.State.open()) }
func (f ScheduledHeld) apply(*Conversation, Event)        {}
func (f ScheduledSent) apply(c *Conversation, _ Event)    { c.Scheduled-- }

func (f ScheduledMade) standing(_ *Conversation, _ Event, w World) (string, error) {
	return scheduledStands(w, f.Scheduled, f.is(), Standing{State: ScheduledCancelled})
}

func (f ScheduledChanged) standing(_ *Conversation, _ Event, w World) (string, error) {
	return scheduledStands(w, f.Scheduled, f.Is, f.Was)
}

func (f ScheduledDropped) standing(_ *Conversation, _ Event, w World) (string, error) {
	return scheduledStands(w, f.Scheduled, f.is(), f.Was)
}

func (f ScheduledHeld) standing(_ *Conversation, _ Event, w World) (string, error) {
	return scheduledStands(w, f.Scheduled, f.is(), f.Was)
}

// scheduledStands returns why a scheduled message cannot be put back to where it was.
func scheduledStands(w World, id ScheduledID, is, was Standing) (string, error) {
	s, err := w.Scheduled(id)
	switch {
	case KindOf(err) == NotFound && err != nil:
		return "the scheduled message went to another conversation since", nil
	case err != nil:
		return "", err
	case !s.Standing.same(is):
		return "the scheduled message was changed, sent or cancelled since", nil
	case was.State == ScheduledWaiting && !was.At.After(w.Now()):
		return "the moment that the message was scheduled for has passed", nil
	}
	return "", nil
}

func (f ScheduledMade) inverse(*Conversation) Fact {
	return ScheduledDropped{Scheduled: f.Scheduled, User: f.User, Was: f.is()}
}

func (f ScheduledChanged) inverse(*Conversation) Fact {
	return ScheduledChanged{Scheduled: f.Scheduled, User: f.User, Is: f.Was, Was: f.Is}
}

func (f ScheduledDropped) inverse(*Conversation) Fact {
	return ScheduledChanged{Scheduled: f.Scheduled, User: f.User, Is: f.Was, Was: f.is()}
}

// What was sent is there again when the message is taken back before it left.
func (f ScheduledSent) standing(_ *Conversation, _ Event, w World) (string, error) {
	return scheduledStands(w, f.Scheduled, f.is(), f.Was)
}

func (f ScheduledSent) inverse(*Conversation) Fact {
	return ScheduledChanged{Scheduled: f.Scheduled, User: f.User, Is: f.Was, Was: f.is()}
}

func (f ScheduledHeld) inverse(*Conversation) Fact {
	return ScheduledChanged{Scheduled: f.Scheduled, User: f.User, Is: f.Was, Was: f.is()}
}

// DueScheduled returns the scheduled message that waits from a fact on, and for when.
func DueScheduled(f Fact) (ScheduledID, time.Time) {
	if id, is, ok := StandingOf(f); ok && is.State == ScheduledWaiting {
		return id, is.At
	}
	return 0, time.Time{}
}

// MayHold reports whether facts may put scheduled messages of c on hold: it was
// closed, or the customer wrote. Most facts do not, and nothing is looked up for them.
func MayHold(c Conversation, events []Event) bool {
	reason, replied := holds(c, events)
	return c.Scheduled > 0 && (reason != "" || replied)
}

func holds(c Conversation, events []Event) (ended HoldReason, replied bool) {
	for _, e := range events {
		switch f := e.Fact.(type) {
		case StatusChanged:
			if f.New == StatusClosed && c.Status == StatusClosed {
				ended = HeldClosed
				if f.Source == SourceBlocked {
					ended = HeldBlocked
				}
			}
		case MessagePosted:
			replied = replied || f.Side == SideCustomer && f.Auto == ""
		}
	}
	return ended, replied
}

// Hold returns what events mean for the scheduled messages of c, which stood as all
// says before them: those of a conversation that was closed are held (T15), and
// those that were to be sent only if the customer does not write before (F1-58).
func Hold(c Conversation, events []Event, all []Scheduled) (facts []Fact) {
	ended, replied := holds(c, events)
	for _, s := range all {
		reason := ended
		if reason == "" && replied && s.UnlessReply {
			reason = HeldReplied
		}
		touched := slices.ContainsFunc(events, func(e Event) bool { id, _, ok := StandingOf(e.Fact); return ok && id == s.ID })
		if s.State == ScheduledWaiting && reason != "" && !touched {
			facts = append(facts, s.held(reason))
		}
	}
	return facts
}

func (s Scheduled) held(reason HoldReason) Fact {
	return ScheduledHeld{Scheduled: s.ID, User: s.User, Reason: reason, Was: s.Standing}
}

func (f ScheduledHeld) why(Event, []Event) string {
	switch f.Reason {
	case HeldClosed:
		return "What was scheduled is not sent by itself once the conversation is closed."
	case HeldReplied:
		return "It was to be sent only if the customer does not write before."
	case HeldBlocked:
		return "The customer was blocked."
	case HeldAuthor:
		return "Whoever wrote it may not answer here any more."
	case HeldChannel:
		return "Its channel is switched off, or does not reach the customer."
	case HeldMerged:
		return "The conversation was merged into another one, where it can be written anew."
	case HeldMissed:
		return "Parley did not run at its moment, and it is too late to send it unasked."
	}
	return "The conversation could not be answered at its moment."
}

func (f ScheduledSent) why(e Event, _ []Event) string {
	if e.By.Kind == ActorSystem {
		return "Its moment had come."
	}
	return ""
}
