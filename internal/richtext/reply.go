package richtext

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
)

// maxReply is up to how many bytes a reply is read as Markdown whenever it is shown;
// see maxNote.
const maxReply = 10_000

// light is what a reply may show: no colour, no table, links to pages and mail
// addresses only, and no picture but its own, which showPictures replaces.
var light = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?i:https?|mailto):`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^cid:att_[0-9a-z]{13}$`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto", "cid")
	p.AllowRelativeURLs(false)
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}()

// Reply renders what the team wrote, Markdown, for the two kinds of channel there
// are: as HTML, safe to send and to show, and as text without marks (F2-34). A text
// that formats nothing comes back as text exactly as it was.
// Its pictures are those of show, by the ids of their files; of others there are words.
func Reply(markdown string, show map[string]Picture) (html, text string, err error) {
	if html, err = lightly(markdown); err != nil {
		return "", "", err
	}
	html = showPictures(html, show)
	if text = plain(html); strings.Join(strings.Fields(text), " ") == strings.Join(strings.Fields(markdown), " ") {
		text = markdown
	}
	return html, text, nil
}

// Shown is Reply for a screen: html is "" where nothing is formatted but addresses,
// and of a text that is longer, or nested deeper, than anybody reads; that one is
// shown as it was typed.
func Shown(markdown string, show map[string]Picture) (html, text string, err error) {
	if len(markdown) > maxReply || !strings.ContainsAny(markdown, "*_`[]~#>\\&<+-0123456789") {
		return "", markdown, nil
	}
	if html, text, err = Reply(markdown, show); err != nil || depth(html) > maxDepth {
		return "", markdown, err
	}
	if text == markdown && !formats(html) {
		html = ""
	}
	return html, text, nil
}

// Verbatim returns plain text as HTML: what a customer's channel or we ourselves
// wrote, in which no sign is a mark.
func Verbatim(text string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</p>\n"
}

func lightly(text string) (string, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(strings.ReplaceAll(text, "\x00", "")), &b); err != nil {
		return "", err
	}
	return light.Sanitize(b.String()), nil
}

// formats reports whether HTML of ours has more than paragraphs and addresses.
func formats(s string) bool {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return false
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			if name, _ := z.TagName(); !oneOf(string(name), "p", "br", "a") {
				return true
			}
		}
	}
}

// depth is how many quotes and lists are within each other.
func depth(s string) (most int) {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for now := 0; ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return most
		}
		if name, _ := z.TagName(); oneOf(string(name), "blockquote", "ul", "ol", "li") {
			if now++; kind == xhtml.EndTagToken {
				now -= 2
			}
		}
		most = max(most, now)
	}
}

func oneOf(s string, all ...string) bool {
	for _, x := range all {
		if s == x {
			return true
		}
	}
	return false
}
