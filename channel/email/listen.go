package email

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// Serve implements channel.Listener: it takes mail in by SMTP and LMTP and says
// 250 only for what is stored.
func (ch *Channel) Serve(ctx context.Context, in channel.Intake) error {
	var servers []*smtp.Server
	var addrs []net.Addr
	var wg sync.WaitGroup
	errs := make(chan error, 2)
	for _, l := range []struct {
		address string
		lmtp    bool
	}{{ch.Listen, false}, {ch.LMTP, true}} {
		if l.address == "" {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
		if err != nil {
			for _, s := range servers {
				err = errors.Join(err, s.Close())
			}
			return desk.Errorf(desk.Conflict, "Mail cannot be taken in on %s: %s", l.address, err)
		}
		s := ch.server(ctx, in, l.lmtp)
		servers, addrs = append(servers, s), append(addrs, listener.Addr())
		wg.Go(func() {
			if err := s.Serve(listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
				errs <- err
			}
		})
	}
	if ch.Ready != nil {
		ch.Ready(addrs)
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-errs:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
	defer cancel()
	for _, s := range servers {
		if s.Shutdown(stop) != nil { // a client that does not finish is cut off; its mail was not acknowledged
			_ = s.Close()
		}
	}
	wg.Wait()
	return err
}

func (ch *Channel) server(ctx context.Context, in channel.Intake, lmtp bool) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{channel: ch, ctx: ctx, in: in, remote: c.Conn().RemoteAddr().String(), helo: c.Hostname()}, nil
	}))
	s.LMTP, s.Domain = lmtp, ch.Hostname
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = ch.MaxSize, 100, 8000
	s.ReadTimeout, s.WriteTimeout = 2*time.Minute, time.Minute
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(ch.Log.Handler(), slog.LevelDebug)
	return s
}

// session is one client's talk.
type session struct {
	channel      *Channel
	ctx          context.Context
	in           channel.Intake
	remote, helo string
	from         string
	to           []recipient
}

type recipient struct {
	address string
	account channel.Account
}

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

var errLater = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not stored now, try again later"}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session: an address nobody has is refused here, so that
// no mail is bounced after it was taken.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	account, err := s.in.Lookup(s.ctx, Name, mail.Bare(to))
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
	body, err := s.read(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		status.SetStatus(to.address, s.accept(to, body))
	}
	return nil
}

func (s *session) read(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, s.channel.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > s.channel.MaxSize {
		return nil, reply(552, smtp.EnhancedCode{5, 3, 4}, "The mail is too large")
	}
	return body, nil
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
		Envelope: map[string]string{"mail_from": s.from, "rcpt_to": to.address, "remote": s.remote, "helo": s.helo},
	})
	if err != nil {
		s.channel.Log.Error("store a mail", "err", err)
		return errLater
	}
	return nil
}
