package richtext

import (
	"strings"
	"testing"

	"parley/internal/mailtest"
)

// F1-42: bold, list, link and code are shown, names set apart, HTML is text.
func TestFromNote(t *testing.T) {
	names := []string{"Ann", "Ann Ek", "O'Neil <b>", "everyone"}
	for _, tt := range []struct{ in, want string }{
		{"**bold**, @Ann Ek", `<p><strong>bold</strong>, <span class="at">@Ann Ek</span></p>`},
		{"@ann, see `@Ann`", `<p><span class="at">@ann</span>, see <code>@Ann</code></p>`},
		{"- @everyone\n- [x](https://example.com/@Ann)", "<ul>\n<li><span class=\"at\">@everyone</span></li>\n<li><a href=\"https://example.com/@Ann\" rel=\"nofollow noreferrer noopener\" target=\"_blank\">x</a></li>\n</ul>"},
		{strings.Repeat("> ", 40) + "deep", strings.Repeat("<blockquote>\n", 40) + "<p>deep</p>" + strings.Repeat("\n</blockquote>", 40)},
		{"@Annika a@Ann", "<p>@Annika a@Ann</p>"},
		{"@O'Neil <b>! <script>alert(1)</script>", `<p><span class="at">@O&#39;Neil &lt;b&gt;</span>! &lt;script&gt;alert(1)&lt;/script&gt;</p>`},
	} {
		got, err := FromNote(tt.in, names)
		if err != nil || strings.TrimSpace(got) != tt.want {
			t.Errorf("%q\n got %q\nwant %q (%v)", tt.in, got, tt.want, err)
		}
	}
}

// A long note, and one that is nothing but quotes in quotes, is shown as it was
// typed: nothing that is slow to read is read again and again.
func TestLongNote(t *testing.T) {
	for _, s := range []string{"[", "*a ", "> ", "![]("} {
		if got, err := FromNote(strings.Repeat(s, 100_000/len(s)), []string{"Ann"}); got != "" || err != nil {
			t.Errorf("%q: %d bytes, %v", s, len(got), err)
		}
		if got, err := FromNote(strings.Repeat(s, 10_000/len(s)), []string{"Ann"}); got == "" != (s == "> ") || err != nil || mailtest.Dangers(got) != nil {
			t.Errorf("%q: %d bytes, %v, %v", s, len(got), err, mailtest.Dangers(got))
		}
	}
}
