package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func crlf(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n") }

func parsed(t *testing.T, raw string) *Mail {
	t.Helper()
	m, err := Parse(t.Context(), []byte(crlf(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestParseParts: nothing that a part says is lost, whatever is around it.
func TestParseParts(t *testing.T) {
	head := "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n"
	for _, tt := range []struct{ name, raw, text, html, files string }{
		{"a part without a type", head + "--b\n\nuntyped\n--b--\n", "untyped", "", ""},
		{"two texts", head + "--b\nContent-Type: text/plain\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n", "one\n\ntwo", "", ""},
		{"HTML, then a text", head + "--b\nContent-Type: text/html\n\n<p>one</p>\n--b\nContent-Type: text/plain\n\ntwo <3\n--b--\n", "one\n\ntwo <3", "<p>one</p><div style=\"white-space: pre-wrap\">two &lt;3</div>", ""},
		{"HTML only", "From: a@example.com\nContent-Type: text/html\n\n<p>one<br>two</p><blockquote>old</blockquote>\n", "one\ntwo\n\n> old", "<p>one<br>two</p><blockquote>old</blockquote>\n", ""},
		{"an empty text beside HTML", "From: a@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<b>x</b>\n--b--\n", "x", "<b>x</b>", ""},
		{"a named text is a file", head + "--b\nContent-Type: text/plain; name=\"log.txt\"\n\nlog\n--b--\n", "", "", "log.txt"},
		{"a mail in a mail", head + "--b\nContent-Type: text/plain\n\nsee below\n--b\nContent-Type: message/rfc822\n\nFrom: x@y\n\nold\n--b--\n", "see below", "", "mail.eml"},
		{"no boundary at all", "From: a@example.com\nContent-Type: multipart/mixed\n\nhello\n", "hello", "", ""},
		{"no final boundary", head + "--b\nContent-Type: text/plain\n\none\n", "one", "", ""},
		{"HTML with a title that does not end", "From: a@example.com\nContent-Type: text/html\n\n<title>hello\n", "hello", "<title>hello\n", ""},
		{"no body", "From: a@example.com\nSubject: x\n\n", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := parsed(t, tt.raw)
			var names []string
			for _, f := range m.Files {
				names = append(names, f.Name)
			}
			if strings.TrimSpace(m.Text) != tt.text || strings.ReplaceAll(m.HTML, "\r", "") != tt.html || strings.Join(names, " ") != tt.files {
				t.Errorf("text %q, html %q, files %q", m.Text, m.HTML, names)
			}
		})
	}
}

// TestParseUnreadable: an error, in good time, for what is no mail and for what
// was made to be hard to read.
func TestParseUnreadable(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "NULs": strings.Repeat("\x00", 1000), "prose": "Hello: this is not a mail at all\n\nbut a text\n",
		"a million parts": "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n", 1_000_000),
		"many parts":      "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\nContent-Disposition: inline\r\n\r\nx\r\n", 1500),
		"deep":            deep(500, 1000),
		"too deep":        deep(maxNested+1, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := Parse(t.Context(), []byte(raw)); !errors.Is(err, ErrUnreadable) {
				t.Errorf("%v, %+.200v", err, m)
			}
		})
	}
}

func deep(levels, size int) string {
	var b strings.Builder
	b.WriteString("From: a@example.com\r\n")
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\n" + strings.Repeat("0123456789012345678\r\n", size/21))
	return b.String()
}

// TestParseGivesUp: a parser whose caller left does not go on.
func TestParseGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Parse(ctx, []byte(deep(10, 1<<20))); !errors.Is(err, ErrUnreadable) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestParseManyParts(t *testing.T) {
	raw := "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Disposition: attachment; filename=x\r\nContent-Type: text/plain\r\n\r\nx\r\n", 500) + "--b--\r\n"
	if m, err := Parse(t.Context(), []byte(raw)); err != nil || len(m.Files) != 500 {
		t.Errorf("%v", err)
	}
	if m, err := Parse(t.Context(), []byte(deep(maxNested, 100_000))); err != nil || len(m.Text) < 90_000 {
		t.Errorf("%v", err)
	}
}

func TestParseHeader(t *testing.T) {
	m := parsed(t, "From: =?utf-8?q?K=C3=A4the?= <k@example.com>\nTo: a@example.com, broken, \"B, C\" <b@example.com>\nReply-To: r@example.com\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\n folded\u202e\nDate: 4 May 2026 11:28:00 +0200 (CEST)\nMessage-ID: <a@b>\nIn-Reply-To: your mail <c@d> of today\nReferences: <e@f><g@h>\n <c@d>\n\nx\n")
	if m.From.String() != "Käthe <k@example.com>" || m.Subject != "Grüße folded" || !m.Date.Equal(time.Date(2026, 5, 4, 9, 28, 0, 0, time.UTC)) || m.MessageID != "a@b" {
		t.Errorf("%v %q %v %q", m.From, m.Subject, m.Date, m.MessageID)
	}
	if !slices.Equal(emails(m.To), []string{"a@example.com", "b@example.com"}) || !slices.Equal(m.InReplyTo, []string{"c@d"}) || !slices.Equal(m.References, []string{"e@f", "g@h", "c@d"}) {
		t.Errorf("%v %v %v", m.To, m.InReplyTo, m.References)
	}
	if m := parsed(t, "From: a@example.com\nDate: Thu, 1 Jan 1903 00:00:00 +0000\n\nx\n"); !m.Date.IsZero() {
		t.Errorf("a clock that was never set: %v", m.Date)
	}
}

// TestSender: who would get an answer.
func TestSender(t *testing.T) {
	for _, tt := range []struct{ header, want string }{
		{"From: Anna <a@example.com>", "Anna <a@example.com>"},
		{"From: Form <noreply@example.com>\nReply-To: Anna <a@example.com>", "Anna <a@example.com>"},
		{"From: Anna <a@example.com>\nReply-To: b@example.com", "Anna <b@example.com>"},
		{"From: Anna <a@example.com>\nReply-To: support+x@lindqvist.example", "Anna <a@example.com>"},
		{"From: Anna <a@example.com>\nReply-To: list@example.com\nList-Id: <list.example.com>", "Anna <a@example.com>"},
		{"From: 'Anna' via Support <support@lindqvist.example>\nX-Original-Sender: a@example.com\nPrecedence: list\nList-Id: <x>", "Anna <a@example.com>"},
		// A group that has a mailbox elsewhere: its own address is not the mailbox's.
		{"From: \"'Anna B' via Sales\" <sales@group.example>\nX-Original-Sender: a@example.com\nX-Original-From: Anna B <a@example.com>\nReply-To: sales@group.example\nPrecedence: list", "Anna B <a@example.com>"},
		{"From: Anna via Sales <sales@group.example>\nX-Original-Sender: a@example.com\nReply-To: Anna <anna@home.example>", "Anna <anna@home.example>"},
		{"From: Sales <sales@group.example>\nX-Original-Sender: a@example.com", "a@example.com"},
		{"From: Anna <a@example.com>\nX-Original-Sender: a@example.com\nReply-To: sales@group.example\nList-Post: <https://x.example>, <mailto:sales@group.example>", "Anna <a@example.com>"},
		{"From: Anna <a@example.com>\nX-Original-Sender: a@example.com\nReply-To: sales@group.example\nX-BeenThere: sales@group.example", "Anna <a@example.com>"},
	} {
		if got := parsed(t, tt.header+"\n\nx\n").Sender("support@lindqvist.example").String(); got != tt.want {
			t.Errorf("%s: %s", tt.header, got)
		}
	}
}

// TestAuto: 2.5, what is automatic and what is not.
func TestAuto(t *testing.T) {
	for header, want := range map[string]string{
		"Subject: Broken wheel": "", "Auto-Submitted: no": "", "List-Unsubscribe: <https://example.com>": "", "Subject: Automatic doors": "", "Subject: Out of office chairs?": "reply",
		"Auto-Submitted: auto-replied": "reply", "Auto-Submitted: auto-generated (x)": "reply", "Precedence: auto_reply": "reply", "X-Autoreply: yes": "reply",
		"Subject: Automatische Antwort: Rad": "reply", "Subject: Réponse automatique : vélo": "reply", "Subject: Automatiskt svar: cykel": "reply", "Return-Path: <>": "reply",
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=x": "reply",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=x":          "bounce", "Subject: Undelivered Mail Returned to Sender\nReturn-Path: <>": "bounce",
		"X-Failed-Recipients: a@b": "bounce", "Subject: Undeliverable parcel": "", "Precedence: bulk": "bulk", "List-Id: <x>": "bulk", "X-Loop: x": "bulk",
	} {
		if got := parsed(t, "From: a@example.com\n"+header+"\n\nx\n").Auto; got != want {
			t.Errorf("%s: %q, not %q", header, got, want)
		}
	}
	if m := parsed(t, "From: MAILER-DAEMON@example.com\nSubject: x\n\nx\n"); m.Auto != "bounce" {
		t.Errorf("%q", m.Auto)
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"a.pdf": "a.pdf", "../../etc/passwd": "passwd", `C:\temp\x.doc`: "x.doc", "a\x00b\r\n.txt": "ab  .txt", "cod\u202egpj.exe": "codgpj.exe", "": "file", "..": "file", ".htaccess": "htaccess",
		strings.Repeat("ä", 300) + ".pdf": strings.Repeat("ä", 98) + ".pdf", "räkning 1.pdf": "räkning 1.pdf", "a\xff.txt": "a\uFFFD.txt",
	} {
		if got := FileName(in, ""); got != want || len(got) > maxFileName {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
	if got := FileName("", "application/pdf"); got != "document.pdf" {
		t.Error(got)
	}
}

func TestDedupe(t *testing.T) {
	mail := "From: a@example.com\r\nDate: x\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n"
	same := []string{"Received: by b\r\n" + mail, "Received: by c\r\nDelivered-To: x\r\n" + strings.ReplaceAll(mail, "\r\n", "\n"), mail + "\r\n"}
	for _, s := range same {
		if Dedupe([]byte(s)) != Dedupe([]byte(mail)) {
			t.Errorf("another copy is another mail: %q", s)
		}
	}
	for _, s := range []string{strings.Replace(mail, "body", "other", 1), strings.Replace(mail, "1@", "2@", 1), strings.Replace(mail, "a@", "b@", 1), strings.Replace(mail, "Message-ID: <1@example.com>\r\n", "", 1)} {
		if Dedupe([]byte(s)) == Dedupe([]byte(mail)) {
			t.Errorf("another mail is a copy: %q", s)
		}
	}
}

func TestSubjects(t *testing.T) {
	for in, want := range map[string]string{
		"Re: AW: [Ticket 7] Fwd: Broken  Wheel": "broken wheel", "回复：问题": "问题", "Re[2]: x": "x", "Reason: y": "reason: y", "[only a tag]": "[only a tag]", "": "", "SV: VS: Hej": "hej",
	} {
		if got := BaseSubject(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"Wheel": "Re: Wheel", "RE: Wheel": "RE: Wheel", "Aw: Rad": "Aw: Rad", "": "Your message", "a\r\nBcc: x": "Re: a  Bcc: x", "Fwd: x": "Re: Fwd: x"} {
		if got := AnswerSubject(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func TestSignedAddress(t *testing.T) {
	key, other := []byte("one key"), []byte("another key")
	a := Sign(key, "Support@Example.com", "0ABC")
	if Token(key, a) != "0abc" || Token(key, strings.ToUpper(a)) != "0abc" || Bare(a) != "support@example.com" {
		t.Errorf("%s: %q", a, Token(key, a))
	}
	if local, _, _ := strings.Cut(Sign(key, strings.Repeat("x", 24)+"@example.com", "0123456789abc"), "@"); len(local) > 64 {
		t.Errorf("%s has %d characters, RFC 5321 allows 64", local, len(local))
	}
	for _, bad := range []string{"", "@", "support@example.com", "support+c0abc@example.com", "support+c0abc.@example.com", strings.Replace(a, "0abc", "0abd", 1), strings.Replace(a, "Example", "Other", 1), a[:len(a)-13] + "@Example.com"} {
		if Token(key, bad) != "" {
			t.Errorf("%s is taken for signed", bad)
		}
	}
	id := MessageID(key, "0ABC", "0DEF", "Example.com")
	if ConversationOf(key, id) != "0abc" || ConversationOf(other, id) != "" || Token(other, a) != "" || ConversationOf(key, strings.Replace(id, "0def", "0dee", 1)) != "" {
		t.Errorf("%s: %q", id, ConversationOf(key, id))
	}
	if MessageID(key, "0abc", "0def", "example.com") != id {
		t.Error("an id changes")
	}
	// A signature made for one use is none for another.
	local, _, _ := strings.Cut(id, "@")
	if Token(key, "x+"+local+"@example.com") != "" {
		t.Error("a message id is taken for a reply address")
	}
}

func TestWrite(t *testing.T) {
	o := Outgoing{
		From: Address{`Maja "M" at Räder, Inc`, "support@example.com"}, To: []Address{{"Anna\r\nBcc: x@example.com", "anna@example.com"}}, Cc: []Address{{"", "c@example.com"}},
		ReplyTo: "support+cx.y@example.com", Subject: "Re: Grüße 🚲\r\nBcc: x@example.com", Date: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), MessageID: "c1.m2.x@example.com",
		Text: "Hello,\n\n.\n..dots\nFrom here\n" + strings.Repeat("long ", 1000), HTML: "<p>Hello</p>", Auto: true,
	}
	for i := range 40 {
		o.References = append(o.References, fmt.Sprintf("r%d@example.com", i))
	}
	raw, err := Write(o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.From.Name != o.From.Name || len(m.To) != 1 || m.To[0].Email != "anna@example.com" || m.Header.Get("Bcc") != "" || m.Subject != "Re: Grüße 🚲  Bcc: x@example.com" {
		t.Errorf("%v %v %q %v", m.From, m.To, m.Subject, m.Header)
	}
	if m.Text != o.Text || m.HTML != o.HTML || m.Auto != "reply" || m.MessageID != o.MessageID || m.ReplyTo[0].Email != o.ReplyTo {
		t.Errorf("%q %q %q %q %v", m.Text, m.HTML, m.Auto, m.MessageID, m.ReplyTo)
	}
	if len(m.References) != maxReferences || m.References[0] != "r0@example.com" || m.References[19] != "r39@example.com" || m.InReplyTo[0] != "r39@example.com" {
		t.Errorf("%q %q", m.References, m.InReplyTo)
	}
	for _, bad := range []string{"", "x", "a@b\r\nRCPT TO:<c@d>", "a@b, c@d", "Anna <a@b>"} {
		o.To[0].Email = bad
		if raw, err := Write(o); err == nil {
			t.Errorf("%q is written: %.200s", bad, raw)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"From: a@example.com\r\nSubject: x\r\n\r\nhello\r\n", deep(3, 100), "From: =?utf-8?q?=FF?= <a@b>\nContent-Type: text/html; charset=x\n\n<p>\xff",
		"From: a@b\nContent-Type: multipart/alternative; boundary=\"\"\n\n--\n\nx\n----\n", "Subject: x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-ID: <x>\n\niVBORw0KGgo=\n",
		"From a@b Mon\nFrom: a@b\n\nx", "Date: x\nMessage-ID: <<a@b>\nReferences: <a\n <b>\n\n", "From: a@b\nContent-Disposition: attachment; filename*=utf-8''%2e%2e%2fx\n\nx",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(t.Context(), raw)
		if Dedupe(raw) != Dedupe(raw) || !utf8.ValidString(Dedupe(raw)) {
			t.Error("dedupe")
		}
		if err != nil {
			if !errors.Is(err, ErrUnreadable) || strings.Contains(err.Error(), "runtime error") {
				t.Error(err)
			}
			return
		}
		for _, s := range append(append([]string{m.Subject, m.Text, m.HTML, m.MessageID, m.From.Name, m.From.Email}, m.InReplyTo...), m.References...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Errorf("%q", s)
			}
		}
		for _, a := range append(append([]Address{m.From}, m.To...), m.Cc...) {
			if a.Email != "" && !isAddress(a.Email) || strings.ContainsAny(a.Name, "\r\n") {
				t.Errorf("%+v", a)
			}
		}
		for _, g := range m.Files {
			if g.Name == "" || len(g.Name) > maxFileName || strings.ContainsAny(g.Name, "/\\\x00\n") || !utf8.ValidString(g.Name) {
				t.Errorf("%q", g.Name)
			}
		}
		if n := Visible(m.Subject, m.Text); n < 0 || n > utf8.RuneCountInString(m.Text) {
			t.Error(n)
		}
	})
}

func FuzzToken(f *testing.F) {
	key := []byte("key")
	f.Add("support@example.com", "0abc")
	f.Add("a+b@x", "")
	f.Add("@", ".")
	f.Fuzz(func(t *testing.T, address, token string) {
		if got := Token(key, address); got != "" {
			t.Errorf("%q is signed by nobody", address)
		}
		_ = ConversationOf(key, address)
		for _, r := range token {
			if !strings.ContainsRune("0123456789abcdefghjkmnpqrstvwxyz", r) {
				return
			}
		}
		odd := func(r rune) bool { return r <= ' ' || r >= 0x7f } // the settings take no such address
		if !isAddress(address) || strings.Contains(address, "+") || strings.Count(address, "@") != 1 || token == "" || strings.ContainsFunc(address, odd) {
			return
		}
		if got := Token(key, Sign(key, address, token)); got != token {
			t.Errorf("%q, %q: %q", address, token, got)
		}
	})
}

// Headers whose letters stand there as bytes are read in the charset of the mail.
func TestUnmarkedHeaders(t *testing.T) {
	for _, tt := range []struct{ charset, subject, name, want, wantName string }{
		{"Shift_JIS", "\x8e\xa9\x93\x5d\x8e\xd4", "\x89\xd4\x8e\x71", "自転車", "花子"},
		{"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "\xe1\xce\xce\xc1", "Привет", "Анна"},
		{"utf-8", "Gr\xfc\xdfe", "J\xf6rg", "Grüße", "Jörg"},
		{"nonsense", "Gr\xfc\xdfe", "J\xf6rg", "Grüße", "Jörg"},
		{"shift_jis", "Grüße", "Jörg", "Grüße", "Jörg"}, // UTF-8 is never by chance
	} {
		m, err := Parse(t.Context(), []byte("From: "+tt.name+" <a@example.com>\r\nSubject: "+tt.subject+"\r\nContent-Type: text/plain; charset="+tt.charset+"\r\n\r\nx\r\n"))
		if err != nil || m.Subject != tt.want || m.From.Name != tt.wantName || m.From.Email != "a@example.com" {
			t.Errorf("%s: %v, %+v", tt.charset, err, m)
		}
	}
}

// What is declared is believed only where it can do no harm.
func TestTypeOf(t *testing.T) {
	for _, tt := range []struct{ data, declared, want string }{
		{"\x89PNG\r\n\x1a\n0000", "text/html", "image/png"},
		{"<html><script>", "text/html", "text/plain; charset=utf-8"},
		{"<svg onload=x>", "image/svg+xml", "text/plain; charset=utf-8"},
		{"plain words", "image/png", "text/plain; charset=utf-8"},
		{"", "image/png", "image/png"},
		{"", "image/jpg", "image/jpeg"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword"},
		{"BEGIN:VCALENDAR", "text/calendar", "text/calendar"},
		{"BEGIN:VCALENDAR", "text/javascript", "text/plain; charset=utf-8"},
		{"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"\x00\x01\x02", "application/x-msdownload", "application/octet-stream"},
		{"x", "application/pdf\r\nX: y", "text/plain; charset=utf-8"},
	} {
		if got := typeOf([]byte(tt.data), tt.declared); got != tt.want {
			t.Errorf("%q declared as %q is %q, not %q", tt.data, tt.declared, got, tt.want)
		}
	}
}

// notification is a report as mail servers send it (RFC 3464).
func notification(action, status string) string {
	return "From: MAILER-DAEMON@mail.test\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.test\r\nArrival-Date: Mon, 4 May 2026 08:00:00 +0000\r\n\r\nFinal-Recipient: rfc822; first@example.com\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n" +
		"Final-Recipient: rfc822; Gone@example.com\r\nOriginal-Recipient: rfc822;Kim@example.com\r\nAction: " + action + "\r\nStatus: 5.1.1\r\n" + status + "--b\r\n" +
		"Content-Type: text/rfc822-headers\r\n\r\nFrom: support@desk.test\r\nMessage-ID:\r\n <c1.m2.x@desk.test>\r\nSubject: Hello\r\n\r\n--b--\r\n"
}

func TestBounce(t *testing.T) {
	for _, tt := range []struct {
		action, status string
		want           Bounce
		ok             bool
	}{
		{"failed", "Diagnostic-Code: smtp; 550 5.1.1 <gone@example.com>:\r\n    no such user\r\n", Bounce{BounceFailed, "c1.m2.x@desk.test", "kim@example.com", "5.1.1", "550 5.1.1 <gone@example.com>: no such user"}, true},
		{"Failed", "", Bounce{BounceFailed, "c1.m2.x@desk.test", "kim@example.com", "5.1.1", "5.1.1"}, true},
		{"delayed", "", Bounce{BounceDelayed, "c1.m2.x@desk.test", "kim@example.com", "5.1.1", "5.1.1"}, true},
		{"delivered", "", Bounce{}, false},
	} {
		m, err := Parse(t.Context(), []byte(notification(tt.action, tt.status)))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := m.Bounce(); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s: %+v, %v", tt.action, got, ok)
		}
	}
	m, err := Parse(t.Context(), []byte(strings.Replace(notification("failed", ""), "multipart/report; report-type=delivery-status", "multipart/mixed", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Bounce(); ok && m.Auto != "bounce" {
		t.Error("a mail of a person is taken for a bounce")
	}
}

func FuzzDeliveryStatus(f *testing.F) {
	f.Add([]byte("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.c\nAction: failed\nStatus: 5.1.1\n"))
	f.Add([]byte("\n\n\n:\n :\n\tx\nAction:failed"))
	f.Fuzz(func(t *testing.T, status []byte) {
		b, found := failure(status)
		if found && (b.Recipient != "" && !isAddress(b.Recipient) || strings.ContainsAny(b.Reason, "\r\n\x00")) {
			t.Errorf("%+v", b)
		}
	})
}
