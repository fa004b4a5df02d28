package api

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// NewMailContent is what you write to somebody, as far as you have come.
type NewMailContent struct {
	Inbox   desk.InboxID   `json:"inbox_id,omitempty"`
	Channel desk.ChannelID `json:"channel_id,omitempty" doc:"From which address of the inbox; absent is its first"`
	Contact desk.ContactID `json:"contact_id,omitempty" doc:"The customer whose address the first one is; absent is whoever has it"`
	Letter
	Text  string              `json:"text" maxLength:"200000"`
	Files []desk.AttachmentID `json:"attachment_ids,omitempty" maxItems:"20"`
}

// Letter is to whom a draft goes, and under which subject, as it was typed: it is
// checked when it is sent.
type Letter struct {
	To      []string     `json:"to,omitempty" maxItems:"50"`
	Cc      []string     `json:"cc,omitempty" maxItems:"50"`
	Bcc     []string     `json:"bcc,omitempty" maxItems:"50"`
	Subject string       `json:"subject,omitempty" maxLength:"500"`
	Quoting desk.Quoting `json:"quoting,omitempty" enum:"leave_out,include"`
}

// NewMail is a mail to somebody that you have begun and not sent.
type NewMail struct {
	Name string `json:"name" doc:"The name that you gave it"`
	NewMailContent
	Attachments []Attachment `json:"attachments" doc:"The files that are still there"`
	Revision    int64        `json:"revision" doc:"Send back the one you have; another one means that another window changed it"`
	UpdatedAt   time.Time    `json:"updated_at"`
}

// newMails registers the mails that somebody has begun.
func (s *server) newMails(path string) {
	const tag = "Conversations"
	type Path struct {
		InWorkspace
		Name string `path:"name" maxLength:"64" pattern:"^[A-Za-z0-9-]+$" patternDescription:"letters, digits and hyphens" doc:"A name of your own"`
	}
	route(s, operation{id: "list-new-mails", method: "GET", path: path + "/new-mails", summary: "Mails that you have begun to write to somebody, the newest first", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, _ *InWorkspace) (*body[page[NewMail]], error) {
			out := &body[page[NewMail]]{page[NewMail]{Items: []NewMail{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.NewMails()
				for _, m := range all {
					shown, err := newMailOf(tx, m, app.ActorFrom(ctx))
					if err != nil {
						return err
					}
					out.Body.Items = append(out.Body.Items, shown)
				}
				return err
			})
			return out, err
		})
	route(s, operation{id: "save-new-mail", method: "PUT", path: path + "/new-mails/{name}", summary: "Keep a mail that you have begun to write to somebody", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			Path
			Body struct {
				NewMailContent
				Revision int64 `json:"revision" minimum:"0"`
			}
		}) (*body[NewMail], error) {
			b := in.Body
			m, err := s.App.SaveNewMail(ctx, store.NewMail{
				Name: in.Name, Inbox: b.Inbox, Channel: b.Channel, Contact: b.Contact, Header: desk.Header(b.Letter), Text: b.Text, Files: b.Files, Revision: b.Revision,
			})
			if err != nil {
				return nil, err
			}
			out := &body[NewMail]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) {
				out.Body, err = newMailOf(tx, m, app.ActorFrom(ctx))
				return err
			})
			return out, err
		})
	route(s, operation{id: "delete-new-mail", method: "DELETE", path: path + "/new-mails/{name}", summary: "Drop a mail that you have begun", tag: tag, need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *Path) (*struct{}, error) { return nil, s.App.DeleteNewMail(ctx, in.Name) })
}

func newMailOf(tx *store.Tx, m store.NewMail, owner desk.Actor) (NewMail, error) {
	out := NewMail{
		Name: m.Name, Attachments: []Attachment{}, Revision: m.Revision, UpdatedAt: m.UpdatedAt,
		NewMailContent: NewMailContent{Inbox: m.Inbox, Channel: m.Channel, Contact: m.Contact, Letter: Letter(m.Header), Text: m.Text, Files: m.Files},
	}
	files, err := tx.DraftFiles(m.Files, app.Uploader(owner))
	for _, f := range files {
		out.Attachments = append(out.Attachments, attachment("/api/v1/workspaces/"+tx.Scope().Workspace.String(), f))
	}
	return out, err
}
