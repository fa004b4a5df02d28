package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"parley/channel/webchat"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// visitorTyping tells the team that a customer types.
func (s *server) visitorTyping(c desk.Conversation, name string, on bool) {
	by := realtime.TypingActor{Kind: desk.ActorContact, ID: c.Contact.String(), Name: name}
	s.Hub.Typing(c.Workspace, c.Inbox, c.ID, c.Contact, by, on, "reply")
}

// serveVisitor is a customer's feed: messages, receipts, typing, who is there.
func (s *server) serveVisitor(w http.ResponseWriter, r *http.Request) {
	v, err := s.chat(r.Context(), r.PathValue("key"))
	if err == nil {
		v.visitor, err = webchat.Verify(s.App.Keys.Derive("visitor ticket"), r.URL.Query().Get("ticket"), s.now())
		if err != nil || v.visitor.Channel != v.account.ID {
			err = desk.Errorf(desk.Unauthenticated, "This ticket is too old. Ask for a new one.")
		}
	}
	if err == nil {
		v.contact, err = s.contactOfVisitor(r.Context(), v)
	}
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	screen := s.Hub.JoinVisitor(v.account.Workspace, v.contact)
	defer s.Hub.Leave(screen)
	f := &visitorFeed{server: s, visit: v, screen: screen, send: eventStream(w, s.App.Now), seq: lastSeq(r)}
	if err := f.run(r.Context()); err != nil && r.Context().Err() == nil && desk.KindOf(err) == desk.Internal {
		s.Log.Debug("a chat's stream ended", "err", err)
	}
}

// visitorFeed is one customer's open stream.
type visitorFeed struct {
	*server
	visit  visit
	screen *realtime.Screen
	send   func(event, id string, data []byte) error
	seq    int64
	open   *bool
}

func (f *visitorFeed) run(ctx context.Context) error {
	if err := f.json("presence", map[string]any{"online": f.Hub.Online(f.visit.account.Workspace)}); err != nil {
		return err
	}
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	ping := time.NewTicker(15 * time.Second)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-f.screen.Done():
			return nil
		case events := <-f.screen.Events():
			err = f.tell(ctx, events)
		case b := <-f.screen.Direct():
			if event, data, ok := bytes.Cut(b, []byte("\n")); ok {
				err = f.send(string(event), "", data)
			}
		case <-ping.C:
			err = f.json("presence", map[string]any{"online": f.Hub.Online(f.visit.account.Workspace)})
		}
		if err != nil {
			return err
		}
	}
}

func (f *visitorFeed) json(event string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.send(event, "", b)
}

// tell looks whether facts concern this customer and sends what is new.
func (f *visitorFeed) tell(ctx context.Context, events []store.Tailed) error {
	if f.visit.contact == 0 {
		contact, err := f.contactOfVisitor(ctx, f.visit)
		if err != nil || contact == 0 {
			return err
		}
		f.visit.contact = contact
		f.Hub.Know(f.screen, contact)
	}
	posted := false
	var read desk.MessageID
	ids := map[desk.ConversationID]bool{}
	for _, e := range events {
		switch fact := e.Fact.(type) {
		case desk.MessagePosted, desk.StatusChanged:
			posted, ids[e.Conversation] = true, true
		case desk.Read:
			read, ids[e.Conversation] = max(read, fact.To), true
		}
	}
	if len(ids) == 0 {
		return nil
	}
	mine, err := f.mine(ctx, ids)
	if err != nil || !mine {
		return err
	}
	if read != 0 {
		if err := f.json("receipt", map[string]any{"seq": seqOf(read), "state": desk.DeliveryRead}); err != nil {
			return err
		}
	}
	if !posted {
		return nil
	}
	return f.catchUp(ctx)
}

// mine reports whether one of the conversations is this customer's.
func (f *visitorFeed) mine(ctx context.Context, ids map[desk.ConversationID]bool) (bool, error) {
	list := make([]desk.ConversationID, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	found := false
	err := f.db.Read(ctx, store.Scope{Workspace: f.visit.account.Workspace, Inboxes: []desk.InboxID{f.visit.account.Inbox}}, func(tx *store.Tx) error {
		all, err := tx.Conversations(list)
		for _, c := range all {
			found = found || c.Contact == f.visit.contact
		}
		return err
	})
	return found, err
}

// catchUp sends the messages after the last one sent, and says that they came.
func (f *visitorFeed) catchUp(ctx context.Context) error {
	state, err := f.visitorState(ctx, f.visit, f.seq)
	if err != nil {
		return err
	}
	fresh := false
	for _, m := range state.Messages {
		if m.Seq <= f.seq {
			continue
		}
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if err := f.send("message", strconv.FormatInt(m.Seq, 10), b); err != nil {
			return err
		}
		fresh = fresh || m.Side != desk.SideCustomer
		f.seq = m.Seq
	}
	open := state.Conversation != nil && state.Conversation.Open
	if state.Conversation != nil && (f.open == nil || *f.open != open) {
		f.open = &open
		if err := f.json("state", map[string]any{"open": open}); err != nil {
			return err
		}
	}
	if !fresh {
		return nil
	}
	return f.settleUpTo(ctx, f.visit, f.seq, desk.DeliveryDelivered)
}
