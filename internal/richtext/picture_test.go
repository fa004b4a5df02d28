package richtext

import (
	"slices"
	"strings"
	"testing"

	"parley/internal/mailtest"
)

const key, other = "att_0000000000001", "att_0000000000002"

// F2-34: a picture of a reply's own stands where it was put, and where it cannot be
// shown there are its words; every other picture is a link.
func TestReplyPictures(t *testing.T) {
	show := map[string]Picture{key: {Src: "cid:a&b", Name: "key.png", Width: 600}, other: {Name: `plan "b".png`}}
	const img = `<img src="cid:a&amp;b" alt="`
	const rest = `" width="600" style="max-width: 100%; height: auto">`
	for _, tt := range []struct{ in, html, text string }{
		{"See ![the  *red* key](" + key + ") here", `<p>See ` + img + "the red key" + rest + ` here</p>`, "See [image: the red key] here"},
		{"![](" + key + ")\n\n**now**", `<p>` + img + "key.png" + rest + "</p>\n<p><strong>now</strong></p>", "[image: key.png]\n\nnow"},
		{"![](" + other + ")", `<p>[image: plan &#34;b&#34;.png]</p>`, `[image: plan "b".png]`},
		{"![x](att_0000000000009 \"t\")", `<p>[image: x]</p>`, "[image: x]"},
		{"- a ![k](" + key + ")\n- b", "<ul>\n<li>a " + img + "k" + rest + "</li>\n<li>b</li>\n</ul>", "- a [image: k]\n- b"},
		{"`![x](" + key + ")`", "<p><code>![x](" + key + ")</code></p>", "![x](" + key + ")"},
		{`![a" onerror="x](` + key + ")", `<p>` + img + "a&#34; onerror=&#34;x" + rest + "</p>", `[image: a" onerror="x]`},
		{"![x](cid:" + key + ") [y](cid:" + key + ") ![z](/" + key + ")", "<p>x y z</p>", "x y z"},
	} {
		html, text, err := Reply(tt.in, show)
		if err != nil || strings.TrimSpace(html) != tt.html || text != tt.text {
			t.Errorf("%q\n got %q, %q\nwant %q, %q (%v)", tt.in, html, text, tt.html, tt.text, err)
		}
	}
	if got := PicturesIn("![a](" + other + ") ![b](" + key + ") ![c](" + other + ") `![d](att_0000000000003)` [e](att_0000000000004)"); !slices.Equal(got, []string{other, key}) {
		t.Errorf("pictures: %q", got)
	}
	if html, err := FromNote("![k]("+key+")", nil); err != nil || strings.TrimSpace(html) != "<p>[image: k]</p>" {
		t.Errorf("a note: %q, %v", html, err)
	}
	html, _, err := Shown("![k]("+key+")", map[string]Picture{key: {Src: "/x", Width: 300, Height: 20}})
	if err != nil || strings.TrimSpace(html) != `<p><img src="/x" alt="k" width="300" height="20"></p>` {
		t.Errorf("on a screen: %q, %v", html, err)
	}
}

// However a reply is written, it shows its own pictures and nothing else.
func FuzzReplyPictures(f *testing.F) {
	for _, s := range []string{"![a](" + key + ")", "[![a](" + key + ")](https://x.example)", "![![b](" + key + ")](" + other + ")", "![a](" + key + " \"t\")", "![a][x]", "![\"><script>](" + key + ")", "<img src=cid:" + key + ">", "![x](cid:" + key + ")"} {
		f.Add(s)
	}
	show := map[string]Picture{key: {Src: "cid:1@x", Name: "a.png"}}
	f.Fuzz(func(t *testing.T, s string) {
		html, text, err := Reply(s, show)
		if err != nil {
			t.Fatal(err)
		}
		if err := mailtest.Dangers(html); err != nil {
			t.Fatalf("%q: %v in %q", s, err, html)
		}
		if n := strings.Count(html, "<img "); n != strings.Count(html, `<img src="cid:1@x"`) || n > 0 && !slices.Contains(PicturesIn(s), key) {
			t.Fatalf("%q shows other pictures: %q", s, html)
		}
		if strings.Contains(html, "<img ") && !strings.Contains(text, "[image") {
			t.Fatalf("%q: the text says nothing of the picture: %q", s, text)
		}
	})
}
