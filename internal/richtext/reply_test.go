package richtext

import (
	"strings"
	"testing"

	"parley/internal/mailtest"
)

// F2-34: one reply, as HTML for channels that show it and without stray marks for
// those that do not; what nobody formatted stays as it was typed.
func TestReply(t *testing.T) {
	const link = ` rel="nofollow noreferrer noopener" target="_blank"`
	for _, tt := range []struct{ in, html, text string }{
		{"**Bold**, _italic_ and ~~gone~~ `code`", "<p><strong>Bold</strong>, <em>italic</em> and <del>gone</del> <code>code</code></p>", "Bold, italic and gone code"},
		{"See [our **guide**](https://example.com/a?b=1&c=2).", `<p>See <a href="https://example.com/a?b=1&amp;c=2"` + link + `>our <strong>guide</strong></a>.</p>`, "See our guide (https://example.com/a?b=1&c=2)."},
		{"**at** https://example.com", `<p><strong>at</strong> <a href="https://example.com"` + link + `>https://example.com</a></p>`, "at https://example.com"},
		{"*to* ann@example.com", `<p><em>to</em> <a href="mailto:ann@example.com" rel="nofollow noreferrer">ann@example.com</a></p>`, "to ann@example.com"},
		{"Do this:\n\n1. one\n2. two\n   - **a**\n   - b\n\nThen:\n- x\n- y", "", "Do this:\n\n1. one\n2. two\n   - a\n   - b\n\nThen:\n\n- x\n- y"},
		{"3. three\n4. four", "<ol start=\"3\">\n<li>three</li>\n<li>four</li>\n</ol>", "3. three\n4. four"},
		{"> said\n> twice\n\n_no_", "<blockquote>\n<p>said<br>\ntwice</p>\n</blockquote>\n<p><em>no</em></p>", "> said\n> twice\n\nno"},
		{"```\na *b*\n\n  c\n```", "<pre><code>a *b*\n\n  c\n</code></pre>", "a *b*\n\n  c"},
		{"# Big\ntext", "<h1>Big</h1>\n<p>text</p>", "Big\n\ntext"},
		{`literally \{{x}} and \*y\*`, "<p>literally {{x}} and *y*</p>", "literally {{x}} and *y*"},
		{"![map](https://example.com/m.png)", `<p><a href="https://example.com/m.png"` + link + `>map</a></p>`, "map (https://example.com/m.png)"},
		{"[x](javascript:alert(1)) [y](tel:1) [z](/a) [d](data:text/html,x)", "<p>x y z d</p>", "x y z d"},
		{"<b onclick=x>hi</b> <script>alert(1)</script>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>", "<b onclick=x>hi</b> <script>alert(1)</script>"},
		{"2*3*4 and snake_case_name, 2**3**4", "<p>2*3*4 and snake_case_name, 2**3**4</p>", "2*3*4 and snake_case_name, 2**3**4"},
		{"**at** http://127.0.0.1:8080/_a_/_b_?c=d, <http://localhost/_x_>", "", "at http://127.0.0.1:8080/_a_/_b_?c=d, http://localhost/_x_"},
		{"5 * 3 * 2 _ x _", "<p>5 * 3 * 2 _ x _</p>", "5 * 3 * 2 _ x _"},
		{"这是**粗体**字", "<p>这是<strong>粗体</strong>字</p>", "这是粗体字"},
		{"Dear Kim,\n\n\n  two   spaces\n    set in\n\nMaja", "", "Dear Kim,\n\n\n  two   spaces\n    set in\n\nMaja"},
	} {
		html, text, err := Reply(tt.in, nil)
		if err != nil || text != tt.text {
			t.Errorf("%q as text\n got %q\nwant %q (%v)", tt.in, text, tt.text, err)
		}
		if tt.html != "" && strings.TrimSpace(html) != tt.html {
			t.Errorf("%q\n got %q\nwant %q", tt.in, html, tt.html)
		}
	}
}

// On a screen there is HTML only where somebody formatted something.
func TestShown(t *testing.T) {
	for in, formatted := range map[string]bool{
		"Dear Kim,\n\n\nhold the key.": false, "see https://example.com": false, "2*3*4 - 1": false, "a & b": false, "Order #1234": false,
		"**now**": true, "- a\n- b": true, `\*`: true, "[x](https://example.com)": true,
		"**" + strings.Repeat("a", maxReply) + "**": false, strings.Repeat("> ", maxDepth+1) + "deep": false,
	} {
		html, text, err := Shown(in, nil)
		if err != nil || (html != "") != formatted || !formatted && text != in {
			t.Errorf("%.40q: %.80q %.40q %v", in, html, text, err)
		}
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{"**a** <b>", "[x](javascript:y)", "![x](data:image/png;base64,x)", "1. a\n   > b\n   - c", "- \n- \n", "> ```\n> x\n", "<javascript:alert(1)>", "a\\*b*", "&lt;x&gt;", "***\n\n* * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		html, text, err := Reply(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := mailtest.Dangers(html); err != nil {
			t.Fatalf("%q: %v in %q", s, err, html)
		}
		if strings.Contains(html, "<img") || strings.Contains(html, "style=") || strings.HasSuffix(text, "\n") && text != s {
			t.Fatalf("%q: %q, %q", s, html, text)
		}
	})
}
