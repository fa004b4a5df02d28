package desk

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// MaxJoined is how many messages and notes can change hands at once.
const MaxJoined = 5000

// SourceMerge closed a conversation because it was merged into another (T20).
const SourceMerge Source = "conversation_merge"

// Merge makes another conversation of the same customer part of this one, which
// stays (E24, F1-55).
type Merge struct {
	Other ConversationID `json:"conversation_id" doc:"The conversation that becomes part of this one"`
}

// Yield makes a conversation part of another: what Merge asks of the one that goes.
type Yield struct {
	Into ConversationID
}

// MergedFrom says that a conversation has become part of this one: its messages,
// notes, tags and followers are here, and what waits there to be sent or is held.
type MergedFrom struct {
	Other     ConversationID `json:"conversation_id"`
	Messages  []Handed       `json:"messages,omitempty"`
	Now       Content        `json:"now"`
	Was       Content        `json:"was"`
	Tags      []TagID        `json:"tag_ids,omitempty"`      // those that were new here
	Followers []UserID       `json:"follower_ids,omitempty"` // those that were new here
	Readers   []UserID       `json:"reader_ids,omitempty"`   // who reads here because they were mentioned there
	Scheduled []ScheduledID  `json:"scheduled_ids,omitempty"`
	Preview   string         `json:"-"`
}

// MergedInto says that this conversation has become part of another one, and
// points there.
type MergedInto struct {
	Into      ConversationID `json:"conversation_id"`
	Was       Whole          `json:"was"`
	Scheduled []ScheduledID  `json:"scheduled_ids,omitempty"` // those that go there, too
}

// UnmergedFrom says that a conversation which had become part of this one is for
// itself again.
type UnmergedFrom struct {
	Other     ConversationID `json:"conversation_id"`
	Messages  []Handed       `json:"messages,omitempty"`
	Now       Content        `json:"now"`
	Was       Content        `json:"was"`
	Tags      []TagID        `json:"tag_ids,omitempty"`      // those that are here no more
	Followers []UserID       `json:"follower_ids,omitempty"` // those that are here no more
	Readers   []UserID       `json:"reader_ids,omitempty"`   // who reads here no more
	Scheduled []ScheduledID  `json:"scheduled_ids,omitempty"`
	Preview   string         `json:"-"`
}

// Unmerged says that this conversation is for itself again, as it was.
type Unmerged struct {
	From      ConversationID `json:"conversation_id"`
	Messages  []Handed       `json:"messages,omitempty"`
	Is        Whole          `json:"is"`
	Scheduled []ScheduledID  `json:"scheduled_ids,omitempty"` // those that came back
}

// Whole is everything of a conversation that ends when it becomes part of another
// one, for when it comes back.
type Whole struct {
	Status           Status          `json:"status"`
	Ending           Ending          `json:"ending,omitzero"`
	SnoozedUntil     time.Time       `json:"snoozed_until,omitzero"`
	SnoozeUntilReply bool            `json:"snooze_until_reply,omitempty"`
	Content          Content         `json:"content"`
	Clock            ResolutionClock `json:"resolution_clock,omitzero"`
	Held             Held            `json:"held"`
	Tags             []TagID         `json:"tag_ids,omitempty"`
}

func (c *Conversation) whole() Whole {
	return Whole{
		Status: c.Status, Ending: c.Ending, SnoozedUntil: c.SnoozedUntil, SnoozeUntilReply: c.SnoozeUntilReply, Content: c.content(),
		Clock: c.ResolutionClock, Held: c.held(), Tags: slices.Clone(c.Tags),
	}
}

func (w Whole) active() bool { return w.Status == StatusOpen || w.Status == StatusPending }

// Decide refuses what T20 does not allow.
func (y Yield) Decide(c Conversation, w World) ([]Fact, error) {
	into, err := w.Beside(y.Into)
	if err != nil {
		return nil, err
	}
	switch {
	case c.MergedInto != 0:
		return nil, &Error{
			Kind: Conflict, Message: "That conversation was merged into another one already. Choose the one it is part of now.",
			Details: map[string]any{"conversation_id": c.MergedInto},
		}
	case into.MergedInto != 0:
		return nil, notMerged(into)
	case into.Archived():
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it first.")
	case c.Archived():
		return nil, Errorf(Conflict, "That conversation is archived. Unarchive it first.")
	case c.Contact != into.Contact:
		return nil, Errorf(Conflict, "These conversations are with different customers. Choose one with the same customer.")
	case c.Active() && !into.Active():
		return nil, Errorf(Conflict, "This conversation has ended, and that one has not. Open that one and merge this one into it.")
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	if err := canMove(all); err != nil {
		return nil, err
	}
	f, err := c.yields(y.Into, w)
	return []Fact{f}, err
}

// yields is the fact that c becomes part of another conversation.
func (c *Conversation) yields(into ConversationID, w World) (MergedInto, error) {
	all, err := w.ScheduledIn(c.ID)
	f := MergedInto{Into: into, Was: c.whole()}
	for _, s := range all {
		f.Scheduled = append(f.Scheduled, s.ID)
	}
	return f, err
}

func canMove(all []Message) error {
	if len(all) > MaxJoined {
		return Errorf(TooLarge, "%d messages would change hands; the most is %d at once. Split them, or link to the conversation in a note.", len(all), MaxJoined)
	}
	if onItsWay(all) {
		return Errorf(Conflict, "A message is still on its way to the customer. Wait until it is sent.")
	}
	return nil
}

// Decide says what the survivor has got; Yield has looked whether it may.
func (m Merge) Decide(c Conversation, w World) ([]Fact, error) {
	given, _, ok := alongOf[MergedInto](w, m.Other)
	if !ok {
		return nil, Errorf(Internal, "Nothing was given to merge. Try again.")
	}
	f, err := c.merged(m.Other, given, w)
	if err != nil {
		return nil, err
	}
	marks, err := c.readTogether(m.Other, given.Was, w)
	return append([]Fact{f}, marks...), err
}

// merged is the fact that another conversation has become part of c, which gives
// what it had.
func (c *Conversation) merged(other ConversationID, given MergedInto, w World) (MergedFrom, error) {
	was := given.Was
	f := MergedFrom{Other: other, Was: c.content(), Scheduled: given.Scheduled}
	y, err := w.Beside(other)
	if err != nil {
		return f, err
	}
	all, err := w.Heads(other)
	if err != nil {
		return f, err
	}
	if err := canMove(all); err != nil {
		return f, err
	}
	f.Messages, f.Now = grouped(all), joined(*c, was.Content.counted(all), was.active())
	own, err := w.Heads(c.ID)
	if err != nil {
		return f, err
	}
	f.Preview = lineOf(slices.Concat(own, all))
	f.Tags = missing(was.Tags, c.Tags)
	followers := slices.Clone(y.Followers)
	if y.Assignee != 0 && y.Assignee != c.Assignee && !slices.Contains(followers, y.Assignee) {
		followers = append(followers, y.Assignee) // who answered there wants to know how it goes on
	}
	f.Followers = missing(followers, c.Followers)
	here, err := w.Readers(c.ID)
	if err != nil {
		return f, err
	}
	there, err := w.Readers(other)
	f.Readers = missing(there, here)
	return f, err
}

// readTogether moves reading marks so that what was unread in one of the two is.
func (c *Conversation) readTogether(other ConversationID, was Whole, w World) (facts []Fact, err error) {
	here, err := w.Marks(c.ID)
	if err != nil {
		return nil, err
	}
	there, err := w.Marks(other)
	if err != nil {
		return nil, err
	}
	users := maps.Clone(here)
	maps.Copy(users, there)
	for _, user := range slices.SortedFunc(maps.Keys(users), func(a, b UserID) int { return cmp.Compare(a, b) }) {
		x, y := here[user], there[user]
		to := max(x, y)
		if c.LastFromCustomer > x {
			to = min(to, x)
		}
		if was.Content.LastFromCustomer > y {
			to = min(to, y)
		}
		if to != x {
			facts = append(facts, Read{User: user, To: to, Old: x, Merged: true})
		}
	}
	return facts, nil
}

// missing returns those of all that have does not.
func missing[T comparable](all, have []T) (fresh []T) {
	for _, v := range all {
		if !slices.Contains(have, v) {
			fresh = append(fresh, v)
		}
	}
	return fresh
}

func without[T comparable](all, gone []T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool { return slices.Contains(gone, v) })
}

func (f MergedFrom) apply(c *Conversation, _ Event) {
	c.fill(f.Now)
	c.Tags, c.Followers = slices.Concat(c.Tags, f.Tags), slices.Concat(c.Followers, f.Followers)
	slices.Sort(c.Tags)
	c.Preview = f.Preview
	c.Scheduled += len(f.Scheduled)
}

func (f UnmergedFrom) apply(c *Conversation, _ Event) {
	c.fill(f.Now)
	c.Tags, c.Followers = without(c.Tags, f.Tags), without(c.Followers, f.Followers)
	c.Preview = f.Preview
	c.Scheduled -= len(f.Scheduled)
}

func (f MergedInto) apply(c *Conversation, e Event) {
	c.Status, c.MergedInto = StatusClosed, f.Into
	c.Ending = Ending{ResolvedAt: c.ResolvedAt, ClosedAt: e.At, ClosedSource: SourceMerge, ClosedBy: e.By.User}
	c.SnoozedUntil, c.SnoozeUntilReply, c.Tags, c.ResolutionClock = time.Time{}, false, nil, ResolutionClock{}
	n := c.content()
	c.fill(Content{
		WaitingOn: WaitingOnNone, LastMessageAt: n.LastMessageAt, LastActivityAt: n.LastActivityAt, LastChannel: n.LastChannel,
		FirstReplyAt: n.FirstReplyAt, FirstResponseAt: n.FirstResponseAt, FirstResponseBy: n.FirstResponseBy, AssigneeRepliedAt: n.AssigneeRepliedAt, OpenedAt: n.OpenedAt,
	})
	c.Scheduled -= len(f.Scheduled)
	c.hold(Held{State: AINone, Since: microTime{e.At}}) // what an AI agent computed for it is dropped
}

func (f Unmerged) apply(c *Conversation, _ Event) {
	c.Status, c.Ending, c.MergedInto = f.Is.Status, f.Is.Ending, 0
	c.SnoozedUntil, c.SnoozeUntilReply, c.Tags, c.ResolutionClock = f.Is.SnoozedUntil, f.Is.SnoozeUntilReply, f.Is.Tags, f.Is.Clock
	c.fill(f.Is.Content)
	c.Scheduled += len(f.Scheduled)
	c.hold(f.Is.Held)
}

// back implements reversible: the other conversation gets back what it had, as
// far as it is here; what was written since stays.
func (f MergedFrom) back(c *Conversation, _ Event, w World) (Fact, error) {
	switch {
	case c.MergedInto != 0:
		return nil, gone("it was merged into another conversation since")
	case c.Archived():
		return nil, gone("it was archived since")
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	ids := map[MessageID]bool{}
	for _, id := range HandedIDs(f.Messages) {
		ids[id] = true
	}
	var back, rest []Message
	for _, m := range all {
		if ids[m.ID] {
			back = append(back, m)
		} else {
			rest = append(rest, m)
		}
	}
	switch {
	case len(back) != len(ids):
		return nil, gone("some of its messages went to another conversation since")
	case onItsWay(back):
		return nil, gone("a message of it is still on its way to the customer")
	}
	u := UnmergedFrom{Other: f.Other, Messages: grouped(back), Was: c.content(), Readers: f.Readers, Preview: lineOf(rest)}
	u.Tags = slices.DeleteFunc(slices.Clone(f.Tags), func(t TagID) bool { return !slices.Contains(c.Tags, t) })
	u.Followers = slices.DeleteFunc(slices.Clone(f.Followers), func(u UserID) bool { return !slices.Contains(c.Followers, u) })
	if u.Now, err = c.parted(f.Now, f.Was, rest, w); err != nil {
		return nil, err
	}
	here, err := w.ScheduledIn(c.ID) // what was sent or cancelled meanwhile stays
	for _, s := range here {
		if slices.Contains(f.Scheduled, s.ID) {
			u.Scheduled = append(u.Scheduled, s.ID)
		}
	}
	return u, err
}

// parted is the content of c when only the rest of its messages stays: as it was
// before, unless somebody has written since it became now.
func (c *Conversation) parted(now, was Content, rest []Message, w World) (Content, error) {
	n := was.counted(rest)
	if !c.content().saysTheSame(now) {
		inbox, err := w.Inbox(c.Inbox)
		if err != nil {
			return n, err
		}
		n = remaining(*c, rest, on(inbox.Settings.AIRepliesCount))
		n.OpenedAt, n.ResolutionSince = was.OpenedAt, was.ResolutionSince
	}
	switch {
	case !c.Active():
		n.Episode = Episode{}
	case n.WaitingOn == c.WaitingOn && n.WaitingSince.Equal(c.WaitingSince):
		asked := n.Episode
		n.Episode = c.Episode // what was said of the wait meanwhile stays said
		if c.EscalatedAt.Equal(now.Episode.EscalatedAt) {
			n.Episode.EscalatedAt, n.Episode.EscalatedFor = asked.EscalatedAt, asked.EscalatedFor
		}
	}
	return n, nil
}

// back implements reversible.
func (f MergedInto) back(c *Conversation, e Event, w World) (Fact, error) {
	switch {
	case c.MergedInto != f.Into:
		return nil, gone("it is part of another conversation since")
	case !c.ClosedAt.Equal(e.At):
		return nil, gone("it was taken back already, and they were merged again since")
	case c.Archived():
		return nil, gone("it was archived since")
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	u := Unmerged{From: f.Into, Messages: grouped(all), Is: f.Was}
	u.Is.Content = f.Was.Content.counted(all)
	if given, _, ok := alongOf[UnmergedFrom](w, f.Into); ok {
		u.Scheduled = given.Scheduled
	}
	if !u.Is.SnoozedUntil.IsZero() && !u.Is.SnoozedUntil.After(w.Now()) {
		u.Is.SnoozedUntil = time.Time{} // it would be back by now
	}
	after := *c
	u.apply(&after, Event{At: w.Now(), By: w.Actor()})
	if after.Active() {
		if err := mayOpen(after, w); err != nil {
			return nil, err
		}
	}
	if after.Active() && after.Grouping == PerContact && after.Primary {
		if err := checkFree(after, w); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// back implements reversible: it is merged again.
func (f Unmerged) back(c *Conversation, _ Event, w World) (Fact, error) {
	facts, err := Yield{Into: f.From}.Decide(*c, w)
	if err != nil {
		return nil, err
	}
	return facts[0], nil
}

// back implements reversible.
func (f UnmergedFrom) back(c *Conversation, _ Event, w World) (Fact, error) {
	given, _, ok := alongOf[MergedInto](w, f.Other)
	if !ok {
		return nil, gone("the other conversation has changed since")
	}
	m, err := c.merged(f.Other, given, w)
	if err != nil {
		return nil, err
	}
	return m, nil
}
