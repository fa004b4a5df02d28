package mailauth

import (
	"regexp"
	"strings"
)

// Method is one result that a server reports (RFC 8601, 2.2).
type Method struct {
	Name       string            // folded: spf, dkim, dmarc
	Value      string            // folded: pass, fail
	Properties map[string]string // by type and name, folded: header.from, smtp.mailfrom
	Comment    string            // what stands in brackets, which some put the policy into
}

// Results reads the value of Authentication-Results: who reports, "" where the
// header does not say so, as that of Microsoft 365, and what. What breaks the
// rules is left out.
func Results(value string) (server string, all []Method) {
	for i, part := range clauses(value) {
		text, comment := uncomment(part)
		words := tokens(text)
		if len(words) == 0 {
			continue
		}
		if name, v, ok := strings.Cut(words[0], "="); ok {
			if m := method(name, v, words[1:], comment); m.Name != "" {
				all = append(all, m)
			}
		} else if i == 0 {
			server = unquote(words[0])
		}
	}
	return server, all
}

func method(name, value string, words []string, comment string) Method {
	name, _, _ = strings.Cut(strings.ToLower(name), "/") // a version
	m := Method{Name: name, Value: strings.ToLower(unquote(value)), Properties: map[string]string{}, Comment: comment}
	if m.Name == "" || m.Value == "" {
		return Method{}
	}
	for _, w := range words {
		key, v, ok := strings.Cut(w, "=")
		key = strings.ToLower(key)
		if _, twice := m.Properties[key]; ok && !twice {
			m.Properties[key] = unquote(v)
		}
	}
	return m
}

// clauses cuts at semicolons that stand neither in quotes nor in comments.
func clauses(s string) (all []string) {
	depth, quoted, start := 0, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ';' && depth == 0:
			all, start = append(all, s[start:i]), i+1
		}
	}
	return append(all, s[start:])
}

// uncomment takes out what stands in brackets.
func uncomment(s string) (text, comment string) {
	var out, in strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (quoted || depth > 0):
			if depth == 0 {
				out.WriteByte(c)
				out.WriteByte(s[i+1])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case !quoted && c == '(':
			depth++
			out.WriteByte(' ')
			continue
		case !quoted && c == ')' && depth > 0:
			depth--
			in.WriteByte(' ')
			continue
		}
		if depth > 0 {
			in.WriteByte(c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String(), strings.TrimSpace(in.String())
}

var aroundEquals = regexp.MustCompile(`[ \t\r\n]*=[ \t\r\n]*`)

// tokens are the words of a clause; one in quotes may hold spaces.
func tokens(s string) (all []string) {
	s = aroundEquals.ReplaceAllString(s, "=")
	start, quoted := -1, false
	for i := 0; i <= len(s); i++ {
		end := i == len(s)
		if !end && s[i] == '"' {
			quoted = !quoted
		}
		if end || !quoted && isSpace(rune(s[i])) {
			if start >= 0 {
				all, start = append(all, s[start:i]), -1
			}
			continue
		}
		if start < 0 {
			start = i
		}
	}
	return all
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `\`, "")
	}
	return s
}
