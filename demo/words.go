package demo

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed words/themes.txt
var themesText string

//go:embed words/cast.txt
var castText string

//go:embed words/contacts.txt
var contactsText string

// theme is one matter that customers write about, told as lines.
type theme struct {
	name     string
	channels []string
	tags     []string
	language string
	subjects []string
	lines    []line
}

// line is what somebody says: 'C' the customer, 'A' the team, 'N' a note.
type line struct {
	by   byte
	text string
}

// themes reads the stories.
func themes() ([]theme, error) {
	var all []theme
	for n, text := range strings.Split(themesText, "\n") {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "= "):
			parts := strings.Split(text[2:], "|")
			if len(parts) != 4 {
				return nil, fmt.Errorf("themes.txt:%d: a theme has a name, channels, tags and a language", n+1)
			}
			all = append(all, theme{
				name: strings.TrimSpace(parts[0]), channels: strings.Fields(parts[1]), tags: strings.Fields(parts[2]), language: strings.TrimSpace(parts[3]),
			})
		case len(all) == 0 || len(text) < 4 || text[1:3] != ": ":
			return nil, fmt.Errorf("themes.txt:%d: %q is no line", n+1, text)
		case text[0] == 'S':
			all[len(all)-1].subjects = append(all[len(all)-1].subjects, text[3:])
		default:
			all[len(all)-1].lines = append(all[len(all)-1].lines, line{text[0], text[3:]})
		}
	}
	return all, nil
}

// colleague is somebody of the team.
type colleague struct {
	role, name string
	inboxes    []string // names; nil is all
}

func (c colleague) email() string {
	return asciiName(strings.Fields(c.name)[0]) + "@halden.example"
}

func cast() ([]colleague, error) {
	var all []colleague
	for text := range strings.Lines(castText) {
		if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		parts := strings.Split(text, "|")
		if len(parts) != 3 {
			return nil, fmt.Errorf("cast.txt: %q is nobody", text)
		}
		c := colleague{role: strings.TrimSpace(parts[0]), name: strings.TrimSpace(parts[1])}
		if in := strings.TrimSpace(parts[2]); in != "all" {
			for name := range strings.SplitSeq(in, ",") {
				c.inboxes = append(c.inboxes, strings.TrimSpace(name))
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// names are what customers of one language are called, and where they live.
type names struct{ given, family, cities, companies []string }

func languages() map[string]*names {
	all := map[string]*names{}
	for text := range strings.Lines(contactsText) {
		head, rest, ok := strings.Cut(strings.TrimSpace(text), ":")
		language, what, _ := strings.Cut(head, " ")
		if !ok || strings.HasPrefix(head, "#") {
			continue
		}
		if all[language] == nil {
			all[language] = &names{}
		}
		list := strings.Fields(rest)
		for i := range list {
			list[i] = strings.ReplaceAll(list[i], "_", " ")
		}
		switch what {
		case "given":
			all[language].given = list
		case "family":
			all[language].family = list
		case "cities":
			all[language].cities = list
		case "companies":
			all[language].companies = list
		}
	}
	return all
}

var plain = strings.NewReplacer("á", "a", "à", "a", "ã", "a", "ä", "ae", "å", "a", "ç", "c", "é", "e", "è", "e", "ë", "e", "ê", "e", "í", "i", "ı", "i", "ñ", "n", "ń", "n",
	"ó", "o", "ö", "oe", "ø", "o", "ú", "u", "ü", "ue", "ß", "ss", "Á", "a", "Å", "a", "Ö", "oe", "Ø", "o", "É", "e", "Ü", "ue")

// asciiName is a name as it stands in an address.
func asciiName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(plain.Replace(s)))
}

// pick returns one of a list.
func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// say chooses among {a|b} and fills in what the story knows.
func say(rng *rand.Rand, text string, slots map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		choice, after, ok := strings.Cut(rest, "}")
		if !ok {
			break
		}
		b.WriteString(pick(rng, strings.Split(choice, "|")))
		text = after
	}
	out := strings.ReplaceAll(b.String(), "¶", "\n")
	for name, value := range slots {
		out = strings.ReplaceAll(out, "<"+name+">", value)
	}
	return strings.TrimSpace(out)
}
