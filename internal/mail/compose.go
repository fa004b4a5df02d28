package mail

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// maxReferences is how many ids the References header names: the root and the
// newest, since some servers refuse long headers.
const maxReferences = 20

// Outgoing is a mail to write.
type Outgoing struct {
	From        Address
	To, Cc      []Address // of Bcc a mail says nothing
	ReplyTo     string    // where answers go; "" is From
	Subject     string
	Date        time.Time
	MessageID   string   // without brackets
	References  []string // ids of earlier mails, oldest first
	InReplyTo   string   // the id of the mail that is answered; "" is the last of References
	Text        string   // plain text
	HTML        string   // the same as HTML; "" for text alone
	Files       []File   // one that is Inline stands where the HTML shows it (RFC 2387)
	Auto        bool     // written by a program: others' programs shall not answer
	Unsubscribe string   // where the mail is declined with one click (RFC 8058), like https://desk.example/u/x; "" of a mail that was asked for
	FeedbackID  string   // what a provider's reports of complaints name, like "answer:chn_1:wsp_1:parley"
}

// Write returns the bytes of a mail, with CRLF and lines that every server
// takes. The boundaries between its parts are others at every call: keep the bytes
// for a second try.
func Write(o Outgoing) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := checked(o.From)
	if err != nil {
		return nil, err
	}
	m.FromMailAddress(from)
	if err := each(o.To, m.AddToMailAddress); err != nil {
		return nil, err
	}
	if err := each(o.Cc, m.AddCcMailAddress); err != nil {
		return nil, err
	}
	if o.ReplyTo != "" {
		a, err := checked(Address{o.From.Name, o.ReplyTo})
		if err != nil {
			return nil, err
		}
		m.ReplyToMailAddress(a)
	}
	m.Subject(headerClean(o.Subject))
	m.SetMessageIDWithValue(o.MessageID)
	m.SetDateWithValue(o.Date)
	if refs := chain(o.References); len(refs) > 0 {
		answered := refs[len(refs)-1]
		if r := chain([]string{o.InReplyTo}); len(r) == 1 {
			answered = r[0]
		}
		m.SetGenHeaderPreformatted("In-Reply-To", answered)
		m.SetGenHeaderPreformatted("References", strings.Join(refs, "\r\n "))
	}
	if o.Auto {
		m.SetGenHeader("Auto-Submitted", "auto-replied")
		m.SetGenHeader("X-Auto-Response-Suppress", "All")
		m.SetGenHeader("Precedence", "auto_reply")
	}
	if u := headerClean(o.Unsubscribe); u != "" {
		m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+u+">")
		m.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	if o.FeedbackID != "" {
		m.SetGenHeader("Feedback-ID", headerClean(o.FeedbackID))
	}
	m.SetBodyString(gomail.TypeTextPlain, clean(o.Text))
	if o.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, clean(o.HTML))
	}
	for _, f := range o.Files {
		if err := attach(m, f, o.HTML); err != nil {
			return nil, fmt.Errorf("attach %q: %w", f.Name, err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return b.Bytes(), nil
}

// attach adds a file: one that the HTML shows beside it, every other one below.
func attach(m *gomail.Msg, f File, html string) error {
	kind, _, _ := strings.Cut(headerClean(f.ContentType), ";")
	if kind == "" {
		kind = "application/octet-stream"
	}
	name, typed := FileName(f.Name, kind), gomail.WithFileContentType(gomail.ContentType(kind))
	if id := headerClean(f.ContentID); f.Inline && id != "" && !strings.ContainsAny(id, "<> ") && strings.Contains(html, "cid:"+id) {
		return m.EmbedReader(name, bytes.NewReader(f.Data), typed, gomail.WithFileContentID("<"+id+">"))
	}
	return m.AttachReader(name, bytes.NewReader(f.Data), typed)
}

// each adds addresses to a header.
func each(all []Address, add func(*mail.Address)) error {
	for _, a := range all {
		checked, err := checked(a)
		if err != nil {
			return err
		}
		add(checked)
	}
	return nil
}

// checked returns an address that can stand in a header, or why it cannot.
func checked(a Address) (*mail.Address, error) {
	p, err := mail.ParseAddress(a.Email)
	if err != nil || p.Name != "" || !isAddress(p.Address) {
		return nil, fmt.Errorf("%q is not a mail address", a.Email)
	}
	return &mail.Address{Name: headerClean(a.Name), Address: p.Address}, nil
}

// chain returns References in brackets: the root and the newest ids.
func chain(ids []string) (refs []string) {
	for _, id := range ids {
		if id != "" && len(id) < 500 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r >= 0x7f }) {
			refs = append(refs, "<"+id+">")
		}
	}
	if len(refs) > maxReferences {
		refs = append(refs[:1:1], refs[len(refs)-maxReferences+1:]...)
	}
	return refs
}
