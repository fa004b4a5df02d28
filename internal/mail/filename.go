package mail

import (
	"path"
	"strings"
	"unicode"
)

// maxFileName is the longest name of a file, in bytes: what file systems take,
// with room for what a program adds.
const maxFileName = 200

var nameless = map[string]string{
	"message/rfc822": "mail.eml", "message/global": "mail.eml", "message/delivery-status": "delivery-status.txt", "text/rfc822-headers": "headers.txt",
	"message/feedback-report": "feedback-report.txt", "text/calendar": "invite.ics", "text/html": "part.html", "text/plain": "part.txt", "text/csv": "part.csv",
	"image/png": "picture.png", "image/jpeg": "picture.jpg", "image/gif": "picture.gif", "image/webp": "picture.webp", "application/pdf": "document.pdf",
}

// FileName returns a name that is safe to show and to save: without path,
// control characters and those that change the direction of reading, at most 200
// bytes. A file without a name gets one by its declared type.
func FileName(name, contentType string) string {
	name = path.Base(strings.ReplaceAll(clean(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || strings.ContainsRune(`/"<>:|?*`, r):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.TrimLeft(strings.TrimSpace(name), ". "), " ")
	if len(name) > maxFileName {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = strings.ToValidUTF8(name[:maxFileName-len(ext)], "") + ext
	}
	if name == "" {
		if n := nameless[strings.ToLower(contentType)]; n != "" {
			return n
		}
		return "file"
	}
	return name
}
