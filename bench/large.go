package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sync/errgroup"
)

// fromMailbox is the way of large mails that are fetched.
const fromMailbox = "IMAP"

// measureLarge measures the memory that mails of 48 MB cost: one by each way, and four
// at once, each time of a program that was just started.
func measureLarge(ctx context.Context, o options, t *table) error {
	for _, way := range []string{"SMTP", "LMTP", fromMailbox} {
		for _, n := range []int{1, 4} {
			if way == fromMailbox && os.Getenv("PARLEY_TEST_MAIL_LMTP") == "" {
				t.add(fmt.Sprintf("memory at most while %d of 48 MB come by IMAP", n), "not measured: scripts/with-mail starts a server")
				continue
			}
			if err := measureLargeBy(ctx, o, t, way, n); err != nil {
				return fmt.Errorf("%d large mails by %s: %w", n, way, err)
			}
		}
	}
	return nil
}

func measureLargeBy(ctx context.Context, o options, t *table, way string, n int) error {
	p, err := start(ctx, o, fmt.Sprintf("large-%s-%d", way, n))
	if err != nil {
		return err
	}
	if err := p.stop(); err != nil {
		return err
	}
	listen := func() (string, error) {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		return l.Addr().String(), l.Close()
	}
	if p.smtp, err = listen(); err != nil {
		return err
	}
	if p.lmtp, err = listen(); err != nil {
		return err
	}
	if err := p.run(ctx); err != nil {
		return err
	}
	err = p.large(ctx, t, way, n)
	return errors.Join(err, p.stop())
}

// large lets n large mails come at once and waits until all were understood.
func (p *program) large(ctx context.Context, t *table, way string, n int) error {
	before, err := p.memory("VmHWM")
	if err != nil {
		return err
	}
	var come errgroup.Group
	if way == fromMailbox {
		err = p.fill(ctx, n)
	} else {
		if _, err := p.mailbox(ctx, map[string]any{"address": "support@desk.test"}); err != nil {
			return err
		}
		address, lmtp := p.smtp, way == "LMTP"
		if lmtp {
			address = p.lmtp
		}
		for range n {
			come.Go(func() error { return handIn(ctx, address, lmtp, "support@desk.test", 1, large) })
		}
		err = come.Wait()
	}
	if err == nil {
		err = p.understood(ctx, "A large mail", n)
	}
	if err != nil {
		return err
	}
	after, err := p.memory("VmHWM")
	if err != nil {
		return err
	}
	t.aim(fmt.Sprintf("memory at most, from the start until %d of 48 MB by %s at once were understood; %s before they came", n, way, mib(before)), mib(after), "≤ 200 MB", after <= 200e6)
	return nil
}

// fill puts large mails into one mailbox for each, and lets the program watch these.
func (p *program) fill(ctx context.Context, n int) error {
	for range n {
		user := "bench-" + rand.Text() + "@box.test"
		if err := handIn(ctx, os.Getenv("PARLEY_TEST_MAIL_LMTP"), true, user, 1, large); err != nil {
			return err
		}
		if _, err := p.watched(ctx, user); err != nil {
			return err
		}
	}
	return nil
}

// large returns a mail of 48 MB with one file.
func large() []byte {
	file := make([]byte, 35<<20)
	_, _ = rand.Read(file)
	text := base64.StdEncoding.EncodeToString(file)
	var b bytes.Buffer
	b.WriteString("From: kim@customer.test\r\nTo: support@desk.test\r\nSubject: A large mail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=large.bin\r\n\r\n")
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n--b--\r\n")
	return b.Bytes()
}
