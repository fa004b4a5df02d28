package main

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"parley/channel"
	"parley/channel/email"
	"parley/internal/mail"
	"parley/internal/mailtest"
	"parley/internal/richtext"
)

// mail takes in a mail as the product does, and compares what was made of it.
func (r *Result) mail(ctx context.Context, line []byte) error {
	var c mailtest.Case
	err := json.Unmarshal(line, &c)
	if err != nil {
		return err
	}
	if c.Raw, err = os.ReadFile(filepath.Join(r.dir, c.File)); err != nil {
		return err
	}
	if !r.seen[c.File] {
		r.seen[c.File] = true
		r.store(ctx, c)
	}
	for field, problem := range mailtest.Check(c, seen(ctx, c.Raw)) {
		r.Fields++
		if problem == "" {
			r.Agree++
			continue
		}
		r.remark("field: %s: %s: %.200s", c.ID, field, problem)
	}
	return nil
}

func (r *Result) store(ctx context.Context, c mailtest.Case) {
	ch := email.New(email.Options{Key: []byte("score"), Now: time.Now})
	raw := channel.Raw{ContentType: "message/rfc822", Body: c.Raw, Dedupe: mail.Dedupe(c.Raw), At: time.Now()}
	var messages []channel.Inbound
	var err error
	took, memory := measured(func() {
		messages, err = ch.Parse(ctx, channel.Account{Kind: email.Name, Address: "support@score.example"}, raw)
	})
	r.Mails++
	switch {
	case err != nil || len(messages) != 1:
		r.remark("not stored: %s: %v", c.ID, err)
	default:
		r.Stored++
		if messages[0].Unreadable {
			r.Unreadable++
			r.remark("unreadable: %s", c.ID)
		}
	}
	if took > r.SlowestMail {
		r.SlowestMail, r.SlowestMailID = took, c.ID
	}
	if memory > r.MostMemory {
		r.MostMemory, r.MostMemoryID = memory, c.ID
	}
}

// seen is what the reader makes of a mail.
func seen(ctx context.Context, raw []byte) mailtest.Seen {
	m, err := mail.Parse(ctx, raw)
	if err != nil {
		return mailtest.Seen{Problem: err.Error()}
	}
	s := mailtest.Seen{
		Subject: m.Subject, FromEmail: m.From.Email, FromName: m.From.Name, MessageID: m.MessageID, InReplyTo: first(m.InReplyTo), To: addresses(m.To), Cc: addresses(m.Cc),
		References: m.References, Date: m.Date, HasHTML: m.HTML != "", Text: m.Text, Visible: shown(m.Subject, m.Text), Auto: m.Auto, Customer: m.Sender().Email,
		ReplyTo: first(addresses(m.ReplyTo)), OriginalSender: m.Get("X-Original-Sender"),
	}
	for _, f := range m.Files {
		sum := md5.Sum(f.Bytes())
		s.Files = append(s.Files, mailtest.File{Name: f.Name, Type: f.ContentType, ContentID: f.ContentID, MD5: hex.EncodeToString(sum[:]), Size: len(f.Bytes()), Inline: f.Inline})
	}
	return s
}

// reply folds a text and compares what is left.
func (r *Result) reply(line []byte) error {
	var c mailtest.ReplyCase
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(r.dir, c.File))
	if err != nil {
		return err
	}
	text := decoded(raw)
	visible := ""
	took, _ := measured(func() { visible = shown("", text) })
	if took > r.SlowestReply {
		r.SlowestReply, r.SlowestReplyID = took, c.ID
	}
	r.Replies++
	hidden, more := c.Judge(visible)
	switch {
	case hidden != "":
		r.Hiding++
		r.remark("words lost: %s: %.200q", c.ID, hidden)
	case more != "":
		r.Safe++
		r.remark("too much: %s: %.200q", c.ID, more)
	default:
		r.Exact++
	}
	return nil
}

// decoded is a text of a file that does not say in which charset it is.
func decoded(raw []byte) string {
	if !utf8.Valid(raw) {
		if s, err := charmap.Windows1252.NewDecoder().Bytes(raw); err == nil {
			raw = s
		}
	}
	return strings.ReplaceAll(string(raw), "\r\n", "\n")
}

// payload sanitises HTML and looks at what is left as a browser's parser reads it.
func (r *Result) payload(id, input string) {
	var dangers []string
	took, _ := measured(func() { dangers = mailtest.Dangers(richtext.Sanitise(input)) })
	if took > r.SlowestPayload {
		r.SlowestPayload, r.SlowestPayloadID = took, id
	}
	r.Payloads++
	if len(dangers) > 0 {
		r.remark("payload: %s: %v", id, dangers)
		return
	}
	r.Harmless++
}

func shown(subject, text string) string {
	if n := mail.Visible(subject, text); n > 0 {
		return string([]rune(text)[:n])
	}
	return text
}

func addresses(all []mail.Address) (out []string) {
	for _, a := range all {
		out = append(out, strings.ToLower(a.Email))
	}
	return out
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
