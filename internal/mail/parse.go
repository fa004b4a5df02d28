package mail

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

// parseTime is how long a mail may be read.
const parseTime = 30 * time.Second

// Parse reads a mail. Whatever can be saved of a broken one is; an error is
// ErrUnreadable and means that nothing could, or that it took longer than 30 s.
func Parse(ctx context.Context, raw []byte) (*Mail, error) {
	ctx, cancel := context.WithTimeout(ctx, parseTime)
	defer cancel()
	type result struct {
		m   *Mail
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if v := recover(); v != nil {
				r = result{nil, fmt.Errorf("%w: %v", ErrUnreadable, v)}
			}
			done <- r
		}()
		r.m, r.err = parse(ctx, raw)
	}()
	select {
	case r := <-done:
		return r.m, r.err
	case <-ctx.Done():
		// The goroutine asks before every part, so it ends with the one it has in hand.
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, ctx.Err())
	}
}

func parse(ctx context.Context, raw []byte) (*Mail, error) {
	root, err := split(trimStart(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if !isHeader(root.header) {
		return nil, fmt.Errorf("%w: it has no header", ErrUnreadable)
	}
	m := &Mail{Header: root.header, Date: parseDate(root.header.Get("Date"))}
	m.Subject = headerText(root.header, "Subject")
	m.To, m.Cc, m.ReplyTo = addresses(root.header, "To"), addresses(root.header, "Cc"), addresses(root.header, "Reply-To")
	m.From = from(root.header)
	m.MessageID = first(ids(headerText(root.header, "Message-Id")))
	m.InReplyTo, m.References = ids(headerText(root.header, "In-Reply-To")), ids(headerText(root.header, "References"))
	r := reader{ctx: ctx, m: m}
	b := r.walk(root)
	if strings.TrimSpace(b.text) == "" && !b.isHTML {
		b = r.spare
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	m.Text, m.HTML = b.text, b.html
	if !b.isHTML || !Shows(b.html) {
		m.HTML = ""
	}
	if m.Auto = auto(m); m.Auto == "" && r.answer {
		m.Auto = "reply" // a program wrote it, whatever it looks like
	}
	return m, nil
}

// trimStart drops blank lines and an mbox line before the header.
func trimStart(raw []byte) []byte {
	raw = bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			return raw[i+1:]
		}
	}
	return raw
}

// isHeader reports whether h is the header of a mail, and not the first lines of
// something else in which there happened to be a colon.
func isHeader(h map[string][]string) bool {
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Received", "Return-Path", "Sender", "Reply-To", "Cc", "Mime-Version", "Content-Type", "Delivered-To"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}
