package desk_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"parley/desk"
)

// An id has one text: what is read is written as it was.
func FuzzID(f *testing.F) {
	for _, s := range []string{"", "cnv_", "cnv_0000000000000", "cnv_7zzzzzzzzzzzz", "cnv_8000000000000", "cnv_0000000000O0l", "msg_0000000000001", "CNV_0000000000001", "cnv_0000000000001x", "cnv_\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var id desk.ConversationID
		if err := id.Parse(s); err == nil && id.String() != s && s != "cnv_0000000000000" {
			t.Errorf("%q is read as %q", s, id)
		}
	})
}

// What is kept is valid text that a database and a screen can hold, and stays
// what it is; a line is one line and not longer than it may be.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\r\nb\rc\n", "\x00\x1b[31m\x7f", "\xff\xfe", "\u2028\u202e", strings.Repeat("ä ", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := desk.Clean(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r\x1b\x7f") || desk.Clean(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		if l := desk.Line(s, 50); strings.ContainsAny(l, "\n\t\u2028") || utf8.RuneCountInString(l) > 52 {
			t.Errorf("%q became %q", s, l)
		}
	})
}
