// Package mail reads and writes mail: what real clients send, however broken,
// and what every server takes.
package mail

import (
	"bytes"
	"errors"
	"io"
	"net/textproto"
	"time"
)

// Mail is one mail, understood. Its strings are UTF-8 without NUL.
type Mail struct {
	From       Address // without an address if the header names none
	To, Cc     []Address
	ReplyTo    []Address
	Subject    string    // decoded, on one line
	Date       time.Time // UTC; zero if there is none that can be read
	MessageID  string    // without brackets; "" if there is none
	InReplyTo  []string  // message ids without brackets, in the order of the header
	References []string
	Text       string // the whole text; made from the HTML when there is no other
	HTML       string // as it came, not sanitised; "" if there is none that says anything
	Files      []File
	Event      *Event               // what it invites to, or says of an invitation; nil if nothing
	Enclosed   []Enclosed           // mails that are files of it
	Security   Security             // how it is signed or encrypted; "" if it is not
	Auto       string               // "", "reply", "bounce" or "bulk", see Auto
	Header     textproto.MIMEHeader // as it came, undecoded
}

// Address is a name and a mail address.
type Address struct{ Name, Email string }

// String returns the address as people read it.
func (a Address) String() string {
	if a.Name == "" {
		return a.Email
	}
	if a.Email == "" {
		return a.Name
	}
	return a.Name + " <" + a.Email + ">"
}

// File is an attachment or an inline picture.
type File struct {
	Name        string // safe to show and to save, see FileName
	ContentType string // sniffed from the bytes
	ContentID   string // without brackets
	Inline      bool   // a picture that the HTML can show in place
	Data        []byte
	Open        func() io.Reader // reads the bytes, in place of Data, when they are many
}

// Bytes returns all bytes of a file.
func (f File) Bytes() []byte {
	if f.Open == nil {
		return f.Data
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(f.Open()) // they are in memory
	return b.Bytes()
}

// ErrUnreadable says that the bytes are not a mail, or one made to be hard to read.
var ErrUnreadable = errors.New("the mail cannot be read")

// Get returns the first value of a header, decoded, on one line.
func (m *Mail) Get(name string) string { return headerText(m.Header, name) }

// Sender returns who a mail is from for somebody who would answer it: whom
// Reply-To names (RFC 5322, 3.6.2), whom a mailing list wrote out of From, or
// From. own are addresses of ours, which no customer has. Automatic mail and
// mailing lists put others into Reply-To, so theirs is not followed, nor is one that
// leads back to the list.
func (m *Mail) Sender(own ...string) Address {
	if m.Auto != "" {
		return m.From
	}
	if to := m.ReplyTo; len(to) == 1 && to[0].Email != "" && !oneOf(Bare(to[0].Email), own) && !m.ofList(to[0].Email) {
		if to[0].Name == "" {
			to = []Address{{m.From.Name, to[0].Email}}
		}
		return to[0]
	}
	if author, ok := m.List(); ok && !oneOf(Bare(author.Email), own) {
		return author
	}
	return m.From
}

func oneOf(address string, all []string) bool {
	for _, a := range all {
		if address == Bare(a) {
			return true
		}
	}
	return false
}
