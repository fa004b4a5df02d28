package demo

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Outside is where answers of the demo go: a mail server and a webhook on this
// machine that keep nothing. No mail of the demo leaves it.
type Outside struct {
	Relay   string // host:port
	Webhook string // URL
	mail    *smtp.Server
	web     *http.Server
	mu      sync.Mutex
	fates   map[string]string // recipient → refused, lost, held
	wg      sync.WaitGroup
}

// NewOutside opens both.
func NewOutside(ctx context.Context) (*Outside, error) {
	o := &Outside{fates: map[string]string{}}
	mail, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	web, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, mail.Close())
	}
	o.Relay, o.Webhook = mail.Addr().String(), "http://"+web.Addr().String()+"/parley"
	o.mail = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &letterbox{o: o, conn: c}, nil }))
	o.mail.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	o.web = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // content with whatever comes
	})}
	o.wg.Go(func() { _ = o.mail.Serve(mail) }) // ends with Close
	o.wg.Go(func() { _ = o.web.Serve(web) })
	return o, nil
}

// Close ends both.
func (o *Outside) Close() error {
	err := errors.Join(o.mail.Close(), o.web.Close())
	o.wg.Wait()
	return err
}

func (o *Outside) destine(recipient, fate string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fates[recipient] = fate
}

func (o *Outside) fate(recipient string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fates[strings.Trim(recipient, "<>")]
}

type letterbox struct {
	o    *Outside
	conn *smtp.Conn
	to   string
}

func (*letterbox) Reset()                               {}
func (*letterbox) Logout() error                        { return nil }
func (*letterbox) Mail(string, *smtp.MailOptions) error { return nil }

func (l *letterbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	l.to = to
	switch l.o.fate(to) {
	case "refused":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "The mailbox does not exist"}
	case "held":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, try again later"}
	}
	return nil
}

func (l *letterbox) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if l.o.fate(l.to) == "lost" {
		_ = l.conn.Conn().Close() // after the mail was taken in, so that nobody knows
		return errors.New("the connection broke")
	}
	return nil
}
