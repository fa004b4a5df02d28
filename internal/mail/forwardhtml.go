package mail

import (
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tailHTML returns what stands in HTML below the head of a forwarded mail, whose
// lines are given as its text has them; "" where they are not found one after the
// other, and where the HTML is too long.
func tailHTML(s string, lines []string) string {
	if s == "" || len(s) > maxFolded || len(lines) == 0 {
		return ""
	}
	root, err := xhtml.Parse(strings.NewReader(s))
	if err != nil {
		return "" // too deep
	}
	t := &signs{}
	t.read(root)
	all, end := t.text.String(), 0
	for _, l := range lines {
		want := lettersOf(l)
		i := strings.Index(all[end:], want)
		if want == "" {
			continue
		}
		if i < 0 {
			return ""
		}
		end += i + len(want)
	}
	for i, p := range t.parts {
		if p.end < end {
			continue
		}
		cutBefore(p.node, end-(p.end-p.size))
		if i+1 == len(t.parts) && strings.TrimSpace(p.node.Data) == "" {
			return ""
		}
		if p.node.Data == "" && p.node.Parent.DataAtom == atom.A {
			p.node.Parent.Parent.RemoveChild(p.node.Parent)
		}
		for _, next := range t.parts[i+1:] { // brackets of the last address
			if next.size > 0 || strings.Trim(next.node.Data, "<>()[]\"' \t\r\n") != "" {
				break
			}
			next.node.Data = ""
		}
		break
	}
	var b strings.Builder
	if xhtml.Render(&b, root) != nil {
		return ""
	}
	return b.String()
}

// signs is the text of HTML, reduced to letters and digits, and where it stands.
type signs struct {
	text  strings.Builder
	parts []signsOf
}

type signsOf struct {
	node      *xhtml.Node
	end, size int // in bytes of the reduced text
}

func (t *signs) read(n *xhtml.Node) {
	if n.Type == xhtml.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Title {
		s := lettersOf(n.Data)
		t.text.WriteString(s)
		t.parts = append(t.parts, signsOf{n, t.text.Len(), len(s)})
		return
	}
	for c := range n.ChildNodes() {
		t.read(c)
	}
}

// lettersOf reduces a text to what two forms of it have in common. Outlook writes
// "mailto:" before addresses in one of them.
func lettersOf(s string) string {
	return strings.Map(letter, strings.ToLower(strings.ReplaceAll(s, "mailto:", "")))
}

func letter(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// cutBefore drops everything before a place in a text: n bytes of its letters.
func cutBefore(text *xhtml.Node, n int) {
	keep := len(text.Data)
	for i, r := range text.Data {
		if n <= 0 {
			keep = i
			break
		}
		n -= len(lettersOf(string(r)))
	}
	text.Data = strings.TrimLeft(text.Data[keep:], ">)]\"' ")
	for at := text; at.Parent != nil && at.DataAtom != atom.Body; at = at.Parent {
		for at.PrevSibling != nil {
			at.Parent.RemoveChild(at.PrevSibling)
		}
	}
}
