package mail

import "testing"

// TestFlowed: paragraphs are whole again (RFC 3676), and nothing else is joined.
func TestFlowed(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		delsp          bool
	}{
		{"a paragraph", "one \ntwo \nthree\nfour\n", "one two three\nfour\n", false},
		{"no space between letters", "日本 \n語\n", "日本語\n", true},
		{"quotes of one depth", "> one \n> two\n>> three \n> four\n", "> one two\n>> three \n> four\n", false},
		{"stuffed lines", " From here\n >not quoted\n", "From here\n>not quoted\n", false},
		{"a signature", "bye \n-- \nAnna \nEk\n", "bye \n-- \nAnna Ek\n", false},
		{"a blank line", "one \n\ntwo\n", "one \n\ntwo\n", false},
		{"no last break", "one \ntwo", "one two", false},
		{"line ends of mail", "one \r\ntwo\r\n", "one two\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unflow(tt.in, tt.delsp); got != tt.want {
				t.Errorf("%q, not %q", got, tt.want)
			}
		})
	}
	if m := parsed(t, "From: a@example.com\nContent-Type: text/plain; format=Flowed; delsp=no\n\nThe chain \njumps.\n"); m.Text != "The chain jumps.\n" {
		t.Errorf("%q", m.Text)
	}
}
