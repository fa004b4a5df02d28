package realtime

import (
	"encoding/json"
	"slices"

	"parley/desk"
)

// DraftFrame says that a draft was changed, sent, thrown away or handed over. It
// carries no text: whoever may see the draft asks for it.
type DraftFrame struct {
	Type         string              `json:"type"`
	Conversation desk.ConversationID `json:"conversation_id"`
	Mode         string              `json:"mode"`
	Owner        desk.UserID         `json:"owner_id"`
	Revision     int64               `json:"revision"` // 0 when there is none any more
}

// Draft tells the screens of these people on this node. It is not kept: a screen
// that was away asks anew.
func (h *Hub) Draft(ws desk.WorkspaceID, users []desk.UserID, f DraftFrame) {
	f.Type = "draft"
	b, err := json.Marshal(f)
	if err != nil {
		h.Log.Error("encode a draft", "err", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.Workspace == ws && !s.visitor && slices.Contains(users, s.Actor.User) {
			s.send(b)
		}
	}
}
