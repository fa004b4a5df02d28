package mail

import (
	"bytes"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever people and customers are called and write, a mail has the headers that
// we write, each once, and the recipients that were asked for.
func FuzzWrite(f *testing.F) {
	f.Add("Maja", "anna@example.com", "boss@example.com", "Your wheel", "first@example.com", "Hello", "wheel.png", "image/png")
	f.Add("M\r\nBcc: eve@evil.example", "anna@example.com", "a@x\r\nBcc: e@evil.example", "s\r\nBcc: e@evil.example", "a>\r\nBcc: e@x", "\r\n.\r\nMAIL FROM:<x>", "a\r\nX: y\".png", "text/plain\r\nX: y")
	f.Add("\"M\" <x@y>,", "a b@x", "<a@x>", "=?utf-8?q?x=0D=0ABcc:_e@x?=", "x\x00y", "\u2028", "\u202egnp.exe", "x/y; name=\"z\"")
	f.Add("Maja", "anna@example.com", "", "Your key", "", `<p><img src="cid:p@picture.parley" alt="key" width="600" style="max-width: 100%; height: auto"></p>`, "key.png", "image/png")
	f.Add("Maja", "anna@example.com", "", "", "", `cid:p@picture.parley`, "a>\r\nX: y.png", "image/png\r\nContent-ID: <x>")
	f.Add("", " 0@0", "<a@x>", "", "", "", "", "")
	f.Add(strings.Repeat("ü", 400), "a@x.example", "", strings.Repeat("a\n", 400), strings.Repeat("x", 600), strings.Repeat("x", 3000), strings.Repeat("ä", 300), "")
	known := []string{"Date", "Mime-Version", "Message-Id", "From", "To", "Cc", "Reply-To", "Subject", "In-Reply-To", "References", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
	f.Fuzz(func(t *testing.T, name, to, cc, subject, ref, text, file, kind string) {
		o := Outgoing{
			From: Address{name, "support@lindqvist.example"}, To: []Address{{name, to}}, Subject: subject, Date: time.Unix(1.78e9, 0).UTC(), MessageID: "m@lindqvist.example",
			References: []string{ref}, Text: text, HTML: text, Files: []File{{Name: file, ContentType: kind, Data: []byte(text)}, {Name: file, ContentType: kind, ContentID: "p@picture.parley", Inline: true, Data: []byte(text)}},
		}
		if cc != "" {
			o.Cc = []Address{{"", cc}}
		}
		raw, err := Write(o)
		if err != nil {
			return
		}
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("it cannot be read: %v\n%q", err, raw)
		}
		for k, v := range m.Header {
			if !slices.Contains(known, k) || len(v) != 1 {
				t.Errorf("%s: %q", k, v)
			}
		}
		meant, err := netmail.ParseAddress(to) // without spaces or brackets around it
		if err != nil {
			t.Fatalf("a mail was written to %q: %v", to, err)
		}
		if all, err := m.Header.AddressList("To"); err != nil || len(all) != 1 || all[0].Address != meant.Address {
			t.Errorf("To %q: %v, %v (%q)", to, all, err, m.Header.Get("To"))
		}
		if all, err := m.Header.AddressList("From"); err != nil || len(all) != 1 || all[0].Address != "support@lindqvist.example" {
			t.Errorf("From: %v, %v", all, err)
		}
		if bytes.Contains(raw, []byte("\x00")) || bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\n")) {
			t.Errorf("bare line breaks or NUL: %q", raw)
		}
		for line := range bytes.Lines(raw) {
			if len(line) > 1000 {
				t.Errorf("a line of %d bytes (RFC 5322, 2.1.1)", len(line))
			}
		}
	})
}

// A file's name is safe to show, to save and to put into a header, whatever it was,
// and stays what it is when it is made safe again.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"", ".", "..", "../../etc/passwd", `C:\x\y.exe`, "a\u202egnp.exe", "con", ".htaccess", "a.png\x00.php", strings.Repeat("ä", 300) + ".png", " . ", "a/", "\xff"} {
		f.Add(s, "image/png")
	}
	f.Fuzz(func(t *testing.T, s, kind string) {
		got := FileName(s, kind)
		if got == "" || len(got) > maxFileName || strings.HasPrefix(got, ".") || strings.ContainsAny(got, "/\\\"<>:|?*\r\n\x00\u202e") || got != clean(got) {
			t.Errorf("%q became %q", s, got)
		}
		if again := FileName(got, kind); again != got {
			t.Errorf("%q became %q, and then %q", s, got, again)
		}
	})
}
