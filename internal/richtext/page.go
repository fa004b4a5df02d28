package richtext

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
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
	`.remote{display:inline-block;box-sizing:border-box;max-width:100%;padding:1px 6px;border:1px dashed #a3a79f;border-radius:4px;font-size:12px;color:#5f6762;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom}</style></head>`

// Pictures says from where the pictures of a page are shown.
type Pictures struct {
	// CIDs are the addresses of those that came with the mail, by Content-ID.
	CIDs map[string]string
	// Remote returns the address of ours at which one from elsewhere is fetched; if
	// it is nil they are not shown, since loading tells the sender who reads and when.
	Remote func(address string) string
}

// Page returns sanitised HTML as a whole page for a sandboxed frame. It loads
// nothing from elsewhere: remote pictures are shown from where p says, or a frame
// with their words is in their place. What counts readers is never shown. The body
// says how many there are of either, data-remote and data-trackers, and with data-shown
// that the former are shown.
func Page(sanitised string, p Pictures) string {
	w := pageWriter{Pictures: p}
	w.write(sanitised)
	shown := ""
	if p.Remote != nil {
		shown = " data-shown"
	}
	return head + fmt.Sprintf(`<body data-remote="%d" data-trackers="%d"%s>`, w.remote, w.trackers, shown) + w.String() + "</body></html>"
}

// Fragment is Page without the page, and without what is elsewhere: for a frame whose
// own page says what it may load.
func Fragment(sanitised string, cids map[string]string) string {
	w := pageWriter{Pictures: Pictures{CIDs: cids}}
	w.write(sanitised)
	return w.String()
}

// pageWriter copies HTML and replaces what it loads.
type pageWriter struct {
	Pictures
	strings.Builder
	remote, trackers int
}

func (w *pageWriter) write(s string) {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			raw := string(z.Raw())
			t := z.Token()
			switch {
			case t.Data == "img":
				w.image(t)
			case backgrounds.MatchString(raw):
				w.background(t)
			default:
				w.WriteString(raw)
			}
		default:
			w.Write(z.Raw())
		}
	}
}

func (w *pageWriter) image(t xhtml.Token) {
	src, alt := attribute(t, "src"), attribute(t, "alt")
	size := ""
	for _, a := range t.Attr {
		if a.Key == "width" || a.Key == "height" || a.Key == "style" && !strings.Contains(a.Val, "url(") {
			size += ` ` + a.Key + `="` + html.EscapeString(a.Val) + `"`
		}
	}
	show := func(place string) {
		w.WriteString(`<img src="` + html.EscapeString(place) + `" alt="` + html.EscapeString(alt) + `"` + size + `>`)
	}
	if id, ok := cutCID(src); ok {
		if place := w.CIDs[id]; place != "" {
			show(place)
			return
		}
	}
	if !isRemote(src) {
		w.absent(alt, "")
		return
	}
	if Tracks(src, attribute(t, "width"), attribute(t, "height"), attribute(t, "style")) {
		w.trackers++
		return
	}
	w.remote++
	if w.Remote != nil {
		show(w.Remote(src))
		return
	}
	w.absent(alt, box(attribute(t, "width"), attribute(t, "height")))
}

// absent stands where a picture is not shown, as large as it if that is known.
func (w *pageWriter) absent(alt, box string) {
	if alt == "" {
		alt = "picture"
	}
	alt = html.EscapeString(alt)
	if box != "" {
		w.WriteString(`<span class="remote" style="` + box + `" title="` + alt + `">` + alt + `</span>`)
		return
	}
	w.WriteString(`<span class="remote" title="` + alt + `">` + alt + ` (not loaded)</span>`)
}

// box is the size of a picture as a style, if both sides are known in pixels.
func box(width, height string) string {
	x, y := pixels(width), pixels(height)
	if x <= 0 || y <= 0 || x > 4000 || y > 4000 {
		return ""
	}
	style := fmt.Sprintf("width:%dpx;height:%dpx", x, y)
	if y < 24 { // no room for words
		style += ";font-size:0;padding:0"
	}
	return style
}

// background writes an element whose background is a picture from elsewhere, from
// where it is shown or without it.
func (w *pageWriter) background(t xhtml.Token) {
	own, had := attribute(t, "background"), false
	attr := t.Attr[:0:0]
	for _, a := range t.Attr {
		switch a.Key {
		case "background":
			continue
		case "style":
			had = true
			a.Val = w.style(a.Val)
			if own != "" {
				a.Val += "; " + w.style("background-image: url("+own+")")
			}
		}
		attr = append(attr, a)
	}
	if own != "" && !had {
		attr = append(attr, xhtml.Attribute{Key: "style", Val: w.style("background-image: url(" + own + ")")})
	}
	t.Attr = attr
	w.WriteString(t.String())
}

// style replaces what a style loads. What is no address as the sanitiser leaves
// them is no style of ours, and goes.
func (w *pageWriter) style(s string) string {
	var out strings.Builder
	end := 0
	for _, at := range loads.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(s[end:at[0]])
		end = at[1]
		w.remote++
		if w.Remote == nil {
			out.WriteString("none")
			continue
		}
		out.WriteString("url(" + w.Remote(s[at[2]:at[3]]) + ")")
	}
	out.WriteString(s[end:])
	if strings.Contains(loads.ReplaceAllString(strings.ToLower(s), ""), "url(") {
		return ""
	}
	return out.String()
}

// backgrounds tells elements that may load one.
var backgrounds = regexp.MustCompile(`(?i)url\(|background=`)

func attribute(t xhtml.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func isRemote(src string) bool {
	scheme, _, _ := strings.Cut(src, ":")
	return strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")
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
