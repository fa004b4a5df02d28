package desk

import "time"

// SendSettings say for how long an answer waits before it leaves, so that whoever
// wrote it can take it back (1.4). Seconds; 0 sends at once.
type SendSettings struct {
	UndoMail *int `json:"undo_mail_seconds,omitempty" minimum:"0" maximum:"120" doc:"For how many seconds a mail waits before it leaves and can be taken back; 0 sends at once"`
	UndoChat *int `json:"undo_chat_seconds,omitempty" minimum:"0" maximum:"120" doc:"The same for messages through all other channels"`
}

// maxUndo is the longest an answer waits, in seconds.
const maxUndo = 120

// mailUndo is how long a mail waits where nobody says otherwise, in seconds. What
// is written in a chat is sent at once.
const mailUndo = 10

// KindMail is the kind of channel that mails go through.
const KindMail = "email"

func (s SendSettings) check() error {
	for name, v := range map[string]*int{"undo_mail_seconds": s.UndoMail, "undo_chat_seconds": s.UndoChat} {
		if v != nil && (*v < 0 || *v > maxUndo) {
			return settingError(name, "An answer waits for two minutes at most before it leaves. Choose 0 to 120 seconds.")
		}
	}
	return nil
}

// window is for how long an answer through a kind of channel waits.
func (s SendSettings) window(kind string) time.Duration {
	v := s.UndoChat
	if kind == KindMail {
		v = s.UndoMail
	}
	if v == nil {
		return 0
	}
	return time.Duration(*v) * time.Second
}

// none reports whether no answer waits.
func (s SendSettings) none() bool { return s.window(KindMail) == 0 && s.window("") == 0 }

// Before is what a reply that can be taken back changed.
type Before struct {
	Content     Content   `json:"content"`
	NeedsHuman  Flag      `json:"needs_human,omitempty"`
	PendingNote MessageID `json:"pending_note_id,omitempty"`
}

// MessageRecalled says that a reply was taken back before it left: the customer has
// not seen it, and waits as if it had not been written.
type MessageRecalled struct {
	Message     MessageID `json:"message_id"`
	Is          Content   `json:"is"`
	NeedsHuman  Flag      `json:"needs_human,omitempty"`
	PendingNote MessageID `json:"pending_note_id,omitempty"`
	Preview     string    `json:"-"`
}

// LeavesAt returns until when a message waits before it may leave; zero is no time.
func LeavesAt(f Fact) time.Time {
	switch f := f.(type) {
	case MessagePosted:
		return f.Leaves.Time
	case AsidePosted:
		return f.Leaves.Time
	}
	return time.Time{}
}

// back takes a reply back that has not left. Where nobody wrote since, everything
// is as it was before; else it is what the other messages make of it.
func (f MessagePosted) back(c *Conversation, e Event, w World) (Fact, error) {
	if f.Before == nil {
		return nil, Errorf(Conflict, "%s", cannotUndo(f))
	}
	m, err := w.Message(f.Message)
	switch {
	case err != nil:
		return nil, err
	case !m.DeletedAt.IsZero():
		return nil, gone("the message was taken back already")
	case m.Leaves.IsZero() || m.Delivery != DeliveryQueued || !w.Now().Before(m.Leaves):
		return nil, tooLateToRecall(f.Leaves.Sub(e.At))
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	rest := make([]Message, 0, len(all))
	for _, other := range all {
		if other.ID != f.Message {
			rest = append(rest, other)
		}
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	r := MessageRecalled{Message: f.Message, NeedsHuman: c.NeedsHuman, PendingNote: c.PendingNote, Preview: lineOf(rest)}
	posted := *c
	posted.fill(f.Before.Content)
	f.apply(&posted, e)
	if posted.content().saysTheSame(c.content()) {
		r.Is = f.Before.Content
	} else {
		counts := on(inbox.Settings.AIRepliesCount)
		before := *f.Before
		if overlapped(rest, e.At) {
			before = before.without(*c, rest, counts)
		}
		r.Is = before.waited(*c, remaining(*c, rest, counts), folded(rest, c.Assignee, counts).WaitingSince)
	}
	if r.Is = r.Is.counted(rest); !c.Active() {
		r.Is.Episode = Episode{}
	}
	if r.Is.WaitingOn == f.Before.Content.WaitingOn && c.NeedsHuman == FlagNone {
		r.NeedsHuman = f.Before.NeedsHuman
	}
	if c.Status == StatusOpen && c.PendingNote == 0 {
		r.PendingNote = f.Before.PendingNote
	}
	return r, nil
}

func tooLateToRecall(window time.Duration) error {
	n, s := int(window.Seconds()), "s"
	if n == 1 {
		s = ""
	}
	return Errorf(Conflict, "This message has left: it could be taken back for %d second%s. Write another one to put it right.", n, s)
}

func (f MessageRecalled) apply(c *Conversation, _ Event) {
	c.fill(f.Is)
	c.NeedsHuman, c.PendingNote, c.Preview = f.NeedsHuman, f.PendingNote, f.Preview
}
