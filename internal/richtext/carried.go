package richtext

import (
	"html"
	"strings"

	xhtml "golang.org/x/net/html"
)

// folded begins what mail.FoldHTML folds.
const folded = "<details><summary>•••</summary>"

// WithoutHistory returns sanitised HTML without the quoted history that was folded for
// us, and whether there was any.
func WithoutHistory(sanitised string) (string, bool) {
	above, rest, found := strings.Cut(sanitised, folded)
	if !found {
		return sanitised, false
	}
	z := xhtml.NewTokenizer(strings.NewReader(rest))
	for depth, at := 1, 0; ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return above, true
		}
		at += len(z.Raw())
		switch name, _ := z.TagName(); {
		case string(name) != "details":
		case kind == xhtml.StartTagToken:
			depth++
		case kind == xhtml.EndTagToken:
			depth--
		}
		if depth == 0 {
			return above + rest[at:], true
		}
	}
}

// Carried returns sanitised HTML as part of another mail: what was folded for us is
// open, and pictures that came with it have the names that cids says. One that is not
// there is its description.
func Carried(sanitised string, cids map[string]string) string {
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(sanitised))
	for skip := false; ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return b.String()
		}
		raw := string(z.Raw())
		t := z.Token()
		switch {
		case t.Data == "summary" && kind != xhtml.TextToken:
			skip = kind == xhtml.StartTagToken
		case skip, t.Data == "details" && kind != xhtml.TextToken:
		case t.Data == "img" && kind != xhtml.TextToken && kind != xhtml.EndTagToken:
			b.WriteString(carriedImage(t, raw, cids))
		default:
			b.WriteString(raw)
		}
	}
}

func carriedImage(t xhtml.Token, raw string, cids map[string]string) string {
	for i, a := range t.Attr {
		if a.Key != "src" {
			continue
		}
		id, ok := cutCID(a.Val)
		if !ok {
			return raw
		}
		if cids[id] == "" {
			break
		}
		t.Attr[i].Val = "cid:" + cids[id]
		return t.String()
	}
	for _, a := range t.Attr {
		if a.Key == "alt" {
			return html.EscapeString(a.Val)
		}
	}
	return ""
}
