package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/app/apptest"
)

// Whatever is asked, in whatever form, with every right there is: the server
// answers, and never that it broke.
func FuzzRequest(f *testing.F) {
	s := serve(f, nil)
	cookie := s.signIn("maja@example.com")
	var token struct{ Secret string }
	s.do("POST", s.ws("/tokens"), map[string]any{"name": "x", "scopes": []string{"admin"}}, "Cookie", cookie).want(f, 201).read(f, &token)
	chat := s.connect("webchat", map[string]any{})
	conversation := s.Get(apptest.Post{From: "kim", Key: "1", Text: "Hello"}).Conversation.String()
	fill := strings.NewReplacer("{ws}", s.ws(""), "{cnv}", conversation, "{inbox}", s.Inbox.ID.String(), "{chat}", "/api/widget/v1/"+chat, "{usr}", s.Agent.User.String())
	for _, seed := range []struct{ method, path, body string }{
		{"GET", "{ws}", ""}, {"GET", "{ws}/conversations?view=all&tab=open&limit=5&cursor=e30", ""}, {"GET", "{ws}/conversations/{cnv}", ""}, {"GET", "{ws}/conversations/{cnv}/timeline?before=9&limit=1", ""},
		{"POST", "{ws}/conversations/{cnv}/reply", `{"text":"Hello","client_id":"12345678"}`}, {"POST", "{ws}/conversations/{cnv}/assign", `{"assignee_id":"{usr}"}`},
		{"PUT", "{ws}/conversations/{cnv}/drafts/reply", `{"text":"x","attachment_ids":[],"revision":0}`}, {"POST", "{ws}/conversations/{cnv}/snooze", `{"until":"2026-06-02T09:00:00Z"}`},
		{"PATCH", "{ws}/inboxes/{inbox}", `{"name":"x","settings":{"after_close":"reopen"}}`}, {"POST", "{ws}/inboxes/{inbox}/channels", `{"kind":"webchat","config":{"side":"left"}}`},
		{"POST", "{ws}/tags", `{"name":"x","color":"c1"}`}, {"POST", "{ws}/invitations", `{"email":"x@example.com","role":"agent","inbox_ids":["{inbox}"]}`}, {"GET", "{ws}/members", ""},
		{"GET", "{ws}/contacts?q=%25_", ""}, {"GET", "{ws}/contacts/directory?cursor=eyJzIjoiMWFkYSIsImkiOiJjb25fMDAwMDAwMDAwMDAwMSJ9&from=a&unnamed=true&tag_id=tag_0000000000001", ""},
		{"GET", "{ws}/stream?cursor=1-1", ""}, {"GET", "{ws}/socket", ""}, {"POST", "{ws}/presence", `{"type":"typing","conversation_id":"{cnv}","on":true}`},
		{"GET", "{ws}/attachments/att_0000000000001", ""}, {"GET", "{ws}/messages/msg_0000000000001/html", ""}, {"POST", "{ws}/attachments", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n"},
		{"POST", "{chat}/session", `{"token":"x.y","identity":"a.b.c"}`}, {"GET", "{chat}/config", ""}, {"GET", "{chat}/messages?after=-1", ""}, {"GET", "{chat}/stream?ticket=x", ""}, {"GET", "{chat}/attachments/att_1?t=x", ""},
		{"POST", "/api/v1/session", `{"email":"x","password":"y"}`}, {"PATCH", "/api/v1/me", `{"name":"x"}`}, {"GET", "/api/v1/invitations/inv_x", ""}, {"GET", "/w/x", ""}, {"GET", "/try/x", ""}, {"GET", "/assets/../x", ""},
		{"GET", "/w/assets/%2e%2e%2fapp/index.html", ""}, {"GET", "/api/openapi.json", ""}, {"GET", "/api/docs", ""}, {"GET", "/api/%00", ""}, {"TRACE", "/", ""}, {"OPTIONS", "/api/v1/me", ""}, {"HEAD", "{ws}", ""},
	} {
		f.Add(seed.method, seed.path, "application/json", "application/json", seed.body)
	}
	f.Add("POST", "{ws}/attachments", "*/*", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n")
	f.Add("GET", "{ws}", "application/cbor;q=0.1, */*;q=nan,;;q=", "", "")
	f.Add("POST", "{ws}/tags", "text/html", "application/cbor", "\xa1\x64name\x61x")
	f.Fuzz(func(t *testing.T, method, path, accept, kind, body string) {
		target := "http://127.0.0.1:8080" + fill.Replace(path)
		if r, err := http.NewRequestWithContext(t.Context(), method, target, nil); err != nil || !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "{") || strings.ContainsAny(target, " \r\n\x00#") || r.URL.Host != "127.0.0.1:8080" {
			return // no server gets to see it
		}
		r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(fill.Replace(body)))
		for name, v := range map[string]string{"Accept": accept, "Content-Type": kind, "Idempotency-Key": clip(kind), "If-Match": clip(accept), "Last-Event-ID": clip(body)} {
			r.Header.Set(name, strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(v))
		}
		r.Header.Set("Authorization", "Bearer "+token.Secret)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Fatalf("%s %s: %d %s\n%s", method, target, w.Code, w.Body, s.log.String())
		}
		if strings.Contains(w.Header().Get("Content-Type"), "json") && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: %s", method, target, w.Body)
		}
		for name, all := range w.Header() {
			if strings.ContainsAny(strings.Join(all, ""), "\r\n\x00") {
				t.Errorf("%s %s: %s: %q", method, target, name, all)
			}
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %v", method, target, w.Header())
		}
	})
}

func clip(s string) string { return s[:min(len(s), 100)] }
