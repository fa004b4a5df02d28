package demo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/channel/all"
	"parley/channel/email"
	"parley/demo"
	"parley/desk"
	"parley/effect"
	"parley/internal/blob"
	"parley/internal/safehttp"
	"parley/internal/secret"
	"parley/responder"
	"parley/store"
	"parley/store/storetest"
)

var end = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

// install returns an empty install whose answers go to a mail server and a
// webhook of the test's own.
func install(t *testing.T) (*app.App, *demo.Clock, *demo.Outside) {
	t.Helper()
	outside, err := demo.NewOutside(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := outside.Close(); err != nil {
			t.Error(err)
		}
	})
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	clock := &demo.Clock{}
	a := &app.App{DB: storetest.Open(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler), Blobs: blobs, Keys: keys, Feed: app.NewBell()}
	a.Effects = []app.Effect{effect.Deliver{App: a}, effect.Notify{App: a}, effect.Release{App: a}, effect.Digest{App: a}, effect.Welcome{App: a}, effect.Survey{App: a},
		effect.Wake{App: a}, effect.Woken{App: a}, effect.AutoClose{App: a}, effect.AutoArchive{App: a},
		effect.Answer{App: a, Agents: []responder.Responder{responder.Script{}}},
		effect.AutoAssign{App: a}, effect.Leave{App: a}, effect.Handover{App: a}, effect.Remind{App: a},
		effect.PromiseTimer{App: a}, effect.PromiseTell{App: a}, effect.PromiseRecompute{App: a}, effect.HandUp{App: a}, effect.Bulk{App: a}, effect.Dispatch{App: a}, effect.Held{App: a},
	}
	client := safehttp.New(time.Minute, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	mail := email.New(email.Options{Key: keys.Derive("mail"), Relay: email.Relay{Address: outside.Relay}, Now: clock.Now})
	a.Channels = all.All(all.Needs{Client: client, Mail: mail, Now: clock.Now})
	return a, clock, outside
}

func build(t *testing.T) *app.App {
	t.Helper()
	a, clock, outside := install(t)
	if err := demo.Build(t.Context(), a, clock, demo.Options{Seed: 7, End: end, Outside: outside}); err != nil {
		t.Fatal(err)
	}
	return a
}

// everything is the demo as a reader would tell it.
type everything struct {
	conversations []desk.Conversation
	messages      []desk.Message
	members       []desk.Member
	raws          map[store.RawState]int
	kinds         map[string]int // by kind of channel
}

func read(t *testing.T, a *app.App) (all everything) {
	t.Helper()
	ws := workspace(t, a)
	all.raws, all.kinds = map[store.RawState]int{}, map[string]int{}
	err := a.DB.Read(t.Context(), store.Scope{Workspace: ws}, func(tx *store.Tx) (err error) {
		if all.members, err = tx.Members(); err != nil {
			return err
		}
		for _, tab := range []store.Tab{store.TabOpen, store.TabResolved, store.TabClosed} {
			found, err := tx.Listed(store.List{View: store.ViewAll, Tab: tab, Now: end, Limit: 1000})
			if err != nil {
				return err
			}
			all.conversations = append(all.conversations, found...)
		}
		channels, err := tx.EveryChannel()
		if err != nil {
			return err
		}
		for _, c := range all.conversations {
			messages, err := tx.MessagesOf([]desk.ConversationID{c.ID}, 0, 1000)
			if err != nil {
				return err
			}
			all.messages = append(all.messages, messages...)
			i := slices.IndexFunc(channels, func(ch desk.Channel) bool { return ch.ID == c.OpenedChannel })
			all.kinds[channels[i].Kind]++
		}
		for _, state := range store.RawStates {
			found, _, err := tx.Raws(state, store.LedgerPage{Limit: 5000})
			if err != nil {
				return err
			}
			all.raws[state] = len(found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func workspace(t *testing.T, a *app.App) (id desk.WorkspaceID) {
	t.Helper()
	err := a.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		p, err := tx.PersonByEmail("maja@halden.example")
		if err != nil {
			return err
		}
		mine, err := tx.Memberships(p.ID)
		if err == nil {
			id = mine[0].ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Thirty people, three hundred conversations over three months, every channel
// and every state that can be reached.
func checkWhatItHas(t *testing.T, all everything) {
	if len(all.members) != 30 {
		t.Errorf("%d people, not 30", len(all.members))
	}
	roles := map[desk.Role]int{}
	for _, m := range all.members {
		roles[m.Role]++
	}
	for _, r := range []desk.Role{desk.RoleOwner, desk.RoleAdmin, desk.RoleAgent, desk.RoleViewer} {
		if roles[r] == 0 {
			t.Errorf("nobody is %s", r)
		}
	}
	if n := len(all.conversations); n != 303 { // three of them are automatic or broken mail
		t.Errorf("%d conversations", n)
	}
	labels, priorities, waiting := map[string]int{}, map[desk.Priority]int{}, map[desk.WaitingOn]int{}
	oldest, most := end, 0
	for _, c := range all.conversations {
		labels[c.Label(end)]++
		priorities[c.Priority]++
		waiting[c.WaitingOn]++
		most = max(most, c.Messages)
		if c.OpenedAt.Before(oldest) {
			oldest = c.OpenedAt
		}
		if c.LastActivityAt.After(end) {
			t.Errorf("a conversation has news from the future: %s", c.LastActivityAt)
		}
	}
	for _, l := range []string{"New", "Needs attention", "Overdue", "Responded", "Resolved", "Closed"} {
		if labels[l] < 3 {
			t.Errorf("%d conversations are %s", labels[l], l)
		}
	}
	for _, p := range []desk.Priority{desk.PriorityUrgent, desk.PriorityHigh, desk.PriorityNormal, desk.PriorityLow} {
		if priorities[p] == 0 {
			t.Errorf("no conversation has the priority %s", p)
		}
	}
	if age := end.Sub(oldest); age < 80*24*time.Hour {
		t.Errorf("the oldest conversation is %s old", age)
	}
	if most < 17 {
		t.Errorf("the longest conversation has %d messages", most)
	}
	for _, kind := range []string{"webchat", "email", "api"} {
		if all.kinds[kind] < 15 {
			t.Errorf("%d conversations by %s", all.kinds[kind], kind)
		}
	}
	deliveries := map[desk.Delivery]int{}
	files := 0
	for _, m := range all.messages {
		deliveries[m.Delivery]++
		files += len(m.Files)
	}
	for _, d := range []desk.Delivery{desk.DeliveryQueued, desk.DeliverySent, desk.DeliveryRead, desk.DeliveryFailed, desk.DeliveryUnknown} {
		if deliveries[d] == 0 {
			t.Errorf("no message is %s", d)
		}
	}
	if files < 10 {
		t.Errorf("%d files", files)
	}
	for _, state := range []store.RawState{store.RawMessage, store.RawDuplicate, store.RawDeadLetter} {
		if all.raws[state] == 0 {
			t.Errorf("the ledger has no %s", state)
		}
	}
	if all.raws[store.RawReceived] != 0 {
		t.Errorf("%d raw events still wait", all.raws[store.RawReceived])
	}
}

// TestDemo makes the demo twice: the same seed and the same end tell the same
// story, word by word.
func TestDemo(t *testing.T) {
	a, clock, outside := install(t)
	if err := demo.Build(t.Context(), a, clock, demo.Options{Seed: 7, End: end, Outside: outside}); err != nil {
		t.Fatal(err)
	}
	first := read(t, a)
	t.Run("has everything", func(t *testing.T) { checkWhatItHas(t, first) })
	again := build(t)
	t.Run("is the same twice", func(t *testing.T) { checkSame(t, told(first), told(read(t, again))) })
	t.Run("takes its own folder only", func(t *testing.T) { checkFolder(t, again) })
	t.Run("goes on", func(t *testing.T) { checkLiving(t, a, clock, outside) })
}

func told(all everything) string {
	var b strings.Builder
	for _, m := range all.messages {
		fmt.Fprintf(&b, "%s %s %s %s %q\n", m.At.Format(time.RFC3339), m.AuthorName, m.Delivery, m.Subject, m.Text)
	}
	return b.String()
}

func checkSame(t *testing.T, first, second string) {
	t.Helper()
	if first == second {
		return
	}
	one, two := strings.Split(first, "\n"), strings.Split(second, "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			t.Fatalf("line %d: %s\nbut then: %s", i, one[i], two[i])
		}
	}
	t.Fatalf("%d and %d messages", len(one), len(two))
}

// A folder with somebody's own workspace is left alone; the demo's is taken again.
func checkFolder(t *testing.T, b *app.App) {
	a, clock, outside := install(t)
	clock.Live(func() time.Time { return end })
	if made, err := demo.Made(t.Context(), a); made || err != nil {
		t.Fatalf("an empty install: %v, %v", made, err)
	}
	if _, err := a.Setup(t.Context(), "Mine", "Kim", "kim@example.com", "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Made(t.Context(), a); desk.KindOf(err) != desk.Conflict {
		t.Errorf("an install of somebody else's: %v", err)
	}
	if made, err := demo.Made(t.Context(), b); !made || err != nil {
		t.Errorf("the demo itself: %v, %v", made, err)
	}
	if err := demo.Connect(t.Context(), b, outside); err != nil {
		t.Fatal(err)
	}
	err := b.DB.Read(t.Context(), store.Scope{Workspace: workspace(t, b)}, func(tx *store.Tx) error {
		channels, err := tx.Channels()
		for _, ch := range channels {
			var config struct {
				Webhook string `json:"webhook_url"`
			}
			if ch.Kind == "api" && (json.Unmarshal(ch.Config, &config) != nil || config.Webhook != outside.Webhook) {
				t.Errorf("the webhook is %s", config.Webhook)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who writes while the demo is looked at is answered, and answers.
func checkLiving(t *testing.T, a *app.App, clock *demo.Clock, outside *demo.Outside) {
	begin := time.Now()
	clock.Live(func() time.Time { return end.Add(time.Since(begin) * 60) }) // a minute a second
	ctx, stop := context.WithCancel(t.Context())
	typed := make(chan bool, 100)
	living := &demo.Living{App: a, Outside: outside, Log: slog.New(slog.DiscardHandler), Typing: func(_ desk.Conversation, _ string, on bool) { typed <- on }}
	done := make(chan error, 2)
	go func() { done <- a.Work(ctx, true) }()
	go func() { done <- living.Run(ctx) }()
	ws := workspace(t, a)
	answered := map[desk.ConversationID]bool{}
	for deadline := time.Now().Add(time.Minute); ; {
		var open []desk.Conversation
		err := a.DB.Read(t.Context(), store.Scope{Workspace: ws}, func(tx *store.Tx) (err error) {
			open, err = tx.Listed(store.List{View: store.ViewAll, Tab: store.TabOpen, Now: clock.Now(), Limit: 20})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		more := false
		for _, c := range open {
			switch {
			case !c.OpenedAt.After(end):
			case !answered[c.ID]:
				answered[c.ID] = true
				owner, err := a.Enter(t.Context(), ws, ownerOf(t, a))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.Do(app.As(t.Context(), ws, owner), c.ID, desk.Reply{Text: "Hello!"}); err != nil {
					t.Fatal(err)
				}
			case c.Messages >= 3:
				more = true
			}
		}
		if more {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody answered; %d were written to", len(answered))
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func ownerOf(t *testing.T, a *app.App) (id desk.UserID) {
	t.Helper()
	err := a.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		p, err := tx.PersonByEmail("maja@halden.example")
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
