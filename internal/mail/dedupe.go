package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/mail"
	"unicode"
	"unicode/utf8"
)

// HeadSize is in how many bytes at the beginning of a mail a Key looks for its header.
const HeadSize = 256 << 10

// Dedupe returns what is equal for two copies of one mail: its id with a digest
// of who, when and what, since ids are reused by bad clients and by attackers.
// A mail without an id is told by its content alone.
func Dedupe(raw []byte) string {
	n := min(len(raw), HeadSize)
	k := NewKey(raw[:n])
	_, _ = k.Write(raw[n:])
	return k.Dedupe()
}

// Key makes what Dedupe returns of a mail that is not in memory as a whole. What
// follows its head is written to it; it takes everything.
type Key struct {
	id string
	digest
}

// NewKey returns the key of a mail that begins with its first HeadSize bytes, or with
// all if it has fewer.
func NewKey(head []byte) *Key {
	raw := trimStart(head)
	header, content, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if h, c, lf := bytes.Cut(raw, []byte("\n\n")); lf && (!ok || len(h) < len(header)) {
		header, content, ok = h, c, true
	}
	k := &Key{digest: digest{h: sha256.New()}}
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.Clone(header), "\r\n\r\n"...)))
	if ok && err == nil {
		k.id = first(ids(headerClean(m.Header.Get("Message-Id"))))
		fmt.Fprintf(k.h, "%s\n%s\n", m.Header.Get("From"), m.Header.Get("Date"))
	} else {
		k.h.Write(header)
	}
	_, _ = k.Write(content)
	return k
}

// Dedupe ends the mail and returns its key.
func (k *Key) Dedupe() string {
	k.end()
	if len(k.id) > 200 {
		k.id = k.id[:200]
	}
	return clean(k.id) + " " + hex.EncodeToString(k.h.Sum(nil)[:16])
}

// digest hashes the content of a mail, whose lines end as they may, without the white
// space around it.
type digest struct {
	h     hash.Hash
	begun bool
	held  []byte // white space that may be the end, and what may be half of a character
}

// maxHeld is how much white space may be the end of a mail.
const maxHeld = 1 << 20

// Write implements io.Writer.
func (d *digest) Write(b []byte) (int, error) {
	d.held = append(d.held, b...)
	if !d.begun {
		d.held = bytes.TrimLeftFunc(d.held, unicode.IsSpace)
		if len(d.held) < utf8.UTFMax {
			return len(b), nil
		}
		d.begun = true
	}
	whole := wholeRunes(d.held)
	sure := len(bytes.TrimRightFunc(d.held[:whole], unicode.IsSpace))
	if whole-sure > maxHeld {
		sure = whole
	}
	for sure > 0 && d.held[sure-1] == '\r' {
		sure--
	}
	if sure > 0 {
		d.lines(d.held[:sure])
		d.held = append(d.held[:0], d.held[sure:]...)
	}
	return len(b), nil
}

// wholeRunes returns where the character begins of which the end is still to come.
func wholeRunes(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return len(b) - n
			}
			break
		}
	}
	return len(b)
}

func (d *digest) end() {
	if !d.begun {
		d.held = bytes.TrimLeftFunc(d.held, unicode.IsSpace)
	}
	d.lines(bytes.TrimRightFunc(d.held, unicode.IsSpace))
}

// lines hashes whole lines, and what begins one, without a copy: a mail may be large.
func (d *digest) lines(rest []byte) {
	for more := true; more; {
		var line []byte
		if line, rest, more = bytes.Cut(rest, []byte("\r\n")); more {
			d.h.Write(line)
			d.h.Write([]byte("\n"))
			continue
		}
		d.h.Write(line)
	}
}
