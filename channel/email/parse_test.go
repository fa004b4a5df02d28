package email

import (
	"slices"
	"strings"
	"testing"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

func parseOne(t *testing.T, body string, envelope map[string]string) channel.Inbound {
	t.Helper()
	all, err := New(Options{Key: key, Now: now}).Parse(t.Context(), account(t, Config{}), channel.Raw{Body: []byte(body), Envelope: envelope, At: now()})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d messages, %v", len(all), err)
	}
	return all[0]
}

func TestParsePlain(t *testing.T) {
	in := parseOne(t, plainMail, nil)
	if in.From != (channel.Identity{Kind: "email", ID: "anna@example.com", Name: "Anna Öberg", Email: "Anna@Example.com"}) {
		t.Errorf("%+v", in.From)
	}
	if in.Subject != "Kedjan hoppar 🚲" || in.Text != "Hej,\n\nkedjan hoppar när jag växlar. 🚲\n\n-- \nAnna Öberg" || in.HTML != "" {
		t.Errorf("%q %q %q", in.Subject, in.Text, in.HTML)
	}
	if got := string([]rune(in.Text)[:in.VisibleEnd]); got != "Hej,\n\nkedjan hoppar när jag växlar. 🚲" {
		t.Errorf("visible: %q", got)
	}
	if in.Thread.Conversation != 0 || len(in.Thread.Parents) != 0 || !slices.Equal(in.Thread.Own, []string{"mid:plain-1@example.com"}) || in.Auto != "" {
		t.Errorf("%+v %q", in.Thread, in.Auto)
	}
}

func TestParseRich(t *testing.T) {
	in := parseOne(t, richMail, nil)
	if got := string([]rune(in.Text)[:in.VisibleEnd]); got != "Here is the wheel." {
		t.Errorf("visible: %q of %q", got, in.Text)
	}
	if strings.Contains(in.HTML, "script") || strings.Contains(in.HTML, "onclick") || !strings.Contains(in.HTML, `src="cid:wheel@x"`) {
		t.Errorf("%q", in.HTML)
	}
	want := []channel.File{{Name: "wheel.png", ContentType: "image/png", ContentID: "wheel@x", Inline: true}, {Name: "passwd.pdf", ContentType: "application/pdf"}}
	for i := range in.Files {
		in.Files[i].Data = nil
	}
	if !slices.EqualFunc(in.Files, want, func(a, b channel.File) bool {
		return a.Name == b.Name && a.ContentType == b.ContentType && a.ContentID == b.ContentID && a.Inline == b.Inline
	}) {
		t.Errorf("%+v", in.Files)
	}
	// Nearest first: In-Reply-To, then References from the last.
	if !slices.Equal(in.Thread.Parents, []string{"mid:second@lindqvist.example", "mid:first@example.org"}) {
		t.Errorf("%q", in.Thread.Parents)
	}
	if e := in.Email; e.From != "Tom <tom@example.org>" || !slices.Equal(e.To, []string{"Lindqvist, Support <support@lindqvist.example>", "sales@lindqvist.example"}) || !slices.Equal(e.Cc, []string{"boss@example.org"}) {
		t.Errorf("%+v", e)
	}
}

func TestParseOldAndAutomatic(t *testing.T) {
	if in := parseOne(t, oldMail, nil); in.Subject != "Grüße" || in.Text != "Schöne Grüße aus Köln" || in.From.ID != "karl@example.net" || in.From.Name != "Karl" {
		t.Errorf("%+v", in)
	}
	if in := parseOne(t, bounceMail, nil); in.Auto != "bounce" || !strings.HasPrefix(in.Text, "The address anna@example.com does not exist.") {
		t.Errorf("%q %q", in.Auto, in.Text)
	}
	if in := parseOne(t, plainMail, map[string]string{"mail_from": ""}); in.Auto != "reply" {
		t.Errorf("a mail of the empty sender is %q", in.Auto)
	}
	if in := parseOne(t, plainMail, map[string]string{"mail_from": "anna@example.com"}); in.Auto != "" {
		t.Errorf("a mail of a person is %q", in.Auto)
	}
}

// TestParseThread: a reply address that we signed says the conversation, wherever
// it stands; one that somebody made up says nothing.
func TestParseThread(t *testing.T) {
	id := desk.ConversationID(9876543210)
	signed := mail.Sign(key, "support@lindqvist.example", bare(id.String()))
	forged := mail.Sign([]byte("another key"), "support@lindqvist.example", bare(id.String()))
	ours := mail.MessageID(key, bare(id.String()), "m", "lindqvist.example")
	for _, tt := range []struct {
		name, header string
		envelope     map[string]string
		want         desk.ConversationID
	}{
		{"in the envelope", "To: support@lindqvist.example", map[string]string{"rcpt_to": strings.ToUpper(signed), "mail_from": "a@b.c"}, id},
		{"in To", "To: Parley <" + signed + ">", nil, id},
		{"in Cc", "To: x@example.com\r\nCc: y@example.com, " + signed, nil, id},
		{"in Resent-To", "Resent-From: it@lindqvist.example\r\nResent-To: other@lindqvist.example, Desk <" + signed + ">\r\n", nil, id},
		{"in Delivered-To", "Delivered-To: support@lindqvist.example\r\nDelivered-To: " + signed, nil, id},
		{"in In-Reply-To", "In-Reply-To: <" + ours + ">", nil, id},
		{"in References", "References: <x@y> <" + ours + "> <z@y>", nil, id},
		{"forged", "To: " + forged, map[string]string{"rcpt_to": forged, "mail_from": "a@b.c"}, 0},
		{"of another domain", "To: " + strings.Replace(signed, "lindqvist", "evil", 1), nil, 0},
		{"of another conversation", "To: " + strings.Replace(signed, "+c0", "+c1", 1), nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := parseOne(t, "From: anna@example.com\r\nSubject: x\r\n"+tt.header+"\r\n\r\nhello\r\n", tt.envelope)
			if in.Thread.Conversation != tt.want {
				t.Errorf("%v, not %v", in.Thread.Conversation, tt.want)
			}
		})
	}
}

func TestParseOwnMailComesBack(t *testing.T) {
	id := mail.MessageID(key, "abc", "def", "lindqvist.example")
	body := "From: Maja <support@lindqvist.example>\r\nMessage-ID: <" + id + ">\r\nSubject: x\r\n\r\nhello\r\n"
	all, err := New(Options{Key: key, Now: now}).Parse(t.Context(), account(t, Config{}), channel.Raw{Body: []byte(body), At: now()})
	if err == nil {
		t.Errorf("%+v", all)
	}
	// Whatever address stands in From by then: nobody else can make such an id.
	if _, err := New(Options{Key: key, Now: now}).Parse(t.Context(), account(t, Config{}), channel.Raw{Body: []byte(strings.Replace(body, "support@", "sales@", 1)), At: now()}); err == nil {
		t.Error("a mail of ours came back under another address and was taken for a customer's")
	}
}

func TestParseWithoutSender(t *testing.T) {
	in := parseOne(t, "Subject: x\r\n\r\nhello\r\n", map[string]string{"mail_from": "Anna@Example.com"})
	if in.From.ID != "anna@example.com" || in.Unreadable {
		t.Errorf("%+v", in.From)
	}
	if in := parseOne(t, "Subject: x\r\n\r\nhello\r\n", nil); in.From.ID != "unknown sender" || in.Text != "hello" {
		t.Errorf("%+v", in)
	}
}

func TestParseUnreadable(t *testing.T) {
	in := parseOne(t, "\x00\x01\x02", map[string]string{"mail_from": "anna@example.com"})
	if !in.Unreadable || len(in.Files) != 1 || string(in.Files[0].Data) != "\x00\x01\x02" || in.From.ID != "anna@example.com" || in.Dedupe == "" {
		t.Errorf("%+v", in)
	}
}

// TestParseLongText: what nobody could read in one piece is cut and kept as a file.
func TestParseLongText(t *testing.T) {
	in := parseOne(t, "From: a@example.com\r\n\r\n"+strings.Repeat("0123456789 123456789\r\n", 30_000), nil)
	if len(in.Text) > maxText+10 || len(in.Files) != 1 || !strings.HasPrefix(string(in.Files[0].Data), "0123456789") || len(in.Files[0].Data) < 600_000 {
		t.Errorf("%d characters, %d files", len(in.Text), len(in.Files))
	}
}

// HTML of which nothing is left to see is none: the text says more.
func TestEmptyAfterSanitising(t *testing.T) {
	for html, want := range map[string]bool{
		"<title>The page begins, and the title never ends": false, "<style>p {}</style><script>x()</script>": false, "<p>words</p>": true, "<img src='cid:x'>": true,
	} {
		raw := "From: a@example.com\r\nContent-Type: text/html\r\n\r\n" + html + "\r\n"
		in, err := New(Options{Key: key, Now: now}).Parse(t.Context(), channel.Account{}, channel.Raw{Body: []byte(raw)})
		if err != nil || (in[0].HTML != "") != want {
			t.Errorf("%q: %q, %v", html, in[0].HTML, err)
		}
	}
}

// Only a notification that quotes an id which we signed says anything of a mail
// of ours: anybody can write one.
func TestBounceOfOurs(t *testing.T) {
	ch := New(Options{Key: key, Now: now})
	ours := mail.MessageID(key, "1", "2", "lindqvist.example")
	for id, want := range map[string]string{
		ours: "The mail to anna@example.com came back: 5.1.1", mail.MessageID([]byte("another key"), "1", "2", "lindqvist.example"): "", "sent@lindqvist.example": "",
	} {
		raw := strings.Replace(bounceMail, "sent@lindqvist.example", id, 1)
		all, err := ch.Parse(t.Context(), channel.Account{Address: "support@lindqvist.example"}, channel.Raw{Body: []byte(raw), Envelope: map[string]string{"mail_from": ""}})
		if err != nil || all[0].Auto != "bounce" {
			t.Fatalf("%+v, %v", all, err)
		}
		if b := all[0].Bounce; (b == nil) != (want == "") || b != nil && (b.Reason != want || b.Message != "mid:"+ours || b.Recipient != "anna@example.com") {
			t.Errorf("%s: %+v", id, b)
		}
	}
}

// The address that a mail was sent as says which one came back, whatever the word of it
// looks like; what a person or a program answers there is no bounce.
func TestBounceByItsAddress(t *testing.T) {
	ch := New(Options{Key: key, Now: now})
	sent := desk.MessageID(1234567890)
	to := mail.SignBounce(key, "support@lindqvist.example", bare(sent.String()))
	for name, c := range map[string]struct {
		from, to, head, text string
		id                   desk.MessageID
		notice               bool
	}{
		"words":            {"", to, "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice", "<anna@example.com>: 550 5.1.1 User unknown", sent, false},
		"a delay":          {"", to, "From: MAILER-DAEMON@mx.example\r\nSubject: Delayed mail", "<anna@example.com>: 451 4.7.1 Greylisted, will be retried", sent, true},
		"another's token":  {"", strings.Replace(to, "+b", "+b0", 1), "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice", "<anna@example.com>: 550 5.1.1 User unknown", 0, false},
		"an auto-reply":    {"", to, "From: anna@example.com\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied", "Back on Monday. The address boss@example.com is unknown to me.", 0, false},
		"a person answers": {"anna@example.com", to, "From: anna@example.com\r\nSubject: Re: Broken wheel", "550 5.1.1 User unknown, I wonder", 0, false},
	} {
		all, err := ch.Parse(t.Context(), account(t, Config{}), channel.Raw{Body: []byte(c.head + "\r\nTo: " + c.to + "\r\n\r\n" + c.text + "\r\n"), Envelope: map[string]string{"mail_from": c.from, "rcpt_to": c.to}})
		if err != nil {
			t.Fatal(err)
		}
		b := all[0].Bounce
		if (b == nil) != (c.id == 0) || b != nil && (b.ID != c.id || b.Notice != c.notice || b.Recipient != "anna@example.com" || b.Reason == "") {
			t.Errorf("%s: %+v", name, b)
		}
	}
}
