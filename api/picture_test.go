package api_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/channel"
)

const mailWithPicture = `From: Kim <kim@customer.test>
To: help@desk.test
Subject: The wheel
Message-ID: <1@customer.test>
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>It is bent: <img src="cid:wheel" alt="the wheel"></p>
--b
Content-Type: image/png
Content-ID: <wheel>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--b--
`

// The pictures of a mail are for who has been given their addresses, and only as
// they were given: nobody needs to be signed in, since the mail's frame may not be.
func TestPicturesAreSigned(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	s.do("POST", s.ws("/inboxes/"+s.Inbox.ID.String()+"/channels"), map[string]any{"kind": "email", "name": "Mail", "config": map[string]string{"address": "help@desk.test"}},
		"Cookie", cookie).want(t, 201)
	acc, err := s.Lookup(t.Context(), "email", "help@desk.test")
	s.OK(err)
	body := []byte(strings.ReplaceAll(mailWithPicture, "\n", "\r\n"))
	got, err := s.Receive(t.Context(), acc, channel.Raw{
		Dedupe: "1", ContentType: "message/rfc822", Envelope: map[string]string{"mail_from": "kim@customer.test", "rcpt_to": "help@desk.test"}, Body: body, At: s.Clock.Now(),
	}, app.Uploads{})
	s.OK(err)
	page := s.do("GET", s.ws("/messages/"+got.Message.String()+"/html"), nil, "Cookie", cookie).want(t, 200).body
	found := regexp.MustCompile(`<img src="([^"]+)" alt="the wheel"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatal(page)
	}
	src := html.UnescapeString(found[1])
	if a := s.do("GET", src, nil).want(t, 200); a.Header.Get("Content-Type") != "image/png" {
		t.Errorf("it is a %s", a.Header.Get("Content-Type"))
	}
	expires := regexp.MustCompile(`e=\d+`).FindString(src)
	for what, address := range map[string]string{
		"another signature": src[:len(src)-2] + strings.Map(func(r rune) rune {
			if r == 'A' {
				return 'B'
			}
			return 'A'
		}, src[len(src)-2:]),
		"no signature":      src[:strings.Index(src, "&s=")],
		"a later end":       strings.Replace(src, expires, "e=9999999999", 1),
		"another file":      strings.Replace(src, "/att_", "/att_0", 1),
		"another workspace": strings.Replace(src, s.Workspace.String(), "wsp_1", 1),
	} {
		if a := s.do("GET", address, nil); a.StatusCode != 404 {
			t.Errorf("%s: %d %s", what, a.StatusCode, address)
		}
	}
	s.Clock.Add(3 * 24 * time.Hour)
	s.do("GET", src, nil).want(t, 404)
}
