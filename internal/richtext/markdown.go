package richtext

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// markdown reads what people type: line breaks are kept, HTML is text. Blocks
// that surprise somebody who never heard of Markdown are not read as such: a
// heading by a line of dashes, a line that only defines a link.
var markdown = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200), util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600), util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800), util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100), util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300), util.Prioritized(emphasis{parser.NewEmphasisParser()}, 500),
		),
		parser.WithASTTransformers(util.Prioritized(pictures{}, 100)),
	)),
	goldmark.WithExtensions(extension.NewLinkify(extension.WithLinkifyURLRegexp(address)), extension.Strikethrough),
	goldmark.WithRendererOptions(ghtml.WithHardWraps()),
)

// address is a link as it stands in a text, also to a host without a dot: its signs
// are no marks.
var address = regexp.MustCompile(`^https?://[-a-zA-Z0-9@:%._+~#=]{1,256}(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'">^{}\[\]` + "`" + `]*)?`)

// FromMarkdown returns the HTML of a text of ours, safe to send and to show.
func FromMarkdown(text string) (string, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(strings.ReplaceAll(text, "\x00", "")), &b); err != nil {
		return "", err
	}
	return showPictures(policy.Sanitize(b.String()), nil), nil
}
