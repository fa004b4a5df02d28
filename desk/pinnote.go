package desk

// PinNote keeps a note on top of the timeline: it is important.
type PinNote struct {
	Message MessageID `json:"message_id"`
}

// UnpinNote lets a note go back to its place.
type UnpinNote struct {
	Message MessageID `json:"message_id"`
}

// NotePinned says that a note is kept on top.
type NotePinned struct {
	Message MessageID `json:"message_id"`
}

// NoteUnpinned says that it is no longer.
type NoteUnpinned struct {
	Message MessageID `json:"message_id"`
}

// Decide does nothing for a note that is on top already.
func (p PinNote) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := noteHere(w, p.Message)
	if err != nil || !m.PinnedAt.IsZero() {
		return nil, err
	}
	return []Fact{NotePinned{m.ID}}, nil
}

// Decide does nothing for a note that is not on top.
func (p UnpinNote) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := noteHere(w, p.Message)
	if err != nil || m.PinnedAt.IsZero() {
		return nil, err
	}
	return []Fact{NoteUnpinned{m.ID}}, nil
}

func (NotePinned) apply(*Conversation, Event)   {}
func (NoteUnpinned) apply(*Conversation, Event) {}

func (f NotePinned) standing(_ *Conversation, _ Event, w World) (string, error) {
	return pinStands(w, f.Message, true)
}

func (f NoteUnpinned) standing(_ *Conversation, _ Event, w World) (string, error) {
	return pinStands(w, f.Message, false)
}

func (f NotePinned) inverse(*Conversation) Fact   { return NoteUnpinned(f) }
func (f NoteUnpinned) inverse(*Conversation) Fact { return NotePinned(f) }

// pinStands returns why a note is not on top, or off it, as a fact left it.
func pinStands(w World, id MessageID, pinned bool) (string, error) {
	m, err := w.Message(id)
	switch {
	case err != nil:
		return "", err
	case pinned && m.PinnedAt.IsZero():
		return "the note is no longer pinned", nil
	case !pinned && !m.PinnedAt.IsZero():
		return "the note is pinned again", nil
	}
	return "", nil
}
