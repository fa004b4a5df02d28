package desk

import "slices"

// Category says how a conversation ended, for reports.
type Category struct {
	ID       CategoryID
	Name     string
	Disabled bool // it stays on the conversations that have it
}

// The modes of the closing note (F4-23). They bind people only (F4-24, D-28).
const (
	ClosingNoteDisabled = "disabled"
	ClosingNoteOptional = "optional"
	ClosingNoteCategory = "category_required"
	ClosingNoteBoth     = "both_required"
)

// The modes of the checklist (F3-47).
const (
	ChecklistOff         = "off"
	ChecklistInformative = "informative"
	ChecklistRequired    = "required"
)

// Checklist is what to make sure of before a conversation ends (F3-47).
var Checklist = []string{"answered", "promises_kept", "satisfied"}

// ending is what Resolve and Close have in common.
type ending struct {
	summary  string
	category CategoryID
	message  string
	checked  []string
	expected int64
	resolves bool // it is resolved, whatever the inbox calls that
}

// decide returns the facts that end c: the closing message, if any, the change of
// status, and the question how satisfied the customer is, if the inbox asks it.
func (d ending) decide(c Conversation, w World, to Status, inbox Inbox) ([]Fact, error) {
	if d.expected != 0 && d.expected != c.Version {
		return nil, stale(c)
	}
	if err := notBlocked(c, w); err != nil {
		return nil, err
	}
	d.summary = Clean(d.summary)
	if err := d.checkNote(c, w, inbox.Settings.LifeSettings); err != nil {
		return nil, err
	}
	var facts []Fact
	if d.message != "" {
		text, err := checkText("a closing message", d.message, 0)
		if err != nil {
			return nil, err
		}
		said, err := closingMessage(c, w, text)
		if err != nil {
			return nil, err
		}
		facts = append(facts, said)
	}
	facts = append(facts, StatusChanged{
		Old: c.Status, New: to, Source: actorSource(w.Actor()), Summary: d.summary, Category: d.category, Checked: d.checked, Was: c.rest(),
	})
	asked, err := c.asked(w, inbox, d.resolves, to == StatusClosed)
	return append(facts, asked...), err
}

// checkNote refuses what the inbox does not allow a person to leave out.
func (d ending) checkNote(c Conversation, w World, s LifeSettings) error {
	if d.category != 0 {
		category, err := w.Category(d.category)
		if err != nil {
			return err
		}
		if category.Disabled {
			return invalidField("category_id", "This category is no longer used. Choose another one.")
		}
	}
	for _, item := range d.checked {
		if !slices.Contains(Checklist, item) {
			return invalidField("checked", "The checklist has no such item.")
		}
	}
	if w.Actor().Kind != ActorUser {
		return nil
	}
	summary, category := d.summary, d.category
	if c.Status == StatusResolved { // it was said when it was resolved
		if summary == "" {
			summary = c.ClosingSummary
		}
		if category == 0 {
			category = c.ClosingCategory
		}
	}
	switch mode := s.ClosingNote; {
	case mode == ClosingNoteDisabled && (d.summary != "" || d.category != 0):
		return Errorf(Invalid, "This inbox keeps no closing notes. Leave the summary and the category out.")
	case (mode == ClosingNoteCategory || mode == ClosingNoteBoth) && category == 0:
		return invalidField("category_id", "This inbox wants a category. Choose one.")
	case mode == ClosingNoteBoth && summary == "":
		return invalidField("summary", "This inbox wants a summary. Write what was done.")
	case s.Checklist != ChecklistRequired || c.Status == StatusResolved:
		return nil
	}
	for _, item := range Checklist {
		if !slices.Contains(d.checked, item) {
			return invalidField("checked", "Go through the checklist first: everything on it must be ticked.")
		}
	}
	return nil
}

// closingMessage is a last word to the customer. It answers nobody and moves no
// turn (1.5, F1-52).
func closingMessage(c Conversation, w World, text string) (p MessagePosted, err error) {
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return p, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: c.LastChannel, Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorAutomation,
		User: w.Actor().User, Text: text, Markdown: true, At: w.Now(), CreatedAt: w.Now(), Auto: "closing", Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.dress(inbox, w, ""); err != nil {
		return p, err
	}
	return MessagePosted{
		Message: m.ID, Side: SideTeam, Author: AuthorAutomation, User: m.User, Channel: m.Channel, Sent: microTime{m.At}, Auto: m.Auto, Body: &m, Preview: preview(m),
	}, nil
}

// actorSource says what ended or opened a conversation.
func actorSource(a Actor) Source {
	if a.Kind == ActorAutomation {
		return SourceWorkflow
	}
	return SourceUser
}
