package filter

import "fmt"

// Error is a refusal for the person who wrote the condition: what is wrong, where,
// and what to write instead.
type Error struct {
	// From and To are the place in a text, in characters (code points).
	From, To int
	// Path is the place in a tree, like all[0].values[1].
	Path    string
	Message string
}

func (e *Error) Error() string { return e.Message }

func wrong(path, format string, args ...any) *Error {
	return &Error{Path: path, Message: fmt.Sprintf(format, args...)}
}

func clip(s string) string {
	runes := []rune(s)
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}
