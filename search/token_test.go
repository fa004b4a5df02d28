package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"parley/search"
)

// F3-16: letters are compared without case and accents.
func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë Müller-Lüdenscheidt": "zoe muller ludenscheidt", "ÅNGSTRÖM": "angstrom", "Straße": "strasse", "Łódź": "lodz", "Søren Ærø": "soren aero",
		"İstanbul": "istanbul", "ISTANBUL": "istanbul", "Ñandú": "nandu", "cafe\u0301": "cafe", "ﬁne": "fine", "ΜΆΪΟΣ": "μαιοσ", "Ёлка": "елка",
		"don't": "don t", "e-mail": "e mail", "a_b": "a b", "  ": "", "½": "", "x²": "x", "李明": "李 明", "東京タワー": "東 京 タ ワ ー", "สวัสดี": "ส ว ส ด",
		"maria@example.com": "maria example com", "שָׁלוֹם": "שלום", "10:30": "10 30", "\u0301": "",
	} {
		if got := search.Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Zoë Müller", "a\u0301b", "李明 Li", "+46 70 123", "İİ", strings.Repeat("x", 200), "\xff\xfe", "ﷺ", "_w1 __a", "q' OR 1", "\u0345a", "Ω℧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for _, w := range search.Tokens(s) {
			if w.Word == "" || w.From < at || w.To <= w.From || w.To > len(s) {
				t.Fatalf("%q: %+v after %d", s, w, at)
			}
			at = w.To
			if strings.ContainsFunc(w.Word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) || 'A' <= r && r <= 'Z' }) {
				t.Fatalf("%q: the word %q has signs or capitals", s, w.Word)
			}
			// A word is the same when it is looked for as it was indexed.
			if again := search.Words(w.Word); utf8.RuneCountInString(w.Word) < search.MaxWord && !slices.Equal(again, []string{w.Word}) && len(again) < 2 {
				t.Fatalf("%q: %q becomes %q", s, w.Word, again)
			}
		}
	})
}

// F3-17: a phone number is its digits, however it is written; three are enough to
// ask for a part.
func TestAskedPhone(t *testing.T) {
	for in, want := range map[string]string{
		"+46 70 123 45 67": "46701234567", "0046-70-1234567": "46701234567", "070 123 45 67": "701234567", "(070) 123.45/67": "701234567",
		"701": "701", "70": "", "007": "", "2026": "2026", "1234 5678 9012 3456 78": "", "call 070": "", "": "", "+": "",
	} {
		if got := search.AskedPhone(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	text := search.Message{Text: "Ring me at +46 (0)70-123 45 67 please, order 4711-0815"}.Words()
	for _, asked := range []string{"0701234567", "+46701234567", "00 46 70 123 45 67"} {
		if !search.PhoneInText(search.AskedPhone(asked)).Match(text) {
			t.Errorf("%s is not found in %v", asked, text)
		}
	}
	if search.PhoneInText(search.AskedPhone("0701234568")).Match(text) {
		t.Error("another number is found")
	}
}

// F3-74: a part of a name is found wherever in it, and short ones as beginnings.
func TestParts(t *testing.T) {
	c := search.Contact{Workspace: 1, Name: "Zoë O'Brien-Müller", Email: "zoe.obrien@example.com", Phone: "+46 70 123 45 67"}.Words()
	for asked, want := range map[string]bool{
		"zo": true, "z": true, "Zoë": true, "rien": true, "MÜLL": true, "mull": true, "brien mu": true, "example": true, "zoe.ob": true, "xample.co": true,
		"467012": true, "2345": true, "oe": false, "anna": false, "brienmu": false, "469": false,
	} {
		if got := search.Part(asked).Match(c); got != want {
			t.Errorf("%q: %v", asked, got)
		}
	}
	for _, asked := range []string{"+46 70 123 45 67", "070-123 45 67", "0046701234567", "123 45"} {
		if !search.PhonePart(search.AskedPhone(asked)).Match(c) {
			t.Errorf("%q is not found", asked)
		}
	}
	national := search.Contact{Phone: "070-123 45 67"}.Words()
	if !search.PhonePart(search.AskedPhone("+46 70 123 45 67")).Match(national) {
		t.Error("a number with its country is not found where it stands without")
	}
}

func TestNear(t *testing.T) {
	for typed, meant := range map[string]string{
		"refnud": "refund", "refun": "refund", "refunnd": "refund", "rafund": "refund", "gutschien": "gutschein", "инвоис": "инвойс",
	} {
		if !slices.Contains(search.Near(typed), meant) {
			t.Errorf("%s is not near %s", meant, typed)
		}
	}
	for _, no := range []string{"cat", "4711", "20260501", "李明李明", "", strings.Repeat("a", 40)} {
		if all := search.Near(no); len(all) > 0 {
			t.Errorf("%q has %d words near it", no, len(all))
		}
	}
	if slices.Contains(search.Near("refund"), "refund") || slices.Contains(search.Near("refund"), "refx") {
		t.Error("it holds what is not one slip away")
	}
}
