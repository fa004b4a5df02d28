package mail

import (
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxFolded is the longest HTML that is folded, in bytes.
const maxFolded = 512 << 10

// quoteNames are the classes and ids that mail programs give to what they quote.
var quoteNames = strings.Fields("gmail_quote gmail_quote_container yahoo_quoted protonmail_quote zmail_extra moz-cite-prefix divRplyFwdMsg appendonsend OLK_SRC_BODY_SECTION mail-editor-reference-message-container ms-outlook-mobile-reference-message x_divRplyFwdMsg tutanota_quote quoted_content")

// FoldHTML returns HTML in which quoted history at its end is in a <details>, so
// that the new words stand first and nothing is lost. It is returned as it was
// if nothing is quoted, if somebody wrote below the quote or above it nothing, and
// if it is a forwarded mail.
func FoldHTML(subject, s string) string {
	if len(s) > maxFolded || forwarded.MatchString(clip(subject, maxRuleLine)) {
		return s
	}
	root, err := xhtml.Parse(strings.NewReader(s))
	if err != nil {
		return s // too deep
	}
	f := htmlFold{}
	f.look(root)
	if f.quote == nil || f.forward || f.above.Len() == 0 || isForwarded(f.quote) {
		return s
	}
	begin := f.quote
	if f.before != nil { // the line that says who wrote it
		begin = f.before
	}
	for f.outlook && begin.Parent != nil && begin.Parent.DataAtom != atom.Body && !saysBefore(begin) {
		begin = begin.Parent // a wrapper of the header; the mail follows it
	}
	for n := begin; n != nil && n.DataAtom != atom.Body; n = n.Parent {
		after := n.NextSibling
		if n == begin && f.quote != begin {
			after = f.quote.NextSibling
		}
		if f.outlook && n == begin {
			continue // all that follows is the quoted mail
		}
		for ; after != nil; after = after.NextSibling {
			if saysAnything(after) {
				return s // somebody wrote below it
			}
		}
	}
	fold := &xhtml.Node{Type: xhtml.ElementNode, Data: "details", DataAtom: atom.Details}
	summary := &xhtml.Node{Type: xhtml.ElementNode, Data: "summary", DataAtom: atom.Summary}
	summary.AppendChild(&xhtml.Node{Type: xhtml.TextNode, Data: "•••"})
	fold.AppendChild(summary)
	begin.Parent.InsertBefore(fold, begin)
	for n := begin; n != nil; {
		next := n.NextSibling
		n.Parent.RemoveChild(n)
		fold.AppendChild(n)
		n = next
	}
	var b strings.Builder
	if xhtml.Render(&b, root) != nil {
		return s
	}
	return b.String()
}

// htmlFold is what is found on the way to the first quote.
type htmlFold struct {
	above   strings.Builder // the words before it
	quote   *xhtml.Node
	before  *xhtml.Node // the element above it, if that attributes it
	outlook bool        // it is the header of a quoted mail, which follows it
	forward bool
}

func (f *htmlFold) look(n *xhtml.Node) {
	if f.quote != nil {
		return
	}
	switch {
	case n.Type == xhtml.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Title:
		f.above.WriteString(strings.TrimSpace(n.Data))
		return
	case n.Type == xhtml.ElementNode && isQuote(n):
		f.quote, f.outlook = n, isReplyHeader(n)
		if hasName(n, "moz-cite-prefix") { // the quote follows it
			if f.quote = nextElement(n); f.quote != nil && f.quote.DataAtom == atom.Blockquote {
				f.before = n
				return
			}
			f.quote = n
		}
		if above := lastElement(n); above != nil && n.DataAtom == atom.Blockquote {
			if t := strings.TrimSpace(textIn(above)); len(t) < maxRuleLine && attributes(t, opens(t), true) {
				f.before = above
				if len(strings.Join(strings.Fields(f.above.String()), "")) <= len(strings.Join(strings.Fields(t), "")) {
					f.above.Reset() // nothing stands above that line
				}
			}
		}
		return
	}
	for c := range n.ChildNodes() {
		f.look(c)
	}
}

func isQuote(n *xhtml.Node) bool {
	return n.DataAtom == atom.Blockquote || isReplyHeader(n) || hasName(n, quoteNames...)
}

// hasName reports whether an element has one of these classes or ids.
func hasName(n *xhtml.Node, names ...string) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" {
			continue
		}
		for w := range strings.FieldsSeq(a.Val) {
			if slices.Contains(names, w) {
				return true
			}
		}
	}
	return false
}

func nextElement(n *xhtml.Node) *xhtml.Node {
	for n = n.NextSibling; n != nil && n.Type != xhtml.ElementNode; n = n.NextSibling {
		if saysAnything(n) {
			return nil
		}
	}
	return n
}

func saysBefore(n *xhtml.Node) bool {
	for n = n.PrevSibling; n != nil; n = n.PrevSibling {
		if saysAnything(n) {
			return true
		}
	}
	return false
}

// isReplyHeader reports whether an element is the header that Outlook puts above
// the mail it quotes.
func isReplyHeader(n *xhtml.Node) bool {
	if n.DataAtom != atom.Div {
		return false
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "id" && (strings.HasSuffix(a.Val, "divRplyFwdMsg") || strings.HasSuffix(a.Val, "appendonsend")):
			return true
		case a.Key == "style" && strings.Contains(strings.ToLower(strings.ReplaceAll(a.Val, " ", "")), "border-top:solid"):
			first, _, _ := strings.Cut(strings.TrimSpace(textIn(n)), "\n")
			is, _ := fieldOf(clip(first, 200))
			return is == fieldFrom
		}
	}
	return false
}

// isForwarded reports whether what is quoted is a mail handed on.
func isForwarded(n *xhtml.Node) bool {
	t := clip(textIn(n), 300)
	for l := range strings.Lines(t) {
		l = strings.TrimSpace(l)
		if m := titled.FindStringSubmatch(l); m != nil && forwards.MatchString(m[1]) || apple.MatchString(l) {
			return true
		}
	}
	return false
}

// lastElement returns the element before n, if only white space is between them.
func lastElement(n *xhtml.Node) *xhtml.Node {
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == xhtml.ElementNode && saysAnything(p) {
			return p
		}
		if p.Type == xhtml.TextNode && strings.TrimSpace(p.Data) != "" {
			return nil
		}
	}
	return nil
}

func saysAnything(n *xhtml.Node) bool {
	if n.DataAtom == atom.Img {
		return true
	}
	if n.Type == xhtml.TextNode {
		return strings.TrimSpace(n.Data) != ""
	}
	for c := range n.ChildNodes() {
		if saysAnything(c) {
			return true
		}
	}
	return false
}

func textIn(n *xhtml.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if b.Len() > 2*maxRuleLine {
			break
		}
		if c.Type == xhtml.TextNode {
			b.WriteString(c.Data)
		} else if c.DataAtom == atom.Br || c.DataAtom == atom.P || c.DataAtom == atom.Div {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
