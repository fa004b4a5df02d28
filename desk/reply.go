package desk

// Reply sends a message to the customer (E2).
type Reply struct {
	Text     string         `json:"text" doc:"Markdown; sent as plain text where the channel has none" maxLength:"200000"`
	Files    []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20" doc:"Uploads to send along"`
	ClientID string         `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is one message"`
	Channel  ChannelID      `json:"channel_id,omitempty" doc:"The channel to answer through; by default the one the customer wrote through last"`
	Cc       []string       `json:"cc,omitempty" maxItems:"20" doc:"Further recipients, for mail"`
	Expected int64          `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
	Seen     MessageID      `json:"seen_id,omitempty" doc:"The newest message or note you had seen: refuse when somebody else has written since"`
}

// Decide follows T10, T24, T25 and D-30.
func (r Reply) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive and reopen it before you answer.")
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
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	if c.Status == StatusClosed && c.Grouping == PerContact && !inbox.Settings.AgentMessageReopens {
		return nil, Errorf(Conflict, "This conversation is closed. Reopen it before you answer.")
	}
	reopens := c.Status == StatusClosed && inbox.Settings.AgentMessageReopens
	if reopens {
		if err := mayOpen(c, w); err != nil {
			return nil, err
		}
	}
	if reopens && opens(c, StatusOpen) {
		if err := checkFree(c, w); err != nil {
			return nil, err
		}
	}
	channel := r.Channel
	if channel == 0 {
		channel = c.LastChannel
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: channel, Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorUser,
		User: w.Actor().User, Text: text, Files: files, At: w.Now(), CreatedAt: w.Now(), ClientID: r.ClientID, Cc: r.Cc,
		Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	var facts []Fact
	if asleep(c) {
		facts = append(facts, c.woken(w.Now(), WokenByReply, 0))
	}
	if reopens {
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusOpen, Implicit: true, Source: SourceUser, Was: c.newWait()})
	}
	if on(inbox.Settings.AITakeover) {
		facts = append(facts, c.pause(ByReply)...)
	}
	facts = append(facts, MessagePosted{
		Message: m.ID, Side: SideTeam, Author: AuthorUser, User: m.User, Channel: channel, Sent: microTime{m.At},
		HasFiles: hasFiles(m), Body: &m, Preview: preview(m),
	})
	if c.Status == StatusOpen && inbox.Settings.AutoPendingOnReply && !inbox.Settings.PendingDisabled { // T11
		facts = append(facts, StatusChanged{Old: StatusOpen, New: StatusPending, Implicit: true, Source: SourceUser, Reason: PendingCustomer, Was: c.rest()})
	}
	return facts, nil
}

func stale(c Conversation) error {
	return &Error{
		Kind: Conflict, Message: "This conversation has changed since you looked. See what is new, then do it again.",
		Details: map[string]any{"version": c.Version},
	}
}

// Key returns the sender's own id of the message: one message however often it is sent.
func (r Reply) Key() string { return r.ClientID }
