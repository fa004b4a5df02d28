package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Notify tells people what concerns them (5.4): who is meant is decided here,
// how each of them is told by what they have chosen. Nobody is told what they
// did themselves.
type Notify struct {
	App *app.App
}

// Name implements app.Effect.
func (Notify) Name() string { return "notify" }

// Lane implements app.Effect.
func (Notify) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Notify) Wants(e desk.Event) bool {
	switch f := e.Fact.(type) {
	case desk.Assigned:
		return f.Assignee != e.By.User || f.Old != 0 && f.Old != e.By.User
	case desk.Unassigned:
		return f.Old != e.By.User
	case desk.NoteAdded:
		return len(f.Mentions) > 0
	case desk.NoteEdited:
		return len(f.Mentions) > 0
	case desk.Opened:
		return f.Source == desk.SourceContact
	case desk.DraftShared:
		return true
	case desk.DeliveryChanged:
		return f.State == desk.DeliveryFailed
	}
	return false
}

// InBulk implements app.Selective: who has many conversations now, or has them no
// more, is told once of all of them (F1-29).
func (Notify) InBulk(e desk.Event, _ desk.Conversation) bool {
	switch e.Fact.(type) {
	case desk.Assigned, desk.Unassigned:
		return false
	}
	return true
}

// Run implements app.Effect. It may run again: one event tells a person once.
func (n Notify) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	switch f := e.Fact.(type) {
	case desk.Assigned:
		if err := n.App.Tell(ctx, app.News{Kind: desk.NewsAssigned, Event: e, Note: f.Note, To: []desk.UserID{f.Assignee}}); err != nil {
			return err
		}
		return n.App.Tell(ctx, app.News{Kind: desk.NewsUnassigned, Event: e, To: []desk.UserID{f.Old}})
	case desk.Unassigned:
		return n.App.Tell(ctx, app.News{Kind: desk.NewsUnassigned, Event: e, To: []desk.UserID{f.Old}})
	case desk.NoteAdded:
		return n.called(ctx, e, f.Message, f.Mentions)
	case desk.NoteEdited:
		return n.called(ctx, e, f.Message, f.Mentions)
	case desk.Opened:
		return n.began(ctx, e, f)
	case desk.DeliveryChanged:
		author, err := n.App.Author(ctx, f.Message)
		if err != nil {
			return err
		}
		return n.App.Tell(ctx, app.News{Kind: desk.NewsUndelivered, Event: e, To: []desk.UserID{author}, Last: true})
	case desk.DraftShared:
		return n.App.Tell(ctx, app.News{Kind: desk.NewsDraft, Event: e, To: []desk.UserID{f.User}, Last: true})
	}
	return nil
}

// called tells whom a note mentions (F1-43).
func (n Notify) called(ctx context.Context, e desk.Event, note desk.MessageID, mentions []desk.Mention) error {
	var to []desk.UserID
	for _, m := range mentions {
		if m.User != 0 {
			to = append(to, m.User)
			continue
		}
		members, err := n.App.Called(ctx, m)
		if err != nil {
			return err
		}
		to = append(to, members...)
	}
	return n.App.Tell(ctx, app.News{Kind: desk.NewsMention, Event: e, Note: note, To: to})
}

// began tells the team of an inbox that a customer began a conversation (F1-03).
func (n Notify) began(ctx context.Context, e desk.Event, f desk.Opened) error {
	members, err := n.App.InboxMembers(ctx, f.Inbox, desk.MayAnswer)
	if err != nil {
		return err
	}
	return n.App.Tell(ctx, app.News{Kind: desk.NewsConversation, Event: e, To: members, Last: true})
}

// Replied tells whose conversation it is that the customer wrote in it.
type Replied struct {
	App *app.App
}

// Name implements app.Effect.
func (Replied) Name() string { return "replied" }

// Lane implements app.Effect.
func (Replied) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Replied) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.MessagePosted)
	return ok && f.Side == desk.SideCustomer && f.Auto == ""
}

// At implements app.Timer: of a conversation that is nobody's nobody is told.
func (Replied) At(e desk.Event, c desk.Conversation, _ desk.Inbox) time.Time {
	if c.Assignee == 0 || !c.Active() {
		return time.Time{}
	}
	return e.At
}

// Run implements app.Effect.
func (r Replied) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	holder, err := r.App.Holder(ctx, e.Conversation)
	if err != nil {
		return err
	}
	return r.App.Tell(ctx, app.News{Kind: desk.NewsReplied, Event: e, To: []desk.UserID{holder}, Last: true})
}
