package mailtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Seen is what was made of a mail. A field that this view of it does not show is
// named in Hidden and not compared.
type Seen struct {
	Problem                           string // why nothing was made of it
	Subject, FromEmail, FromName      string
	MessageID, InReplyTo              string
	To, Cc, References                []string // addresses; ids
	Date                              time.Time
	HasHTML                           bool
	Text, Visible                     string // all of it; what is not folded
	Files                             []File
	Auto                              string
	Customer, ReplyTo, OriginalSender string // addresses: who would be answered, and two headers
	Hidden                            []string
}

// File is an attachment or an inline picture.
type File struct {
	Name, Type, ContentID, MD5 string
	Size                       int
	Inline                     bool
}

// Check returns a problem, or "", for every field that a case expects and that
// is shown.
func Check(c Case, s Seen) map[string]string {
	if s.Problem != "" {
		return map[string]string{"parse": s.Problem}
	}
	k := check{out: map[string]string{}, seen: s}
	e := c.Expect
	if e.MustParse {
		k.want("parse", true, "")
	}
	k.same("subject", e.Subject, s.Subject)
	if e.FromEmail != nil {
		k.want("from", strings.EqualFold(*e.FromEmail, s.FromEmail), "want %q, got %q", *e.FromEmail, s.FromEmail)
	}
	k.same("from name", e.FromName, s.FromName)
	k.same("message id", e.MessageID, s.MessageID)
	if e.Date != nil {
		k.want("date", e.Date.Truncate(time.Second).Equal(s.Date), "want %v, got %v", e.Date, s.Date)
	}
	k.list("to", folded(e.To), folded(s.To))
	k.list("cc", folded(e.Cc), folded(s.Cc))
	if id, ok := e.InReplyTo.(string); ok {
		k.want("in reply to", s.InReplyTo == id, "want %q, got %q", id, s.InReplyTo)
	}
	k.list("references", e.References, s.References)
	if e.HasHTML != nil {
		k.want("html", *e.HasHTML == s.HasHTML, "want %v", *e.HasHTML)
	}
	for _, line := range e.Contains {
		k.want("text "+line, strings.Contains(Letters(s.Text), Letters(line)), "not in %.200q", s.Text)
	}
	k.files(c)
	k.kind(c)
	k.reply(c)
	k.absent(c)
	return k.out
}

type check struct {
	out  map[string]string
	seen Seen
}

func (k *check) want(field string, ok bool, format string, args ...any) {
	if word, _, _ := strings.Cut(field, ":"); slices.Contains(k.seen.Hidden, word) {
		return
	}
	k.out[field] = ""
	if !ok {
		k.out[field] = fmt.Sprintf(format, args...)
	}
}

func (k *check) same(field string, expect *string, got string) {
	if expect != nil {
		k.want(field, Squeeze(*expect) == Squeeze(got), "want %q, got %q", *expect, got)
	}
}

func (k *check) list(field string, expect, got []string) {
	if expect != nil {
		k.want(field, slices.Equal(expect, got), "want %q, got %q", expect, got)
	}
}

func (k *check) files(c Case) {
	e, files := c.Expect, k.seen.Files
	for _, f := range e.Attachments {
		i := slices.IndexFunc(files, func(g File) bool { return (f.MD5 == "" || g.MD5 == f.MD5) && (f.Name == "" || f.Name == g.Name) })
		k.want("file: "+f.Name, i >= 0, "not in %v", files)
		if i < 0 {
			continue
		}
		if f.Size != nil {
			k.want("file size: "+f.Name, files[i].Size == *f.Size, "want %d, got %v", *f.Size, files[i])
		}
		if f.Type != "" {
			got, _, _ := strings.Cut(files[i].Type, ";")
			k.want("file type: "+f.Name, got == strings.Replace(f.Type, "image/jpg", "image/jpeg", 1), "want %s, got %v", f.Type, files[i])
		}
	}
	if e.AttachmentCount != nil {
		k.want("file count", len(files) == *e.AttachmentCount, "want %d, got %v", *e.AttachmentCount, files)
	}
	if e.NotInline != nil {
		n := len(slices.DeleteFunc(slices.Clone(files), func(f File) bool { return f.Inline }))
		k.want("file count not inline", n == *e.NotInline, "want %d, got %v", *e.NotInline, files)
	}
	for _, id := range e.InlineCIDs {
		k.want("cid: "+id, slices.ContainsFunc(files, func(f File) bool { return f.Inline && f.ContentID == id }), "not in %v", files)
	}
}

// kind is who wrote it: a person, a program, and whom to answer.
func (k *check) kind(c Case) {
	e, s := c.Expect, k.seen
	if e.Auto != nil {
		k.want("auto", *e.Auto == (s.Auto != ""), "want %v, got %q", *e.Auto, s.Auto)
	}
	if e.Bounce {
		k.want("auto: bounce", s.Auto == "bounce", "got %q", s.Auto)
	}
	switch e.CustomerIs {
	case "reply_to":
		k.want("customer", strings.EqualFold(s.Customer, s.ReplyTo), "got %q", s.Customer)
	case "x_original_sender":
		k.want("customer", strings.EqualFold(s.Customer, s.OriginalSender), "got %q", s.Customer)
	}
	if e.Customer != "" {
		k.want("customer", s.Customer == e.Customer, "got %q", s.Customer)
	}
	if e.NoSender {
		k.want("no sender", s.FromEmail == "", "got %q", s.FromEmail)
	}
	if e.Empty {
		k.want("empty", strings.TrimSpace(s.Text) == "", "got %q", s.Text)
	}
}

func (k *check) reply(c Case) {
	e, visible := c.Expect, k.seen.Visible
	if e.Reply != nil {
		k.want("reply", Letters(*e.Reply) == Letters(visible), "want %q, got %q", *e.Reply, visible)
	}
	if e.StartsWith != "" {
		k.want("reply starts", strings.HasPrefix(Letters(visible), Letters(e.StartsWith)), "want %q, got %q", e.StartsWith, visible)
	}
	for _, s := range e.MustKeep {
		k.want("keep: "+s, strings.Contains(Letters(visible), Letters(s)), "hidden in %q", visible)
	}
}

// absent fields are those that the expectations name as empty, and their words here.
var absent = map[string]string{
	"subject": "subject", "from_email": "from", "to": "to", "cc": "cc", "message_id": "message id", "in_reply_to": "in reply to", "references": "references", "from_display_name": "from name",
}

func (k *check) absent(c Case) {
	s := k.seen
	got := map[string]string{
		"subject": s.Subject, "from_email": s.FromEmail, "to": strings.Join(s.To, " "), "cc": strings.Join(s.Cc, " "), "message_id": s.MessageID,
		"in_reply_to": s.InReplyTo, "references": strings.Join(s.References, " "), "from_display_name": s.FromName,
	}
	if len(s.Files) > 0 {
		got["attachments"] = fmt.Sprint(s.Files)
	}
	for _, field := range c.Expect.Absent {
		if !slices.Contains(s.Hidden, absent[field]) {
			k.want("absent "+field, got[field] == "", "got %q", got[field])
		}
	}
}

// Squeeze returns s with single spaces.
func Squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// Letters returns s without white space and marks, in which parsers differ.
func Letters(s string) string { return blank.ReplaceAllString(s, "") }

var blank = regexp.MustCompile(`[\s>\x{a0}*_]+`)

func folded(all []string) (out []string) {
	for _, s := range all {
		out = append(out, strings.ToLower(s))
	}
	return out
}
