package richtext

import (
	"html"
	"net/url"
	"strings"

	xhtml "golang.org/x/net/html"
)

// csp lets a page show its text and the pictures of this host, and nothing else.
// It repeats the header of the same name for where a page is shown without one.
const csp = `default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'`

const head = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="` + csp + `"><meta name="referrer" content="no-referrer"><style>` +
	`html{color-scheme:light;background:#fff}body{margin:0;padding:10px 12px;display:flow-root;font:14px/1.5 ui-sans-serif,system-ui,"Segoe UI",sans-serif;color:#1a211e;overflow-wrap:anywhere}` +
	`body>:first-child,blockquote>:first-child{margin-top:0}body>:last-child,blockquote>:last-child{margin-bottom:0}` +
	`img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #d2cec1;color:#5f6762}` +
	`summary{display:inline-block;margin:8px 0 4px;padding:0 8px;border-radius:4px;background:#eceae2;color:#5f6762;cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}summary:hover{background:#dedbd0}` +
	`.remote{display:inline-block;padding:1px 6px;border:1px dashed #a3a79f;border-radius:4px;font-size:12px;color:#5f6762}</style></head><body>`

// Page returns sanitised HTML as a whole page for a sandboxed frame. Pictures
// that came with the mail are shown from where cids says, by Content-ID; remote
// ones are not loaded, since loading tells the sender who reads and when: their
// address is kept in data-src.
func Page(sanitised string, cids map[string]string) string {
	var b strings.Builder
	b.WriteString(head)
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
	var src, alt, size string
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			src = a.Val
		case "alt":
			alt = a.Val
		case "width", "height", "style":
			size += ` ` + a.Key + `="` + html.EscapeString(a.Val) + `"`
		}
	}
	if id, ok := cutCID(src); ok {
		if place := cids[id]; place != "" {
			b.WriteString(`<img src="` + html.EscapeString(place) + `" alt="` + html.EscapeString(alt) + `"` + size + `>`)
			return
		}
	}
	if alt == "" {
		alt = "picture"
	}
	remote := ""
	if strings.HasPrefix(src, "https://") || strings.HasPrefix(src, "http://") {
		remote = ` data-src="` + html.EscapeString(src) + `"`
	}
	b.WriteString(`<span class="remote"` + remote + `>` + html.EscapeString(alt) + ` (not loaded)</span>`)
}

// cutCID returns the Content-ID that a cid: address names (RFC 2392).
func cutCID(src string) (string, bool) {
	if len(src) < 4 || !strings.EqualFold(src[:4], "cid:") {
		return "", false
	}
	if id, err := url.PathUnescape(src[4:]); err == nil {
		return id, true
	}
	return src[4:], true
}
