package email

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/channel"
	"parley/internal/mail"
)

// client talks to the receiver as rudely as the test wants.
type client struct {
	t *testing.T
	net.Conn
	r *textproto.Reader
}

func talk(t *testing.T, address string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{t, conn, textproto.NewReader(bufio.NewReader(conn))}
}

// say writes bytes as they are and reads one answer for each code; an answer
// begins with its code.
func (c *client) say(text string, codes ...string) (last string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatal(err)
	}
	for _, code := range codes {
		for {
			line, err := c.r.ReadLine()
			if err != nil {
				c.t.Fatalf("after %.60q, want %s: %v", text, code, err)
			}
			if len(line) > 3 && line[3] == '-' {
				continue
			}
			if last = line; !strings.HasPrefix(line, code) {
				c.t.Fatalf("after %.60q, want %s, got %q", text, code, line)
			}
			break
		}
	}
	return last
}

// offer says everything before a mail's bytes.
func (c *client) offer() {
	c.t.Helper()
	c.say("", "220")
	c.say("EHLO rude.test\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nDATA\r\n", "250", "250", "250", "354")
}

func TestTooLargeSaysSo(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{MaxSize: 2 << 20})
	long := plainMail + strings.Repeat("a line of a long mail\r\n", 100_000)
	c := talk(t, address)
	c.offer()
	if answer := c.say(long+".\r\n", "552 5.3.4"); !strings.Contains(answer, "at most 2 MB") {
		t.Errorf("%q", answer)
	}
	c.say(fmt.Sprintf("MAIL FROM:<a@example.com> SIZE=%d\r\n", 3<<20), "552 5.3.4")
	c.say("MAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\n", "250", "250")
	c.say(fmt.Sprintf("BDAT %d LAST\r\n%s", len(long), long), "552 5.3.4")
	// Whoever was refused may send another mail on the same connection.
	c.say("MAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nDATA\r\n", "250", "250", "354")
	c.say(plainMail+".\r\n", "250")
	if got := in.stored(); len(got) != 1 || string(got[0].raw.Body) != plainMail {
		t.Errorf("stored %d", len(got))
	}
}

// A large mail is kept as it comes, once for all who get it, and is the mail that it was.
func TestLargeIsKept(t *testing.T) {
	in := twoInboxes()
	smtp, lmtp, _ := serve(t, in, Options{})
	long := plainMail + strings.Repeat("a line of a long mail\r\n", 100_000)
	for _, address := range []string{smtp, lmtp} {
		c := talk(t, address)
		c.say("", "220")
		hello, answers := "EHLO", []string{"250"}
		if address == lmtp {
			hello, answers = "LHLO", []string{"250", "250"} // one for each recipient
		}
		c.say(hello+" x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nRCPT TO:<sales@lindqvist.example>\r\nDATA\r\n", "250", "250", "250", "250", "354")
		c.say(long+".\r\n", answers...)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.got) != 4 || len(in.kept) != 2 {
		t.Fatalf("%d mails are stored, %d kept", len(in.got), len(in.kept))
	}
	for _, g := range in.got {
		if body := in.body(g.raw); string(body) != long || len(g.raw.Body) > 0 || g.raw.Kept.Size != int64(len(long)) || g.raw.Dedupe != mail.Dedupe([]byte(long)) {
			t.Errorf("%d bytes are kept of %d, key %s", len(body), len(long), g.raw.Dedupe)
		}
	}
}

// A mail in pieces, and one whose client goes away between them.
func TestChunks(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	c := talk(t, address)
	c.say("", "220")
	c.say("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\n", "250", "250", "250")
	c.say(fmt.Sprintf("BDAT 10\r\n%sBDAT %d LAST\r\n%s", plainMail[:10], len(plainMail)-10, plainMail[10:]), "250", "250")
	c.say("MAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\n", "250", "250")
	c.say("BDAT 10\r\n0123456789", "250")
	_ = c.Close()
	other := talk(t, address)
	other.offer()
	other.say(plainMail+".\r\n", "250")
	if got := in.stored(); len(got) != 2 || string(got[0].raw.Body) != plainMail {
		t.Errorf("stored %d", len(got))
	}
}

func TestTooManyRecipients(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	c := talk(t, address)
	c.say("", "220")
	c.say("EHLO x\r\nMAIL FROM:<a@example.com>\r\n", "250", "250")
	for i := range maxRecipients {
		c.say(fmt.Sprintf("RCPT TO:<support+%d@lindqvist.example>\r\n", i), "250")
	}
	c.say("RCPT TO:<support@lindqvist.example>\r\n", "452 4.5.3")
	c.say("DATA\r\n", "354")
	c.say(plainMail+".\r\n", "250")
	if len(in.stored()) != 1 {
		t.Errorf("stored %d", len(in.stored()))
	}
}

// One address cannot keep the others out: not by connections at once, not by new
// ones in a row. Mail servers of our own are not counted.
func TestConnectionsOfOneAddress(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		in := twoInboxes()
		address, lmtp, _ := serve(t, in, Options{Neighbours: []netip.Prefix{}})
		var open []*client
		for range perClient {
			c := talk(t, address)
			c.say("", "220")
			open = append(open, c)
		}
		talk(t, address).say("", "421 4.7.0")
		talk(t, lmtp).say("", "220")
		open[0].say("QUIT\r\n", "221")
		again := func() bool {
			line, err := talk(t, address).r.ReadLine()
			return err == nil && strings.HasPrefix(line, "220")
		}
		for deadline := time.Now().Add(10 * time.Second); !again(); {
			if time.Now().After(deadline) {
				t.Fatal("a connection that ended still counts")
			}
		}
		open[1].say("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nDATA\r\n", "250", "250", "250", "354")
		open[1].say(plainMail+".\r\n", "250")
	})
	t.Run("in a row", func(t *testing.T) {
		address, _, _ := serve(t, twoInboxes(), Options{Neighbours: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
		for range clientBurst {
			c := talk(t, address)
			c.say("", "220")
			c.say("QUIT\r\n", "221")
		}
		// The last ones may not be counted out yet: both answers are this one.
		talk(t, address).say("", "421 4.7.0")
	})
	t.Run("of our own", func(t *testing.T) {
		address, _, _ := serve(t, twoInboxes(), Options{})
		for range perClient + clientBurst {
			talk(t, address).say("", "220")
		}
	})
}

func TestLongLines(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	// RFC 5321 says 998 bytes; real mails have longer lines, which are taken.
	long := plainMail + strings.Repeat("x", 60_000) + "\r\n"
	c := talk(t, address)
	c.offer()
	c.say(long+".\r\n", "250")
	if got := in.stored(); len(got) != 1 || string(got[0].raw.Body) != long {
		t.Fatalf("stored %d", len(got))
	}
	c = talk(t, address)
	c.offer()
	if answer := c.say(plainMail+strings.Repeat("x", maxLine+1)+"\r\n.\r\n", "554 5.6.0"); !strings.Contains(answer, "A line") {
		t.Errorf("%q", answer)
	}
	c = talk(t, address)
	c.say("", "220")
	c.say("EHLO "+strings.Repeat("x", maxLine+1)+"\r\n", "500")
	if len(in.stored()) != 1 {
		t.Errorf("stored %d", len(in.stored()))
	}
}

// Garbage is answered and ends; the next client is served.
func TestGarbage(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	for _, rude := range []string{
		"GET / HTTP/1.1\r\nHost: desk.test\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", strings.Repeat("\x00", 4000) + "\r\n", strings.Repeat("\r\n", 500),
		strings.Repeat("RCPT TO:<support@lindqvist.example>\r\n", 200), "DATA\r\nDATA\r\nDATA\r\n.\r\n.\r\n", "EHLO x\r\nMAIL FROM:<<<>>>\r\nMAIL FROM:\r\nRCPT\r\n\xff\xfe\xfd\r\n",
		"EHLO \x00\r\nMAIL FROM:<a\x00b@example.com>\r\nRCPT TO:<\xff\xfe@lindqvist.example>\r\n", "EHLO x\r\nAUTH PLAIN AGEAYg==\r\nSTARTTLS\r\nXXXX\r\n",
		"EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nBDAT 99999999999999999999 LAST\r\n",
	} {
		c := talk(t, address)
		if _, err := c.Write([]byte(rude)); err != nil {
			t.Fatal(err)
		}
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		for { // until the server ends it
			if _, err := c.r.ReadLine(); err != nil {
				break
			}
		}
	}
	c := talk(t, address)
	// Everything at once, as impatient clients do.
	c.say("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\nDATA\r\n"+plainMail+".\r\nNOOP\r\nQUIT\r\n", "220", "250", "250", "250", "354", "250", "250", "221")
	if got := in.stored(); len(got) != 1 || string(got[0].raw.Body) != plainMail {
		t.Errorf("stored %d", len(got))
	}
}

// What looks like the end of a mail to careless servers is part of it: nobody can
// smuggle a second mail, with an envelope of its own, inside another.
func TestNoMailInsideAnother(t *testing.T) {
	for _, end := range []string{"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\n.\r"} {
		in := twoInboxes()
		address, _, _ := serve(t, in, Options{})
		inside := "MAIL FROM:<boss@lindqvist.example>\r\nRCPT TO:<sales@lindqvist.example>\r\nDATA\r\n" + plainMail
		c := talk(t, address)
		c.offer()
		c.say(plainMail+"x"+end+inside+"\r\n.\r\n", "250")
		c.say("QUIT\r\n", "221")
		if got := in.stored(); len(got) != 1 || !strings.Contains(string(got[0].raw.Body), "boss@lindqvist.example") || got[0].raw.Envelope["mail_from"] != "a@example.com" {
			t.Errorf("%q made %d mails", end, len(got))
		}
	}
}

// What was said in clear before the encryption began is not taken for said in it.
func TestNothingBeforeEncryption(t *testing.T) {
	server, trust := certificate(t)
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{TLS: server})
	c := talk(t, address)
	c.say("", "220")
	c.say("EHLO x\r\n", "250")
	c.say("STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<support@lindqvist.example>\r\n", "220")
	trust.ServerName = "127.0.0.1"
	secure := tls.Client(c.Conn, trust)
	if err := secure.Handshake(); err != nil {
		// The words in clear are no handshake: that ends it, which is as good.
		if len(in.stored()) != 0 {
			t.Error("something was stored")
		}
		return
	}
	s := &client{t, secure, textproto.NewReader(bufio.NewReader(secure))}
	s.say("DATA\r\n", "502")
}

// Bytes that are no text are stored as they came, and shown as text (F1: nothing is lost).
func TestBytesThatAreNoText(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	raw := "From: \xff\xfe <anna@example.com>\r\nTo: support@lindqvist.example\r\nSubject: a\x00b \xc3\x28 \xe4\r\nX-\xf0: \x01\x02\r\n\r\nbefore\x00after \xfc \xed\xa0\x80 \x1b[31m\r\n"
	c := talk(t, address)
	c.say("", "220")
	c.say("EHLO \xff\x00\r\nMAIL FROM:<\xfc\x00@example.com>\r\nRCPT TO:<SUPPORT+\xff\x00@lindqvist.example>\r\nDATA\r\n", "250", "250", "250", "354")
	c.say(raw+".\r\n", "250")
	got := in.stored()
	if len(got) != 1 || string(got[0].raw.Body) != raw {
		t.Fatalf("%+v", got)
	}
	for k, v := range got[0].raw.Envelope {
		if !utf8.ValidString(v) || strings.Contains(v, "\x00") {
			t.Errorf("envelope %s is %q", k, v)
		}
	}
	if d := got[0].raw.Dedupe; !utf8.ValidString(d) || strings.Contains(d, "\x00") {
		t.Errorf("dedupe %q", d)
	}
	ch := New(Options{Key: key, Now: now})
	all, err := ch.Parse(t.Context(), channel.Account{Address: "support@lindqvist.example"}, got[0].raw)
	if err != nil || len(all) != 1 || all[0].Unreadable {
		t.Fatalf("%+v, %v", all, err)
	}
	m := all[0]
	for _, s := range []string{m.Subject, m.Text, m.From.Name, m.From.ID, m.Email.From} {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x01\x1b") {
			t.Errorf("%q", s)
		}
	}
	if m.From.Email != "anna@example.com" || !strings.Contains(m.Text, "beforeafter ü") {
		t.Errorf("%+v", m)
	}
}

func TestNetworkOfClients(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1": "192.0.2.7/32", "[::ffff:192.0.2.7]:1": "192.0.2.7/32", "[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64",
	} {
		ap := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(remote))
		if got, ok := network(ap); !ok || got.String() != want {
			t.Errorf("%s counts as %s", remote, got)
		}
	}
}
