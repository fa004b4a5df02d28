package main

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/internal/mailtest"
)

// TestExamplesThroughTheProgram hands every published mail to the running program
// by SMTP and reads it back through the public API. None is lost, and what the API
// shows is what is expected. The floors are measured.
func TestExamplesThroughTheProgram(t *testing.T) {
	dir := mailtest.Examples(t)
	smtp := free(t)
	p := newProgram(t, "--smtp", smtp)
	p.run()
	p.begin()
	floors := map[string]int{
		"chatwoot/cases.jsonl": 44, "chatwoot/cases.consensus.jsonl": 622, "enmime/cases.consensus.jsonl": 699, "go-mail/cases.consensus.jsonl": 65,
		"inbucket/cases.consensus.jsonl": 115, "mailparser/cases.consensus.jsonl": 139, "mailpit/cases.consensus.jsonl": 94,
	}
	total, agree := 0, 0
	for i, set := range mailtest.Sets {
		t.Run(set, func(t *testing.T) {
			cases := mailtest.Cases(t, dir, set)
			// An address for each, since fixtures were made by copying: within one
			// address some would be copies of others.
			var inbox struct{ ID string }
			p.must("POST", p.ws+"/inboxes", map[string]any{"name": set, "grouping": "per_thread"}, &inbox)
			c := dialSMTP(t, smtp)
			for j, one := range cases {
				address := fmt.Sprintf("set%d-%d@desk.test", i, j)
				p.must("POST", p.ws+"/inboxes/"+inbox.ID+"/channels", map[string]any{"kind": "email", "name": set, "config": map[string]any{"address": address}}, nil)
				c.mail("sender@example.net", address, one.Raw)
			}
			c.quit()
			entries := p.ledger(t, len(cases))
			checks, good := 0, 0
			for j, one := range cases {
				for field, problem := range mailtest.Check(one, p.seen(t, entries[j], one.Raw)) {
					checks++
					if problem == "" {
						good++
						continue
					}
					t.Logf("%s: %s: %.300s", one.ID, field, problem)
				}
			}
			total, agree = total+checks, agree+good
			t.Logf("%s: %d mails, %d of %d", set, len(cases), good, checks)
			if good < floors[set] {
				t.Errorf("%d agree, fewer than the %d that did", good, floors[set])
			}
		})
	}
	t.Logf("%d of %d", agree, total)
}

// TestThreadsThroughTheProgram sends the mailboxes of IMAP servers' tests of
// THREAD=REFERENCES (RFC 5256) and compares which mails stand together. IMAP looks
// at a whole mailbox at once; here an exact copy is no second mail (thread2), equal
// subjects join nothing (thread4), and ids that go in a circle join (thread).
func TestThreadsThroughTheProgram(t *testing.T) {
	dir := mailtest.Examples(t)
	smtp := free(t)
	p := newProgram(t, "--smtp", smtp)
	p.run()
	p.begin()
	all, same := 0, 0
	mailtest.EachLine(t, filepath.Join(dir, "email", "imaptest", "cases.jsonl"), func(line []byte) {
		var set struct {
			ID, File, Algorithm string
			Expect              struct{ Groups [][]int }
		}
		if err := json.Unmarshal(line, &set); err != nil {
			t.Fatal(err)
		}
		if set.Algorithm != "REFERENCES" {
			return
		}
		mbox, err := os.ReadFile(filepath.Join(dir, set.File))
		if err != nil {
			t.Fatal(err)
		}
		address := fmt.Sprintf("thread%d@desk.test", all)
		p.connect(map[string]any{"address": address})
		c := dialSMTP(t, smtp)
		n := 0
		for _, raw := range regexp.MustCompile(`(?m)^From user@domain.*\n`).Split(string(mbox), -1)[1:] {
			c.mail("user@domain.example", address, []byte(raw))
			n++
		}
		c.quit()
		got := map[string][]int{}
		for i, e := range p.ledger(t, n) {
			if e.State != "message" && e.State != "duplicate" {
				t.Errorf("%s: mail %d became %s: %s", set.ID, i+1, e.State, e.Reason)
			}
			if slices.Contains(slices.Concat(set.Expect.Groups...), i+1) { // the answer is one before the last mails came
				got[e.Conversation] = append(got[e.Conversation], i+1)
			}
		}
		all++
		differ := len(got) != len(set.Expect.Groups)
		for _, g := range set.Expect.Groups {
			differ = differ || !slices.ContainsFunc(slices.Collect(maps.Values(got)), func(h []int) bool { return slices.Equal(g, h) })
		}
		if differ {
			t.Logf("%s: want %v, got %v", set.ID, set.Expect.Groups, slices.Collect(maps.Values(got)))
			return
		}
		same++
	})
	t.Logf("%d of %d mailboxes", same, all)
	if same < 5 {
		t.Errorf("%d agree, fewer than those that did", same)
	}
}

// ledgerEntry is one mail that arrived.
type ledgerEntry struct {
	ID, State, Reason string
	Conversation      string `json:"conversation_id"`
	Message           string `json:"message_id"`
}

// ledger waits until the last n mails that arrived have become something, and
// returns them in the order in which they came.
func (p *program) ledger(t *testing.T, n int) (all []ledgerEntry) {
	t.Helper()
	eventually(t, "every mail has become something", func() bool {
		all = nil
		for cursor := ""; len(all) < n; {
			var page struct {
				Items []ledgerEntry
				Next  string `json:"next_cursor"`
			}
			p.must("GET", p.ws+"/ledger/inbound?limit=100&cursor="+cursor, nil, &page)
			slices.Reverse(page.Items)
			all = append(page.Items, all...)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if len(all) < n {
			return false
		}
		all = all[len(all)-n:]
		for _, e := range all {
			if e.State == "received" {
				return false
			}
		}
		return true
	})
	return all
}

// seen is what the API shows of a mail.
func (p *program) seen(t *testing.T, e ledgerEntry, raw []byte) mailtest.Seen {
	t.Helper()
	if e.State != "message" {
		t.Errorf("a mail became %s: %s", e.State, e.Reason)
		return mailtest.Seen{Problem: e.Reason}
	}
	var c struct {
		apiConversation
		Source string `json:"opened_source"`
	}
	p.must("GET", p.ws+"/conversations/"+e.Conversation, nil, &c)
	for _, m := range p.messages(e.Conversation) {
		if m.ID != e.Message {
			continue
		}
		if m.Unreadable {
			return mailtest.Seen{Problem: "shown as unreadable"}
		}
		name, email := person(m.Email.From)
		s := mailtest.Seen{
			Subject: m.Subject, FromEmail: email, FromName: name, MessageID: m.Email.MessageID, HasHTML: m.HTML != "", Text: m.Text, Visible: m.Text, Customer: c.Contact.Email,
			Hidden: []string{"date", "in reply to", "references", "auto", "cid"},
		}
		if h, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
			s.OriginalSender = h.Header.Get("X-Original-Sender")
			if a, err := mail.ParseAddress(h.Header.Get("Reply-To")); err == nil {
				s.ReplyTo = a.Address
			}
		}
		if m.VisibleEnd > 0 {
			s.Visible = string([]rune(m.Text)[:m.VisibleEnd])
		}
		for _, a := range m.Email.To {
			_, email := person(a)
			s.To = append(s.To, email)
		}
		for _, a := range m.Email.Cc {
			_, email := person(a)
			s.Cc = append(s.Cc, email)
		}
		for _, f := range m.Attachments {
			data := p.download(t, f.URL)
			sum := md5.Sum(data)
			if len(data) != f.Size {
				t.Errorf("%s has %d bytes and says %d", f.Name, len(data), f.Size)
			}
			s.Files = append(s.Files, mailtest.File{Name: f.Name, Type: f.ContentType, MD5: hex.EncodeToString(sum[:]), Size: f.Size, Inline: f.Inline})
		}
		if m.HTML != "" {
			if page := p.download(t, m.HTML); len(page) == 0 || bytes.Contains(bytes.ToLower(page), []byte("<script")) {
				t.Errorf("the HTML of %s has %d bytes", e.Message, len(page))
			}
		}
		return s
	}
	t.Errorf("message %s is not in its conversation", e.Message)
	return mailtest.Seen{Problem: "lost"}
}

// person takes "Name <address>" apart.
func person(s string) (name, email string) {
	if i := strings.LastIndex(s, " <"); i >= 0 && strings.HasSuffix(s, ">") {
		return s[:i], s[i+2 : len(s)-1]
	}
	if strings.Contains(s, "@") {
		return "", s
	}
	return s, ""
}

func (p *program) download(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := p.client.Get(p.base + url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", url, resp.Status, err)
	}
	return b
}

// smtpClient says what it is told, and no more: what other clients would mend
// arrives broken.
type smtpClient struct {
	*textproto.Conn
	t *testing.T
}

func dialSMTP(t *testing.T, address string) *smtpClient {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &smtpClient{textproto.NewConn(conn), t}
	c.want(220)
	c.say(250, "EHLO client.test")
	return c
}

// want reads an answer and fails unless it has a code.
func (c *smtpClient) want(code int) string {
	c.t.Helper()
	got, text, err := c.ReadResponse(0)
	if got != code {
		c.t.Fatalf("want %d, got %d %s, %v", code, got, text, err)
	}
	return text
}

func (c *smtpClient) say(code int, format string, args ...any) string {
	c.t.Helper()
	if err := c.PrintfLine(format, args...); err != nil {
		c.t.Fatal(err)
	}
	return c.want(code)
}

// mail hands in a mail byte for byte but for the ends of its lines.
func (c *smtpClient) mail(from, to string, raw []byte) {
	c.t.Helper()
	c.say(250, "MAIL FROM:<%s>", from)
	c.say(250, "RCPT TO:<%s>", to)
	c.say(354, "DATA")
	w := bufio.NewWriter(c.W)
	for line := range bytes.Lines(raw) {
		if line[0] == '.' {
			_ = w.WriteByte('.')
		}
		_, _ = w.Write(bytes.TrimRight(line, "\r\n"))
		_, _ = w.WriteString("\r\n")
	}
	_, _ = w.WriteString(".\r\n")
	if err := w.Flush(); err != nil {
		c.t.Fatal(err)
	}
	if err := c.W.Flush(); err != nil {
		c.t.Fatal(err)
	}
	c.want(250)
}

func (c *smtpClient) quit() { c.say(221, "QUIT") }
