package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// fetched is how many mails wait in the mailbox that is fetched.
const fetched = 2000

// measureMail measures mail that comes in: by SMTP, where each is acknowledged when it
// is committed, from a mailbox of the Dovecot of scripts/with-mail, and large ones.
func measureMail(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "mail")
	if err != nil {
		return err
	}
	if err := p.stop(); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.smtp = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	if err := p.run(ctx); err != nil {
		return err
	}
	err = p.mail(ctx, o, t)
	if err = errors.Join(err, p.stop()); err != nil {
		return err
	}
	return measureLarge(ctx, o, t)
}

func (p *program) mail(ctx context.Context, o options, t *table) error {
	if _, err := p.mailbox(ctx, map[string]any{"address": "support@desk.test"}); err != nil {
		return err
	}
	for _, conns := range []int{1, 16} {
		rate, err := handInRate(ctx, p.smtp, conns, o.stretch)
		if err != nil {
			return err
		}
		t.add(fmt.Sprintf("mails taken in by SMTP, %d connections", conns), fmt.Sprintf("%.0f /s", rate))
	}
	if err := readCostly(ctx, t); err != nil {
		return err
	}
	return p.fetch(ctx, t)
}

// readCostly measures how long the slowest of the mails takes that were made to be slow:
// reading it, telling the words from the history, making its HTML harmless.
func readCostly(ctx context.Context, t *table) error {
	out, err := exec.CommandContext(ctx, "go", "run", "./internal/mailtest/score", "-costly").Output()
	if err != nil {
		return fmt.Errorf("go run ./internal/mailtest/score -costly: %w", err)
	}
	var f struct {
		Of   int
		Name string
		MB   float64
		MS   float64
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return err
	}
	t.aim(fmt.Sprintf("reading the slowest of %d mails made to be slow (%s, %.0f MB)", f.Of, f.Name, f.MB), fmt.Sprintf("%.0f ms", f.MS), "≤ 1 s", f.MS <= 1000)
	return nil
}

// fetch measures fetching from Dovecot, if there is one.
func (p *program) fetch(ctx context.Context, t *table) error {
	lmtp := os.Getenv("PARLEY_TEST_MAIL_LMTP")
	if lmtp == "" {
		t.add("mails fetched over IMAP", "not measured: scripts/with-mail starts a server")
		return nil
	}
	user := "bench-" + rand.Text() + "@box.test"
	if err := handIn(ctx, lmtp, true, user, fetched, small); err != nil {
		return err
	}
	begin := time.Now()
	channel, err := p.watched(ctx, user)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		done, err := p.looked(ctx, channel)
		if err != nil {
			return err
		}
		if done {
			t.add(fmt.Sprintf("mails fetched over IMAP, %d of them, from connecting to the last commit", fetched), fmt.Sprintf("%.0f /s", fetched/time.Since(begin).Seconds()))
			return nil
		}
		pause(ctx, 10*time.Millisecond)
	}
	return ctx.Err()
}

// mailbox makes an inbox with a mail address and returns its channel.
func (p *program) mailbox(ctx context.Context, config map[string]any) (channel string, err error) {
	var inbox, ch struct{ ID string }
	if err := p.call(ctx, "POST", p.ws+"/inboxes", map[string]any{"name": config["address"], "grouping": "per_thread"}, &inbox); err != nil {
		return "", err
	}
	err = p.call(ctx, "POST", p.ws+"/inboxes/"+inbox.ID+"/channels", map[string]any{"kind": "email", "config": config}, &ch)
	return ch.ID, err
}

// watched makes an inbox whose mail is fetched from a mailbox of the Dovecot.
func (p *program) watched(ctx context.Context, user string) (channel string, err error) {
	host, port, err := net.SplitHostPort(os.Getenv("PARLEY_TEST_MAIL_IMAP"))
	if err != nil {
		return "", err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return "", err
	}
	return p.mailbox(ctx, map[string]any{"address": user[:20] + "@box.test", "imap_user": user, "imap_host": host, "imap_port": number, "imap_security": "none", "imap_password": os.Getenv("PARLEY_TEST_MAIL_PASSWORD"), "imap_days": 1})
}

// looked reports whether all of a mailbox was fetched.
func (p *program) looked(ctx context.Context, channel string) (bool, error) {
	var page struct {
		Items []struct {
			Channels []struct {
				ID     string
				Health []struct {
					Way     string
					Waiting int
				}
			}
		}
	}
	err := p.call(ctx, "GET", p.ws+"/inboxes", nil, &page)
	for _, i := range page.Items {
		for _, ch := range i.Channels {
			if ch.ID == channel && len(ch.Health) > 0 {
				return ch.Health[0].Waiting == 0, err
			}
		}
	}
	return false, err
}

// understood waits for the conversations of n mails.
func (p *program) understood(ctx context.Context, subject string, n int) error {
	for ctx.Err() == nil {
		var page struct{ Items []struct{ Subject string } }
		if err := p.call(ctx, "GET", p.ws+"/conversations?view=all", nil, &page); err != nil {
			return err
		}
		there := 0
		for _, c := range page.Items {
			if c.Subject == subject {
				there++
			}
		}
		if there == n {
			return nil
		}
		pause(ctx, 50*time.Millisecond)
	}
	return ctx.Err()
}

// sequence tells mails from each other.
var sequence atomic.Int64

func small() []byte {
	n := sequence.Add(1)
	return fmt.Appendf(nil, "From: Kim <kim%d@customer.test>\r\nTo: support@desk.test\r\nSubject: Mail %d\r\nMessage-ID: <%d@customer.test>\r\n\r\nThe chain jumps again.\r\n", n, n, n)
}

// handIn hands mails to a server over one connection.
func handIn(ctx context.Context, address string, lmtp bool, to string, n int, letter func() []byte) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	if lmtp {
		c = smtp.NewClientLMTP(conn)
	}
	defer c.Close()
	for range n {
		if err := one(c, to, letter()); err != nil {
			return err
		}
	}
	return c.Quit()
}

func one(c *smtp.Client, to string, raw []byte) error {
	if err := c.Mail(fmt.Sprintf("kim%d@customer.test", sequence.Add(1)), &smtp.MailOptions{Size: int64(len(raw))}); err != nil {
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

// handInRate returns how many mails a second are acknowledged.
func handInRate(ctx context.Context, address string, conns int, d time.Duration) (float64, error) {
	clients := make(chan *smtp.Client, conns)
	for range conns {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return 0, err
		}
		c := smtp.NewClient(conn)
		defer c.Close()
		clients <- c
	}
	return repeat(ctx, conns, d, func() error {
		c := <-clients
		defer func() { clients <- c }()
		return one(c, "support@desk.test", small())
	})
}
