package mail

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/mailtest"
)

// TestReplyExamples scores the folding of other products' fixtures. "loss" is a
// customer's word hidden, which must not happen; "left" is history shown that
// another product hides.
func TestReplyExamples(t *testing.T) {
	dir := mailtest.Examples(t)
	for set, limit := range map[string]struct{ good, loss int }{
		"crisp-email-reply-parser": {72, 0}, "github-email_reply_parser": {22, 0}, "zapier-email-reply-parser": {11, 0},
	} {
		t.Run(set, func(t *testing.T) {
			all, good, loss := 0, 0, 0
			mailtest.EachLine(t, filepath.Join(dir, "reply", set, "cases.jsonl"), func(line []byte) {
				var c mailtest.ReplyCase
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(filepath.Join(dir, c.File))
				if err != nil {
					t.Fatal(err)
				}
				hidden, more := c.Judge(shown("", strings.ReplaceAll(decode(raw), "\r\n", "\n")))
				all++
				switch {
				case hidden != "":
					loss++
					t.Logf("loss: %s: %.200q", c.ID, hidden)
				case more != "":
					t.Logf("left: %s: %.200q", c.ID, more)
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
