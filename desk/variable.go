package desk

import (
	"regexp"
	"slices"
	"strings"
)

// Variables are the names that a text may have between double braces, and what
// each stands for: {{contact.first_name}}, or with a fallback for when it is
// unknown {{contact.first_name|there}}. A name without a dot, {{time}}, is a blank
// that whoever writes fills in. A backslash before the braces leaves them as they are.
var Variables = []string{
	"contact.name", "contact.first_name", "contact.email", "contact.phone", "contact.language",
	"conversation.id", "conversation.subject", "agent.name", "agent.first_name", "agent.title", "agent.email", "inbox.name", "workspace.name",
}

// variable is the grammar; web/src/lib/quick/variables.ts has the same one, and
// testdata/variables.json is the test of both.
var variable = regexp.MustCompile(`\\?\{\{[ \t]*(\p{L}[\p{L}\p{N}_-]*(?:\.[a-z_]+| [\p{L}\p{N}_ -]*[\p{L}\p{N}])?)[ \t]*(\|[^{}\n]*)?\}\}`)

// Known are the values of variables; those without a value are absent.
type Known map[string]string

// NewKnown returns what is known where somebody writes: the values are one line
// each, and no markup, whatever a customer calls themself.
func NewKnown(contact Contact, c Conversation, agent Member, inbox Inbox, workspace string) Known {
	name := contact.Name
	if strings.Contains(name, "@") {
		name = "" // a mail address is nobody's name
	}
	k := Known{}
	for variable, value := range map[string]string{
		"contact.name": name, "contact.first_name": FirstName(name), "contact.email": contact.Email, "contact.phone": contact.Phone, "contact.language": contact.Language,
		"conversation.id": c.ID.String(), "conversation.subject": c.Subject,
		"agent.name": agent.Name, "agent.first_name": FirstName(agent.Name), "agent.title": agent.Title, "agent.email": agent.Email, "inbox.name": inbox.Name, "workspace.name": workspace,
	} {
		if v := unmarked(Line(value, 200)); v != "" {
			k[variable] = v
		}
	}
	return k
}

// plain takes away what could be a mark or a variable.
var plain = strings.NewReplacer("{", "(", "}", ")", "[", "(", "]", ")", "<", "", ">", "", "*", "", "`", "'", "\\", "/", "~", "")

var (
	// marks are underscores that are not within a word, and what begins a list or a heading.
	marks = regexp.MustCompile(`^[-+#]+(?:\s+|$)|(?:^|[^\p{L}\p{N}_])(_+)|(_+)(?:[^\p{L}\p{N}_]|$)`)
	// links are what makes a link of what follows.
	links = regexp.MustCompile(`(?i)[a-z]*://|www\.`)
)

// unmarked returns a value that no channel reads as markup or as a link, and that is
// no variable (F2-34).
func unmarked(v string) string {
	for v = plain.Replace(v); ; {
		next := links.ReplaceAllString(marks.ReplaceAllStringFunc(v, func(s string) string { return strings.Trim(s, "_-+#") }), "")
		if next = strings.TrimSpace(next); next == v {
			return v
		}
		v = next
	}
}

// Fill puts what is known into a text. What is unknown and has no fallback stays
// as it is and is returned: somebody fills it in before it is sent (F2-20).
func (k Known) Fill(text string) (filled string, missing []string) {
	filled = variable.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			return found
		}
		part := variable.FindStringSubmatch(found)
		if v := k[part[1]]; v != "" {
			return v
		}
		if part[2] != "" {
			return strings.TrimSpace(part[2][1:])
		}
		if !slices.Contains(missing, part[1]) {
			missing = append(missing, part[1])
		}
		return "{{" + part[1] + "}}"
	})
	return filled, missing
}

// Blanks returns what is still to be filled in of a text, each once.
func Blanks(text string) []string {
	_, missing := Known{}.Fill(text)
	return missing
}

// CheckTemplate refuses a text that is used again and again and cannot be: by its
// variables, or as it shows a picture.
func CheckTemplate(text string) error {
	if err := CheckVariables(text); err != nil {
		return err
	}
	return checkNoPictures(text)
}

// CheckVariables refuses a text with a variable that there is none of, or with
// braces that say nothing.
func CheckVariables(text string) error {
	rest := variable.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			return ""
		}
		return found
	})
	for _, part := range variable.FindAllStringSubmatch(rest, -1) {
		if strings.Contains(part[1], ".") && !slices.Contains(Variables, part[1]) {
			return Errorf(Invalid, "There is no variable {{%s}}. Use one of %s, or a name without a dot for a blank to fill in.", part[1], strings.Join(Variables, ", "))
		}
	}
	left := variable.ReplaceAllString(rest, "")
	if i := strings.Index(left, "{{"); i >= 0 {
		return Errorf(Invalid, "The braces at “%s” are no variable. Write {{contact.first_name|there}}, or \\{{ where braces are meant.", Line(left[i:], 24))
	}
	return nil
}
