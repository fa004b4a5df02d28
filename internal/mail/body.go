package mail

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// body is what a part of a mail says, in both forms.
type body struct {
	text   string
	html   string
	isHTML bool // html came as HTML, or contains a piece that did
}

// maxText is how many bytes of a part's text are read. One that has more is a file as well.
const maxText = 2 << 20

// reader goes through the parts of a mail.
type reader struct {
	ctx     context.Context
	m       *Mail
	within  int  // signed mails that are open
	preview bool // of a mail within another: nothing in it is previewed again
	answer  bool // to an invitation
	spare   body // the text of a winmail.dat, if the mail has no other
}

// walk reads a part and everything in it; what is no text becomes a file. A part
// without a type is plain text (RFC 2045, 5.2).
func (r *reader) walk(p *part) body {
	if r.ctx.Err() != nil {
		return body{}
	}
	r.note(p)
	if len(p.children) == 0 {
		return r.leaf(p)
	}
	var all []body
	for _, c := range p.children {
		b := r.walk(c)
		if b.text != "" || b.isHTML {
			all = append(all, b)
		}
	}
	if p.mtype == "multipart/alternative" {
		return choose(all)
	}
	return join(all)
}

// choose returns one body for parts that say the same: the plain text as text,
// the last HTML as HTML (RFC 2046, 5.1.4).
func choose(all []body) (out body) {
	for _, b := range all {
		if b.isHTML {
			out.html, out.isHTML = b.html, true
			if strings.TrimSpace(out.text) == "" {
				out.text = b.text
			}
		}
	}
	for _, b := range all {
		if !b.isHTML && strings.TrimSpace(b.text) != "" {
			out.text = b.text
			break
		}
	}
	if !out.isHTML {
		out.html = plainHTML(out.text)
	}
	return out
}

// join returns one body for parts that are to be read one after the other.
func join(all []body) (out body) {
	if len(all) == 1 {
		return all[0]
	}
	var text, page strings.Builder
	for _, b := range all {
		if text.Len() > 0 && b.text != "" {
			text.WriteString("\n\n")
		}
		text.WriteString(strings.TrimRight(b.text, "\n"))
		page.WriteString(b.html)
		out.isHTML = out.isHTML || b.isHTML
	}
	out.text, out.html = text.String(), page.String()
	return out
}

func (r *reader) leaf(p *part) body {
	named := p.name != "" || p.disposition == "attachment"
	switch {
	case isSMIME(p):
		return r.smime(p)
	case p.mtype == "application/ms-tnef", p.mtype == "application/vnd.ms-tnef", strings.EqualFold(p.name, "winmail.dat"):
		if b, ok := r.tnef(p); ok {
			return b
		}
	case p.mtype == "message/rfc822", p.mtype == "message/global":
		r.enclosed(p)
	case p.mtype == "text/calendar", p.mtype == "application/ics":
		r.calendar(p)
	case named:
	case p.mtype == "text/html":
		s := r.text(p)
		return body{text: htmlText(s), html: s, isHTML: strings.TrimSpace(s) != ""}
	case p.mtype == "text/plain", p.mtype == "", p.mtype == "text", strings.HasPrefix(p.mtype, "multipart/"): // a multipart without parts that can be found
		s := strings.ReplaceAll(r.text(p), "\r\n", "\n")
		if strings.EqualFold(p.params["format"], "flowed") {
			s = unflow(s, strings.EqualFold(p.params["delsp"], "yes"))
		}
		r.noteArmour(s)
		return body{text: s, html: plainHTML(s)}
	}
	if len(p.body) > 0 || named {
		r.file(p)
	}
	return body{}
}

// text returns the text of a part, or its beginning and a file with all of it.
func (r *reader) text(p *part) string {
	b := p.decoded(maxText + 1)
	if len(b) > maxText {
		b = b[:maxText]
		r.file(p)
	}
	return textOf(b, p.params["charset"], p.mtype == "text/html")
}

func (r *reader) file(p *part) {
	if len(r.m.Files) >= maxParts {
		return
	}
	f := File{ContentID: p.contentID, ContentType: typeOf(p.decoded(sniffed), p.mtype), Name: FileName(p.name, p.mtype)}
	if len(p.body) > large {
		f.Open = p.open
	} else {
		f.Data = p.decoded(len(p.body))
	}
	picture := strings.HasPrefix(f.ContentType, "image/")
	related := p.parent != nil && p.parent.mtype == "multipart/related"
	f.Inline = picture && (p.disposition == "inline" || f.ContentID != "" && (related || p.disposition != "attachment"))
	r.m.Files = append(r.m.Files, f)
}

func plainHTML(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return `<div style="white-space: pre-wrap">` + html.EscapeString(s) + "</div>"
}

// decode returns bytes as text: what is not UTF-8 is taken for Windows-1252,
// which old software sends without saying so.
func decode(b []byte) string {
	if !utf8.Valid(b) {
		if s, err := charmap.Windows1252.NewDecoder().Bytes(b); err == nil {
			b = s
		}
	}
	return clean(string(b))
}

// clean returns valid UTF-8 without NUL.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// sniffed is how many bytes of a file say what it is.
const sniffed = 512

// sniff returns the type that bytes have, whatever the mail says. Text that a
// browser could run is text.
func sniff(data []byte) string {
	t := http.DetectContentType(data)
	if strings.HasPrefix(t, "text/html") || strings.HasPrefix(t, "text/xml") {
		return "text/plain; charset=utf-8"
	}
	return t
}

// inert are declared types that are believed when the bytes say nothing better:
// no browser runs or shows them, and they tell a person more than "bytes".
var inert = regexp.MustCompile(`^(?:image/(?:png|jpeg|gif|webp|heic|tiff)|application/(?:pdf|zip|x-zip-compressed|gzip|json|rtf|ics|msword|vnd\.[a-z0-9.+-]+|pgp-(?:signature|encrypted|keys)|(?:x-)?pkcs7-(?:signature|mime)|ms-tnef)|message/(?:rfc822|global|global-headers|(?:global-)?delivery-status|feedback-report)|text/(?:calendar|csv|vcard|x-vcard|rfc822-headers|markdown)|(?:audio|video)/[a-z0-9.+-]+)$`)

// typeOf returns the type of a file: what its bytes are, or, where they are any
// text, any archive or nothing known, what the mail says, if that cannot do harm.
func typeOf(data []byte, declared string) string {
	t := sniff(data)
	if declared == "image/jpg" {
		declared = "image/jpeg"
	}
	vague := strings.HasPrefix(t, "text/plain") || t == "application/octet-stream" || t == "application/zip"
	// A picture is shown in place: only its bytes make it one. An empty file is shown to nobody.
	if !vague || !inert.MatchString(declared) || strings.HasPrefix(declared, "image/") && len(data) > 0 {
		return t
	}
	return declared
}
