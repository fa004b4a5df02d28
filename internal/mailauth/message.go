package mailauth

import (
	"bytes"
	"strings"
)

// field is one field of a header as it came, with its line ends.
type field struct{ name, raw string }

// value returns what stands after the colon, as it came.
func (f field) value() string {
	_, v, _ := strings.Cut(f.raw, ":")
	return v
}

// maxFields is how many fields of a header are looked at; real mails have less
// than a hundred.
const maxFields = 2000

// split cuts a mail into the fields of its header and its body, with line ends
// as they go over the wire.
func split(raw []byte) ([]field, []byte) {
	raw = wire(raw)
	var all []field
	for len(raw) > 0 {
		line := raw
		if i := bytes.Index(raw, []byte("\r\n")); i >= 0 {
			line = raw[:i+2]
		}
		raw = raw[len(line):]
		if string(line) == "\r\n" {
			return all, raw
		}
		if (line[0] == ' ' || line[0] == '\t') && len(all) > 0 {
			all[len(all)-1].raw += string(line)
			continue
		}
		if name, _, ok := strings.Cut(string(line), ":"); ok && len(all) < maxFields {
			all = append(all, field{strings.ToLower(strings.TrimSpace(name)), string(line)})
		}
	}
	return all, nil
}

// wire returns a mail whose lines all end in CR LF.
func wire(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) == bytes.Count(raw, []byte("\r\n")) {
		return raw
	}
	out := make([]byte, 0, len(raw)+len(raw)/32)
	for i, c := range raw {
		if c == '\n' && (i == 0 || raw[i-1] != '\r') {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

func values(all []field, name string) (out []string) {
	for _, f := range all {
		if f.name == name {
			out = append(out, f.value())
		}
	}
	return out
}
