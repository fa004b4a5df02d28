// Package richtext makes foreign HTML safe to show and Markdown fit to send.
package richtext

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	xhtml "golang.org/x/net/html"
)

// MaxHTML is the largest HTML that is sanitised, in bytes: a longer one is shown
// as text only.
const MaxHTML = 2 << 20

// policy is the one list of what a mail may show: text, tables, links and
// pictures. No script, no form, no frame, no position, no url() in styles.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "strike", "sub", "sup", "small", "big", "code", "pre", "blockquote", "hr",
		"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "center", "font", "a", "img")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("alt", "src").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img", "table", "td", "th")
	p.AllowAttrs("colspan", "rowspan", "cellpadding", "cellspacing", "border").Matching(bluemonday.Integer).OnElements("table", "td", "th")
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`^(?i:left|right|center|justify|top|middle|bottom)$`)).Globally()
	p.AllowAttrs("color").Matching(regexp.MustCompile(`^(?i:#[0-9a-f]{3,8}|[a-z]{3,20})$`)).OnElements("font")
	p.AllowStyles("color", "background-color", "font-weight", "font-style", "font-size", "text-align", "text-decoration", "border", "border-top", "border-bottom",
		"padding", "margin", "width", "max-width", "vertical-align", "line-height").MatchingHandler(plainStyle).Globally()
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.AllowRelativeURLs(false)
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}()

// plainStyle refuses values that could load, run or cover something.
func plainStyle(value string) bool {
	low := strings.ToLower(value)
	return len(low) < 100 && !strings.ContainsAny(low, `\<>"'{};@`) && !strings.Contains(low, "url") && !strings.Contains(low, "expression") &&
		!strings.Contains(low, "calc") && !strings.Contains(low, "var")
}

// Sanitise returns HTML that can only show. Too much of it returns "".
func Sanitise(s string) string {
	if len(s) > MaxHTML {
		return ""
	}
	return policy.Sanitize(s)
}

// Page returns sanitised HTML as a whole page for a sandboxed frame. Pictures
// that came with the mail are shown from where cids says; remote ones are not
// loaded, since loading tells the sender who reads.
func Page(sanitised string, cids map[string]string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><base target="_blank"><style>` +
		`html{color-scheme:light;background:#fff}body{margin:0;padding:10px 12px;font:14px/1.5 ui-sans-serif,system-ui,"Segoe UI",sans-serif;color:#1a211e;overflow-wrap:anywhere}` +
		`img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #d2cec1;color:#5f6762}` +
		`.remote{display:inline-block;padding:1px 6px;border:1px dashed #a3a79f;border-radius:4px;font-size:12px;color:#5f6762}</style></head><body>`)
	rewriteImages(&b, sanitised, cids)
	b.WriteString("</body></html>")
	return b.String()
}

// rewriteImages copies HTML and replaces the pictures in it.
func rewriteImages(b *strings.Builder, s string, cids map[string]string) {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			raw := string(z.Raw())
			t := z.Token()
			if t.Data == "img" {
				writeImage(b, t, cids)
				continue
			}
			b.WriteString(raw)
		default:
			b.Write(z.Raw())
		}
	}
}

func writeImage(b *strings.Builder, t xhtml.Token, cids map[string]string) {
	var src, alt string
	size := ""
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			src = a.Val
		case "alt":
			alt = a.Val
		case "width", "height":
			size += ` ` + a.Key + `="` + html.EscapeString(a.Val) + `"`
		}
	}
	if id, ok := strings.CutPrefix(src, "cid:"); ok {
		if url := cids[id]; url != "" {
			b.WriteString(`<img src="` + html.EscapeString(url) + `" alt="` + html.EscapeString(alt) + `"` + size + `>`)
			return
		}
	}
	if alt == "" {
		alt = "picture"
	}
	b.WriteString(`<span class="remote">` + html.EscapeString(alt) + ` (not loaded)</span>`)
}

var markdown = goldmark.New()

// FromMarkdown returns the HTML of a reply. Raw HTML in it is left out.
func FromMarkdown(text string) (string, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", err
	}
	return Sanitise(b.String()), nil
}

// Text returns what HTML says, for lists and search.
func Text(s string) string {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	skip := 0
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return tidy(b.String())
		case xhtml.TextToken:
			if skip == 0 {
				b.WriteString(spaces.ReplaceAllString(string(z.Text()), " "))
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "head", "title":
				skip++
			case "br", "p", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "table", "ul", "ol", "pre":
				b.WriteByte('\n')
			case "li":
				b.WriteString("\n- ")
			case "td", "th":
				b.WriteByte(' ')
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "head", "title":
				skip = max(0, skip-1)
			case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol":
				b.WriteByte('\n')
			}
		}
	}
}

var (
	spaces   = regexp.MustCompile(`[ \t\r\n\f]+`)
	newlines = regexp.MustCompile(`\n[ \n]*\n`)
	edges    = regexp.MustCompile(` *\n *`)
)

func tidy(s string) string {
	s = edges.ReplaceAllString(html.UnescapeString(s), "\n")
	return strings.TrimSpace(newlines.ReplaceAllString(s, "\n\n"))
}
