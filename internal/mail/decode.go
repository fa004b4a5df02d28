package mail

import (
	"bytes"
	"io"
	"strings"
)

// large is from how many encoded bytes a file is not decoded until it is stored.
const large = 256 << 10

// encoding returns how a part's body is encoded for transport, in lower case.
func (p *part) encoding() string {
	s := strings.ToLower(strings.TrimSpace(p.header.Get("Content-Transfer-Encoding")))
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return strings.Trim(s, `"'`)
}

// open reads a part's body, decoded, from its beginning. What cannot be decoded is
// left out or stays as it is; an encoding that nobody knows is none.
func (p *part) open() io.Reader {
	switch p.encoding() {
	case "base64":
		return &base64Reader{rest: p.body}
	case "quoted-printable":
		return &printableReader{rest: p.body}
	}
	return bytes.NewReader(p.body)
}

// decoded returns at most limit bytes of a part's body, decoded.
func (p *part) decoded(limit int) []byte {
	if limit >= len(p.body) && p.encoding() != "base64" && p.encoding() != "quoted-printable" {
		return p.body
	}
	var b bytes.Buffer
	b.Grow(min(limit, len(p.body)) + bytes.MinRead)
	_, _ = b.ReadFrom(io.LimitReader(p.open(), int64(limit))) // nothing in memory fails to be read
	return b.Bytes()
}

// base64Reader decodes base64 and skips what is none. Pieces that were encoded one
// by one, each with padding, are decoded one by one.
type base64Reader struct {
	rest []byte
	bits uint32
	held int // letters in bits
	out  [3]byte
	left []byte // of out
}

// sextets maps letters to values; others to 255.
var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	return t
}()

// Read implements io.Reader.
func (r *base64Reader) Read(b []byte) (n int, err error) {
	for {
		c := copy(b[n:], r.left)
		n, r.left = n+c, r.left[c:]
		if n == len(b) || !r.fill() {
			break
		}
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// fill decodes the next letters; it is false at the end.
func (r *base64Reader) fill() bool {
	for i, c := range r.rest {
		v := sextets[c]
		if v == 255 && (c != '=' || r.held == 0) {
			continue
		}
		if v != 255 {
			r.bits, r.held = r.bits<<6|uint32(v), r.held+1
		}
		if r.held == 4 || v == 255 {
			r.rest = r.rest[i+1:]
			r.flush()
			return true
		}
	}
	r.rest = nil
	if r.held == 0 {
		return false
	}
	r.flush()
	return true
}

// flush makes bytes of the letters that are held: a letter too few is nothing.
func (r *base64Reader) flush() {
	r.bits <<= 6 * (4 - r.held)
	r.out = [3]byte{byte(r.bits >> 16), byte(r.bits >> 8), byte(r.bits)}
	r.left = r.out[:max(0, r.held-1)]
	r.bits, r.held = 0, 0
}

// printableReader decodes quoted-printable (RFC 2045, 6.7). A = that begins no
// code stays.
type printableReader struct {
	rest, line []byte
}

// Read implements io.Reader.
func (r *printableReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(r.line) == 0 {
			if len(r.rest) == 0 {
				break
			}
			end := len(r.rest)
			if i := bytes.IndexByte(r.rest, '\n'); i >= 0 {
				end = i + 1
			}
			r.line, r.rest = printableLine(r.rest[:end]), r.rest[end:]
			continue
		}
		c := copy(b[n:], r.line)
		n, r.line = n+c, r.line[c:]
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// printableLine decodes a line with its break, which a = before it takes away.
func printableLine(line []byte) []byte {
	text := bytes.TrimRight(line, "\r\n")
	end := line[len(text):]
	text = bytes.TrimRight(text, " \t")
	if bytes.HasSuffix(text, []byte("=")) {
		text, end = text[:len(text)-1], nil
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && i+2 < len(text) {
			if v, ok := hexByte(text[i+1], text[i+2]); ok {
				out = append(out, v)
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return append(out, end...)
}

func hexByte(a, b byte) (byte, bool) {
	x, y := hexDigit(a), hexDigit(b)
	return x<<4 | y, x < 16 && y < 16
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
