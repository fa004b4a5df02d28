package api

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// Past is a conversation as it was.
type Past struct {
	Conversation Conversation `json:"conversation" doc:"As its facts had made it; unread is not known for the past and false"`
	At           time.Time    `json:"at" doc:"When its last fact until then happened"`
	Event        TimelineItem `json:"event" doc:"That fact"`
	Version      int64        `json:"version"`
	LastVersion  int64        `json:"last_version" doc:"How many facts there are now"`
}

// Why is what led to a fact.
type Why struct {
	Event   TimelineItem   `json:"event"`
	ByHand  bool           `json:"by_hand" doc:"A person did exactly this, and nothing else led to it"`
	Rule    string         `json:"rule,omitempty" doc:"The rule that made it, in one sentence"`
	With    []TimelineItem `json:"with" doc:"The other facts of the same command, oldest first"`
	Because []TimelineItem `json:"because" doc:"What led here, the nearest cause first"`
}

// causes is how many causes of causes are told.
const causes = 8

// history registers how a conversation is read back, and why something happened.
func (s *server) history(path string) {
	route(s, operation{id: "get-past", method: "GET", path: path + "/conversations/{id}/past", summary: "A conversation as it was", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Version int64     `query:"version" minimum:"0" doc:"After how many facts"`
			At      time.Time `query:"at" doc:"Or at which moment"`
		}) (*body[Past], error) {
			out := &body[Past]{}
			err := s.read(ctx, func(tx *store.Tx) (err error) { out.Body, err = moment(tx, in.ID.V, in.Version, in.At); return err })
			return out, err
		})
	route(s, operation{id: "get-why", method: "GET", path: path + "/conversations/{id}/events/{event}/why", summary: "Why something happened", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Event string `path:"event" maxLength:"30" doc:"The number of a fact on the timeline"`
		}) (*body[Why], error) {
			seq, err := number(in.Event)
			if err != nil {
				return nil, err
			}
			out := &body[Why]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) { out.Body, err = why(tx, in.ID.V, seq); return err })
			return out, err
		})
}

// moment folds the facts of a conversation until then.
func moment(tx *store.Tx, id desk.ConversationID, version int64, at time.Time) (m Past, err error) {
	now, err := tx.Conversation(id)
	if err != nil {
		return m, err
	}
	events, err := tx.HistoryUntil(id, version, at)
	if err != nil {
		return m, err
	}
	if len(events) == 0 {
		return m, desk.Errorf(desk.NotFound, "This conversation had not begun then. Choose a later moment.")
	}
	c, last := desk.Fold(events), events[len(events)-1]
	c.Subject = now.Subject
	if c.Preview, err = previewThen(tx, events); err != nil {
		return m, err
	}
	m.At, m.Version, m.LastVersion = last.At, c.Version, now.Version
	if m.Conversation, err = oneConversation(tx, c, last.At); err != nil {
		return m, err
	}
	m.Conversation.Unread = false
	shown, err := items(tx, []desk.Event{last})
	if err == nil {
		m.Event = shown[0]
	}
	return m, err
}

// previewThen returns the line of the newest message until then.
func previewThen(tx *store.Tx, events []desk.Event) (string, error) {
	var id desk.MessageID
	var sent time.Time
	for _, e := range events {
		if f, ok := e.Fact.(desk.MessagePosted); ok && !desk.Quiet(f.Auto) && !f.Sent.Before(sent) {
			id, sent = f.Message, f.Sent.Time
		}
	}
	all, err := tx.Messages([]desk.MessageID{id})
	if err != nil || id == 0 || len(all) == 0 {
		return "", err
	}
	return desk.Preview(all[0]), nil
}

// why follows a fact to its command and to the events that led there, as far as
// the reader sees them.
func why(tx *store.Tx, id desk.ConversationID, seq int64) (w Why, err error) {
	if _, err := tx.Conversation(id); err != nil {
		return w, err
	}
	e, err := tx.Event(seq)
	if err != nil || e.Workspace != tx.Scope().Workspace || e.Conversation != id || desk.Reader(e.Fact) != 0 {
		return w, desk.Errorf(desk.NotFound, "There is no such event in this conversation. Look at its timeline again.")
	}
	with, err := commandOf(tx, e)
	if err != nil {
		return w, err
	}
	w.Rule, w.ByHand = desk.Why(e, with), desk.ByHand(e, with)
	because, err := led(tx, e, with)
	if err != nil {
		return w, err
	}
	var others []desk.Event
	for _, other := range with {
		if other.Seq != e.Seq {
			others = append(others, other)
		}
	}
	if w.With, err = items(tx, others); err != nil {
		return w, err
	}
	if w.Because, err = items(tx, because); err != nil {
		return w, err
	}
	shown, err := items(tx, []desk.Event{e})
	if err == nil {
		w.Event = shown[0]
	}
	return w, err
}

// commandOf returns the facts of an event's command that are everybody's.
func commandOf(tx *store.Tx, e desk.Event) (all []desk.Event, err error) {
	facts, err := tx.Facts(e.Conversation, e.Command)
	for _, f := range facts {
		if desk.Reader(f.Fact) == 0 {
			all = append(all, f)
		}
	}
	return all, err
}

// led returns what led to an event: of an undo the facts it took back, else the
// chain of causes.
func led(tx *store.Tx, e desk.Event, with []desk.Event) (because []desk.Event, err error) {
	for _, other := range with {
		if f, ok := other.Fact.(desk.Undone); ok {
			return commandOf(tx, desk.Event{Conversation: e.Conversation, Command: f.Command})
		}
	}
	for cause := e.Cause; cause != 0 && len(because) < causes; {
		c, err := tx.Event(cause)
		if desk.KindOf(err) == desk.NotFound && err != nil {
			return because, nil
		}
		if err != nil {
			return nil, err
		}
		if c.Workspace != e.Workspace || c.Conversation == 0 || desk.Reader(c.Fact) != 0 {
			return because, nil
		}
		if _, hidden := tx.PeekConversation(c.Conversation); hidden != nil {
			return because, nil
		}
		because, cause = append(because, c), c.Cause
	}
	return because, nil
}
