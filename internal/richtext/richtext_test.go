package richtext

import (
	"fmt"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"parley/internal/mailtest"
)

func TestSanitise(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<p>Hello <b>Anna</b></p>`, `<p>Hello <b>Anna</b></p>`},
		{`<script>alert(1)</script>x`, `x`},
		{`<style>p{position:fixed}</style>x`, `x`},
		{`<img src=x onerror=alert(1)>`, ``},
		{`<img src="cid:a@b" alt="wheel" onload=x>`, `<img src="cid:a@b" alt="wheel">`},
		{`<a href="javascript:alert(1)">x</a>`, `x`},
		{`<a href="cid:part@mail">x</a><img src="tel:1">`, `x`},
		{`<a href="https://example.com">x</a>`, `<a href="https://example.com" rel="nofollow noreferrer noopener" target="_blank">x</a>`},
		{`<p style="color: red; position: fixed; background-image: url(http://x)">x</p>`, `<p style="color: red; background-image: url(http://x)">x</p>`},
		{`<p style="background: url(http://x/;}) red">x</p>`, `<p>x</p>`},
		{`<p style="color: \72 ed; width: 1px">x</p>`, `<p>x</p>`},
		{`<p style="margin: -500px">x</p>`, `<p>x</p>`},
		{`<p style="font-family: 'Segoe UI', sans-serif; width: 50%">x</p>`, `<p style="font-family: &#39;Segoe UI&#39;, sans-serif; width: 50%">x</p>`},
		{`<form action="https://evil.example"><input name=password><button>Go</button></form>`, `Go`},
		{`<iframe src="https://evil.example"></iframe>x`, `x`},
		{`<svg><script>alert(1)</script></svg>x`, `x`},
		{`<p id="x" class="y">x</p>`, `<p>x</p>`},
		{"a\x00b\xff", "ab\uFFFD"},
		{`<base href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">x`, `x`},
	} {
		if got := Sanitise(tt.in); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
	if Sanitise(strings.Repeat("<p>x</p>", MaxHTML/8+1)) != "" {
		t.Error("too much HTML is not refused")
	}
}

func TestPage(t *testing.T) {
	page := Page(Sanitise(`<p>Hi</p><img src="cid:wheel@x" alt="w" width="10"><img src="cid:other"><img src="https://t.example/p.gif?a=1&b=2" alt="logo"><img src="CID:a%2Bb">`),
		Pictures{CIDs: map[string]string{"wheel@x": "/att/1", "a+b": "/att/2"}})
	for _, want := range []string{
		`<img src="/att/1" alt="w" width="10">`, `<img src="/att/2"`, `<span class="remote" title="picture">picture (not loaded)</span>`,
		`<span class="remote" title="logo">logo (not loaded)</span>`, `<body data-remote="1" data-trackers="0">`, `http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self';`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in\n%s", want, page)
		}
	}
	if strings.Contains(page, ` src="http`) || strings.Count(page, "<html") != 1 || !strings.HasPrefix(page, "<!doctype html>") {
		t.Error(page)
	}
}

func TestFromMarkdown(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Hello Anna,\nline two", "<p>Hello Anna,<br>\nline two</p>\n"},
		{"**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>\n"},
		{"use <b>this</b> & <script>that</script>", "<p>use &lt;b&gt;this&lt;/b&gt; &amp; &lt;script&gt;that&lt;/script&gt;</p>\n"},
		{"<div>\nblock", "<p>&lt;div&gt;<br>\nblock</p>\n"},
		{"    four spaces", "<pre><code>four spaces\n</code></pre>\n"},
		{"[a]: https://example.com", `<p>[a]: <a href="https://example.com" rel="nofollow noreferrer noopener" target="_blank">https://example.com</a></p>` + "\n"},
		{"Total\n---", "<p>Total</p>\n<hr>\n"},
		{"see https://example.com/a?b=1&c=2.", `<p>see <a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noreferrer noopener" target="_blank">https://example.com/a?b=1&amp;c=2</a>.</p>` + "\n"},
		{"[x](javascript:alert(1))", "<p>x</p>\n"},
	} {
		got, err := FromMarkdown(tt.in)
		if err != nil || strings.ReplaceAll(got, "/>", ">") != tt.want {
			t.Errorf("%q\n got %q\nwant %q (%v)", tt.in, got, tt.want, err)
		}
	}
}

// check is what holds for all HTML: what comes out only shows, also when read
// again, and in the page.
func check(s string) error {
	clean := Sanitise(s)
	if d := mailtest.Dangers(clean); d != nil {
		return fmt.Errorf("%.300q became %.300q: %v", s, clean, d)
	}
	if again := Sanitise(clean); mailtest.Dangers(again) != nil {
		return fmt.Errorf("%.300q read twice is %.300q", s, again)
	}
	page := Page(clean, Pictures{CIDs: map[string]string{"a@b": "/att/1"}})
	_, page, _ = strings.Cut(page, "<body")
	_, page, _ = strings.Cut(page, ">")
	page, _, _ = strings.Cut(page, "</body>")
	for _, d := range mailtest.Dangers(page) {
		if d != "attribute class" && d != "src /att/1" {
			return fmt.Errorf("the page of %.300q: %v", s, d)
		}
	}
	for _, loads := range []string{` src="http`, " background=", "url("} {
		if tags := inTags(page); strings.Contains(tags, loads) {
			return fmt.Errorf("the page of %.300q loads from elsewhere: %s in %.300s", s, loads, tags)
		}
	}
	// Shown by way of Parley, it loads from there alone.
	page = Page(clean, Pictures{Remote: func(string) string { return "/ours" }})
	_, page, _ = strings.Cut(page, "<body")
	for _, loads := range []string{` src="http`, " background=", "url(h", "url('", "url(&"} {
		if tags := inTags(page); strings.Contains(tags, loads) {
			return fmt.Errorf("the page of %.300q with pictures loads from elsewhere: %s in %.300s", s, loads, tags)
		}
	}
	return nil
}

// inTags is the tags of a page, without words, titles and alternatives of pictures.
func inTags(page string) string {
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return b.String()
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if a.Key != "title" && a.Key != "alt" && a.Key != "href" {
					fmt.Fprintf(&b, ` %s="%s"`, a.Key, strings.ToLower(a.Val))
				}
			}
		}
	}
}

func FuzzSanitise(f *testing.F) {
	for _, s := range []string{
		`<p style="color:red">x</p>`, `<img src="cid:a@b">`, `<svg><p><style><g title="</style><img src onerror=alert(1)>">`, `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`,
		`<a href="&#x6A;avascript:alert(1)">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<!--><img src=x onerror=alert(1)>-->`, `<p style="background:u\rl(x)">`,
		"<a href=\"java\tscript:alert(1)\">", `<table><td background="javascript:x">`, `<p style="background:#fff url('http://x.test/a;b') no-repeat">`, `<td background="https://x.test/a.png" style="background-image:URL( https://x.test/b )">`, `<title><img src=x></title>`, `<plaintext><b>`, strings.Repeat("<div>", 300),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := check(s); err != nil {
			t.Error(err)
		}
	})
}

func FuzzFromMarkdown(f *testing.F) {
	for _, s := range []string{"**a** <b>", "[x](javascript:y)", "![x](data:image/png;base64,x)", "```\n<script>\n```", "<javascript:alert(1)>", "https://x\"onmouseover=alert(1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := FromMarkdown(s)
		if err != nil || mailtest.Dangers(got) != nil {
			t.Errorf("%q became %q: %v, %v", s, got, mailtest.Dangers(got), err)
		}
	})
}
