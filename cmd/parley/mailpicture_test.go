package main

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const mailWithPicture = `From: Anna <anna@example.com>
Subject: With a picture
Message-ID: <picture@example.com>
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html

<p>Look: <img src="cid:one"> <img src="cid:two"> <img src="cid:none"> <img src="https://example.com/pixel.png"></p>
--b
Content-Type: image/png; name=wheel.png
Content-ID: <one>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--b
Content-Type: image/svg+xml; name=evil.svg
Content-ID: <two>

<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>
--b--
`

// TestPicturesOfMails: the frame of a mail has no cookie, so its pictures have
// signed addresses, which open nothing else (S-04: nobody reads what is not theirs).
func TestPicturesOfMails(t *testing.T) {
	smtp := free(t)
	p := newProgram(t, "--smtp", smtp)
	p.run()
	p.begin()
	p.connect(map[string]any{"address": "support@desk.test"})
	c := dialSMTP(t, smtp)
	c.mail("anna@example.com", "support@desk.test", []byte(mailWithPicture))
	c.quit()
	m := p.has(p.arrived("With a picture").ID, 1)[0]
	page := string(p.download(t, m.HTML))
	var urls []string
	for _, found := range regexp.MustCompile(`<img src="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		urls = append(urls, html.UnescapeString(found[1]))
	}
	if len(urls) != 1 || strings.Contains(page, `src="https:`) && !strings.Contains(page, `data-src="https:`) || strings.Contains(page, "cid:") {
		t.Fatalf("%q in %s", urls, page)
	}
	get := func(url string) (int, http.Header, string) {
		resp, err := http.Get(p.base + url) // no cookie
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, string(b)
	}
	code, h, body := get(urls[0])
	if code != 200 || !strings.HasPrefix(body, "\x89PNG") || h.Get("Content-Type") != "image/png" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", code, h)
	}
	svg := ""
	for _, f := range m.Attachments {
		if f.Name == "evil.svg" {
			svg = f.ID
		}
	}
	path, query, _ := strings.Cut(urls[0], "?")
	for _, wrong := range []string{
		path, path + "?" + strings.Replace(query, "e=", "e=9", 1), // another time
		path + "?" + query + "x", path[:strings.LastIndex(path, "/")+1] + svg + "?" + query, // another file
		strings.Replace(urls[0], "/wsp_", "/wsp_0", 1),
		m.Attachments[0].URL, // the plain download needs a session
	} {
		if code, _, body := get(wrong); code < 400 || strings.Contains(body, "PNG") {
			t.Errorf("%s opens: %d", wrong, code)
		}
	}
}
