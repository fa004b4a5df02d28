package mail

import (
	"html"
	"slices"
	"strings"
	"time"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How much of a mail an answer quotes, in bytes: what is longer is cut at a line, and
// HTML that is longer is quoted as text. Whoever wrote it has all of it.
const (
	maxQuotedText = 20_000
	maxQuotedHTML = 60_000
)

// Quoted is a mail that an answer quotes.
type Quoted struct {
	From     Address
	At       time.Time // in the zone that the line above the quote says it in
	Language string    // of that line, folded, like "pt-br"; one that is not known is English
	Text     string
	HTML     string // sanitised; "" quotes the text
}

// attribution is the line above a quote in one language: {date}, {time} and {who}
// stand for themselves. FoldReply knows each, as it knows those of other programs.
type attribution struct{ date, clock, line string }

var attributions = map[string]attribution{
	"en": {"2006-01-02", "15:04", "On {date} at {time}, {who} wrote:"},
	"de": {"02.01.2006", "15:04", "Am {date} um {time} schrieb {who}:"},
	"fr": {"02/01/2006", "15:04", "Le {date} à {time}, {who} a écrit :"},
	"es": {"02/01/2006", "15:04", "El {date} a las {time}, {who} escribió:"},
	"it": {"02/01/2006", "15:04", "Il {date} alle {time}, {who} ha scritto:"},
	"pt": {"02/01/2006", "15:04", "Em {date} às {time}, {who} escreveu:"},
	"nl": {"02-01-2006", "15:04", "Op {date} om {time} schreef {who}:"},
	"sv": {"2006-01-02", "15:04", "Den {date} kl. {time} skrev {who}:"},
	"da": {"02.01.2006", "15.04", "Den {date} kl. {time} skrev {who}:"},
	"nb": {"02.01.2006", "15:04", "Den {date} kl. {time} skrev {who}:"},
	"no": {"02.01.2006", "15:04", "Den {date} kl. {time} skrev {who}:"},
	"fi": {"2.1.2006", "15.04", "{date} klo {time} {who} kirjoitti:"},
	"pl": {"02.01.2006", "15:04", "W dniu {date} o {time} {who} pisze:"},
	"cs": {"02.01.2006", "15:04", "Dne {date} v {time} {who} napsal(a):"},
	"ru": {"02.01.2006", "15:04", "{date} в {time}, {who} пишет:"},
	"uk": {"02.01.2006", "15:04", "{date} о {time}, {who} пише:"},
	"tr": {"02.01.2006", "15:04", "{date} {time} tarihinde {who} yazdı:"},
	"zh": {"2006年1月2日", "15:04", "在 {date} {time}，{who} 写道："},
}

// Quote returns a mail as it stands below an answer, as text and as HTML, each with
// the line that says who wrote it and when. Pictures are left out: those of the mail
// itself are no files of the answer, and others would tell their sender who reads it.
func Quote(q Quoted) (text, markup string) {
	a, ok := attributions[q.Language]
	if base, _, _ := strings.Cut(q.Language, "-"); !ok {
		if a, ok = attributions[base]; !ok {
			a = attributions["en"]
		}
	}
	clock := q.At.Format(a.clock)
	if q.At.Location() == time.UTC {
		clock += " UTC"
	}
	name, email := headerClean(q.From.Name), headerClean(q.From.Email)
	fill := func(who string) string {
		return strings.NewReplacer("{date}", q.At.Format(a.date), "{time}", clock, "{who}", who).Replace(a.line)
	}
	who, linked := email, `<a href="mailto:`+html.EscapeString(email)+`">`+html.EscapeString(email)+`</a>`
	if name != "" && name != email {
		who, linked = name+" <"+email+">", html.EscapeString(name)+" &lt;"+linked+"&gt;"
	}
	said := cut(strings.TrimSpace(strings.ReplaceAll(q.Text, "\r\n", "\n")), maxQuotedText)
	var b strings.Builder
	b.WriteString(fill(who))
	b.WriteByte('\n')
	for line := range strings.SplitSeq(said, "\n") {
		b.WriteByte('>')
		if !strings.HasPrefix(line, ">") && line != "" {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	inner := withoutPictures(q.HTML)
	if inner == "" {
		inner = strings.ReplaceAll(html.EscapeString(said), "\n", "<br>\n")
	}
	markup = `<div class="gmail_quote"><div class="gmail_attr">` + fill(linked) + "</div>\n" +
		`<blockquote class="gmail_quote" style="margin: 0 0 0 8px; padding-left: 10px; border-left: 2px solid #cccccc">` + inner + "</blockquote></div>\n"
	return strings.TrimRight(b.String(), "\n"), markup
}

// cut shortens a text to some bytes, at the end of a line.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	s = strings.ToValidUTF8(clip(s, most), "")
	if i := strings.LastIndexByte(s, '\n'); i > most/2 {
		s = s[:i]
	}
	return s + "\n[…]"
}

// withoutPictures returns sanitised HTML with the words of its pictures in their
// place, and every element closed; "" of what is empty, too long or too deep.
func withoutPictures(s string) string {
	if s == "" || len(s) > maxQuotedHTML {
		return ""
	}
	body := &xhtml.Node{Type: xhtml.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := xhtml.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		return ""
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	for _, n := range slices.Collect(body.Descendants()) {
		switch n.DataAtom {
		case atom.Summary: // of what was folded for the inbox
			n.Parent.RemoveChild(n)
		case atom.Details:
			n.Data, n.DataAtom = "div", atom.Div
		case atom.Img:
			n.Parent.InsertBefore(&xhtml.Node{Type: xhtml.TextNode, Data: wordsOf(n)}, n)
			n.Parent.RemoveChild(n)
		}
	}
	var b strings.Builder
	for n := range body.ChildNodes() {
		if xhtml.Render(&b, n) != nil {
			return ""
		}
	}
	return strings.TrimSpace(b.String())
}

// wordsOf returns what a picture says to who does not see it, in brackets.
func wordsOf(img *xhtml.Node) string {
	for _, a := range img.Attr {
		if words := strings.TrimSpace(a.Val); a.Key == "alt" && words != "" {
			return "[" + words + "]"
		}
	}
	return ""
}
