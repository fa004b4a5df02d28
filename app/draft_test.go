package app_test

import (
	"slices"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// begun is a draft of the agent that a teammate may see.
type begun struct {
	*apptest.Desk
	t     *testing.T
	talk  desk.ConversationID
	other desk.Actor
}

func newBegun(t *testing.T) begun {
	d := apptest.New(t, desk.PerContact)
	b := begun{d, t, d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation, d.Join("Priya Nair", "priya@example.com", desk.RoleAgent, d.Inbox.ID)}
	b.save(d.Agent, 0, "Dear Kim")
	return b
}

func (b begun) save(by desk.Actor, revision int64, text string, files ...desk.AttachmentID) app.DraftState {
	b.t.Helper()
	d, err := b.SaveDraft(b.As(by), store.Draft{Conversation: b.talk, Mode: "reply", Text: text, Files: files, Revision: revision})
	b.OK(err)
	return d
}

func (b begun) share(with ...desk.Actor) {
	b.t.Helper()
	var users []desk.UserID
	for _, a := range with {
		users = append(users, a.User)
	}
	_, _, err := b.ShareDraft(b.As(b.Agent), b.talk, "reply", users)
	b.OK(err)
}

// shown returns the drafts of others that somebody sees.
func (b begun) shown(to desk.Actor) (all []store.SharedDraft) {
	b.t.Helper()
	b.OK(b.DB.Read(b.t.Context(), app.ScopeFrom(b.As(to)), func(tx *store.Tx) (err error) { all, err = tx.SharedDrafts(b.talk); return err }))
	return all
}

func (b begun) mine(a desk.Actor) (d store.Draft) {
	b.t.Helper()
	b.OK(b.DB.Read(b.t.Context(), app.ScopeFrom(b.As(a)), func(tx *store.Tx) (err error) { d, err = tx.Draft(b.talk, "reply"); return err }))
	return d
}

func (b begun) told(a desk.Actor) (kinds []desk.NewsKind) {
	b.t.Helper()
	b.OK(b.DB.Read(b.t.Context(), app.ScopeFrom(b.As(a)), func(tx *store.Tx) error {
		all, err := tx.Notifications(0, 10)
		for _, n := range all {
			if n.Kind == desk.NewsDraft {
				kinds = append(kinds, n.Kind)
			}
		}
		return err
	}))
	return kinds
}

// A teammate who is asked is told once, and sees the draft as it is, until it is
// shared with them no longer.
func TestShareDraft(t *testing.T) {
	b := newBegun(t)
	if len(b.shown(b.other)) != 0 {
		t.Error("a draft is seen before it is shared")
	}
	b.share(b.other)
	b.share(b.other, b.Owner)
	b.Work()
	if n := len(b.told(b.other)); n != 1 {
		t.Errorf("who was asked is told %d times", n)
	}
	b.save(b.Agent, 1, "Dear Kim, a new pack")
	shown := b.shown(b.other)
	if len(shown) != 1 || shown[0].Owner != b.Agent.User || shown[0].Text != "Dear Kim, a new pack" {
		t.Errorf("they see %+v", shown)
	}
	if len(b.shown(b.Owner)) != 1 || len(b.shown(b.Agent)) != 0 {
		t.Error("somebody else sees it, or its owner sees it twice")
	}
	b.share(b.Owner)
	if len(b.shown(b.other)) != 0 {
		t.Error("it is seen after the end of sharing")
	}
	if seen, err := b.DeleteDraft(b.As(b.Agent), b.talk, "reply", 0); err != nil || !slices.Equal(seen, []desk.UserID{b.Owner.User}) {
		t.Errorf("those who saw it: %v, %v", seen, err)
	}
	b.save(b.Agent, 0, "another")
	if len(b.shown(b.Owner)) != 0 {
		t.Error("the next draft is shared, too")
	}
}

// Only teammates who could send it are shown a draft, and nothing is shared before it
// is there.
func TestShareDraftRefused(t *testing.T) {
	b := newBegun(t)
	outside := b.Join("Out Side", "out@example.com", desk.RoleAgent)
	viewer := b.Join("View Er", "view@example.com", desk.RoleViewer, b.Inbox.ID)
	for what, c := range map[string]struct {
		by   desk.Actor
		with desk.UserID
		kind desk.Kind
	}{
		"themselves":          {b.Agent, b.Agent.User, desk.Invalid},
		"of another inbox":    {b.Agent, outside.User, desk.Invalid},
		"a viewer":            {b.Agent, viewer.User, desk.Invalid},
		"no member":           {b.Agent, 4711, desk.NotFound},
		"without a draft":     {b.other, b.Agent.User, desk.Conflict},
		"who does not see it": {outside, b.Agent.User, desk.NotFound},
	} {
		_, _, err := b.ShareDraft(b.As(c.by), b.talk, "reply", []desk.UserID{c.with})
		if desk.KindOf(err) != c.kind {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.TakeDraft(b.As(b.other), b.talk, "reply", b.Agent.User); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a draft that is not shared is taken: %v", err)
	}
}

// Whoever takes a draft has it alone, with its files and before their own words; who
// had it sees how it goes on, and can take it back. No word is lost, none is there twice.
func TestTakeDraft(t *testing.T) {
	b := newBegun(t)
	file, err := b.Upload(b.As(b.Agent), channel.File{Name: "a.txt", ContentType: "text/plain", Data: []byte("x")}, app.Uploader(b.Agent))
	b.OK(err)
	b.save(b.Agent, 1, "Dear Kim", file.ID)
	b.save(b.other, 0, "Own words")
	b.share(b.other, b.Owner)
	taken, err := b.TakeDraft(b.As(b.other), b.talk, "reply", b.Agent.User)
	b.OK(err)
	if taken.Text != "Dear Kim\n\nOwn words" || !slices.Equal(taken.Files, []desk.AttachmentID{file.ID}) || taken.Revision != 2 {
		t.Errorf("it is %+v", taken)
	}
	if was := b.mine(b.Agent); was.Revision != 0 {
		t.Errorf("two have it: %+v", was)
	}
	for _, a := range []desk.Actor{b.Agent, b.Owner} {
		if shown := b.shown(a); len(shown) != 1 || shown[0].Owner != b.other.User {
			t.Errorf("they see %+v", shown)
		}
	}
	// A window of the first owner that has not heard of it cannot write over it.
	_, err = b.SaveDraft(b.As(b.Agent), store.Draft{Conversation: b.talk, Mode: "reply", Text: "Dear Kim, and", Revision: 2})
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("a stale window: %v", err)
	}
	back, err := b.TakeDraft(b.As(b.Agent), b.talk, "reply", b.other.User)
	b.OK(err)
	if !strings.HasPrefix(back.Text, "Dear Kim") || b.mine(b.other).Revision != 0 || len(b.shown(b.Agent)) != 0 {
		t.Errorf("taken back: %+v", back)
	}
	// Its file is sent by whoever has it.
	r, err := b.Do(b.As(b.Agent), b.talk, desk.Reply{Text: back.Text, Files: back.Files})
	b.OK(err)
	if m := b.Message(r.Message); len(m.Files) != 1 {
		t.Errorf("it was sent with %d files", len(m.Files))
	}
}

// Two who take from each other at once end with one draft that has the words of both.
func TestTakeDraftAtOnce(t *testing.T) {
	b := newBegun(t)
	b.save(b.other, 0, "Own words")
	b.share(b.other)
	if _, _, err := b.ShareDraft(b.As(b.other), b.talk, "reply", []desk.UserID{b.Agent.User}); err != nil {
		t.Fatal(err)
	}
	n := atOnce(t, func(i int) error {
		by, from := b.Agent, b.other
		if i%2 == 0 {
			by, from = from, by
		}
		_, err := b.TakeDraft(b.As(by), b.talk, "reply", from.User)
		return err
	})
	if n == 0 {
		t.Error("nobody has it")
	}
	all := b.mine(b.Agent).Text + b.mine(b.other).Text
	if strings.Count(all, "Dear Kim") != 1 || strings.Count(all, "Own words") != 1 {
		t.Errorf("the drafts are %q", all)
	}
}

// The end of a draft in one window leaves what another window wrote since.
func TestDeleteDraftOfAnOldRevision(t *testing.T) {
	b := newBegun(t)
	b.save(b.Agent, 1, "more words")
	if _, err := b.DeleteDraft(b.As(b.Agent), b.talk, "reply", 1); err != nil {
		t.Fatal(err)
	}
	if d := b.mine(b.Agent); d.Text != "more words" {
		t.Errorf("it is %+v", d)
	}
	if _, err := b.DeleteDraft(b.As(b.Agent), b.talk, "reply", 2); err != nil {
		t.Fatal(err)
	}
	if d := b.mine(b.Agent); d.Revision != 0 {
		t.Errorf("it is still %+v", d)
	}
}

// A draft is there again after its conversation was somebody else's in between.
func TestDraftSurvivesReassignment(t *testing.T) {
	b := newBegun(t)
	own := desk.VisibleOwn
	b.OK(b.ChangeMember(b.As(b.Owner), b.Agent.User, app.MemberChange{ProfileChange: app.ProfileChange{Visibility: &own}}))
	give := func(to desk.Actor) {
		t.Helper()
		b.OK(err2(b.Do(b.As(b.Owner), b.talk, desk.Assign{Assignee: to.User})))
	}
	enter := func() desk.Actor {
		t.Helper()
		a, err := b.Enter(t.Context(), b.Workspace, b.Agent.User)
		b.OK(err)
		return a
	}
	give(b.Agent)
	give(b.other)
	if _, err := b.SaveDraft(b.As(enter()), store.Draft{Conversation: b.talk, Mode: "reply", Text: "x", Revision: 1}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a draft in a conversation they do not see: %v", err)
	}
	give(b.Agent)
	if d := b.mine(enter()); d.Text != "Dear Kim" {
		t.Errorf("the draft is %+v", d)
	}
}
