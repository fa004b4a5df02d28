package main

import (
	"bytes"
	"encoding/json"
	"html"
	"image"
	"image/png"
	"io"
	"net/http"
	"os/exec"
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

// relatedParts is a script that prints the parts of a mail in their order, by Python's
// parser: type, disposition, Content-ID, and the text of those that have one.
const relatedParts = `
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(json.dumps([[p.get_content_type(), p.get_content_disposition() or "", p["Content-ID"] or "", p.get_content() if p.get_content_maintype() == "text" else ""] for p in m.walk()]))
`

// TestMailWithPicture: F2-34, a picture within a mail arrives beside the HTML that shows
// it, and the text says where it stands (RFC 2387, RFC 2392), as another parser reads it.
func TestMailWithPicture(t *testing.T) {
	const python = "/usr/bin/python3"
	m := newMailSystem(t)
	if _, err := exec.LookPath(python); err != nil {
		t.Skip(python + " is not there (apt-get install python3)")
	}
	p := m.program()
	inbox, _ := p.connect(map[string]any{"address": "pictures@desk.test"})
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 900, 20))); err != nil {
		t.Fatal(err)
	}
	id, file := p.upload("key.png", b.Bytes()), p.upload("list.txt", []byte("one"))
	var did struct{ Conversation struct{ ID string } }
	p.must("POST", p.ws+"/conversations", map[string]any{
		"inbox_id": inbox, "contact": map[string]string{"email": "kim@customer.test"}, "subject": "A key in a mail", "text": "Turn ![the **key**](" + id + ") so.", "attachment_ids": []string{file, id},
	}, &did)
	p.delivered(did.Conversation.ID, "sent")
	c := exec.Command(python, "-c", relatedParts)
	c.Stdin = strings.NewReader(m.arrive("kim@customer.test", "A key in a mail", 1)[0])
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var parts [][]string
	if err := json.Unmarshal(out, &parts); err != nil {
		t.Fatal(err)
	}
	cid := id + "@picture.parley"
	want := [][]string{
		{"multipart/mixed"}, {"multipart/related"}, {"multipart/alternative"}, {"text/plain", "", "", "Turn [image: the key] so."},
		{"text/html", "", "", `<img src="cid:` + cid + `" alt="the key" width="600" style="max-width: 100%; height: auto">`},
		{"image/png", "inline", "<" + cid + ">"}, {"text/plain", "attachment", "", "one"},
	}
	if len(parts) != len(want) {
		t.Fatalf("%q", parts)
	}
	for i, w := range want {
		if parts[i][0] != w[0] || len(w) > 1 && (parts[i][1] != w[1] || w[2] != "" && parts[i][2] != w[2]) || len(w) > 3 && !strings.Contains(parts[i][3], w[3]) {
			t.Errorf("part %d is %q, not %q", i, parts[i], w)
		}
	}
}
