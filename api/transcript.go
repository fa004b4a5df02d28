package api

import (
	"context"
	"embed"
	"html/template"
	"io"
	"mime"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
	"parley/store"
)

//go:embed transcript.html transcript.txt
var transcriptFiles embed.FS

var (
	transcriptHTML = template.Must(template.ParseFS(transcriptFiles, "transcript.html"))
	transcriptText = texttemplate.Must(texttemplate.ParseFS(transcriptFiles, "transcript.txt"))
)

// transcriptPolicy is for a page without a script, which the inbox may frame to print it.
const transcriptPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// transcript is what a file of a conversation says.
type transcript struct {
	Subject, Customer, Address string
	ID                         string
	State                      string
	Zone                       string
	Opened, Made               string
	Notes                      bool
	Lines                      []transcriptLine
}

// transcriptLine is one message or note.
type transcriptLine struct {
	Who, Side, At, Text string
	Note                bool
	Files               []string
	Problem             string // what became of it, if it did not arrive
}

// transcriptPage is how many messages are read at once.
const transcriptPage = 500

func (s *server) transcripts(path string) {
	route(s, operation{id: "get-transcript", method: "GET", path: path + "/conversations/{id}/transcript", summary: "What was said, as a file to keep or to print", tag: "Conversations", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ConversationPath
			Format string `query:"format" enum:"html,text" default:"html"`
			Notes  bool   `query:"notes" doc:"With what only the team sees; leave it out of what a customer is given"`
			Zone   string `query:"zone" maxLength:"60" default:"UTC" doc:"The time zone of its times: Europe/Berlin"`
			Inline bool   `query:"inline" doc:"To be shown, and printed, instead of kept"`
		}) (*huma.StreamResponse, error) {
			zone, err := time.LoadLocation(in.Zone)
			if err != nil || in.Zone == "Local" {
				return nil, desk.Errorf(desk.Invalid, "There is no time zone called %q. Choose one like Europe/Berlin or UTC.", desk.Line(in.Zone, 60))
			}
			var t transcript
			err = s.read(ctx, func(tx *store.Tx) (err error) { t, err = s.transcript(tx, in.ID.V, in.Notes, zone); return err })
			if err != nil {
				return nil, err
			}
			kind, ending, write := "text/html; charset=utf-8", ".html", func(w io.Writer) error { return transcriptHTML.Execute(w, t) }
			if in.Format == "text" {
				kind, ending, write = "text/plain; charset=utf-8", ".txt", func(w io.Writer) error { return transcriptText.Execute(w, t) }
			}
			var b strings.Builder
			if err := write(&b); err != nil {
				return nil, err
			}
			disposition := "attachment"
			if in.Inline {
				disposition = "inline"
			}
			name := mail.FileName(desk.Line(t.Subject, 80), "conversation") + ending
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Content-Type", kind)
				ctx.SetHeader("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
				ctx.SetHeader("Content-Security-Policy", transcriptPolicy)
				_, _ = io.WriteString(ctx.BodyWriter(), b.String()) // the client may be gone
			}}, nil
		})
}

func (s *server) transcript(tx *store.Tx, id desk.ConversationID, notes bool, zone *time.Location) (t transcript, err error) {
	c, err := tx.Conversation(id)
	if err != nil {
		return t, err
	}
	contacts, err := tx.Contacts([]desk.ContactID{c.Contact}) // also for whoever only reads this one of them
	if err != nil {
		return t, err
	}
	contact := contacts[c.Contact]
	at := func(when time.Time) string { return when.In(zone).Format("2 January 2006, 15:04") }
	t = transcript{
		Subject: c.Subject, Customer: contact.Title(), Address: contact.Email, ID: c.ID.String(), State: c.Label(s.now()), Zone: zone.String(), Opened: at(c.OpenedAt),
		Made: at(s.now()), Notes: notes,
	}
	if t.Subject == "" {
		t.Subject = "Conversation with " + t.Customer
	}
	for after := desk.MessageID(0); ; {
		all, err := tx.Transcript(id, notes, after, transcriptPage)
		if err != nil {
			return t, err
		}
		for i := range all {
			after = all[i].ID
			t.Lines = append(t.Lines, transcriptLineOf(&all[i], t.Customer, at))
		}
		if len(all) < transcriptPage {
			return t, nil
		}
	}
}

func transcriptLineOf(m *desk.Message, customer string, at func(time.Time) string) transcriptLine {
	l := transcriptLine{Who: m.AuthorName, Side: "Team", At: at(m.At), Text: m.Text, Note: m.Kind == desk.KindNote}
	if m.Markdown && !l.Note {
		_, l.Text, _ = richtext.Shown(m.Text, names(m.Files)) // what cannot be formatted is shown as it was typed
	}
	switch {
	case m.AuthorKind == desk.AuthorAI:
		l.Side = "AI"
	case m.Side == desk.SideCustomer:
		l.Side = "Customer"
		if l.Who == "" {
			l.Who = customer
		}
	}
	switch {
	case m.Unreadable:
		l.Problem = "This mail could not be read."
	case m.Delivery == desk.DeliveryFailed:
		l.Problem = "This message did not arrive."
	case m.Delivery == desk.DeliveryUnknown:
		l.Problem = "Nobody knows whether this message arrived."
	}
	for _, f := range m.Files {
		if !f.Inline {
			l.Files = append(l.Files, f.Name)
		}
	}
	return l
}
