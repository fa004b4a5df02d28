// Package mailtest compares what is made of a mail with what others expect of
// it, for tests that read published examples.
package mailtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Sets are the files of expectations, below the folder "email" of the examples.
var Sets = []string{
	"chatwoot/cases.jsonl", "chatwoot/cases.consensus.jsonl", "enmime/cases.consensus.jsonl", "go-mail/cases.consensus.jsonl",
	"inbucket/cases.consensus.jsonl", "mailparser/cases.consensus.jsonl", "mailpit/cases.consensus.jsonl",
}

// Examples returns the folder of published examples beside the project, or
// skips: they are other people's and not part of it.
func Examples(t *testing.T) string {
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

// EachLine calls do with every line of a file of examples, or skips.
func EachLine(t *testing.T, file string, do func(line []byte)) {
	t.Helper()
	if _, err := os.Stat(file); err != nil {
		t.Skipf("%s is not there", file)
	}
	if err := Lines(file, func(line []byte) error { do(line); return nil }); err != nil {
		t.Fatal(err)
	}
}

// Lines calls do with every line of a file until it returns an error.
func Lines(file string, do func(line []byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		if err := do(s.Bytes()); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return s.Err()
}

// Case is a mail and what is expected of it. Absent expectations are nil or zero.
type Case struct {
	ID     string
	File   string // below the folder of the examples
	Raw    []byte `json:"-"`
	Expect struct {
		Subject         *string
		FromEmail       *string `json:"from_email"`
		FromName        *string `json:"from_display_name"`
		To, Cc          []string
		MessageID       *string `json:"message_id"`
		InReplyTo       any     `json:"in_reply_to"`
		References      []string
		Date            *time.Time
		HasHTML         *bool    `json:"has_html"`
		Contains        []string `json:"text_contains"`
		Absent          []string
		MustParse       bool `json:"must_parse"`
		Attachments     []Attachment
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

// Attachment is an expected file.
type Attachment struct {
	MD5, Name, Type string
	Size            *int
}

// Cases returns the cases of a set, with their mails, or skips.
func Cases(t *testing.T, dir, set string) (all []Case) {
	t.Helper()
	EachLine(t, filepath.Join(dir, "email", set), func(line []byte) {
		var c Case
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		var err error
		if c.Raw, err = os.ReadFile(filepath.Join(dir, c.File)); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	})
	return all
}
