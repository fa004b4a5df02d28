package mail

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// Forwarded is a mail that somebody handed on by hand, in the text of a mail of
// theirs or as its file. Nothing of it is proven: it says what they wrote.
type Forwarded struct {
	From      Address   // who wrote it; without an address if that cannot be read
	Subject   string    // "" if it is not said
	Date      time.Time // UTC; zero if it is not said, or in a form that can mean two days
	MessageID string    // without brackets; "" if it is not known
	Text      string    // without the head above it
	HTML      string    // the same, not sanitised; "" if there is none, or it cannot be told from the rest
	Files     []File
	Note      string // what who handed it on wrote above, without their signature
	Sure      bool   // it can be read without a doubt where it begins and who wrote it
}

// maxHead is of how many lines the head of a mail within a text may be.
const maxHead = 24

// Forward returns the mail that m hands on, and whether it hands one on at all.
// Whoever believes it must know who handed it on.
func (m *Mail) Forward(ctx context.Context) (Forwarded, bool) {
	if m.Auto != "" {
		return Forwarded{}, false
	}
	if f, ok := m.forwardedFile(ctx); ok {
		return f, true
	}
	return m.forwardedText()
}

// forwardedFile reads the one mail that is a file of m, if m is there to hand it on.
func (m *Mail) forwardedFile(ctx context.Context) (f Forwarded, ok bool) {
	at := -1
	for i, file := range m.Files {
		if !strings.HasPrefix(file.ContentType, "message/rfc822") {
			continue
		}
		if at >= 0 {
			return f, false // two are a collection
		}
		at = i
	}
	if at < 0 {
		return f, false
	}
	inner, err := Parse(ctx, m.Files[at].Bytes())
	if err != nil {
		return f, false
	}
	note := withoutSignature(m.Text)
	named := BaseSubject(inner.Subject) != "" && BaseSubject(inner.Subject) == BaseSubject(m.Subject) && !IsAnswer(m.Subject)
	if !isForwardSubject(m.Subject) && !named && note != "" {
		return f, false
	}
	f = Forwarded{
		From: inner.From, Subject: inner.Subject, Date: inner.Date, MessageID: inner.MessageID, Text: inner.Text, HTML: inner.HTML, Note: note,
		Sure: inner.From.Email != "" && inner.Auto == "" && len(addresses(inner.Header, "From")) == 1,
	}
	f.Files = append(f.Files, inner.Files...)
	for i, file := range m.Files {
		if i != at {
			f.Files = append(f.Files, file)
		}
	}
	return f, true
}

func isForwardSubject(s string) bool { return forwarded.MatchString(clip(s, maxRuleLine)) }

// forwardedText reads a mail within the text of m, below a line that says so, or, if
// the subject says so, below its head alone.
func (m *Mail) forwardedText() (Forwarded, bool) {
	lines := strings.Split(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n")
	f, said := newFolding(lines), isForwardSubject(m.Subject)
	for i, line := range lines {
		if len(line) > maxRuleLine || f.after[i] != i {
			continue
		}
		if isQuoted(line) && !said {
			return Forwarded{}, false
		}
		switch sep := f.separator(i); {
		case sep == sepForward, sep == sepHistory && said && f.after[i+1] < len(lines) && f.field[f.after[i+1]] != fieldNone:
			return m.below(f, i, f.after[i+1]), true
		case f.isHeaderBlock(i) && said:
			return m.below(f, i, i), true
		case !said && (sep == sepHistory || f.isAttribution(i) || f.isHeaderBlock(i)):
			return Forwarded{}, false // an answer, in whose history there may be one
		case f.isAttribution(i):
			who := oneAddress(strings.Join(lines[i:min(i+maxAttribution, len(lines))], " "))
			return Forwarded{From: Address{Email: who.Email}}, true // the words before it are not a name
		}
	}
	return Forwarded{}, said
}

// below reads the mail whose head begins at a line; begin is where what is above it ends.
func (m *Mail) below(f *folding, begin, at int) Forwarded {
	h := f.readHead(at)
	out := Forwarded{From: h.from, Subject: headerClean(h.subject), Date: readDate(h.date, m.zone()), Files: m.Files, Note: withoutSignature(strings.Join(f.lines[:begin], "\n"))}
	if !out.Date.Before(m.Date.Add(25*time.Hour)) && !m.Date.IsZero() {
		out.Date = time.Time{} // nobody hands on what is not written yet
	}
	out.Text = unquote(f.lines[min(h.end, len(f.lines)):])
	out.HTML = tailHTML(m.HTML, h.lines)
	if ids := append(append([]string{}, m.InReplyTo...), m.References...); len(ids) > 0 && !IsAnswer(m.Subject) {
		out.MessageID = ids[0]
		if n := len(m.References); n > 0 {
			out.MessageID = m.References[n-1]
		}
	}
	out.Sure = h.from.Email != "" && (h.date != "" || h.subject != "" || h.to)
	return out
}

// head is the head of a mail within a text.
type head struct {
	from          Address // whom it names, if one alone
	date, subject string
	to            bool
	lines         []string // what it is made of
	end           int      // the first line below it
}

// readHead reads the head that begins at line i. Its fields may have blank lines
// between them, if the first two have.
func (f *folding) readHead(i int) (h head) {
	last, seen, gaps, values := fieldNone, map[field]bool{}, false, map[field]string{}
	first := i
	h.end = i
	for ; i < len(f.lines) && i < first+maxHead; i++ {
		line := strings.TrimSpace(strings.TrimLeft(f.lines[i], " \t\u00a0>"))
		name, value := fieldOf(f.lines[i])
		switch {
		case line == "":
			next := f.nextFilled(i)
			if next >= len(f.lines) || len(seen) == 0 {
				h.end = next
				return h.of(values)
			}
			following, _ := fieldOf(f.lines[next])
			if len(seen) == 1 && last != fieldNone && len(h.lines) == 1 && following != fieldNone && following != fieldText {
				gaps = true
			}
			if !gaps || following == fieldNone || following == fieldText || seen[following] && following != fieldTo {
				h.end = next
				return h.of(values)
			}
			continue
		case name != fieldNone && name != fieldText && (!seen[name] || name == fieldTo):
			last, seen[name] = name, true
			values[name] = value
		case len(seen) > 0 && (goesOn(f.lines[i], values[last]) || otherField.MatchString(line)):
			if !otherField.MatchString(line) || goesOn(f.lines[i], values[last]) {
				values[last] += " " + line
			}
		default:
			h.end = i
			return h.of(values)
		}
		h.lines = append(h.lines, line)
		h.end = i + 1
	}
	return h.of(values)
}

// otherField is a line of a head that says something else: how important a mail is,
// or what its files are called.
var otherField = regexp.MustCompile(`^\*?[\pL][\pL -]{2,24}\*?:\*?\s+\S`)

// goesOn reports whether a line is the rest of the value above it.
func goesOn(line, above string) bool {
	above = strings.TrimRight(above, " \t")
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasSuffix(above, ",") || strings.HasSuffix(above, ";") ||
		strings.Contains(line, "<") && strings.Contains(line, "@") && strings.HasSuffix(strings.TrimSpace(line), ">")
}

// nextFilled returns the first line from i on that says something, marked as quoted or not.
func (f *folding) nextFilled(i int) int {
	for ; i < len(f.lines); i++ {
		if strings.TrimLeft(f.lines[i], " \t\u00a0>") != "" {
			return i
		}
	}
	return i
}

func (h head) of(values map[field]string) head {
	h.from, h.date, h.subject, h.to = oneAddress(values[fieldFrom]), values[fieldDate], values[fieldSubject], values[fieldTo] != ""
	return h
}

var anAddress = regexp.MustCompile(`[^\s<>\[\]()"',;:@*]+@[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+`)

// oneAddress returns the address in a line and the name beside it, if there is one
// address alone; a name that is another address is a doubt.
func oneAddress(s string) (a Address) {
	if len(s) > 2*maxRuleLine {
		return a
	}
	for _, found := range anAddress.FindAllString(s, -1) {
		if a.Email != "" && !strings.EqualFold(a.Email, found) || !isAddress(found) {
			return Address{}
		}
		a.Email = found
	}
	if i := strings.Index(s, a.Email); i > 0 {
		name := strings.TrimSuffix(strings.TrimRight(s[:i], " \t<[("), "mailto:")
		a.Name = headerClean(strings.Trim(name, " \t<[(\"'*"))
	}
	return a
}

// withoutSignature returns what somebody wrote, without the signature below it.
func withoutSignature(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for len(lines) > 0 && (isBlank(lines[len(lines)-1]) || dashes.MatchString(clip(lines[len(lines)-1], maxRuleLine))) {
		lines = lines[:len(lines)-1]
	}
	text = strings.TrimSpace(strings.Join(lines, "\n"))
	if n := Visible("", text); n > 0 {
		text = string([]rune(text)[:n])
	}
	if strings.HasPrefix(text, "-- \n") || strings.HasPrefix(text, "--\n") || !strings.Contains(text, "\n") && isMobile([]string{text}, 0) {
		return ""
	}
	return strings.TrimSpace(text)
}

// unquote joins lines, without the marks of a quote if every line has one.
func unquote(lines []string) string {
	for _, l := range lines {
		if !isBlank(l) && !isQuoted(l) {
			return strings.TrimSpace(strings.Join(lines, "\n"))
		}
	}
	bare := make([]string, len(lines))
	for i, l := range lines {
		bare[i] = strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(l, " \t\u00a0"), ">"), " ")
	}
	return strings.TrimSpace(strings.Join(bare, "\n"))
}
