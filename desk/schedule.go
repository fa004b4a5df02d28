package desk

import (
	"fmt"
	"slices"
	"time"
)

// maxScheduled is how many messages may wait in one conversation, and maxAhead how
// far ahead they may be scheduled.
const (
	maxScheduled = 50
	maxAhead     = 5 * 366 * 24 * time.Hour
)

// Schedule writes a reply that is sent at a moment (F1-57).
type Schedule struct {
	Text        string         `json:"text" maxLength:"200000" doc:"Markdown; sent as plain text where the channel has none"`
	At          time.Time      `json:"at" doc:"When it is sent"`
	Zone        string         `json:"zone,omitempty" maxLength:"64" doc:"The time zone that the moment was chosen in, like Europe/Stockholm; it is shown in it"`
	UnlessReply bool           `json:"only_if_no_reply,omitempty" doc:"Send it only if the customer has not written before; else it is held, and you are told"`
	Then        Next           `json:"then,omitempty" enum:"nothing,resolve,pend" doc:"What is done with the conversation once it was sent"`
	Files       []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20" doc:"Uploads to send along"`
	ClientID    string         `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is one message"`
	Channel     ChannelID      `json:"channel_id,omitempty" doc:"The channel to answer through; by default the one the customer wrote through last, when it is sent"`
	Header
	Expected int64 `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// EditScheduled changes a message that waits or is held: a new moment in the future
// lets a held one wait again. What is absent stays.
type EditScheduled struct {
	Scheduled   ScheduledID    `json:"scheduled_id"`
	Text        *string        `json:"text,omitempty" maxLength:"200000" doc:"Only its author changes what it says"`
	Files       []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20" doc:"With text: all files it has from now on"`
	At          time.Time      `json:"at,omitzero" doc:"When it is sent"`
	Zone        string         `json:"zone,omitempty" maxLength:"64" doc:"With at: the time zone it was chosen in"`
	UnlessReply *bool          `json:"only_if_no_reply,omitempty"`
	Then        *Next          `json:"then,omitempty" enum:"nothing,resolve,pend"`
	// Expected makes it a compare-and-set: two windows never write over each other.
	Expected int `json:"expected_edition,omitempty" minimum:"0" doc:"The edition that is changed; refused when there is a newer one"`
}

// CancelScheduled keeps a scheduled message from being sent.
type CancelScheduled struct {
	Scheduled ScheduledID `json:"scheduled_id"`
}

// Key returns the sender's own id.
func (s Schedule) Key() string { return s.ClientID }

// Decide refuses what could not be sent now either.
func (s Schedule) Decide(c Conversation, w World) ([]Fact, error) {
	if s.Expected != 0 && s.Expected != c.Version {
		return nil, stale(c)
	}
	if err := maySchedule(c, w); err != nil {
		return nil, err
	}
	if c.Scheduled >= maxScheduled {
		return nil, Errorf(Conflict, "%d messages are scheduled here already. Send or cancel one of them first.", c.Scheduled)
	}
	at, err := checkMoment("at", s.At, w.Now())
	if err != nil {
		return nil, err
	}
	files, err := w.Files(s.Files)
	if err != nil {
		return nil, err
	}
	text, err := checkText("a reply", s.Text, len(files))
	if err != nil {
		return nil, err
	}
	if _, err := checkPictures(text, files, w); err != nil {
		return nil, err
	}
	to, subject, err := s.addressed(c, s.Channel, w)
	if err != nil {
		return nil, err
	}
	d := Draft{Channel: s.Channel, Text: text, Files: files, Recipients: to, Subject: subject, Quoting: s.Quoting, Zone: s.Zone, UnlessReply: s.UnlessReply, Then: s.Then.or()}
	if err := d.check(c, w); err != nil {
		return nil, err
	}
	me := w.Actor().User
	next := Scheduled{
		ID: w.NewScheduled(), Conversation: c.ID, User: me, Draft: d, Standing: Standing{State: ScheduledWaiting, Edition: 1, At: at},
		Editions: 1, ClientID: s.ClientID, CreatedAt: w.Now(), ChangedAt: w.Now(), ChangedBy: me,
	}
	return []Fact{ScheduledMade{Scheduled: next.ID, User: me, At: at, UnlessReply: d.UnlessReply, Then: d.Then, Body: &next}}, nil
}

// maySchedule refuses what has ended, and who was blocked.
func maySchedule(c Conversation, w World) error {
	switch {
	case c.Archived():
		return Errorf(Conflict, "This conversation is archived. Unarchive and reopen it before you schedule a message.")
	case c.Status == StatusClosed:
		return Errorf(Conflict, "This conversation is closed. Reopen it before you schedule a message.")
	}
	blocked, err := w.Blocked(c.Contact, false)
	if err == nil && blocked {
		err = Errorf(Forbidden, "This customer is blocked. Unblock them before you schedule a message.")
	}
	return err
}

// check refuses a zone that is none, what cannot follow here, and a channel that
// does not reach the customer.
func (d Draft) check(c Conversation, w World) error {
	if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" {
		return invalidField("zone", fmt.Sprintf("There is no time zone %q. Write it like Europe/Stockholm.", Line(d.Zone, 64)))
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	switch {
	case d.Then != NextNothing && d.Then != NextPend && d.Then != NextResolve:
		return invalidField("then", "Choose what is done once it was sent: nothing, pend or resolve.")
	case d.Then == NextPend && inbox.Settings.PendingDisabled:
		return invalidField("then", "This inbox does not use Pending. Choose something else to be done once it was sent.")
	}
	if channel := c.through(d.Channel); channel != 0 {
		return w.Reachable(c.Contact, channel)
	}
	return nil
}

// through is the channel that an answer takes.
func (c *Conversation) through(chosen ChannelID) ChannelID {
	if chosen != 0 {
		return chosen
	}
	return c.LastChannel
}

// checkMoment returns a moment in the future as it is kept.
func checkMoment(field string, at, now time.Time) (time.Time, error) {
	at = at.UTC().Truncate(time.Microsecond)
	switch {
	case at.Year() < 2: // the zero time in any zone
		return at, invalidField(field, "Say when: a date and a time.")
	case !at.After(now):
		return at, invalidField(field, "This moment has passed. Choose a later one.")
	case at.Sub(now) > maxAhead:
		return at, invalidField(field, "This is more than five years ahead. Choose an earlier moment.")
	}
	return at, nil
}

// scheduledHere returns a scheduled message of this conversation that may still be
// sent.
func scheduledHere(w World, id ScheduledID) (Scheduled, error) {
	s, err := w.Scheduled(id)
	switch {
	case err != nil:
		return s, err
	case s.State == ScheduledIsSent:
		return s, Errorf(Conflict, "This message has been sent. Write another one to put it right.")
	case s.State == ScheduledCancelled:
		return s, Errorf(Conflict, "This message was cancelled. Undo that first, or schedule another one.")
	}
	return s, nil
}

// Decide lets everybody who may answer move it; what it says only its author
// changes.
func (e EditScheduled) Decide(c Conversation, w World) ([]Fact, error) {
	s, err := scheduledHere(w, e.Scheduled)
	if err != nil {
		return nil, err
	}
	if e.Expected != 0 && e.Expected != s.Edition {
		return nil, &Error{Kind: Conflict, Message: "This message was changed in another window. Look at it again.", Details: map[string]any{"edition": s.Edition}}
	}
	if err := maySchedule(c, w); err != nil {
		return nil, err
	}
	next := s
	if err := e.write(&next, w); err != nil {
		return nil, err
	}
	if e.UnlessReply != nil {
		next.UnlessReply = *e.UnlessReply
	}
	if e.Then != nil {
		next.Then = e.Then.or()
	}
	if !e.At.IsZero() {
		if next.At, err = checkMoment("at", e.At, w.Now()); err != nil {
			return nil, err
		}
		next.Zone, next.State, next.Reason = e.Zone, ScheduledWaiting, ""
	}
	if err := next.check(c, w); err != nil {
		return nil, err
	}
	if next.Standing.same(s.Standing) && next.Draft.same(s.Draft) {
		return nil, nil
	}
	if next.State == ScheduledWaiting && !next.At.After(w.Now()) {
		return nil, Errorf(Conflict, "This message is being sent right now. Look at it again in a moment.")
	}
	next.Edition, next.ChangedAt, next.ChangedBy = s.Editions+1, w.Now(), w.Actor().User
	return []Fact{ScheduledChanged{Scheduled: s.ID, User: s.User, Is: next.Standing, Was: s.Standing, Body: &next}}, nil
}

// write gives a message other words and files.
func (e EditScheduled) write(s *Scheduled, w World) error {
	if e.Text == nil {
		return nil
	}
	if s.User != w.Actor().User {
		m, err := w.Member(s.User)
		if err != nil {
			return err
		}
		return Errorf(Forbidden, "Only %s can change what this message says. Move, send or cancel it, or write one of your own.", orSomebody(m.Name))
	}
	var fresh []AttachmentID
	var kept []Attachment
	for _, id := range e.Files {
		if i := slices.IndexFunc(s.Files, func(f Attachment) bool { return f.ID == id }); i >= 0 {
			kept = append(kept, s.Files[i])
		} else {
			fresh = append(fresh, id)
		}
	}
	more, err := w.Files(fresh)
	if err != nil {
		return err
	}
	s.Files = append(kept, more...)
	if s.Text, err = checkText("a reply", *e.Text, len(s.Files)); err != nil {
		return err
	}
	_, err = checkPictures(s.Text, s.Files, w)
	return err
}

// same reports whether two drafts would send the same in the same way.
func (d Draft) same(o Draft) bool {
	files := func(a, b Attachment) bool { return a.ID == b.ID }
	return d.Channel == o.Channel && d.Text == o.Text && d.Zone == o.Zone && d.UnlessReply == o.UnlessReply && d.Then == o.Then &&
		d.Recipients.same(o.Recipients) && d.Subject == o.Subject && slices.EqualFunc(d.Files, o.Files, files)
}

// Decide does nothing when it was cancelled already.
func (x CancelScheduled) Decide(_ Conversation, w World) ([]Fact, error) {
	s, err := w.Scheduled(x.Scheduled)
	if err != nil || s.State == ScheduledCancelled {
		return nil, err
	}
	if s, err = scheduledHere(w, x.Scheduled); err != nil {
		return nil, err
	}
	return []Fact{ScheduledDropped{Scheduled: s.ID, User: s.User, Was: s.Standing}}, nil
}
