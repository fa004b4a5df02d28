package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// beside makes another inbox with a channel.
func beside(d *apptest.Desk, name string, grouping desk.Grouping) channel.Account {
	d.T.Helper()
	inbox, err := d.CreateInbox(d.As(d.Owner), name, grouping, app.InboxChange{})
	d.OK(err)
	d.OK(d.DB.Write(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error { return tx.AddInboxMember(inbox.ID, d.Agent.User) }))
	ch, err := d.SaveChannel(d.As(d.Owner), inbox.ID, 0, "memory", name, []byte(`{}`), nil)
	d.OK(err)
	acc, err := d.Lookup(d.T.Context(), "memory", ch.Address)
	d.OK(err)
	if d.Agent, err = d.Enter(d.T.Context(), d.Workspace, d.Agent.User); err != nil {
		d.T.Fatal(err)
	}
	return acc
}

// sends is a message that came in through an account.
func sends(d *apptest.Desk, to channel.Account, p apptest.Post) app.Received {
	d.T.Helper()
	d.Clock.Add(time.Minute)
	got, err := d.Receive(d.T.Context(), to, apptest.Raw(p, d.Clock.Now()), app.Uploads{})
	d.OK(err)
	return got
}

// known is one customer twice: Kim writes to a chat, Kim Berg through a messenger
// and a thread.
type known struct {
	*apptest.Desk
	messenger, threads  channel.Account
	chat, other, thread desk.ConversationID
	stays, goes         desk.ContactID
}

func knownTwice(t *testing.T) known {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	k := known{Desk: d, messenger: beside(d, "Messenger", desk.PerContact), threads: beside(d, "Slack", desk.PerThread)}
	k.other = sends(d, k.messenger, apptest.Post{From: "kim.berg", Key: "m1", Text: "On the messenger"}).Conversation
	k.goes = d.Conversation(k.other).Contact
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		_, err := tx.ClaimIdentity(store.Identity{Kind: "memory", Scope: k.threads.ID.String(), ID: "kim.berg", Contact: k.goes}, d.Clock.Now())
		return err
	}))
	k.thread = sends(d, k.threads, apptest.Post{From: "kim.berg", Key: "s1", Text: "In a thread", Own: "thread-1"}).Conversation
	k.chat = sends(d, d.Account, apptest.Post{From: "kim", Key: "c1", Text: "In the chat"}).Conversation
	k.stays = d.Conversation(k.chat).Contact
	if k.stays == k.goes || d.Conversation(k.thread).Contact != k.goes {
		t.Fatal("they are not two customers")
	}
	return k
}

// S-11, F4-17, T19, D-19, E23, F3-61: of two who are the same person, the one who goes
// loses what they had open in the messenger, which says why and tells who had it;
// their thread goes on under the one who stays, whose own conversation is untouched
// and says what was closed; what they write next through either joins it.
func TestS11_ContactMerge(t *testing.T) {
	k := knownTwice(t)
	first := contactOf(k.Desk, k.goes).FirstContactedAt
	do(t, k.Desk, k.other, desk.Assign{Assignee: k.Owner.User})
	k.Work()
	before := k.Conversation(k.chat)
	k.Clock.Add(time.Minute)
	did, err := k.MergeContacts(k.As(k.Agent), k.stays, k.goes, nil)
	k.OK(err)
	k.Work()
	closed, thread, chat := k.Conversation(k.other), k.Conversation(k.thread), k.Conversation(k.chat)
	if closed.Status != desk.StatusClosed || closed.ClosedSource != desk.SourceContactMerge || closed.Contact != k.stays {
		t.Errorf("the messenger's is %s, %s, with %s", closed.Status, closed.ClosedSource, closed.Contact)
	}
	if thread.Status != desk.StatusOpen || thread.Contact != k.stays {
		t.Errorf("the thread is %s, with %s", thread.Status, thread.Contact)
	}
	if chat.Status != desk.StatusOpen || chat.Messages != before.Messages || !chat.WaitingSince.Equal(before.WaitingSince) {
		t.Errorf("the chat was %+v and is %+v", before, chat)
	}
	if got := k.Timeline(k.chat); got[len(got)-1] != "welcomed" {
		t.Errorf("the chat's timeline is %q", got)
	}
	if !slices.Equal(did.Closed, []desk.ConversationID{k.other}) || did.Moved != 2 {
		t.Errorf("it did %+v", did)
	}
	if told := toldWhat(k.Desk, k.Owner); !slices.Contains(told, "ended "+k.Owner.User.String()) {
		t.Errorf("who had it was told %q", told)
	}
	if c := contactOf(k.Desk, k.stays); !c.FirstContactedAt.Equal(first) {
		t.Errorf("they first wrote %v, not %v", c.FirstContactedAt, first)
	}
	for i, to := range []channel.Account{k.messenger, k.Account} {
		if got := sends(k.Desk, to, apptest.Post{From: []string{"kim.berg", "kim"}[i], Key: []string{"m2", "c2"}[i], Text: "Me again"}); got.Conversation != k.chat {
			t.Errorf("a message lands in %s", got.Conversation)
		}
	}
	if got := sends(k.Desk, k.threads, apptest.Post{From: "kim.berg", Key: "s2", Text: "And here", Thread: []string{"thread-1"}}); got.Conversation != k.thread {
		t.Errorf("an answer in the thread lands in %s", got.Conversation)
	}
	if open := k.List(k.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen}); len(open) != 2 {
		t.Errorf("%d are open", len(open))
	}
	// By itself none of it is taken back, nor can anything be done with who was merged.
	_, err = k.Do(k.As(k.Agent), k.other, desk.Undo{Command: did.Command})
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("one conversation alone: %v", err)
	}
	for what, err := range map[string]error{
		"merged again": err2(k.MergeContacts(k.As(k.Agent), k.stays, k.goes, nil)), "blocked": err2(k.Block(k.As(k.Owner), k.goes)),
		"changed":  k.ChangeContact(k.As(k.Owner), k.goes, app.ContactChange{}),
		"themself": err2(k.MergeContacts(k.As(k.Agent), k.stays, k.stays, nil)),
	} {
		if kind := desk.KindOf(err); kind != desk.Conflict && kind != desk.Invalid && kind != desk.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Fields are chosen, tags, notes and identities united; taken back everything is
// with whom it was, but for what was written or corrected since.
func TestContactMergeIsTakenBack(t *testing.T) {
	k := knownTwice(t)
	vip, err := k.SaveTag(k.As(k.Owner), desk.Tag{Name: "vip", Color: "c1"})
	k.OK(err)
	tags, name, mail, phone, zone := []desk.TagID{vip.ID}, "Kim Berg", "kim@example.com", "+46 70 123", "Asia/Tokyo"
	k.OK(k.ChangeContact(k.As(k.Owner), k.goes, app.ContactChange{Name: &name, Email: &mail, Phone: &phone, Zone: &zone, Tags: &tags}))
	old := "Kim"
	k.OK(k.ChangeContact(k.As(k.Owner), k.stays, app.ContactChange{Name: &old}))
	_, err = k.AddContactNote(k.As(k.Owner), k.goes, "Likes tea")
	k.OK(err)
	was := []desk.Contact{contactOf(k.Desk, k.stays), contactOf(k.Desk, k.goes)}
	state := []desk.Conversation{k.Conversation(k.other), k.Conversation(k.thread), k.Conversation(k.chat)}
	k.Clock.Add(time.Minute)
	did, err := k.MergeContacts(k.As(k.Agent), k.stays, k.goes, []string{app.TakeName})
	k.OK(err)
	look := func() (c desk.Contact, tags []desk.TagID, notes, identities int) {
		t.Helper()
		k.OK(k.DB.Read(t.Context(), store.Scope{Workspace: k.Workspace}, func(tx *store.Tx) error {
			if c, err = tx.Contact(k.stays); err != nil {
				return err
			}
			if tags, err = tx.ContactTags(k.stays); err != nil {
				return err
			}
			all, err := tx.ContactNotes(k.stays)
			notes = len(all)
			ids, err2 := tx.Identities(k.stays)
			identities = len(ids)
			return errors.Join(err, err2)
		}))
		return c, tags, notes, identities
	}
	if c, tags, notes, identities := look(); c.Name != name || c.Email != mail || c.Phone != phone || c.Zone != zone || !c.ZoneSaid || !slices.Equal(tags, []desk.TagID{vip.ID}) || notes != 1 || identities < 2 {
		t.Errorf("who stays is %+v, with %v, %d notes and %d identities", c, tags, notes, identities)
	}
	k.Index()
	k.OK(k.DB.Read(t.Context(), store.Scope{Workspace: k.Workspace}, func(tx *store.Tx) error {
		found, err := tx.SearchContacts("Kim", 10)
		if len(found) != 1 || found[0].Contact.ID != k.stays {
			t.Errorf("found %+v", found)
		}
		return err
	}))
	corrected := "Kim B."
	k.OK(k.ChangeContact(k.As(k.Owner), k.stays, app.ContactChange{Name: &corrected}))
	k.Clock.Add(time.Hour)
	_, err = k.UnmergeContacts(k.As(k.Agent), k.stays, did.Command)
	k.OK(err)
	if c, tags, notes, identities := look(); c.Name != corrected || c.Email != was[0].Email || c.Phone != was[0].Phone || c.Zone != "" || c.ZoneSaid || len(tags) != 0 || notes != 0 || identities != 1 {
		t.Errorf("who stays is %+v, with %v, %d notes and %d identities", c, tags, notes, identities)
	}
	if c := contactOf(k.Desk, k.goes); c.Name != was[1].Name || c.Email != was[1].Email || c.MergedInto != 0 {
		t.Errorf("who went was %+v and is %+v", was[1], c)
	}
	for i, id := range []desk.ConversationID{k.other, k.thread, k.chat} {
		c := k.Conversation(id)
		if c.Status != state[i].Status || c.Contact != state[i].Contact || !c.WaitingSince.Equal(state[i].WaitingSince) || c.ClosedSource != state[i].ClosedSource {
			t.Errorf("%d was %+v and is %+v", i, state[i], c)
		}
	}
	if got := slices.DeleteFunc(k.Timeline(k.chat), func(name string) bool { return name != "welcomed" }); len(got) != 2 {
		t.Errorf("the chat was told %q", got)
	}
	if got := sends(k.Desk, k.messenger, apptest.Post{From: "kim.berg", Key: "m3", Text: "Me again"}); got.Conversation != k.other {
		t.Errorf("a message lands in %s", got.Conversation)
	}
	if _, err := k.UnmergeContacts(k.As(k.Agent), k.stays, did.Command); desk.KindOf(err) != desk.NotFound && desk.KindOf(err) != desk.Conflict {
		t.Errorf("taken back twice: %v", err)
	}
}

// Where conversations of the two were merged since, a merge of customers is not taken
// back, and the refusal says so; what was split off since goes along.
func TestContactMergeCannotBeTakenBack(t *testing.T) {
	k := knownTwice(t)
	did, err := k.MergeContacts(k.As(k.Agent), k.stays, k.goes, nil)
	k.OK(err)
	refused := func(says string) {
		t.Helper()
		if _, err := k.UnmergeContacts(k.As(k.Agent), k.stays, did.Command); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), says) {
			t.Errorf("taken back: %v", err)
		}
	}
	joined := do(t, k.Desk, k.chat, desk.Merge{Other: k.other}) // that is what merging customers is good for (F2-48)
	refused("were merged since")
	do(t, k.Desk, k.chat, desk.Undo{Command: joined.Command})
	sends(k.Desk, k.threads, apptest.Post{From: "kim.berg", Key: "s2", Text: "Another matter", Thread: []string{"thread-1"}})
	split := do(t, k.Desk, k.thread, desk.Split{Messages: []desk.MessageID{heads(k.Desk, k.thread)[1].ID}})
	k.OK(err2(k.UnmergeContacts(k.As(k.Agent), k.stays, did.Command)))
	if c := k.Conversation(split.Other); c.Contact != k.goes || c.Status != desk.StatusOpen {
		t.Errorf("what was split off is with %s, %s", c.Contact, c.Status)
	}
	do(t, k.Desk, k.thread, desk.Undo{Command: split.Command})
	if got := texts(heads(k.Desk, k.thread)); len(got) != 2 {
		t.Errorf("together again the thread has %q", got)
	}
}

// 8.2 rule 8: whether anything is taken in is as it was with the one who stays.
func TestContactMergeAndBlocking(t *testing.T) {
	k := knownTwice(t)
	_, err := k.Block(k.As(k.Agent), k.stays)
	k.OK(err)
	did, err := k.MergeContacts(k.As(k.Agent), k.stays, k.goes, nil)
	k.OK(err)
	if c := k.Conversation(k.thread); c.Status != desk.StatusClosed || c.ClosedSource != desk.SourceBlocked {
		t.Errorf("the thread of who is blocked now is %s, %s", c.Status, c.ClosedSource)
	}
	if got := sends(k.Desk, k.messenger, apptest.Post{From: "kim.berg", Key: "m2", Text: "Me again"}); got.State != store.RawBlocked {
		t.Errorf("a message was taken in: %+v", got)
	}
	k.OK(err2(k.UnmergeContacts(k.As(k.Agent), k.stays, did.Command)))
	if c, o := k.Conversation(k.thread), k.Conversation(k.other); c.Status != desk.StatusOpen || o.Status != desk.StatusOpen {
		t.Errorf("taken back the thread is %s and the messenger's %s", c.Status, o.Status)
	}
	// The other way round nobody is blocked.
	k.OK(err2(k.MergeContacts(k.As(k.Agent), k.goes, k.stays, nil)))
	if got := sends(k.Desk, k.Account, apptest.Post{From: "kim", Key: "c2", Text: "And me"}); got.Conversation != k.other {
		t.Errorf("a message lands in %s, %s", got.Conversation, got.State)
	}
}

// F4-27: who has the same address or number is suggested, until somebody says that
// they are different people.
func TestTwins(t *testing.T) {
	k := knownTwice(t)
	phone := "+46 70 123"
	for _, id := range []desk.ContactID{k.stays, k.goes} {
		k.OK(k.ChangeContact(k.As(k.Owner), id, app.ContactChange{Phone: &phone}))
	}
	twins := func(of desk.ContactID) (ids []desk.ContactID) {
		t.Helper()
		k.OK(k.DB.Read(t.Context(), store.Scope{Workspace: k.Workspace}, func(tx *store.Tx) error {
			all, err := tx.Twins(contactOf(k.Desk, of), 10)
			for _, c := range all {
				ids = append(ids, c.ID)
			}
			return err
		}))
		return ids
	}
	pairs := func() (all []store.Pair) {
		t.Helper()
		k.OK(k.DB.Read(t.Context(), store.Scope{Workspace: k.Workspace}, func(tx *store.Tx) (err error) { all, err = tx.Pairs(10); return err }))
		return all
	}
	if got := twins(k.stays); !slices.Equal(got, []desk.ContactID{k.goes}) {
		t.Errorf("suggested are %v", got)
	}
	newer, older := max(k.stays, k.goes), min(k.stays, k.goes)
	if got := pairs(); len(got) != 1 || got[0].Contact.ID != newer || got[0].Twin.ID != older || got[0].Mail {
		t.Errorf("suggested are %+v", got)
	}
	mail := "kim@example.com"
	for _, id := range []desk.ContactID{k.stays, k.goes} {
		k.OK(k.ChangeContact(k.As(k.Owner), id, app.ContactChange{Email: &mail}))
	}
	if got := pairs(); len(got) != 1 || !got[0].Mail {
		t.Errorf("with the same address and number suggested are %+v", got)
	}
	merged, err := k.MergeContacts(k.As(k.Agent), k.stays, k.goes, nil)
	k.OK(err)
	if got := pairs(); len(got) != 0 {
		t.Errorf("once they are one, suggested are %+v", got)
	}
	_, err = k.UnmergeContacts(k.As(k.Agent), k.stays, merged.Command)
	k.OK(err)
	k.OK(k.Apart(k.As(k.Agent), k.goes, k.stays))
	if got := append(twins(k.stays), twins(k.goes)...); len(got) != 0 || len(pairs()) != 0 {
		t.Errorf("suggested are %v", got)
	}
}

// Two agents merge the two, one either way round, and take it back, while they write
// through everything they have: no message is lost, and never is more than one open
// where one may be (INV-1).
func TestContactMergesAtTheSameTime(t *testing.T) {
	k := knownTwice(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			into, other := k.stays, k.goes
			if i%2 == 0 {
				into, other = other, into
			}
			did, err := k.MergeContacts(k.As(k.Agent), into, other, nil)
			if kind := desk.KindOf(err); err != nil && kind != desk.Conflict && kind != desk.NotFound {
				t.Errorf("merging: %v", err)
			}
			if err != nil {
				return
			}
			if _, err := k.UnmergeContacts(k.As(k.Agent), into, did.Command); err != nil && desk.KindOf(err) != desk.Conflict {
				t.Errorf("taking it back: %v", err)
			}
		})
		wg.Go(func() {
			for j, to := range []channel.Account{k.messenger, k.Account} {
				p := apptest.Post{From: []string{"kim.berg", "kim"}[j], Key: fmt.Sprint("more", i, j), Text: "more"}
				if _, err := k.Receive(t.Context(), to, apptest.Raw(p, k.Clock.Now()), app.Uploads{}); err != nil {
					t.Errorf("a message was refused: %v", err)
				}
			}
		})
	}
	wg.Wait()
	messages := 0
	open := map[desk.ContactID]int{}
	k.OK(k.DB.Read(t.Context(), store.Scope{Workspace: k.Workspace}, func(tx *store.Tx) error {
		all, err := tx.ConversationsAfter(0, 1000)
		for _, c := range all {
			messages += c.Messages
			if c.Grouping == desk.PerContact && c.Active() && c.Primary {
				open[c.Contact]++
			}
		}
		return err
	}))
	if messages != 3+16 {
		t.Errorf("%d messages are left of 19", messages)
	}
	for who, n := range open {
		if n > 1 {
			t.Errorf("%s has %d open ones", who, n)
		}
	}
}

// Somebody who wrote from two addresses is answered at the one that they wrote from,
// in each conversation.
func TestMergedContactIsAnsweredWhereTheyWrote(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	private := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one", Own: "mid:1"}).Conversation
	work := d.Get(apptest.Post{From: "kim.at.work", Key: "2", Text: "two", Own: "mid:2"}).Conversation
	d.OK(err2(d.MergeContacts(d.As(d.Agent), d.Conversation(private).Contact, d.Conversation(work).Contact, nil)))
	answered := func(id desk.ConversationID, want string) {
		t.Helper()
		do(t, d, id, desk.Reply{Text: "Hello"})
		d.Work()
		if to := d.Channel.Out[len(d.Channel.Out)-1].To.ID; to != want {
			t.Errorf("it was answered to %s, not to %s", to, want)
		}
	}
	answered(work, "kim.at.work")
	answered(private, "kim")
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "3", Text: "I am at home now", Thread: []string{"mid:2"}})
	answered(work, "kim")
}
