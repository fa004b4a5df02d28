package richtext

import (
	"testing"

	"parley/internal/mailtest"
)

func TestCarried(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<p>Hi</p><details><summary>•••</summary><blockquote>said &lt;b&gt;</blockquote></details>`, `<p>Hi</p><blockquote>said &lt;b&gt;</blockquote>`},
		{`<img src="cid:a%2Bb" alt="wheel" width="10"><img src="cid:gone" alt="a &lt; b"><img src="cid:gone">`, `<img src="cid:1.x" alt="wheel" width="10">a &lt; b`},
		{`<img src="https://example.com/p.png" alt="p">`, `<img src="https://example.com/p.png" alt="p">`},
		{`summary and details`, `summary and details`},
	} {
		if got := Carried(tt.in, map[string]string{"a+b": "1.x"}); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// TestWithoutHistory: what was folded goes, and all that stands around it stays.
func TestWithoutHistory(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		found    bool
	}{
		{`<p>Hi</p><details><summary>•••</summary><blockquote>said<details><summary>more</summary>x</details></blockquote></details><p>Ann</p>`, `<p>Hi</p><p>Ann</p>`, true},
		{`<p>Hi</p><details><summary>•••</summary>said`, `<p>Hi</p>`, true},
		{`<p>Hi</p><details><summary>more</summary>of hers</details>`, `<p>Hi</p><details><summary>more</summary>of hers</details>`, false},
	} {
		if got, found := WithoutHistory(tt.in); got != tt.want || found != tt.found {
			t.Errorf("%s\n got %s, %v\nwant %s", tt.in, got, found, tt.want)
		}
	}
}

func FuzzCarried(f *testing.F) {
	for _, s := range []string{`<details><summary>x</summary>y</details>`, `a<details><summary>•••</summary><p title="</details><script>">y</details>b`, `<img src="cid:a" alt="&quot;&gt;&lt;script&gt;">`, `<summary><img src="cid:b" alt=x>`, `<p style="color:red">x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fresh, _ := WithoutHistory(Sanitise(s))
		if d := mailtest.Dangers(fresh); d != nil {
			t.Fatalf("%q became %q: %v", s, fresh, d)
		}
		got := Carried(Sanitise(s), map[string]string{"a": "1.a"})
		if d := mailtest.Dangers(got); d != nil {
			t.Fatalf("%q became %q: %v", s, got, d)
		}
	})
}
