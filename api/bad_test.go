package api_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
)

// bad is a request that does not fit.
type bad struct {
	name, method, path string
	body               any
	header             []string
	want               int
}

// snapshot is all there is to see for the owner.
func (h *home) snapshot() string {
	var b strings.Builder
	for _, path := range []string{
		"", "/members", "/inboxes", "/tags", "/tokens", "/invitations", "/conversations?view=all&limit=200", "/contacts", "/contacts/directory", "/ledger/inbound?limit=100", "/ledger/outbound", "/notifications",
		"/conversations/" + h.talk.ID + "/timeline", "/conversations/" + h.talk.ID + "/drafts/reply",
	} {
		b.WriteString(h.Owner.Do("GET", h.Path(path), nil).Want(200).Body + "\n")
	}
	return b.String()
}

// Each of these is answered with a problem that says what to do, writes nothing,
// and does not keep the same client from a good request.
func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	h := w.home
	draft := h.Path("/conversations/" + h.talk.ID + "/drafts/reply")
	h.Owner.Do("PUT", draft, object{"text": "begun", "revision": 0}).Want(200)
	h.Owner.Do("POST", h.Path("/conversations/"+h.talk.ID+"/note"), object{"text": "once"}, "Idempotency-Key", "used").Want(200)
	talk := h.Path("/conversations/" + h.talk.ID)
	deep := strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000)
	unknown := "cnv_0000000000001"
	cursor := func(s string) string { return url.QueryEscape(base64.RawURLEncoding.EncodeToString([]byte(s))) }
	form := "multipart/form-data; boundary=b"
	invited := func(change func(id, secret string)) string {
		var i struct{ ID, URL string }
		h.Owner.Do("POST", h.Path("/invitations"), object{"email": "late@example.com", "role": "agent"}).Want(201).Read(&i)
		_, secret, _ := strings.Cut(i.URL, "/invitation/")
		change(i.ID, secret)
		return "/api/v1/invitations/" + secret
	}
	revoked := invited(func(id, _ string) { h.Owner.Do("DELETE", h.Path("/invitations/"+id), nil).Want(204) })
	accept := object{"name": "Late", "password": apitest.Password}
	cases := []bad{
		// What was sent is not what it says.
		{"JSON that breaks off", "POST", h.Path("/tags"), `{"name":`, nil, 400},
		{"JSON with something after it", "POST", h.Path("/tags"), `{"name":"x"} y`, nil, 400},
		{"no body", "POST", h.Path("/tags"), nil, nil, 400},
		{"null", "POST", h.Path("/tags"), `null`, nil, 422},
		{"a list for an object", "POST", h.Path("/tags"), `[]`, nil, 422},
		{"a number for a text", "POST", h.Path("/tags"), `{"name":5}`, nil, 422},
		{"a text for a number", "PUT", draft, `{"text":"x","revision":"1"}`, nil, 422},
		{"a fraction for a number", "PUT", draft, `{"text":"x","revision":1.5}`, nil, 422},
		{"a number that is too large", "PUT", draft, `{"text":"x","revision":1e400}`, nil, 400},
		{"a field that is not known", "POST", h.Path("/tags"), `{"name":"x","colour":"c1"}`, nil, 422},
		{"a word that is not in the list", "POST", talk + "/prioritize", object{"priority": "most urgent"}, nil, 422},
		{"the second of two equal keys is wrong", "POST", h.Path("/tags"), `{"name":"x","color":"c1","color":"red"}`, nil, 422},
		{"deep nesting", "POST", h.Path("/tags"), strings.Repeat("[", 200_000), nil, 400},
		{"deep nesting in settings", "POST", h.Path("/inboxes/" + h.front.ID + "/channels"), `{"kind":"webchat","config":` + deep + `}`, nil, 422},
		{"a setting that is not known", "POST", h.Path("/inboxes/" + h.front.ID + "/channels"), object{"kind": "webchat", "config": object{"greting": "Hello"}}, nil, 422},
		{"settings of another kind", "POST", h.Path("/inboxes/" + h.front.ID + "/channels"), object{"kind": "webchat", "config": []int{1}}, nil, 422},
		{"a kind of channel that is not known", "POST", h.Path("/inboxes/" + h.front.ID + "/channels"), object{"kind": "fax", "config": object{}}, nil, 422},
		{"bytes that are no UTF-8", "POST", h.Path("/tags"), "{\"name\":\"\xff\xfe\"}", nil, 400},
		{"a body that is too large", "POST", talk + "/note", object{"text": strings.Repeat("x", 1<<20)}, nil, 413},
		{"a text that is too long", "POST", talk + "/note", object{"text": strings.Repeat("x", 200_001)}, nil, 422},
		{"nothing but spaces", "POST", talk + "/reply", object{"text": " \n\t "}, nil, 422},
		{"nothing but NUL", "POST", talk + "/reply", object{"text": "\x00\x00"}, nil, 422},
		{"a name that is empty when it is clean", "POST", h.Path("/tags"), object{"name": "\x00"}, nil, 422},
		{"NUL in a client's id", "POST", talk + "/reply", object{"text": "x", "client_id": "a\x00b"}, nil, 422},
		{"a space in a client's id", "POST", talk + "/note", object{"text": "x", "client_id": "a b"}, nil, 422},

		// Of what type it is.
		{"plain text", "POST", h.Path("/tags"), `{"name":"x"}`, []string{"Content-Type", "text/plain"}, 415},
		{"XML", "POST", h.Path("/tags"), `<name>x</name>`, []string{"Content-Type", "application/xml"}, 415},
		{"a form for JSON", "POST", h.Path("/tags"), `name=x`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"JSON for a form", "POST", h.Path("/attachments"), `{"file":"x"}`, nil, 422},
		{"a form without a boundary", "POST", h.Path("/attachments"), `x`, []string{"Content-Type", "multipart/form-data"}, 422},
		{"a form that breaks off", "POST", h.Path("/attachments"), "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nxx", []string{"Content-Type", form}, 422},
		{"a form without the file", "POST", h.Path("/attachments"), "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nxx\r\n--b--\r\n", []string{"Content-Type", form}, 422},
		{"a packed body", "POST", h.Path("/tags"), `{"name":"x"}`, []string{"Content-Encoding", "gzip"}, 422},

		// Whom it names.
		{"an id of nothing", "GET", h.Path("/conversations/" + unknown), nil, nil, 404},
		{"an id of another kind", "GET", h.Path("/conversations/" + h.talk.Contact), nil, nil, 404},
		{"an id that is none", "GET", h.Path("/conversations/1%20OR%201=1"), nil, nil, 404},
		{"NUL in an id", "GET", h.Path("/conversations/cnv_%00"), nil, nil, 422},
		{"an id that is no UTF-8", "GET", h.Path("/conversations/cnv_%ff"), nil, nil, 422},
		{"an endless id", "GET", h.Path("/conversations/" + strings.Repeat("x", 5000)), nil, nil, 404},
		{"a workspace that is none", "GET", "/api/v1/workspaces/x/members", nil, nil, 404},
		{"a workspace that is not there", "GET", "/api/v1/workspaces/wsp_0000000000001/members", nil, nil, 404},
		{"an id in a body that is none", "POST", talk + "/assign", object{"assignee_id": "me"}, nil, 422},
		{"an id in a body of nobody", "POST", talk + "/assign", object{"assignee_id": "usr_0000000000001"}, nil, 404},
		{"somebody of another workspace", "POST", talk + "/assign", object{"assignee_id": w.away.target.User.String()}, nil, 404},
		{"a file of another workspace", "POST", talk + "/reply", object{"text": "x", "attachment_ids": []string{w.away.file}}, nil, 404},
		{"a file that is sent already", "POST", talk + "/reply", object{"text": "x", "attachment_ids": []string{h.file}}, nil, 404},
		{"a channel of another workspace", "POST", talk + "/reply", object{"text": "x", "channel_id": w.away.front.System}, nil, 404},
		{"a channel that is none", "POST", talk + "/reply", object{"text": "x", "channel_id": "chn_0000000000001"}, nil, 404},
		{"a tag of another workspace", "POST", talk + "/tag", object{"add": []string{"tag_0000000000001"}}, nil, 404},
		{"a message of another conversation read", "POST", talk + "/read", object{"message_id": w.backTalk.Message}, nil, 404},
		{"a message of another conversation unread", "POST", talk + "/unread", object{"message_id": w.backTalk.Message}, nil, 404},
		{"a command of another conversation", "POST", talk + "/undo", object{"command_id": "cmd_0000000000001"}, nil, 404},
		{"a member of another workspace for an inbox", "PATCH", h.Path("/inboxes/" + h.front.ID), object{"member_ids": []string{w.away.target.User.String()}}, nil, 404},
		{"an inbox of another workspace for a member", "PATCH", h.Path("/members/" + h.target.User.String()), object{"inbox_ids": []string{w.away.front.ID}}, nil, 404},
		{"a contact of another workspace", "POST", h.Path("/conversations"), object{"inbox_id": h.front.ID, "contact": object{"id": w.away.talk.Contact}}, nil, 404},

		// What has changed since.
		{"a reply to an old version", "POST", talk + "/reply", object{"text": "x", "expected_version": 1}, nil, 409},
		{"the end of an old version", "POST", talk + "/close", object{"expected_version": 1}, nil, 409},
		{"the resolution of an old version", "POST", talk + "/resolve", object{"expected_version": 1}, nil, 409},
		{"a draft of an old revision", "PUT", draft, object{"text": "other", "revision": 0}, nil, 409},
		{"an assignment by somebody who saw another assignee", "POST", talk + "/assign", object{"assignee_id": h.Owner.User.String(), "expected_assignee_id": h.target.User.String()}, nil, 409},
		{"a key that was used for something else", "POST", talk + "/note", object{"text": "twice"}, []string{"Idempotency-Key", "used"}, 409},
		{"a key that was used elsewhere", "POST", talk + "/reply", object{"text": "once"}, []string{"Idempotency-Key", "used"}, 409},
		{"a key that is too long", "POST", talk + "/note", object{"text": "x"}, []string{"Idempotency-Key", strings.Repeat("x", 201)}, 422},
		{"a key that is no UTF-8", "POST", talk + "/note", object{"text": "x"}, []string{"Idempotency-Key", "\xff"}, 422},

		// Which part of a list.
		{"a limit of nothing", "GET", h.Path("/conversations?limit=0"), nil, nil, 422},
		{"a limit that is too large", "GET", h.Path("/conversations?limit=201"), nil, nil, 422},
		{"a limit below nothing", "GET", h.Path("/contacts?limit=-1"), nil, nil, 422},
		{"a limit that is no number", "GET", h.Path("/ledger/inbound?limit=all"), nil, nil, 422},
		{"a cursor that is none", "GET", h.Path("/conversations?cursor=x"), nil, nil, 422},
		{"a cursor of another form", "GET", h.Path("/conversations?cursor=" + cursor(`{"a":1,"i":2}`)), nil, nil, 422},
		{"a cursor with something after it", "GET", h.Path("/conversations?cursor=" + cursor(`{"a":"2026-01-01T00:00:00Z","i":"`+h.talk.ID+`"}x`)), nil, nil, 422},
		{"a cursor that names nothing", "GET", h.Path("/conversations?cursor=" + cursor(`{}`)), nil, nil, 422},
		{"a cursor that is null", "GET", h.Path("/conversations?cursor=" + cursor(`null`)), nil, nil, 422},
		{"a number for a cursor that is none", "GET", h.Path("/contacts?cursor=-1"), nil, nil, 422},
		{"a place among customers that names nothing", "GET", h.Path("/contacts/directory?cursor=" + cursor(`{}`)), nil, nil, 422},
		{"a place among customers of another form", "GET", h.Path("/contacts/directory?cursor=" + cursor(`{"s":1}`)), nil, nil, 422},
		{"a place among customers with NUL in it", "GET", h.Path("/contacts/directory?before=" + cursor(`{"s":"1a\u0000"}`)), nil, nil, 422},
		{"a place among customers that is too long", "GET", h.Path("/contacts/directory?before=" + cursor(`{"s":"1`+strings.Repeat("a", 61)+`"}`)), nil, nil, 422},
		{"NUL in the beginning of a name", "GET", h.Path("/contacts/directory?from=%00"), nil, nil, 422},
		{"a number for a cursor that is too large", "GET", talk + "/timeline?before=9223372036854775808", nil, nil, 422},
		{"a view that is none", "GET", h.Path("/conversations?view=yours"), nil, nil, 422},
		{"a parameter that is not known", "GET", h.Path("/conversations?limt=5"), nil, nil, 422},
		{"NUL in a search", "GET", h.Path("/contacts?q=%00"), nil, nil, 422},
		{"a search that is no UTF-8", "GET", h.Path("/contacts?q=%ff"), nil, nil, 422},

		// Who asks.
		{"a session that is none", "GET", h.Path("/members"), nil, []string{"Cookie", "parley_session=ses_x"}, 401},
		{"an endless session", "GET", h.Path("/members"), nil, []string{"Cookie", "parley_session=" + strings.Repeat("x", 9000)}, 401},
		{"a token that is none beside a good session", "GET", h.Path("/members"), nil, []string{"Authorization", "Bearer pat_x"}, 401},
		{"a token with bytes that are no UTF-8", "GET", h.Path("/members"), nil, []string{"Authorization", "Bearer pat_\xff"}, 401},
		{"an invitation that is none", "GET", "/api/v1/invitations/inv_x", nil, nil, 404},
		{"an invitation that was taken back", "POST", revoked + "/accept", accept, nil, 404},
		{"a write without the header", "POST", h.Path("/tags"), object{"name": "x"}, []string{"X-Parley-CSRF", ""}, 403},
		{"a write from another site", "POST", h.Path("/tags"), object{"name": "x"}, []string{"Origin", "https://evil.example"}, 403},
		{"NUL in a mail address", "POST", "/api/v1/session", object{"email": "a\x00b@example.com", "password": "wrong wrong wrong"}, nil, 401},
		{"a mail address that is none", "POST", h.Path("/invitations"), object{"email": "nobody", "role": "agent"}, nil, 422},
		{"a role that is none", "POST", h.Path("/invitations"), object{"email": "a@example.com", "role": "king"}, nil, 422},
		{"a password that is too short", "PATCH", "/api/v1/me", object{"current_password": apitest.Password, "password": "short"}, nil, 422},
		{"a wrong password", "PATCH", "/api/v1/me", object{"current_password": "wrong wrong wrong", "password": "tulip-harbour-nine"}, nil, 422},
		{"a time that has passed", "POST", h.Path("/tokens"), object{"name": "x", "scopes": []string{"read"}, "expires_at": "2020-01-01T00:00:00Z"}, nil, 422},

		// What is not there.
		{"nothing at this address", "GET", "/api/v1/nothing", nil, nil, 404},
		{"nothing at this address of a workspace", "POST", h.Path("/nothing"), object{}, nil, 404},
		{"nothing at this address of the chat", "GET", "/api/widget/v1/" + h.front.Key + "/nothing", nil, nil, 404},
		{"an address with two slashes", "GET", "/api/v1//session", nil, nil, 404},
		{"an address with dots", "GET", "/api/v1/nothing/../session", nil, nil, 404},
		{"a method that is not for this", "PUT", h.Path("/tags"), object{"name": "x"}, nil, 405},
		{"a method that is not for anything", "BREW", h.Path("/tags"), nil, nil, 405},
		{"what may be done, asked by a browser of another site", "OPTIONS", h.Path("/tags"), nil, []string{"Origin", "https://evil.example"}, 405},
		{"a chat that is none", "GET", "/api/widget/v1/none/config", nil, nil, 404},
		{"NUL for a chat", "GET", "/api/widget/v1/%00/config", nil, nil, 422},
	}
	names := map[string]bool{}
	before := h.snapshot()
	for _, c := range cases {
		if names[c.name] {
			t.Fatalf("two are called %s", c.name)
		}
		names[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			a := h.Owner.Do(c.method, c.path, c.body, c.header...)
			a.T = t
			p := a.Problem(c.want)
			if strings.Contains(p.Detail, apitest.Password) || strings.Contains(a.Body, "goroutine") {
				t.Errorf("the problem tells too much: %s", a.Body)
			}
			if c.want == 405 && !slices.Contains(strings.Split(a.Header.Get("Allow"), ", "), "POST") {
				t.Errorf("it does not say what is allowed: %v", a.Header)
			}
			h.Owner.Do("GET", "/api/v1/session", nil).Want(200)
		})
	}
	if after := h.snapshot(); after != before {
		t.Errorf("something was written:\n%s\n%s", before, after)
	}
	h.Owner.Do("POST", talk+"/note", object{"text": "a good one"}).Want(200)
	if errors := strings.Count(w.s.Log.String(), "level=ERROR"); errors != 0 {
		t.Errorf("%d of them were errors of ours:\n%s", errors, grep(w.s.Log.String(), "level=ERROR"))
	}
}

func grep(text, word string) (found string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			found += line[:min(len(line), 600)] + "\n"
		}
	}
	return found
}

// What can be read is taken as it is read everywhere: NUL and other control
// characters are left out, the last of equal keys counts, and HEAD is GET without
// the body.
func TestOddButGood(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	var tag struct{ Name, Color string }
	h.Owner.Do("POST", h.Path("/tags"), `{"name":"a","color":"nothing","name":"b\u0000\u0007c","color":"c1"}`).Want(201).Read(&tag)
	if tag.Name != "bc" || tag.Color != "c1" {
		t.Errorf("the tag is %+v", tag)
	}
	var did struct{ Message struct{ Text string } }
	h.Owner.Do("POST", h.Path("/conversations/"+h.talk.ID+"/note"), object{"text": "a\x00b\u202ec\x1b[0m \U0001F6B2"}).Want(200).Read(&did)
	if did.Message.Text != "ab\u202ec[0m \U0001F6B2" {
		t.Errorf("the note is %q", did.Message.Text)
	}
	var contact struct{ Email, Phone, Name string }
	h.Owner.Do("PATCH", h.Path("/contacts/"+h.talk.Contact), object{"email": " K\x00im@Example.com", "phone": "+46\x00 1", "name": "K\x00im"}).Want(200).Read(&contact)
	if contact.Email != "kim@example.com" || contact.Phone != "+46 1" || contact.Name != "Kim" {
		t.Errorf("the contact is %+v", contact)
	}
	if a := h.Owner.Do("HEAD", h.Path("/members"), nil).Want(200); a.Body != "" {
		t.Errorf("HEAD is answered with %q", a.Body)
	}
	if a := h.Owner.Do("HEAD", h.Path("/nothing"), nil).Want(404); a.Body != "" {
		t.Errorf("HEAD is answered with %q", a.Body)
	}
	if a := h.Owner.Do("GET", "/api", nil); a.Status == 200 {
		t.Errorf("/api is answered with %s", a.Body)
	}
}

// An invitation is good once, for a week, for the person it was sent to.
func TestInvitations(t *testing.T) {
	s := apitest.New(t)
	team := s.Team("ZQXHOME")
	invite := func() string {
		var i struct{ URL string }
		team.Owner.Do("POST", team.Path("/invitations"), object{"email": "kim@example.com", "role": "viewer"}).Want(201).Read(&i)
		_, secret, _ := strings.Cut(i.URL, "/invitation/")
		return "/api/v1/invitations/" + secret
	}
	late := invite()
	s.Clock.Add(7*24*time.Hour + time.Minute)
	team.Owner.SignInAgain()
	in := object{"name": "Kim", "password": apitest.Password}
	s.Nobody().Do("GET", late, nil).Problem(404)
	s.Nobody().Do("POST", late+"/accept", in).Problem(404)
	once, twice := invite(), invite()
	s.Nobody().Do("POST", once+"/accept", object{"name": "Kim", "password": "kim"}).Problem(422)
	s.Nobody().Do("POST", once+"/accept", in).Want(200)
	s.Nobody().Do("POST", once+"/accept", in).Problem(404)
	s.Nobody().Do("POST", twice+"/accept", object{"name": "Kim", "password": "somebody else's"}).Problem(422)
	var page struct{ Items []struct{ Name, Role string } }
	team.Owner.Do("GET", team.Path("/members"), nil).Want(200).Read(&page)
	if len(page.Items) != 2 {
		t.Errorf("the members are %v", page.Items)
	}
}
