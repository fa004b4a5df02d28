package api_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"parley/api/apitest"
	"parley/desk"
	"parley/store"
)

// facts returns the ids of the facts that frames carry, in their order.
func facts(frames []apitest.Frame) (all []string) {
	for _, f := range frames {
		for _, i := range f.Items {
			all = append(all, i.Event.ID)
		}
	}
	return all
}

// Whoever was away is told all that happened meanwhile, wherever they stopped, as
// often as it takes; once each, in order, and of nothing else.
func TestFeedResumes(t *testing.T) {
	w := newWorld(t)
	h := w.home
	agent := w.callers["agent"]
	watch := agent.Socket(h.Path("/socket"))
	start := watch.Type("hello").Cursor
	for i := range 12 {
		h.do(h.talk.ID, "note", object{"text": fmt.Sprint("note ", i)})
		h.do(w.backTalk.ID, "note", object{"text": "ZQXHOMEBACK"})
		w.away.do(w.away.talk.ID, "note", object{"text": "ZQXAWAY"})
		if i%4 == 0 {
			h.fresh()
		}
	}
	h.do(h.talk.ID, "note", object{"text": "the last one"})
	end := func(f *apitest.Feed) {
		t.Helper()
		f.Next("the last note", func(x apitest.Frame) bool { return strings.Contains(x.Raw, `"text":"the last one"`) })
	}
	end(watch)
	told := watch.Frames()
	all := facts(told)
	if len(all) < 16 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Fatalf("the agent was told %v", all)
	}
	before := 0
	for i, f := range told {
		before += len(f.Items)
		if f.Type != "change" && f.Type != "hello" {
			continue
		}
		for name, again := range map[string]*apitest.Feed{
			"a socket": agent.Socket(h.Path("/socket?cursor=" + f.Cursor)), "a stream": agent.Stream(h.Path("/stream?cursor=" + f.Cursor)),
			"a stream that a browser opens again": agent.Stream(h.Path("/stream?cursor="+start), "Last-Event-ID", f.Cursor),
		} {
			again.Type("hello")
			s := fmt.Sprintf("all %d facts after frame %d", len(all)-before, i)
			w.s.Eventually(name+" is told "+s, func() bool { return len(facts(again.Frames())) >= len(all)-before })
			// A frame in the middle of a batch does not move the cursor, so what came
			// before it in its batch is told again, and never twice in one feed.
			w.s.Eventually(name+" is told every one of them", func() bool { return within(facts(again.Frames()), all[before:]) })
			if got := facts(again.Frames()); !within(all, got) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Errorf("%s that begins after frame %d is told %v, of %v", name, i, got, all)
			}
			again.Close()
		}
	}
	// A screen that resumes goes on with what happens then.
	again := agent.Socket(h.Path("/socket?cursor=" + start))
	end(again)
	h.do(h.talk.ID, "note", object{"text": "and then"})
	again.Next("what happens then", func(x apitest.Frame) bool { return strings.Contains(x.Raw, "and then") })
}

// A cursor that means nothing, that is of another time, or that is too old to
// catch up with makes a screen look at everything again, and then go on.
func TestFeedResets(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	first := h.Owner.Socket(h.Path("/socket"))
	old := first.Type("hello").Cursor
	h.write(func(tx *store.WriteTx) error {
		for range 2100 {
			e := desk.Event{Workspace: h.ID, At: s.Clock.Now().UTC(), By: desk.Actor{Kind: desk.ActorSystem}, Command: 1, Fact: desk.SettingsChanged{Subject: "tag", ID: "x", Action: "changed"}}
			if err := tx.AppendEvent(&e); err != nil {
				return err
			}
		}
		return nil
	})
	s.Feed.Ring()
	first.Type("settings")
	for name, cursor := range map[string]string{
		"garbled": "x", "half of one": "5-", "negative": "0--5", "too old": old, "of the beginning": "0-0", "of the future": "9000000000000000000-9000000000000000000", "too large": "99999999999999999999-1",
		"with NUL": "0-%001",
	} {
		for kind, open := range map[string]func(string) *apitest.Feed{
			"socket": func(c string) *apitest.Feed { return h.Owner.Socket(h.Path("/socket?cursor=" + c)) },
			"stream": func(c string) *apitest.Feed { return h.Owner.Stream(h.Path("/stream?cursor=" + c)) },
		} {
			if name == "with NUL" {
				h.Owner.Do("GET", h.Path("/"+kind+"?cursor="+cursor), nil).Problem(422)
				continue
			}
			f := open(cursor)
			now := f.Type("reset").Cursor
			h.do(h.talk.ID, "note", object{"text": "after " + name})
			f.Next("what happens after "+name, func(x apitest.Frame) bool { return strings.Contains(x.Raw, "after "+name) })
			f.Close()
			again := h.Owner.Socket(h.Path("/socket?cursor=" + now))
			again.Next("it again", func(x apitest.Frame) bool { return strings.Contains(x.Raw, "after "+name) })
			again.Close()
		}
	}
}

// Whoever signs out, is signed out, loses a token, a role, an inbox or the
// membership has no feed from then on, and comes back as what they are now.
func TestFeedsEndWithTheRight(t *testing.T) {
	w := newWorld(t)
	h := w.home
	cases := map[string]struct {
		act  func(c *apitest.Client)
		back int
	}{
		"signed out": {func(c *apitest.Client) { c.Do("DELETE", "/api/v1/session", nil).Want(204) }, 401},
		"signed out from elsewhere": {func(c *apitest.Client) {
			var page struct {
				Items []struct {
					ID      string
					Current bool
				}
			}
			c.Do("GET", "/api/v1/sessions", nil).Want(200).Read(&page)
			here := *c
			here.SignInAgain()
			for _, s := range page.Items {
				if s.Current {
					here.Do("DELETE", "/api/v1/sessions/"+s.ID, nil).Want(204)
				}
			}
		}, 401},
		"with another password": {func(c *apitest.Client) {
			c.Do("PATCH", "/api/v1/me", object{"current_password": apitest.Password, "password": "tulip-harbour-nine"}).Want(200)
		}, 401},
		"not a member any more": {func(c *apitest.Client) {
			h.Owner.Do("PATCH", h.Path("/members/"+c.User.String()), object{"active": false}).Want(204)
		}, 404},
		"a viewer now": {func(c *apitest.Client) {
			h.Owner.Do("PATCH", h.Path("/members/"+c.User.String()), object{"role": "viewer"}).Want(204)
		}, 101},
		"out of the inbox": {func(c *apitest.Client) {
			h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"member_ids": []string{h.target.User.String()}}).Want(200)
		}, 101},
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range cases {
			if !yield(name) {
				return
			}
		}
	}) {
		c := h.Join("ZQXHOME "+name, desk.RoleAgent, h.front.ID)
		socket, stream := c.Socket(h.Path("/socket")), c.Stream(h.Path("/stream"))
		socket.Type("hello")
		stream.Type("hello")
		bystander := h.target.Socket(h.Path("/socket"))
		bystander.Type("hello")
		cases[name].act(c)
		if code := socket.Ended(); code != websocket.StatusGoingAway {
			t.Errorf("%s: the socket is closed with %d", name, code)
		}
		stream.Ended()
		f, resp, err := c.TrySocket(h.Path("/socket"))
		if resp == nil || resp.StatusCode != cases[name].back {
			t.Errorf("%s: they come back and hear %v, %v", name, resp, err)
		}
		if f != nil {
			f.Type("hello")
		}
		if name == "out of the inbox" { // the feed is without it
			c.Do("GET", h.Path("/conversations/"+h.talk.ID), nil).Want(404)
			h.do(h.talk.ID, "note", object{"text": "behind their back"})
			h.Owner.Do("PATCH", h.Path("/tags/"+h.tag(t)), object{"name": "end"}).Want(200)
			f.Type("settings")
			for _, x := range f.Frames() {
				if x.Type == "change" {
					t.Errorf("they are told %s", x.Raw)
				}
			}
			continue
		}
		h.do(h.talk.ID, "note", object{"text": "for who stays, after " + name})
		bystander.Next("what happens", func(x apitest.Frame) bool { return strings.Contains(x.Raw, "after "+name) })
	}
	token, id := h.Token(h.Owner, "read")
	f := token.Socket(h.Path("/socket"))
	f.Type("hello")
	h.Owner.Do("DELETE", h.Path("/tokens/"+id), nil).Want(204)
	f.Ended()
	if _, resp, err := token.TrySocket(h.Path("/socket")); err == nil || resp.StatusCode != 401 {
		t.Errorf("a token that was revoked: %v", resp)
	}
}

// A server that stops says so to every feed, at once; who comes then is sent away,
// too.
func TestFeedsWhenTheServerStops(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	var sockets, streams []*apitest.Feed
	for range 5 {
		sockets, streams = append(sockets, h.Owner.Socket(h.Path("/socket"))), append(streams, h.Owner.Stream(h.Path("/stream")), s.Visitor(h.front.Key).Feed(""))
	}
	for _, f := range sockets {
		f.Type("hello")
	}
	s.Hub.CutAll()
	late := h.Owner.Socket(h.Path("/socket"))
	for _, f := range append(sockets, late) {
		if code := f.Ended(); code != websocket.StatusGoingAway {
			t.Errorf("closed with %d", code)
		}
	}
	for _, f := range streams {
		f.Ended()
	}
	s.Eventually("all have gone", func() bool { agents, visitors := s.Hub.Connected(); return agents+visitors == 0 })
}

// Somebody who does not read is let go, keeps nobody waiting, and is told all of
// it when they come back.
func TestSlowReader(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	fast := h.Owner.Socket(h.Path("/socket"))
	fast.Type("hello")
	dialer := &net.Dialer{}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, address)
		if tcp, ok := c.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(4096)
		}
		return c, err
	}}}
	slow, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.HTTP.URL, "http")+h.Path("/socket"), &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: http.Header{"Cookie": {"parley_session=" + h.target.Cookie}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.CloseNow()
	slow.SetReadLimit(16 << 20)
	_, hello, err := slow.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(hello), `"cursor":"`)
	cursor, _, _ := strings.Cut(rest, `"`)
	text := strings.Repeat("a long note ", 7_000)
	const n = 160
	for i := range n {
		h.do(h.talk.ID, "note", object{"text": text + fmt.Sprint(i)})
	}
	s.Eventually("who does not read is let go", func() bool { return screens(s) == 1 })
	h.do(h.talk.ID, "note", object{"text": "the last one"})
	for _, f := range []*apitest.Feed{fast, h.target.Socket(h.Path("/socket?cursor=" + cursor))} {
		f.Next("the last note", func(x apitest.Frame) bool { return strings.Contains(x.Raw, `"text":"the last one"`) })
		told := map[string]bool{}
		for _, frame := range f.Frames() {
			for _, x := range frame.Items {
				if x.Message != nil && (x.Message.Text == "the last one" || strings.HasPrefix(x.Message.Text, text)) {
					told[x.Message.ID] = true
				}
			}
		}
		if len(told) != n+1 {
			t.Errorf("%s is told %d notes of %d", f.Name, len(told), n+1)
		}
	}
}

// within reports whether all has every one of some.
func within[T comparable](all, some []T) bool {
	return !slices.ContainsFunc(some, func(x T) bool { return !slices.Contains(all, x) })
}

// screens counts the open feeds.
func screens(s *apitest.Server) int {
	agents, visitors := s.Hub.Connected()
	return agents + visitors
}

// What becomes known of a customer is told with their id, and no screen looks at all
// settings again for it; that an address works again names the customers at it.
func TestFeedTellsOfCustomers(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	screen := h.Owner.Socket(h.Path("/socket"))
	screen.Type("hello")
	kim := h.talk.Contact
	contact := h.Path("/contacts/" + kim)
	h.Owner.Do("PATCH", contact, object{"email": "kim@example.com", "unsubscribed": true}).Want(200)
	heard := func() int {
		n := 0
		for _, f := range screen.Frames() {
			if f.Type == "contacts" && strings.Contains(f.Raw, `"contact_ids":["`+kim+`"]`) {
				n++
			}
		}
		return n
	}
	s.Eventually("the change is told", func() bool { return heard() == 1 })
	back := func(address string) {
		h.write(func(tx *store.WriteTx) error {
			return tx.SaveBounced(desk.BouncedAddress{Address: address, Hard: true, Times: 1, Reason: "No such user", Message: 7, At: s.Clock.Now().UTC()})
		})
	}
	back("kim@example.com")
	forget := func(address string) {
		h.Owner.Do("DELETE", h.Path("/bounced-addresses?address="+address), nil).Want(204)
	}
	forget("KIM@example.com")
	s.Eventually("it is told that the address works again", func() bool { return heard() == 2 })
	forget("kim@example.com") // known to work: no news
	h.Owner.Do("PATCH", contact, object{"unsubscribed": false}).Want(200)
	s.Eventually("that they asked to hear again is told", func() bool { return heard() == 3 })
	for _, f := range screen.Frames() {
		if f.Type == "settings" {
			t.Errorf("settings are looked at again: %s", f.Raw)
		}
	}
	// Of an address of nobody the audit log has the message that came back.
	back("nobody@example.com")
	forget("nobody@example.com")
	screen.Type("settings")
	if n := heard(); n != 3 {
		t.Errorf("told %d times, of three changes", n)
	}
}
