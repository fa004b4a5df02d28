package mail

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/internal/mailtest"
)

type replyCase struct {
	ID     string
	File   string
	Expect struct {
		Reply      *string
		StartsWith string   `json:"reply_startswith"`
		MustKeep   []string `json:"must_keep"`
		KeepRegex  []string `json:"must_keep_regex"`
		MustHide   []string `json:"must_hide"`
	}
}

// TestReplyExamples scores the folding of other products' fixtures. "loss" is a
// customer's word hidden, which must not happen but where products disagree
// about signatures; "left" is history shown that another product hides.
func TestReplyExamples(t *testing.T) {
	dir := mailtest.Examples(t)
	for set, limit := range map[string]struct{ good, loss int }{
		"crisp-email-reply-parser": {71, 0}, "github-email_reply_parser": {22, 0}, "zapier-email-reply-parser": {11, 0},
	} {
		t.Run(set, func(t *testing.T) {
			all, good, loss := 0, 0, 0
			mailtest.EachLine(t, filepath.Join(dir, "reply", set, "cases.jsonl"), func(line []byte) {
				var c replyCase
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(filepath.Join(dir, c.File))
				if err != nil {
					t.Fatal(err)
				}
				lost, left := judge(c, string(raw))
				all++
				switch {
				case lost != "":
					loss++
					t.Logf("loss: %s: %.200q", c.ID, lost)
				case left != "":
					t.Logf("left: %s: %.200q", c.ID, left)
				default:
					good++
				}
			})
			t.Logf("%s: %d of %d as expected, %d hide something that another product shows", set, good, all, loss)
			if good < limit.good || loss > limit.loss {
				t.Errorf("%d good and %d lost, it was %d and %d", good, loss, limit.good, limit.loss)
			}
		})
	}
}

func judge(c replyCase, raw string) (lost, left string) {
	text := strings.ReplaceAll(decode([]byte(raw)), "\r\n", "\n")
	visible := mailtest.Letters(shown("", text))
	for _, s := range c.Expect.MustKeep {
		if !strings.Contains(visible, mailtest.Letters(s)) {
			return s, ""
		}
	}
	for _, s := range c.Expect.KeepRegex {
		if re, err := regexp.Compile("(?m)" + s); err == nil && !re.MatchString(shown("", text)) {
			return s, ""
		}
	}
	if s := c.Expect.StartsWith; s != "" && !strings.HasPrefix(visible, mailtest.Letters(s)) {
		return s, ""
	}
	for _, s := range c.Expect.MustHide {
		if strings.Contains(visible, mailtest.Letters(s)) {
			left = s
		}
	}
	if c.Expect.Reply != nil && visible != mailtest.Letters(*c.Expect.Reply) {
		if !strings.Contains(visible, mailtest.Letters(*c.Expect.Reply)) {
			return *c.Expect.Reply, ""
		}
		left = "more than " + *c.Expect.Reply
	}
	return "", left
}
