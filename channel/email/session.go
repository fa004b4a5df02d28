package email

import (
	"bytes"
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
	size   int64 // of the mail, as the client announced it; 0 is unknown
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
func (s *session) Reset() { s.from, s.size, s.to = "", 0, nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	if s.busy(s.netConn(), false) {
		return errStopping
	}
	s.from = said(from)
	if o != nil {
		s.size = o.Size // no more than we take: the server has refused that
	}
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
	body, err := s.read(r)
	if err != nil {
		return err
	}
	for _, to := range s.once() {
		if err := s.accept(to, body); err != nil {
			return err
		}
	}
	return nil
}

// LMTPData implements smtp.LMTPSession: every recipient has an answer of its own
// (RFC 2033).
func (s *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	defer s.busy(s.netConn(), false)
	body, err := s.read(r)
	if err != nil {
		return err
	}
	stored := map[desk.ChannelID]error{}
	for _, to := range s.to {
		err, ok := stored[to.account.ID]
		if !ok {
			err = s.accept(to, body)
			stored[to.account.ID] = err
		}
		status.SetStatus(to.address, err)
	}
	return nil
}

// announced is how much of a mail must have come before room is made for as much as
// its client announced: a buffer that doubles takes three times the mail.
const announced = 1 << 20

// read reads a mail of at most the allowed size.
func (s *session) read(r io.Reader) ([]byte, error) {
	if s.busy(s.netConn(), true) {
		return nil, errStopping
	}
	var body bytes.Buffer
	defer func() { s.inFlight.Add(-int64(body.Len())) }()
	// The server's own deadline is one for a command, too short for a large mail
	// on a slow line.
	conn := s.conn.Conn()
	_ = conn.SetReadDeadline(time.Time{})
	late := func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) }
	block, whole := time.AfterFunc(blockTimeout, late), time.AfterFunc(mailTimeout, late)
	defer block.Stop()
	defer whole.Stop()
	for chunk := int64(64 << 10); ; block.Reset(blockTimeout) {
		if body.Len() >= announced && int64(body.Cap()) < s.size {
			body.Grow(int(s.size) + len("\r\n") + int(chunk) - body.Len())
		}
		n, err := io.CopyN(&body, r, chunk)
		switch {
		case s.inFlight.Add(n) > maxInFlight:
			return nil, errBusy
		case int64(body.Len()) > s.channel.MaxSize || errors.Is(err, smtp.ErrDataTooLarge):
			return nil, reply(552, smtp.EnhancedCode{5, 3, 4}, fmt.Sprintf("The mail is too large, at most %d MB are taken", s.channel.MaxSize>>20))
		case errors.Is(err, smtp.ErrTooLongLine):
			return nil, reply(554, smtp.EnhancedCode{5, 6, 0}, fmt.Sprintf("A line of the mail is longer than %d bytes", maxLine))
		case errors.Is(err, io.EOF):
			return body.Bytes(), nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, reply(451, smtp.EnhancedCode{4, 4, 2}, "The mail came too slowly, try again later")
		case err != nil:
			return nil, err
		}
	}
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
func (s *session) accept(to recipient, body []byte) error {
	err := s.in.Accept(s.ctx, to.account, channel.Raw{
		Dedupe: mail.Dedupe(body), ContentType: "message/rfc822", Body: body, At: s.channel.Now(),
		Envelope: map[string]string{"mail_from": s.from, "rcpt_to": said(to.address), "remote": s.remote, "helo": said(s.conn.Hostname()), "client": s.client},
	})
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
