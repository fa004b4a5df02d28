package desk

import "time"

// Reply sends a message to the customer (E2).
type Reply struct {
	Text     string         `json:"text" doc:"Markdown; sent as plain text where the channel has none. In a mail ![words](att_…) shows a picture of attachment_ids where it stands" maxLength:"200000"`
	Files    []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20" doc:"Uploads to send along"`
	ClientID string         `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is one message"`
	Channel  ChannelID      `json:"channel_id,omitempty" doc:"The channel to answer through; by default the one the customer wrote through last"`
	Header
	Expected int64     `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
	Seen     MessageID `json:"seen_id,omitempty" doc:"The newest message or note you had seen: refuse when somebody else has written since"`
	AtOnce   bool      `json:"-"` // it does not wait for whoever may want it back
}

// Decide follows T10, T24, T25 and D-30.
func (r Reply) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Archived() {
		return nil, frozen()
	}
	if r.Expected != 0 && r.Expected != c.Version {
		return nil, stale(c)
	}
	files, err := w.Files(r.Files)
	if err != nil {
		return nil, err
	}
	text, err := checkText("a reply", r.Text, len(files))
	if err != nil {
		return nil, err
	}
	to, subject, err := r.addressed(c, r.Channel, w)
	if err != nil {
		return nil, err
	}
	p := reply{user: w.Actor().User, text: text, files: files, channel: r.Channel, to: to, subject: subject, quoting: r.Quoting, client: r.ClientID, waits: !r.AtOnce}
	if err := p.may(c, w); err != nil {
		return nil, err
	}
	return p.post(c, w)
}

// reply is a message of the team that is about to be posted.
type reply struct {
	user    UserID
	text    string
	files   []Attachment
	channel ChannelID // 0 is the one the customer wrote through last
	to      Recipients
	subject string // "" is that of the conversation
	quoting Quoting
	client  string
	waits   bool // it can be taken back for as long as the inbox says
}

func frozen() error {
	return Errorf(Conflict, "This conversation is archived. Unarchive and reopen it before you answer.")
}

// may refuses where c cannot be answered as it is.
func (r reply) may(c Conversation, w World) error {
	if c.Archived() {
		return frozen()
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	if c.Status == StatusClosed && c.Grouping == PerContact && !inbox.Settings.AgentMessageReopens {
		return Errorf(Conflict, "This conversation is closed. Reopen it before you answer.")
	}
	if c.Status != StatusClosed || !inbox.Settings.AgentMessageReopens {
		return nil
	}
	if err := mayOpen(c, w); err != nil {
		return err
	}
	if opens(c, StatusOpen) {
		return checkFree(c, w)
	}
	return nil
}

// post returns what a reply makes of c, which may be answered.
func (r reply) post(c Conversation, w World) ([]Fact, error) {
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	to, err := r.to.settled(c, c.through(r.channel), w)
	if err != nil {
		return nil, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: c.through(r.channel), Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorUser,
		User: r.user, Text: r.text, Markdown: true, Files: r.files, At: w.Now(), CreatedAt: w.Now(), ClientID: r.client, Recipients: to, Subject: r.subject,
		Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.place(w); err != nil {
		return nil, err
	}
	if err := m.dress(inbox, w, r.quoting); err != nil {
		return nil, err
	}
	var facts []Fact
	if asleep(c) {
		facts = append(facts, c.woken(w.Now(), WokenByReply, 0))
	}
	if c.Status == StatusClosed && inbox.Settings.AgentMessageReopens {
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusOpen, Implicit: true, Source: SourceUser, Was: c.newWait()})
	}
	if on(inbox.Settings.AITakeover) {
		facts = append(facts, c.pause(ByReply)...)
	}
	posted := MessagePosted{
		Message: m.ID, Side: SideTeam, Author: AuthorUser, User: m.User, Channel: m.Channel, Sent: microTime{m.At},
		HasFiles: hasFiles(m), Body: &m, Preview: preview(m),
	}
	window, err := r.window(c, w, inbox.Settings.SendSettings)
	if err != nil {
		return nil, err
	}
	if window > 0 {
		m.Leaves = w.Now().Add(window)
		posted.Leaves, posted.Before = microTime{m.Leaves}, c.before(facts, w)
	}
	facts = append(facts, posted)
	if c.Status == StatusOpen && inbox.Settings.AutoPendingOnReply && !inbox.Settings.PendingDisabled { // T11
		was := c.rest()
		was.SnoozedUntil, was.SnoozeUntilReply = time.Time{}, false // the reply has woken it
		facts = append(facts, StatusChanged{Old: StatusOpen, New: StatusPending, Implicit: true, Source: SourceUser, Reason: PendingCustomer, Was: was})
	}
	return facts, nil
}

// window is for how long the reply waits before it leaves.
func (r reply) window(c Conversation, w World, s SendSettings) (time.Duration, error) {
	channel := c.through(r.channel)
	if !r.waits || s.none() || channel == 0 {
		return 0, nil
	}
	kind, err := w.ChannelKind(channel)
	return s.window(kind), err
}

// before is what a reply changes of c after these facts.
func (c *Conversation) before(facts []Fact, w World) *Before {
	after := *c
	for _, f := range facts {
		f.apply(&after, Event{Conversation: c.ID, At: w.Now(), By: w.Actor(), Fact: f})
	}
	return &Before{Content: after.content(), NeedsHuman: after.NeedsHuman, PendingNote: after.PendingNote}
}

func stale(c Conversation) error {
	return &Error{
		Kind: Conflict, Message: "This conversation has changed since you looked. See what is new, then do it again.",
		Details: map[string]any{"version": c.Version},
	}
}

// Key returns the sender's own id of the message: one message however often it is sent.
func (r Reply) Key() string { return r.ClientID }
