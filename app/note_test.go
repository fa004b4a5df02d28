package app_test

import (
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// look reads as an actor.
func look(d *apptest.Desk, a desk.Actor, fn func(*store.Tx) error) error {
	return d.DB.Read(d.T.Context(), app.ScopeFrom(d.As(a)), fn)
}

// F1-45, F1-46: every text of a note stays to be read, with who and when; an edit
// is taken back, and an edit after that is a new one.
func TestNoteEditions(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	agent := d.As(d.Agent)
	r, err := d.Do(agent, id, desk.Note{Text: "first"})
	d.OK(err)
	d.Clock.Add(3600e9)
	_, err = d.Do(agent, id, desk.EditNote{Message: r.Message, Text: "second, @Maja Ek"})
	d.OK(err)
	third, err := d.Do(agent, id, desk.EditNote{Message: r.Message, Text: "third"})
	d.OK(err)
	_, err = d.Do(agent, id, desk.Undo{Command: third.Command})
	d.OK(err)
	m := d.Message(r.Message)
	if m.Text != "second, @Maja Ek" || m.Edition != 2 || m.Editions != 3 || len(m.Mentions) != 1 || !m.EditedAt.Equal(d.Clock.Now()) {
		t.Fatalf("%+v", m)
	}
	_, err = d.Do(agent, id, desk.EditNote{Message: r.Message, Text: "fourth"})
	d.OK(err)
	d.OK(look(d, d.Agent, func(tx *store.Tx) error {
		all, err := tx.NoteEditions(r.Message)
		var texts []string
		for _, e := range all {
			texts = append(texts, e.Text)
			if e.User != d.Agent.User || e.At.IsZero() {
				t.Errorf("%+v", e)
			}
		}
		if got := strings.Join(texts, "; "); got != "first; second, @Maja Ek; third; fourth" {
			t.Errorf("editions: %s", got)
		}
		return err
	}))
}

// A note of 200 kB, and a mention of nobody, are refused in a sentence, and
// nothing is changed.
func TestBadNotes(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	before := d.Conversation(id)
	for text, want := range map[string]desk.Kind{
		strings.Repeat("ä", 200_000): desk.TooLarge, "look, @Nobody": desk.Invalid, " \n": desk.Invalid,
	} {
		if _, err := d.Do(d.As(d.Agent), id, desk.Note{Text: text}); desk.KindOf(err) != want || len(err.Error()) > 300 {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if after := d.Conversation(id); after.Version != before.Version || after.Messages != before.Messages {
		t.Errorf("%+v", after)
	}
}

// F1-43: whoever is mentioned may read the conversation although it is in no inbox
// of theirs, and change nothing; others still do not see it.
func TestMentionedMayRead(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	outside, other := d.Join("Otto Falk", "otto@example.com", desk.RoleAgent), d.Join("Olga Falk", "olga@example.com", desk.RoleAgent)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	sees := func(a desk.Actor) bool {
		err := look(d, a, func(tx *store.Tx) error { _, err := tx.Conversation(id); return err })
		return err == nil
	}
	if sees(outside) {
		t.Fatal("somebody of no inbox sees it")
	}
	r, err := d.Do(d.As(d.Agent), id, desk.Note{Text: "@Otto, what do you think?"})
	d.OK(err)
	if !sees(outside) || sees(other) {
		t.Errorf("mentioned sees it: %v, another: %v", sees(outside), sees(other))
	}
	d.OK(look(d, outside, func(tx *store.Tx) error { _, err := tx.MessageByID(r.Message); return err }))
	for _, cmd := range []desk.Command{desk.Reply{Text: "hi"}, desk.Note{Text: "hm"}, desk.Close{}, desk.Assign{Assignee: outside.User}, desk.PinNote{Message: r.Message}} {
		if _, err := d.Do(d.As(outside), id, cmd); desk.KindOf(err) != desk.Forbidden {
			t.Errorf("%T: %v", cmd, err)
		}
	}
	if _, err = d.Do(d.As(outside), id, desk.MarkRead{}); err != nil {
		t.Errorf("reading: %v", err)
	}
	d.Work()
	d.OK(look(d, outside, func(tx *store.Tx) error {
		all, err := tx.Notifications(0, 10)
		if len(all) != 1 || all[0].Kind != desk.NewsMention || all[0].Note != r.Message {
			t.Errorf("%+v", all)
		}
		return err
	}))
	// The ledger agrees with what was done.
	d.OK(look(d, d.Owner, func(tx *store.Tx) error {
		all, err := tx.Listed(store.List{View: store.ViewAll, Tab: store.TabOpen, Now: d.Clock.Now(), Limit: 10})
		if len(all) != 1 {
			t.Errorf("%d are listed", len(all))
		}
		return err
	}))
	if got := d.List(outside, store.List{View: store.ViewAll, Tab: store.TabOpen}); len(got) != 0 {
		t.Errorf("%d are in the lists of who only reads one", len(got))
	}
}

// F1-43: whoever sees only their own conversations, or those of their teams, may
// read the one they are called to, by name, as one of a team or with everybody,
// and change nothing in it; nobody reads what they were not called to.
func TestGroupsMentionedMayRead(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	own := d.Join("Otto Falk", "otto@example.com", desk.RoleAgent, d.Inbox.ID)
	elsewhere := d.Join("Olga Falk", "olga@example.com", desk.RoleAgent)
	view := desk.VisibleOwn
	d.OK(d.ChangeMember(d.As(d.Owner), own.User, app.MemberChange{ProfileChange: app.ProfileChange{Visibility: &view}}))
	_, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Night shift", Members: []desk.UserID{own.User, elsewhere.User}})
	d.OK(err)
	for text, want := range map[string][2]bool{ // who sees only their own, who is elsewhere
		"nothing to see": {false, false}, "@Otto": {true, false}, "@Olga": {false, true}, "@everyone": {true, false}, "ask @night shift": {true, true},
	} {
		t.Run(text, func(t *testing.T) {
			id := d.Get(apptest.Post{From: text, Key: text, Text: "hello"}).Conversation
			_, err := d.Do(d.As(d.Agent), id, desk.Note{Text: text})
			d.OK(err)
			d.Work()
			for i, a := range []desk.UserID{own.User, elsewhere.User} {
				m, err := d.Enter(t.Context(), d.Workspace, a)
				d.OK(err)
				read := look(d, m, func(tx *store.Tx) error { _, err := tx.Conversation(id); return err })
				if (read == nil) != want[i] {
					t.Errorf("%d may read it: %v", i, read)
				}
				kind := desk.NotFound
				if want[i] {
					kind = desk.Forbidden
				}
				if _, err := d.Do(d.As(m), id, desk.Close{}); desk.KindOf(err) != kind {
					t.Errorf("%d closes it: %v", i, err)
				}
				var told int
				d.OK(look(d, m, func(tx *store.Tx) error {
					all, err := tx.Notifications(0, 100)
					for _, n := range all {
						if n.Conversation == id && n.Kind == desk.NewsMention {
							told++
						}
					}
					return err
				}))
				if (told == 1) != want[i] {
					t.Errorf("%d was told %d times", i, told)
				}
				for _, c := range d.List(m, store.List{View: store.ViewAll, Tab: store.TabOpen}) {
					if c.ID == id {
						t.Errorf("%d has it in a list", i)
					}
				}
			}
		})
	}
}

// F3-67, F3-68: a note about a customer is there for everybody who sees them, is
// changed by its author, removed and put back.
func TestContactNotes(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	contact := d.Conversation(d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation).Contact
	outside := d.Join("Otto Falk", "otto@example.com", desk.RoleAgent)
	n, err := d.AddContactNote(d.As(d.Agent), contact, " Prefers **mornings** ")
	d.OK(err)
	list := func(a desk.Actor) (texts []string) {
		d.OK(look(d, a, func(tx *store.Tx) error {
			all, err := tx.ContactNotes(contact)
			for _, x := range all {
				texts = append(texts, x.Author+": "+x.Text)
			}
			return err
		}))
		return texts
	}
	if got := list(d.Owner); len(got) != 1 || got[0] != "Daniel Berg: Prefers **mornings**" {
		t.Fatalf("%q", got)
	}
	text, yes, no := "Prefers evenings", true, false
	if _, err := d.ChangeContactNote(d.As(d.Owner), contact, n.ID, &text, nil); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("another's note: %v", err)
	}
	_, err = d.ChangeContactNote(d.As(d.Agent), contact, n.ID, &text, nil)
	d.OK(err)
	_, err = d.ChangeContactNote(d.As(d.Owner), contact, n.ID, nil, &yes)
	d.OK(err)
	if got := list(d.Agent); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
	_, err = d.ChangeContactNote(d.As(d.Owner), contact, n.ID, nil, &no)
	d.OK(err)
	if got := list(d.Agent); len(got) != 1 || got[0] != "Daniel Berg: Prefers evenings" {
		t.Errorf("%q", got)
	}
	if _, err := d.AddContactNote(d.As(outside), contact, "x"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a contact of no inbox of theirs: %v", err)
	}
	if _, err := d.AddContactNote(d.As(d.Agent), contact, strings.Repeat("x", 20_001)); desk.KindOf(err) != desk.TooLarge {
		t.Errorf("a long one: %v", err)
	}
}
