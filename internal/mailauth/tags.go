package mailauth

import (
	"errors"
	"strings"
)

var errTags = errors.New("a list of tags is not written as RFC 6376, 3.2 says")

// parseTags reads name=value pairs that semicolons divide (RFC 6376, 3.2).
func parseTags(s string) (map[string]string, error) {
	tags := map[string]string{}
	parts := strings.Split(s, ";")
	for i, part := range parts {
		if strings.TrimFunc(part, isSpace) == "" {
			if i == len(parts)-1 && i > 0 {
				break
			}
			return nil, errTags
		}
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimFunc(name, isSpace)
		if _, twice := tags[name]; !ok || twice || !isTagName(name) {
			return nil, errTags
		}
		tags[name] = strings.TrimFunc(value, isSpace)
	}
	return tags, nil
}

func isTagName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

// squeeze drops the white space that may stand inside base64.
func squeeze(s string) string { return strings.Join(strings.FieldsFunc(s, isSpace), "") }
