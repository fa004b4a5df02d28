package mail

import (
	"strings"
	"testing"
	"time"
)

// What goes on to a customer is what somebody wrote, and nothing of what they quote.
func TestNewWords(t *testing.T) {
	const quote = "On Mon, 1 Jun 2026 at 09:10, Parley <support+nabc.def@desk.example> wrote:\n> secret of ours\n> https://desk.example/x"
	for _, tt := range []struct {
		name, text, words string
		sure              bool
	}{
		{"above", "Which one?\n\n" + quote, "Which one?", true},
		{"alone", "Which one?\n", "Which one?", true},
		{"with a signature", "Which one?\n\n-- \nDaniel\n+46 8 1", "Which one?", true},
		{"from Outlook", "Which one?\n\n________________________________\nFrom: Parley <support@desk.example>\nSent: Monday, 1 June 2026 09:10\nTo: Daniel\nSubject: [Shop] A question\n\nsecret of ours", "Which one?", true},
		{"above our line", "Which one?\n\n— Reply above this line to answer the customer —\nsecret of ours", "Which one?", true},
		{"below", quote + "\n\nWhich one?", "Which one?", false},
		{"between", "Hi\n\n" + quote + "\n\nWhich one?\n\n> more of ours\n\nThanks", "Hi\n\n\nWhich one?\n\n\nThanks", false},
		{"a mark of a quote", "> secret of ours\nWhich one?\n", "> secret of ours\nWhich one?", false},
		{"nothing", quote, "", true},
		{"a forwarded mail", "---------- Forwarded message ---------\nFrom: a@b.example\n\nsecret of ours", "---------- Forwarded message ---------\nFrom: a@b.example\n\nsecret of ours", false},
	} {
		if words, sure := NewWords(tt.text); words != tt.words || sure != tt.sure {
			t.Errorf("%s: %q, sure %v; want %q, %v", tt.name, words, sure, tt.words, tt.sure)
		}
	}
}

func FuzzNewWords(f *testing.F) {
	for _, s := range []string{"Hi\n\nOn 1.6.2026 09:10 a@b.c wrote:\n> x", "> a\nb\n> c", "-- \nx", strings.Repeat("> ", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, sure := NewWords(s)
		if len(words) > len(s) {
			t.Fatalf("%q became more: %q", s, words)
		}
		for l := range strings.Lines(words) {
			if sure && isQuoted(l) {
				t.Fatalf("%q is sure to be new in %q", l, s)
			}
		}
	})
}

// An address that answers to a notification go to says which and when it was mailed; it
// is of one domain, and good for nothing else.
func TestSignNotice(t *testing.T) {
	key, at := []byte("0123456789abcdef0123456789abcdef"), time.Date(2026, 6, 1, 9, 0, 0, 123e6, time.UTC)
	a := SignNotice(key, "customer-service@desk.example", 1<<62+12345, at)
	local, _, _ := strings.Cut(a, "@")
	if id, when := NoticeOf(key, strings.ToUpper(a)); id != 1<<62+12345 || !when.Equal(at) || len(local) > 64 {
		t.Errorf("%s is %d of %s", a, id, when)
	}
	for i := range len(local) {
		b := []byte(a)
		b[i] ^= 3
		if id, _ := NoticeOf(key, string(b)); id != 0 && i > len("customer-service") {
			t.Errorf("%s is of notification %d", b, id)
		}
	}
	for _, other := range []string{strings.Replace(a, "desk.", "desc.", 1), Sign(key, "s@desk.example", "x"), strings.Replace(a, "+n", "+c", 1), "s@desk.example", "+n.@", ""} {
		if id, _ := NoticeOf(key, other); id != 0 {
			t.Errorf("%s is of notification %d", other, id)
		}
	}
	if Token(key, a) != "" || BounceOf(key, a) != "" {
		t.Errorf("%s is good for something else", a)
	}
}
