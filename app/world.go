package app

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// world is what a decision may look at: the transaction it is part of.
type world struct {
	*store.WriteTx
	app          *App
	now          time.Time
	by           desk.Actor
	conversation desk.ConversationID
	along        []desk.Event // what the same command did in other conversations so far
}

func (w *world) Now() time.Time             { return w.now }
func (w *world) Actor() desk.Actor          { return w.by }
func (w *world) NewMessage() desk.MessageID { return desk.MessageID(w.app.number()) }

func (w *world) Facts(command desk.CommandID) ([]desk.Event, error) {
	return w.Tx.Facts(w.conversation, command)
}

func (w *world) ReadMark() (desk.MessageID, error) { return w.Tx.ReadMark(w.conversation) }

func (w *world) Message(id desk.MessageID) (desk.Message, error) {
	m, err := w.MessageByID(id)
	if err == nil && m.Conversation != w.conversation {
		return m, desk.Errorf(desk.NotFound, "There is no such message in this conversation.")
	}
	return m, err
}

func (w *world) Files(ids []desk.AttachmentID) ([]desk.Attachment, error) {
	return w.FreeAttachments(ids, Uploader(w.by))
}

func (w *world) CopyFiles(ids []desk.AttachmentID) ([]desk.Attachment, error) {
	all, err := w.ConversationFiles(w.conversation, ids)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].ID, all[i].ContentID, all[i].Inline = desk.AttachmentID(w.app.number()), "", false
		if err := w.InsertAttachment(all[i], "", w.now); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FindTag finds a tag by id or name.
func (w *world) FindTag(idOrName string) (desk.TagID, error) {
	var id desk.TagID
	if id.Parse(idOrName) == nil && id != 0 {
		t, err := w.TagByID(id)
		return t.ID, err
	}
	t, err := w.TagByName(strings.ToLower(desk.Line(idOrName, 60)))
	return t.ID, err
}

// MakeTag finds a tag by id or name and makes one of a new name.
func (w *world) MakeTag(idOrName string) (desk.TagID, error) {
	found, err := w.FindTag(idOrName)
	if err == nil || desk.KindOf(err) != desk.NotFound {
		return found, err
	}
	var id desk.TagID
	if id.Parse(idOrName) == nil && id != 0 {
		return 0, err
	}
	name := desk.Line(idOrName, 60)
	if name == "" {
		return 0, desk.Errorf(desk.Invalid, "A tag needs a name.")
	}
	t := desk.Tag{ID: desk.TagID(w.app.number()), Name: name, Color: "c3"}
	return w.NameTag(t, strings.ToLower(name))
}

// checkChannel refuses to answer through a channel that the actor does not see, or
// that is not in use.
func checkChannel(tx *store.WriteTx, cmd desk.Command) error {
	var channel desk.ChannelID
	switch cmd := cmd.(type) {
	case desk.Reply:
		channel = cmd.Channel
	case desk.Forward:
		channel = cmd.Channel
	case desk.Schedule:
		channel = cmd.Channel
	}
	if channel == 0 {
		return nil
	}
	all, err := tx.Channels()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(c desk.Channel) bool { return c.ID == channel && !c.Disabled }) {
		return desk.Errorf(desk.NotFound, "There is no such channel here.")
	}
	return nil
}

// unnamed is a refusal that names no conversation the actor does not see.
func unnamed(tx *store.WriteTx, err error) error {
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return err
	}
	details, _ := e.Details.(map[string]any)
	id, ok := details["conversation_id"].(desk.ConversationID)
	if !ok {
		return err
	}
	if _, gone := tx.PeekConversation(id); gone == nil || desk.KindOf(gone) != desk.NotFound {
		return err
	}
	return desk.Errorf(e.Kind, "This customer has an open conversation in an inbox that you do not see. Ask an admin to go on there, or to close it.")
}

// Uploader names whose an upload is until it is sent.
func Uploader(a desk.Actor) string {
	if a.Kind == desk.ActorUser {
		return a.User.String()
	}
	return string(a.Kind)
}

// before answers a command that was given before: the same request by its key,
// or the same message by the sender's own id.
func (a *App) before(tx *store.WriteTx, act acting, old *desk.Conversation, cmds []desk.Command, r Result) (Result, bool, error) {
	if act.request.key != "" {
		answer, err := tx.Answered(act.request.actor, act.request.key)
		if err == nil {
			if answer.Request != act.request.digest {
				return r, true, desk.Errorf(desk.Conflict, "This Idempotency-Key was used for another request. Use a new one.")
			}
			return a.answered(tx, answer)
		}
		if desk.KindOf(err) != desk.NotFound {
			return r, true, err
		}
	}
	if old == nil {
		return r, false, nil
	}
	for _, cmd := range cmds {
		keyed, ok := cmd.(interface{ Key() string })
		if !ok || keyed.Key() == "" {
			continue
		}
		var err error
		if _, ok := cmd.(desk.Schedule); ok {
			_, err = tx.ClientScheduled(old.ID, keyed.Key())
		} else {
			var m desk.Message
			m, err = tx.ClientMessage(old.ID, keyed.Key())
			r.Message = m.ID
		}
		if err == nil {
			return r, true, nil
		}
		if desk.KindOf(err) != desk.NotFound {
			return r, true, err
		}
	}
	return r, false, nil
}

// kept is what an idempotent request is remembered by.
type kept struct {
	Conversation desk.ConversationID `json:"conversation"`
	Other        desk.ConversationID `json:"other,omitempty"`
	Command      desk.CommandID      `json:"command"`
	Message      desk.MessageID      `json:"message,omitempty"`
	Undoable     bool                `json:"undoable,omitempty"`
}

func (a *App) answered(tx *store.WriteTx, answer store.Answer) (r Result, again bool, err error) {
	var k kept
	if err := json.Unmarshal([]byte(answer.Response), &k); err != nil {
		return r, true, err
	}
	r = Result{Command: k.Command, Message: k.Message, Undoable: k.Undoable, Other: k.Other}
	r.Conversation, err = tx.PeekConversation(k.Conversation)
	return r, true, err
}

// after remembers an idempotent request and finishes the job that gave the command.
func (a *App) after(tx *store.WriteTx, act acting, r Result) error {
	if err := a.remember(tx, act, r); err != nil {
		return err
	}
	if act.job == nil || *act.finished {
		return nil
	}
	return tx.Finish(*act.job)
}

// remember keeps what an idempotent request did.
func (a *App) remember(tx *store.WriteTx, act acting, r Result) error {
	if act.request.key != "" {
		response, err := json.Marshal(kept{r.Conversation.ID, r.Other, r.Command, r.Message, r.Undoable})
		if err != nil {
			return err
		}
		answer := store.Answer{Request: act.request.digest, Status: 200, Response: string(response)}
		if err := tx.SaveAnswer(act.request.actor, act.request.key, answer, a.now()); err != nil {
			return err
		}
	}
	return nil
}
