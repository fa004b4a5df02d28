package mail

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/text/encoding/charmap"
)

// body is what a part of a mail says, in both forms.
type body struct {
	text   string
	html   string
	isHTML bool // html came as HTML, or contains a piece that did
}

// walk reads a part and everything in it; what is no text becomes a file. The
// library's own collection is not used: it loses the text of parts without a
// Content-Type, which are plain text (RFC 2045, 5.2), and it drops the order of
// parts that are to be read one after the other.
func walk(p *enmime.Part, files *[]File) body {
	if p.FirstChild == nil {
		return leaf(p, files)
	}
	var all []body
	alternative := p.ContentType == "multipart/alternative"
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		b := walk(c, files)
		if b.text != "" || b.isHTML {
			all = append(all, b)
		}
	}
	if alternative {
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

func leaf(p *enmime.Part, files *[]File) body {
	mtype := strings.ToLower(p.ContentType)
	named := p.FileName != "" || p.Disposition == "attachment"
	switch {
	case named:
	case mtype == "text/html":
		s := decode(p.Content)
		return body{text: htmlText(s), html: s, isHTML: strings.TrimSpace(s) != ""}
	case mtype == "text/plain" || mtype == "" || mtype == "text":
		s := strings.ReplaceAll(decode(p.Content), "\r\n", "\n")
		return body{text: s, html: plainHTML(s)}
	case strings.HasPrefix(mtype, "multipart/") && len(p.Content) == 0:
		return body{}
	case strings.HasPrefix(mtype, "multipart/"): // a multipart without parts that can be found
		s := strings.ReplaceAll(decode(p.Content), "\r\n", "\n")
		return body{text: s, html: plainHTML(s)}
	}
	if len(*files) < maxParts && (len(p.Content) > 0 || named) {
		*files = append(*files, file(p, mtype))
	}
	return body{}
}

func file(p *enmime.Part, mtype string) File {
	f := File{ContentType: typeOf(p.Content, mtype), ContentID: headerClean(strings.Trim(p.ContentID, "<> ")), Data: p.Content}
	f.Name = FileName(p.FileName, mtype)
	picture := strings.HasPrefix(f.ContentType, "image/")
	related := p.Parent != nil && p.Parent.ContentType == "multipart/related"
	f.Inline = picture && (p.Disposition == "inline" || f.ContentID != "" && (related || p.Disposition != "attachment"))
	return f
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
