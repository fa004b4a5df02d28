package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

type bulkKind struct{}

func (bulkKind) prefix() string { return "blk" }

// BulkID names what is done to many conversations with one decision.
type BulkID = ID[bulkKind]

// BulkAction is what is done to each of many conversations: all of its steps, or
// nothing. An export is the only thing that it does.
type BulkAction struct {
	Steps  []BulkStep `json:"steps,omitempty" maxItems:"10" doc:"What is done to each of them, all or nothing"`
	Spare  bool       `json:"spare_unanswered,omitempty" doc:"Leave those alone whose customer wrote last, in place of ending them"`
	Export bool       `json:"export,omitempty" doc:"Write them to a file, and do nothing else"`
}

// BulkStep is one of the things that are done to each of many conversations.
type BulkStep struct {
	Do         BulkVerb     `json:"do" enum:"assign,unassign,tag,untag,priority,snooze,unsnooze,pend,reopen,resolve,close,archive,unarchive,reply,merge"`
	Assignee   UserID       `json:"assignee_id,omitempty" doc:"Of assign: a person"`
	Team       TeamID       `json:"team_id,omitempty" doc:"Of assign: a team, with or without a person of it"`
	Tags       []TagID      `json:"tag_ids,omitempty" maxItems:"20" doc:"Of tag and untag"`
	Priority   Priority     `json:"priority,omitempty" enum:"urgent,high,normal,low" doc:"Of priority"`
	Reason     string       `json:"reason,omitempty" maxLength:"500" doc:"Of priority: why"`
	Until      time.Time    `json:"until,omitzero" doc:"Of snooze: when they come back"`
	UntilReply bool         `json:"until_reply,omitempty" doc:"Of snooze: when the customer writes"`
	Category   CategoryID   `json:"category_id,omitempty" doc:"Of resolve and close: how they ended"`
	Summary    string       `json:"summary,omitempty" maxLength:"2000" doc:"Of resolve and close: what was done"`
	Text       string       `json:"text,omitempty" maxLength:"20000" doc:"Of reply: Markdown with variables, which each customer gets filled in"`
	Quick      QuickReplyID `json:"quick_reply_id,omitempty" doc:"Of reply: where the text is from"`
	// Into is the conversation that stays.
	Into ConversationID `json:"into_id,omitempty" doc:"Of merge, which is the only step then: the conversation of the same customer that they become part of"`
}

// BulkVerb is what a step does.
type BulkVerb string

// What can be done to many conversations.
const (
	BulkAssign    BulkVerb = "assign"
	BulkUnassign  BulkVerb = "unassign"
	BulkTag       BulkVerb = "tag"
	BulkUntag     BulkVerb = "untag"
	BulkPriority  BulkVerb = "priority"
	BulkSnooze    BulkVerb = "snooze"
	BulkUnsnooze  BulkVerb = "unsnooze"
	BulkPend      BulkVerb = "pend"
	BulkReopen    BulkVerb = "reopen"
	BulkResolve   BulkVerb = "resolve"
	BulkClose     BulkVerb = "close"
	BulkArchive   BulkVerb = "archive"
	BulkUnarchive BulkVerb = "unarchive"
	BulkReply     BulkVerb = "reply"
	BulkMerge     BulkVerb = "merge"
)

// InBulk is what a bulk action does to one conversation. Bulk actions give it;
// it is no verb of the API.
type InBulk struct {
	Bulk   BulkID     `json:"bulk_id"`
	Action BulkAction `json:"action"`
}

// UndoInBulk takes back what a bulk action did to one conversation, as a part of
// the bulk action that takes back the whole.
type UndoInBulk struct {
	Bulk    BulkID    `json:"bulk_id"`
	Command CommandID `json:"command_id"`
}

// BulkRan says that what follows was done together with many others.
type BulkRan struct {
	Bulk BulkID `json:"bulk_id"`
}

// BulkBegun is a personal fact: somebody has confirmed a bulk action.
type BulkBegun struct {
	Bulk BulkID `json:"bulk_id"`
	User UserID `json:"user_id"`
}

// Reader implements personal.
func (f BulkBegun) Reader() UserID           { return f.User }
func (BulkBegun) apply(*Conversation, Event) {}
func (BulkRan) apply(*Conversation, Event)   {}

// Spared is why a conversation is left alone whose customer wrote last.
const Spared = "The customer wrote last and has no answer yet. Write an answer first, or end those without one, too."

// maxBulkSteps is how many things one bulk action does to a conversation.
const maxBulkSteps = 10

// Clean returns the action as it is kept, or what is wrong with which step.
func (b BulkAction) Clean() (BulkAction, error) {
	bad := func(field, format string, args ...any) (BulkAction, error) {
		return b, badField(field, fmt.Sprintf(format, args...))
	}
	if b.Export {
		if len(b.Steps) > 0 {
			return bad("action.steps", "An export does nothing else. Do the rest in an action of its own.")
		}
		return b, nil
	}
	if n := len(b.Steps); n == 0 || n > maxBulkSteps {
		return bad("action.steps", "Say what to do, in between one and %d steps.", maxBulkSteps)
	}
	b.Steps = slices.Clone(b.Steps)
	for i := range b.Steps {
		s := &b.Steps[i]
		s.Text, s.Summary, s.Reason = strings.TrimSpace(Clean(s.Text)), Clean(s.Summary), Line(s.Reason, 500)
		if s.Do == BulkMerge && len(b.Steps) > 1 {
			return bad("action.steps", "Merging does nothing else. Do the rest in an action of its own.")
		}
		if problem := s.problem(); problem != "" {
			return bad(fmt.Sprintf("action.steps[%d]", i), "Step %d (%s): %s", i+1, s.Do, problem)
		}
	}
	return b, nil
}

// problem says why a step cannot be, or nothing.
func (s BulkStep) problem() string {
	switch s.Do {
	case BulkAssign:
		if s.Assignee == 0 && s.Team == 0 {
			return "choose a person or a team."
		}
	case BulkTag, BulkUntag:
		if len(s.Tags) == 0 {
			return "choose a tag."
		}
	case BulkPriority:
		if s.Priority == "" {
			return "choose a priority."
		}
	case BulkSnooze:
		if s.Until.IsZero() && !s.UntilReply {
			return "say until when, or until the customer writes."
		}
	case BulkReply:
		if s.Text == "" {
			return "write what it says."
		}
		if err := CheckTemplate(s.Text); err != nil {
			return err.Error()
		}
		if blanks := blanksToAsk(s.Text); len(blanks) > 0 {
			return fmt.Sprintf("fill in {{%s}}, or give it a fallback: nobody is asked for it once for each customer.", blanks[0])
		}
	case BulkMerge:
		if s.Into == 0 {
			return "choose the conversation that stays."
		}
	case BulkUnassign, BulkUnsnooze, BulkPend, BulkReopen, BulkResolve, BulkClose, BulkArchive, BulkUnarchive:
	default:
		return "choose a step that there is."
	}
	return ""
}

// Does reports whether the action has a step of a kind.
func (b BulkAction) Does(v BulkVerb) bool {
	return slices.ContainsFunc(b.Steps, func(s BulkStep) bool { return s.Do == v })
}

// Into returns the conversation that all the others become part of, or 0.
func (b BulkAction) Into() ConversationID {
	if len(b.Steps) == 1 && b.Steps[0].Do == BulkMerge {
		return b.Steps[0].Into
	}
	return 0
}

// Decide decides each step against what the steps before it made. One refusal
// refuses them all.
func (b InBulk) Decide(c Conversation, w World) ([]Fact, error) {
	facts, after := []Fact{BulkRan{b.Bulk}}, c
	for _, s := range b.Action.Steps {
		if b.Action.Spare && (s.Do == BulkResolve || s.Do == BulkClose) && after.NeedsAttention() {
			return nil, Errorf(Conflict, Spared)
		}
		cmd, err := s.command(after, w)
		if err != nil {
			return nil, err
		}
		if err := CheckCommand(w.Actor(), cmd); err != nil {
			return nil, err
		}
		more, err := cmd.Decide(after, w)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			after.Apply(Event{Workspace: c.Workspace, Conversation: c.ID, Version: after.Version + 1, At: w.Now(), By: w.Actor(), Fact: f})
		}
		facts = append(facts, more...)
	}
	if len(facts) == 1 {
		return nil, nil // everything is so already
	}
	return facts, nil
}

// command is what a step does to one conversation.
func (s BulkStep) command(c Conversation, w World) (Command, error) {
	switch s.Do {
	case BulkReply:
		return s.reply(c, w)
	case BulkTag, BulkUntag:
		names := make([]string, 0, len(s.Tags))
		for _, t := range s.Tags {
			names = append(names, t.String())
		}
		if s.Do == BulkTag {
			return Label{Add: names}, nil
		}
		return Label{Remove: names}, nil
	case BulkAssign:
		return Assign{Assignee: s.Assignee, Team: s.Team}, nil
	case BulkUnassign:
		return Unassign{}, nil
	case BulkPriority:
		return Prioritize{Priority: s.Priority, Reason: s.Reason}, nil
	case BulkSnooze:
		return Snooze{Until: s.Until, UntilReply: s.UntilReply}, nil
	case BulkUnsnooze:
		return Unsnooze{}, nil
	case BulkPend:
		return Pend{Reason: PendingCustomer}, nil
	case BulkReopen:
		return Reopen{}, nil
	case BulkResolve:
		return Resolve{Summary: s.Summary, Category: s.Category}, nil
	case BulkClose:
		return Close{Summary: s.Summary, Category: s.Category}, nil
	case BulkArchive:
		return Archive{}, nil
	case BulkUnarchive:
		return Unarchive{}, nil
	}
	return nil, Errorf(Invalid, "There is no such step. Take it out of the action.")
}

// reply is the answer that one customer gets. It refuses what would arrive with a
// hole in it (F2-20), and where the customer cannot be written to (F2-58).
func (s BulkStep) reply(c Conversation, w World) (Command, error) {
	known, err := w.Known(c)
	if err != nil {
		return nil, err
	}
	text, missing := known.Fill(s.Text)
	if len(missing) > 0 {
		return nil, Errorf(Invalid, "Nothing is known here for {{%s}}. Give it a fallback, or write to this customer yourself.", strings.Join(missing, "}}, {{"))
	}
	if c.LastChannel != 0 {
		if err := w.Reachable(c.Contact, c.LastChannel); err != nil {
			return nil, err
		}
	}
	return Reply{Text: text, AtOnce: true}, nil
}

// Decide takes back what the command did, or says what stands in the way.
func (u UndoInBulk) Decide(c Conversation, w World) ([]Fact, error) {
	facts, err := Undo{Command: u.Command}.Decide(c, w)
	if err != nil || len(facts) == 0 {
		return nil, err
	}
	return append([]Fact{BulkRan{u.Bulk}}, facts...), nil
}

// DoneInBulk reports whether the facts of a command were made together with those
// of many others.
func DoneInBulk(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { _, ok := e.Fact.(BulkRan); return ok })
}
