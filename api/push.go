package api

import (
	"context"
	"time"

	"parley/desk"
	"parley/internal/webpush"
	"parley/store"
)

// Push is a browser of yours that takes pushed messages.
type Push struct {
	ID        desk.PushID `json:"id"`
	UserAgent string      `json:"user_agent"`
	CreatedAt time.Time   `json:"created_at"`
	ToldAt    time.Time   `json:"told_at,omitzero" doc:"When it took a message last"`
	Current   bool        `json:"current" doc:"It is of the session that asks"`
}

// pushes registers pushed messages to the caller's browsers. They end with the
// session that asked for them.
func (s *server) pushes() {
	type pushState struct {
		Key   string `json:"key" doc:"The public key of this install, for the browser (VAPID)"`
		Items []Push `json:"items"`
	}
	route(s, operation{id: "list-pushes", method: "GET", path: "/pushes", summary: "Your browsers that take pushed messages", tag: "Account", inPerson: true},
		func(ctx context.Context, _ *struct{}) (*body[pushState], error) {
			c := callerFrom(ctx)
			keys, err := s.App.PushKeys(ctx)
			if err != nil {
				return nil, err
			}
			out := &body[pushState]{pushState{Key: keys.Public, Items: []Push{}}}
			err = s.db.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
				all, err := tx.Pushes(c.user, s.now())
				for _, p := range all {
					out.Body.Items = append(out.Body.Items, pushOf(p, c.session.ID))
				}
				return err
			})
			return out, err
		})
	route(s, operation{id: "add-push", method: "POST", path: "/pushes", summary: "Let this browser take pushed messages until you sign out", tag: "Account", status: 201, inPerson: true},
		func(ctx context.Context, in *struct {
			From
			Body struct {
				Endpoint string `json:"endpoint" maxLength:"2000" doc:"As the browser's PushSubscription says it"`
				Keys     struct {
					P256dh string `json:"p256dh" maxLength:"200"`
					Auth   string `json:"auth" maxLength:"100"`
				} `json:"keys"`
			}
		}) (*body[Push], error) {
			c := callerFrom(ctx)
			p, err := s.App.Subscribe(ctx, c.session, webpush.Target{Endpoint: in.Body.Endpoint, P256dh: in.Body.Keys.P256dh, Auth: in.Body.Keys.Auth}, in.UserAgent)
			return &body[Push]{pushOf(p, c.session.ID)}, err
		})
	route(s, operation{id: "end-push", method: "DELETE", path: "/pushes/{id}", summary: "End pushed messages to a browser", tag: "Account", status: 204, inPerson: true},
		func(ctx context.Context, in *struct {
			ID Ref[desk.PushID] `path:"id"`
		}) (*struct{}, error) {
			return nil, s.App.Unsubscribe(ctx, callerFrom(ctx).user, in.ID.V)
		})
}

func pushOf(p store.Push, current desk.SessionID) Push {
	return Push{p.ID, p.UserAgent, p.CreatedAt, p.ToldAt, p.Session == current}
}
