// Package realtime tells connected screens about facts as they are committed,
// and carries what is not kept: who types, who looks at what.
//
// Durable facts are read from the event table, in an order in which none is ever
// inserted before one that was seen; a screen that was away reads on from its
// cursor, at any node. Nothing is told before its commit.
package realtime

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Who is the person behind a screen.
type Who struct {
	Workspace desk.WorkspaceID
	Actor     desk.Actor
	Name      string
}

// Screen is one connection of an agent, or of a visitor.
type Screen struct {
	Who
	events  chan *Batch
	direct  chan []byte
	cut     chan struct{}
	once    sync.Once
	viewing desk.ConversationID
	inbox   desk.InboxID   // of what an agent looks at, or of the chat
	kept    desk.Keeping   // who has what an agent looks at
	visitor bool           // a customer's chat, not an agent's inbox
	contact desk.ContactID // the customer, once they have written
}

// How many batches a slow screen may lag behind before it is cut off and resumes
// from its cursor, and how many frames of presence and typing before it misses
// some. Thousands of screens are idle: an empty place costs memory, too.
const (
	batches = 64
	frames  = 32
)

// Hub fans out facts and presence to the screens of this node.
type Hub struct {
	DB   *store.DB
	Bell app.Bell // rung after every commit
	Log  *slog.Logger

	mu      sync.Mutex
	screens map[*Screen]struct{}
	stopped chan struct{} // closed when the last screen has gone; nil while the node runs
	cursor  store.Cursor
	tallies map[desk.WorkspaceID]*tally
	views   map[desk.WorkspaceID]*viewTally
}

// Batch is what was committed in a workspace since the last one, in order. Its
// screens share what each of them would otherwise look up for itself.
type Batch struct {
	Workspace desk.WorkspaceID
	Events    []store.Tailed
	once      sync.Once
	shared    any
	err       error
}

// Shared returns what look made for the first screen that asked about a batch.
func Shared[T any](b *Batch, look func() (T, error)) (T, error) {
	b.once.Do(func() { b.shared, b.err = look() })
	made, _ := b.shared.(T)
	return made, b.err
}

// Run tails the events until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	err := h.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { h.cursor, err = tx.Now(); return err })
	if err != nil {
		return err
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.Bell.Heard():
		case <-tick.C: // what another node committed, or a transaction below the watermark
			if h.DB.Name() == "sqlite" {
				continue
			}
		}
		if err := h.tail(ctx); err != nil && ctx.Err() == nil {
			h.Log.Error("read the feed of events", "err", err)
		}
	}
}

// batch is how many events are read at once.
const batch = 500

func (h *Hub) tail(ctx context.Context) error {
	for {
		var events []store.Tailed
		err := h.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { events, err = tx.Tail(h.cursor, batch); return err })
		if err != nil || len(events) == 0 {
			return err
		}
		h.cursor = events[len(events)-1].Cursor
		h.fan(events)
		if len(events) < batch {
			return nil
		}
	}
}

// fan hands events to the screens of their workspace.
func (h *Hub) fan(events []store.Tailed) {
	byWorkspace := map[desk.WorkspaceID]*Batch{}
	for _, e := range events {
		b := byWorkspace[e.Workspace]
		if b == nil {
			b = &Batch{Workspace: e.Workspace}
			byWorkspace[e.Workspace] = b
		}
		b.Events = append(b.Events, e)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		mine := byWorkspace[s.Workspace]
		if mine == nil {
			continue
		}
		select {
		case s.events <- mine:
		default:
			s.Cut()
		}
	}
}

// Join connects an agent's screen. Leave must be called when it goes.
func (h *Hub) Join(who Who) *Screen { return h.join(&Screen{Who: who}) }

// JoinVisitor connects a customer's chat of an inbox; contact is 0 until they
// have written.
func (h *Hub) JoinVisitor(ws desk.WorkspaceID, inbox desk.InboxID, contact desk.ContactID) *Screen {
	return h.join(&Screen{Who: Who{Workspace: ws}, visitor: true, inbox: inbox, contact: contact})
}

// Know tells the hub who a visitor is, once they have written.
func (h *Hub) Know(s *Screen, contact desk.ContactID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.contact = contact
}

func (h *Hub) join(s *Screen) *Screen {
	s.events, s.direct, s.cut = make(chan *Batch, batches), make(chan []byte, frames), make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.screens == nil {
		h.screens = map[*Screen]struct{}{}
	}
	h.screens[s] = struct{}{}
	if h.stopped != nil {
		s.Cut()
	}
	return s
}

// Leave disconnects a screen.
func (h *Hub) Leave(s *Screen) {
	s.Cut()
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.screens[s]; !there {
		return
	}
	if delete(h.screens, s); h.stopped != nil && len(h.screens) == 0 {
		h.empty()
	}
}

// CutUser disconnects the screens of somebody whose rights have changed or who
// has signed out; they come back with the rights they have now, or not at all.
func (h *Hub) CutUser(user desk.UserID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.Actor.User == user && !s.visitor {
			s.Cut()
		}
	}
}

// CutWorkspace disconnects the team of a workspace, when who sees what has changed.
func (h *Hub) CutWorkspace(ws desk.WorkspaceID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.Workspace == ws && !s.visitor {
			s.Cut()
		}
	}
}

// CutAll disconnects everybody, and whoever comes later: the node stops. What it
// returns is closed when the last screen has gone.
func (h *Hub) CutAll() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped == nil {
		h.stopped = make(chan struct{})
	}
	if len(h.screens) == 0 {
		h.empty()
	}
	for s := range h.screens {
		s.Cut()
	}
	return h.stopped
}

// empty says that the last screen has gone; more may have come and gone since.
func (h *Hub) empty() {
	select {
	case <-h.stopped:
	default:
		close(h.stopped)
	}
}

// Connected returns how many agents' screens and visitors' chats are connected.
func (h *Hub) Connected() (agents, visitors int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if s.visitor {
			visitors++
		}
	}
	return len(h.screens) - visitors, visitors
}

// Events is what has been committed in the screen's workspace since it joined.
func (s *Screen) Events() <-chan *Batch { return s.events }

// Direct is presence and typing, encoded.
func (s *Screen) Direct() <-chan []byte { return s.direct }

// Done is closed when the screen is to go.
func (s *Screen) Done() <-chan struct{} { return s.cut }

// Cut tells a screen to go.
func (s *Screen) Cut() { s.once.Do(func() { close(s.cut) }) }
