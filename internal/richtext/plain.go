package richtext

import (
	"strconv"
	"strings"

	xhtml "golang.org/x/net/html"
)

// paper is HTML of ours on its way to plain text.
type paper struct {
	b      strings.Builder
	prefix []string // what each line begins with: of quotes, and of what is in lists
	item   string   // what the next line begins with in the place of the last prefix
	lists  []int    // the number of the next item; 0 where items have none
	begun  bool     // something stands on this line
	lines  int      // line feeds that are due before more
	first  bool     // nothing was written yet
}

// plain returns HTML of ours as text: emphasis is left away, lists have dashes and
// numbers, quotes are marked as in mail, and an address stands behind its words.
func plain(s string) string {
	t := &paper{first: true}
	z := xhtml.NewTokenizer(strings.NewReader(s))
	pre, href, from := false, "", 0
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return strings.TrimRight(t.b.String(), "\n ")
		}
		if kind == xhtml.TextToken {
			t.write(xhtml.UnescapeString(string(z.Raw())), pre)
			continue
		}
		token, open := z.Token(), kind != xhtml.EndTagToken
		switch token.Data {
		case "p", "h1", "h2", "h3", "h4", "h5", "h6":
			if t.paragraph(); !open && len(t.lists) > 0 {
				t.lines = 1
			}
		case "br":
			t.lines++
			t.begun = false
		case "pre":
			pre = open
			t.paragraph()
		case "hr":
			t.paragraph()
			t.write("---", true)
			t.paragraph()
		case "blockquote":
			t.paragraph()
			t.nest(open, "> ")
			if !open {
				t.paragraph()
			}
		case "ul", "ol":
			t.list(token, open)
		case "li":
			t.listItem(open)
		case "img":
			t.write(imageWords(attribute(token, "alt")), true)
		case "a":
			if open {
				href, from = hrefOf(token), t.b.Len()
				continue
			}
			said := strings.TrimSpace(t.b.String()[from:])
			if bare := strings.TrimPrefix(href, "mailto:"); href != "" && said != bare && said != href && "http://"+said != href {
				if said == "" {
					t.write(bare, true)
				} else {
					t.write(" ("+bare+")", true)
				}
			}
			href = ""
		}
	}
}

func hrefOf(t xhtml.Token) string {
	for _, a := range t.Attr {
		if a.Key == "href" {
			return a.Val
		}
	}
	return ""
}

func (t *paper) nest(open bool, prefix string) {
	if open {
		t.prefix = append(t.prefix, prefix)
	} else if len(t.prefix) > 0 {
		t.prefix = t.prefix[:len(t.prefix)-1]
	}
}

func (t *paper) list(token xhtml.Token, open bool) {
	if !open {
		if len(t.lists) > 0 {
			t.lists = t.lists[:len(t.lists)-1]
		}
		t.line()
		if len(t.lists) == 0 {
			t.paragraph()
		}
		return
	}
	if t.line(); len(t.lists) == 0 {
		t.paragraph()
	}
	n := 0
	if token.Data == "ol" {
		n = 1
		for _, a := range token.Attr {
			if start, err := strconv.Atoi(a.Val); a.Key == "start" && err == nil {
				n = start
			}
		}
	}
	t.lists = append(t.lists, n)
	if token.Data == "ul" {
		t.lists[len(t.lists)-1] = -1
	}
}

func (t *paper) listItem(open bool) {
	t.line()
	if !open {
		t.nest(false, "")
		t.item = ""
		return
	}
	mark := "- "
	if i := len(t.lists) - 1; i >= 0 && t.lists[i] >= 0 {
		mark = strconv.Itoa(t.lists[i]) + ". "
		t.lists[i]++
	}
	t.nest(true, strings.Repeat(" ", len(mark)))
	t.item = mark
}

// line ends the line, and paragraph leaves an empty one.
func (t *paper) line() {
	if t.begun {
		t.lines = max(t.lines, 1)
	}
	t.begun = false
}

func (t *paper) paragraph() {
	if t.line(); t.item == "" {
		t.lines = max(t.lines, 2)
	}
}

// write puts words on the page; a line feed of HTML is a space that is there already,
// unless it was typed so.
func (t *paper) write(s string, typed bool) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 && typed {
			t.lines++
			t.begun = false
		}
		if line == "" || !typed && !t.begun && strings.TrimSpace(line) == "" {
			continue
		}
		t.begin()
		t.b.WriteString(line)
	}
}

// begin starts a line where none has begun.
func (t *paper) begin() {
	if t.begun {
		return
	}
	for n := t.lines; n > 0 && !t.first; n-- {
		t.b.WriteByte('\n')
		if n > 1 {
			t.b.WriteString(strings.TrimRight(strings.Join(t.prefix, ""), " "))
		}
	}
	prefix := t.prefix
	if t.item != "" && len(prefix) > 0 {
		prefix = prefix[:len(prefix)-1]
	}
	t.b.WriteString(strings.Join(prefix, "") + t.item)
	t.item, t.lines, t.begun, t.first = "", 0, true, false
}
