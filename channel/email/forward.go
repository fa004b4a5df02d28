package email

import (
	"html"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/richtext"
)

// forwardedLine stands above a mail that is carried: programs that fold what is
// quoted know it, and leave it open.
const forwardedLine = "---------- Forwarded message ----------"

// forwarded returns messages as a mail carries them below its text, as text and as HTML.
func forwarded(all []channel.Carried) (text, formatted string) {
	var t, h strings.Builder
	for _, c := range all {
		t.WriteString("\n\n" + forwardedLine + "\n")
		h.WriteString("<div><br>" + forwardedLine + "<br>\n")
		for _, line := range [][2]string{
			{"From", c.From.String()}, {"Date", c.At.UTC().Format("Mon, 2 Jan 2006 15:04 -0700")}, {"Subject", desk.Line(c.Subject, desk.MaxSubject)},
			{"To", people(c.To)}, {"Cc", people(c.Cc)},
		} {
			if line[1] != "" {
				t.WriteString(line[0] + ": " + line[1] + "\n")
				h.WriteString(line[0] + ": " + html.EscapeString(line[1]) + "<br>\n")
			}
		}
		t.WriteString("\n" + c.Text + "\n")
		body := c.HTML
		if body == "" {
			body = richtext.Verbatim(c.Text)
		}
		h.WriteString("<br></div>\n" + body)
	}
	return t.String(), h.String()
}

func people(all []desk.Address) string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.String()
	}
	return strings.Join(out, ", ")
}
