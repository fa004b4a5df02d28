package mail

import "strings"

// unflow joins the lines of a paragraph that its sender's program broke (RFC 3676):
// a line that ends with a space goes on with the next one of the same depth of
// quotes. With delsp the space belongs to the break, and goes.
func unflow(s string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(s))
	flowing, depth := false, 0
	for l := range strings.Lines(s) {
		text := strings.TrimRight(l, "\r\n")
		quotes := len(text) - len(strings.TrimLeft(text, ">"))
		text = strings.TrimPrefix(text[quotes:], " ") // what stuffing put there
		if flowing && (quotes != depth || text == "-- " || text == "") {
			out.WriteByte('\n')
			flowing = false
		}
		if !flowing && quotes > 0 {
			out.WriteString(strings.Repeat(">", quotes) + " ")
		}
		flowing, depth = strings.HasSuffix(text, " ") && text != "-- ", quotes
		if flowing && delsp {
			text = text[:len(text)-1]
		}
		out.WriteString(text)
		if !flowing && len(l) > len(strings.TrimRight(l, "\r\n")) {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
