package email

import (
	"cmp"
	"context"
	"strings"

	"parley/channel"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// Post hands a letter of the workspace in through an account, on the way that
// answers to customers take. The error is a *channel.SendError.
func (ch *Channel) Post(ctx context.Context, a channel.Account, l channel.Letter) error {
	c, err := read(a.Config)
	if err != nil {
		return reject(err.Error())
	}
	html := l.HTML
	if html == "" {
		if html, err = richtext.FromMarkdown(l.Text); err != nil {
			return reject("The mail cannot be written: " + err.Error())
		}
	}
	_, domain, _ := strings.Cut(c.Address, "@")
	out := mail.Outgoing{
		From: mail.Address{Name: cmp.Or(l.FromName, "Parley"), Email: c.Address}, To: []mail.Address{{Name: l.ToName, Email: l.To}}, Subject: l.Subject, Date: l.At,
		MessageID: mail.MessageID(ch.Key, "letter", bare(l.ID.String()), domain), Text: l.Text, HTML: html, Auto: true, Unsubscribe: l.Unsubscribe,
	}
	if l.Thread != "" { // a mail that never was, which all of a thread answer
		out.References = []string{mail.MessageID(ch.Key, "letter", l.Thread, domain)}
	}
	if l.Notice != nil {
		out.ReplyTo = mail.SignNotice(ch.Key, c.Address, l.Notice.ID, l.Notice.Mailed)
	}
	raw, err := ch.write(ctx, a, out)
	if err != nil {
		return err
	}
	return ch.submit(ctx, a, c, envelope{from: []string{"", c.Address}, to: []string{l.To}}, raw)
}
