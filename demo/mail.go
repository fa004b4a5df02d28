package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// letter is a mail of a customer.
type letter struct {
	id, from, name, to, subject, text string
	parents                           []string // Message-IDs, oldest first
	quoted                            string   // what is answered, as mail programs put it below
	headers                           string
	rich                              bool
	picture                           bool
	at                                time.Time
}

// bytes writes the mail as the customer's program would.
func (l letter) bytes(rng *rand.Rand) []byte {
	var b bytes.Buffer
	head := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	head("From", mime.QEncoding.Encode("utf-8", l.name)+" <"+l.from+">")
	head("To", l.to)
	head("Subject", mime.QEncoding.Encode("utf-8", l.subject))
	head("Date", l.at.Format(time.RFC1123Z))
	head("Message-ID", "<"+l.id+">")
	if n := len(l.parents); n > 0 {
		head("In-Reply-To", "<"+l.parents[n-1]+">")
		head("References", "<"+strings.Join(l.parents, "> <")+">")
	}
	b.WriteString(l.headers)
	head("MIME-Version", "1.0")
	text := l.text
	if l.quoted != "" {
		text += "\n\n" + "On " + l.at.Add(-3*time.Hour).Format("Mon, 2 Jan 2006 at 15:04") + ", Halden Coffee wrote:\n> " + strings.ReplaceAll(l.quoted, "\n", "\n> ")
	}
	switch {
	case l.picture:
		head("Content-Type", `multipart/related; boundary="rel"`)
		b.WriteString("\r\n--rel\r\n")
		part(&b, "text/html", markup(l.text)+`<p><img src="cid:photo@customer" width="320" height="200" alt="Photo"></p>`)
		fmt.Fprintf(&b, "--rel\r\nContent-Type: image/png; name=\"photo.png\"\r\nContent-ID: <photo@customer>\r\nContent-Disposition: inline; filename=\"photo.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--rel--\r\n", wrapped(photo(rng)))
	case l.rich:
		head("Content-Type", `multipart/alternative; boundary="alt"`)
		b.WriteString("\r\n--alt\r\n")
		part(&b, "text/plain", text)
		b.WriteString("--alt\r\n")
		part(&b, "text/html", markup(l.text)+quoteMarkup(l.quoted))
		b.WriteString("--alt--\r\n")
	default:
		part(&b, "text/plain", text)
	}
	return b.Bytes()
}

func part(b *bytes.Buffer, kind, text string) {
	fmt.Fprintf(b, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind)
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) // a buffer takes everything
	_ = w.Close()
	b.WriteString("\r\n")
}

func markup(text string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(p, "- ") {
			b.WriteString("<table border=\"1\" cellpadding=\"6\">")
			for row := range strings.Lines(p) {
				b.WriteString("<tr><td>" + html.EscapeString(strings.TrimPrefix(strings.TrimSpace(row), "- ")) + "</td></tr>")
			}
			b.WriteString("</table>")
			continue
		}
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
	}
	return b.String()
}

func quoteMarkup(quoted string) string {
	if quoted == "" {
		return ""
	}
	return "<blockquote type=\"cite\">" + markup(quoted) + "</blockquote>"
}

func wrapped(b []byte) string {
	text := base64.StdEncoding.EncodeToString(b)
	var lines []string
	for len(text) > 76 {
		lines, text = append(lines, text[:76]), text[76:]
	}
	return strings.Join(append(lines, text), "\r\n")
}

// photo is a still life of beans on a table, as far as a few circles are one.
func photo(rng *rand.Rand) []byte {
	const w, h = 320, 200
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			shade := uint8(200 + y/8)
			img.Set(x, y, color.RGBA{shade, shade - 12, shade - 30, 255})
		}
	}
	for range 60 {
		cx, cy, r := 40+rng.IntN(w-80), h/2+rng.IntN(h/2-20), 5+rng.IntN(7)
		tone := uint8(50 + rng.IntN(40))
		for y := -r; y <= r; y++ {
			for x := -r; x <= r; x++ {
				if x*x+y*y*2 <= r*r {
					img.Set(cx+x, cy+y, color.RGBA{tone, tone * 6 / 10, tone / 3, 255})
				}
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}
