package effect_test

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/effect"
	"parley/internal/pushtest"
	"parley/internal/safehttp"
	"parley/internal/webpush"
	"parley/store"
)

// phone is a desk whose agent has a browser that takes pushed messages.
type phone struct {
	*apptest.Desk
	*pushtest.Service
	session store.Session
}

// newPhone signs the agent in, on a Monday at 09:00, and subscribes their browser.
func newPhone(t *testing.T) *phone {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	p := &phone{Desk: d, Service: pushtest.New(t, time.Now)}
	d.Effects = append(d.Effects, effect.Push{App: d.App, Client: safehttp.Rooted(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, p.Roots()), Contact: "https://desk.example"})
	keys, err := d.PushKeys(t.Context())
	d.OK(err)
	p.Key = keys.Public
	token, err := d.NewSession(t.Context(), d.Agent.User, "a browser", "192.0.2.1")
	d.OK(err)
	p.session, err = d.SessionNow(t.Context(), token)
	d.OK(err)
	_, err = d.Subscribe(t.Context(), p.session, webpush.Target{Endpoint: p.URL + "/push/1", P256dh: p.Browser.P256dh(), Auth: p.Browser.Secret()}, "a browser")
	d.OK(err)
	return p
}

// decisions returns who was told of what in a conversation: "mention told app push".
func decisions(d *apptest.Desk, id desk.ConversationID, u desk.UserID) (all []string) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		list, err := tx.Decisions(id, 0, 100)
		for _, n := range slices.Backward(list) {
			if n.User != u {
				continue
			}
			said := []string{string(n.Kind), n.State}
			for _, f := range n.Forms {
				said = append(said, string(f))
			}
			if n.Reason != "" {
				said = append(said, "because "+n.Reason)
			}
			if !n.DueAt.IsZero() {
				said = append(said, "rest "+n.DueAt.Format("Mon 15:04"))
			}
			all = append(all, strings.Join(said, " "))
		}
		return err
	}))
	return all
}

func is(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// F1-43, F3-42: a mention and an assignment reach the bell and the browser, once
// each however often the effect runs, and nobody is told what they did themselves.
func TestToldOnce(t *testing.T) {
	p := newPhone(t)
	c := p.Get(apptest.Post{From: "kim", Key: "1", Text: "My bike is stuck"}).Conversation
	p.Work()
	r, err := p.Do(p.As(p.Owner), c, desk.Note{Text: "@Daniel Berg can you look? @Maja too"})
	p.OK(err)
	_, err = p.Do(p.As(p.Owner), c, desk.Assign{Assignee: p.Agent.User})
	p.OK(err)
	var wg sync.WaitGroup // many nodes at once
	for range 8 {
		wg.Go(func() {
			if err := (effect.Notify{App: p.App}).Run(app.System(t.Context(), p.Workspace), r.Events[0], app.Try{Number: 2}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	p.Work()
	is(t, "the agent", decisions(p.Desk, c, p.Agent.User), "new_conversation told app", "mention told app desktop push", "assigned told app desktop push")
	is(t, "the owner, who did it", decisions(p.Desk, c, p.Owner.User))
	got := p.Got()
	if len(got) != 2 {
		t.Fatalf("%d were pushed: %+v", len(got), got)
	}
	var m app.PushMessage
	first := slices.IndexFunc(got, func(g pushtest.Got) bool { return strings.Contains(g.Plain, `"mention"`) }) // they leave side by side
	if first < 0 {
		t.Fatalf("no mention was pushed: %+v", got)
	}
	p.OK(json.Unmarshal([]byte(got[first].Plain), &m))
	if m.Kind != "mention" || m.Actor != "Maja Ek" || !strings.HasSuffix(m.Path, "/all/"+c.String()) {
		t.Errorf("%+v", m)
	}
	if strings.Contains(got[first].Plain, "can you look") {
		t.Error("what people wrote was pushed")
	}
}

// 5.4: outside working hours only the bell says it; the rest comes when they
// begin, if it still matters and was not seen.
func TestHeldOutsideWorkingHours(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*phone, desk.ConversationID)
		want      []string
		pushed    int
	}{
		"still theirs": {func(*phone, desk.ConversationID) {}, []string{"assigned told app desktop push"}, 1},
		"no longer theirs": {func(p *phone, id desk.ConversationID) {
			_, err := p.Do(p.As(p.Agent), id, desk.Unassign{})
			p.OK(err)
		}, []string{"assigned told app because over"}, 0},
		"seen": {func(p *phone, _ desk.ConversationID) { p.OK(p.ReadNotifications(p.As(p.Agent), 1<<62)) }, []string{"assigned told app because seen"}, 0},
		"signed out": {func(p *phone, _ desk.ConversationID) {
			p.OK(p.SignOut(p.Desk.T.Context(), p.Agent.User, p.session.ID))
		}, []string{"assigned told app because signed_out"}, 0},
		"hours moved": {func(p *phone, _ desk.ConversationID) {
			h := desk.Preferences{}.WorkingHours()
			h.Week.Tuesday = []desk.Period{{From: 11 * 60, To: 12 * 60}}
			p.OK(p.SavePreferences(p.As(p.Agent), desk.Preferences{Hours: &h}))
		}, []string{"assigned told app rest Tue 11:00"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPhone(t)
			id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
			p.OK(p.SavePreferences(p.As(p.Agent), desk.Preferences{Forms: map[desk.NewsKind][]desk.Form{desk.NewsConversation: {}}}))
			p.Work()
			p.Clock.Add(9 * time.Hour) // 18:00
			_, err := p.Do(p.As(p.Owner), id, desk.Assign{Assignee: p.Agent.User})
			p.OK(err)
			p.Work()
			is(t, "in the evening", decisions(p.Desk, id, p.Agent.User), "new_conversation suppressed because switched_off", "assigned told app rest Tue 09:00")
			if n := len(p.Got()); n != 0 {
				t.Fatalf("%d were pushed in the evening", n)
			}
			c.meanwhile(p, id)
			p.Clock.Add(15*time.Hour - time.Second)
			p.Work()
			if n := len(p.Got()); n != 0 {
				t.Fatalf("%d were pushed before nine", n)
			}
			p.Clock.Add(time.Second)
			p.Work()
			is(t, "at nine", decisions(p.Desk, id, p.Agent.User)[1:], c.want...)
			if n := len(p.Got()); n != c.pushed {
				t.Errorf("%d were pushed at nine", n)
			}
		})
	}
}

// F1-03: the team of an inbox is told of a new conversation; nobody who is signed
// in nowhere, and nobody when somebody has it already.
func TestNewConversation(t *testing.T) {
	p := newPhone(t)
	viewer := p.Join("Vera Lund", "vera@example.com", desk.RoleViewer, p.Inbox.ID)
	away := p.Join("Olle Holm", "olle@example.com", desk.RoleAgent, p.Inbox.ID)
	id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	p.Work()
	is(t, "who is signed in", decisions(p.Desk, id, p.Agent.User), "new_conversation told app")
	is(t, "who is not", decisions(p.Desk, id, away.User), "new_conversation suppressed because signed_out")
	is(t, "who may only read", decisions(p.Desk, id, viewer.User))
	other := p.Get(apptest.Post{From: "eve", Key: "2", Text: "hello"}).Conversation
	_, err := p.Do(p.As(p.Owner), other, desk.Assign{Assignee: away.User})
	p.OK(err)
	p.Work()
	is(t, "when it is another's", decisions(p.Desk, other, p.Agent.User), "new_conversation suppressed because assigned")
}

// 1.8: who sees only their own conversations is not told that another began; nobody
// is told anything of an inbox that takes no new ones (F0-29).
func TestNotToldOfWhatIsNotSeen(t *testing.T) {
	p := newPhone(t)
	view := desk.VisibleOwn
	p.OK(p.ChangeMember(p.As(p.Owner), p.Agent.User, app.MemberChange{ProfileChange: app.ProfileChange{Visibility: &view}}))
	id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	p.Work()
	_, err := p.Do(p.As(p.Owner), id, desk.Assign{Assignee: p.Agent.User})
	p.OK(err)
	p.Work()
	is(t, "who sees their own", decisions(p.Desk, id, p.Agent.User), "new_conversation suppressed because no_member", "assigned told app desktop push")
	settings := desk.InboxSettings{}
	settings.TrackingDisabled = true
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Settings: &settings}))
	_, err = p.Do(p.As(p.Owner), id, desk.Unassign{})
	p.OK(err)
	p.Work()
	is(t, "in an inbox that is not tracked", decisions(p.Desk, id, p.Agent.User)[2:], "unassigned suppressed because untracked")
}

// F3-36: who asked for a reminder is told although they asked themselves, in their
// working hours.
func TestReminderIsHeld(t *testing.T) {
	p := newPhone(t)
	id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	p.Work()
	_, err := p.Do(p.As(p.Agent), id, desk.Assign{Assignee: p.Owner.User, RemindAt: p.Clock.Now().Add(10 * time.Hour)})
	p.OK(err)
	p.Work()
	p.Clock.Add(10 * time.Hour) // 19:00
	p.Work()
	is(t, "in the evening", decisions(p.Desk, id, p.Agent.User)[1:], "reminder told app rest Tue 09:00")
	p.Clock.Add(14 * time.Hour)
	p.Work()
	is(t, "at nine", decisions(p.Desk, id, p.Agent.User)[1:], "reminder told app desktop push")
}

// There is one set of working hours: those an admin gives somebody hold what
// disturbs them and move their digest, and those they choose are what rules see.
func TestOneSetOfHours(t *testing.T) {
	p := newPhone(t)
	agent := p.As(p.Agent)
	p.OK(p.SavePreferences(agent, desk.Preferences{Digest: true}))
	chosen := func() (pref store.Preference, m desk.Member) {
		p.OK(p.DB.Read(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
			all, err := tx.Preferences([]desk.UserID{p.Agent.User})
			if err != nil {
				return err
			}
			pref = all[p.Agent.User]
			m, err = tx.Member(p.Agent.User)
			return err
		}))
		return pref, m
	}
	if got, m := chosen(); got.DigestAt.Format("Mon 15:04") != "Mon 16:00" || m.Hours != nil {
		t.Fatalf("usual hours: %v, %v", got.DigestAt, m.Hours)
	}
	hours := desk.Hours{Zone: "UTC", Week: desk.Week{Monday: []desk.Period{{From: 12 * 60, To: 20 * 60}}}}
	p.OK(p.ChangeMember(p.As(p.Owner), p.Agent.User, app.MemberChange{ProfileChange: app.ProfileChange{Hours: &hours}}))
	if got, _ := chosen(); got.DigestAt.Format("Mon 15:04") != "Mon 19:00" || got.Settings.Hours == nil || !got.Settings.Digest {
		t.Errorf("hours of an admin: %+v", got)
	}
	id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	_, err := p.Do(p.As(p.Owner), id, desk.Note{Text: "@Daniel, look"})
	p.OK(err)
	p.Work()
	is(t, "at nine", decisions(p.Desk, id, p.Agent.User)[1:], "mention told app rest Mon 12:00")
	hours.Week.Monday[0].From = 9 * 60
	p.OK(p.SavePreferences(agent, desk.Preferences{Hours: &hours}))
	if _, m := chosen(); m.OffHours(p.Clock.Now()) || m.Hours == nil {
		t.Errorf("hours they chose: %+v", m.Hours)
	}
	p.OK(p.SavePreferences(agent, desk.Preferences{}))
	if got, m := chosen(); m.Hours != nil || got.Settings.Hours != nil || !got.DigestAt.IsZero() {
		t.Errorf("forgotten hours: %+v, %+v", got, m.Hours)
	}
}

// A browser that is gone is forgotten; one whose service is busy is tried again;
// after signing out nothing is pushed (none after sign-out).
func TestPushesEnd(t *testing.T) {
	p := newPhone(t)
	id := p.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	mention := func() {
		t.Helper()
		_, err := p.Do(p.As(p.Owner), id, desk.Note{Text: "@Daniel, look"})
		p.OK(err)
		p.Work()
	}
	browsers := func() (n int) {
		p.OK(p.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
			all, err := tx.Pushes(p.Agent.User, p.Clock.Now())
			n = len(all)
			return err
		}))
		return n
	}
	p.Answer(503)
	mention()
	p.Answer(201)
	p.Clock.Add(time.Minute)
	p.Work()
	if n := len(p.Got()); n != 1 {
		t.Fatalf("%d were pushed after the service came back", n)
	}
	p.Answer(410)
	mention()
	if n := browsers(); n != 0 {
		t.Fatalf("%d browsers are left that are gone", n)
	}
	p.Answer(201)
	_, err := p.Subscribe(t.Context(), p.session, webpush.Target{Endpoint: p.URL + "/push/2", P256dh: p.Browser.P256dh(), Auth: p.Browser.Secret()}, "again")
	p.OK(err)
	p.OK(p.SignOut(t.Context(), p.Agent.User, p.session.ID))
	if n := browsers(); n != 0 {
		t.Fatalf("%d browsers are left after signing out", n)
	}
	mention()
	if n := len(p.Got()); n != 1 {
		t.Errorf("%d were pushed after signing out", n)
	}
	_, err = p.Subscribe(t.Context(), p.session, webpush.Target{Endpoint: "http://push.example/1", P256dh: p.Browser.P256dh(), Auth: p.Browser.Secret()}, "")
	if desk.KindOf(err) != desk.Invalid {
		t.Errorf("an endpoint without encryption: %v", err)
	}
}

// The keys of an install are made once, however many ask first, and sealed.
func TestPushKeys(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	keys := make([]webpush.Keys, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = d.PushKeys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] || k.Private == "" {
			t.Fatalf("%+v", keys)
		}
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		v, err := tx.InstallValue("push_keys")
		if strings.Contains(v, keys[0].Private) || v == "" {
			t.Error("the private key is not sealed")
		}
		return err
	}))
}
