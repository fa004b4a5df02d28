package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// verbs lists what can be done to a conversation.
func (s *server) verbs() {
	verb[desk.Archive](s, "archive", "Freeze a closed conversation", desk.MayAnswer)
	verb[desk.Assign](s, "assign", "Make somebody responsible", desk.MayAnswer)
	verb[desk.Close](s, "close", "End a conversation", desk.MayAnswer)
	verb[desk.Escalate](s, "escalate", "Ask the escalation responders for help", desk.MayAnswer)
	verb[desk.Forward](s, "forward", "Write to somebody else by mail, with messages of it; the customer sees nothing of that", desk.MayAnswer)
	verb[desk.HandBack](s, "handback", "Let the AI agent answer again", desk.MayAnswer)
	verb[desk.LinkTicket](s, "link-ticket", "Link it to a ticket of another system, one per system", desk.MayAnswer)
	verb[desk.Merge](s, "merge", "Make another conversation of the same customer part of this one", desk.MayAnswer)
	verb[desk.Split](s, "split", "Make a conversation of its own of some messages", desk.MayAnswer)
	verb[desk.Note](s, "note", "Write something that only the team sees", desk.MayAnswer)
	verb[desk.Pend](s, "pend", "Say that it waits for the customer or for somebody else", desk.MayAnswer)
	verb[desk.EditNote](s, "edit-note", "Give a note of yours another text; the earlier ones can still be read", desk.MayAnswer)
	verb[desk.PinNote](s, "pin-note", "Keep an important note on top of the timeline", desk.MayAnswer)
	verb[desk.UnlinkTicket](s, "unlink-ticket", "End the link to a ticket of another system; the ticket stays", desk.MayAnswer)
	verb[desk.UnpinNote](s, "unpin-note", "Let a note go back to its place", desk.MayAnswer)
	verb[desk.LetIn](s, "let-in", "Make who wrote a message part of the conversation, who was not when it came", desk.MayAnswer)
	verb[desk.TurnAway](s, "turn-away", "Leave a message folded whose author is not part of the conversation", desk.MayAnswer)
	verb[desk.KeepTogether](s, "keep-together", "Say that a message belongs here although its subject is another", desk.MayAnswer)
	verb[desk.TakeForward](s, "take-forward", "Make a conversation, begun by a mail that a teammate forwarded, that of who wrote it", desk.MayAnswer)
	verb[desk.Prioritize](s, "prioritize", "Say how urgent it is", desk.MayAnswer)
	s.readAgain()
	verb[desk.MarkRead](s, "read", "Mark as read, for you", desk.MayRead)
	verb[desk.Reopen](s, "reopen", "Open a resolved or closed conversation again", desk.MayAnswer)
	verb[desk.Reply](s, "reply", "Write to the customer", desk.MayAnswer)
	verb[desk.Resolve](s, "resolve", "Say that the matter is dealt with", desk.MayAnswer)
	verb[desk.RunMacro](s, "run-macro", "Do everything that a macro says, or nothing", desk.MayAnswer)
	verb[desk.Retry](s, "retry", "Send a message again that failed or may not have arrived", desk.MayAnswer)
	verb[desk.Follow](s, "follow", "Hear how it goes on", desk.MayAnswer)
	verb[desk.Transfer](s, "transfer", "Hand it over to a team, or to another channel", desk.MayAnswer)
	verb[desk.Unfollow](s, "unfollow", "Hear of it no more", desk.MayAnswer)
	verb[desk.Snooze](s, "snooze", "Hide it until a time, or until the customer writes", desk.MayAnswer)
	verb[desk.Label](s, "tag", "Add and remove tags", desk.MayAnswer)
	verb[desk.TakeOver](s, "takeover", "Take over from the AI agent", desk.MayAnswer)
	verb[desk.Unarchive](s, "unarchive", "Make an archived conversation a closed one again", desk.MayAnswer)
	verb[desk.Unassign](s, "unassign", "Make nobody responsible", desk.MayAnswer)
	verb[desk.Undo](s, "undo", "Take back what one command did", desk.MayAnswer)
	verb[desk.MarkUnread](s, "unread", "Mark as unread, for you", desk.MayRead)
	verb[desk.Unsnooze](s, "unsnooze", "Bring a snoozed conversation back now", desk.MayAnswer)
}

// Did is what a command did.
type Did struct {
	Conversation Conversation   `json:"conversation"`
	Command      desk.CommandID `json:"command_id" doc:"Send it to undo to take the command back"`
	Message      *Message       `json:"message,omitempty"`
	Other        *Conversation  `json:"other,omitempty" doc:"The other conversation that it was about: what was merged, or what was split off"`
	UndoUntil    *time.Time     `json:"undo_until,omitempty" doc:"Until when it can be taken back; absent when it cannot"`
	Items        []TimelineItem `json:"items" doc:"The facts it made"`
}

// Idempotent is a write that happens once per key.
type Idempotent struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"Your own id of this request: sent again with it, nothing happens twice"`
}

// once returns a context in which the next command is given once for the key.
func (i Idempotent) once(ctx context.Context, what string, body any) (context.Context, error) {
	if i.Key == "" {
		return ctx, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return ctx, err
	}
	sum := sha256.Sum256(append([]byte(what+"\n"), b...))
	return app.Idempotent(ctx, app.ActorFrom(ctx).User.String(), i.Key, hex.EncodeToString(sum[:])), nil
}

// verb registers a command as POST …/conversations/{id}/name.
func verb[C desk.Command](s *server, name, summary string, need desk.Permission) {
	type input struct {
		ConversationPath
		Idempotent
		Body C
	}
	op := operation{
		id: name + "-conversation", method: "POST", path: "/workspaces/{workspace}/conversations/{id}/" + name, summary: summary, tag: "Verbs", need: need,
	}
	route(s, op, func(ctx context.Context, in *input) (*body[Did], error) {
		ctx, err := in.once(ctx, name+" "+in.ID.V.String(), in.Body)
		if err != nil {
			return nil, err
		}
		r, err := s.App.Do(ctx, in.ID.V, in.Body)
		if err != nil {
			return nil, err
		}
		return s.did(ctx, r)
	})
}

// did renders what a command did.
func (s *server) did(ctx context.Context, r app.Result) (*body[Did], error) {
	out := Did{Command: r.Command, Items: []TimelineItem{}}
	// Whoever handed it over may not see it any more, but did see it until now.
	scope := app.ScopeFrom(ctx)
	scope.View = desk.VisibleAll
	err := s.db.Read(ctx, scope, func(tx *store.Tx) error {
		c, err := tx.Conversation(r.Conversation.ID)
		if err != nil {
			return err
		}
		if out.Conversation, err = oneConversation(tx, c, s.now()); err != nil {
			return err
		}
		if err := other(tx, r.Other, &out, s.now()); err != nil {
			return err
		}
		shared := slices.DeleteFunc(slices.Clone(r.Events), func(e desk.Event) bool { return desk.Reader(e.Fact) != 0 })
		if out.Items, err = items(tx, shared); err != nil || r.Message == 0 {
			return err
		}
		m, err := tx.MessageByID(r.Message)
		if err != nil {
			return err
		}
		ks, err := channelKinds(tx)
		if err != nil {
			return err
		}
		rendered := message(tx.Scope().Workspace, &m, ks)
		out.Message = &rendered
		return renderNotes(tx, out.Message)
	})
	if r.Undoable {
		until := s.now().Add(desk.UndoFor)
		for _, e := range r.Events {
			if at := desk.LeavesAt(e.Fact); !at.IsZero() {
				until = at
			}
		}
		out.UndoUntil = &until
	}
	return &body[Did]{out}, err
}

// other renders the second conversation that a command was about, as far as the
// reader sees it.
func other(tx *store.Tx, id desk.ConversationID, out *Did, now time.Time) error {
	if id == 0 {
		return nil
	}
	c, err := tx.Conversation(id)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil
	}
	if err != nil {
		return err
	}
	shown, err := oneConversation(tx, c, now)
	out.Other = &shown
	return err
}
