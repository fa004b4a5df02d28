package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// plainDigest is what the digest of a content is by its definition.
func plainDigest(content []byte) string {
	sum := sha256.Sum256(bytes.ReplaceAll(bytes.TrimSpace(content), []byte("\r\n"), []byte("\n")))
	return " " + hex.EncodeToString(sum[:16])
}

// A mail that is read piece by piece has the key that it has as a whole, wherever the pieces end.
func FuzzKey(f *testing.F) {
	for _, s := range []string{
		"", "x", "\r\n \t\r\n", "a\r\nb\r\n\r\n", "a\rb\n\r\n", "\u00a0 word \u2003\u00a0\r\n", "\xc2", "a\r\r\n\r", strings.Repeat(" ", 70) + "end" + strings.Repeat("\r\n", 70),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, pieces := range []func(*digest){
			func(d *digest) { _, _ = d.Write(content) },
			func(d *digest) {
				for i := range content {
					_, _ = d.Write(content[i : i+1])
				}
			},
		} {
			d := digest{h: sha256.New()}
			pieces(&d)
			d.end()
			if got := " " + hex.EncodeToString(d.h.Sum(nil)[:16]); got != plainDigest(content) {
				t.Errorf("%q: %s, not %s", content, got, plainDigest(content))
			}
		}
		const head = "From: a@example.com\r\n\r\n"
		k := NewKey([]byte(head))
		_, _ = k.Write(content)
		if got, whole := k.Dedupe(), Dedupe(append([]byte(head), content...)); got != whole {
			t.Errorf("%q: %s, not %s", content, got, whole)
		}
	})
}
