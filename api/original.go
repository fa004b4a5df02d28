package api

import (
	"context"
	"io"
	"mime"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/internal/mail"
)

// original registers what a mail arrived as: its headers and source, as they came.
func (s *server) original() {
	route(s, operation{id: "get-original", method: "GET", path: "/workspaces/{workspace}/messages/{id}/original", summary: "A mail as it arrived, to keep, or with view as text to look at", tag: "Files", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID   Ref[desk.MessageID] `path:"id"`
			View bool                `query:"view" doc:"As text that a browser shows, with nothing in it that runs"`
		}) (*huma.StreamResponse, error) {
			f, m, err := s.App.Original(ctx, in.ID.V)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				defer f.Close()
				kind, disposition := "message/rfc822", "attachment"
				if in.View {
					kind, disposition = "text/plain; charset=utf-8", "inline"
				}
				ctx.SetHeader("Content-Type", kind)
				ctx.SetHeader("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": mail.FileName(m.Subject+".eml", "")}))
				ctx.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
				_, _ = io.Copy(ctx.BodyWriter(), f) // the client may be gone
			}}, nil
		})
}
