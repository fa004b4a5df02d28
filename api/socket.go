package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"parley/app"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

const (
	pingEvery   = 25 * time.Second
	checkEvery  = 4 // pings after which a feed looks whether it may still be there
	writeWithin = 10 * time.Second
	cutWithin   = time.Second // in which a screen that was cut is told so
	countsEvery = 500 * time.Millisecond
	maxReplay   = 2000 // a screen further behind than this looks at everything again
	maxIncoming = 4096 // bytes of one frame from a client

	framesPerSecond = 10 // of a client; more of them wait
	framesAtOnce    = 40
)

// sockets registers the agents' feed: a WebSocket, and server-sent events with
// the same frames for networks that let no WebSocket through.
func (s *server) sockets(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/workspaces/{workspace}/socket", s.serveSocket)
	mux.HandleFunc("GET /api/v1/workspaces/{workspace}/stream", s.serveStream)
	for path, what := range map[string]string{"socket": "The feed of changes as a WebSocket", "stream": "The same feed as server-sent events"} {
		s.api.OpenAPI().AddOperation(&huma.Operation{
			OperationID: path, Method: "GET", Path: "/api/v1/workspaces/{workspace}/" + path, Summary: what, Tags: []string{"Realtime"},
			Security: []map[string][]string{{"session": {}}, {"token": {}}}, Metadata: map[string]any{metaPermission: string(desk.MayRead)},
			Parameters: []*huma.Param{
				{Name: "workspace", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
				{Name: "cursor", In: "query", Description: "The cursor of the last frame seen", Schema: &huma.Schema{Type: "string"}},
			},
			Responses: map[string]*huma.Response{"200": {Description: "Frames of JSON: hello, change, counts, contacts, settings, notification, typing, presence, draft, reset, ping"}},
		})
	}
	route(s, operation{id: "set-presence", method: "POST", path: "/workspaces/{workspace}/presence", summary: "Say what you type, when you use the stream", tag: "Realtime", need: desk.MayRead, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body clientFrame
		}) (*struct{}, error) {
			return nil, s.heard(ctx, nil, in.Body)
		})
}

// clientFrame is what a screen says.
type clientFrame struct {
	Type         string              `json:"type" enum:"viewing,typing,pong"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	On           bool                `json:"on,omitempty"`
	Mode         string              `json:"mode,omitempty" enum:"reply,note"`
}

// connect checks who opens a feed and joins them to the hub.
func (s *server) connect(r *http.Request) (context.Context, *realtime.Screen, func(), error) {
	c := callerFrom(r.Context())
	if c.err != nil {
		return nil, nil, nil, c.err
	}
	if c.token == nil && !s.sameOrigin(r) {
		return nil, nil, nil, desk.Errorf(desk.Forbidden, "This feed cannot be opened from another site.")
	}
	ctx, err := s.enter(r.Context(), c, r.PathValue("workspace"), desk.MayRead, http.MethodGet)
	if err != nil {
		return nil, nil, nil, err
	}
	var name string
	err = s.db.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		p, err := tx.Person(c.user)
		name = p.Name
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	leave, err := s.open.enter(c.user.String(), s.Screens)
	if err != nil {
		return nil, nil, nil, err
	}
	screen := s.Hub.Join(realtime.Who{Workspace: app.WorkspaceFrom(ctx), Actor: app.ActorFrom(ctx), Name: name})
	return ctx, screen, func() { s.Hub.Leave(screen); leave() }, nil
}

func (s *server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ctx, screen, leave, err := s.connect(r)
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	defer leave()
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		s.writeProblem(w, newError(http.StatusUpgradeRequired, "Open this address as a WebSocket, or use the one that ends in /stream."))
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxIncoming)
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		defer cancel()
		s.listen(ctx, conn, screen)
	})
	wg.Go(func() { // a write that waits for a slow reader does not keep a screen that was cut
		select {
		case <-ctx.Done():
			return
		case <-screen.Done():
		}
		select {
		case <-ctx.Done():
		case <-time.After(cutWithin):
			cancel()
		}
	})
	s.feed(ctx, screen, s.still(r), r.URL.Query().Get("cursor"), func(_ string, b []byte) error {
		wctx, cancel := context.WithTimeout(ctx, writeWithin)
		defer cancel()
		return conn.Write(wctx, websocket.MessageText, b)
	})
	_ = conn.Close(websocket.StatusGoingAway, "connect again") // the screen resumes from its cursor
}

// listen takes what a screen says until it goes.
func (s *server) listen(ctx context.Context, conn *websocket.Conn, screen *realtime.Screen) {
	pace := rate.NewLimiter(framesPerSecond, framesAtOnce)
	for {
		if pace.Wait(ctx) != nil {
			return
		}
		rctx, cancel := context.WithTimeout(ctx, 3*pingEvery)
		_, b, err := conn.Read(rctx)
		cancel()
		if err != nil {
			return
		}
		var f clientFrame
		if json.Unmarshal(b, &f) != nil {
			continue // a frame of a newer client
		}
		if err := s.heard(ctx, screen, f); err != nil && desk.KindOf(err) == desk.Internal {
			s.Log.Error("a frame from a screen", "err", err)
		}
	}
}

// heard does what a screen says: it types, or it looks at a conversation.
func (s *server) heard(ctx context.Context, screen *realtime.Screen, f clientFrame) error {
	if f.Type == "pong" {
		return nil
	}
	if f.Conversation == 0 {
		if screen != nil && f.Type == "viewing" {
			s.Hub.View(screen, desk.Keeping{}, 0)
		}
		return nil
	}
	var c desk.Conversation
	var kept desk.Keeping
	var name string
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.Conversation(f.Conversation); err != nil {
			return err
		}
		if kept, err = tx.Kept(c); err != nil {
			return err
		}
		p, err := tx.Person(app.ActorFrom(ctx).User)
		name = p.Name
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case f.Type == "viewing" && screen != nil:
		s.Hub.View(screen, kept, c.ID)
	case f.Type == "typing" && mayType(ctx) && app.ActorFrom(ctx).SeesKept(kept) && (f.Mode == "reply" || f.Mode == "note"):
		by := realtime.TypingActor{Kind: desk.ActorUser, ID: app.ActorFrom(ctx).User.String(), Name: name}
		s.Hub.Typing(c.Workspace, kept, c.ID, c.Contact, by, f.On, f.Mode)
	}
	return nil
}

// mayType reports whether others are told that the caller types: only who may
// answer begins to.
func mayType(ctx context.Context) bool {
	return app.ActorFrom(ctx).Role.May(desk.MayAnswer) && tokenMay(callerFrom(ctx).token, desk.MayAnswer, http.MethodPost) == nil
}

func (s *server) serveStream(w http.ResponseWriter, r *http.Request) {
	ctx, screen, leave, err := s.connect(r)
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	defer leave()
	cursor := r.Header.Get("Last-Event-ID")
	if cursor == "" {
		cursor = r.URL.Query().Get("cursor")
	}
	send := eventStream(w, s.App.Now)
	s.feed(ctx, screen, s.still(r), cursor, func(id string, b []byte) error { return send("", id, b) })
}

// feed sends a screen what it missed and then what happens, until it goes. The
// screen has joined before what it missed is read, so nothing falls between; a
// fact that comes twice carries the same version.
func (s *server) feed(ctx context.Context, screen *realtime.Screen, still func(context.Context) error, cursor string, send func(id string, b []byte) error) {
	position, err := s.greet(ctx, screen, cursor, send)
	if err != nil {
		return
	}
	s.Hub.TellPresence(screen.Workspace)
	defer func() { s.Hub.Leave(screen); s.Hub.TellPresence(screen.Workspace) }()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	settle := time.NewTimer(0)
	defer settle.Stop()
	for pings := 1; ; {
		select {
		case <-ctx.Done():
			return
		case <-screen.Done():
			return
		case b := <-screen.Events():
			if err = s.tell(ctx, screen, b, position.String(), send); err == nil {
				position = b.Events[len(b.Events)-1].Cursor
				settle.Reset(countsEvery)
			}
		case b := <-screen.Direct():
			err = send("", b)
		case <-settle.C:
			err = s.tellCounts(ctx, send)
		case <-ping.C:
			if pings++; pings%checkEvery == 0 && still(ctx) != nil {
				return
			}
			err = s.frame(send, position.String(), map[string]any{"type": "ping", "cursor": position.String()})
		}
		if err != nil {
			return
		}
	}
}

// greet says hello and sends what a screen missed since its cursor.
func (s *server) greet(ctx context.Context, screen *realtime.Screen, cursor string, send func(string, []byte) error) (store.Cursor, error) {
	var position store.Cursor
	var missed []store.Tailed
	reset := false
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if position, err = tx.Now(); err != nil || cursor == "" {
			return err
		}
		after, err := store.ParseCursor(cursor)
		if err != nil || after.Beyond(position) { // of another database, or of one that was restored
			reset = true
			return nil
		}
		missed, err = tx.Tail(after, maxReplay+1)
		reset = len(missed) > maxReplay
		return err
	})
	if err != nil {
		return position, err
	}
	if err := s.frame(send, position.String(), map[string]any{"type": "hello", "cursor": position.String(), "node": strconv.FormatInt(s.App.DB.IDs.Node, 10)}); err != nil {
		return position, err
	}
	if reset {
		return position, s.frame(send, position.String(), map[string]any{"type": "reset", "cursor": position.String()})
	}
	if len(missed) == 0 {
		return position, nil
	}
	return position, s.tell(ctx, screen, &realtime.Batch{Workspace: screen.Workspace, Events: missed}, cursor, send)
}

func (s *server) frame(send func(string, []byte) error, cursor string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return send(cursor, b)
}

func (s *server) tellCounts(ctx context.Context, send func(string, []byte) error) error {
	c, err := s.counts(ctx)
	if err != nil {
		return err
	}
	return s.frame(send, "", map[string]any{"type": "counts", "counts": c})
}
