package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
	"parley/store/storetest"
)

// atOnce runs fn eight times at once and returns how many succeeded. Whoever
// loses is told in a sentence: a rule of the schema never speaks to people.
func atOnce(t *testing.T, fn func(i int) error) (won int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := fn(i)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case desk.KindOf(err) == desk.Internal:
				t.Errorf("not for people: %v", err)
			}
		})
	}
	wg.Wait()
	return won
}

// Things whose names are taken: of several who want one at once, one gets it.
func TestTakenNames(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	if n := atOnce(t, func(int) error { return err2(d.SaveTag(d.As(d.Owner), desk.Tag{Name: "Warranty", Color: "c1"})) }); n != 1 {
		t.Errorf("%d tags of one name", n)
	}
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	if n := atOnce(t, func(int) error {
		return err2(d.Do(d.As(d.Agent), r.Conversation, desk.Label{Add: []string{"Frame"}}))
	}); n != 8 {
		t.Errorf("%d of 8 could add one new tag", n)
	}
	if tags := d.Conversation(r.Conversation).Tags; len(tags) != 1 {
		t.Errorf("tags %v", tags)
	}
	// In eight conversations, two new ones in either order.
	ids := make([]desk.ConversationID, 8)
	for i := range ids {
		name := string(rune('a' + i))
		ids[i] = d.Get(apptest.Post{From: name, Key: "of " + name, Text: "hello"}).Conversation
	}
	if n := atOnce(t, func(i int) error {
		add := []string{"Wheel", "Chain"}
		if i%2 == 0 {
			slices.Reverse(add)
		}
		return err2(d.Do(d.As(d.Agent), ids[i], desk.Label{Add: add}))
	}); n != 8 {
		t.Errorf("%d of 8 conversations got two new tags", n)
	}
	for _, id := range ids {
		first, this := slices.Sorted(slices.Values(d.Conversation(ids[0]).Tags)), slices.Sorted(slices.Values(d.Conversation(id).Tags))
		if len(first) != 2 || !slices.Equal(first, this) {
			t.Errorf("tags %v and %v", first, this)
		}
	}
	_, secret, err := d.Invite(d.As(d.Owner), "new@example.com", desk.RoleAgent, nil)
	d.OK(err)
	if n := atOnce(t, func(int) error { return err2(d.AcceptInvitation(t.Context(), secret, "New", "correct horse battery")) }); n != 1 {
		t.Errorf("one invitation was accepted %d times", n)
	}
	if n := atOnce(t, func(int) error { return err2(d.CreateWorkspace(d.As(d.Owner), "Same name", d.Owner.User)) }); n != 8 {
		t.Errorf("%d of 8 workspaces of one name", n)
	}
	// What a removed tag's name, asked to be removed, must not make: a tag.
	d.OK(err2(d.Do(d.As(d.Agent), r.Conversation, desk.Label{Remove: []string{"never there"}})))
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		_, err := tx.TagByName("never there")
		if desk.KindOf(err) != desk.NotFound {
			t.Errorf("a tag was made by being removed: %v", err)
		}
		return nil
	}))
}

// Two who set up at once: one becomes the owner. Two windows that begin one
// draft: the second is told of the first.
func TestBegunAtOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	if n := atOnce(t, func(i int) error {
		return err2(d.SaveDraft(d.As(d.Agent), store.Draft{Conversation: r.Conversation, Mode: "reply", Text: string(rune('a' + i))}))
	}); n != 1 {
		t.Errorf("%d windows wrote revision 1", n)
	}
	fresh := &app.App{DB: storetest.Open(t), Now: d.Now, Log: d.Log, Blobs: d.Blobs, Keys: d.Keys, Feed: app.NewBell()}
	if n := atOnce(t, func(i int) error {
		return err2(fresh.Setup(t.Context(), "One", "Maja", string(rune('a'+i))+"@example.com", "correct horse battery"))
	}); n != 1 {
		t.Errorf("%d people set up one install", n)
	}
}

// INV-1, T27: of several who reopen a contact's closed conversations at once, one
// does; the others are told which is open.
func TestReopenedAtOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	var all []desk.ConversationID
	for i := range 8 {
		r := d.Get(apptest.Post{From: "kim", Key: string(rune('a' + i)), Text: "hello"})
		do(t, d, r.Conversation, desk.Close{})
		all = append(all, r.Conversation)
	}
	if n := atOnce(t, func(i int) error { return err2(d.Do(d.As(d.Agent), all[i], desk.Reopen{})) }); n != 1 {
		t.Errorf("%d are open", n)
	}
	if open := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen}); len(open) != 1 {
		t.Errorf("%d are listed as open", len(open))
	}
}

// Small arrivals are kept in their row and large ones in a file; both are given
// back as they arrived, and both become messages.
func TestRawBytes(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	for _, size := range []int{1, 64 << 10, 64<<10 + 1, 1 << 20} {
		text := bytes.Repeat([]byte("x"), size)
		body, err := json.Marshal(apptest.Post{From: "kim", Key: string(text[:min(size, 40)]) + "k", Text: ""})
		d.OK(err)
		body = append(body, bytes.Repeat([]byte(" "), max(0, size-len(body)))...)
		d.OK(d.Accept(t.Context(), d.Account, channel.Raw{Dedupe: string(rune('a' + size%7)), ContentType: "application/json", Body: body, At: d.Clock.Now()}))
		d.Work()
		var entry store.RawEvent
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, _, err := tx.Raws("", store.LedgerPage{Limit: 1})
			entry = all[0]
			return err
		}))
		if inFile := len(body) > 64<<10; (entry.Hash != "") != inFile || entry.Size != int64(len(body)) || entry.State == store.RawReceived {
			t.Errorf("%d bytes: hash %q, size %d, %s", len(body), entry.Hash, entry.Size, entry.State)
		}
		r, err := d.RawBytes(d.As(d.Owner), entry.ID)
		d.OK(err)
		got, err := io.ReadAll(r)
		d.OK(err)
		d.OK(r.Close())
		if !bytes.Equal(got, body) {
			t.Errorf("%d bytes came back as %d", len(body), len(got))
		}
	}
}

func startWith(d *apptest.Desk, contact desk.ContactID) app.Start {
	return app.Start{Inbox: d.Inbox.ID, Contact: contact, Text: "hello"}
}
