package desk

import "regexp"

// lineMarks are what Markdown has in a line besides words. A preview is one line of a
// list: what it leaves out need not be exact, only never a word.
var lineMarks = []struct {
	re   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?m)^ {0,3}(?:#{1,6} +|> ?|[-*+] +)+`), ""},
	{pictureMark, "$1"},
	{regexp.MustCompile(`\[([^\]\n]+)\]\([^()\s]+\)`), "$1"},
	{regexp.MustCompile(`\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*`), "$1"},
	{regexp.MustCompile(`\b__([^\s_](?:[^_\n]*[^\s_])?)__\b`), "$1"},
	{regexp.MustCompile(`~~([^\s~](?:[^~\n]*[^\s~])?)~~`), "$1"},
	{regexp.MustCompile(`(^|[\s(])\*([^\s*](?:[^*\n]*[^\s*])?)\*`), "$1$2"},
	{regexp.MustCompile(`\b_([^\s_](?:[^_\n]*[^\s_])?)_\b`), "$1"},
	{regexp.MustCompile("`+([^`\n]+)`+"), "$1"},
}

// WithoutMarks returns Markdown as its words, for previews and what was found.
func WithoutMarks(text string) string {
	for _, m := range lineMarks {
		text = m.re.ReplaceAllString(text, m.with)
	}
	return text
}
