package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
	"parley/store/storetest"
)

// people makes customers without conversations, in some order of their own, and
// returns what they are called.
func people(d *apptest.Desk, all []desk.Contact) (ids map[desk.ContactID]string) {
	d.T.Helper()
	ids = map[desk.ContactID]string{}
	d.OK(d.DB.Write(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		for _, i := range rand.New(rand.NewPCG(3, 4)).Perm(len(all)) {
			c := all[i]
			c.ID, c.CreatedAt = desk.ContactID(d.DB.IDs.Next(d.Clock.Now())), d.Clock.Now()
			ids[c.ID] = c.Name + "|" + c.Phone + "|" + c.Email
			if err := tx.SaveContact(c); err != nil {
				return err
			}
		}
		return nil
	}))
	return ids
}

func (w *walker) page(d store.Directory) (page store.DirectoryPage, names []string) {
	w.d.T.Helper()
	d.Limit = max(d.Limit, w.limit)
	w.d.OK(w.d.DB.Read(w.d.T.Context(), w.scope, func(tx *store.Tx) (err error) { page, err = tx.Directory(d); return err }))
	for _, r := range page.Rows {
		names = append(names, w.ids[r.Contact.ID])
	}
	return page, names
}

// walker reads the directory in pages.
type walker struct {
	d     *apptest.Desk
	scope store.Scope
	ids   map[desk.ContactID]string
	limit int
}

// on reads all pages from the first one on.
func (w *walker) on(first store.Directory) (all []string) {
	w.d.T.Helper()
	for {
		page, names := w.page(first)
		all = append(all, names...)
		if page.Next == nil {
			return all
		}
		first = store.Directory{Words: first.Words, Tag: first.Tag, After: page.Next}
	}
}

// F3-18: from A to Z whatever accents and capitals names have, who has no name last,
// by phone number, then by address; the same by pages of any size, forwards and back.
func TestDirectoryOrder(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	want := []desk.Contact{
		{Name: "007 Parts"}, {Name: "  ada"}, {Name: "Ada Ek"}, {Name: "ÅDA ek", Email: "x@example.com"}, {Name: "Ængus"}, {Name: "Bo"}, {Name: "émile"}, {Name: "Erik"},
		{Name: "Łukasz"}, {Name: "Mia"}, {Name: "mia", Phone: "1"}, {Name: "Zoë"}, {Name: "🙂"}, {Name: "Жанна"}, {Name: "李"},
		{Phone: "+1 555"}, {Phone: "+46 70 1", Email: "a@example.com"}, {Phone: "+46 70 2"}, {Email: "a@example.com", Phone: "?"}, {Name: " ", Email: "b@example.com"}, {},
	}
	w := &walker{d, store.Scope{Workspace: d.Workspace, User: d.Owner.User}, people(d, want), 100}
	_, all := w.page(store.Directory{})
	// Those who are alike may stand either way.
	alike := strings.NewReplacer("ÅDA ek||x@example.com", "Ada Ek||", "mia|1|", "Mia||")
	for i, c := range want {
		if name := c.Name + "|" + c.Phone + "|" + c.Email; len(all) != len(want) || alike.Replace(all[i]) != alike.Replace(name) {
			t.Fatalf("%q is where %q belongs: %q", all[min(i, len(all)-1)], name, all)
		}
	}
	for _, w.limit = range []int{1, 2, 3, 7, len(want) - 1, len(want)} {
		if got := w.on(store.Directory{}); !slices.Equal(got, all) {
			t.Errorf("by pages of %d: %q", w.limit, got)
		}
		var back []string
		for at := &(store.DirectorySpot{Sorted: "9"}); at != nil; {
			page, names := w.page(store.Directory{Before: at})
			back, at = append(names, back...), page.Prev
		}
		if !slices.Equal(back, all) {
			t.Errorf("back by pages of %d: %q", w.limit, back)
		}
	}
}

// A jump begins where a letter does, and leads on and back; letters are those of
// names without accents.
func TestDirectoryJumps(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	w := &walker{d, store.Scope{Workspace: d.Workspace, User: d.Owner.User}, people(d, []desk.Contact{
		{Name: "7up"}, {Name: "Anna"}, {Name: "Émile"}, {Name: "Mia"}, {Name: "Øyvind"}, {Name: "Зоя"}, {Phone: "+46 1"}, {Email: "a@example.com"},
	}), 100}
	for from, want := range map[string]string{"a": "Anna||", "B": "Émile||", "é": "Émile||", "f": "Mia||", "o": "Øyvind||", "Ø": "Øyvind||", "p": "Зоя||", " ": "7up||", "%": "Зоя||", "_": "Зоя||"} {
		page, names := w.page(store.Directory{From: from})
		if names[0] != want {
			t.Errorf("from %q: %q", from, names)
		}
		if (page.Prev == nil) != (from == " ") {
			t.Errorf("from %q: what is in front is at %v", from, page.Prev)
		}
		if page.Prev != nil {
			_, before := w.page(store.Directory{Before: page.Prev})
			if all := append(before, names...); len(all) != 8 || !slices.Equal(all, w.on(store.Directory{})) {
				t.Errorf("from %q and what is in front of it: %q", from, all)
			}
		}
	}
	if _, names := w.page(store.Directory{Unnamed: true}); !slices.Equal(names, []string{"|+46 1|", "||a@example.com"}) {
		t.Errorf("without a name: %q", names)
	}
	if page, names := w.page(store.Directory{From: "李"}); len(names) != 2 || page.Prev == nil {
		t.Errorf("behind all names: %q", names)
	}
	page, _ := w.page(store.Directory{})
	letters := ""
	for _, r := range page.Rows {
		letters += r.Letter() + "."
	}
	if letters != "#.A.E.M.O.З..." {
		t.Errorf("letters %s", letters)
	}
}

// What the directory is asked for with words and a tag; who was merged into somebody,
// or is called otherwise now, stands where they belong.
func TestDirectoryFilters(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	w := &walker{d, store.Scope{Workspace: d.Workspace, User: d.Owner.User}, people(d, []desk.Contact{
		{Name: "Zoë Müller", Phone: "+46 70-123 45 67"}, {Name: "Anna Muller"}, {Name: "Bo", Email: "muller@example.com"}, {Name: "Cleo"},
	}), 2}
	d.Work()
	var tag desk.Tag
	named := map[string]desk.ContactID{}
	for id, name := range w.ids {
		named[strings.Fields(strings.ReplaceAll(name, "|", " "))[0]] = id
	}
	d.OK(d.DB.Write(t.Context(), w.scope, func(tx *store.WriteTx) (err error) {
		tag = desk.Tag{ID: desk.TagID(d.DB.IDs.Next(d.Clock.Now())), Name: "vip"}
		if err = tx.SaveTag(tag, "vip"); err != nil {
			return err
		}
		for _, name := range []string{"Zoë", "Cleo"} {
			if err = tx.SetContactTags(named[name], []desk.TagID{tag.ID}); err != nil {
				return err
			}
		}
		return index(tx, named)
	}))
	for _, q := range []struct {
		d    store.Directory
		want string
	}{
		{store.Directory{Words: "MULL"}, "Anna Bo Zoë"}, {store.Directory{Words: "üller zo"}, "Zoë"}, {store.Directory{Words: "0701234"}, "Zoë"},
		{store.Directory{Words: "nobody"}, ""}, {store.Directory{Tag: tag.ID}, "Cleo Zoë"}, {store.Directory{Tag: tag.ID, Words: "muller"}, "Zoë"},
		{store.Directory{Words: "muller", From: "b"}, "Bo Zoë"}, {store.Directory{Tag: tag.ID + 1}, ""}, {store.Directory{Words: "%"}, ""},
	} {
		got := []string{}
		for _, name := range w.on(q.d) {
			got = append(got, strings.Fields(strings.ReplaceAll(name, "|", " "))[0])
		}
		if strings.Join(got, " ") != q.want {
			t.Errorf("%+v: %q, want %s", q.d, got, q.want)
		}
	}
	page, _ := w.page(store.Directory{Tag: tag.ID})
	if len(page.Rows[0].Tags) != 1 || page.Rows[0].Tags[0] != tag.ID {
		t.Errorf("tags %v", page.Rows[0].Tags)
	}
	d.OK(d.DB.Write(t.Context(), w.scope, func(tx *store.WriteTx) error {
		c, err := tx.Contact(named["Cleo"])
		if err != nil {
			return err
		}
		c.Name = "Åke"
		if err := tx.SaveContact(c); err != nil {
			return err
		}
		return tx.SetMerged(named["Bo"], named["Anna"])
	}))
	if got := w.on(store.Directory{}); !slices.Equal(got, []string{"Cleo||", "Anna Muller||", "Zoë Müller|+46 70-123 45 67|"}) {
		t.Errorf("now they are %q", got)
	}
}

// index puts customers into the index of words.
func index(tx *store.WriteTx, all map[string]desk.ContactID) error {
	var ids []desk.ContactID
	for _, id := range all {
		ids = append(ids, id)
	}
	docs, err := tx.ContactDocs(ids)
	if err != nil {
		return err
	}
	_, err = tx.SaveSearch(searchState(tx), docs)
	return err
}

// 1.8: who sees some inboxes only finds only who wrote there, in every kind of page.
func TestDirectoryIsBound(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	other := furnish(d, d.Workspace, d.Owner.User, "other")
	got := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	kim := d.Conversation(got.Conversation).Contact
	people(d, []desk.Contact{{Name: "Nobody who ever wrote"}})
	scope := store.Scope{Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{d.Inbox.ID}}
	for _, q := range []store.Directory{{}, {From: "a"}, {Unnamed: true}, {After: &store.DirectorySpot{Sorted: "1"}}, {Before: &store.DirectorySpot{Sorted: "9"}}} {
		q.Limit = 100
		for who, s := range map[string]store.Scope{"somebody of one inbox": scope, "the owner": {Workspace: d.Workspace, User: d.Owner.User}} {
			var found []desk.ContactID
			d.OK(d.DB.Read(t.Context(), s, func(tx *store.Tx) error {
				page, err := tx.Directory(q)
				for _, r := range page.Rows {
					found = append(found, r.Contact.ID)
				}
				return err
			}))
			if who == "the owner" && q == (store.Directory{Limit: 100}) && (len(found) != 3 || !slices.Contains(found, other.contact.ID)) {
				t.Errorf("the owner finds %v", found)
			}
			if who != "the owner" && (slices.Contains(found, other.contact.ID) || len(found) > 1 || !q.Unnamed && !slices.Contains(found, kim)) {
				t.Errorf("%+v: %s finds %v", q, who, found)
			}
		}
	}
}

// Customers of before the directory are put into it when the schema comes up, those of
// a start that was broken off, too.
func TestDirectoryOfOldCustomers(t *testing.T) {
	db := openAt(t, storetest.URL(t))
	if err := db.MigrateTo(t.Context(), 21); err != nil {
		t.Fatal(err)
	}
	const n = 2100 // more than one round
	exec := func(q string, args ...any) {
		t.Helper()
		if err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error { return store.Exec(tx, q, args...) }); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO workspace (id, name, slug, open_scope, created_at) VALUES (1, 'W', 'w', 1, 0)`)
	if err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
		for i := range n {
			if err := store.Exec(tx, `INSERT INTO contact (workspace_id, id, name, email, phone, folded, verified, blocked, created_source, created_at) VALUES (1, ?, ?, '', '', '', ?, ?, '', 0)`,
				i+1, fmt.Sprintf("É%04d", n-i), false, false); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.Read(t.Context(), store.Scope{Workspace: 1}, func(tx *store.Tx) error {
			page, err := tx.Directory(store.Directory{Limit: n})
			if err != nil {
				return err
			}
			for i, r := range page.Rows {
				if r.Contact.ID != desk.ContactID(n-i) || r.Letter() != "E" {
					t.Fatalf("round %d: %s is at %d", round, r.Contact.Name, i)
				}
			}
			if len(page.Rows) != n {
				t.Errorf("%d customers", len(page.Rows))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		exec(`UPDATE contact SET sorted = '' WHERE id > ?`, 50)
	}
}

// A place is one of text that a database keeps, whatever a name is made of.
func FuzzDirectoryName(f *testing.F) {
	for _, s := range []string{"", " ", "Ada", "ÅDA", "🙂", "\xff", strings.Repeat("ab", 200), strings.Repeat("½", 90), "李小龍", "%_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			t.Skip("no database has such a name")
		}
		place := store.SortedAs(name, name, name)
		if spot := (store.DirectorySpot{Sorted: place}); !spot.Valid() || !utf8.ValidString(place) || len(place) > 4*61 {
			t.Errorf("%q stands at %q", name, place)
		}
	})
}
