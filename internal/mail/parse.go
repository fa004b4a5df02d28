// Package mail reads and writes mail: what real clients send, however broken,
// and what every server takes.
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"net/textproto"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"

	"parley/internal/richtext"
)

// Mail is one mail, understood. Text is UTF-8 without NUL.
type Mail struct {
	From       Address
	To, Cc     []Address
	ReplyTo    []Address
	Subject    string
	Date       time.Time // zero if there is none that can be read
	MessageID  string    // without brackets; "" if there is none
	InReplyTo  []string
	References []string
	Text       string
	HTML       string // as it came: not sanitised
	Files      []File
	Header     textproto.MIMEHeader
}

// Address is a name and a mail address.
type Address struct{ Name, Email string }

// String returns the address as people read it.
func (a Address) String() string {
	if a.Name == "" {
		return a.Email
	}
	return a.Name + " <" + a.Email + ">"
}

// File is an attachment or an inline picture.
type File struct {
	Name        string // safe to show and to save
	ContentType string // sniffed from the bytes
	ContentID   string // without brackets
	Inline      bool
	Data        []byte
}

// ErrUnreadable says that the bytes are not a mail.
var ErrUnreadable = errors.New("the mail cannot be read")

const (
	maxParts  = 500
	parseTime = 30 * time.Second
)

// Parse reads a mail. Whatever can be saved of a broken one is; an error means
// that nothing could. A mail that takes too long to read is unreadable.
func Parse(ctx context.Context, raw []byte) (*Mail, error) {
	ctx, cancel := context.WithTimeout(ctx, parseTime)
	defer cancel()
	type result struct {
		m   *Mail
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if v := recover(); v != nil {
				r = result{nil, fmt.Errorf("%w: %v", ErrUnreadable, v)}
			}
			done <- r
		}()
		r.m, r.err = parse(raw)
	}()
	select {
	case r := <-done:
		return r.m, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, ctx.Err())
	}
}

var parser = enmime.NewParser(enmime.SkipMalformedParts(true), enmime.MultipartWOBoundaryAsSinglePart(true), enmime.MaxStoredPartErrors(50), enmime.DisableTextConversion(true))

func parse(raw []byte) (*Mail, error) {
	env, err := parser.ReadEnvelope(bytes.NewReader(trimStart(raw)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if env.Root == nil || len(env.Root.Header) == 0 {
		return nil, fmt.Errorf("%w: it has no header", ErrUnreadable)
	}
	m := &Mail{Header: env.Root.Header, Subject: clean(env.GetHeader("Subject")), Text: clean(env.Text), HTML: clean(env.HTML)}
	if list := addresses(env, "From"); len(list) > 0 {
		m.From = list[0]
	} else if list := addresses(env, "Sender"); len(list) > 0 {
		m.From = list[0]
	}
	m.To, m.Cc, m.ReplyTo = addresses(env, "To"), addresses(env, "Cc"), addresses(env, "Reply-To")
	m.MessageID = first(ids(env.GetHeader("Message-Id")))
	m.InReplyTo, m.References = ids(env.GetHeader("In-Reply-To")), ids(env.GetHeader("References"))
	if t, err := mail.ParseDate(env.GetHeader("Date")); err == nil {
		m.Date = t.UTC()
	}
	if text := untypedText(env.Root); strings.TrimSpace(m.Text) == "" && text != "" {
		m.Text = text
	}
	if strings.TrimSpace(m.Text) == "" && m.HTML != "" {
		m.Text = richtext.Text(m.HTML)
	}
	m.files(env)
	return m, nil
}

// trimStart drops blank lines and an mbox line before the header.
func trimStart(raw []byte) []byte {
	raw = bytes.TrimLeft(raw, "\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) {
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			return raw[i+1:]
		}
	}
	return raw
}

// untypedText returns the text of parts without a Content-Type, which are plain
// text by RFC 2045 and which the library takes for files.
func untypedText(root *enmime.Part) string {
	var texts []string
	n := 0
	for _, p := range root.DepthMatchAll(func(*enmime.Part) bool { n++; return n < maxParts }) {
		untyped := p.ContentType == "" || p.Header.Get("Content-Type") == "" && p.ContentType == "text/plain"
		if p.FirstChild == nil && untyped && p.FileName == "" && p.Disposition != "attachment" && len(p.Content) > 0 {
			texts = append(texts, clean(string(p.Content)))
		}
	}
	return strings.Join(texts, "\n")
}

func (m *Mail) files(env *enmime.Envelope) {
	seen := 0
	add := func(parts []*enmime.Part, inline bool) {
		for _, p := range parts {
			if seen++; seen > maxParts {
				return
			}
			if p.ContentType == "" && p.FileName == "" { // its text is shown
				continue
			}
			m.Files = append(m.Files, File{
				Name: FileName(p.FileName, p.ContentType), ContentType: sniff(p.Content), ContentID: strings.Trim(p.ContentID, "<>"),
				Inline: inline && p.ContentID != "", Data: p.Content,
			})
		}
	}
	add(env.Attachments, false)
	add(env.Inlines, true)
	add(env.OtherParts, true)
}

func sniff(data []byte) string {
	t := http.DetectContentType(data)
	if strings.HasPrefix(t, "text/html") || strings.HasPrefix(t, "text/xml") {
		return "text/plain; charset=utf-8"
	}
	return t
}

var extensions = map[string]string{"message/rfc822": "mail.eml", "text/calendar": "invite.ics", "text/html": "part.html", "text/plain": "part.txt", "image/png": "picture.png", "image/jpeg": "picture.jpg", "image/gif": "picture.gif", "application/pdf": "document.pdf"}

// FileName returns a name that is safe to show and to save: no path, no control
// or direction characters, at most 200 bytes.
func FileName(name, contentType string) string {
	name = filepath.Base(strings.ReplaceAll(clean(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '/' || r == '"' {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimLeft(name, "."))
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:180], "") + filepath.Ext(name)
		name = strings.ToValidUTF8(name[:min(len(name), 200)], "")
	}
	if name == "" {
		if n := extensions[contentType]; n != "" {
			return n
		}
		return "file"
	}
	return name
}

func addresses(env *enmime.Envelope, header string) (all []Address) {
	list, err := env.AddressList(header)
	if err == nil {
		for _, a := range list {
			all = append(all, Address{clean(a.Name), clean(a.Address)})
		}
		return all
	}
	return loose(clean(env.GetHeader(header)))
}

// loose finds addresses in a header that breaks the rules.
func loose(s string) (all []Address) {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		name, rest, ok := strings.Cut(part, "<")
		if ok {
			email, _, _ := strings.Cut(rest, ">")
			if email = strings.TrimSpace(email); email != "" {
				all = append(all, Address{strings.Trim(strings.TrimSpace(name), `"'`), email})
			}
			continue
		}
		for word := range strings.FieldsSeq(part) {
			if word = strings.Trim(word, `"'()[]<>`); strings.Contains(word, "@") {
				all = append(all, Address{Email: word})
				break
			}
		}
	}
	return all
}

// ids reads message ids: what stands in brackets, or words with an @.
func ids(s string) (all []string) {
	s = clean(s)
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '>')
		if j < 0 {
			break
		}
		if id := strings.Join(strings.Fields(s[i+1:i+j]), ""); id != "" {
			all = append(all, id)
		}
		s = s[i+j+1:]
	}
	if len(all) == 0 {
		for word := range strings.FieldsSeq(s) {
			if strings.Contains(word, "@") {
				all = append(all, strings.Trim(word, "<>"))
			}
		}
	}
	return all
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// clean returns valid UTF-8 without NUL.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// Dedupe returns what is equal for two copies of one mail: its id with a digest
// of who, when and what, since ids are reused by bad clients and by attackers.
// A mail without an id is told by its content alone.
func Dedupe(raw []byte) string {
	header, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		header, body, _ = bytes.Cut(raw, []byte("\n\n"))
	}
	h := sha256.New()
	id := ""
	if m, err := mail.ReadMessage(io.MultiReader(bytes.NewReader(header), strings.NewReader("\r\n\r\n"))); err == nil {
		id = first(ids(m.Header.Get("Message-Id")))
		fmt.Fprintf(h, "%s\n%s\n", m.Header.Get("From"), m.Header.Get("Date"))
	} else {
		h.Write(header)
	}
	h.Write(bytes.ReplaceAll(bytes.TrimSpace(body), []byte("\r\n"), []byte("\n")))
	if len(id) > 200 {
		id = id[:200]
	}
	return id + " " + hex.EncodeToString(h.Sum(nil)[:16])
}
