package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestVisible: what is folded, and what must never be. A line of three bars says
// where the visible part ends; without one everything is shown.
func TestVisible(t *testing.T) {
	for name, s := range map[string]string{
		"gmail":                     "Thanks!\n|||\nOn Mon, May 4, 2026 at 9:00 AM Maja <support@example.com> wrote:\n\n> Hello\n> Anna\n",
		"gmail, broken line":        "Thanks!\n|||\nOn Mon, May 4, 2026 at 9:00 AM Maja at Lindqvist Cycles <\nsupport@example.com> wrote:\n\n> Hello\n",
		"german":                    "Danke!\n|||\nAm 04.05.2026 um 09:00 schrieb Maja:\n> Hallo\n",
		"swedish":                   "Tack!\n|||\nDen mån 4 maj 2026 kl 09:00 skrev Maja <support@example.com>:\n> Hej\n",
		"any language":              "Dėkui\n|||\n2026-05-04, pr, 09:00 Maja <support@example.com> rašė:\n> Labas\n",
		"outlook":                   "Thanks!\n|||\n________________________________\nFrom: Maja <support@example.com>\nSent: Monday\nTo: Anna\nSubject: Wheel\n\nHello Anna\n",
		"outlook, bold":             "Danke\n|||\n*Von:* Maja [mailto:support@example.com]\n*Gesendet:* Montag\n*An:* Anna\n*Betreff:* Rad\n\nHallo\n",
		"original message":          "Thanks!\n|||\n-----Original Message-----\nHello\n",
		"marker":                    "Thanks!\n|||\n## Reply above this line ##\nHello\n",
		"quote alone":               "Thanks!\n|||\n> Hello\n> Anna\n",
		"signature":                 "Thanks!\n|||\n-- \nAnna\nExample Ltd\n",
		"phone":                     "Thanks!\n|||\nSent from my iPhone\n",
		"phone, german":             "Danke\n|||\nVon meinem iPhone gesendet\n",
		"signature and quote":       "Thanks!\n|||\n-- \nAnna\n\nOn Mon, May 4, 2026, Maja wrote:\n> Hello\n",
		"signature below the quote": "Thanks!\n|||\nOn Mon, May 4, 2026, Maja wrote:\n> Hello\n\n-- \nAnna\n",
		"foot of a list":            "Thanks!\n|||\n_______________________________________________\nriders mailing list\nriders@example.com\n",

		"answers between quotes":       "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n28\n> Which colour?\nred\n",
		"answer below the quote":       "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n",
		"text, quote, text":            "Hi,\n\nOn Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n",
		"forward":                      "See below\n\n---------- Forwarded message ---------\nFrom: Tom <tom@example.com>\nSubject: x\nTo: me\n\nthe wheel\n",
		"forward by apple":             "See below\n\nBegin forwarded message:\n\n> From: Tom\n> the wheel\n",
		"nothing but a quote":          "> Hello\n> Anna\n",
		"nothing but a signature":      "-- \nAnna\n",
		"a journey":                    "Please book\nFrom: Berlin\nTo: Rome\nand back on Monday\n",
		"a rule of dashes":             "First matter\n--\nSecond matter is longer, and has\nmany\nlines\nthat\nare\nnot\na signature\n",
		"somebody wrote, said in text": "Yesterday Maja wrote:\nwe will send it. It never came.\n",
		"sent from, in a sentence":     "The parcel was\nsent from my brother's house, not from mine.\nPlease check.\n",
		"no history":                   "Just a question",
		"empty":                        "",
	} {
		t.Run(name, func(t *testing.T) {
			want, rest, folded := strings.Cut(s, "\n|||\n")
			text := s
			if folded {
				text = want + "\n\n" + rest
			}
			n := Visible("", text)
			switch {
			case !folded && n != 0:
				t.Errorf("hides %q", string([]rune(text)[n:]))
			case folded && n != utf8.RuneCountInString(want):
				t.Errorf("shows %d: %q", n, string([]rune(text)[:n]))
			}
		})
	}
	if n := Visible("Fwd: wheel", "See below\n\nFrom: Tom <tom@example.com>\nSent: x\nSubject: y\n\nthe wheel\n"); n != 0 {
		t.Errorf("a forwarded mail is cut at %d", n)
	}
}

// TestVisibleIsLinear: mails made to be slow are not. A backtracking expression
// would not come to an end within the time that tests have.
func TestVisibleIsLinear(t *testing.T) {
	for name, s := range map[string]string{
		"quotes": strings.Repeat(">", 500_000), "quoted lines": strings.Repeat("> \n", 200_000), "attributions": strings.Repeat("On 1 1 1 1 1 1 1 1\n", 4_000),
		"headers": strings.Repeat("From: a@b\n", 8_000), "wrote": strings.Repeat("a wrote:\n", 20_000), "blank": strings.Repeat("\n", 500_000), "dashes": "x\n" + strings.Repeat("--\n", 200_000),
		"weak, then blank": strings.Repeat("Somebody wrote:\n\n\n\n\n\n\n\n\n\n\n", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			if n := Visible("", s); n < 0 || n > utf8.RuneCountInString(s) {
				t.Error(n)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a\n\nOn 1 b wrote:\n> c\n", "> a\nb", "-- \nx", "\r\n\r", "ä\nFrom: a@b\nTo: c\n", "Sent from my x\n", "a\n___\nx mailing list"} {
		f.Add("Re: x", s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		n := Visible(subject, text)
		runes := []rune(text)
		if n < 0 || n > len(runes) {
			t.Fatalf("%d of %d", n, len(runes))
		}
		if n > 0 && strings.TrimSpace(string(runes[:n])) == "" {
			t.Errorf("nothing is left of %q", text)
		}
	})
}
