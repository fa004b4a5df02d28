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
	From       Address
	To         Address
	Cc         []string // mail addresses
	ReplyTo    string   // where answers go; "" is From
	Subject    string
	Date       time.Time
	MessageID  string   // without brackets
	References []string // ids of earlier mails, oldest first; the last is answered
	Text       string   // plain text
	HTML       string   // the same as HTML; "" for text alone
	Files      []File
	Auto       bool // written by a program: others' programs shall not answer
}

// Write returns the bytes of a mail, with CRLF and lines that every server
// takes. But for the boundaries between its parts they are the same at every try.
func Write(o Outgoing) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := checked(o.From)
	if err != nil {
		return nil, err
	}
	to, err := checked(o.To)
	if err != nil {
		return nil, err
	}
	m.FromMailAddress(from)
	m.AddToMailAddress(to)
	for _, cc := range o.Cc {
		a, err := checked(Address{Email: cc})
		if err != nil {
			return nil, err
		}
		m.AddCcMailAddress(a)
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
		m.SetGenHeaderPreformatted("In-Reply-To", refs[len(refs)-1])
		m.SetGenHeaderPreformatted("References", strings.Join(refs, "\r\n "))
	}
	if o.Auto {
		m.SetGenHeader("Auto-Submitted", "auto-replied")
		m.SetGenHeader("X-Auto-Response-Suppress", "All")
		m.SetGenHeader("Precedence", "auto_reply")
	}
	m.SetBodyString(gomail.TypeTextPlain, clean(o.Text))
	if o.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, clean(o.HTML))
	}
	for _, f := range o.Files {
		kind, _, _ := strings.Cut(headerClean(f.ContentType), ";")
		if kind == "" {
			kind = "application/octet-stream"
		}
		if err := m.AttachReader(FileName(f.Name, kind), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(kind))); err != nil {
			return nil, fmt.Errorf("attach %q: %w", f.Name, err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return b.Bytes(), nil
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
