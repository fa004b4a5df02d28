package mail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"
)

// What a mail may cost. Real mails are far below; one above is unreadable, and
// kept as the bytes it came as.
const (
	maxParts   = 1000 // of one mail
	maxNested  = 20   // multiparts of one mail, nested or beside each other: each unclosed level doubles the library's time
	maxRepeats = 2000 // of one line that could be a boundary
	parseTime  = 30 * time.Second
)

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
		// The reader that feeds the parser fails from now on, so the goroutine
		// ends with the piece it has in hand.
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, ctx.Err())
	}
}

func parse(ctx context.Context, raw []byte) (*Mail, error) {
	raw = trimStart(raw)
	if tooComplex(raw) {
		return nil, fmt.Errorf("%w: it has too many parts", ErrUnreadable)
	}
	root, err := parser().ReadParts(&reader{ctx, raw})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if !isHeader(root.Header) {
		return nil, fmt.Errorf("%w: it has no header", ErrUnreadable)
	}
	m := &Mail{Header: root.Header, Date: parseDate(root.Header.Get("Date"))}
	m.Subject = headerText(root.Header, "Subject")
	m.To, m.Cc, m.ReplyTo = addresses(root.Header, "To"), addresses(root.Header, "Cc"), addresses(root.Header, "Reply-To")
	m.From = from(root.Header)
	m.MessageID = first(ids(headerText(root.Header, "Message-Id")))
	m.InReplyTo, m.References = ids(headerText(root.Header, "In-Reply-To")), ids(headerText(root.Header, "References"))
	b := walk(root, &m.Files)
	m.Text, m.HTML = b.text, b.html
	if !b.isHTML || !Shows(b.html) {
		m.HTML = ""
	}
	m.Auto = auto(m)
	return m, nil
}

// parser returns a parser for one mail: it counts what it reads, and stops by a
// panic, which Parse turns into an error. The library has no limits of its own.
// It asks for the type of every part two or three times.
func parser() *enmime.Parser {
	typed, nested := 0, 0
	count := func(ctype string) (string, map[string]string, []string, error) {
		if typed++; typed > 2*maxParts {
			panic("it has too many parts")
		}
		mtype, params, invalid, err := mediatype.Parse(ctype)
		if strings.HasPrefix(mtype, "multipart/") {
			if nested++; nested > 2*maxNested {
				panic("it is nested too deeply")
			}
		}
		return mtype, params, invalid, err
	}
	return enmime.NewParser(enmime.SkipMalformedParts(true), enmime.MultipartWOBoundaryAsSinglePart(true), enmime.MaxStoredPartErrors(50),
		enmime.DisableTextConversion(true), enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy), enmime.SetCustomParseMediaType(count))
}

// reader ends when ctx does, so that a mail cannot be read for ever.
type reader struct {
	ctx context.Context
	raw []byte
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.raw) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.raw)
	r.raw = r.raw[n:]
	return n, nil
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

// tooComplex reports whether one line, which could be a boundary, is there so
// often that the parser, which takes quadratic time, would take too long.
func tooComplex(raw []byte) bool {
	seen := map[string]int{}
	for line := range bytes.Lines(raw) {
		if !bytes.HasPrefix(line, []byte("--")) {
			continue
		}
		line = bytes.TrimRight(line, " \t\r\n-")
		if len(line) == 0 || len(line) > 200 { // a rule of dashes; longer than a boundary may be
			continue
		}
		if seen[string(line)]++; seen[string(line)] > maxRepeats {
			return true
		}
		if len(seen) > 10*maxParts { // text full of such lines, all different
			return false
		}
	}
	return false
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
