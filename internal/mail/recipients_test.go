package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/internal/mail"
)

func TestRecipients(t *testing.T) {
	for in, want := range map[string][2]string{
		"To: Ann <Ann@Desk.test>, b@desk.test\r\nCc: \"C, D\" <c+tag@desk.test>\r\n\r\nTo: no@desk.test": {"ann@desk.test b@desk.test c@desk.test", ""},
		"Delivered-To: box@desk.test\r\nX-Original-To: <sales@desk.test>\r\nTo: a@desk.test\r\n\r\n":     {"a@desk.test", "sales@desk.test box@desk.test"},
		"Subject: nobody\r\nTo: undisclosed-recipients:;\r\n\r\n":                                        {},
		"nothing": {},
	} {
		written, noted := mail.Recipients([]byte(in))
		if got := [2]string{strings.Join(written, " "), strings.Join(noted, " ")}; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	many := "To: x@desk.test"
	for i := range 300 {
		many += fmt.Sprintf(", x@desk.test,\r\n a%d@desk.test", i)
	}
	if written, _ := mail.Recipients([]byte(many + "\r\n\r\n")); len(written) != 100 || !slices.Contains(written, "a98@desk.test") {
		t.Errorf("%d of 301", len(written))
	}
}
