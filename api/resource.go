package api

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/richtext"
)

// Conversation is a conversation as the API shows it: the stored axes and the
// computed words of the specification (1.2), and what concerns the reader.
type Conversation struct {
	ID               desk.ConversationID `json:"id"`
	Version          int64               `json:"version" doc:"Raised by every fact; send it as expected_version to be told of changes you have not seen"`
	Subject          string              `json:"subject"`
	Preview          string              `json:"preview" doc:"The last public message on one line"`
	Inbox            desk.InboxID        `json:"inbox_id"`
	Channel          desk.ChannelID      `json:"channel_id,omitempty" doc:"The channel a reply goes through by default"`
	ChannelKind      string              `json:"channel_kind"`
	Contact          ContactBrief        `json:"contact"`
	Status           desk.Status         `json:"status" enum:"open,pending,resolved,closed"`
	WaitingOn        desk.WaitingOn      `json:"waiting_on" enum:"agent,customer,none"`
	WaitingSince     time.Time           `json:"waiting_since,omitzero"`
	Assignee         desk.UserID         `json:"assignee_id,omitempty"`
	Team             desk.TeamID         `json:"team_id,omitempty"`
	AssignedAt       time.Time           `json:"assigned_at,omitzero"`
	AIState          desk.AIState        `json:"ai_state" enum:"none,active,paused"`
	AIEpoch          int64               `json:"ai_epoch"`
	AISince          time.Time           `json:"ai_since,omitzero" doc:"When the AI agent began to answer, or stopped"`
	NeedsHuman       desk.Flag           `json:"needs_human,omitempty" enum:"asked_human,frustrated,not_understood,complex,sensitive" doc:"Why the AI agent asks for a person"`
	SnoozedUntil     time.Time           `json:"snoozed_until,omitzero"`
	SnoozeUntilReply bool                `json:"snooze_until_reply"`
	ArchivedAt       time.Time           `json:"archived_at,omitzero"`
	Priority         desk.Priority       `json:"priority" enum:"urgent,high,normal,low"`
	PriorityReason   string              `json:"priority_reason,omitempty"`
	Due
	FirstReplyAt    time.Time           `json:"first_reply_at,omitzero"`
	FirstResponseAt time.Time           `json:"first_response_at,omitzero"`
	PendingReason   string              `json:"pending_reason,omitempty" enum:"customer,external"`
	FollowUpDue     time.Time           `json:"follow_up_due,omitzero" doc:"When whoever is responsible is reminded of a pending conversation"`
	PendingNote     desk.MessageID      `json:"pending_note_id,omitempty" doc:"What it waits for, or waited for until the customer wrote"`
	ResolvedAt      time.Time           `json:"resolved_at,omitzero"`
	ClosedAt        time.Time           `json:"closed_at,omitzero"`
	ClosedSource    desk.Source         `json:"closed_source,omitempty"`
	ClosingSummary  string              `json:"closing_summary,omitempty"`
	ClosingCategory desk.CategoryID     `json:"closing_category_id,omitempty"`
	Rating          int                 `json:"rating,omitempty" minimum:"1" maximum:"5" doc:"The customer's latest answer to how satisfied they are, 1 to 5; absent when they gave none"`
	OpenedAt        time.Time           `json:"opened_at"`
	OpenedSource    desk.Source         `json:"opened_source"`
	Previous        desk.ConversationID `json:"previous_conversation_id,omitempty"`
	MergedInto      desk.ConversationID `json:"merged_into_id,omitempty" doc:"The conversation that this one has become part of; go on there"`
	SplitFrom       desk.ConversationID `json:"split_from_id,omitempty" doc:"The conversation that its first messages came from"`
	Grouping        desk.Grouping       `json:"grouping" enum:"per_thread,per_contact"`
	Primary         bool                `json:"is_primary"`
	Tags            []desk.TagID        `json:"tag_ids"`
	Followers       []desk.UserID       `json:"follower_ids"`
	Tickets         []desk.Ticket       `json:"tickets,omitempty" doc:"Those of other systems that it is linked to"`
	LastActivityAt  time.Time           `json:"last_activity_at"`
	Messages        int                 `json:"message_count"`
	HasAttachments  bool                `json:"has_attachments"`
	Scheduled       int                 `json:"scheduled,omitempty" doc:"How many messages wait to be sent at a moment, or are held"`
	DeliveryProblem bool                `json:"delivery_problem" doc:"A message to the customer failed or may not have arrived"`
	Label           string              `json:"label" doc:"The one word for lists: Archived, Closed, Resolved, Snoozed, Overdue, Pending, New, Needs attention, Responded or Open"`
	Stage           string              `json:"stage" enum:"new,open,assigned,in_progress,resolved,closed,archived"`
	Unread          bool                `json:"unread" doc:"The customer wrote something the reader has not seen"`
	ReadOnly        bool                `json:"read_only,omitempty" doc:"You may only read it, because you were mentioned in it; your lists and counts are without it"`
}

// Due is what was promised for a conversation, and what became of it.
type Due struct {
	Metric             desk.Metric             `json:"sla_metric,omitempty" enum:"first_response,next_response" doc:"Which answer the customer waits for; absent when none is promised"`
	DueTarget          time.Time               `json:"response_due_target,omitzero"`
	DueDeadline        time.Time               `json:"response_due_deadline,omitzero"`
	Paused             bool                    `json:"sla_paused,omitempty" doc:"The clock stands still: somebody outside has to act"`
	TargetNotifiedAt   time.Time               `json:"target_notified_at,omitzero"`
	OverdueAt          time.Time               `json:"overdue_at,omitzero"`
	EscalatedAt        time.Time               `json:"escalated_at,omitzero"`
	EscalatedFor       []desk.EscalationReason `json:"escalated_for,omitempty"`
	ResolutionTarget   time.Time               `json:"resolution_due_target,omitzero"`
	ResolutionDeadline time.Time               `json:"resolution_due_deadline,omitzero"`
	UpdateDue          time.Time               `json:"update_due,omitzero" doc:"When the customer of a complex matter should hear from you again"`
}

func dueOf(c *desk.Conversation) Due {
	if !c.Active() {
		return Due{}
	}
	return Due{
		Metric: c.Metric, DueTarget: c.ResponseDueTarget, DueDeadline: c.ResponseDueDeadline, Paused: c.Paused(), TargetNotifiedAt: c.TargetNotifiedAt,
		OverdueAt: c.OverdueAt, EscalatedAt: c.EscalatedAt, EscalatedFor: c.EscalatedFor, ResolutionTarget: c.ResolutionDueTarget,
		ResolutionDeadline: c.ResolutionDueDeadline, UpdateDue: c.UpdateDue,
	}
}

// ContactBrief is what a list shows of a contact.
type ContactBrief struct {
	ID       desk.ContactID `json:"id"`
	Name     string         `json:"name" doc:"The name, else the phone number, else the mail address, else Visitor and a number"`
	Email    string         `json:"email,omitempty"`
	Phone    string         `json:"phone,omitempty"`
	Verified bool           `json:"verified" doc:"A channel or a signature vouches for who this is"`
	Blocked  bool           `json:"blocked,omitempty" doc:"Their conversations are neither opened nor closed"`
}

// Message is one message or note.
type Message struct {
	ID           desk.MessageID      `json:"id"`
	Conversation desk.ConversationID `json:"conversation_id"`
	Kind         desk.MessageKind    `json:"kind" enum:"message,note,aside" doc:"aside is a mail to or from somebody who is not the customer, who sees nothing of it"`
	Side         desk.Side           `json:"side" enum:"customer,team,system"`
	Author       Author              `json:"author"`
	Text         string              `json:"text"`
	HTML         string              `json:"html,omitempty" doc:"The text of a reply of the team, which is Markdown, formatted and safe to show; absent when there is nothing to format"`
	VisibleEnd   int                 `json:"visible_end,omitempty" doc:"Characters of text before quoted history; absent shows all"`
	HTMLURL      string              `json:"html_url,omitempty" doc:"The sanitised HTML as a page for a sandboxed frame"`
	Subject      string              `json:"subject,omitempty"`
	Attachments  []Attachment        `json:"attachments"`
	At           time.Time           `json:"at"`
	CreatedAt    time.Time           `json:"created_at"`
	ChannelKind  string              `json:"channel_kind,omitempty"`
	ClientID     string              `json:"client_id,omitempty"`
	Auto         string              `json:"auto,omitempty" doc:"Why it counts as automatic mail: reply, bounce, bulk, welcome, closing, csat; or imported, brought from elsewhere and of the past"`
	Unreadable   bool                `json:"unreadable,omitempty" doc:"A mail that could not be read; its bytes are the attachment"`
	Origin       *desk.Origin        `json:"origin,omitempty" doc:"Of a mail from outside: how far it is proven who wrote it"`
	Email        *channel.Email      `json:"email,omitempty"`
	To           []string            `json:"to,omitempty" doc:"Whom a mail of the team went to, like Jane Doe <jane@example.com>"`
	Cc           []string            `json:"cc,omitempty" doc:"Who got a copy of a mail of the team"`
	Bcc          []string            `json:"bcc,omitempty" doc:"Who got a copy that the others do not hear of"`
	Forwarded    []desk.MessageID    `json:"forwarded_ids,omitempty" doc:"The messages that a forwarded mail carries below its text, oldest first"`
	Answers      desk.MessageID      `json:"answers_id,omitempty" doc:"Of an aside of the team: the mail that it answers"`
	Signature    string              `json:"signature,omitempty" doc:"What stood under a mail of the team: Markdown"`
	Quotes       desk.MessageID      `json:"quotes_id,omitempty" doc:"The message that a mail of the team quotes"`
	Confidence   *float64            `json:"confidence,omitempty" doc:"How sure the AI agent that wrote it was, from 0 to 1; absent where it did not say. Its customer does not see it"`
	LeavesAt     time.Time           `json:"leaves_at,omitzero" doc:"Until then it waits and can be taken back with undo; absent once it leaves"`
	Delivery     *Delivery           `json:"delivery,omitempty"`
	Note         *NoteState          `json:"note,omitempty" doc:"What only a note has"`
}

// Author is who wrote.
type Author struct {
	Kind desk.AuthorKind `json:"kind" enum:"contact,user,ai,automation,colleague"`
	ID   string          `json:"id,omitempty"`
	Name string          `json:"name"`
}

// Delivery is how far a message to the customer has come.
type Delivery struct {
	State    desk.Delivery `json:"state" enum:"queued,sent,delivered,read,failed,unknown,withheld,recalled"`
	Reason   string        `json:"reason,omitempty"`
	At       time.Time     `json:"at,omitzero"`
	CanRetry bool          `json:"can_retry"`
}

// Attachment is a file.
type Attachment struct {
	ID          desk.AttachmentID `json:"id"`
	Name        string            `json:"name"`
	ContentType string            `json:"content_type"`
	Size        int64             `json:"size"`
	Inline      bool              `json:"inline" doc:"Whether it stands within the HTML of the message"`
	URL         string            `json:"url"`
	Width       int               `json:"width,omitempty"`
	Height      int               `json:"height,omitempty"`
}

// Event is one fact on the timeline.
type Event struct {
	ID           string              `json:"id" doc:"A decimal number"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Version      int64               `json:"version"`
	At           time.Time           `json:"at"`
	Actor        EventActor          `json:"actor"`
	Command      desk.CommandID      `json:"command_id"`
	Cause        string              `json:"cause_event_id,omitempty"`
	Kind         string              `json:"kind"`
	Data         json.RawMessage     `json:"data"`
	Undoable     bool                `json:"undoable"`
}

// EventActor is who did it.
type EventActor struct {
	Kind desk.ActorKind `json:"kind" enum:"user,contact,system,automation,ai"`
	ID   desk.UserID    `json:"id,omitempty"`
}

// TimelineItem is a fact, with what was written if it is about a message.
type TimelineItem struct {
	Event   Event    `json:"event"`
	Message *Message `json:"message,omitempty"`
	// MovedTo is set when the message is in another conversation now.
	MovedTo desk.ConversationID `json:"moved_to_id,omitempty" doc:"The conversation that the message went to"`
}

// kinds tells the kind of each channel of a workspace.
type kinds map[desk.ChannelID]string

func conversation(c *desk.Conversation, contact desk.Contact, ks kinds, mark desk.MessageID, now time.Time) Conversation {
	tags := c.Tags
	if tags == nil {
		tags = []desk.TagID{}
	}
	followers := c.Followers
	if followers == nil {
		followers = []desk.UserID{}
	}
	return Conversation{
		Followers: followers,
		ID:        c.ID, Version: c.Version, Subject: c.Subject, Preview: c.Preview, Inbox: c.Inbox, Channel: c.LastChannel, ChannelKind: ks[c.LastChannel],
		Contact: brief(contact), Status: c.Status, WaitingOn: c.WaitingOn, WaitingSince: c.WaitingSince, Assignee: c.Assignee, Team: c.Team,
		AssignedAt: c.AssignedAt, AIState: c.AIState, AIEpoch: c.AIEpoch, AISince: c.AISince, NeedsHuman: c.NeedsHuman,
		SnoozedUntil: c.SnoozedUntil, SnoozeUntilReply: c.SnoozeUntilReply,
		ArchivedAt: c.ArchivedAt, Priority: c.Priority, PriorityReason: c.PriorityReason, Due: dueOf(c), FirstReplyAt: c.FirstReplyAt, FirstResponseAt: c.FirstResponseAt,
		PendingReason: c.PendingReason, ResolvedAt: c.ResolvedAt, ClosedAt: c.ClosedAt, ClosedSource: c.ClosedSource, ClosingSummary: c.ClosingSummary,
		ClosingCategory: c.ClosingCategory, Rating: c.Rating, PendingNote: c.PendingNote, FollowUpDue: c.FollowUpDue,
		OpenedAt: c.OpenedAt, OpenedSource: c.OpenedSource, Previous: c.Previous, MergedInto: c.MergedInto, SplitFrom: c.SplitFrom, Grouping: c.Grouping, Primary: c.Primary,
		Tags: tags, Tickets: c.Tickets, LastActivityAt: c.LastActivityAt, Messages: c.Messages, HasAttachments: c.WithFiles > 0, DeliveryProblem: c.DeliveryProblems > 0, Scheduled: c.Scheduled,
		Label: c.Label(now), Stage: c.Stage(), Unread: c.Unread(mark),
	}
}

// written is addresses as people write them.
func written(all []desk.Address) (out []string) {
	for _, a := range all {
		out = append(out, a.String())
	}
	return out
}

func brief(c desk.Contact) ContactBrief {
	return ContactBrief{ID: c.ID, Name: c.Title(), Email: c.Email, Phone: c.Phone, Verified: c.Verified, Blocked: c.Blocked}
}

func message(ws desk.WorkspaceID, m *desk.Message, ks kinds) Message {
	base := "/api/v1/workspaces/" + ws.String()
	out := Message{
		ID: m.ID, Conversation: m.Conversation, Kind: m.Kind, Side: m.Side, Author: Author{Kind: m.AuthorKind, Name: m.AuthorName},
		Text: m.Text, VisibleEnd: m.VisibleEnd, Subject: m.Subject, Attachments: []Attachment{}, At: m.At, CreatedAt: m.CreatedAt,
		ChannelKind: ks[m.Channel], ClientID: m.ClientID, Auto: m.Auto, Unreadable: m.Unreadable, To: written(m.To), Cc: written(m.Cc), Bcc: written(m.Bcc), Forwarded: m.Forwarded, Answers: m.Answers, LeavesAt: m.Leaves,
		Signature: m.Signature, Quotes: m.Quotes, Confidence: m.Confidence,
	}
	if m.Markdown && m.Kind != desk.KindNote {
		out.HTML, _, _ = richtext.Shown(m.Text, textPictures(base, m.Files)) // what cannot be formatted is shown as it was typed
	}
	switch {
	case m.User != 0:
		out.Author.ID = m.User.String()
	case m.Contact != 0:
		out.Author.ID = m.Contact.String()
	}
	if m.HTML != "" {
		out.HTMLURL = base + "/messages/" + m.ID.String() + "/html"
	}
	for _, f := range m.Files {
		file := attachment(base, f)
		file.Inline = f.Inline && (!f.Placed() || strings.Contains(out.HTML, file.URL+`"`)) // what stands nowhere is a file
		out.Attachments = append(out.Attachments, file)
	}
	if len(m.Email) > 0 {
		var email channel.Email
		if json.Unmarshal(m.Email, &email) == nil {
			out.Email = &email
		}
	}
	if m.Origin != (desk.Origin{}) {
		out.Origin = &m.Origin
	}
	if m.Delivery != desk.DeliveryNone {
		out.Delivery = &Delivery{
			State: m.Delivery, Reason: m.DeliveryReason, At: m.DeliveryAt, CanRetry: m.Delivery == desk.DeliveryFailed || m.Delivery == desk.DeliveryUnknown,
		}
	}
	if m.Kind == desk.KindNote {
		out.Note = &NoteState{Mentions: m.Mentions, Edition: m.Edition, Editions: m.Editions, EditedAt: m.EditedAt, PinnedAt: m.PinnedAt}
		if m.Mentions == nil {
			out.Note.Mentions = []desk.Mention{}
		}
	}
	if !m.DeletedAt.IsZero() {
		out.Text, out.HTML, out.HTMLURL, out.Signature, out.Attachments = "", "", "", "", []Attachment{}
	}
	return out
}

func attachment(base string, f desk.Attachment) Attachment {
	return Attachment{
		ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Inline: f.Inline, URL: base + "/attachments/" + f.ID.String(),
		Width: f.Width, Height: f.Height,
	}
}

// event renders a fact; named says whether the other conversation that it is about
// may be named.
func event(e *desk.Event, named bool) (Event, error) {
	data, err := json.Marshal(toldOf(e.Fact, named))
	out := Event{
		ID: strconv.FormatInt(e.Seq, 10), Conversation: e.Conversation, Version: e.Version, At: e.At, Actor: EventActor{e.By.Kind, e.By.User},
		Command: e.Command, Kind: desk.Facts.Name(e.Fact), Data: data, Undoable: desk.Undoable(e.Fact),
	}
	if e.Cause != 0 {
		out.Cause = strconv.FormatInt(e.Cause, 10)
	}
	return out, err
}
