// Package richtext makes foreign HTML safe to show and Markdown fit to send.
package richtext

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// MaxHTML is the largest HTML that is sanitised, in bytes: a longer one is shown
// as text only.
const MaxHTML = 2 << 20

// policy is the one list of what a mail may show: text, tables, links and
// pictures. No script, no form, no frame, no class, no id, no position. What loads
// is the src of a picture and the background of a box, which Page replaces.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "sub", "sup", "small", "big", "code", "pre", "blockquote", "hr",
		"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "center", "font", "a", "img", "details", "summary")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^\s*(?i:https?|mailto|tel):`)).OnElements("a")
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^\s*(?i:https?|cid):`)).OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img", "table", "td", "th")
	p.AllowAttrs("colspan", "rowspan", "cellpadding", "cellspacing", "border").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("table", "td", "th")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`^(?i:left|right|center|justify|top|middle|bottom)$`)).Globally()
	p.AllowAttrs("bgcolor").Matching(colour).OnElements("table", "tr", "td", "th")
	p.AllowAttrs("color").Matching(colour).OnElements("font")
	p.AllowAttrs("background").Matching(regexp.MustCompile(`^`+pictureAddress+`$`)).OnElements("table", "tr", "td", "th")
	p.AllowStyles("background", "background-image", "background-repeat", "background-size").MatchingHandler(plainBackground).Globally()
	p.AllowStyles("color", "background-color", "font-weight", "font-style", "font-size", "font-family", "text-align", "text-decoration", "white-space", "vertical-align", "line-height",
		"border", "border-top", "border-bottom", "border-left", "border-right", "border-color", "border-style", "border-width", "border-collapse", "border-radius",
		"padding", "padding-top", "padding-bottom", "padding-left", "padding-right", "margin", "margin-top", "margin-bottom", "margin-left", "margin-right",
		"width", "max-width").MatchingHandler(plainStyle).Globally()
	p.AllowStyles("height", "max-height").MatchingHandler(plainStyle).OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.AllowRelativeURLs(false)
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}()

var (
	colour = regexp.MustCompile(`^(?i:#[0-9a-f]{3,8}|[a-z]{3,20})$`)
	// A value is words, numbers and colours. It has no minus sign before a number,
	// so that nothing can be pushed over what stands beside it.
	style = regexp.MustCompile(`^(?i:(?:#[0-9a-f]{3,8}|\.?[0-9]{1,4}(?:\.[0-9]{1,6})?(?:px|pt|em|rem|ex|%|in|cm|mm)?|rgba?\([0-9., %]{1,40}\)|[a-z][a-z-]{1,30}|'[a-z0-9 -]{1,40}'|,)[ ,]*){1,12}(?:!important)?$`)
)

// pictureAddress is that of a remote picture in a style: nothing in it ends the style.
const pictureAddress = `(?i:https?)://[^\s'"()\\<>;]+`

// maxAddress is the longest address of a background, in bytes.
const maxAddress = 2000

// loads is what a style loads.
var loads = regexp.MustCompile(`(?i:url)\(\s*['"]?(` + pictureAddress + `)['"]?\s*\)`)

// plainBackground is plainStyle with at most one picture.
func plainBackground(value string) bool {
	found := loads.FindStringIndex(value)
	if found == nil {
		return plainStyle(value)
	}
	if found[1]-found[0] > maxAddress {
		return false
	}
	rest := strings.TrimSpace(value[:found[0]] + " " + value[found[1]:])
	return rest == "" || plainStyle(rest)
}

// plainStyle refuses values that could load, run or cover something.
func plainStyle(value string) bool {
	return len(value) < 200 && style.MatchString(strings.TrimSpace(value)) && !strings.Contains(strings.ToLower(value), "expression")
}

// Sanitise returns HTML that can only show, of what a stranger sent. More than
// MaxHTML of it returns "".
func Sanitise(s string) string {
	if len(s) > MaxHTML {
		return ""
	}
	s = policy.Sanitize(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD"))
	return escaped.ReplaceAllString(s, "")
}

// escaped is a style with an escape in it. The sanitiser judges what it means but
// leaves it as it was; no honest mail needs one. In what the sanitiser returns, a
// quotation mark stands around attributes only.
var escaped = regexp.MustCompile(` style="[^"]*\\[^"]*"`)
