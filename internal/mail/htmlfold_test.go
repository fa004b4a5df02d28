package mail

import (
	"strings"
	"testing"
	"time"
)

// TestFoldHTML: the history at the end of a mail is folded, and nothing else.
func TestFoldHTML(t *testing.T) {
	for name, tt := range map[string]struct{ above, html string }{
		"gmail":                {"Thanks!", `<div dir="ltr">Thanks!</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Maja wrote:<br></div><blockquote>Hello</blockquote></div>`},
		"apple":                {"Thanks!", `<div>Thanks!<br><div><br><blockquote type="cite"><div>On 4 May 2026, at 09:00, Maja wrote:</div><div>Hello</div></blockquote></div></div>`},
		"outlook":              {"Thanks!", `<div class="WordSection1"><p>Thanks!</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Maja<br><b>Sent:</b> Monday</p></div></div><p>Hello</p></div>`},
		"outlook on the web":   {"Thanks!", `<div>Thanks!</div><hr><div id="divRplyFwdMsg"><b>From:</b> Maja</div><div>Hello</div>`},
		"thunderbird":          {"Thanks!", `<p>Thanks!</p><div class="moz-cite-prefix">On 04.05.2026 Maja wrote:<br></div><blockquote type="cite">Hello</blockquote>`},
		"yahoo":                {"Thanks!", `<div>Thanks!</div><div class="yahoo_quoted">Hello</div>`},
		"proton":               {"Thanks!", `<div>Thanks!</div><div class="protonmail_quote">Hello</div>`},
		"an attribution":       {"Thanks!", `<p>Thanks!</p><p>On Mon, May 4, 2026 at 9:00 Maja wrote:</p><blockquote>Hello</blockquote>`},
		"no history":           {"", `<p>Thanks!</p>`},
		"nothing above":        {"", `<div class="gmail_quote">Hello</div>`},
		"written below":        {"", `<p>Thanks!</p><blockquote>Which size?</blockquote><p>28</p>`},
		"a forward":            {"", `<div>See below</div><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Tom</div>Hello</div>`},
		"only its attribution": {"", `<p>On Mon, May 4, 2026 at 9:00 Maja wrote:</p><blockquote>Hello</blockquote>`},
	} {
		t.Run(name, func(t *testing.T) {
			got := FoldHTML("Re: x", tt.html)
			before, rest, folded := strings.Cut(got, "<details>")
			if folded != (tt.above != "") {
				t.Fatalf("%s", got)
			}
			if !folded {
				return
			}
			rest, _, _ = strings.Cut(rest, "</details>")
			if text := strings.TrimSpace(htmlText(before)); text != tt.above {
				t.Errorf("above: %q", text)
			}
			if !strings.Contains(rest, "Hello") {
				t.Errorf("folded: %q", rest)
			}
		})
	}
	if s := `<p>See below</p><blockquote>x</blockquote>`; FoldHTML("Fwd: x", s) != s {
		t.Error("a forwarded mail is folded")
	}
}

func FuzzFoldHTML(f *testing.F) {
	f.Add(`<div>a</div><div class="gmail_quote">b</div>`)
	f.Add(`<p>a<blockquote>b</p>c`)
	f.Fuzz(func(t *testing.T, s string) {
		got := FoldHTML("", s)
		if got != s && strings.Count(got, "<details>") < 1 {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// TestFoldHTMLIsQuick: a page made to be slow is not.
func TestFoldHTMLIsQuick(t *testing.T) {
	for name, piece := range map[string]string{
		"open elements": "<div><blockquote>x", "open marks": "<b><i><p>x", "links": "<a href=x><p>", "tables": "<table><a>x<td>", "quotes in quotes": "x<blockquote>", "lines": "x<div class=gmail_quote></div>x<br>",
		"attributes": "<p a=b c=d e=f>x", "headers": "<div style='border-top:solid'><b>From:</b>x</div>",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_ = FoldHTML("", "<p>new"+strings.Repeat(piece, maxFolded/len(piece)))
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			} else {
				t.Log(took)
			}
		})
	}
}
