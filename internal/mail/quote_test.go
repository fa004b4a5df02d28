package mail

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/internal/mailtest"
	"parley/internal/richtext"
)

var quotedAt = time.Date(2026, 3, 4, 7, 5, 0, 0, time.UTC)

func quoting(language string) Quoted {
	return Quoted{
		From: Address{"Kim O'Neil", "kim@customer.test"}, At: quotedAt, Language: language, Text: "My wheel is broken.\n\nKim\n> older words",
		HTML: `<p>My <b>wheel</b> is broken.</p><details><summary>•••</summary><blockquote>older words</blockquote></details>`,
	}
}

// What we quote below an answer is folded again when the customer answers that: in
// every language that we write the line above it in, as text and as HTML, whether
// their program quotes it once more or not (F1-39).
func TestQuoteIsFoldedAgain(t *testing.T) {
	for _, language := range append(slices.Sorted(maps.Keys(attributions)), "", "de-at", "xx") {
		text, markup := Quote(quoting(language))
		answer := "We send a new one.\n\n-- \nMaja\nLindqvist Cycles\n\n" + text
		if got := string([]rune(answer)[:Visible("Re: Wheel", answer)]); strings.TrimSpace(got) != "We send a new one." {
			t.Errorf("%s: of our own mail is shown %q", language, got)
		}
		back := "Thank you!\n\nOn Wed, Mar 4, 2026 at 9:00 AM Maja <support@desk.test> wrote:\n> " + strings.ReplaceAll(answer, "\n", "\n> ")
		if got := string([]rune(back)[:Visible("Re: Wheel", back)]); strings.TrimSpace(got) != "Thank you!" {
			t.Errorf("%s: of the answer to it is shown %q", language, got)
		}
		below := "Thank you!\n\n" + text // a program that quotes without marks of its own
		if got := string([]rune(below)[:Visible("Re: Wheel", below)]); strings.TrimSpace(got) != "Thank you!" {
			t.Errorf("%s: above the quote is shown %q", language, got)
		}
		folded := FoldHTML("Re: Wheel", "<p>We send a new one.</p>\n"+markup)
		if above, under, ok := strings.Cut(folded, "<details>"); !ok || strings.Contains(above, "Kim") || !strings.Contains(under, "is broken") || !strings.Contains(under, "older words") {
			t.Errorf("%s: folded is %s", language, folded)
		}
	}
}

// A quote holds no picture, closes what it opens, and is bounded; whoever wrote the
// mail has all of it.
func TestQuote(t *testing.T) {
	q := quoting("")
	text, markup := Quote(q)
	if want := "On 2026-03-04 at 07:05 UTC, Kim O'Neil <kim@customer.test> wrote:\n> My wheel is broken.\n>\n> Kim\n>> older words"; text != want {
		t.Errorf("%q", text)
	}
	if strings.Contains(markup, "summary") || strings.Contains(markup, "•••") || !strings.Contains(markup, `Kim O&#39;Neil &lt;<a href="mailto:kim@customer.test">`) {
		t.Error(markup)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	q.At, q.Language, q.From.Name = quotedAt.In(zone), "sv", "kim@customer.test"
	if text, _ = Quote(q); !strings.HasPrefix(text, "Den 2026-03-04 kl. 08:05 skrev kim@customer.test:\n") {
		t.Errorf("%q", text)
	}
	q.HTML = `<div><p>a <img src="https://t.example/p.gif" alt="our logo"> b<img src="cid:x"></p>`
	if _, markup = Quote(q); !strings.Contains(markup, "<div><p>a [our logo] b</p></div></blockquote></div>") || strings.Contains(markup, "<img") {
		t.Error(markup)
	}
	q.HTML, q.Text = strings.Repeat("<b>ä</b>", maxQuotedHTML), strings.Repeat("ä ö\n", maxQuotedText)
	text, markup = Quote(q)
	if len(text) > 2*maxQuotedText || len(markup) > 2*maxQuotedText || !strings.HasSuffix(text, "\n> […]") || !utf8.ValidString(text) || strings.Contains(markup, "<b>") {
		t.Errorf("%d and %d bytes, ends with %q", len(text), len(markup), text[len(text)-20:])
	}
}

// Whatever somebody wrote, a quote of it is closed and tells nobody who reads it.
func FuzzQuote(f *testing.F) {
	f.Add("hi\n> x", "<p>hi<img src=x>", "Kim\r\nBcc: x")
	f.Add("", "</div></blockquote><b>", "")
	f.Fuzz(func(t *testing.T, text, html, name string) {
		plain, markup := Quote(Quoted{From: Address{name, "kim@customer.test"}, At: quotedAt, Text: text, HTML: richtext.Sanitise(html)})
		if strings.Contains(strings.ToLower(markup), "<img") || !strings.HasSuffix(markup, "</blockquote></div>\n") {
			t.Errorf("%q", markup)
		}
		for line := range strings.SplitSeq(strings.Join(strings.SplitAfterN(plain, "\n", 2)[1:], ""), "\n") {
			if line != "" && line[0] != '>' {
				t.Errorf("%q is not marked in %q", line, plain)
			}
		}
	})
}

// A quote is safe if what it quotes is.
func TestQuoteIsSafe(t *testing.T) {
	_, markup := Quote(Quoted{From: Address{`"><script>alert(1)</script>`, `x"><img src=y>@e.test`}, At: quotedAt, Text: "<script>alert(1)</script>"})
	if d := slices.DeleteFunc(mailtest.Dangers(markup), func(d string) bool { return d == "attribute class" }); len(d) > 0 {
		t.Errorf("%v in %s", d, markup)
	}
}
