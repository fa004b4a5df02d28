package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"parley/desk"
	"parley/internal/webpush"
	"parley/store"
)

// PushKeys returns the keys with which this install proves to push services who
// it is. They are made when they are first asked for, and sealed.
func (a *App) PushKeys(ctx context.Context) (keys webpush.Keys, err error) {
	var sealed string
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { sealed, err = tx.InstallValue(webpush.KeysName); return err })
	if err == nil && sealed == "" {
		sealed, err = a.makePushKeys(ctx)
	}
	if err != nil {
		return keys, err
	}
	return webpush.Unseal(sealed, a.Keys.Open)
}

func (a *App) makePushKeys(ctx context.Context) (sealed string, err error) {
	keys, err := webpush.NewKeys()
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(keys)
	if err != nil {
		return "", err
	}
	b, err := a.Keys.Seal(plain, []byte(webpush.KeysName))
	if err != nil {
		return "", err
	}
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		sealed, err = tx.KeepInstallValue(webpush.KeysName, hex.EncodeToString(b))
		return err
	})
	return sealed, err
}

// maxPushes is how many browsers of one person are told.
const maxPushes = 20

// Subscribe lets somebody's browser take pushed messages as long as it is signed in.
func (a *App) Subscribe(ctx context.Context, s store.Session, t webpush.Target, userAgent string) (store.Push, error) {
	p := store.Push{ID: desk.PushID(a.number()), User: s.User, Session: s.ID, UserAgent: desk.Line(userAgent, 200), CreatedAt: a.now()}
	if u, err := url.Parse(t.Endpoint); err != nil || u.Scheme != "https" || u.Host == "" || len(t.Endpoint) > 2000 {
		return p, field("endpoint", "This is no address of a push service.")
	}
	if !isKey(t.P256dh, 65) || !isKey(t.Auth, 16) {
		return p, field("keys", "These are no keys of a browser.")
	}
	sum := sha256.Sum256([]byte(t.Endpoint))
	p.Hash = hex.EncodeToString(sum[:])
	plain, err := json.Marshal(t)
	if err != nil {
		return p, err
	}
	if p.Sealed, err = a.Keys.Seal(plain, []byte(p.ID.String())); err != nil {
		return p, err
	}
	return p, a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.SavePush(p); err != nil {
			return err
		}
		all, err := tx.Pushes(p.User, a.now())
		for i := 0; i < len(all)-maxPushes && err == nil; i++ {
			err = tx.DeletePush(p.User, all[i].ID) // the oldest
		}
		return err
	})
}

func isKey(s string, length int) bool {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && len(b) == length
}

// Unsubscribe ends pushed messages to one of somebody's browsers.
func (a *App) Unsubscribe(ctx context.Context, user desk.UserID, id desk.PushID) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.DeletePush(user, id) })
}

// Pushing is a notification that is to be pushed: what it says, and where to.
type Pushing struct {
	Keys    webpush.Keys
	Targets map[desk.PushID]webpush.Target
	Payload []byte
}

// PushMessage is what a service worker shows.
type PushMessage struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Actor   string `json:"actor,omitempty"`
	Subject string `json:"subject,omitempty"`
	Count   int64  `json:"count,omitempty"` // of how many conversations together
	Path    string `json:"path"`            // where it leads
}

// Pushing loads what is to be pushed: nothing to who is signed out by now, left,
// or has seen it.
func (a *App) Pushing(ctx context.Context, f desk.Notified) (p Pushing, err error) {
	p.Targets = map[desk.PushID]webpush.Target{}
	var pushes []store.Push
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		n, err := tx.Notification(f.Notification)
		if err != nil {
			return err
		}
		m, err := tx.Member(f.User)
		if err != nil || !m.Active || !n.ReadAt.IsZero() && !n.ReadAt.Equal(n.At) {
			return err
		}
		if pushes, err = tx.Pushes(f.User, a.now()); err != nil || len(pushes) == 0 {
			return err
		}
		p.Payload, err = pushMessage(tx, n)
		return err
	})
	if err != nil || len(pushes) == 0 {
		return p, err
	}
	for _, s := range pushes {
		plain, err := a.Keys.Open(s.Sealed, []byte(s.ID.String()))
		if err != nil {
			return p, err
		}
		var t webpush.Target
		if err := json.Unmarshal(plain, &t); err != nil {
			return p, err
		}
		p.Targets[s.ID] = t
	}
	p.Keys, err = a.PushKeys(ctx)
	return p, err
}

func pushMessage(tx *store.Tx, n store.Notification) ([]byte, error) {
	w, err := tx.Workspace()
	if err != nil {
		return nil, err
	}
	msg := PushMessage{ID: desk.PushID(n.ID).String(), Kind: string(n.Kind), Path: "/" + w.Slug + "/mine"}
	if n.Conversation != 0 {
		c, err := tx.PeekConversation(n.Conversation)
		if err != nil {
			return nil, err
		}
		msg.Subject, msg.Path = desk.Line(c.Subject, 120), "/"+w.Slug+"/all/"+c.ID.String()
	}
	if n.Conversation == 0 && n.Amount > 1 {
		msg.Count = n.Amount
	}
	if n.Actor != 0 {
		p, err := tx.Person(n.Actor)
		if err != nil {
			return nil, err
		}
		msg.Actor = p.Name
	}
	return json.Marshal(msg)
}

// Pushed records that a browser took a message, or is gone for good.
func (a *App) Pushed(ctx context.Context, user desk.UserID, id desk.PushID, gone bool) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if gone {
			return tx.DeletePush(user, id)
		}
		return tx.TouchPush(id, a.now())
	})
}
