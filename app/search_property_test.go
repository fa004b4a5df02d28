package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/search"
	"parley/store"
)

// 1.8, F1-43: whoever asks finds exactly what they may read: of their inboxes, as
// far as their visibility goes, what they were called to elsewhere, and nothing of
// another workspace. Notes are no exception.
func TestSearchObeysPermissions(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ctx := d.As(d.Owner)
	back, err := d.CreateInbox(ctx, "Back", desk.PerContact, app.InboxChange{})
	d.OK(err)
	ch, err := d.SaveChannel(ctx, back.ID, 0, "memory", "Back", []byte(`{}`), nil)
	d.OK(err)
	acc, err := d.Lookup(ctx, "memory", ch.Address)
	d.OK(err)
	team, err := d.SaveTeam(ctx, desk.Team{Name: "Team", Members: []desk.UserID{d.Agent.User}, Inboxes: []desk.InboxID{d.Inbox.ID, back.ID}})
	d.OK(err)
	inboxes := []desk.InboxID{d.Inbox.ID}
	both := []desk.InboxID{d.Inbox.ID, back.ID}
	actors := map[string]desk.Actor{"owner": d.Owner, "none": {Kind: desk.ActorUser, User: d.Agent.User, Role: desk.RoleAgent, Inboxes: []desk.InboxID{}}}
	for name, a := range map[string]desk.Actor{
		"front": {Inboxes: inboxes}, "own": {Inboxes: both, View: desk.VisibleOwn}, "team": {Inboxes: both, View: desk.VisibleTeam, Teams: []desk.TeamID{team.ID}}, "viewer": {Inboxes: inboxes, Role: desk.RoleViewer},
	} {
		a.Kind, a.User = desk.ActorUser, d.Agent.User
		actors[name] = a
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var all []desk.ConversationID
	for i := range 60 {
		d.Clock.Add(time.Second)
		account := d.Account
		if i%2 == 0 {
			account = acc
		}
		got, err := d.Receive(t.Context(), account, apptest.Raw(apptest.Post{From: fmt.Sprint("customer ", i), Key: fmt.Sprint(i), Text: fmt.Sprintf("a tulip, the %dth", i)}, d.Clock.Now()), app.Uploads{})
		d.OK(err)
		all = append(all, got.Conversation)
		note := desk.Note{Text: fmt.Sprintf("a hidden tulip crocus%d", i%30)}
		if rnd.IntN(6) == 0 {
			note.Mentions = []desk.Mention{{User: d.Agent.User}}
			note.Text = "@Daniel " + note.Text
		}
		d.OK(err2(d.Do(ctx, got.Conversation, note)))
		switch rnd.IntN(5) {
		case 0:
			d.OK(err2(d.Do(ctx, got.Conversation, desk.Assign{Assignee: d.Agent.User})))
		case 1:
			d.OK(err2(d.Do(ctx, got.Conversation, desk.Transfer{Team: team.ID, Assignee: d.Agent.User, Note: "go on"})))
			d.OK(err2(d.Do(ctx, got.Conversation, desk.Assign{Assignee: d.Owner.User})))
		}
	}
	d.Index()
	other, err := d.CreateWorkspace(ctx, "Other", d.Owner.User)
	d.OK(err)
	foreign := d.Owner
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: other.ID, User: foreign.User}, func(tx *store.Tx) error {
		a, err := tx.Search(words("tulip"))
		if len(a.All) > 0 || a.Cut || a.Next != 0 {
			t.Errorf("another workspace finds %d", len(a.All))
		}
		people, err2 := tx.SearchContacts("customer", 10)
		if len(people) > 0 || err2 != nil {
			t.Errorf("another workspace finds %d customers: %v", len(people), err2)
		}
		return err
	}))
	sizes := map[int]bool{}
	for name, a := range actors {
		var readable []string
		people := map[desk.ContactID]bool{}
		d.OK(d.DB.Read(t.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) error {
			for _, id := range all {
				c, err := tx.Conversation(id)
				if err == nil {
					readable = append(readable, id.String())
				} else if desk.KindOf(err) != desk.NotFound {
					return err
				}
				if seen, err := tx.Contact(d.Conversation(id).Contact); err == nil {
					people[seen.ID] = true
				}
				_ = c
			}
			return nil
		}))
		for _, s := range []store.Search{words("tulip "), words("hidden tulip "), words("croc"), phrase("hidden tulip")} {
			var got []string
			for s.Limit = 7; ; {
				answer := d.Search(a, s)
				for _, h := range answer.All {
					if id := h.Conversation.ID.String(); !slices.Contains(got, id) {
						got = append(got, id)
					}
				}
				if s.Before = answer.Next; s.Before == 0 {
					break
				}
			}
			slices.Sort(got)
			equal(t, name+" "+s.Text.FTS5(), got, slices.Clone(readable))
		}
		var found []store.ContactHit
		d.OK(d.DB.Read(t.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { found, err = tx.SearchContacts("custom", 1000); return err }))
		if len(found) != len(people) || slices.ContainsFunc(found, func(h store.ContactHit) bool { return !people[h.Contact.ID] }) {
			t.Errorf("%s finds %d customers of %d", name, len(found), len(people))
		}
		sizes[len(readable)] = true
	}
	if len(sizes) < 5 {
		t.Errorf("the actors see too much alike: %v", sizes)
	}
	// A correction must not tell of a word that stands in what nobody may read.
	if a := d.Search(actors["none"], words("crocsu3 ")); len(a.Instead) > 0 {
		t.Errorf("somebody without an inbox learns of %v", a.Instead)
	}
}

// Generated questions have the same answer in the index, on either database, as in
// memory; and nothing of a question is ever read as more than words.
func TestSearchEqualsMemory(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	rnd := rand.New(rand.NewPCG(3, 4))
	vocabulary := strings.Fields("red green blue Grün orange bike bikes biker e-mail 4711 李明 'x' NOT AND OR NEAR ws:1 \"q\" a* ^b {c} _w1 ёлка élan")
	text := func(n int) string {
		var b strings.Builder
		for range 1 + rnd.IntN(n) {
			b.WriteString(vocabulary[rnd.IntN(len(vocabulary))] + " ")
		}
		return strings.TrimSpace(b.String())
	}
	for i := range 150 {
		d.Clock.Add(time.Second)
		d.Get(apptest.Post{From: fmt.Sprint("c", i), Key: fmt.Sprint(i), Text: text(9)})
	}
	d.Index()
	var every []store.SearchHit
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, err := tx.Listed(store.List{Limit: 1000, Now: d.Clock.Now()})
		for _, c := range all {
			m, err := tx.LastInbound(c.ID)
			if err != nil {
				return err
			}
			p, err := tx.Contact(c.Contact)
			if err != nil {
				return err
			}
			every = append(every, store.SearchHit{Conversation: c, Message: m, Contact: p.Name})
		}
		return err
	}))
	var expr func(depth int) search.Expr
	expr = func(depth int) search.Expr {
		switch n := rnd.IntN(6); {
		case depth == 0 || n < 2:
			return search.Ask(text(2), rnd.IntN(2) == 0)
		case n < 4:
			return search.And(expr(depth-1), expr(depth-1))
		}
		return search.Or(expr(depth-1), expr(depth-1), expr(depth-1))
	}
	hits := 0
	for range 400 {
		e := expr(3)
		if e.IsZero() {
			continue
		}
		var want []string
		for _, h := range every {
			if e.Match(h.Document().Words()) {
				want = append(want, h.Message.Text)
			}
		}
		got := found(d, d.Owner, store.Search{Text: e, Limit: 1000})
		// A word that nobody wrote is taken for another one: then there may be more.
		if len(got) > len(want) && slices.ContainsFunc(e.Singles(), func(w string) bool {
			return !slices.ContainsFunc(every, func(h store.SearchHit) bool { return search.Phrase(w).Match(h.Document().Words()) })
		}) {
			continue
		}
		equal(t, e.FTS5(), got, want)
		hits += len(got)
	}
	if hits < 1000 {
		t.Errorf("only %d finds", hits)
	}
}

// F3-77: words and conditions together, also in a list.
func TestSearchWithConditions(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ctx := d.As(d.Owner)
	one := d.Get(apptest.Post{From: "ada", Key: "1", Text: "the tulip is red"}).Conversation
	two := d.Get(apptest.Post{From: "bob", Key: "2", Text: "the tulip is blue"}).Conversation
	d.Get(apptest.Post{From: "bob", Key: "3", Text: "and late"})
	d.OK(err2(d.Do(ctx, one, desk.Label{Add: []string{"billing"}})))
	d.Index()
	ask := func(q string) (searched, listed []desk.ConversationID) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), app.ScopeFrom(ctx), func(tx *store.Tx) error {
			names, err := d.FilterNames(tx)
			if err != nil {
				return err
			}
			n, err := filter.Parse(q, names)
			if err != nil {
				return err
			}
			cond := filter.Resolve(n, filter.Env{Now: d.Clock.Now(), Me: d.Owner.User})
			a, err := tx.Search(store.Search{Text: search.Ask("tulip", false), Also: cond, Limit: 10, Now: d.Clock.Now()})
			for _, h := range a.All {
				searched = append(searched, h.Conversation.ID)
			}
			if err != nil {
				return err
			}
			all, _, err := tx.Found(store.Find{Cond: cond, Sort: store.SortNewest, Now: d.Clock.Now(), Limit: 10})
			for _, c := range all {
				listed = append(listed, c.ID)
			}
			return err
		}))
		return searched, listed
	}
	for q, want := range map[string][]desk.ConversationID{
		"tulip tag:billing": {one}, "tulip -tag:billing": {two}, "tulip -red": {two}, `"tulip is"`: {one, two}, "late": {two}, "red OR late": {one, two}, "tulip from:ada": {one},
		"tulip before:2026-01-01": nil, "tulip after:2026-01-01 -late": {one}, "zeppelin": nil, "NOT zeppelin": {one, two},
	} {
		searched, listed := ask(q)
		slices.Sort(searched)
		slices.Sort(listed)
		if !slices.Equal(searched, want) || !slices.Equal(listed, want) {
			t.Errorf("%s: searched %v, listed %v, want %v", q, searched, listed, want)
		}
	}
}

// No text makes a question that an index cannot read.
func FuzzSearch(f *testing.F) {
	d := apptest.New(f, desk.PerContact)
	d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello \"there\" AND 'so' on NEAR(a b) x*"})
	d.Index()
	for _, q := range []string{"hello", `"there`, "a AND", "NEAR(a b, 2)", "x*", "^x", "'; DROP TABLE message; --", "a' <-> 'b", "\\", "a:b:c", "-", "{a b} : c", "李明", "\u0301", "ﷺ", strings.Repeat("wörter ", 60), "_w1", "%", "+46 70"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		err := d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			for _, s := range []store.Search{{Text: search.Ask(q, false), Begun: search.Begun(q)}, {Text: search.Ask(q, true)}} {
				s.Limit = 5
				if _, err := tx.Search(s); err != nil {
					return err
				}
			}
			_, err := tx.SearchContacts(q, 5)
			return err
		})
		if err != nil {
			t.Errorf("%q: %v", q, err)
		}
	})
}
