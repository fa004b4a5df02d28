package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"parley/channel/webchat"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// visitorTyping tells the team that a customer types.
func (s *server) visitorTyping(c desk.Conversation, kept desk.Keeping, name string, on bool) {
	by := realtime.TypingActor{Kind: desk.ActorContact, ID: c.Contact.String(), Name: name}
	s.Hub.Typing(c.Workspace, kept, c.ID, c.Contact, by, on, "reply")
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
		err = s.findContact(r.Context(), &v)
	}
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	leave, err := s.open.enter(uploaderOf(v.visitor), s.Screens)
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	f := &visitorFeed{server: s, visit: v, seq: lastSeq(r), screen: s.Hub.JoinVisitor(v.account.Workspace, v.account.Inbox, v.contact)}
	ctx, send, end, err := detach(w, r, s.App.Now)
	switch {
	case err == nil:
		f.send = send
		go func() { // the hub waits for it when the program ends
			defer leave()
			defer s.Hub.Leave(f.screen)
			defer end()
			f.serve(ctx)
		}()
		return
	case errors.Is(err, errors.ErrUnsupported) || errors.Is(err, http.ErrNotSupported):
		f.send = eventStream(w, s.App.Now)
		f.serve(r.Context())
	}
	s.Hub.Leave(f.screen)
	leave()
}

// serve runs the feed until somebody goes.
func (f *visitorFeed) serve(ctx context.Context) {
	if err := f.run(ctx); err != nil && ctx.Err() == nil && desk.KindOf(err) == desk.Internal {
		f.Log.Debug("a chat's stream ended", "err", err)
	}
}

// visitorFeed is one customer's open stream.
type visitorFeed struct {
	*server
	visit  visit
	screen *realtime.Screen
	send   events
	seq    int64
	open   *bool
	waits  bool // for an automatic message that is about to leave
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
		case b := <-f.screen.Events():
			err = f.tell(ctx, b)
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
func (f *visitorFeed) tell(ctx context.Context, b *realtime.Batch) error {
	t, err := f.of(ctx, b)
	if err != nil {
		return err
	}
	if f.visit.contact == 0 {
		i := f.visit.visitor.Identity()
		contact := t.newcomers[newcomer(i.Kind, i.Scope, i.ID)]
		if contact == 0 {
			return nil
		}
		f.visit.contact = contact
		f.Hub.Know(f.screen, contact)
	}
	if f.visit.contact != 0 && slices.ContainsFunc(b.Events, merges) { // they may be another customer now
		if err := f.findContact(ctx, &f.visit); err != nil {
			return err
		}
		f.Hub.Know(f.screen, f.visit.contact)
	}
	mine, here := map[desk.ConversationID]bool{}, map[desk.ConversationID]bool{}
	for _, c := range t.order {
		if c.contact == f.visit.contact { // what the chat was merged into may be of another inbox
			mine[c.id], here[c.id] = true, c.kept.Inbox == f.visit.account.Inbox
		}
	}
	if len(mine) == 0 {
		return nil
	}
	posted := false
	var read desk.MessageID
	for _, e := range b.Events {
		if !mine[e.Conversation] {
			continue
		}
		switch fact := e.Fact.(type) {
		case desk.MessagePosted, desk.StatusChanged:
			posted = true
		case desk.DeliveryChanged, desk.MessageRecalled:
			posted = posted || f.waits
		case desk.Read:
			if here[e.Conversation] {
				read = max(read, fact.To)
			}
		}
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

// merges reports whether an event says that customers were merged, or are two again.
func merges(e store.Tailed) bool {
	f, ok := e.Fact.(desk.SettingsChanged)
	return ok && f.Subject == "contact" && f.Action == "merged"
}

// catchUp sends the messages after the last one sent, and says that they came.
func (f *visitorFeed) catchUp(ctx context.Context) error {
	state, err := f.visitorState(ctx, f.visit, f.seq)
	if err != nil {
		return err
	}
	fresh := false
	for len(state.Messages) > 0 {
		for _, m := range state.Messages {
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
		if state, err = f.visitorState(ctx, f.visit, f.seq); err != nil {
			return err
		}
	}
	f.waits = state.waits
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
