package desk

import "time"

// Archive freezes a closed conversation: its timeline still grows, nothing else
// happens to it (E11).
type Archive struct{}

// Unarchive makes an archived conversation a closed one again (E12).
type Unarchive struct{}

// AutoArchive is the timer's: it archives a conversation that was closed at Since
// and has stayed so for as long as the inbox says (E17).
type AutoArchive struct {
	Since time.Time `json:"since"`
}

// Archived says that it is frozen.
type Archived struct {
	Restore  time.Time `json:"restore,omitzero"` // an undo: since when it was archived
	Implicit bool      `json:"implicit,omitempty"`
}

// Unarchived says that it is a closed conversation again.
type Unarchived struct {
	Was time.Time `json:"was"` // since when it was archived
}

// Decide refuses what is not closed (INV-3, F0-48).
func (Archive) Decide(c Conversation, _ World) ([]Fact, error) {
	switch {
	case c.Archived():
		return nil, nil
	case c.Status != StatusClosed:
		return nil, Errorf(Conflict, "Only a closed conversation can be archived. Close it first.")
	}
	return []Fact{Archived{}}, nil
}

// Decide does nothing when it is not archived.
func (Unarchive) Decide(c Conversation, _ World) ([]Fact, error) {
	if !c.Archived() {
		return nil, nil
	}
	return []Fact{Unarchived{Was: c.ArchivedAt}}, nil
}

// Decide does nothing when it was reopened, closed again or archived meanwhile.
func (t AutoArchive) Decide(c Conversation, w World) ([]Fact, error) {
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	since, at := inbox.Settings.ArchiveAt(c)
	if at.IsZero() || !since.Equal(t.Since) || at.After(w.Now()) {
		return nil, nil
	}
	return []Fact{Archived{Implicit: true}}, nil
}

func (f Archived) apply(c *Conversation, e Event) {
	c.ArchivedAt = e.At
	if !f.Restore.IsZero() {
		c.ArchivedAt = f.Restore
	}
}

func (Archived) standing(c *Conversation, _ Event, _ World) (string, error) {
	if !c.Archived() {
		return "it was unarchived since", nil
	}
	return "", nil
}

func (Archived) inverse(c *Conversation) Fact { return Unarchived{Was: c.ArchivedAt} }

func (Unarchived) apply(c *Conversation, _ Event) { c.ArchivedAt = time.Time{} }

func (Unarchived) standing(c *Conversation, _ Event, _ World) (string, error) {
	switch {
	case c.Archived():
		return "it was archived again since", nil
	case c.Status != StatusClosed:
		return "it was reopened since", nil
	}
	return "", nil
}

func (f Unarchived) inverse(*Conversation) Fact { return Archived{Restore: f.Was} }
