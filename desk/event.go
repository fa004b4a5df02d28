package desk

import "time"

// Actor is who did something.
type Actor struct {
	Kind ActorKind `json:"kind"`
	User UserID    `json:"user_id,omitempty"`
	Role Role      `json:"-"` // of a user, in the workspace
	// Inboxes are the ones a user may see; nil means all of the workspace.
	Inboxes []InboxID `json:"-"`
	// View is which conversations of those, for an agent; "" means all.
	View  Visibility `json:"-"`
	Teams []TeamID   `json:"-"` // those a user is in
}

// ActorKind is what kind of actor did something.
type ActorKind string

// The kinds of actor.
const (
	ActorUser       ActorKind = "user"
	ActorContact    ActorKind = "contact"
	ActorSystem     ActorKind = "system" // a delivery, a timer
	ActorAutomation ActorKind = "automation"
	ActorAI         ActorKind = "ai"
)

// Sees reports whether a may see conversations of an inbox.
func (a Actor) Sees(inbox InboxID) bool {
	if a.Inboxes == nil {
		return true
	}
	for _, id := range a.Inboxes {
		if id == inbox {
			return true
		}
	}
	return false
}

// Event is one fact about one conversation, with actor, time and cause. Events
// are the timeline, the audit log, the realtime feed and the input of effects.
type Event struct {
	Seq          int64 // the order in which events were committed on one node; set by the store
	Workspace    WorkspaceID
	Conversation ConversationID
	Version      int64 // of the conversation after this fact; 0 for a personal fact
	At           time.Time
	By           Actor
	Command      CommandID // the facts of one command share it; undo takes it
	Cause        int64     // Seq of the event that led here; 0 if nothing did
	Depth        int       // how many effects led here
	Fact         Fact
}

// Fact is what happened. A fact carries ids and small values, never text that a
// person wrote: that is kept with the message.
type Fact interface {
	apply(*Conversation, Event)
}

// personal marks facts that concern one reader and leave the conversation as it is.
type personal interface{ Reader() UserID }

// Reader returns whose business the fact is, or 0 when it is everybody's.
func Reader(f Fact) UserID {
	if p, ok := f.(personal); ok {
		return p.Reader()
	}
	return 0
}

// invertible is a fact that can be taken back.
type invertible interface {
	// standing returns why the fact, which e recorded, cannot be taken back any
	// more, because something changed what it had made; "" if nothing did.
	standing(c *Conversation, e Event, w World) (string, error)
	// inverse returns the fact that takes it back from c as it is now. It keeps
	// what it is going to change, so that it can be taken back itself.
	inverse(c *Conversation) Fact
}

// reversible is a fact that can be taken back, and that must look at other
// conversations for it.
type reversible interface {
	// back returns the fact that takes it back from c as it is now, or an error that
	// says why it cannot be taken back any more.
	back(c *Conversation, e Event, w World) (Fact, error)
}

// Undoable reports whether a fact is of a kind that can be taken back; a message is
// as long as it waits before it leaves.
func Undoable(f Fact) bool {
	switch f := f.(type) {
	case MessagePosted:
		return f.Before != nil
	case AsidePosted:
		return !f.Leaves.IsZero()
	}
	_, ok := f.(invertible)
	_, also := f.(reversible)
	return ok || also || follows(f)
}

// follows reports whether a fact only says what follows from all the others: it is
// not taken back but worked out again, or goes with them.
func follows(f Fact) bool {
	switch f := f.(type) {
	case DueChanged, MessageMoved, SurveyAsked:
		return true
	case Opened:
		return f.Source == SourceSplit // it ends with the split
	case Read:
		return f.Merged // how far people have read stays
	}
	return false
}
