package mail

import (
	"strings"
	"time"
)

// What is opened of what is within a part of a mail.
const (
	maxOpened   = 24 << 20 // bytes of a winmail.dat or a signed mail
	maxWithin   = 3        // signed mails in each other
	maxEnclosed = 5        // mails of which a preview is made
	maxPreview  = 4000     // characters of such a mail's text
)

// Enclosed is a mail that is a file of a mail: its head and how it begins.
type Enclosed struct {
	File    string // the name of the file
	From    Address
	To      []Address
	Subject string
	Date    time.Time // UTC; zero if there is none
	Text    string
}

// smime reads a mail within its own signature; what is encrypted, and all else of
// this kind, is a file.
func (r *reader) smime(p *part) body {
	if len(p.body) <= maxOpened && r.within < maxWithin {
		if content := signedContent(p.decoded(maxOpened)); len(content) > 0 {
			if inner, err := split(content); err == nil && len(inner.header) > 0 {
				if r.m.Security == "" {
					r.m.Security = SignedSMIME
				}
				r.within++
				defer func() { r.within-- }()
				return r.walk(inner)
			}
		}
	}
	if r.m.Security == "" && !strings.EqualFold(p.params["smime-type"], "certs-only") {
		r.m.Security = EncryptedSMIME
	}
	r.file(p)
	return body{}
}

// tnef opens a winmail.dat: its files are files of the mail, and its text is the
// mail's if that has no other.
func (r *reader) tnef(p *part) (body, bool) {
	if len(p.body) > maxOpened*2 {
		return body{}, false
	}
	t, err := openTNEF(p.decoded(maxOpened))
	if err != nil || len(t.files) == 0 && t.text == "" && t.html == "" {
		return body{}, false
	}
	for _, f := range t.files {
		if len(f.data) == 0 || len(r.m.Files) >= maxParts {
			continue
		}
		kind := typeOf(f.data[:min(len(f.data), sniffed)], f.mtype)
		r.m.Files = append(r.m.Files, File{
			Name: FileName(f.name, kind), ContentType: kind, ContentID: headerClean(f.contentID), Data: f.data,
			Inline: f.contentID != "" && strings.HasPrefix(kind, "image/"),
		})
	}
	r.spare = body{text: strings.ReplaceAll(t.text, "\r\n", "\n"), html: t.html, isHTML: strings.TrimSpace(t.html) != ""}
	if r.spare.text == "" {
		r.spare.text = htmlText(t.html)
	}
	return body{}, true
}

// calendar reads an invitation; it stays a file as well.
func (r *reader) calendar(p *part) {
	e, ok := calendar(p.decoded(maxCalendar))
	if e.Method == "" {
		e.Method = strings.ToUpper(headerClean(p.params["method"]))
		e.Cancelled = e.Cancelled || e.Method == "CANCEL"
	}
	r.answer = r.answer || e.Method == "REPLY"
	if ok && r.m.Event == nil {
		r.m.Event = &e
	}
}

// enclosed makes a preview of a mail that is a file of this one.
func (r *reader) enclosed(p *part) {
	if len(r.m.Enclosed) >= maxEnclosed || r.preview {
		return
	}
	root, err := split(trimStart(p.decoded(maxText)))
	if err != nil || !isHeader(root.header) {
		return
	}
	inner := reader{ctx: r.ctx, m: &Mail{}, preview: true}
	text := []rune(strings.TrimSpace(inner.walk(root).text))
	if len(text) > maxPreview {
		text = append(text[:maxPreview], '…')
	}
	r.m.Enclosed = append(r.m.Enclosed, Enclosed{
		File: FileName(p.name, p.mtype), From: from(root.header), To: addresses(root.header, "To"), Subject: headerText(root.header, "Subject"),
		Date: parseDate(root.header.Get("Date")), Text: string(text),
	})
}
