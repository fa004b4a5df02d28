package api_test

import (
	"crypto/rand"
	"testing"
	"time"

	"parley/api/apitest"
	"parley/app"
	"parley/desk"
	"parley/store"
)

// home is a team whose things are asked about.
type home struct {
	*apitest.Team
	t      *testing.T
	front  apitest.Box
	target *apitest.Client // a member whom others change
	talk   apitest.Talk    // one that is only looked at
	file   string
}

// newHome gives a team an inbox, a member and a conversation.
func newHome(t *testing.T, team *apitest.Team) *home {
	t.Helper()
	h := &home{Team: team, t: t, front: team.Box("front")}
	h.target = team.Join(team.Mark+" target", desk.RoleAgent, h.front.ID)
	h.talk = h.Talk(h.front, "may be looked at")
	h.file = h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: h.Mark + ".txt", Data: h.Mark + " in a file"}).Want(201).ID()
	h.do(h.talk.ID, "note", map[string]any{"text": h.Mark + " note", "attachment_ids": []string{h.file}})
	return h
}

// do gives a command as the owner.
func (h *home) do(talk, verb string, body any) (did struct {
	Command string `json:"command_id"`
	Message struct{ ID string }
}) {
	h.t.Helper()
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/"+verb), body).Want(200).Read(&did)
	return did
}

// lent asks for a draft of the member whom others change, which they show to whoever
// asks if they may.
func (h *home) lent(to *apitest.Client) ask {
	h.t.Helper()
	id := h.fresh().ID
	var c desk.ConversationID
	if err := c.Parse(id); err != nil {
		h.t.Fatal(err)
	}
	by, err := h.S.App.Enter(h.t.Context(), h.ID, h.target.User)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx := app.As(h.t.Context(), h.ID, by)
	if _, err := h.S.App.SaveDraft(ctx, store.Draft{Conversation: c, Mode: "reply", Text: "begun"}); err != nil {
		h.t.Fatal(err)
	}
	_, _, _ = h.S.App.ShareDraft(ctx, c, "reply", []desk.UserID{to.User}) // not with who may not answer
	return ask{id: id, mode: "reply", body: object{"owner_id": h.target.User.String()}}
}

func (h *home) fresh() apitest.Talk { return h.Talk(h.front, "hello") }

// withAI is fresh in an inbox in which an AI agent answers.
func (h *home) withAI() apitest.Talk {
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), map[string]any{"settings": map[string]any{"ai_agent_id": "script"}}).Want(200)
	return h.fresh()
}

// event returns the number of the first fact of the conversation.
func (h *home) event() string {
	var line struct {
		Items []struct {
			Event struct {
				ID string `json:"id"`
			} `json:"event"`
		} `json:"items"`
	}
	h.Owner.Do("GET", h.Path("/conversations/"+h.talk.ID+"/timeline"), nil).Want(200).Read(&line)
	return line.Items[0].Event.ID
}

// closed returns a conversation that has ended.
func (h *home) closed() string {
	id := h.fresh().ID
	h.do(id, "close", object{})
	return id
}

func (h *home) made(path string, body any) string {
	h.t.Helper()
	return h.Owner.Do("POST", h.Path(path), body).Want(201).ID()
}

func (h *home) id(kind string) (n int64) { return h.S.DB.IDs.Next(h.S.Clock.Now()) }

func (h *home) write(fn func(*store.WriteTx) error) {
	h.t.Helper()
	if err := h.S.DB.Write(h.t.Context(), store.Scope{Workspace: h.ID}, fn); err != nil {
		h.t.Fatal(err)
	}
}

// quick is a quick reply offered in an inbox.
func (h *home) quick(inbox string) object {
	return object{"kind": "reply", "name": h.Mark, "shortcut": "/" + rand.Text(), "text": h.Mark + " {{contact.name|there}}", "inbox_ids": []string{inbox}}
}

// macro is one that writes a note and gives the conversation to whom others change.
func (h *home) macro() object {
	return object{"name": h.Mark, "steps": []object{{"do": "note", "text": h.Mark}, {"do": "assign", "assignee_id": h.target.User.String()}}}
}

// team makes a team of the member whom others change.
func (h *home) team() string {
	return h.made("/teams", object{"name": h.Mark + " " + rand.Text(), "member_ids": []string{h.target.User.String()}, "inbox_ids": []string{h.front.ID}})
}

// mergedContact returns a customer with whom another one was merged, and how to take
// that back.
func (h *home) mergedContact() (id string, body object) {
	id = h.fresh().Contact
	var did struct {
		Command string `json:"command_id"`
	}
	h.Owner.Do("POST", h.Path("/contacts/"+id+"/merge"), object{"contact_id": h.fresh().Contact}).Want(200).Read(&did)
	return id, object{"command_id": did.Command}
}

// view makes a saved view that everybody of the workspace has.
func (h *home) view() string {
	return h.made("/views", object{"name": h.Mark + " " + rand.Text(), "text": "is:open", "audience": "everyone"})
}

func (h *home) hours() object {
	return object{"name": h.Mark, "hours": object{"zone": "UTC", "week": object{"monday": []object{{"from": "09:00", "to": "17:00"}}}}}
}

// failedReply returns a conversation and a message in it that did not arrive.
func (h *home) failedReply() (talk, message string) {
	talk = h.fresh().ID
	message = h.do(talk, "reply", map[string]string{"text": h.Mark + " lost"}).Message.ID
	var c desk.ConversationID
	var m desk.MessageID
	if err := c.Parse(talk); err != nil {
		h.t.Fatal(err)
	}
	if err := m.Parse(message); err != nil {
		h.t.Fatal(err)
	}
	_, err := h.S.App.Do(app.System(h.t.Context(), h.ID), c, desk.Settle{Message: m, State: desk.DeliveryFailed, Reason: "It was not to be."})
	if err != nil {
		h.t.Fatal(err)
	}
	return talk, message
}

// deadLetter returns an entry of the ledger that became no message.
func (h *home) deadLetter() string {
	var ch desk.ChannelID
	if err := ch.Parse(h.front.Mail); err != nil {
		h.t.Fatal(err)
	}
	r := store.RawEvent{
		ID: desk.RawEventID(h.id("raw")), Channel: ch, Dedupe: rand.Text(), ContentType: "message/rfc822", Body: []byte("no mail " + h.Mark), Size: 8,
		State: store.RawDeadLetter, Reason: "This is no mail.", ReceivedAt: h.S.Clock.Now(),
	}
	h.write(func(tx *store.WriteTx) error { return tx.InsertRaw(r) })
	return r.ID.String()
}

// failedJob returns a job of a queue that nobody serves.
func (h *home) failedJob() string {
	now := h.S.Clock.Now().UTC()
	j := store.Job{ID: desk.JobID(h.id("job")), Workspace: h.ID, Queue: "test " + rand.Text(), RunAt: now, CreatedAt: now}
	h.write(func(tx *store.WriteTx) error { return tx.Enqueue(j) })
	h.write(func(tx *store.WriteTx) error {
		all, err := tx.Claim(j.Queue, 1, now.Add(time.Second), now.Add(time.Minute), 1)
		if err != nil || len(all) != 1 {
			return err
		}
		return tx.PutBack(all[0], now, store.JobFailed, "It was not to be.")
	})
	return j.ID.String()
}
