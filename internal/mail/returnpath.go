package mail

import (
	"bytes"
	"strings"
)

// ReturnPath returns the envelope sender that the last server wrote on top of a mail
// (RFC 5321, 4.4), and whether it did: "" is the empty one, which notifications have.
func ReturnPath(raw []byte) (address string, ok bool) {
	for raw = trimStart(raw); len(raw) > 0; {
		var line []byte
		line, raw, _ = bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return "", false
		}
		name, value, found := strings.Cut(string(line), ":") // a folded line begins with a space
		if !found || !strings.EqualFold(strings.TrimRight(name, " \t"), "Return-Path") {
			continue
		}
		value = strings.TrimSpace(value)
		if open, end := strings.IndexByte(value, '<'), strings.LastIndexByte(value, '>'); open >= 0 && end > open {
			value = value[open+1 : end]
		}
		return headerClean(value), true
	}
	return "", false
}
