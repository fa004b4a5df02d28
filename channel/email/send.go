package email

import (
	"context"
	stdhtml "html"
	"slices"
	"strconv"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/dkim"
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
	raw, err := ch.built(ctx, c, a, m)
	if err != nil {
		return channel.Sent{}, err
	}
	e := envelope{from: ch.senders(c, m), to: everybody(m)}
	if err := ch.submit(ctx, a, c, e, raw); err != nil {
		return channel.Sent{}, err
	}
	id := ch.messageID(c, m)
	return channel.Sent{ExternalID: id, Own: []string{"mid:" + id}, State: desk.DeliverySent}, nil
}

// everybody returns every recipient once: a second copy would be one of the same mail.
func everybody(m channel.Outbound) []string {
	all := []string{m.To.ID}
	for _, a := range slices.Concat(m.Also, m.Cc, m.Bcc) {
		if !slices.ContainsFunc(all, func(b string) bool { return strings.EqualFold(a.Email, b) }) {
			all = append(all, a.Email)
		}
	}
	return all
}

// built returns the bytes of the mail: those of an earlier try, or new ones, which
// are kept before anything of them leaves.
func (ch *Channel) built(ctx context.Context, c Config, a channel.Account, m channel.Outbound) ([]byte, error) {
	if m.Built != nil {
		return m.Built, nil
	}
	out, err := ch.compose(c, a, m)
	if err != nil {
		return nil, reject("The mail cannot be written: " + err.Error())
	}
	raw, err := ch.write(ctx, a, out)
	if err != nil {
		return nil, err
	}
	if m.Keep == nil {
		return raw, nil
	}
	if err := m.Keep(ctx, raw); err != nil {
		ch.Log.Error("keep a mail that leaves", "message", m.Message.String(), "err", err)
		return nil, &channel.SendError{Class: channel.Retry, Reason: "The mail could not be stored before it was sent. Parley tries again."}
	}
	return raw, nil
}

// write returns the bytes of a mail, signed for the domain it is from.
func (ch *Channel) write(ctx context.Context, a channel.Account, out mail.Outgoing) ([]byte, error) {
	raw, err := mail.Write(out)
	if err != nil {
		return nil, reject("The mail cannot be written: " + err.Error())
	}
	if ch.Signing == nil {
		return raw, nil
	}
	_, domain, _ := strings.Cut(out.From.Email, "@")
	keys, err := ch.Signing(ctx, a.Workspace, domain)
	if err == nil {
		raw, err = dkim.Sign(raw, keys)
	}
	if err != nil {
		ch.Log.Error("sign a mail", "domain", domain, "err", err)
		return nil, &channel.SendError{Class: channel.Retry, Reason: "The mail could not be signed with the key of " + domain + ". Ask whoever runs Parley to look into the log."}
	}
	return raw, nil
}

// messageID is the id of a mail: the same at every try, so that whoever gets it
// twice can tell.
func (ch *Channel) messageID(c Config, m channel.Outbound) string {
	_, domain, _ := strings.Cut(c.Address, "@")
	return mail.MessageID(ch.Key, bare(m.Conversation.String()), bare(m.Message.String()), domain)
}

// senders returns whom word of a mail goes to that did not arrive: the first that
// the server lets us name. Nobody is told of what no person wrote (RFC 3834, 3.3).
func (ch *Channel) senders(c Config, m channel.Outbound) []string {
	if m.Auto {
		return []string{"", c.Address}
	}
	return []string{mail.SignBounce(ch.Key, c.Address, bare(m.Message.String())), c.Address}
}

func reject(reason string) *channel.SendError {
	return &channel.SendError{Class: channel.Reject, Reason: desk.Line(reason, 300)}
}

// compose says what stands in the mail.
func (ch *Channel) compose(c Config, a channel.Account, m channel.Outbound) (mail.Outgoing, error) {
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
	text, html = linked(text, html, m.Links)
	text, html = below(text, html, m)
	carried, formatted := forwarded(m.Forwarded)
	text, html = text+carried, html+formatted
	out := mail.Outgoing{
		From: mail.Address{Name: name, Email: c.Address}, To: append([]mail.Address{{Name: m.To.Name, Email: m.To.ID}}, addresses(m.Also)...), Cc: addresses(m.Cc),
		ReplyTo: mail.Sign(ch.Key, c.Address, conversation), Subject: mail.AnswerSubject(m.Subject), Date: m.At,
		MessageID: ch.messageID(c, m), Text: text, HTML: html, Auto: m.Auto, InReplyTo: strings.TrimPrefix(m.Answers, "mid:"),
		FeedbackID: feedback(a, m), Unsubscribe: m.Unsubscribe,
	}
	for _, k := range m.Parents {
		if id, ok := strings.CutPrefix(k, "mid:"); ok && id != out.MessageID {
			out.References = append(out.References, id)
		}
	}
	if m.Exact || len(out.References) == 0 && len(m.Parents) == 0 {
		out.Subject = firstSubject(m.Subject)
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, mail.File(f))
	}
	return out, nil
}

// linked adds to a mail the files that are fetched, since it would be too large with them.
func linked(text, html string, all []channel.Link) (string, string) {
	if len(all) == 0 {
		return text, html
	}
	text += "\n"
	html += "<p>"
	for _, l := range all {
		said := l.Name + " (" + size(l.Size) + ", until " + l.Expires.Format("2 January 2006") + ")"
		text += "\n" + said + ":\n" + l.URL + "\n"
		html += `<a href="` + stdhtml.EscapeString(l.URL) + `">` + stdhtml.EscapeString(l.Name) + "</a>" + stdhtml.EscapeString(strings.TrimPrefix(said, l.Name)) + "<br>\n"
	}
	return strings.TrimRight(text, "\n"), html + "</p>\n"
}

// size is a number of bytes in words.
func size(n int64) string { return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB" }

// below adds to a mail what stands under its text: the signature behind the line that
// separates one (RFC 3676, 4.3), and the mail that is answered.
func below(text, html string, m channel.Outbound) (string, string) {
	if m.Signature != "" {
		text += "\n\n-- \n" + m.Signature
		html += `<div style="color: #666666">-- <br>` + "\n" + m.SignedHTML + "</div>\n"
	}
	if q := m.Quoted; q != nil {
		quote, markup := mail.Quote(mail.Quoted{From: mail.Address(q.From), At: q.At, Language: q.Language, Text: q.Text, HTML: richtext.Sanitise(q.HTML)})
		text += "\n\n" + quote
		html += markup
	}
	return text, html
}

// feedback names what a provider counts complaints by: the kind of mail, the
// account and the workspace.
func feedback(a channel.Account, m channel.Outbound) string {
	kind := "answer"
	if m.Auto {
		kind = "automatic"
	}
	return kind + ":" + a.ID.String() + ":" + a.Workspace.String() + ":parley"
}

func addresses(all []desk.Address) (out []mail.Address) {
	for _, a := range all {
		out = append(out, mail.Address(a))
	}
	return out
}

// firstSubject is the subject of a mail that answers none, or has its own.
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
