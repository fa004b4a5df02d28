package channel

import (
	"time"

	"parley/desk"
)

// Letter is a mail of the workspace itself to somebody of the team.
type Letter struct {
	FromName    string         // "" is Parley
	ID          desk.MessageID // the mail's own id is made of it: the same at every try
	ToName      string
	To          string
	Subject     string
	Thread      string // letters with the same are shown together; "" is on its own
	Text        string // Markdown, or plain text where there is HTML
	HTML        string // a whole page of ours; "" makes it of Text
	At          time.Time
	Unsubscribe string  // where such mails are ended with one click (RFC 8058); "" is nowhere
	Notice      *Notice // answers to it come back with this; nil goes on its own
}

// Notice names a notification that a letter told of, and when it did.
type Notice struct {
	ID     int64
	Mailed time.Time
}
