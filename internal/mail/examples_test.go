package mail

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// examplesDir returns the folder of published examples beside the project, or
// skips: they are other people's and not part of it.
func examplesDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		if _, err := os.Stat(filepath.Join(dir, "shared", "examples")); err == nil {
			return filepath.Join(dir, "shared", "examples")
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("../shared/examples is not there")
	return ""
}

func eachCase(t *testing.T, file string, do func(line []byte)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Skipf("%s is not there", file)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		do(s.Bytes())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

type mailCase struct {
	ID     string
	Kind   string
	File   string
	Expect struct {
		Subject         *string
		FromEmail       *string `json:"from_email"`
		FromName        *string `json:"from_display_name"`
		To, Cc          []string
		ReplyTo         any     `json:"reply_to"`
		MessageID       *string `json:"message_id"`
		InReplyTo       any     `json:"in_reply_to"`
		References      []string
		Date            *time.Time
		HasHTML         *bool    `json:"has_html"`
		Contains        []string `json:"text_contains"`
		Absent          []string
		MustParse       bool `json:"must_parse"`
		Attachments     []struct{ MD5, Name string }
		AttachmentCount *int     `json:"attachment_count"`
		NotInline       *int     `json:"attachment_count_not_inline"`
		InlineCIDs      []string `json:"inline_cids"`
		Auto            *bool    `json:"is_auto_reply"`
		Bounce          bool     `json:"is_bounce"`
		Reply           *string
		StartsWith      string   `json:"reply_startswith"`
		MustKeep        []string `json:"must_keep"`
		CustomerIs      string   `json:"customer_is"`
		Customer        string   `json:"customer_email"`
		NoSender        bool     `json:"no_sender"`
		Empty           bool     `json:"empty_body"`
	}
}

// TestMailExamples scores real mails against what independent parsers agree on,
// and against what other products' tests expect. The floors are measured.
func TestMailExamples(t *testing.T) {
	dir := examplesDir(t)
	for set, floor := range map[string]int{
		"chatwoot/cases.jsonl": 59, "chatwoot/cases.consensus.jsonl": 628, "enmime/cases.consensus.jsonl": 820, "go-mail/cases.consensus.jsonl": 71,
		"inbucket/cases.consensus.jsonl": 121, "mailparser/cases.consensus.jsonl": 159, "mailpit/cases.consensus.jsonl": 97,
	} {
		t.Run(set, func(t *testing.T) {
			checks, good := 0, 0
			eachCase(t, filepath.Join(dir, "email", set), func(line []byte) {
				var c mailCase
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(filepath.Join(dir, c.File))
				if err != nil {
					t.Fatal(err)
				}
				for field, problem := range checkMail(t, c, raw) {
					checks++
					if problem == "" {
						good++
						continue
					}
					t.Logf("%s: %s: %.300s", c.ID, field, problem)
				}
			})
			t.Logf("%s: %d of %d", set, good, checks)
			if good < floor {
				t.Errorf("%d agree, fewer than the %d that did", good, floor)
			}
		})
	}
}

// checkMail returns a problem, or "", for every field that a case expects.
func checkMail(t *testing.T, c mailCase, raw []byte) map[string]string {
	out := map[string]string{}
	m, err := Parse(t.Context(), raw)
	if err != nil {
		return map[string]string{"parse": err.Error()}
	}
	want := func(field string, ok bool, format string, args ...any) {
		out[field] = ""
		if !ok {
			out[field] = fmt.Sprintf(format, args...)
		}
	}
	e := c.Expect
	if e.MustParse {
		want("parse", true, "")
	}
	same := func(field string, expect *string, got string) {
		if expect != nil {
			want(field, squeeze(*expect) == squeeze(got), "want %q, got %q", *expect, got)
		}
	}
	same("subject", e.Subject, m.Subject)
	if e.FromEmail != nil {
		want("from", strings.EqualFold(*e.FromEmail, m.From.Email), "want %q, got %q", *e.FromEmail, m.From.Email)
	}
	same("from name", e.FromName, m.From.Name)
	same("message id", e.MessageID, m.MessageID)
	if e.Date != nil {
		want("date", e.Date.Truncate(time.Second).Equal(m.Date), "want %v, got %v", e.Date, m.Date)
	}
	if e.To != nil {
		want("to", slices.Equal(folded(e.To), emails(m.To)), "want %q, got %q", e.To, emails(m.To))
	}
	if e.Cc != nil {
		want("cc", slices.Equal(folded(e.Cc), emails(m.Cc)), "want %q, got %q", e.Cc, emails(m.Cc))
	}
	if s, ok := e.InReplyTo.(string); ok {
		want("in reply to", first(m.InReplyTo) == s, "want %q, got %q", s, m.InReplyTo)
	}
	if e.References != nil {
		want("references", slices.Equal(e.References, m.References), "want %q, got %q", e.References, m.References)
	}
	if e.HasHTML != nil {
		want("html", *e.HasHTML == (m.HTML != ""), "want %v, got %.80q", *e.HasHTML, m.HTML)
	}
	for _, s := range e.Contains {
		want("text "+s, strings.Contains(letters(m.Text), letters(s)), "not in %.200q", m.Text)
	}
	for _, f := range e.Attachments {
		ok := slices.ContainsFunc(m.Files, func(g File) bool {
			sum := md5.Sum(g.Data)
			return (f.MD5 == "" || hex.EncodeToString(sum[:]) == f.MD5) && (f.Name == "" || f.Name == g.Name)
		})
		want("file "+f.Name, ok, "not in %s", fileList(m.Files))
	}
	if e.AttachmentCount != nil {
		want("file count", len(m.Files) == *e.AttachmentCount, "want %d, got %s", *e.AttachmentCount, fileList(m.Files))
	}
	if e.NotInline != nil {
		n := len(slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool { return f.Inline }))
		want("file count not inline", n == *e.NotInline, "want %d, got %s", *e.NotInline, fileList(m.Files))
	}
	for _, id := range e.InlineCIDs {
		want("cid "+id, slices.ContainsFunc(m.Files, func(f File) bool { return f.Inline && f.ContentID == id }), "not in %s", fileList(m.Files))
	}
	if e.Auto != nil {
		want("auto", *e.Auto == (m.Auto != ""), "want %v, got %q", *e.Auto, m.Auto)
	}
	if e.Bounce {
		want("bounce", m.Auto == "bounce", "got %q", m.Auto)
	}
	visible := shown(m.Subject, m.Text)
	if e.Reply != nil {
		want("reply", letters(*e.Reply) == letters(visible), "want %q, got %q", *e.Reply, visible)
	}
	if e.StartsWith != "" {
		want("reply starts", strings.HasPrefix(letters(visible), letters(e.StartsWith)), "want %q, got %q", e.StartsWith, visible)
	}
	for _, s := range e.MustKeep {
		want("keep "+s, strings.Contains(letters(visible), letters(s)), "hidden in %q", visible)
	}
	switch e.CustomerIs {
	case "reply_to":
		want("customer", m.Sender() == m.ReplyTo[0] || m.Sender().Email == m.ReplyTo[0].Email, "got %v", m.Sender())
	case "x_original_sender":
		want("customer", strings.EqualFold(m.Sender().Email, m.Get("X-Original-Sender")), "got %v", m.Sender())
	}
	if e.Customer != "" {
		want("customer", m.Sender().Email == e.Customer, "got %v", m.Sender())
	}
	if e.NoSender {
		want("no sender", m.From.Email == "", "got %v", m.From)
	}
	if e.Empty {
		want("empty", strings.TrimSpace(m.Text) == "", "got %q", m.Text)
	}
	for _, field := range e.Absent {
		got := map[string]string{
			"subject": m.Subject, "from_email": m.From.Email, "to": strings.Join(emails(m.To), " "), "cc": strings.Join(emails(m.Cc), " "),
			"message_id": m.MessageID, "in_reply_to": first(m.InReplyTo), "references": first(m.References), "from_display_name": m.From.Name,
		}[field]
		if field == "attachments" && len(m.Files) > 0 {
			got = fileList(m.Files)
		}
		want("absent "+field, got == "", "got %q", got)
	}
	return out
}

func shown(subject, text string) string {
	if n := Visible(subject, text); n > 0 {
		return string([]rune(text)[:n])
	}
	return text
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

var blank = regexp.MustCompile(`[\s>\x{a0}*_]+`)

// letters returns s without white space and marks, in which parsers differ.
func letters(s string) string { return blank.ReplaceAllString(s, "") }

func folded(all []string) (out []string) {
	for _, s := range all {
		out = append(out, strings.ToLower(s))
	}
	return out
}

func emails(all []Address) (out []string) {
	for _, a := range all {
		out = append(out, strings.ToLower(a.Email))
	}
	return out
}

func fileList(all []File) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s (%s, %d bytes, inline %v, id %s) ", f.Name, f.ContentType, len(f.Data), f.Inline, f.ContentID)
	}
	return b.String()
}

// TestNaughtyStrings: whatever people type arrives as it was typed, in a text, a
// subject, a name and the name of a file, and breaks out of none of them.
func TestNaughtyStrings(t *testing.T) {
	dir, all := examplesDir(t), 0
	eachCase(t, filepath.Join(dir, "sanitize", "big-list-of-naughty-strings", "cases.jsonl"), func(line []byte) {
		var c struct{ ID, Input string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all++
		raw, err := Write(Outgoing{
			From: Address{c.Input, "a@example.com"}, To: Address{c.Input, "b@example.com"}, Subject: c.Input, Text: "x" + c.Input + "x", MessageID: "x@example.com",
			Files: []File{{Name: c.Input, ContentType: "text/plain", Data: []byte(c.Input)}},
		})
		if err != nil {
			t.Errorf("%s: %s", c.ID, err)
			return
		}
		m, err := Parse(t.Context(), raw)
		if err != nil {
			t.Errorf("%s: %s", c.ID, err)
			return
		}
		want := strings.ReplaceAll(strings.ReplaceAll(clean(c.Input), "\r\n", "\n"), "\r", "\n")
		if got := strings.ReplaceAll(m.Text, "\r", "\n"); got != "x"+want+"x" {
			t.Errorf("%s: text %q, not %q", c.ID, got, want)
		}
		if squeeze(m.Subject) != squeeze(headerClean(c.Input)) {
			t.Errorf("%s: subject %q, not %q", c.ID, m.Subject, headerClean(c.Input))
		}
		if len(m.To) != 1 || m.To[0].Email != "b@example.com" || squeeze(m.To[0].Name) != squeeze(headerClean(c.Input)) {
			t.Errorf("%s: to %q", c.ID, m.To)
		}
		if len(m.Files) != 1 || string(m.Files[0].Data) != c.Input {
			t.Errorf("%s: files %s", c.ID, fileList(m.Files))
		}
	})
	t.Logf("%d strings", all)
}
