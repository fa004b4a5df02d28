package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	files "parley/internal/mail"
)

// The limits of a posted message: lengths in characters, sizes in bytes.
const (
	maxFiles    = 10
	maxFileSize = 10 << 20
	maxAllFiles = 25 << 20
	maxID       = 200
	maxName     = 120
)

// Post is a message that a system posts.
type Post struct {
	Contact    PostContact `json:"contact"`
	Colleague  string      `json:"colleague,omitempty" maxLength:"120" doc:"The name of who of your organisation wrote this to the customer, elsewhere; absent when the customer wrote. It counts as the team's answer, and nobody is sent it"`
	Text       string      `json:"text,omitempty" maxLength:"100000"`
	Subject    string      `json:"subject,omitempty" maxLength:"500"`
	Thread     string      `json:"thread_id,omitempty" maxLength:"200" doc:"For inboxes that group by thread: what belongs together"`
	At         time.Time   `json:"at,omitzero" doc:"When it was written; by default now"`
	ExternalID string      `json:"external_id,omitempty" maxLength:"200" doc:"Your own id of the message"`
	Files      []PostFile  `json:"attachments,omitempty" maxItems:"10"`
}

// PostContact is who wrote.
type PostContact struct {
	ExternalID string `json:"external_id" minLength:"1" maxLength:"200" doc:"Your own id of the customer"`
	Name       string `json:"name,omitempty" maxLength:"120"`
	Email      string `json:"email,omitempty" maxLength:"254"`
	Phone      string `json:"phone,omitempty" maxLength:"40"`
}

// PostFile is an attachment.
type PostFile struct {
	Name        string `json:"name" minLength:"1" maxLength:"200"`
	ContentType string `json:"content_type,omitempty" maxLength:"200" doc:"A hint; Parley looks at the bytes"`
	Data        string `json:"data_base64" contentEncoding:"base64" doc:"At most 10 MB, 25 MB for all"`
}

// Parse implements channel.Channel. Its errors say which field is wrong: they
// are for the developer of the other system.
func (Channel) Parse(_ context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	var p Post
	if err := json.Unmarshal(raw.Body, &p); err != nil {
		return nil, errors.New("the message is not JSON of the described form")
	}
	if raw.Dedupe == "" {
		return nil, errors.New("the message has no key that tells it from others")
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	all, err := p.files()
	if err != nil {
		return nil, err
	}
	in := channel.Inbound{
		Dedupe: raw.Dedupe, At: p.at(raw.At), Text: desk.Clean(p.Text), Subject: desk.Line(p.Subject, desk.MaxSubject), ExternalID: p.ExternalID, Files: all,
		From: p.Contact.identity(a), Colleague: desk.Line(p.Colleague, maxName),
	}
	if p.Thread != "" {
		key := "api:" + p.Thread
		in.Thread = channel.Thread{Parents: []string{key}, Own: []string{key}}
	}
	return []channel.Inbound{in}, nil
}

// Identity returns who a system says a customer is, or what is wrong with that.
func Identity(a channel.Account, c PostContact) (channel.Identity, error) {
	return c.identity(a), Post{Contact: c, Text: "x"}.check()
}

// identity vouches for what a system says of its customers: it holds the secret.
func (c PostContact) identity(a channel.Account) channel.Identity {
	return channel.Identity{
		Kind: "external", Scope: a.ID.String(), ID: c.ExternalID, Name: desk.Line(c.Name, maxName), Email: c.Email, Phone: desk.Line(c.Phone, maxName), Verified: true,
	}
}

func (p Post) check() error {
	if p.Contact.ExternalID == "" {
		return errors.New("contact.external_id says who wrote; it is missing")
	}
	for what, id := range map[string]string{"contact.external_id": p.Contact.ExternalID, "thread_id": p.Thread, "external_id": p.ExternalID} {
		if utf8.RuneCountInString(id) > maxID || id != strings.TrimSpace(id) || strings.ContainsFunc(id, unicode.IsControl) {
			return fmt.Errorf("%s has at most %d characters, no spaces around it and no control characters", what, maxID)
		}
	}
	if strings.TrimSpace(desk.Clean(p.Text)) == "" && len(p.Files) == 0 {
		return errors.New("the message has neither text nor attachments")
	}
	if n := utf8.RuneCountInString(p.Text); n > desk.MaxText {
		return fmt.Errorf("text has %d characters; the most is %d", n, desk.MaxText)
	}
	if e := p.Contact.Email; e != "" {
		if a, err := mail.ParseAddress(e); err != nil || a.Address != e || len(e) > 254 || strings.ContainsFunc(e, unicode.IsControl) {
			return errors.New("contact.email is not a mail address like jane@example.com")
		}
	}
	if !p.At.IsZero() && p.At.Year() < 1970 {
		return errors.New("at is before 1970; it is when the message was written, in RFC 3339")
	}
	return nil
}

// at returns when the message was written. A clock that is ahead of ours does
// not put a message into the future, where it would stay the newest.
func (p Post) at(arrived time.Time) time.Time {
	if p.At.IsZero() || p.At.After(arrived) {
		return arrived
	}
	return p.At.UTC()
}

func (p Post) files() (all []channel.File, err error) {
	if len(p.Files) > maxFiles {
		return nil, fmt.Errorf("attachments are %d; the most is %d", len(p.Files), maxFiles)
	}
	total := 0
	for i, f := range p.Files {
		if base64.StdEncoding.DecodedLen(len(f.Data)) > 2*maxFileSize { // with line breaks in it, generously
			return nil, tooLarge(i)
		}
		data, err := base64.StdEncoding.DecodeString(f.Data)
		switch {
		case err != nil:
			return nil, fmt.Errorf("attachments[%d].data_base64 is not base64 with its padding", i)
		case len(data) > maxFileSize:
			return nil, tooLarge(i)
		}
		if total += len(data); total > maxAllFiles {
			return nil, fmt.Errorf("the attachments are larger than %d MB together", maxAllFiles>>20)
		}
		contentType := blob.Sniff(data)
		all = append(all, channel.File{Name: files.FileName(f.Name, contentType), ContentType: contentType, Data: data})
	}
	return all, nil
}

func tooLarge(i int) error {
	return fmt.Errorf("attachments[%d] is larger than %d MB", i, maxFileSize>>20)
}
