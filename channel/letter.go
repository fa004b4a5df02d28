package channel

import (
	"time"

	"parley/desk"
)

// Letter is a mail of the workspace itself to somebody of the team.
type Letter struct {
	ID      desk.MessageID // the mail's own id is made of it: the same at every try
	ToName  string
	To      string
	Subject string
	Thread  string // letters with the same are shown together; "" is on its own
	Text    string // Markdown
	At      time.Time
}
