package desk

import (
	"cmp"
	"slices"
	"time"
)

// Content is what a conversation is by the messages it has: it changes hands with
// them when conversations are merged or split.
type Content struct {
	Messages          int       `json:"messages,omitempty"` // messages and notes
	WithFiles         int       `json:"with_files,omitempty"`
	DeliveryProblems  int       `json:"delivery_problems,omitempty"`
	WaitingOn         WaitingOn `json:"waiting_on,omitempty"`
	WaitingSince      time.Time `json:"waiting_since,omitzero"`
	FollowUps         int       `json:"follow_ups,omitempty"`
	InactiveSince     time.Time `json:"inactive_since,omitzero"`
	LastMessageAt     time.Time `json:"last_message_at,omitzero"`
	LastActivityAt    time.Time `json:"last_activity_at,omitzero"`
	LastChannel       ChannelID `json:"last_channel_id,omitempty"`
	LastFromCustomer  MessageID `json:"last_from_customer,omitempty"`
	SenderProof       Proof     `json:"sender_proof,omitempty"`
	FirstReplyAt      time.Time `json:"first_reply_at,omitzero"`
	FirstResponseAt   time.Time `json:"first_response_at,omitzero"`
	FirstResponseBy   UserID    `json:"first_response_by,omitempty"`
	AssigneeRepliedAt time.Time `json:"assignee_replied_at,omitzero"`
	OpenedAt          time.Time `json:"opened_at,omitzero"`
	ResolutionSince   time.Time `json:"resolution_since,omitzero"`
	Episode           Episode   `json:"episode,omitzero"`
}

func (c *Conversation) content() Content {
	return Content{
		Messages: c.Messages, WithFiles: c.WithFiles, DeliveryProblems: c.DeliveryProblems, WaitingOn: c.WaitingOn, WaitingSince: c.WaitingSince,
		FollowUps: c.FollowUps, InactiveSince: c.InactiveSince, LastMessageAt: c.LastMessageAt, LastActivityAt: c.LastActivityAt, LastChannel: c.LastChannel,
		LastFromCustomer: c.LastFromCustomer, SenderProof: c.SenderProof, FirstReplyAt: c.FirstReplyAt, FirstResponseAt: c.FirstResponseAt, FirstResponseBy: c.FirstResponseBy,
		AssigneeRepliedAt: c.AssigneeRepliedAt, OpenedAt: c.OpenedAt, ResolutionSince: c.ResolutionSince, Episode: c.Episode,
	}
}

func (c *Conversation) fill(n Content) {
	c.Messages, c.WithFiles, c.DeliveryProblems = n.Messages, n.WithFiles, n.DeliveryProblems
	c.WaitingOn, c.WaitingSince, c.FollowUps, c.InactiveSince = n.WaitingOn, n.WaitingSince, n.FollowUps, n.InactiveSince
	c.LastMessageAt, c.LastActivityAt, c.LastChannel, c.LastFromCustomer = n.LastMessageAt, n.LastActivityAt, n.LastChannel, n.LastFromCustomer
	c.SenderProof = n.SenderProof
	c.FirstReplyAt, c.FirstResponseAt, c.FirstResponseBy, c.AssigneeRepliedAt = n.FirstReplyAt, n.FirstResponseAt, n.FirstResponseBy, n.AssigneeRepliedAt
	c.OpenedAt, c.ResolutionSince, c.Episode = n.OpenedAt, n.ResolutionSince, n.Episode
}

// saysTheSame reports whether nobody has written between two contents and whose
// turn it is did not change: then what was before the first is known exactly.
func (n Content) saysTheSame(o Content) bool {
	return n.Messages == o.Messages && n.WaitingOn == o.WaitingOn && n.WaitingSince.Equal(o.WaitingSince) && n.FollowUps == o.FollowUps &&
		n.InactiveSince.Equal(o.InactiveSince) && n.LastMessageAt.Equal(o.LastMessageAt) && n.LastActivityAt.Equal(o.LastActivityAt) &&
		n.LastFromCustomer == o.LastFromCustomer && n.FirstReplyAt.Equal(o.FirstReplyAt) && n.FirstResponseAt.Equal(o.FirstResponseAt) &&
		n.AssigneeRepliedAt.Equal(o.AssigneeRepliedAt) && n.ResolutionSince.Equal(o.ResolutionSince)
}

// counted is n with the counts of these messages.
func (n Content) counted(all []Message) Content {
	n.Messages, n.WithFiles, n.DeliveryProblems = counts(all)
	return n
}

// joined is the content of x once it has the messages of y, too (specification
// section 6: the earliest beginning, the earliest answer, the newest turn).
func joined(x Conversation, y Content, active bool) Content {
	n := x.content()
	n.Messages, n.WithFiles, n.DeliveryProblems = n.Messages+y.Messages, n.WithFiles+y.WithFiles, n.DeliveryProblems+y.DeliveryProblems
	n.OpenedAt, n.FirstReplyAt, n.ResolutionSince = earliest(n.OpenedAt, y.OpenedAt), earliest(n.FirstReplyAt, y.FirstReplyAt), earliest(n.ResolutionSince, y.ResolutionSince)
	if first := earliest(n.FirstResponseAt, y.FirstResponseAt); !first.Equal(n.FirstResponseAt) {
		n.FirstResponseAt, n.FirstResponseBy = first, y.FirstResponseBy
	}
	n.LastActivityAt = latest(n.LastActivityAt, y.LastActivityAt)
	if y.LastFromCustomer > n.LastFromCustomer {
		n.LastFromCustomer, n.SenderProof, n.LastChannel = y.LastFromCustomer, y.SenderProof, y.LastChannel
	}
	later := y.LastMessageAt.After(n.LastMessageAt)
	n.LastMessageAt = latest(n.LastMessageAt, y.LastMessageAt)
	switch {
	case x.Active() && !active: // somebody had ended the other one: it waits for nobody
	case y.WaitingOn == WaitingOnNone || y.WaitingOn == "":
	case n.WaitingOn == WaitingOnAgent && y.WaitingOn == WaitingOnAgent:
		other := y.Episode
		if y.WaitingSince.Before(n.WaitingSince) {
			n.WaitingSince, n.Episode, other = y.WaitingSince, y.Episode, n.Episode
		}
		if n.Episode.EscalatedAt.IsZero() {
			n.Episode.EscalatedAt, n.Episode.EscalatedFor = other.EscalatedAt, other.EscalatedFor
		}
		n.FollowUps = max(n.FollowUps, y.FollowUps) // who merges does not ask for help
	case later || n.WaitingOn == WaitingOnNone:
		n.WaitingOn, n.WaitingSince, n.FollowUps, n.InactiveSince, n.Episode = y.WaitingOn, y.WaitingSince, y.FollowUps, y.InactiveSince, y.Episode
	}
	return n
}

// remaining is the content of c when these messages are all that it has, oldest
// first. Whose turn it is follows from the newest; a wait that began anew when
// the conversation was reopened does not grow by it.
func remaining(c Conversation, rest []Message, aiCounts bool) Content {
	was := c.content()
	f := folded(rest, c.Assignee, aiCounts)
	n := was.counted(rest)
	n.LastMessageAt, n.LastFromCustomer, n.SenderProof, n.InactiveSince = f.LastMessageAt, f.LastFromCustomer, f.SenderProof, f.InactiveSince
	n.LastActivityAt = latest(f.LastActivityAt, c.OpenedAt)
	if f.LastChannel != 0 {
		n.LastChannel = f.LastChannel
	}
	n.FirstReplyAt, n.FirstResponseAt, n.FirstResponseBy = time.Time{}, time.Time{}, 0
	if !was.FirstReplyAt.IsZero() {
		n.FirstReplyAt = f.FirstReplyAt
	}
	if !was.FirstResponseAt.IsZero() {
		n.FirstResponseAt, n.FirstResponseBy = f.FirstResponseAt, f.FirstResponseBy
	}
	if !was.AssigneeRepliedAt.IsZero() {
		n.AssigneeRepliedAt = repliedSince(rest, c.Assignee, c.AssignedAt)
	}
	n.WaitingOn, n.WaitingSince, n.FollowUps = f.WaitingOn, f.WaitingSince, min(was.FollowUps, f.FollowUps) // this asks nobody for help
	if f.WaitingOn == was.WaitingOn && was.WaitingSince.After(f.WaitingSince) {
		n.WaitingSince = was.WaitingSince
	}
	if !was.InactiveSince.IsZero() && !n.InactiveSince.IsZero() {
		n.InactiveSince = latest(was.InactiveSince, n.InactiveSince)
	}
	if n.WaitingOn != was.WaitingOn || !n.WaitingSince.Equal(was.WaitingSince) {
		n.Episode = was.Episode.answered()
	}
	return n
}

// folded is what messages make of a conversation that had none, oldest first.
func folded(all []Message, assignee UserID, aiCounts bool) Conversation {
	f := Conversation{Status: StatusOpen, WaitingOn: WaitingOnNone, Assignee: assignee}
	for _, m := range all {
		if m.Kind != KindMessage || !m.DeletedAt.IsZero() {
			continue
		}
		posted := MessagePosted{
			Message: m.ID, Side: m.Side, Author: m.AuthorKind, User: m.User, Channel: m.Channel, Sent: microTime{m.At}, Auto: m.Auto, Proof: m.Origin.Proof,
			Uncounted: m.AuthorKind == AuthorAI && !aiCounts || m.Auto == AutoImported,
		}
		if !Quiet(m.Auto) && !m.Strange() {
			posted.Preview = preview(m)
		}
		posted.apply(&f, Event{At: m.CreatedAt})
	}
	return f
}

// repliedSince is when somebody first wrote to the customer since a moment, or zero.
func repliedSince(all []Message, by UserID, since time.Time) time.Time {
	for _, m := range all {
		if m.Kind == KindMessage && m.Side == SideTeam && m.AuthorKind == AuthorUser && m.User == by && !m.CreatedAt.Before(since) {
			return m.CreatedAt
		}
	}
	return time.Time{}
}

// Handed is messages and notes that change hands, which are alike in what the
// ledger knows of them.
type Handed struct {
	Kind     MessageKind `json:"kind"`
	Delivery Delivery    `json:"delivery,omitempty"`
	Deleted  bool        `json:"deleted,omitempty"`
	Messages []MessageID `json:"message_ids"`
}

func grouped(all []Message) (groups []Handed) {
	for _, m := range all {
		i := slices.IndexFunc(groups, func(g Handed) bool {
			return g.Kind == m.Kind && g.Delivery == m.Delivery && g.Deleted == !m.DeletedAt.IsZero()
		})
		if i < 0 {
			groups, i = append(groups, Handed{Kind: m.Kind, Delivery: m.Delivery, Deleted: !m.DeletedAt.IsZero()}), len(groups)
		}
		groups[i].Messages = append(groups[i].Messages, m.ID)
	}
	return groups
}

// HandedIDs returns the ids of messages that change hands.
func HandedIDs(groups []Handed) (all []MessageID) {
	for _, g := range groups {
		all = append(all, g.Messages...)
	}
	return all
}

// counts counts messages and notes that are there, those with files and those
// that may not have arrived.
func counts(all []Message) (messages, files, problems int) {
	for _, m := range all {
		if !m.DeletedAt.IsZero() {
			continue
		}
		messages++
		files += count(hasFiles(m))
		problems += count(troubled(m.Delivery))
	}
	return messages, files, problems
}

// lineOf is the preview of a conversation that has these messages, or "".
func lineOf(all []Message) string {
	slices.SortFunc(all, func(a, b Message) int { return cmp.Compare(a.ID, b.ID) })
	return folded(all, 0, true).Preview
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
