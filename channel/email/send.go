package email

import (
	"context"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// Send implements channel.Channel: it hands a mail to the account's submission
// server, or to the install's relay.
func (ch *Channel) Send(ctx context.Context, a channel.Account, m channel.Outbound) (channel.Sent, error) {
	c, err := read(a.Config)
	if err != nil {
		return channel.Sent{}, reject(err.Error())
	}
	out, err := ch.compose(c, a, m)
	if err != nil {
		return channel.Sent{}, reject("The mail cannot be written: " + err.Error())
	}
	raw, err := mail.Write(out)
	if err != nil {
		return channel.Sent{}, reject("The mail cannot be written: " + err.Error())
	}
	if err := ch.submit(ctx, c, append([]string{m.To.ID}, m.Cc...), raw); err != nil {
		return channel.Sent{}, err
	}
	return channel.Sent{ExternalID: out.MessageID, Own: []string{"mid:" + out.MessageID}, State: desk.DeliverySent}, nil
}

func reject(reason string) *channel.SendError {
	return &channel.SendError{Class: channel.Reject, Reason: desk.Line(reason, 300)}
}

// compose says what stands in the mail. Its id is the same at every try, so that
// whoever gets it twice can tell.
func (ch *Channel) compose(c Config, a channel.Account, m channel.Outbound) (mail.Outgoing, error) {
	_, domain, _ := strings.Cut(c.Address, "@")
	conversation := bare(m.Conversation.String())
	name := c.FromName
	if name == "" {
		name = a.Name
	}
	if m.AuthorName != "" && name != "" {
		name = m.AuthorName + " at " + name
	} else if m.AuthorName != "" {
		name = m.AuthorName
	}
	text, html := m.Text, m.HTML
	if html == "" {
		html = richtext.Verbatim(text)
	}
	if c.Signature != "" {
		text += "\n\n-- \n" + c.Signature
		html += richtext.Signature(c.Signature)
	}
	out := mail.Outgoing{
		From: mail.Address{Name: name, Email: c.Address}, To: mail.Address{Name: m.To.Name, Email: m.To.ID}, Cc: m.Cc,
		ReplyTo: mail.Sign(ch.Key, c.Address, conversation), Subject: mail.AnswerSubject(m.Subject), Date: m.At,
		MessageID: mail.MessageID(ch.Key, conversation, bare(m.Message.String()), domain), Text: text, HTML: html, Auto: m.Auto,
	}
	for _, k := range m.Parents {
		if id, ok := strings.CutPrefix(k, "mid:"); ok && id != out.MessageID {
			out.References = append(out.References, id)
		}
	}
	if len(out.References) == 0 && len(m.Parents) == 0 {
		out.Subject = firstSubject(m.Subject)
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, mail.File(f))
	}
	return out, nil
}

// firstSubject is the subject of a mail that answers none.
func firstSubject(s string) string {
	if s = desk.Line(s, desk.MaxSubject); s != "" {
		return s
	}
	return "Your message"
}

// bare is an id without its prefix.
func bare(id string) string {
	_, digits, _ := strings.Cut(id, "_")
	return digits
}
