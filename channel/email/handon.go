package email

import (
	"context"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// handedOn returns the mail that a mail hands on, or nil. Whether it is believed is
// for who knows who handed it on.
func handedOn(ctx context.Context, m *mail.Mail) *channel.Forward {
	f, ok := m.Forward(ctx)
	if !ok {
		return nil
	}
	out := &channel.Forward{By: m.From.String(), From: sender(f.From, ""), Date: f.Date, Sure: f.Sure, Note: strings.TrimSpace(desk.Clean(f.Note))}
	if f.From.Email == "" {
		out.From = channel.Identity{}
		return out
	}
	in := channel.Inbound{Text: strings.Trim(desk.Clean(f.Text), "\n")}
	for _, file := range f.Files {
		in.Files = append(in.Files, channel.File(file))
	}
	shorten(&in)
	out.Subject, out.Text, out.VisibleEnd = desk.Line(f.Subject, desk.MaxSubject), in.Text, mail.Visible(f.Subject, in.Text)
	if in.HTML = richtext.Sanitise(mail.FoldHTML(f.Subject, f.HTML)); !mail.Shows(in.HTML) {
		in.HTML = ""
	}
	showUnplaced(&in)
	out.HTML, out.Files = in.HTML, in.Files
	if f.MessageID != "" {
		out.Own = []string{"mid:" + f.MessageID}
	}
	return out
}
