package store_test

import (
	"slices"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// Conversations are found by whom their mails went to, also where messages have
// changed hands since, and not by mails that were taken back. Those who got blind
// copies find nothing.
func TestRecipientsAreFound(t *testing.T) {
	d := apptest.NewMail(t)
	found := func(text string) (all []desk.ConversationID) {
		t.Helper()
		n, err := filter.Parse(text, nil)
		d.OK(err)
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			page, _, err := tx.Found(store.Find{Cond: filter.Resolve(n, filter.Env{Now: d.Clock.Now()}), Sort: store.SortOldestCreated, Now: d.Clock.Now(), Limit: 10})
			for _, c := range page {
				all = append(all, c.ID)
			}
			return err
		}))
		return all
	}
	want := func(text string, ids ...desk.ConversationID) {
		t.Helper()
		if got := found(text); !slices.Equal(got, ids) {
			t.Errorf("%s finds %v, not %v", text, got, ids)
		}
	}
	do := func(id desk.ConversationID, cmd desk.Command) given {
		t.Helper()
		r, err := d.Do(d.As(d.Owner), id, cmd)
		d.OK(err)
		return given{r.Message, r.Other, r.Command}
	}
	kim := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1", Cc: []string{"Per Ek <per@customer.test>"}}).Conversation
	eve := d.Get(apptest.Post{From: "eve@example.com", Key: "2", Text: "hello", Own: "2"}).Conversation
	want("cc:per", kim)
	want("cc:customer.test -to:per", kim)
	reply := do(kim, desk.Reply{Text: "hi", Header: desk.Header{Cc: []string{"Boss Moss <boss@example.com>"}, Bcc: []string{"law@example.com"}}})
	do(eve, desk.Reply{Text: "hi"})
	want("to:example.com", kim, eve)
	want("to:kim@example.com", kim)
	want(`cc:"boss moss" is:open`, kim)
	want("cc:law OR to:law")

	d.Clock.Add(time.Minute)
	d.Work()
	child := do(kim, desk.Split{Messages: []desk.MessageID{reply.message}, Subject: "Boss"})
	want("cc:boss", child.other)
	want("cc:per", kim)
	do(kim, desk.Undo{Command: child.command})
	want("cc:boss", kim)
	again := d.Get(apptest.Post{From: "kim@example.com", Key: "3", Text: "again", Own: "3", Cc: []string{"third@customer.test"}}).Conversation
	merge := do(kim, desk.Merge{Other: again})
	want("cc:third", kim)
	do(kim, desk.Undo{Command: merge.command})
	want("cc:third", again)

	late := do(eve, desk.Reply{Text: "no", Header: desk.Header{Cc: []string{"late@example.com"}}})
	want("cc:late", eve)
	do(eve, desk.Undo{Command: late.command})
	want("cc:late")

	// What was there before recipients could be found is read when Parley starts.
	d.OK(d.DB.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
		for _, q := range []string{`DELETE FROM recipient`, `DELETE FROM recipient_word`, `INSERT INTO install (name, value) VALUES ('recipients_below', '9223372036854775807')`} {
			if err := store.Exec(tx, q); err != nil {
				return err
			}
		}
		return nil
	}))
	want("cc:per OR to:kim")
	d.OK(d.DB.Migrate(t.Context()))
	want("cc:per", kim)
	want("cc:boss to:kim", kim)
	want("cc:late")
}

type given struct {
	message desk.MessageID
	other   desk.ConversationID
	command desk.CommandID
}
