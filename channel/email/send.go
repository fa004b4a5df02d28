package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// sendWithin bounds one talk with a submission server.
const sendWithin = 90 * time.Second

// Send implements channel.Channel.
func (ch *Channel) Send(ctx context.Context, a channel.Account, m channel.Outbound) (channel.Sent, error) {
	c, err := read(a.Config)
	if err != nil {
		return channel.Sent{}, reject(err.Error())
	}
	id, raw, rcpt, err := ch.compose(c, a, m)
	if err != nil {
		return channel.Sent{}, reject("The mail cannot be written: " + err.Error())
	}
	if err := ch.submit(ctx, c, rcpt, raw); err != nil {
		return channel.Sent{}, err
	}
	return channel.Sent{ExternalID: id, Own: []string{"mid:" + id}, State: desk.DeliverySent}, nil
}

func reject(reason string) error { return &channel.SendError{Class: channel.Reject, Reason: reason} }

// compose writes the mail: the same bytes but for its boundary at every try, and
// the same id, so that whoever gets it twice can tell.
func (ch *Channel) compose(c Config, a channel.Account, m channel.Outbound) (id string, raw []byte, rcpt []string, err error) {
	_, domain, _ := strings.Cut(c.Address, "@")
	id = mail.MessageID(ch.Key, bare(m.Message.String()), domain)
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	name := c.FromName
	if name == "" {
		name = a.Name
	}
	if m.AuthorName != "" {
		name = m.AuthorName + " at " + name
	}
	if err := out.FromFormat(name, c.Address); err != nil {
		return "", nil, nil, err
	}
	if err := out.AddToFormat(m.To.Name, m.To.ID); err != nil {
		return "", nil, nil, err
	}
	rcpt = []string{m.To.ID}
	for _, cc := range m.Cc {
		if err := out.AddCc(cc); err != nil {
			return "", nil, nil, err
		}
		rcpt = append(rcpt, cc)
	}
	reply := mail.Sign(ch.Key, c.Address, bare(m.Conversation.String()))
	if err := out.ReplyToFormat(name, reply); err != nil {
		return "", nil, nil, err
	}
	out.Subject(subject(m.Subject))
	out.SetMessageIDWithValue(id)
	out.SetDateWithValue(m.At)
	if refs := references(m.Parents); len(refs) > 0 {
		out.SetGenHeaderPreformatted("In-Reply-To", refs[len(refs)-1])
		out.SetGenHeaderPreformatted("References", strings.Join(refs, "\r\n "))
	}
	text := m.Text
	if c.Signature != "" {
		text += "\n\n-- \n" + c.Signature
	}
	out.SetBodyString(gomail.TypeTextPlain, text)
	html, err := richtext.FromMarkdown(m.Text)
	if err != nil {
		return "", nil, nil, err
	}
	out.AddAlternativeString(gomail.TypeTextHTML, html)
	for _, f := range m.Files {
		if err := out.AttachReader(f.Name, bytes.NewReader(f.Data)); err != nil {
			return "", nil, nil, err
		}
	}
	var b bytes.Buffer
	_, err = out.WriteTo(&b)
	return id, b.Bytes(), rcpt, err
}

// bare is an id without its prefix.
func bare(id string) string {
	_, digits, _ := strings.Cut(id, "_")
	return digits
}

var answer = regexp.MustCompile(`(?i)^\s*(re|aw|sv|antw|vs|odp) ?:`)

func subject(s string) string {
	if s == "" {
		return "Your message"
	}
	if answer.MatchString(s) {
		return s
	}
	return "Re: " + s
}

// references is the chain of a thread: its root and the newest ids, since some
// servers refuse long headers.
func references(keys []string) (refs []string) {
	for _, k := range keys {
		if id, ok := strings.CutPrefix(k, "mid:"); ok && !strings.ContainsAny(id, "\r\n<> ") && len(id) < 500 {
			refs = append(refs, "<"+id+">")
		}
	}
	const most = 20
	if len(refs) > most {
		refs = append(refs[:1:1], refs[len(refs)-most+1:]...)
	}
	return refs
}

// submit hands a mail to the account's server, or to the install's relay.
func (ch *Channel) submit(ctx context.Context, c Config, rcpt []string, raw []byte) error {
	address := net.JoinHostPort(c.SMTPHost, strconv.Itoa(c.SMTPPort))
	if c.SMTPHost == "" {
		if ch.Relay == "" {
			return &channel.SendError{Class: channel.Unauth, Reason: "There is no server to send mail through. Enter one in the settings of " + c.Address + "."}
		}
		address, c.SMTPSecurity = ch.Relay, "none"
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	client, err := ch.dial(ctx, c, address)
	if err != nil {
		return before(err)
	}
	defer client.Close()
	if c.SMTPUser != "" {
		if err := client.Auth(sasl.NewPlainClient("", c.SMTPUser, c.SMTPPassword)); err != nil {
			return before(err)
		}
	}
	if err := client.Mail(c.Address, nil); err != nil {
		return before(err)
	}
	for _, r := range rcpt {
		if err := client.Rcpt(r, nil); err != nil {
			return before(err)
		}
	}
	w, err := client.Data()
	if err != nil {
		return before(err)
	}
	if _, err := w.Write(raw); err != nil {
		// Without the final dot the server has no whole mail to deliver.
		return before(err)
	}
	if err := w.Close(); err != nil {
		return after(err)
	}
	_ = client.Quit() // the mail is delivered, whatever the server says to that
	return nil
}

func (ch *Channel) dial(ctx context.Context, c Config, address string) (*smtp.Client, error) {
	conn, err := (&net.Dialer{Timeout: 15 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	config := &tls.Config{ServerName: c.SMTPHost, MinVersion: tls.VersionTLS12}
	switch c.SMTPSecurity {
	case "tls":
		return greet(smtp.NewClient(tls.Client(conn, config)), ch.Hostname)
	case "starttls":
		client, err := smtp.NewClientStartTLS(conn, config)
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return client, nil
	}
	return greet(smtp.NewClient(conn), ch.Hostname)
}

func greet(client *smtp.Client, hostname string) (*smtp.Client, error) {
	client.CommandTimeout, client.SubmissionTimeout = 30*time.Second, time.Minute
	if err := client.Hello(hostname); err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return client, nil
}

// before says what an error means while no mail has been handed over.
func before(err error) error {
	if se := byCode(err); se != nil {
		return se
	}
	return &channel.SendError{Class: channel.Retry, Reason: "The mail server does not answer: " + err.Error()}
}

// after says what an error means once the final dot was on its way: without a
// code of the server nobody knows whether the mail was taken.
func after(err error) error {
	if se := byCode(err); se != nil {
		return se
	}
	return &channel.SendError{Class: channel.Ambiguous, Reason: "The connection broke when the mail was handed over. It may have arrived."}
}

// byCode reads a reply of the server (RFC 5321, 4.2; RFC 3463), or nil.
func byCode(err error) *channel.SendError {
	code, text, enhanced := 0, "", smtp.EnhancedCode{}
	var se *smtp.SMTPError
	var te *textproto.Error
	switch {
	case errors.As(err, &se):
		code, text, enhanced = se.Code, se.Message, se.EnhancedCode
	case errors.As(err, &te):
		code, text = te.Code, te.Msg
	default:
		return nil
	}
	out := &channel.SendError{Class: channel.Reject, Code: strconv.Itoa(code), Reason: "The mail server refused it: " + desk.Line(text, 200)}
	switch {
	case code == 421 || code >= 400 && code < 500 && code != 454:
		out.Class, out.Reason = channel.Retry, "The mail server asks us to wait: "+desk.Line(text, 200)
	case code == 530 || code == 534 || code == 535 || code == 538 || code == 454:
		out.Class, out.Reason = channel.Unauth, "The mail server refuses our name and password: "+desk.Line(text, 200)
	case enhanced == smtp.EnhancedCode{5, 1, 1} || enhanced == smtp.EnhancedCode{5, 1, 10}:
		out.Class, out.Reason = channel.Gone, "This address does not exist: "+desk.Line(text, 200)
	}
	return out
}
