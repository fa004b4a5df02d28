package desk

// EditNote gives a note another text; the earlier ones can still be read.
type EditNote struct {
	Message  MessageID `json:"message_id"`
	Text     string    `json:"text" maxLength:"200000" doc:"Markdown"`
	Mentions []Mention `json:"mentions,omitempty" maxItems:"50" doc:"Whom names in the text mean, where several people have the same one"`
	// Expected makes it a compare-and-set: two windows never write over each other.
	Expected int `json:"expected_edition,omitempty" minimum:"0" doc:"The edition that is changed; refused when there is a newer one"`
}

// NoteEdited says which edition of a note counts now. Every edition is kept.
type NoteEdited struct {
	Message  MessageID `json:"message_id"`
	Edition  int       `json:"edition"`            // 1 is the first
	Old      int       `json:"old"`                // what counted before
	Mentions []Mention `json:"mentions,omitempty"` // whom this edition calls and the one before did not
	Body     *Message  `json:"-"`                  // the edition, when it is a new one
}

// Decide refuses everybody but the author: what somebody said stays what they said.
func (n EditNote) Decide(c Conversation, w World) ([]Fact, error) {
	m, err := noteHere(w, n.Message)
	if err != nil {
		return nil, err
	}
	if m.User == 0 || m.User != w.Actor().User {
		return nil, Errorf(Forbidden, "Only %s can change this note. Write one of your own below it.", orSomebody(m.AuthorName))
	}
	if n.Expected != 0 && n.Expected != m.Edition {
		return nil, &Error{Kind: Conflict, Message: "This note was changed in another window. Look at it again.", Details: map[string]any{"edition": m.Edition, "text": m.Text}}
	}
	text, err := checkText("a note", n.Text, len(m.Files))
	if err != nil || text == m.Text {
		return nil, err
	}
	next := m
	if err := next.write(c, w, text, n.Mentions); err != nil {
		return nil, err
	}
	next.Edition, next.EditedAt = m.Editions+1, w.Now()
	return []Fact{NoteEdited{Message: m.ID, Edition: next.Edition, Old: m.Edition, Mentions: newMentions(next.Mentions, m.Mentions), Body: &next}}, nil
}

// write gives a note a text and reads in it whom it mentions.
func (m *Message) write(c Conversation, w World, text string, chosen []Mention) error {
	all, err := addressees(c, w)
	if err != nil {
		return err
	}
	m.Text = text
	m.Mentions, err = readMentions(text, all, chosen)
	return err
}

func newMentions(now, before []Mention) (fresh []Mention) {
	for _, m := range now {
		if !contains(before, m) {
			fresh = append(fresh, m)
		}
	}
	return fresh
}

func contains(all []Mention, m Mention) bool {
	for _, x := range all {
		if x == m {
			return true
		}
	}
	return false
}

func orSomebody(name string) string {
	if name == "" {
		return "its author"
	}
	return name
}

// noteHere returns a note of this conversation that was not taken back.
func noteHere(w World, id MessageID) (Message, error) {
	m, err := w.Message(id)
	switch {
	case err != nil:
		return m, err
	case m.Kind != KindNote:
		return m, Errorf(Invalid, "This is no note: the customer has read it. Write another message instead.")
	case !m.DeletedAt.IsZero():
		return m, Errorf(Conflict, "This note was taken back. Undo that first.")
	}
	return m, nil
}

func (NoteEdited) apply(*Conversation, Event) {}

func (f NoteEdited) standing(_ *Conversation, _ Event, w World) (string, error) {
	m, err := w.Message(f.Message)
	switch {
	case err != nil:
		return "", err
	case !m.DeletedAt.IsZero():
		return "the note was taken back since", nil
	case m.Edition != f.Edition:
		return "the note was changed again since", nil
	}
	return "", nil
}

// inverse calls nobody: who was mentioned knows it.
func (f NoteEdited) inverse(*Conversation) Fact {
	return NoteEdited{Message: f.Message, Edition: f.Old, Old: f.Edition}
}
