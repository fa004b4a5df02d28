package desk

import (
	"strings"
	"time"
)

// Why a conversation is pending (axis J).
const (
	PendingCustomer = "customer" // the customer has to do or tell us something
	PendingExternal = "external" // somebody else has
)

// Pend says that the team can do nothing before somebody else has (E8, T8).
type Pend struct {
	Reason   string    `json:"reason" enum:"customer,external" doc:"Whom it waits for"`
	Note     string    `json:"note,omitempty" maxLength:"200000" doc:"What it waits for; needed when it is not the customer"`
	RemindAt time.Time `json:"remind_at,omitzero" doc:"Snooze it until then, as a reminder to follow up"`
	Expected int64     `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// Decide writes the note and changes the status; a customer's message opens it
// again (T9).
func (p Pend) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() {
		return nil, Errorf(Conflict, "This conversation has ended. Reopen it first.")
	}
	if p.Expected != 0 && p.Expected != c.Version {
		return nil, stale(c)
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	if inbox.Settings.PendingDisabled {
		return nil, Errorf(Conflict, "This inbox does not use Pending. Snooze the conversation instead, or ask an admin to switch Pending on.")
	}
	note := strings.TrimSpace(p.Note)
	switch {
	case p.Reason != PendingCustomer && p.Reason != PendingExternal:
		return nil, invalidField("reason", "Say whom it waits for: the customer, or somebody else.")
	case p.Reason == PendingExternal && note == "":
		return nil, invalidField("note", "Write what you wait for, so that others know it too.")
	}
	var facts []Fact
	change := StatusChanged{Old: c.Status, New: StatusPending, Source: SourceUser, Reason: p.Reason, Was: c.rest()}
	if note != "" {
		text, err := checkText("a note", p.Note, 0)
		if err != nil {
			return nil, err
		}
		n, err := newNote(c, w, Message{Text: text}, nil)
		if err != nil {
			return nil, err
		}
		change.Note = n.Message
		facts = append(facts, n)
	}
	if c.Status != StatusPending || c.PendingReason != p.Reason || note != "" {
		facts = append(facts, change)
	}
	if p.RemindAt.IsZero() {
		return facts, nil
	}
	sleep, err := Snooze{Until: p.RemindAt}.Decide(c, w)
	return append(facts, sleep...), err
}
