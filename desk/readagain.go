package desk

import (
	"cmp"
	"encoding/json"
	"slices"
)

// ReadAgain shows a mail as the reader of today reads what it arrived as. Where it
// belongs, whose it is and what was sent stay as they are.
type ReadAgain struct {
	Message MessageID `json:"message_id"`
	Reading *Message  `json:"-"` // what the reader makes of it now
}

// MessageReread says that a mail was read again, and what of it changed.
type MessageReread struct {
	Message  MessageID `json:"message_id"`
	Changed  []string  `json:"changed"` // of text, html, subject, header and files
	HadFiles bool      `json:"had_files,omitempty"`
	HasFiles bool      `json:"has_files,omitempty"`
	Body     *Message  `json:"-"`
	Preview  string    `json:"-"` // the conversation's from now on; "" leaves it
}

// Decide refuses what is no mail from outside, and a reading that says nothing new.
func (r ReadAgain) Decide(c Conversation, w World) ([]Fact, error) {
	m, err := w.Message(r.Message)
	switch {
	case err != nil:
		return nil, err
	case r.Reading == nil || m.Kind == KindNote:
		return nil, errNoMail
	case !m.DeletedAt.IsZero():
		return nil, Errorf(Conflict, "This message was taken away. Undo that first.")
	}
	next := m.reread(*r.Reading)
	f := MessageReread{Message: m.ID, Changed: m.differs(next), HadFiles: hasFiles(m), HasFiles: hasFiles(next), Body: &next}
	if len(f.Changed) == 0 {
		return nil, ErrReadAsBefore
	}
	if c.Preview != "" && c.Preview == preview(m) {
		f.Preview = preview(next)
	}
	return []Fact{f}, nil
}

// ErrReadAsBefore says that today's reader makes of a mail what is shown already.
var ErrReadAsBefore = Errorf(Conflict, "This mail is read as before, and nothing of it has changed. Look at its original instead.")

var errNoMail = Errorf(Invalid, "Only a mail from outside can be read again. Choose one whose original is kept.")

// reread is m with what a reading says. Files that are there already stay the same
// ones, and what the reading has no more is not lost: it stands below.
func (m Message) reread(r Message) Message {
	next := m
	next.Text, next.VisibleEnd, next.HTML, next.Subject, next.Email, next.Unreadable = r.Text, r.VisibleEnd, r.HTML, r.Subject, r.Email, r.Unreadable
	next.Files = nil
	left := slices.Clone(m.Files)
	for _, f := range r.Files {
		i := slices.IndexFunc(left, func(g Attachment) bool { return g.Hash == f.Hash && g.Name == f.Name })
		if i < 0 {
			i = slices.IndexFunc(left, func(g Attachment) bool { return g.Hash == f.Hash })
		}
		if i >= 0 {
			f.ID = left[i].ID
			left = slices.Delete(left, i, i+1)
		}
		next.Files = append(next.Files, f)
	}
	for _, f := range left {
		f.Inline = false
		next.Files = append(next.Files, f)
	}
	return next
}

// differs names what of a mail another reading shows otherwise.
func (m Message) differs(o Message) (changed []string) {
	byID := func(all []Attachment) []Attachment {
		all = slices.Clone(all)
		slices.SortFunc(all, func(a, b Attachment) int { return cmp.Compare(a.ID, b.ID) })
		return all
	}
	for _, d := range []struct {
		what string
		same bool
	}{
		{"text", m.Text == o.Text && m.VisibleEnd == o.VisibleEnd && m.Unreadable == o.Unreadable},
		{"html", m.HTML == o.HTML},
		{"subject", m.Subject == o.Subject},
		{"header", sameJSON(m.Email, o.Email)},
		{"files", slices.Equal(byID(m.Files), byID(o.Files))},
	} {
		if !d.same {
			changed = append(changed, d.what)
		}
	}
	return changed
}

// sameJSON reports whether two values are the same, in whatever order their fields are.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	s, err := json.Marshal(x)
	t, other := json.Marshal(y)
	return err == nil && other == nil && string(s) == string(t)
}

func (f MessageReread) apply(c *Conversation, _ Event) {
	c.WithFiles += count(f.HasFiles) - count(f.HadFiles)
	if f.Preview != "" {
		c.Preview = f.Preview
	}
}
