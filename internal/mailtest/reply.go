package mailtest

import (
	"regexp"
	"strings"
)

// ReplyCase is a text and what of it somebody wrote, as others see it.
type ReplyCase struct {
	ID     string
	File   string // below the folder of the examples
	Expect struct {
		Reply      *string
		StartsWith string   `json:"reply_startswith"`
		MustKeep   []string `json:"must_keep"`
		KeepRegex  []string `json:"must_keep_regex"`
		MustHide   []string `json:"must_hide"`
	}
}

// Judge compares what is shown of a text with what is expected: hidden is a
// piece that should be shown and is not, more one that should not be shown.
// Both are "" when it is as expected.
func (c ReplyCase) Judge(shown string) (hidden, more string) {
	visible := Letters(shown)
	for _, s := range c.Expect.MustKeep {
		if !strings.Contains(visible, Letters(s)) {
			return s, ""
		}
	}
	for _, s := range c.Expect.KeepRegex {
		if re, err := regexp.Compile("(?m)" + s); err == nil && !re.MatchString(shown) {
			return s, ""
		}
	}
	if s := c.Expect.StartsWith; s != "" && !strings.HasPrefix(visible, Letters(s)) {
		return s, ""
	}
	for _, s := range c.Expect.MustHide {
		if strings.Contains(visible, Letters(s)) {
			more = s
		}
	}
	if c.Expect.Reply != nil && visible != Letters(*c.Expect.Reply) {
		if !strings.Contains(visible, Letters(*c.Expect.Reply)) {
			return *c.Expect.Reply, ""
		}
		more = "more than " + *c.Expect.Reply
	}
	return "", more
}
