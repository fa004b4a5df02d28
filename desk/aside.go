package desk

import (
	"fmt"
	"slices"
	"strings"
)

// KindAside is a mail with somebody else about the conversation: what was forwarded to
// them, and what they answer. The customer sees nothing of it, and whose turn it is
// between the customer and the team stays as it is.
const KindAside MessageKind = "aside"

// maxForwarded is how many messages one mail carries.
const maxForwarded = 200

// Forward writes to somebody who is not the customer: with messages of the
// conversation below it, or as an answer to what such a person wrote.
type Forward struct {
	Message MessageID      `json:"message_id,omitempty" doc:"The message to forward"`
	Whole   bool           `json:"whole,omitempty" doc:"Forward what was said up to that message as well"`
	Answers MessageID      `json:"answers_id,omitempty" doc:"Instead of message_id: the mail of somebody the conversation was forwarded to, which this answers"`
	Text    string         `json:"text,omitempty" maxLength:"200000" doc:"What stands above what is forwarded; Markdown"`
	Carry   []AttachmentID `json:"carry_ids,omitempty" maxItems:"20" doc:"Files of messages of this conversation to send along"`
	Files   []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20" doc:"Uploads to send along"`
	Channel ChannelID      `json:"channel_id,omitempty" doc:"The mail address of ours to send from; by default that of the conversation"`
	Header
	ClientID string `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is one mail"`
}

// AsidePosted says that a mail went to somebody else about the conversation, or came
// from them.
type AsidePosted struct {
	Message   MessageID   `json:"message_id"`
	Forwarded []MessageID `json:"forwarded_ids,omitempty"` // what it carries
	Side      Side        `json:"side"`
	Author    AuthorKind  `json:"author_kind"`
	User      UserID      `json:"user_id,omitempty"`
	Contact   ContactID   `json:"contact_id,omitempty"` // who wrote it, who is not the customer
	Channel   ChannelID   `json:"channel_id,omitempty"`
	Sent      microTime   `json:"sent_at"`
	HasFiles  bool        `json:"has_files,omitempty"`
	Auto      string      `json:"auto,omitempty"`
	Leaves    microTime   `json:"leaves_at,omitzero"`
	Body      *Message    `json:"-"`
	ForAI     bool        `json:"-"` // the customer waits for the AI agent, which looks again
}

// AsideRecalled says that such a mail was taken back before it left.
type AsideRecalled struct {
	Message  MessageID `json:"message_id"`
	HasFiles bool      `json:"has_files,omitempty"`
}

// Decide refuses what is no mail, goes to nobody or to the customer, or carries what
// only the team sees.
func (f Forward) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it before you forward something of it.")
	}
	channel := c.through(f.Channel)
	mail, err := byMail(channel, w)
	if err != nil {
		return nil, err
	}
	if !mail {
		return nil, invalidField("channel_id", "Forwarding goes by mail. Choose a mail address of yours to send from.")
	}
	to, err := f.recipients(w)
	if err != nil {
		return nil, err
	}
	first, forwarded, err := f.carried(c, w)
	if err != nil {
		return nil, err
	}
	if f.Answers != 0 && len(to.To) == 0 && first.Sender != "" {
		to.To = []Address{{Name: first.AuthorName, Email: first.Sender}}
	}
	if len(to.To) == 0 {
		return nil, invalidField("to", "Say whom it goes to.")
	}
	if customer, err := w.Addressee(c.Contact, channel); err == nil && to.Has(customer.Email) {
		return nil, invalidField("to", fmt.Sprintf("%s is the customer of this conversation. Write a reply instead.", customer.Email))
	}
	files, err := w.Files(f.Files)
	if err != nil {
		return nil, err
	}
	copies, err := w.CopyFiles(f.Carry)
	if err != nil {
		return nil, err
	}
	files = slices.Concat(copies, files)
	text, err := checkText("a mail", f.Text, len(files)+len(forwarded))
	if err != nil {
		return nil, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: channel, Kind: KindAside, Side: SideTeam, AuthorKind: AuthorUser, User: w.Actor().User,
		Text: text, Markdown: true, Files: files, At: w.Now(), CreatedAt: w.Now(), ClientID: f.ClientID, Recipients: to, Subject: f.subject(c, first),
		Forwarded: forwarded, Answers: f.Answers, Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.place(w); err != nil {
		return nil, err
	}
	posted := AsidePosted{
		Message: m.ID, Forwarded: forwarded, Side: m.Side, Author: m.AuthorKind, User: m.User, Channel: channel, Sent: microTime{m.At}, HasFiles: hasFiles(m), Body: &m,
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	if err := m.dress(inbox, w, f.Quoting); err != nil {
		return nil, err
	}
	if window := inbox.Settings.window(KindMail); window > 0 {
		m.Leaves = w.Now().Add(window)
		posted.Leaves = microTime{m.Leaves}
	}
	return []Fact{posted}, nil
}

// carried returns the message that is forwarded or answered, and what the mail carries.
func (f Forward) carried(c Conversation, w World) (first Message, ids []MessageID, err error) {
	if (f.Message == 0) == (f.Answers == 0) {
		return first, nil, Errorf(Invalid, "Choose a message to forward, or one to answer.")
	}
	if f.Answers != 0 {
		if first, err = w.Message(f.Answers); err == nil && first.Kind != KindAside {
			err = Errorf(Invalid, "This message is the customer's. Write a reply instead.")
		}
		return first, nil, err
	}
	if first, err = w.Message(f.Message); err != nil {
		return first, nil, err
	}
	if !forwards(first) {
		return first, nil, Errorf(Invalid, "Only messages can be forwarded: a note stays with the team. Copy what is needed of it.")
	}
	if !f.Whole {
		return first, []MessageID{first.ID}, nil
	}
	all, err := w.Heads(c.ID)
	for _, m := range all {
		if m.ID <= first.ID && m.Kind == KindMessage && forwards(m) && (m.Auto == "" || m.Auto == AutoImported) {
			ids = append(ids, m.ID)
		}
	}
	return first, ids[max(0, len(ids)-maxForwarded):], err
}

// forwards reports whether a message can be forwarded: it was said, to or by somebody
// outside.
func forwards(m Message) bool {
	return m.Kind != KindNote && m.DeletedAt.IsZero() && m.Delivery != DeliveryWithheld
}

// subject is what was chosen, or that of the message.
func (f Forward) subject(c Conversation, first Message) string {
	if s := Line(f.Subject, MaxSubject); s != "" {
		return s
	}
	s := first.Subject
	if s == "" {
		s = c.Subject
	}
	prefix := "Fwd: "
	if f.Answers != 0 {
		prefix = "Re: "
	}
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		prefix = ""
	}
	return Line(prefix+s, MaxSubject)
}

// Key returns the sender's own id of the mail: one mail however often it is sent.
func (f Forward) Key() string { return f.ClientID }

// aside records what somebody wrote who is not the customer. It ends a pause, so that
// somebody of the team looks, but nobody waits longer or shorter for it.
func (r Receive) aside(c Conversation, w World) (facts []Fact, err error) {
	m := r.Message
	posted := AsidePosted{
		Message: m.ID, Side: SideCustomer, Author: m.AuthorKind, Contact: m.Contact, Channel: m.Channel, Sent: microTime{m.At}, HasFiles: hasFiles(m), Auto: m.Auto,
		Body: &m, ForAI: c.AIState == AIActive,
	}
	if c.Archived() || m.Auto != "" {
		return []Fact{posted}, nil
	}
	if asleep(c) {
		facts = append(facts, c.woken(w.Now(), WokenByAside, 0))
	}
	if c.Status != StatusOpen && mayPutBack(c, StatusOpen, w) == nil {
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusOpen, Implicit: true, Source: SourceAside, Was: c.newWait()})
	}
	return append(facts, posted), nil
}

// Outgoing reports whether the mail has to be sent.
func (f AsidePosted) Outgoing() bool { return f.Side == SideTeam }

func (f AsidePosted) apply(c *Conversation, e Event) {
	c.Messages++
	c.WithFiles += count(f.HasFiles)
	if c.Archived() {
		return
	}
	if e.At.After(c.LastActivityAt) {
		c.LastActivityAt = e.At
	}
	if f.Side == SideCustomer && f.Message > c.LastFromCustomer {
		c.LastFromCustomer = f.Message // it is unread
	}
	if f.Side == SideCustomer && c.WaitingOn == WaitingOnAgent && c.WaitingSince.IsZero() {
		c.WaitingSince = f.Sent.Time // it was opened again, and the customer still waits
	}
}

// back takes the mail back while it waits.
func (f AsidePosted) back(_ *Conversation, e Event, w World) (Fact, error) {
	if f.Leaves.IsZero() {
		return nil, Errorf(Conflict, "%s", cannotUndo(f))
	}
	m, err := w.Message(f.Message)
	switch {
	case err != nil:
		return nil, err
	case !m.DeletedAt.IsZero():
		return nil, gone("the mail was taken back already")
	case m.Leaves.IsZero() || m.Delivery != DeliveryQueued || !w.Now().Before(m.Leaves):
		return nil, tooLateToRecall(f.Leaves.Sub(e.At))
	}
	return AsideRecalled{f.Message, f.HasFiles}, nil
}

func (f AsideRecalled) apply(c *Conversation, _ Event) {
	c.Messages--
	c.WithFiles -= count(f.HasFiles)
}
