package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"parley/desk"
)

// Client makes requests as somebody.
type Client struct {
	S      *Server
	Name   string
	Cookie string // of a session; "" sends none
	Bearer string // of a token or a visitor; "" sends none
	User   desk.UserID
	Secret map[string]string // what must be in no answer, and what it is
	Hear   func(text string) // is given every answer, if it is set
}

// File is the body of an upload.
type File struct{ Name, Data string }

// Answer is a response that was read.
type Answer struct {
	T       testing.TB
	What    string // the request
	Status  int
	Header  http.Header
	Body    string
	Cookies []*http.Cookie
}

// Problem is an error as RFC 9457 says it.
type Problem struct {
	Type, Title, Detail, Code string
	Status                    int
	Errors                    []struct{ Field, Message string }
	Conflict                  json.RawMessage
}

// Do makes a request. A body is text as it is, a File, or something that becomes
// JSON; headers come in pairs, and one with an empty value is not sent.
func (c *Client) Do(method, path string, body any, header ...string) Answer {
	c.S.T.Helper()
	resp, sent := c.send(method, path, body, header...)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.S.T.Fatalf("%s %s: %v", method, path, err)
	}
	a := Answer{T: c.S.T, What: c.Name + ": " + method + " " + path, Status: resp.StatusCode, Header: resp.Header, Body: string(b), Cookies: resp.Cookies()}
	c.Keeps(a.What, a.Body, path+" "+sent)
	if c.Hear != nil {
		c.Hear(a.Body)
	}
	return a
}

// Begin is Do for an answer that does not end: only its head is read.
func (c *Client) Begin(method, path string) int {
	c.S.T.Helper()
	resp, _ := c.send(method, path, nil)
	resp.Body.Close()
	return resp.StatusCode
}

// Keeps fails the test when text holds something that the client must not see,
// unless the client said it first.
func (c *Client) Keeps(what, text, said string) {
	c.S.T.Helper()
	for secret, of := range c.Secret {
		if strings.Contains(text, secret) && !strings.Contains(said, secret) {
			c.S.T.Errorf("%s tells %s (%s): %.2000s", what, of, secret, text)
		}
	}
}

func (c *Client) send(method, path string, body any, header ...string) (*http.Response, string) {
	c.S.T.Helper()
	in, contentType := encode(c.S.T, body)
	r, err := http.NewRequestWithContext(c.S.T.Context(), method, c.S.HTTP.URL+path, strings.NewReader(in))
	if err != nil {
		c.S.T.Fatal(err)
	}
	if body == nil {
		r.Body = http.NoBody
	}
	set := func(name, value string) {
		if value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	set("Content-Type", contentType)
	set("X-Parley-CSRF", "1")
	if c.Cookie != "" {
		set("Cookie", "parley_session="+c.Cookie)
	}
	if c.Bearer != "" {
		set("Authorization", "Bearer "+c.Bearer)
	}
	for i := 0; i+1 < len(header); i += 2 {
		set(header[i], header[i+1])
	}
	// Nothing is followed and no cookie is kept: a client is what its fields say.
	resp, err := c.S.HTTP.Client().Transport.RoundTrip(r)
	if err != nil {
		c.S.T.Fatalf("%s %s: %v", method, path, err)
	}
	return resp, in
}

func encode(t testing.TB, body any) (text, contentType string) {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return "", ""
	case string:
		return b, "application/json"
	case File:
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		w, err := m.CreateFormFile("file", b.Name)
		if err == nil {
			_, err = io.WriteString(w, b.Data)
		}
		if err == nil {
			err = m.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return buf.String(), m.FormDataContentType()
	}
	out, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), "application/json"
}

// Want fails the test if the answer has another status.
func (a Answer) Want(status int) Answer {
	a.T.Helper()
	if a.Status != status {
		a.T.Fatalf("%s: %d, want %d: %.600s", a.What, a.Status, status, a.Body)
	}
	return a
}

// Read decodes the answer.
func (a Answer) Read(out any) {
	a.T.Helper()
	if err := json.Unmarshal([]byte(a.Body), out); err != nil {
		a.T.Fatalf("%s: %v: %.300s", a.What, err, a.Body)
	}
}

// ID returns the member id of the answer.
func (a Answer) ID() string {
	a.T.Helper()
	var v struct{ ID string }
	if a.Read(&v); v.ID == "" {
		a.T.Fatalf("%s: no id: %.300s", a.What, a.Body)
	}
	return v.ID
}

// Problem returns the error that the answer is. It fails the test if it is none:
// without a sentence for a person, or of another form than RFC 9457 says.
func (a Answer) Problem(status int) (p Problem) {
	a.T.Helper()
	a.Want(status)
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		a.T.Errorf("%s: the problem has the type %q: %.300s", a.What, got, a.Body)
		return p
	}
	a.Read(&p)
	sentence := len(p.Detail) > 10 && strings.ContainsAny(p.Detail[len(p.Detail)-1:], ".)") && p.Detail[:1] == strings.ToUpper(p.Detail[:1])
	if p.Status != status || p.Title == "" || p.Code == "" || p.Type != "about:blank" || !sentence {
		a.T.Errorf("%s: not a problem that says what to do: %s", a.What, a.Body)
	}
	return p
}
