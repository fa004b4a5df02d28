package mailtest

import (
	"regexp"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Dangers returns what in a piece of HTML could do more than show, as a browser's
// parser reads it: another one than the sanitiser's.
func Dangers(s string) (all []string) {
	nodes, err := xhtml.ParseFragment(strings.NewReader(s), &xhtml.Node{Type: xhtml.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return []string{err.Error()}
	}
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		if n.Type == xhtml.ElementNode {
			all = append(all, dangersOf(n)...)
		}
		if n.Type == xhtml.CommentNode || n.Type == xhtml.DoctypeNode {
			all = append(all, "comment")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return all
}

// remote is the picture of a background, as a page knows it.
var remote = regexp.MustCompile(`url\(["']?https?://[^"'()\\<>;]+["']?\)`)

var allowed = strings.Fields("p br div span b strong i em u s strike del ins sub sup small big code pre blockquote hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption colgroup center font a img details summary")

func dangersOf(n *xhtml.Node) (all []string) {
	if n.Namespace != "" || !slices.Contains(allowed, n.Data) {
		all = append(all, "element "+n.Namespace+" "+n.Data)
	}
	for _, a := range n.Attr {
		v := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
		switch a.Key {
		case "href", "src":
			scheme, _, ok := strings.Cut(v, ":")
			if !ok || !slices.Contains([]string{"http", "https", "mailto", "tel", "cid"}, scheme) {
				all = append(all, a.Key+" "+a.Val)
			}
		case "background":
			if !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "http://") {
				all = append(all, "background "+a.Val)
			}
		case "style":
			v = remote.ReplaceAllString(v, "") // a page shows it by way of Parley, or not
			for _, bad := range []string{"url(", "expression", "position", "javascript", "import", "behavior", "binding", "\\", "/*", "<", "@", "-moz"} {
				if strings.Contains(v, bad) {
					all = append(all, "style "+a.Val)
				}
			}
		case "title", "alt", "width", "height", "colspan", "rowspan", "cellpadding", "cellspacing", "border", "align", "valign", "color", "bgcolor", "dir", "start", "rel", "target":
		default:
			all = append(all, "attribute "+a.Key)
		}
	}
	return all
}
