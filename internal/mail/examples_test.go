package mail

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/mailtest"
)

// TestMailExamples scores real mails against what independent parsers agree on,
// and against what other products' tests expect. The floors are measured.
func TestMailExamples(t *testing.T) {
	dir := mailtest.Examples(t)
	floors := map[string]int{
		"chatwoot/cases.jsonl": 59, "chatwoot/cases.consensus.jsonl": 738, "enmime/cases.consensus.jsonl": 871, "go-mail/cases.consensus.jsonl": 77,
		"inbucket/cases.consensus.jsonl": 129, "mailparser/cases.consensus.jsonl": 167, "mailpit/cases.consensus.jsonl": 109,
	}
	for _, set := range mailtest.Sets {
		t.Run(set, func(t *testing.T) {
			checks, good := 0, 0
			for _, c := range mailtest.Cases(t, dir, set) {
				for field, problem := range mailtest.Check(c, seen(t, c.Raw)) {
					checks++
					if problem == "" {
						good++
						continue
					}
					t.Logf("%s: %s: %.300s", c.ID, field, problem)
				}
			}
			t.Logf("%s: %d of %d", set, good, checks)
			if good < floors[set] {
				t.Errorf("%d agree, fewer than the %d that did", good, floors[set])
			}
		})
	}
}

// seen is what the reader makes of a mail.
func seen(t *testing.T, raw []byte) mailtest.Seen {
	m, err := Parse(t.Context(), raw)
	if err != nil {
		return mailtest.Seen{Problem: err.Error()}
	}
	s := mailtest.Seen{
		Subject: m.Subject, FromEmail: m.From.Email, FromName: m.From.Name, MessageID: m.MessageID, InReplyTo: first(m.InReplyTo), To: emails(m.To), Cc: emails(m.Cc),
		References: m.References, Date: m.Date, HasHTML: m.HTML != "", Text: m.Text, Visible: shown(m.Subject, m.Text), Auto: m.Auto, Customer: m.Sender().Email,
		ReplyTo: first(emails(m.ReplyTo)), OriginalSender: m.Get("X-Original-Sender"),
	}
	for _, f := range m.Files {
		sum := md5.Sum(f.Bytes())
		s.Files = append(s.Files, mailtest.File{Name: f.Name, Type: f.ContentType, ContentID: f.ContentID, MD5: hex.EncodeToString(sum[:]), Size: len(f.Bytes()), Inline: f.Inline})
	}
	return s
}

func shown(subject, text string) string {
	if n := Visible(subject, text); n > 0 {
		return string([]rune(text)[:n])
	}
	return text
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
	dir, all := mailtest.Examples(t), 0
	mailtest.EachLine(t, filepath.Join(dir, "sanitize", "big-list-of-naughty-strings", "cases.jsonl"), func(line []byte) {
		var c struct{ ID, Input string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all++
		raw, err := Write(Outgoing{
			From: Address{c.Input, "a@example.com"}, To: []Address{{c.Input, "b@example.com"}}, Subject: c.Input, Text: "x" + c.Input + "x", MessageID: "x@example.com",
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
		if mailtest.Squeeze(m.Subject) != mailtest.Squeeze(headerClean(c.Input)) {
			t.Errorf("%s: subject %q, not %q", c.ID, m.Subject, headerClean(c.Input))
		}
		if len(m.To) != 1 || m.To[0].Email != "b@example.com" || mailtest.Squeeze(m.To[0].Name) != mailtest.Squeeze(headerClean(c.Input)) {
			t.Errorf("%s: to %q", c.ID, m.To)
		}
		if len(m.Files) != 1 || string(m.Files[0].Data) != c.Input {
			t.Errorf("%s: files %s", c.ID, fileList(m.Files))
		}
	})
	t.Logf("%d strings", all)
}
