package email

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
)

// Limits of what is made of one mail. Nothing is lost: the raw mail is kept.
const (
	maxText    = 500_000 // characters shown; a longer text is a file as well
	maxParents = 50
	maxPeople  = 100 // of To and of Cc
)

// Parse implements channel.Channel. A mail that cannot be read becomes a message
// that says so, with the bytes as its file: nothing that arrived is lost.
func (ch *Channel) Parse(ctx context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	if len(raw.Body) == 0 {
		return nil, errors.New("the mail is empty")
	}
	m, err := mail.Parse(ctx, raw.Body)
	if err != nil {
		if ctx.Err() != nil { // nobody waited for the answer
			return nil, ctx.Err()
		}
		return []channel.Inbound{unreadable(raw)}, nil
	}
	if mail.ConversationOf(ch.Key, m.MessageID) != "" {
		return nil, errors.New("this is one of our own mails that came back")
	}
	envelope, known := raw.Envelope["mail_from"]
	if known {
		m.Auto = m.AutoEnvelope(envelope)
	}
	who := m.Sender(a.Address)
	in := channel.Inbound{
		Dedupe: dedupe(raw), At: raw.At, Subject: desk.Line(m.Subject, desk.MaxSubject), Text: strings.Trim(desk.Clean(m.Text), "\n"),
		From: sender(who, envelope), ExternalID: m.MessageID, Auto: m.Auto, Thread: ch.thread(m, raw),
		Email: header(m),
	}
	if who.Email != m.From.Email {
		in.Email.ReplyTo = who.String()
	}
	in.Origin = origin(m, who, raw.Auth)
	in.From.Verified = in.Origin.Proof == desk.ProofProven
	in.Hush = m.Hush()
	if in.At.IsZero() {
		in.At = m.Date
	}
	if why := raw.Envelope["omitted"]; why != "" {
		in.Text, in.Auto = why, m.Auto
	}
	in.Bounce = ch.bounce(m, raw)
	in.Answered = ch.answered(m, raw, a.Address)
	if in.Thread.Conversation == 0 && in.Bounce == nil && in.Auto == "" && in.Answered == nil {
		in.Forward = handedOn(ctx, m)
	}
	for _, f := range m.Files {
		in.Files = append(in.Files, channel.File(f))
	}
	shorten(&in)
	in.VisibleEnd = mail.Visible(m.Subject, in.Text)
	if in.HTML = richtext.Sanitise(mail.FoldHTML(m.Subject, m.HTML)); !mail.Shows(in.HTML) {
		in.HTML = "" // nothing is left: the text says more
	}
	showUnplaced(&in)
	if in.Answered != nil {
		in.Files = written(in)
	}
	return []channel.Inbound{in}, nil
}

// bounce returns what a notification says of a mail of ours. Anybody can write one,
// so only what we signed counts, for only who got the mail knows it: the address that
// the mail was sent as, or else its id.
func (ch *Channel) bounce(m *mail.Mail, raw channel.Raw) *channel.Bounce {
	b, ok := m.Bounce()
	if !ok {
		return nil
	}
	out := &channel.Bounce{Recipient: b.Recipient, Notice: b.Kind != mail.BounceFailed, Delayed: b.Kind == mail.BounceDelayed, Hard: b.Kind == mail.BounceComplaint || b.Kind == mail.BounceFailed && noSuch(b.Status)}
	for _, r := range recipients(m, raw) {
		if id := mail.BounceOf(ch.Key, r); id != "" && out.ID.Parse("msg_"+id) == nil {
			break
		}
	}
	if out.ID == 0 {
		if mail.ConversationOf(ch.Key, b.MessageID) == "" {
			return nil
		}
		out.Message = "mid:" + b.MessageID
	}
	who := b.Recipient
	if who == "" {
		who = "the customer"
	}
	switch b.Kind {
	case mail.BounceDelayed:
		out.Reason = "The mail to " + who + " is delayed: " + b.Reason
	case mail.BounceComplaint:
		out.Reason = who + " marked the mail as spam."
	default:
		out.Reason, out.Said = "The mail to "+who+" came back: "+b.Reason, desk.Line(b.Reason, 300)
	}
	out.Reason = desk.Line(out.Reason, 300)
	return out
}

// noSuch reports whether a status says that an address takes no mail, and never will
// (RFC 3463, 3.2): there is none, there is no such host, it has moved.
func noSuch(status string) bool {
	return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}, status)
}

// sender is who a mail says it is from.
func sender(a mail.Address, envelope string) channel.Identity {
	if a.Email == "" {
		a.Email = desk.Line(envelope, 320)
	}
	id := channel.Identity{Kind: "email", ID: strings.ToLower(a.Email), Name: desk.Line(a.Name, 200), Email: a.Email}
	if id.ID == "" {
		id.ID = "unknown sender"
		if id.Name == "" {
			id.Name = "Unknown sender"
		}
	}
	return id
}

// shorten cuts a text that no person wrote; all of it becomes a file.
func shorten(in *channel.Inbound) {
	if utf8.RuneCountInString(in.Text) <= maxText {
		return
	}
	in.Files = append(in.Files, channel.File{Name: "text.txt", ContentType: "text/plain; charset=utf-8", Data: []byte(in.Text)})
	in.Text = string([]rune(in.Text)[:maxText]) + "\n…"
}

// showUnplaced makes attachments of pictures that the HTML does not show.
func showUnplaced(in *channel.Inbound) {
	for i, f := range in.Files {
		placed := f.ContentID != "" && (strings.Contains(in.HTML, "cid:"+f.ContentID) || strings.Contains(in.HTML, "cid:"+url.PathEscape(f.ContentID)))
		in.Files[i].Inline = f.Inline && placed
	}
}

func dedupe(raw channel.Raw) string {
	if raw.Dedupe != "" {
		return raw.Dedupe
	}
	return mail.Dedupe(raw.Body)
}

// unreadable keeps a mail that could not be parsed.
func unreadable(raw channel.Raw) channel.Inbound {
	return channel.Inbound{
		Dedupe: dedupe(raw), At: raw.At, Subject: "A mail that could not be read", Unreadable: true,
		From:  sender(mail.Address{}, raw.Envelope["mail_from"]),
		Text:  "This mail could not be read. It is attached as it arrived.",
		Files: []channel.File{{Name: "mail.eml", ContentType: "application/octet-stream", Data: raw.Body}},
	}
}

// thread finds what a mail belongs to: first a reply address or a message id that
// we signed, then what it answers, nearest first (RFC 5322, 3.6.4).
func (ch *Channel) thread(m *mail.Mail, raw channel.Raw) channel.Thread {
	var t channel.Thread
	if m.MessageID != "" {
		t.Own = []string{"mid:" + m.MessageID}
	}
	seen := map[string]bool{m.MessageID: true}
	for _, id := range nearest(m) {
		if !seen[id] && len(t.Parents) < maxParents {
			seen[id] = true
			t.Parents = append(t.Parents, "mid:"+id)
		}
	}
	for _, r := range recipients(m, raw) {
		if t.Conversation = conversation(mail.Token(ch.Key, r)); t.Conversation != 0 {
			return t
		}
	}
	for _, id := range nearest(m) {
		if t.Conversation = conversation(mail.ConversationOf(ch.Key, id)); t.Conversation != 0 {
			return t
		}
	}
	return t
}

// nearest returns the ids of earlier mails, the one answered first.
func nearest(m *mail.Mail) []string {
	all := append([]string{}, m.InReplyTo...)
	for i := len(m.References) - 1; i >= 0; i-- {
		all = append(all, m.References[i])
	}
	return all
}

// recipients returns the addresses by which a mail came here.
func recipients(m *mail.Mail, raw channel.Raw) []string {
	all := []string{raw.Envelope["rcpt_to"]}
	for _, h := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "Resent-To", "Resent-Cc"} {
		for _, v := range m.Header.Values(h) {
			for one := range strings.SplitSeq(v, ",") { // a redirect may have gone to several
				if open := strings.LastIndexByte(one, '<'); open >= 0 {
					one = one[open:]
				}
				all = append(all, strings.Trim(one, "<> \t\r\n"))
			}
		}
	}
	for _, list := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range list {
			all = append(all, a.Email)
		}
	}
	return all
}

// conversation returns the id that a signed token holds, or zero.
func conversation(token string) (id desk.ConversationID) {
	if token == "" || id.Parse("cnv_"+token) != nil {
		return 0
	}
	return id
}

func texts(all []mail.Address) (out []string) {
	for _, a := range all[:min(len(all), maxPeople)] {
		out = append(out, a.String())
	}
	return out
}
