package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/search"
	"parley/store"
)

// words asks for words as somebody types them.
func words(q string) store.Search {
	return store.Search{Text: search.Ask(q, false), Begun: search.Begun(q)}
}

func phrase(q string) store.Search { return store.Search{Text: search.Ask(q, true)} }

// found returns the texts in which an actor finds something, sorted.
func found(d *apptest.Desk, a desk.Actor, s store.Search) (all []string) {
	d.T.Helper()
	for _, h := range d.Search(a, s).All {
		all = append(all, h.Message.Text)
	}
	slices.Sort(all)
	return all
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// F2-12, F3-76, S-search: words and phrases in messages, notes, subjects and names of
// files; all words by default; one slip, accents and beginnings.
func TestSearchFindsWords(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ctx := d.As(d.Owner)
	spokes := d.Get(apptest.Post{From: "Zoë Müller", Key: "1", Text: "The wheel arrived, but the spokes are bent."}).Conversation
	other := d.Get(apptest.Post{From: "Anna Berg", Key: "2", Text: "Where is my Gutschein? Ring +46 70-123 45 67."}).Conversation
	d.OK(err2(d.Do(ctx, spokes, desk.Note{Text: "She wants a **refund** for the café bill"})))
	file, err := d.Upload(ctx, channel.File{Name: "Rechnung-2026_mai.pdf", ContentType: "application/pdf", Data: []byte("x")}, app.Uploader(d.Owner))
	d.OK(err)
	d.OK(err2(d.Do(ctx, other, desk.Reply{Text: "Here it is.", Files: []desk.AttachmentID{file.ID}})))
	d.Index()
	for _, c := range []struct {
		what string
		ask  store.Search
		want []string
	}{
		{"a word", words("spokes"), []string{"The wheel arrived, but the spokes are bent."}},
		{"two words in one message", words("bent wheel"), []string{"The wheel arrived, but the spokes are bent."}},
		{"a word and the customer's name", words("muller wheel"), []string{"The wheel arrived, but the spokes are bent."}},
		{"words of two messages", words("refund spokes"), nil},
		{"a phrase", phrase("spokes are bent"), []string{"The wheel arrived, but the spokes are bent."}},
		{"a phrase in another order", phrase("bent spokes"), nil},
		{"a note", words("refund"), []string{"She wants a **refund** for the café bill"}},
		{"without the accent", words("cafe bill "), []string{"She wants a **refund** for the café bill"}},
		{"with another one", words("càfé bill "), []string{"She wants a **refund** for the café bill"}},
		{"a name of a file", words("rechnung"), []string{"Here it is."}},
		{"a part of one", words("2026 mai"), []string{"Here it is."}},
		{"the beginning of a word", words("gutsch"), []string{"Where is my Gutschein? Ring +46 70-123 45 67."}},
		{"the beginning of one that is over", words("gutsch "), nil},
		{"letters the wrong way round", words("gutschien "), []string{"Where is my Gutschein? Ring +46 70-123 45 67."}},
		{"a letter missing", words("refnd "), []string{"She wants a **refund** for the café bill"}},
		{"a letter too many", words("spokkes "), []string{"The wheel arrived, but the spokes are bent."}},
		{"two slips", words("sqokkes "), nil},
		{"a phone number in another spelling", store.Search{Text: search.PhoneInText(search.AskedPhone("0701234567"))}, []string{"Where is my Gutschein? Ring +46 70-123 45 67."}},
		{"nothing", words("zeppelin"), nil},
	} {
		equal(t, c.what, found(d, d.Owner, c.ask), c.want)
	}
	if a := d.Search(d.Owner, words("spokkes ")); !slices.Equal(a.Instead["spokkes"], []string{"spokes"}) {
		t.Errorf("it does not say what it looked for instead: %v", a.Instead)
	}
}

// F3-16, F3-17, F3-74: customers by any part of their name, phone numbers in any
// spelling, mail addresses.
func TestSearchFindsCustomers(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	people := []struct{ name, email, phone string }{
		{"Zoë Müller-Lüdenscheidt", "zoe@mueller.example", "+46 70-123 45 67"}, {"Anna Berg", "anna.berg@example.com", "0701 765 432"}, {"Hanna Lind", "", ""}, {"李明", "ming@example.com", "+86 10 6552 9988"},
	}
	for i, p := range people {
		c := d.Conversation(d.Get(apptest.Post{From: p.name, Key: fmt.Sprint(i), Text: "hello"}).Conversation)
		d.OK(d.ChangeContact(d.As(d.Owner), c.Contact, app.ContactChange{Name: &p.name, Email: &p.email, Phone: &p.phone}))
	}
	d.Index()
	for q, want := range map[string][]string{
		"müller": {"Zoë Müller-Lüdenscheidt"}, "MULLER": {"Zoë Müller-Lüdenscheidt"}, "denscheid": {"Zoë Müller-Lüdenscheidt"}, "zo": {"Zoë Müller-Lüdenscheidt"},
		"zoe lud": {"Zoë Müller-Lüdenscheidt"}, "anna": {"Anna Berg", "Hanna Lind"}, "anna berg": {"Anna Berg"}, "berg@": {"Anna Berg"}, "anna.berg@example": {"Anna Berg"},
		"李": {"李明"}, "李明": {"李明"}, "+46701234567": {"Zoë Müller-Lüdenscheidt"}, "070-123 45 67": {"Zoë Müller-Lüdenscheidt"}, "00 46 70 123 45 67": {"Zoë Müller-Lüdenscheidt"},
		"345": {"Zoë Müller-Lüdenscheidt"}, "701": {"Anna Berg", "Zoë Müller-Lüdenscheidt"}, "+46701765432": {"Anna Berg"}, "6552": {"李明"}, "mullre": {"Zoë Müller-Lüdenscheidt"},
		"hana lind": {"Hanna Lind"}, "xyz": nil, "a b c d e f": nil, "''": nil, "%": nil, "_": nil,
	} {
		var got []string
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, err := tx.SearchContacts(q, 10)
			for _, h := range all {
				got = append(got, h.Contact.Name)
			}
			return err
		}))
		slices.Sort(got)
		equal(t, q, got, want)
	}
	// Who is called so is before who has it in the name.
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, err := tx.SearchContacts("anna", 1)
		if err == nil && (len(all) != 1 || all[0].Contact.Name != "Anna Berg") {
			t.Errorf("the first for anna is %+v", all)
		}
		return err
	}))
}

// F2-79: what is found is what things say now: edited and removed notes, renamed
// customers, new names of visitors.
func TestSearchFollows(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ctx := d.As(d.Owner)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello there"}).Conversation
	noted, err := d.Do(ctx, id, desk.Note{Text: "the first tulip"})
	d.OK(err)
	d.Index()
	equal(t, "a note", found(d, d.Owner, words("tulip ")), []string{"the first tulip"})
	d.OK(err2(d.Do(ctx, id, desk.EditNote{Message: noted.Message, Text: "the second rose"})))
	// Before the index has heard of it nothing is shown for what it said.
	equal(t, "what a note said", found(d, d.Owner, words("tulip ")), nil)
	d.Index()
	equal(t, "what a note said", found(d, d.Owner, words("tulip ")), nil)
	equal(t, "what it says", found(d, d.Owner, words("rose ")), []string{"the second rose"})
	undone, err := d.Do(ctx, id, desk.Undo{Command: noted.Command})
	d.OK(err)
	equal(t, "a note that was taken back", found(d, d.Owner, words("rose ")), nil)
	d.Index()
	equal(t, "a note that was taken back", found(d, d.Owner, words("rose ")), nil)
	d.OK(err2(d.Do(ctx, id, desk.Undo{Command: undone.Command})))
	d.Index()
	equal(t, "a note that is there again", found(d, d.Owner, words("rose ")), []string{"the second rose"})
	name := "Kimberly Jørgensen"
	d.OK(d.ChangeContact(ctx, d.Conversation(id).Contact, app.ContactChange{Name: &name}))
	d.Index()
	equal(t, "a new name", found(d, d.Owner, words("hello jorgensen ")), []string{"hello there"})
	equal(t, "the old one", found(d, d.Owner, words("hello kim ")), nil)
}

// An index that is built later, or anew, has the same as one that followed.
func TestSearchIsRebuilt(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	for i := range 250 {
		d.Clock.Add(time.Second)
		d.Get(apptest.Post{From: fmt.Sprintf("customer %d", i%40), Key: fmt.Sprint(i), Text: fmt.Sprintf("message number%d about tulips", i)})
	}
	d.Index() // all of it was there before
	ask := func(what string) {
		t.Helper()
		equal(t, what, found(d, d.Owner, words("number17 ")), []string{"message number17 about tulips"})
		if n := len(d.Search(d.Owner, words("tulips ")).All); n != 40 {
			t.Errorf("%s: %d conversations, want 40", what, n)
		}
		d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
			s, err := tx.SearchState()
			if err != nil || !s.Built() {
				t.Errorf("%s: it is not built: %+v", what, s)
			}
			messages, contacts, err := tx.CountSearch()
			if messages != 250 || contacts != 40 {
				t.Errorf("%s: %d messages and %d customers", what, messages, contacts)
			}
			if err != nil {
				return err
			}
			wrong, err := tx.Unsearchable(s, d.Clock.Now().Add(time.Hour), 10)
			looked, more, err2 := tx.Misindexed(50, d.Clock.Now().Add(time.Hour))
			if len(wrong)+len(more) > 0 || looked == 0 || err2 != nil {
				t.Errorf("%s: %v %v (%d looked at) %v", what, wrong, more, looked, err2)
			}
			return err
		}))
	}
	ask("built later")
	d.OK(d.Reindex(t.Context()))
	equal(t, "while it is empty", found(d, d.Owner, words("number17 ")), nil)
	d.Index()
	ask("built anew")
	d.Get(apptest.Post{From: "customer 1", Key: "more", Text: "the lost tulips"})
	d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		s, err := tx.SearchState()
		if err != nil {
			return err
		}
		wrong, err := tx.Unsearchable(s, d.Clock.Now().Add(time.Hour), 10)
		if len(wrong) != 1 {
			t.Errorf("a message that is not indexed is not missed: %v", wrong)
		}
		return err
	}))
}

// Of two processes that index, one is ahead and the other is told.
func TestSearchIsBuiltOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	d.Index()
	var s store.SearchState
	d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { s, err = tx.SearchState(); return err }))
	save := func() error {
		return d.DB.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error { _, err := tx.SaveSearch(s, nil); return err })
	}
	d.OK(save())
	if err := save(); err == nil || !strings.Contains(err.Error(), "Another Parley") {
		t.Errorf("the second one is told %v", err)
	}
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "tulips"})
	d.Index() // it notices, and goes on
	equal(t, "after another went ahead", found(d, d.Owner, words("tulips ")), []string{"tulips"})
}
