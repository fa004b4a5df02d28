package api_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api"
	"parley/api/apitest"
	"parley/desk"
	"parley/internal/limit"
)

const identitySecret = "a secret of at least thirty-two characters"

// chats is a home whose front chat believes signed identities.
func chats(t *testing.T, change ...func(*api.Options)) *home {
	t.Helper()
	s := apitest.New(t, change...)
	h := newHome(t, s.Team("ZQXHOME"))
	h.Owner.Do("PATCH", h.Path("/channels/"+h.front.Chat), object{"config": object{"identity_secret": identitySecret}}).Want(200)
	return h
}

// jwt signs claims as a site's server does.
func jwt(secret string, header, claims object) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(header) + "." + part(claims)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	return body + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

var hs256 = object{"alg": "HS256", "typ": "JWT"}

func (h *home) claims(sub string) object {
	return object{"sub": sub, "name": sub + " Berg", "email": sub + "@customer.example", "aud": h.front.Key, "exp": h.S.Clock.Now().Add(5 * time.Minute).Unix()}
}

func (h *home) signed(sub string) *apitest.Visitor {
	v := &apitest.Visitor{Client: &apitest.Client{S: h.S, Name: sub}, Key: h.front.Key}
	v.Open(object{"identity": jwt(identitySecret, hs256, h.claims(sub))})
	return v
}

// texts returns what a chat shows.
func texts(s apitest.ChatState) (all []string) {
	for _, m := range s.Messages {
		all = append(all, m.Side+": "+m.Text)
	}
	return all
}

// answer replies to a visitor's conversation as the owner and returns the message.
func (h *home) answer(v *apitest.Visitor, text string) (message string) {
	h.t.Helper()
	return h.do(v.Messages("0").Conversation.ID, "reply", object{"text": text}).Message.ID
}

// A visitor writes, is answered while they look, and comes back later to the same
// conversation. What was sent twice is there once. F2-01, F2-02.
func TestChat(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	if first := v.Open(object{"token": v.Bearer}); first.Conversation != nil || len(first.Messages) != 0 {
		t.Errorf("a new visitor sees %+v", first)
	}
	feed := v.Feed("")
	post := object{"client_id": "00000000-0000-4000-8000-000000000001", "text": "Hello"}
	var one, two apitest.ChatMessage
	v.Do("POST", v.Path("/messages"), post).Want(200).Read(&one)
	v.Do("POST", v.Path("/messages"), post).Want(200).Read(&two)
	if one.ID != two.ID || one.Side != "customer" || one.State != "sent" {
		t.Errorf("%+v, then %+v", one, two)
	}
	if got := feed.Type("message"); !strings.Contains(got.Raw, one.ID) || got.ID != fmt.Sprint(one.Seq) {
		t.Errorf("the feed tells %+v", got)
	}
	reply := h.answer(v, "Hello to you")
	if got := feed.Type("message"); !strings.Contains(got.Raw, reply) || !strings.Contains(got.Raw, "Hello to you") {
		t.Errorf("the feed tells %+v", got)
	}
	again := v.Open(object{"token": v.Bearer})
	if got := texts(again); !slices.Equal(got, []string{"customer: Hello", "team: Hello to you"}) || again.Unread != 1 || !again.Conversation.Open {
		t.Errorf("who comes back sees %q, %d unread", got, again.Unread)
	}
	if got := texts(v.Messages(fmt.Sprint(one.Seq))); !slices.Equal(got, []string{"team: Hello to you"}) {
		t.Errorf("after the first there is %q", got)
	}
	stranger := h.S.Visitor(h.front.Key)
	if got := stranger.Messages("0"); len(got.Messages) != 0 || got.Conversation != nil {
		t.Errorf("a stranger sees %+v", got)
	}
}

// The team learns how far an answer came: delivered when the chat has it, read
// when the visitor has seen it; and the visitor when they were read.
func TestChatReceipts(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	mine := v.Write("Hello")
	reply := h.answer(v, "Hello to you")
	state := func(want string) {
		t.Helper()
		h.S.Eventually("the answer is "+want, func() bool {
			var page struct {
				Items []struct{ Message, State string }
			}
			body := h.Owner.Do("GET", h.Path("/ledger/outbound?limit=100"), nil).Want(200).Body
			if err := json.Unmarshal([]byte(strings.ReplaceAll(body, "message_id", "message")), &page); err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(page.Items, func(i struct{ Message, State string }) bool { return i.Message == reply && i.State == want })
		})
	}
	state("sent")
	feed := v.Feed("")
	feed.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, reply) })
	state("delivered")
	v.Do("POST", v.Path("/seen"), object{"seq": mine.Seq}).Want(204)
	if got := v.Messages("0"); got.Unread != 1 {
		t.Errorf("%d are unread, and only one's own was seen", got.Unread)
	}
	v.Do("POST", v.Path("/seen"), object{"seq": v.Messages("0").LastSeq}).Want(204)
	state("read")
	if got := v.Messages("0"); got.Unread != 0 || got.Messages[0].State != "sent" {
		t.Errorf("%+v", got)
	}
	h.do(v.Messages("0").Conversation.ID, "read", object{})
	feed.Next("that it was read", func(f apitest.Frame) bool { return f.Event == "receipt" && strings.Contains(f.Raw, `"read"`) })
	if got := v.Messages("0"); got.Messages[0].State != "read" {
		t.Errorf("one's own is %q", got.Messages[0].State)
	}
}

// Both sides see each other type, the visitor never that a note is written.
func TestChatTyping(t *testing.T) {
	h := chats(t)
	v, other := h.S.Visitor(h.front.Key), h.S.Visitor(h.front.Key)
	v.Write("Hello")
	other.Write("Hello, too")
	talk := v.Messages("0").Conversation.ID
	team, mine, theirs := h.Owner.Socket(h.Path("/socket")), v.Feed(""), other.Feed("")
	team.Type("hello")
	mine.Type("message")
	theirs.Type("message")
	v.Do("POST", v.Path("/typing"), object{"on": true}).Want(204)
	if got := team.Type("typing"); got.Of != talk || !got.On || got.Actor.Kind != "contact" {
		t.Errorf("the team is told %+v", got)
	}
	team.Say(object{"type": "typing", "conversation_id": talk, "on": true, "mode": "note"})
	team.Say(object{"type": "typing", "conversation_id": talk, "on": true, "mode": "shout"})
	team.Say(object{"type": "typing", "conversation_id": talk, "on": true, "mode": "reply"})
	if got := mine.Type("typing"); got.Raw != `{"name":"ZQXHOME Ek","on":true}` {
		t.Errorf("the visitor is told %+v", got)
	}
	h.answer(other, "only for the other")
	theirs.Next("their answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "only for the other") })
	h.answer(v, "done")
	mine.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "done") })
	n := 0
	for _, f := range append(mine.Frames(), theirs.Frames()...) {
		if f.Event == "typing" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d times somebody typed for visitors", n)
	}
}

// Files go both ways; each visitor sends and sees their own only.
func TestChatFiles(t *testing.T) {
	h := chats(t)
	v, other := h.S.Visitor(h.front.Key), h.S.Visitor(h.front.Key)
	var up struct{ ID, Name, URL string }
	v.Do("POST", v.Path("/attachments"), apitest.File{Name: "../bicycle.txt", Data: "a bicycle"}).Want(201).Read(&up)
	if up.Name != "bicycle.txt" {
		t.Errorf("the file is called %q", up.Name)
	}
	other.Write("Hello")
	before := h.Owner.Do("GET", h.Path("/conversations?view=all"), nil).Body
	for name, files := range map[string][]string{"somebody else's": {up.ID}, "the team's": {h.file}, "one that is none": {"att_0000000000001"}} {
		other.Do("POST", other.Path("/messages"), object{"client_id": rand.Text(), "text": "look", "attachment_ids": files}).Problem(404)
		other.Do("POST", other.Path("/messages"), object{"client_id": rand.Text(), "text": "", "attachment_ids": files}).Problem(404)
		if got := len(other.Messages("0").Messages); got != 1 {
			t.Errorf("%s: there are %d messages", name, got)
		}
	}
	if after := h.Owner.Do("GET", h.Path("/conversations?view=all"), nil).Body; after != before {
		t.Errorf("something was written:\n%s\n%s", before, after)
	}
	post := object{"client_id": rand.Text(), "text": "", "attachment_ids": []string{up.ID}}
	var m, again apitest.ChatMessage
	v.Do("POST", v.Path("/messages"), post).Want(200).Read(&m)
	v.Do("POST", v.Path("/messages"), post).Want(200).Read(&again)
	if len(m.Attachments) != 1 || m.ID != again.ID || len(again.Attachments) != 1 {
		t.Fatalf("%+v, then %+v", m, again)
	}
	nobody := h.S.Nobody()
	if got := nobody.Do("GET", m.Attachments[0].URL, nil).Want(200); got.Body != "a bicycle" {
		t.Errorf("the file is %q", got.Body)
	}
	bare, ticket, _ := strings.Cut(m.Attachments[0].URL, "?t=")
	nobody.Do("GET", bare, nil).Problem(401)
	nobody.Do("GET", bare+"?t=x", nil).Problem(401)
	nobody.Do("GET", bare+"?t="+v.Bearer, nil).Problem(401)
	nobody.Do("GET", bare+"?t="+v.Ticket, nil).Problem(401)
	nobody.Do("GET", strings.Replace(bare, up.ID, h.file, 1)+"?t="+ticket, nil).Problem(404)

	talk := v.Messages("0").Conversation.ID
	noted := h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: "note.txt", Data: "for the team"}).Want(201).ID()
	h.do(talk, "note", object{"text": "n", "attachment_ids": []string{noted}})
	sent := h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: "offer.txt", Data: "for you"}).Want(201).ID()
	h.do(talk, "reply", object{"text": "here", "attachment_ids": []string{sent}})
	nobody.Do("GET", strings.Replace(bare, up.ID, noted, 1)+"?t="+ticket, nil).Problem(404)
	if got := nobody.Do("GET", strings.Replace(bare, up.ID, sent, 1)+"?t="+ticket, nil).Want(200); got.Body != "for you" {
		t.Errorf("the offer is %q", got.Body)
	}
	h.S.Clock.Add(25 * time.Hour)
	nobody.Do("GET", m.Attachments[0].URL, nil).Problem(401)
	nobody.Do("GET", v.Messages("0").Messages[0].Attachments[0].URL, nil).Want(200)
}

// A stream that broke off goes on where it was, also after more messages than are
// shown at once; nothing is missed and nothing comes twice.
func TestChatResumes(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	first := v.Write("Hello")
	talk := v.Messages("0").Conversation.ID
	const many = 230
	for i := range many {
		h.do(talk, "reply", object{"text": fmt.Sprint("answer ", i)})
	}
	check := func(name string, f *apitest.Feed) {
		t.Helper()
		f.Next("the last answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, fmt.Sprintf("answer %d\"", many-1)) })
		n, last := 0, ""
		for _, x := range f.Frames() {
			if x.Event != "message" {
				continue
			}
			if !strings.Contains(x.Raw, fmt.Sprintf("answer %d\"", n)) || x.ID == last {
				t.Fatalf("%s: number %d is %s", name, n, x.Raw)
			}
			n, last = n+1, x.ID
		}
		if n != many {
			t.Errorf("%s: %d answers of %d", name, n, many)
		}
	}
	check("by parameter", v.Feed(fmt.Sprint("&after=", first.Seq)))
	check("by header", v.Feed("&after=0", "Last-Event-ID", fmt.Sprint(first.Seq)))
	got, after := 0, fmt.Sprint(first.Seq)
	for page := v.Messages(after); len(page.Messages) > 0; page = v.Messages(after) {
		for _, m := range page.Messages {
			if m.Text != fmt.Sprint("answer ", got) {
				t.Fatalf("number %d is %q", got, m.Text)
			}
			got++
		}
		after = fmt.Sprint(page.LastSeq)
	}
	if got != many {
		t.Errorf("%d answers of %d by pages", got, many)
	}
	if n := len(v.Messages("0").Messages); n != 100 {
		t.Errorf("a chat that opens shows %d", n)
	}
	late := v.Messages(fmt.Sprint(int64(1)<<53 - 1))
	if len(late.Messages) != 0 {
		t.Errorf("after the end of time there are %d messages", len(late.Messages))
	}
	v.Do("GET", v.Path("/messages?after=9223372036854775807"), nil).Problem(422)
	v.Do("GET", v.Path("/messages?after=-1"), nil).Problem(422)
	v.Do("POST", v.Path("/seen"), object{"seq": int64(1) << 60}).Problem(422)
}

// What was written without a connection is sent when there is one: in its order,
// each with its own id, again and again until it is answered, and is there once.
func TestChatOutbox(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	var queue []object
	for i := range 5 {
		queue = append(queue, object{"client_id": rand.Text(), "text": fmt.Sprint("from the tunnel ", i)})
	}
	for range 3 { // answers that were lost on the way
		v.Open(object{"token": v.Bearer})
		for _, q := range queue {
			v.Do("POST", v.Path("/messages"), q).Want(200)
		}
	}
	state := v.Messages("0")
	if len(state.Messages) != len(queue) {
		t.Fatalf("%q", texts(state))
	}
	for i, m := range state.Messages {
		if m.Text != queue[i]["text"] || m.ClientID != queue[i]["client_id"] {
			t.Errorf("number %d is %+v", i, m)
		}
	}
	// The same id of another visitor is another message.
	other := h.S.Visitor(h.front.Key)
	var m apitest.ChatMessage
	other.Do("POST", other.Path("/messages"), object{"client_id": queue[0]["client_id"], "text": "mine"}).Want(200).Read(&m)
	if m.Text != "mine" || m.ID == state.Messages[0].ID {
		t.Errorf("another visitor got %+v", m)
	}
}

// A visitor sees nothing that is the team's: no notes, no facts, no ids and
// addresses of people, no other visitor.
func TestChatTellsOnlyWhatIsTheirs(t *testing.T) {
	h := chats(t)
	v, other := h.S.Visitor(h.front.Key), h.S.Visitor(h.front.Key)
	agent := h.Join("Private Person", desk.RoleAgent, h.front.ID)
	for _, c := range []*apitest.Visitor{v, other} {
		c.Secret = map[string]string{
			"zqxnote": "a note", "zqxsummary": "a summary", "zqxreason": "a reason", "zqxtag": "a tag", agent.User.String(): "an id of a person", h.Owner.User.String(): "an id of a person",
			"private.person@example.com": "an address of a person", h.front.ID: "an inbox", h.ID.String(): "a workspace", "cmd_": "a command",
		}
	}
	v.Secret["zqxother"], other.Secret["zqxmine"] = "another visitor's words", "another visitor's words"
	v.Write("zqxmine")
	other.Write("zqxother")
	feed := v.Feed("")
	feed.Type("message")
	talk := v.Messages("0").Conversation.ID
	h.do(talk, "assign", object{"assignee_id": agent.User.String(), "note": "zqxnote", "priority": "urgent"})
	h.do(talk, "prioritize", object{"priority": "high", "reason": "zqxreason"})
	h.do(talk, "tag", object{"add": []string{"zqxtag"}})
	h.do(talk, "note", object{"text": "zqxnote"})
	h.do(talk, "resolve", object{"summary": "zqxsummary"})
	h.do(talk, "reopen", object{})
	agent.Do("POST", h.Path("/conversations/"+talk+"/reply"), object{"text": "the answer"}).Want(200)
	h.answer(other, "zqxother answer")
	feed.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "the answer") })
	v.Do("GET", v.Path("/config"), nil).Want(200)
	state := v.Open(object{"token": v.Bearer})
	if got := texts(state); !slices.Equal(got, []string{"customer: zqxmine", "team: the answer"}) || state.Messages[1].Author.Name != "Private Person" || state.Messages[1].Author.ID != "" {
		t.Errorf("they see %+v", state.Messages)
	}
	for _, f := range feed.Frames() {
		if !slices.Contains([]string{"message", "presence", "state", "receipt", "typing"}, f.Event) {
			t.Errorf("they are told %s", f.Raw)
		}
	}
	// What opens their own chat opens nothing of the team's.
	for _, path := range []string{"/conversations/" + talk, "/members", "/attachments/" + h.file} {
		v.Do("GET", h.Path(path), nil).Problem(401)
	}
}

// Who writes without end is slowed down: a visitor, wherever they write from, and
// an address, whoever writes from it. Others are not.
func TestChatLimits(t *testing.T) {
	const at = 12
	limited := func(o *api.Options) {
		l, err := limit.New(at, time.Hour, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		o.Widget = l
	}
	s := apitest.New(t, limited)
	h := &home{Team: s.Team("ZQXHOME"), t: t}
	b := h.Box("front")
	from := func(c *apitest.Client, ip string) apitest.Answer {
		return c.Do("POST", "/api/widget/v1/"+b.Key+"/typing", object{"on": true}, "X-Forwarded-For", ip)
	}
	open := func(ip string) *apitest.Client {
		var state apitest.ChatState
		s.Nobody().Do("POST", "/api/widget/v1/"+b.Key+"/session", object{}, "X-Forwarded-For", ip).Want(200).Read(&state)
		return &apitest.Client{S: s, Name: ip, Bearer: state.Token}
	}
	one := open("192.0.2.1")
	for i := range at {
		from(one, fmt.Sprintf("198.51.100.%d", i)).Want(204)
	}
	a := from(one, "198.51.100.200")
	a.Problem(429)
	if a.Header.Get("Retry-After") == "" {
		t.Errorf("it does not say when: %v", a.Header)
	}
	another := open("198.51.100.200")
	from(another, "198.51.100.200").Want(204)
	var last apitest.Answer
	for range at {
		last = s.Nobody().Do("POST", "/api/widget/v1/"+b.Key+"/session", object{}, "X-Forwarded-For", "203.0.113.1")
		last.Want(200)
	}
	s.Nobody().Do("POST", "/api/widget/v1/"+b.Key+"/session", object{}, "X-Forwarded-For", "203.0.113.1").Problem(429)
	from(another, "203.0.113.2").Want(204)
}
