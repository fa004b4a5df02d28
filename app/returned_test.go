package app_test

import (
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// An address that mail came back from is remembered, once for each mail; it is
// forgotten when a mail comes from it, or when somebody says so.
func TestBouncedAddressIsRemembered(t *testing.T) {
	d := apptest.NewMail(t)
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"})
	known := func() []desk.BouncedAddress {
		t.Helper()
		all, err := d.Bounced(d.As(d.Agent), []string{"Kim@example.com", "other@example.com"})
		d.OK(err)
		return all
	}
	back := func(n int, hard bool) {
		t.Helper()
		sent := do(t, d, r.Conversation, desk.Reply{Text: "hi"})
		d.Clock.Add(time.Minute)
		d.Work()
		for _, again := range []string{"", "again"} { // a server may tell of one mail twice
			d.Get(apptest.Post{From: "daemon@example.com", Key: sent.Message.String() + again, Text: "no", Auto: "bounce", Bounce: "out:" + sent.Message.String(), To: "kim@example.com", Hard: hard})
		}
		if all := known(); len(all) != 1 || all[0].Times != n || all[0].Message != sent.Message || all[0].Reason != "It came back." {
			t.Fatalf("after %d: %+v", n, all)
		}
	}
	told := 0
	news := func(what string) { // of the customer, once for each time that something is news
		t.Helper()
		n := 0
		var all []store.Tailed
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { all, err = tx.Visible(store.Cursor{}, 1000); return err }))
		for _, e := range all {
			switch f := e.Fact.(type) {
			case desk.ContactChanged:
				n++
			case desk.SettingsChanged:
				if f.Subject == "contact" && f.Action == "mail_works_again" && f.ID == d.Conversation(r.Conversation).Contact.String() {
					n++
				}
			}
		}
		if n <= told {
			t.Errorf("nobody is told of the customer: %s", what)
		}
		told = n
	}
	back(1, false)
	news("a mail came back")
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		c, err := tx.Contact(d.Conversation(r.Conversation).Contact)
		if err != nil {
			return err
		}
		c.Email = "" // they wrote from it
		all, err := app.BouncedOf(tx, c)
		if len(all) != 1 || all[0].Address != "kim@example.com" {
			t.Errorf("of the customer: %+v", all)
		}
		return err
	}))
	if known()[0].Hard {
		t.Error("one mail that came back for now counts as no mailbox")
	}
	back(2, false)
	back(3, false)
	if !known()[0].Hard {
		t.Error("three did not make it one")
	}
	reason, err := d.Brake(app.System(t.Context(), d.Workspace), r.Conversation, d.Inbox.ID, "kim@example.com")
	d.OK(err)
	if !strings.Contains(reason, "came back") {
		t.Errorf("automatic mail leaves: %q", reason)
	}
	d.Get(apptest.Post{From: "kim@example.com", Key: "2", Text: "I am here", Own: "2", Thread: []string{"1"}})
	if all := known(); len(all) != 0 {
		t.Errorf("who writes still counts as gone: %+v", all)
	}
	news("they wrote")
	back(1, true)
	if !known()[0].Hard {
		t.Error("an address that does not exist is not remembered as such")
	}
	news("it is no mailbox")
	d.OK(d.ForgetBounced(d.As(d.Agent), "KIM@example.com"))
	news("it works again")
	if all := known(); len(all) != 0 {
		t.Errorf("forgotten, it is %+v", all)
	}
	if reason, err := d.Brake(app.System(t.Context(), d.Workspace), r.Conversation, d.Inbox.ID, "kim@example.com"); reason != "" || err != nil {
		t.Errorf("%q, %v", reason, err)
	}
}

// Who declines mail that nobody asked for is asked no more how satisfied they are.
func TestUnsubscribed(t *testing.T) {
	d := apptest.NewMail(t)
	kim := d.Conversation(d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"}).Conversation).Contact
	eve := d.Conversation(d.Get(apptest.Post{From: "eve@example.com", Key: "2", Text: "hello", Own: "2"}).Conversation).Contact
	at := func(id desk.ContactID) (at time.Time) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { at, err = tx.Unsubscribed(id); return err }))
		return at
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error { return tx.Unsubscribe(kim, d.Clock.Now()) }))
	if at(kim).IsZero() || !at(eve).IsZero() {
		t.Errorf("%v, %v", at(kim), at(eve))
	}
	yes := true
	d.OK(d.ChangeContact(d.As(d.Owner), kim, app.ContactChange{ShowPictures: &yes}))
	_, err := d.MergeContacts(d.As(d.Owner), eve, kim, nil)
	d.OK(err)
	if at(eve).IsZero() {
		t.Error("who they are known as now is asked")
	}
	// Also through another one; and who goes back takes it along.
	bo := d.Conversation(d.Get(apptest.Post{From: "bo@example.com", Key: "3", Text: "hello", Own: "3"}).Conversation).Contact
	pictures := func(id desk.ContactID) (yes bool) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error { c, err := tx.Contact(id); yes = c.ShowPictures; return err }))
		return yes
	}
	merged, err := d.MergeContacts(d.As(d.Owner), bo, eve, nil)
	d.OK(err)
	if at(bo).IsZero() || !pictures(bo) {
		t.Error("what their customer wants is lost in a second merge")
	}
	_, err = d.UnmergeContacts(d.As(d.Owner), bo, merged.Command)
	d.OK(err)
	if !at(bo).IsZero() || pictures(bo) || at(eve).IsZero() || !pictures(eve) {
		t.Error("who goes back does not take it along")
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error { return tx.Resubscribe(eve) }))
	if !at(eve).IsZero() || !at(kim).IsZero() {
		t.Error("it cannot be taken back")
	}
}
