// Package email is mail: a built-in SMTP and LMTP receiver, answers through a
// submission server, threads by signed reply address and References.
package email

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// Name is the channel's name.
const Name = "email"

// Config is what an admin sets.
type Config struct {
	Address      string `json:"address" doc:"The address customers write to, for instance support@example.com" format:"email"`
	FromName     string `json:"from_name,omitempty" doc:"The name customers see; by default the name of the inbox" maxLength:"120"`
	SMTPHost     string `json:"smtp_host,omitempty" doc:"Your submission server, for instance smtp.example.com; none uses the install's relay"`
	SMTPPort     int    `json:"smtp_port,omitempty" doc:"587 for STARTTLS, 465 for TLS" default:"587" minimum:"1" maximum:"65535"`
	SMTPSecurity string `json:"smtp_security,omitempty" enum:"starttls,tls,none" default:"starttls"`
	SMTPUser     string `json:"smtp_user,omitempty"`
	SMTPPassword string `json:"smtp_password,omitempty"`
	Signature    string `json:"signature,omitempty" doc:"What stands under every answer" maxLength:"2000"`
}

// Options are of the install.
type Options struct {
	Key      []byte // signs reply addresses and message ids
	Listen   string // where SMTP is taken in; "" nowhere
	LMTP     string // where LMTP is taken in; "" nowhere
	Hostname string // what the server calls itself
	Relay    string // host:port that mail goes out through when an account has no server of its own; "" none
	MaxSize  int64  // bytes of a mail
	Log      *slog.Logger
	Now      func() time.Time
	// Ready, if set, is told the addresses listened on: SMTP, then LMTP.
	Ready func(addresses []net.Addr)
}

// Channel implements channel.Listener.
type Channel struct{ Options }

// New returns the channel.
func New(o Options) *Channel {
	if o.MaxSize == 0 {
		o.MaxSize = 35 << 20
	}
	if o.Hostname == "" {
		o.Hostname = "localhost"
	}
	return &Channel{o}
}

// Kind implements channel.Channel. A mail whose outcome is unknown may arrive
// twice if it is sent again: servers do not drop a message id they have seen.
func (*Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "E-mail", Description: "An address of yours: mail comes in by SMTP, answers go out through your server.", Grouping: desk.PerThread,
		Config: Config{}, Secrets: []string{"smtp_password"},
		Caps: channel.Caps{Subject: true, HTML: true, Receipts: desk.DeliverySent, MaxFileSize: 18 << 20, MaxFiles: 20, Resend: channel.ResendAsk},
	}
}

func read(config json.RawMessage) (c Config, err error) {
	c.SMTPPort, c.SMTPSecurity = 587, "starttls"
	if err = json.Unmarshal(config, &c); err != nil {
		err = fmt.Errorf("the settings of the mail address cannot be read: %w", err)
	}
	return c, err
}

// Check implements channel.Channel.
func (ch *Channel) Check(config json.RawMessage) error {
	c, err := read(config)
	if err != nil {
		return err
	}
	local, domain, ok := strings.Cut(c.Address, "@")
	switch {
	case !ok || local == "" || domain == "" || strings.ContainsAny(c.Address, " <>,;\"\r\n") || strings.Contains(domain, "@"):
		return errors.New("the address is not a mail address like support@example.com")
	case strings.Contains(local, "+"):
		return errors.New("the address must not contain a plus: what follows it tells conversations apart")
	case len(local) > 24:
		return errors.New("the part before the @ has at most 24 characters, so that a signed reply address fits")
	case strings.ContainsAny(c.FromName+c.SMTPHost+c.SMTPUser, "\r\n"):
		return errors.New("a setting contains a line break")
	case c.SMTPSecurity != "starttls" && c.SMTPSecurity != "tls" && c.SMTPSecurity != "none":
		return errors.New("the security of the submission server is starttls, tls or none")
	case c.SMTPHost == "" && c.SMTPUser != "":
		return errors.New("there is a user name but no submission server")
	case c.SMTPPort < 1 || c.SMTPPort > 65535:
		return errors.New("the port of the submission server is between 1 and 65535")
	}
	return nil
}

// Address implements channel.Channel.
func (*Channel) Address(config json.RawMessage) (string, error) {
	c, err := read(config)
	return strings.ToLower(c.Address), err
}

// Parse implements channel.Channel. A mail that cannot be read becomes a message
// that says so, with the bytes as its file: nothing that arrived is lost.
func (ch *Channel) Parse(ctx context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	if len(raw.Body) == 0 {
		return nil, errors.New("the mail is empty")
	}
	envelope := raw.Envelope["mail_from"]
	m, err := mail.Parse(ctx, raw.Body)
	if err != nil {
		return []channel.Inbound{unreadable(raw, envelope)}, nil
	}
	if m.From.Email == "" {
		m.From.Email = envelope
	}
	if m.From.Email == "" {
		return []channel.Inbound{unreadable(raw, envelope)}, nil
	}
	_, hasEnvelope := raw.Envelope["mail_from"]
	in := channel.Inbound{
		Dedupe: dedupe(raw), At: raw.At, Subject: m.Subject, Text: strings.TrimRight(desk.Clean(m.Text), " \n"),
		From:       channel.Identity{Kind: "email", ID: strings.ToLower(m.From.Email), Name: m.From.Name, Email: m.From.Email},
		ExternalID: m.MessageID, Auto: mail.Auto(m, envelope, hasEnvelope), Thread: ch.thread(m, raw),
		Email: &channel.Email{From: m.From.String(), To: texts(m.To), Cc: texts(m.Cc), MessageID: m.MessageID},
	}
	in.VisibleEnd = mail.Visible(in.Text)
	in.HTML = richtext.Sanitise(m.HTML)
	for _, f := range m.Files {
		in.Files = append(in.Files, channel.File(f))
	}
	return []channel.Inbound{in}, nil
}

func dedupe(raw channel.Raw) string {
	if raw.Dedupe != "" {
		return raw.Dedupe
	}
	return mail.Dedupe(raw.Body)
}

// unreadable keeps a mail that could not be parsed.
func unreadable(raw channel.Raw, envelope string) channel.Inbound {
	from := envelope
	if from == "" {
		from = "unknown sender"
	}
	return channel.Inbound{
		Dedupe: dedupe(raw), At: raw.At, Subject: "A mail that could not be read", Unreadable: true,
		From:  channel.Identity{Kind: "email", ID: strings.ToLower(from), Email: envelope},
		Text:  "This mail could not be read. It is attached as it arrived.",
		Files: []channel.File{{Name: "mail.eml", ContentType: "application/octet-stream", Data: raw.Body}},
	}
}

// thread finds what a mail belongs to: first a reply address that we signed,
// then what it answers, nearest first (RFC 5322, 3.6.4).
func (ch *Channel) thread(m *mail.Mail, raw channel.Raw) channel.Thread {
	var t channel.Thread
	if m.MessageID != "" {
		t.Own = []string{"mid:" + m.MessageID}
	}
	recipients := []string{raw.Envelope["rcpt_to"], m.Header.Get("Delivered-To"), m.Header.Get("X-Original-To")}
	for _, list := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range list {
			recipients = append(recipients, a.Email)
		}
	}
	for _, r := range recipients {
		if token := mail.Token(ch.Key, r); token != "" && t.Conversation.Parse("cnv_"+token) == nil && t.Conversation != 0 {
			break
		}
	}
	seen := map[string]bool{m.MessageID: true}
	parent := func(id string) {
		if !seen[id] && len(t.Parents) < 50 {
			seen[id] = true
			t.Parents = append(t.Parents, "mid:"+id)
		}
	}
	for _, id := range m.InReplyTo {
		parent(id)
	}
	for i := len(m.References) - 1; i >= 0; i-- {
		parent(m.References[i])
	}
	return t
}

func texts(all []mail.Address) (out []string) {
	for _, a := range all {
		out = append(out, a.String())
	}
	return out
}
