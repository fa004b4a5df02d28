package email

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// session is one client's talk.
type session struct {
	*receiver
	conn   *smtp.Conn
	remote string
	client string // who handed the mail in from outside, or ""
	from   string
	to     []recipient
}

type recipient struct {
	address string
	account channel.Account
}

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

var (
	errLater    = reply(451, smtp.EnhancedCode{4, 3, 0}, "Not stored now, try again later")
	errStopping = reply(421, smtp.EnhancedCode{4, 3, 2}, "Stopping, try again later")
	errBusy     = reply(452, smtp.EnhancedCode{4, 3, 1}, "Too much mail at once, try again later")
)

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.busy(s.netConn(), false) {
		return errStopping
	}
	s.from = said(from)
	return nil
}

// Rcpt implements smtp.Session: an address nobody has is refused here, so that
// no mail is bounced after it was taken.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	account, err := s.in.Lookup(s.ctx, Name, mail.Bare(said(to)))
	switch {
	case err == nil:
		s.to = append(s.to, recipient{to, account})
		return nil
	case desk.KindOf(err) == desk.NotFound:
		return reply(550, smtp.EnhancedCode{5, 1, 1}, "No such address here")
	}
	s.channel.Log.Error("look up a mail address", "err", err)
	return errLater
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	defer s.busy(s.netConn(), false)
	raw, err := s.read(r)
	if err != nil {
		return err
	}
	for _, to := range s.once() {
		if err := s.accept(to, raw); err != nil {
			return err
		}
	}
	return nil
}

// LMTPData implements smtp.LMTPSession: every recipient has an answer of its own
// (RFC 2033).
func (s *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	defer s.busy(s.netConn(), false)
	raw, err := s.read(r)
	if err != nil {
		return err
	}
	stored := map[desk.ChannelID]error{}
	for _, to := range s.to {
		err, ok := stored[to.account.ID]
		if !ok {
			err = s.accept(to, raw)
			stored[to.account.ID] = err
		}
		status.SetStatus(to.address, err)
	}
	return nil
}

// read reads a mail of at most the allowed size.
func (s *session) read(r io.Reader) (channel.Raw, error) {
	if s.busy(s.netConn(), true) {
		return channel.Raw{}, errStopping
	}
	// The server's own deadline is one for a command, too short for a large mail
	// on a slow line.
	conn := s.conn.Conn()
	_ = conn.SetReadDeadline(time.Time{})
	late := func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) }
	block, whole := time.AfterFunc(blockTimeout, late), time.AfterFunc(mailTimeout, late)
	defer block.Stop()
	defer whole.Stop()
	in := &incoming{session: s, r: r, block: block}
	defer func() { s.inFlight.Add(-in.size) }()
	raw, _, err := arrive(s.ctx, s.in, in, s.channel.MaxSize)
	switch {
	case in.refusal != nil:
		return raw, in.refusal
	case err != nil:
		s.channel.Log.Error("keep a mail", "err", err)
		return raw, errLater
	}
	return raw, nil
}

// incoming is a mail as a client sends it. What ends it before its end is the refusal.
type incoming struct {
	*session
	r       io.Reader
	size    int64
	block   *time.Timer
	refusal error
}

// blockSize is how much of a mail must come within blockTimeout.
const blockSize = 64 << 10

// Read implements io.Reader.
func (in *incoming) Read(b []byte) (int, error) {
	if in.refusal != nil {
		return 0, in.refusal
	}
	n, err := in.r.Read(b)
	if (in.size+int64(n))/blockSize > in.size/blockSize {
		in.block.Reset(blockTimeout)
	}
	in.size += int64(n)
	switch {
	case in.inFlight.Add(int64(n)) > maxInFlight:
		in.refusal = errBusy
	case in.size > in.channel.MaxSize || errors.Is(err, smtp.ErrDataTooLarge):
		in.refusal = reply(552, smtp.EnhancedCode{5, 3, 4}, fmt.Sprintf("The mail is too large, at most %d MB are taken", in.channel.MaxSize>>20))
	case errors.Is(err, smtp.ErrTooLongLine):
		in.refusal = reply(554, smtp.EnhancedCode{5, 6, 0}, fmt.Sprintf("A line of the mail is longer than %d bytes", maxLine))
	case errors.Is(err, os.ErrDeadlineExceeded):
		in.refusal = reply(451, smtp.EnhancedCode{4, 4, 2}, "The mail came too slowly, try again later")
	case err != nil && !errors.Is(err, io.EOF):
		in.refusal = err
	}
	if in.refusal != nil {
		return 0, in.refusal
	}
	return n, err
}

// once leaves one recipient per account: a mail to two names of one inbox is one mail.
func (s *session) once() (all []recipient) {
	seen := map[desk.ChannelID]bool{}
	for _, to := range s.to {
		if !seen[to.account.ID] {
			seen[to.account.ID] = true
			all = append(all, to)
		}
	}
	return all
}

// accept stores a mail; only then is it acknowledged.
func (s *session) accept(to recipient, raw channel.Raw) error {
	raw.At = s.channel.Now()
	raw.Envelope = map[string]string{"mail_from": s.from, "rcpt_to": said(to.address), "remote": s.remote, "helo": said(s.conn.Hostname()), "client": s.client}
	err := s.in.Accept(s.ctx, to.account, raw)
	if err != nil {
		s.channel.Log.Error("store a mail", "channel", to.account.ID.String(), "err", err)
		return errLater
	}
	return nil
}

// said is what a client said in a command, as text that every database takes.
func said(s string) string { return desk.Line(s, 1000) }

// netConn returns the connection that we listen on, below its encryption.
func (s *session) netConn() net.Conn {
	if t, ok := s.conn.Conn().(*tls.Conn); ok {
		return t.NetConn()
	}
	return s.conn.Conn()
}
