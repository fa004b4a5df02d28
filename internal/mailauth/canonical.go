package mailauth

import (
	"bytes"
	"strings"
)

// relaxedField writes a field for hashing (RFC 6376, 3.4.2), without a line end.
func relaxedField(f field) string {
	return f.name + ":" + strings.Join(strings.FieldsFunc(f.value(), isSpace), " ")
}

func simpleField(f field) string { return strings.TrimSuffix(f.raw, "\r\n") }

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// simpleBody ends in one line end (RFC 6376, 3.4.3).
func simpleBody(body []byte) []byte {
	for bytes.HasSuffix(body, []byte("\r\n")) {
		body = body[:len(body)-2]
	}
	return append(append([]byte{}, body...), "\r\n"...)
}

// relaxedBody has no spaces at the ends of lines, one between words, and no empty
// lines at its end (RFC 6376, 3.4.4).
func relaxedBody(body []byte) []byte {
	out := make([]byte, 0, len(body))
	blank := 0 // empty lines that count only if something follows
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte("\r\n"))
		body = rest
		start := len(out)
		for ; blank > 0 && len(bytes.TrimRight(line, " \t")) > 0; blank-- {
			out = append(out, "\r\n"...)
			start = len(out)
		}
		gap := false
		for _, c := range line {
			if c == ' ' || c == '\t' {
				gap = true
				continue
			}
			if gap {
				out, gap = append(out, ' '), false
			}
			out = append(out, c)
		}
		if len(out) == start {
			blank++
			continue
		}
		out = append(out, "\r\n"...)
	}
	return out
}
