package api

import (
	"context"

	"parley/app"
	"parley/desk"
	"parley/internal/blob"
	"parley/internal/richtext"
)

// MailPreview is a mail as whoever gets it will see it.
type MailPreview struct {
	From        string       `json:"from"`
	To          []string     `json:"to"`
	Cc          []string     `json:"cc,omitempty"`
	Bcc         []string     `json:"bcc,omitempty"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text" doc:"What a program shows that shows no HTML"`
	HTML        string       `json:"html" doc:"What every other program shows: safe to show in a frame without scripts"`
	Attachments []Attachment `json:"attachments" doc:"Its files; those that are inline stand in the HTML"`
}

// previews registers how a mail will look that is not sent yet.
func (s *server) previews(path string) {
	preview[desk.Reply](s, "reply", "See how an answer by mail will arrive; nothing is sent")
	preview[desk.Forward](s, "forward", "See how a forwarded mail will arrive; nothing is sent")
	route(s, operation{id: "preview-start", method: "POST", path: path + "/conversations/preview", summary: "See how a first mail will arrive; nothing is sent", tag: "Conversations", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body StartBody
		}) (*body[MailPreview], error) {
			start := in.Body.start()
			start.ClientID = ""
			p, err := s.App.PreviewStart(ctx, start)
			return s.previewed(p), err
		})
}

// preview registers the preview of a verb.
func preview[C desk.Command](s *server, verb, summary string) {
	type input struct {
		ConversationPath
		Body C
	}
	op := operation{id: "preview-" + verb, method: "POST", path: "/workspaces/{workspace}/conversations/{id}/" + verb + "/preview", summary: summary, tag: "Verbs", need: desk.MayAnswer}
	route(s, op, func(ctx context.Context, in *input) (*body[MailPreview], error) {
		p, err := s.App.Preview(ctx, in.ID.V, in.Body)
		return s.previewed(p), err
	})
}

func (s *server) previewed(p app.Preview) *body[MailPreview] {
	out := MailPreview{
		From: p.From.String(), To: written(p.To), Cc: written(p.Cc), Bcc: written(p.Bcc), Subject: p.Subject, Text: p.Text, Attachments: []Attachment{},
	}
	base, cids := "/api/v1/workspaces/"+p.Workspace.String(), map[string]string{}
	for _, f := range p.Attached {
		out.Attachments = append(out.Attachments, attachment(base, f))
		if f.Inline && f.ContentID != "" && blob.InlineSafe(f.ContentType) {
			cids[f.ContentID] = base + "/attachments/" + f.ID.String()
		}
	}
	out.HTML = richtext.Fragment(richtext.Sanitise(p.HTML), cids)
	return &body[MailPreview]{out}
}
