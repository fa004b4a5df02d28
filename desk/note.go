package desk

// Note writes something that only the team sees (E5).
type Note struct {
	Text     string         `json:"text" maxLength:"200000" doc:"Markdown"`
	Files    []AttachmentID `json:"attachment_ids,omitempty" maxItems:"20"`
	Mentions []Mention      `json:"mentions,omitempty" maxItems:"50" doc:"Whom names in the text mean, where several people have the same one"`
	ClientID string         `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is one note"`
}

// NoteAdded says that a note was written.
type NoteAdded struct {
	Message  MessageID `json:"message_id"`
	HasFiles bool      `json:"has_files,omitempty"`
	Mentions []Mention `json:"mentions,omitempty"`
	Body     *Message  `json:"-"`
}

// NoteRemoved says that a note was taken back.
type NoteRemoved struct {
	Message  MessageID `json:"message_id"`
	HasFiles bool      `json:"has_files,omitempty"`
}

// NoteRestored says that a note which was taken back is there again.
type NoteRestored struct {
	Message  MessageID `json:"message_id"`
	HasFiles bool      `json:"has_files,omitempty"`
}

// Decide never changes whose turn it is or when the customer was answered (1.5).
func (n Note) Decide(c Conversation, w World) ([]Fact, error) {
	files, err := w.Files(n.Files)
	if err != nil {
		return nil, err
	}
	text, err := checkText("a note", n.Text, len(files))
	if err != nil {
		return nil, err
	}
	note, err := newNote(c, w, Message{Text: text, Files: files, ClientID: n.ClientID}, n.Mentions)
	if err != nil {
		return nil, err
	}
	return []Fact{note}, nil
}

// newNote makes a note of what somebody wrote, and reads in it whom it mentions.
func newNote(c Conversation, w World, m Message, chosen []Mention) (NoteAdded, error) {
	m.Conversation, m.Kind, m.Side, m.AuthorKind, m.User = c.ID, KindNote, SideTeam, AuthorUser, w.Actor().User
	m.At, m.CreatedAt, m.Edition, m.Editions = w.Now(), w.Now(), 1, 1
	if m.User == 0 { // a rule wrote it
		m.AuthorKind = AuthorAutomation
		inbox, err := w.Inbox(c.Inbox)
		if err != nil {
			return NoteAdded{}, err
		}
		m.AuthorName = inbox.Name
	}
	if err := m.write(c, w, m.Text, chosen); err != nil {
		return NoteAdded{}, err
	}
	m.ID = w.NewMessage()
	return NoteAdded{Message: m.ID, HasFiles: hasFiles(m), Mentions: m.Mentions, Body: &m}, nil
}

func (f NoteAdded) apply(c *Conversation, _ Event) {
	c.Messages++
	c.WithFiles += count(f.HasFiles)
}

func (f NoteAdded) standing(_ *Conversation, _ Event, w World) (string, error) {
	return noteStands(w, f.Message, true)
}

func (f NoteAdded) inverse(*Conversation) Fact { return NoteRemoved{f.Message, f.HasFiles} }

func (f NoteRemoved) apply(c *Conversation, _ Event) {
	c.Messages--
	c.WithFiles -= count(f.HasFiles)
}

func (f NoteRemoved) standing(_ *Conversation, _ Event, w World) (string, error) {
	return noteStands(w, f.Message, false)
}

func (f NoteRemoved) inverse(*Conversation) Fact { return NoteRestored(f) }

func (f NoteRestored) apply(c *Conversation, _ Event) {
	c.Messages++
	c.WithFiles += count(f.HasFiles)
}

func (f NoteRestored) standing(_ *Conversation, _ Event, w World) (string, error) {
	return noteStands(w, f.Message, true)
}

func (f NoteRestored) inverse(*Conversation) Fact { return NoteRemoved(f) }

// noteStands returns why a note is not as a fact left it, there or taken back.
func noteStands(w World, id MessageID, there bool) (string, error) {
	m, err := w.Message(id)
	switch {
	case err != nil:
		return "", err
	case there && !m.DeletedAt.IsZero():
		return "the note was taken back since", nil
	case !there && m.DeletedAt.IsZero():
		return "the note is there again", nil
	}
	return "", nil
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Key returns the sender's own id of the note: one note however often it is sent.
func (n Note) Key() string { return n.ClientID }
