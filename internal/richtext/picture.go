package richtext

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	xhtml "golang.org/x/net/html"
)

// A picture may stand in a reply: an image whose target is the id of one of its files.

// Picture is how one is shown.
type Picture struct {
	Src    string // its address; "" where it cannot be shown, and its words stand there
	Name   string // its words, where whoever wrote it chose none
	Width  int    // in pixels; 0 is as it is
	Height int    // in pixels; 0 is as its width wants, which is never more than there is room
}

// ownPicture is the target of such an image.
var ownPicture = regexp.MustCompile(`^att_[0-9a-z]{13}$`)

// pictures makes links of pictures: nothing is loaded from elsewhere when a reply
// or a note is shown. Those that are files of ours stay.
type pictures struct{}

// Transform implements parser.ASTTransformer.
func (pictures) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	for _, i := range images(doc) {
		if ownPicture.Match(i.Destination) {
			i.Destination, i.Title = append([]byte("cid:"), i.Destination...), nil
			continue
		}
		link := ast.NewLink()
		link.Destination, link.Title = i.Destination, i.Title
		for c := i.FirstChild(); c != nil; c = i.FirstChild() {
			link.AppendChild(link, c)
		}
		i.Parent().ReplaceChild(i.Parent(), i, link)
	}
}

func images(doc ast.Node) (all []*ast.Image) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if i, ok := n.(*ast.Image); ok && entering {
			all = append(all, i)
		}
		return ast.WalkContinue, nil
	})
	return all
}

// PicturesIn returns the ids of the files that a reply shows as pictures, in their
// order, each once.
func PicturesIn(reply string) (ids []string) {
	if !strings.Contains(reply, "](att_") {
		return nil
	}
	for _, i := range images(markdown.Parser().Parse(text.NewReader([]byte(strings.ReplaceAll(reply, "\x00", ""))))) {
		if id, ok := strings.CutPrefix(string(i.Destination), "cid:"); ok && ownPicture.MatchString(id) && !oneOf(id, ids...) {
			ids = append(ids, id)
		}
	}
	return ids
}

// showPictures puts pictures into sanitised HTML of ours, by the ids of their files.
// One that is not among them, or has no address, is its words.
func showPictures(sanitised string, all map[string]Picture) string {
	if !strings.Contains(sanitised, "<img") {
		return sanitised
	}
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(sanitised))
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return b.String()
		}
		raw := string(z.Raw())
		t := z.Token()
		if t.Data != "img" || kind == xhtml.TextToken {
			b.WriteString(raw)
			continue
		}
		id, _ := cutCID(attribute(t, "src"))
		p := all[id]
		alt := strings.Join(strings.Fields(attribute(t, "alt")), " ")
		if alt == "" {
			alt = p.Name
		}
		if p.Src == "" {
			b.WriteString(html.EscapeString(imageWords(alt)))
			continue
		}
		b.WriteString(`<img src="` + html.EscapeString(p.Src) + `" alt="` + html.EscapeString(alt) + `"`)
		if p.Width > 0 {
			b.WriteString(` width="` + strconv.Itoa(p.Width) + `"`)
		}
		if p.Height > 0 {
			b.WriteString(` height="` + strconv.Itoa(p.Height) + `">`)
		} else {
			b.WriteString(` style="max-width: 100%; height: auto">`)
		}
	}
}

// imageWords stands in a text where a picture is.
func imageWords(alt string) string {
	if alt == "" {
		return "[image]"
	}
	return "[image: " + alt + "]"
}
