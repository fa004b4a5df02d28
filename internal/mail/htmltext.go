package mail

import (
	"html"
	"strings"

	xhtml "golang.org/x/net/html"
)

// maxTextDepth is how deep quotes are marked; deeper ones look like that.
const maxTextDepth = 5

// htmlText returns what HTML says, with quotes marked by ">" so that they can be
// folded like those of a plain mail.
func htmlText(s string) string {
	if text := htmlTextBut(s, "title"); text != "" {
		return text
	}
	return htmlTextBut(s, "") // a title that does not end swallows the rest
}

// Shows reports whether somebody who looks at HTML would see anything.
func Shows(s string) bool {
	return strings.TrimSpace(htmlText(s)) != "" || strings.Contains(s, "<img")
}

func htmlTextBut(s, title string) string {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	w := textWriter{title: title}
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			w.flush()
			return tidy(w.out.String())
		case xhtml.TextToken:
			if w.skip == "" {
				w.text(string(z.Text()))
			}
		case xhtml.StartTagToken:
			name, more := z.TagName()
			w.start(string(name), z, more)
		case xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			if n := string(name); n == "br" || n == "hr" {
				w.newline()
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			w.end(string(name))
		}
	}
}

// textWriter writes lines, each with the marks of the quotes it stands in.
type textWriter struct {
	out   strings.Builder
	line  strings.Builder
	skip  string // the element whose text is not shown
	quote int
	pre   int
	title string // the element that is a page's title, if it is to be skipped
}

func (w *textWriter) text(s string) {
	s = html.UnescapeString(s)
	if w.pre > 0 {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				w.newline()
			}
			w.line.WriteString(l)
		}
		return
	}
	s = collapse(s)
	if w.line.Len() == 0 {
		s = strings.TrimLeft(s, " ")
	}
	w.line.WriteString(s)
}

func (w *textWriter) start(name string, z *xhtml.Tokenizer, more bool) {
	if w.skip != "" {
		return
	}
	switch name {
	case "script", "style", "template", w.title:
		w.skip = name
	case "br", "hr":
		w.newline()
	case "p", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "section", "article", "header", "footer":
		w.flush()
	case "pre":
		w.flush()
		w.pre++
	case "blockquote":
		w.flush()
		w.quote++
	case "li":
		w.flush()
		w.line.WriteString("- ")
	case "td", "th":
		if w.line.Len() > 0 {
			w.line.WriteByte(' ')
		}
	case "img":
		if alt := attr(z, more, "alt"); alt != "" {
			w.text("[" + alt + "]")
		}
	}
}

func (w *textWriter) end(name string) {
	if w.skip != "" {
		if name == w.skip || name == "body" || name == "html" {
			w.skip = ""
		}
		return
	}
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol":
		w.flush()
		w.newline()
	case "div", "li", "tr", "section", "article", "header", "footer":
		w.flush()
	case "pre":
		w.flush()
		w.pre = max(0, w.pre-1)
	case "blockquote":
		w.flush()
		w.quote = max(0, w.quote-1)
	}
}

// flush ends a line, if there is one.
func (w *textWriter) flush() {
	if w.line.Len() > 0 {
		w.newline()
	}
}

func (w *textWriter) newline() {
	if n := min(w.quote, maxTextDepth); n > 0 {
		w.out.WriteString(strings.Repeat(">", n) + " ")
	}
	w.out.WriteString(strings.TrimRight(w.line.String(), " "))
	w.out.WriteByte('\n')
	w.line.Reset()
}

func attr(z *xhtml.Tokenizer, more bool, name string) string {
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if string(k) == name {
			return headerClean(string(v))
		}
	}
	return ""
}

// collapse makes one space of every run of white space, as browsers do.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch r {
		case ' ', '\t', '\r', '\n', '\f', '\u00a0':
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

// tidy leaves no white space at the end of lines and no two blank lines in a row.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := 0
	for l := range strings.Lines(clean(s)) {
		l = strings.TrimRight(l, " \t\n")
		if l == "" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:min(2, blank+1)])
		}
		blank = 0
		b.WriteString(l)
	}
	return strings.Trim(b.String(), "\n ")
}
