package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

// box is a mailbox of its own in Dovecot.
type box struct {
	*mailSystem
	user string
}

func (m *mailSystem) box() box {
	return box{m, "desk-" + strings.ToLower(rand.Text()[:8]) + "@box.test"}
}

// config is the settings of a channel that fetches from the mailbox, on the way of
// an address.
func (b box) config(address string, more ...any) map[string]any {
	host, port := split(b.t, address)
	config := map[string]any{"address": b.user, "imap_host": host, "imap_port": port, "imap_security": "none", "imap_password": b.password}
	for i := 0; i+1 < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return config
}

// letter is a mail with a subject that tells it from all others.
func letter(from, subject, text string) []byte {
	return []byte("From: " + from + "\r\nTo: desk@box.test\r\nSubject: " + subject + "\r\nMessage-ID: <" + strings.ReplaceAll(subject, " ", ".") + "@customer.test>\r\n\r\n" + text + "\r\n")
}

// deliver hands mails to Dovecot, over one connection.
func (b box) deliver(from string, raws ...[]byte) {
	b.t.Helper()
	conn, err := net.Dial("tcp", b.lmtp)
	if err != nil {
		b.t.Error(err)
		return
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	for _, raw := range raws {
		if err := deliverOne(c, from, b.user, raw); err != nil {
			b.t.Error(err)
			return
		}
	}
	_ = c.Quit()
}

func deliverOne(c *smtp.Client, from, to string, raw []byte) error {
	if err := c.Mail(from, nil); err != nil {
		return err
	}
	if err := c.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// open signs in as whoever looks into the mailbox beside Parley.
func (b box) open() *imapclient.Client {
	b.t.Helper()
	c, err := imapclient.DialInsecure(b.imap, nil)
	if err == nil {
		err = c.Login(b.user, b.password).Wait()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = c.Close() })
	return c
}

// put appends mails to a folder.
func (b box) put(c *imapclient.Client, folder string, raws ...[]byte) {
	b.t.Helper()
	for _, raw := range raws {
		b.append(c, folder, raw, nil)
	}
}

// past puts a mail into the inbox that came a while ago.
func (b box) past(ago time.Duration, raw []byte) {
	b.t.Helper()
	b.append(b.open(), "INBOX", raw, &imap.AppendOptions{Time: time.Now().Add(-ago)})
}

func (b box) append(c *imapclient.Client, folder string, raw []byte, o *imap.AppendOptions) {
	b.t.Helper()
	cmd := c.Append(folder, int64(len(raw)), o)
	_, err := cmd.Write(raw)
	if err == nil {
		err = cmd.Close()
	}
	if err == nil {
		_, err = cmd.Wait()
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// subjects returns those of all conversations, once for each, sorted.
func (p *program) subjects(t *testing.T) (all []string) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []apiConversation
			Next  string `json:"next_cursor"`
		}
		p.must("GET", p.ws+"/conversations?view=all&limit=200&cursor="+cursor, nil, &page)
		for _, c := range page.Items {
			all = append(all, c.Subject)
		}
		if cursor = page.Next; cursor == "" {
			slices.Sort(all)
			return all
		}
	}
}

// holds waits until there is a conversation for each subject, and fails when there
// are others.
func (p *program) holds(t *testing.T, want ...string) {
	t.Helper()
	want = slices.Sorted(slices.Values(want))
	eventually(t, fmt.Sprintf("%d conversations", len(want)), func() bool { return len(p.subjects(t)) >= len(want) })
	if got := p.subjects(t); !slices.Equal(got, want) {
		t.Errorf("conversations %q, want %q", got, want)
	}
}

// wire is the way to a mail server, on which things happen.
type wire struct {
	t    *testing.T
	addr string

	mu     sync.Mutex
	conns  []net.Conn
	silent bool                // nothing comes through any more, and nobody is told
	change func([]byte) []byte // of what the server says; nil cuts the connection
	opened int
}

func newWire(t *testing.T, to string) *wire {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, addr: l.Addr().String()}
	t.Cleanup(func() { _ = l.Close(); w.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				_ = c.Close()
				continue
			}
			w.mu.Lock()
			w.opened++
			w.silent = false // of the connections before
			w.conns = append(w.conns, c, s)
			w.mu.Unlock()
			go w.carry(c, s, false)
			go w.carry(s, c, true)
		}
	}()
	return w
}

func (w *wire) carry(from, to net.Conn, said bool) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 64<<10)
	dead := false
	for {
		n, err := from.Read(buf)
		w.mu.Lock()
		dead = dead || w.silent
		change := w.change
		w.mu.Unlock()
		if err != nil && !dead {
			return
		}
		if err != nil {
			select {} // the far side is gone, and nobody on this one hears of it
		}
		data := buf[:n]
		if said && change != nil {
			if data = change(data); data == nil {
				return
			}
		}
		if dead {
			continue
		}
		if _, err := to.Write(data); err != nil {
			return
		}
	}
}

// cut ends all connections.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}

// mute makes black holes of all connections there are.
func (w *wire) mute() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
}

func (w *wire) changing(change func([]byte) []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.change = change
}

func (w *wire) connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opened
}

// health is what the settings say of a channel's way.
type health struct {
	Way, Problem string
	OkAt         time.Time `json:"ok_at"`
	Waiting      int
	Lag          float64 `json:"lag_seconds"`
}

func (p *program) health(channel, way string) health {
	p.t.Helper()
	var page struct {
		Items []struct {
			Channels []struct {
				ID     string
				Health []health
			}
		}
	}
	p.must("GET", p.ws+"/inboxes", nil, &page)
	for _, i := range page.Items {
		for _, ch := range i.Channels {
			for _, h := range ch.Health {
				if ch.ID == channel && h.Way == way {
					return h
				}
			}
		}
	}
	return health{}
}

// fetching connects a mailbox and waits until Parley has looked into it.
func (p *program) fetching(config map[string]any) (channel string) {
	p.t.Helper()
	_, channel = p.connect(config)
	eventually(p.t, "Parley has looked into the mailbox", func() bool { return !p.health(channel, "in").OkAt.IsZero() })
	return channel
}

// TestMailFetched: over TLS, from now on, without a mark in the mailbox; what is
// answered, is answered by mail. Specification 7 (e-mail).
func TestMailFetched(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	b.past(time.Hour, letter("kim@customer.test", "Long before", "Old."))
	p := m.program()
	p.fetching(b.config(m.imaps, "imap_security", "tls"))
	b.deliver("kim@customer.test", letter("Kim Ek <kim@customer.test>", "By post", "Is it there?"))
	c := p.arrived("By post")
	if c.Contact.Email != "kim@customer.test" || c.Contact.Name != "Kim Ek" {
		t.Errorf("%+v", c.Contact)
	}
	p.holds(t, "By post")
	client := b.open()
	data, err := client.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || data.NumMessages != 2 {
		t.Fatalf("%+v, %v", data, err)
	}
	unseen, err := client.Search(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil || len(unseen.AllSeqNums()) != 2 {
		t.Errorf("%v are not read, %v; want both", unseen.AllSeqNums(), err)
	}
}

// TestMailBeforeFirstLook: what comes into a mailbox that does not let Parley in yet is
// there when it does; what came before is not. Specification 7 (e-mail).
func TestMailBeforeFirstLook(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	b.past(time.Minute, letter("kim@customer.test", "Before the mailbox", "Old."))
	p := m.program()
	_, ch := p.connect(b.config(m.imap, "imap_password", "not the one"))
	eventually(t, "the password is refused", func() bool { return p.health(ch, "in").Problem != "" })
	b.deliver("kim@customer.test", letter("kim@customer.test", "While it was closed", "Is it there?"))
	p.must("PATCH", p.ws+"/channels/"+ch, map[string]any{"config": b.config(m.imap)}, nil)
	p.arrived("While it was closed")
	p.holds(t, "While it was closed")
}

// TestMailFetchedFromFolders: several folders and older mail, marked as read where
// the admin wants it; a folder that is not there is named with those that are.
func TestMailFetchedFromFolders(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	client := b.open()
	if err := client.Create("Süd", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	b.deliver("kim@customer.test", letter("kim@customer.test", "Yesterday", "Old."))
	p := m.program("--mail-poll", "1s")
	_, ch := p.connect(b.config(m.imap, "imap_folders", []string{"INBOX", "Nord"}, "imap_days", 2, "imap_seen", true))
	eventually(t, "the folders are named", func() bool { return strings.Contains(p.health(ch, "in").Problem, "It has: ") })
	if s := p.health(ch, "in").Problem; !strings.Contains(s, "no folder Nord") || !strings.Contains(s, "Süd") || !strings.Contains(s, "INBOX") {
		t.Error(s)
	}
	p.must("PATCH", p.ws+"/channels/"+ch, map[string]any{"config": b.config(m.imap, "imap_folders", []string{"INBOX", "Süd"}, "imap_days", 2, "imap_seen", true)}, nil)
	p.holds(t, "Yesterday")
	b.put(client, "Süd", letter("kim@customer.test", "In a folder", "There."))
	p.holds(t, "In a folder", "Yesterday")
	if _, err := client.Select("Süd", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is read", func() bool {
		seen, err := client.Search(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
		return err == nil && len(seen.AllSeqNums()) == 1
	})
	if p.health(ch, "in").Problem != "" {
		t.Errorf("still says %q", p.health(ch, "in").Problem)
	}
}

// TestMailBurst: five hundred mails of ten senders while the mailbox is listened to,
// on a line that is cut, with a program that is killed: each is there, each once.
func TestMailBurst(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program("--mail-renew", "2s")
	p.fetching(b.config(line.addr))
	var wg sync.WaitGroup
	var want []string
	for sender := range 10 {
		from := fmt.Sprintf("sender%d@customer.test", sender)
		var raws [][]byte
		for i := range 50 {
			subject := fmt.Sprintf("Burst %d of %d", i, sender)
			want = append(want, subject)
			raws = append(raws, letter(from, subject, "One of many."))
		}
		raws = append(raws, raws[7]) // and a copy
		wg.Go(func() { b.deliver(from, raws...) })
	}
	eventually(t, "some are there", func() bool { return len(p.conversations()) > 20 })
	line.cut()
	eventually(t, "more are there", func() bool { return len(p.subjects(t)) > 100 })
	p.kill()
	p.start()
	wg.Wait()
	p.holds(t, want...)
}

// TestMailBlackHole: a connection through which nothing comes any more, and which
// nobody closes, is noticed, and what came meanwhile is fetched.
func TestMailBlackHole(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program("--mail-renew", "1s")
	p.fetching(b.config(line.addr))
	line.mute()
	b.deliver("kim@customer.test", letter("kim@customer.test", "Into the dark", "Hello?"))
	p.holds(t, "Into the dark")
}

// TestMailWithoutIdle: a server that does not tell what arrives is asked.
func TestMailWithoutIdle(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	line.changing(func(said []byte) []byte { return bytes.ReplaceAll(said, []byte(" IDLE"), []byte(" XDLE")) })
	p := m.program("--mail-poll", "1s")
	p.fetching(b.config(line.addr))
	b.deliver("kim@customer.test", letter("kim@customer.test", "Nobody told", "Hello?"))
	p.holds(t, "Nobody told")
	if n := line.connections(); n != 1 {
		t.Errorf("%d connections, want one that is kept", n)
	}
}

// TestMailPoison: a mail that cannot be fetched is set aside after a few tries, and
// one that is too large is kept as what it is; those after them arrive.
func TestMailPoison(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	line.changing(func(said []byte) []byte {
		if bytes.Contains(said, []byte("POISON")) {
			return nil
		}
		return said
	})
	p := m.program("--mail-size", "1")
	p.fetching(b.config(line.addr))
	b.deliver("kim@customer.test", letter("kim@customer.test", "Before", "x"), letter("kim@customer.test", "Bad", "POISON"),
		letter("kim@customer.test", "Large", strings.Repeat(strings.Repeat("x", 70)+"\r\n", 20_000)), letter("kim@customer.test", "After", "x"))
	p.holds(t, "After", "Before", "Large", "A mail that could not be fetched")
	for _, c := range p.conversations() {
		text := p.messages(c.ID)[0].Text
		if c.Subject == "Large" && (text != "This mail is 1.4 MB, more than the 1.0 MB that Parley takes in. It is in the folder INBOX of the mailbox "+b.user+"." || c.Contact.Email != "kim@customer.test") {
			t.Errorf("%+v: %s", c, text)
		}
		if strings.HasPrefix(c.Subject, "A mail that") && !strings.HasPrefix(text, "This mail could not be fetched in 4 tries.") {
			t.Error(text)
		}
	}
}

// TestMailNumbersChange: when a folder's numbers begin anew all of it is looked at
// again: nothing twice, nothing lost, and nothing from before the first look.
func TestMailNumbersChange(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	client := b.open()
	if err := client.Create("Desk", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	old := []byte("Date: Mon, 4 May 2020 08:00:00 +0000\r\n" + string(letter("kim@customer.test", "Years ago", "Old.")))
	was := time.Date(2020, 5, 4, 8, 0, 0, 0, time.UTC)
	putOld := func() { b.append(client, "Desk", old, &imap.AppendOptions{Time: was}) }
	putOld()
	p := m.program("--mail-renew", "1s")
	p.fetching(b.config(m.imap, "imap_folders", []string{"Desk"}))
	b.put(client, "Desk", letter("kim@customer.test", "One", "x"), letter("kim@customer.test", "Two", "x"))
	p.holds(t, "One", "Two")
	before, err := client.Status("Desk", &imap.StatusOptions{UIDValidity: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Delete("Desk").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := client.Create("Desk", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	putOld()
	b.put(client, "Desk", letter("kim@customer.test", "Two", "x"), letter("kim@customer.test", "One", "x"), letter("kim@customer.test", "Three", "x"))
	after, err := client.Status("Desk", &imap.StatusOptions{UIDValidity: true}).Wait()
	if err != nil || after.UIDValidity == before.UIDValidity {
		t.Fatalf("UIDVALIDITY %d, was %d: %v", after.UIDValidity, before.UIDValidity, err)
	}
	p.holds(t, "One", "Three", "Two")
}

// TestMailServerRestarts: what comes before, while and after Dovecot is started
// again arrives once.
func TestMailServerRestarts(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	p := m.program()
	p.fetching(b.config(m.imap))
	b.deliver("kim@customer.test", letter("kim@customer.test", "First", "x"))
	p.holds(t, "First")
	m.root("doveadm", "-c", m.dovecot, "stop")
	p.must("POST", p.ws+"/tags", map[string]string{"name": "still at work"}, nil)
	m.root("dovecot", "-c", m.dovecot)
	eventually(t, "Dovecot is there", func() bool {
		c, err := net.Dial("tcp", m.lmtp)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	b.deliver("kim@customer.test", letter("kim@customer.test", "Second", "x"))
	p.holds(t, "First", "Second")
}

// root runs a command that the servers' user may.
func (m *mailSystem) root(args ...string) {
	m.t.Helper()
	if os.Getuid() != 0 {
		args = append([]string{"sudo", "-n"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	cmd.Stdout = io.Discard
	if err := cmd.Run(); err != nil {
		m.t.Fatalf("%v: %v", args, err)
	}
}

// TestMailTwoNodes: of two programs on one database one watches the mailbox; when it
// is killed the other goes on, and each mail is there once.
func TestMailTwoNodes(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program()
	if p.postgres == "" {
		t.Skip("a SQLite database has one program: run this with scripts/with-postgres")
	}
	p.fetching(b.config(line.addr))
	other := *p
	other.log, other.cmd = bytes.Buffer{}, nil
	other.args = slices.Clone(p.args)
	for i, arg := range p.args[:len(p.args)-1] {
		switch arg {
		case "--listen":
			other.args[i+1] = free(t)
			other.base = "http://" + other.args[i+1]
		case "--smtp", "--lmtp":
			other.args[i+1] = free(t)
		}
	}
	other.args = append(other.args, "--node", "1")
	other.run()
	b.deliver("kim@customer.test", letter("kim@customer.test", "To the first", "x"))
	p.holds(t, "To the first")
	eventually(t, "the other looked for mailboxes too", func() bool { return other.call("GET", "/readyz", nil, nil) })
	if n := line.connections(); n != 1 {
		t.Errorf("%d connections to the mailbox, want that of one program", n)
	}
	p.kill()
	b.deliver("kim@customer.test", letter("kim@customer.test", "To the second", "x"))
	other.must("POST", "/api/v1/session", map[string]string{"email": "maja@example.com", "password": "correct horse battery"}, nil)
	other.holds(t, "To the first", "To the second")
	p.start() // for the end of the test
}
