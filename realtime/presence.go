package realtime

import (
	"encoding/json"

	"parley/desk"
	"parley/store"
)

// TypingActor is who types.
type TypingActor struct {
	Kind desk.ActorKind `json:"kind"`
	ID   string         `json:"id,omitempty"`
	Name string         `json:"name"`
}

type typingFrame struct {
	Type         string              `json:"type"`
	Conversation desk.ConversationID `json:"conversation_id"`
	Actor        TypingActor         `json:"actor"`
	On           bool                `json:"on"`
	Mode         string              `json:"mode"`
}

type presenceFrame struct {
	Type  string     `json:"type"`
	Users []Presence `json:"users"`
}

// Presence is what somebody of the team is doing. It is not kept.
type Presence struct {
	User    desk.UserID         `json:"user_id"`
	State   string              `json:"state"` // "online"
	Viewing desk.ConversationID `json:"viewing,omitempty"`
}

// Typing tells others that somebody types in a conversation of an inbox. The
// customer is told of replies only, never of notes.
func (h *Hub) Typing(ws desk.WorkspaceID, kept desk.Keeping, conversation desk.ConversationID, contact desk.ContactID, by TypingActor, on bool, mode string) {
	team, err := json.Marshal(typingFrame{"typing", conversation, by, on, mode})
	if err != nil {
		h.Log.Error("encode typing", "err", err)
		return
	}
	visitor, err := json.Marshal(map[string]any{"on": on, "name": by.Name})
	if err != nil {
		h.Log.Error("encode typing", "err", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		switch {
		case s.Workspace != ws:
		case !s.visitor:
			if s.Actor.Reads(kept) && s.Actor.User.String() != by.ID {
				s.send(team)
			}
		case s.contact == contact && s.inbox == kept.Inbox && by.Kind == desk.ActorUser && mode == "reply":
			s.send(append([]byte("typing\n"), visitor...))
		}
	}
}

// View records which conversation of an inbox a screen looks at and tells the
// team; 0 is none.
func (h *Hub) View(s *Screen, kept desk.Keeping, conversation desk.ConversationID) {
	h.mu.Lock()
	s.inbox, s.kept, s.viewing = kept.Inbox, kept, conversation
	h.mu.Unlock()
	h.TellPresence(s.Workspace)
}

// Present returns who of a workspace is connected, and what they look at as far
// as the reader may see it.
func (h *Hub) Present(ws desk.WorkspaceID, reader desk.Actor) []Presence {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.present(ws, reader)
}

func (h *Hub) present(ws desk.WorkspaceID, reader desk.Actor) []Presence {
	seen := map[desk.UserID]int{}
	users := []Presence{}
	for s := range h.screens {
		if s.Workspace != ws || s.visitor {
			continue
		}
		viewing := s.viewing
		if !reader.Reads(s.kept) {
			viewing = 0
		}
		if i, ok := seen[s.Actor.User]; ok {
			if users[i].Viewing == 0 {
				users[i].Viewing = viewing
			}
			continue
		}
		seen[s.Actor.User] = len(users)
		users = append(users, Presence{User: s.Actor.User, State: "online", Viewing: viewing})
	}
	return users
}

// TellPresence sends the team who is there.
func (h *Hub) TellPresence(ws desk.WorkspaceID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	views := map[string][]byte{} // encoded once for all who see the same inboxes
	called := map[desk.UserID]bool{}
	for s := range h.screens {
		if s.Workspace == ws {
			for _, user := range s.kept.Readers {
				called[user] = true
			}
		}
	}
	for s := range h.screens {
		if s.Workspace != ws || s.visitor {
			continue
		}
		scope := store.Scope{Inboxes: s.Actor.Inboxes}
		if !s.Actor.SeesAll() || called[s.Actor.User] {
			scope.User, scope.View, scope.Teams = s.Actor.User, s.Actor.View, s.Actor.Teams
		}
		key := scope.Key()
		if views[key] == nil {
			b, err := json.Marshal(presenceFrame{"presence", h.present(ws, s.Actor)})
			if err != nil {
				h.Log.Error("encode presence", "err", err)
				return
			}
			views[key] = b
		}
		s.send(views[key])
	}
}

// Online reports whether somebody of the team is connected.
func (h *Hub) Online(ws desk.WorkspaceID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.Workspace == ws && !s.visitor {
			return true
		}
	}
	return false
}

// ContactOnline reports whether a visitor has the chat open on this node.
func (h *Hub) ContactOnline(contact desk.ContactID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.contact == contact && contact != 0 {
			return true
		}
	}
	return false
}

// send hands a frame to a screen; one that lags misses it, since it is not kept.
func (s *Screen) send(b []byte) {
	select {
	case s.direct <- b:
	default:
	}
}
