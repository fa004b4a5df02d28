package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
)

// Dedupe returns what is equal for two copies of one mail: its id with a digest
// of who, when and what, since ids are reused by bad clients and by attackers.
// A mail without an id is told by its content alone.
func Dedupe(raw []byte) string {
	raw = trimStart(raw)
	header, content, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if h, c, lf := bytes.Cut(raw, []byte("\n\n")); lf && (!ok || len(h) < len(header)) {
		header, content, ok = h, c, true
	}
	h := sha256.New()
	id := ""
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.Clone(header), "\r\n\r\n"...)))
	if ok && err == nil {
		id = first(ids(headerClean(m.Header.Get("Message-Id"))))
		fmt.Fprintf(h, "%s\n%s\n", m.Header.Get("From"), m.Header.Get("Date"))
	} else {
		h.Write(header)
	}
	for rest, more := bytes.TrimSpace(content), true; more; { // without a copy: a mail may be large
		var line []byte
		if line, rest, more = bytes.Cut(rest, []byte("\r\n")); more {
			h.Write(line)
			h.Write([]byte("\n"))
			continue
		}
		h.Write(line)
	}
	if len(id) > 200 {
		id = id[:200]
	}
	return clean(id) + " " + hex.EncodeToString(h.Sum(nil)[:16])
}
