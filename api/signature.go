package api

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/internal/richtext"
)

// Signed is a signature as it stands under a mail.
type Signed struct {
	HTML string `json:"html" doc:"Formatted and safe to show; empty without a signature"`
	Text string `json:"text" doc:"Without marks, as a mail's plain text has it behind its line of two dashes"`
}

func signed(markdown string) (s Signed, err error) {
	if markdown != "" {
		s.HTML, s.Text, err = richtext.Reply(markdown, nil)
	}
	return s, err
}

// Below is what stands below the text of an answer by mail.
type Below struct {
	Signature Signed    `json:"signature"`
	Quote     string    `json:"quote,omitempty" doc:"The mail that is answered, as the plain text of the answer quotes it; absent when there is none"`
	QuoteAt   time.Time `json:"quote_at,omitzero" doc:"When that mail was written"`
	Quoted    bool      `json:"quoted" doc:"Whether this answer quotes it"`
	Unseen    []string  `json:"unseen,omitempty" doc:"To whom the answer goes and who has not had that mail: it is quoted only if you say so"`
	Off       bool      `json:"quoting_disabled,omitempty" doc:"Whether the inbox quotes nothing by itself"`
}

// signatures registers what stands below the text of a mail.
func (s *server) signatures(path string) {
	const tag = "Conversations"
	type Own struct {
		Title     string `json:"title,omitempty" maxLength:"120" doc:"What you are, as {{agent.title}} says it"`
		Signature string `json:"signature,omitempty" maxLength:"2000" doc:"Markdown with variables of the agent, the inbox and the workspace; empty has that of the inbox"`
	}
	route(s, operation{id: "get-own-signature", method: "GET", path: path + "/own-signature", summary: "What you put under your mails", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, _ *InWorkspace) (*body[Own], error) {
			own, err := s.App.OwnSignature(ctx)
			return &body[Own]{Own(own)}, err
		})
	route(s, operation{id: "save-own-signature", method: "PUT", path: path + "/own-signature", summary: "Change what you put under your mails", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body Own
		}) (*body[Own], error) {
			own, err := s.App.SaveOwnSignature(ctx, app.OwnSignature(in.Body))
			return &body[Own]{Own(own)}, err
		})
	route(s, operation{id: "preview-signature", method: "POST", path: path + "/signature-preview", summary: "A signature as it stands under a mail of yours", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Inbox     desk.InboxID `json:"inbox_id,omitempty" doc:"By default the first that you see"`
				Signature *string      `json:"signature,omitempty" maxLength:"2000" doc:"Markdown with variables; absent is what would stand under your mail in this inbox"`
				Title     *string      `json:"title,omitempty" maxLength:"120" doc:"What you are; absent is as it was stored"`
			}
		}) (*body[Signed], error) {
			text, err := s.App.Sign(ctx, app.Sample{Inbox: in.Body.Inbox, Signature: in.Body.Signature, Title: in.Body.Title})
			if err != nil {
				return nil, err
			}
			out, err := signed(text)
			return &body[Signed]{out}, err
		})
	route(s, operation{id: "preview-below", method: "POST", path: path + "/conversations/{id}/below", summary: "What would stand below an answer by mail", tag: tag, need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ConversationPath
			Body struct {
				To      []string     `json:"to,omitempty" maxItems:"50"`
				Cc      []string     `json:"cc,omitempty" maxItems:"50"`
				Bcc     []string     `json:"bcc,omitempty" maxItems:"50"`
				Quoting desk.Quoting `json:"quoting,omitempty" enum:"leave_out,include"`
			}
		}) (*body[Below], error) {
			b, err := s.App.Below(ctx, in.ID.V, desk.Recipients{To: typed(in.Body.To), Cc: typed(in.Body.Cc), Bcc: typed(in.Body.Bcc)}, in.Body.Quoting)
			if err != nil {
				return nil, err
			}
			out := &body[Below]{Below{Quote: b.Quote, QuoteAt: b.At, Quoted: b.Quoted, Unseen: written(b.Unseen), Off: b.Off}}
			out.Body.Signature, err = signed(b.Signature)
			return out, err
		})
}

// typed returns the addresses of a list that is being written: what is none yet is
// left out.
func typed(all []string) (list []desk.Address) {
	for _, s := range all {
		if a, ok := desk.ParseAddress(s); ok {
			list = append(list, a)
		}
	}
	return list
}
