package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/internal/mail"
	"parley/internal/richtext"
	"parley/store"
)

// files registers uploads, downloads and the HTML of mails.
func (s *server) files() {
	s.pictures()
	s.remotePictures()
	s.original()
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "upload", method: "POST", path: path + "/attachments", summary: "Upload a file to send", tag: "Files", need: desk.MayAnswer, status: 201, maxBody: MaxUpload + 1<<20, readWithin: uploadWithin},
		func(ctx context.Context, in *struct {
			InWorkspace
			RawBody huma.MultipartFormFiles[struct {
				File huma.FormFile `form:"file" required:"true"`
			}]
		}) (*body[Attachment], error) {
			f, err := uploaded(in.RawBody.Data().File)
			if err != nil {
				return nil, err
			}
			a, err := s.App.Upload(ctx, f, app.Uploader(app.ActorFrom(ctx)))
			return &body[Attachment]{attachment("/api/v1/workspaces/"+in.Workspace.V.String(), a)}, err
		})
	type download struct {
		InWorkspace
		ID Ref[desk.AttachmentID] `path:"id"`
	}
	route(s, operation{id: "download", method: "GET", path: path + "/attachments/{id}", summary: "Download a file", tag: "Files", need: desk.MayRead},
		func(ctx context.Context, in *download) (*huma.StreamResponse, error) {
			var a desk.Attachment
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				a, err = tx.Attachment(in.ID.V, app.Uploader(app.ActorFrom(ctx)))
				return err
			})
			if err != nil {
				return nil, err
			}
			return s.stream(a)
		})
	route(s, operation{id: "get-html", method: "GET", path: path + "/messages/{id}/html", summary: "The HTML of a mail, as a page for a sandboxed frame", tag: "Files", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID       Ref[desk.MessageID] `path:"id"`
			Pictures bool                `query:"pictures" doc:"With the remote pictures, fetched by us; else only where show_pictures of the customer says so"`
		}) (*huma.StreamResponse, error) {
			var m desk.Message
			remote := in.Pictures
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				if m, err = tx.MessageByID(in.ID.V); err == nil && !remote {
					remote, err = showsPictures(tx, m)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			shown := richtext.Pictures{CIDs: map[string]string{}}
			if remote {
				shown.Remote = func(address string) string { return s.remotePicture(in.Workspace.V, m.ID, address) }
			}
			for _, f := range m.Files {
				if f.ContentID != "" && f.Size > 0 && blob.InlineSafe(f.ContentType) {
					shown.CIDs[f.ContentID] = s.picture(in.Workspace.V, f.ID)
				}
			}
			page := richtext.Page(m.HTML, shown)
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Content-Type", "text/html; charset=utf-8")
				ctx.SetHeader("Content-Security-Policy", "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
				_, _ = io.WriteString(ctx.BodyWriter(), page) // the client may be gone
			}}, nil
		})
}

// uploaded reads a file of a form. Its type is sniffed, not believed.
func uploaded(f huma.FormFile) (channel.File, error) {
	if f.File == nil {
		return channel.File{}, desk.Errorf(desk.Invalid, "Send one file, in the field called file.")
	}
	defer f.Close()
	if f.Size > MaxUpload {
		return channel.File{}, tooLarge()
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxUpload+1))
	if err != nil {
		return channel.File{}, desk.Errorf(desk.Invalid, "The upload broke off. Try again.")
	}
	if len(data) > MaxUpload {
		return channel.File{}, tooLarge()
	}
	return channel.File{Name: mail.FileName(f.Filename, ""), ContentType: blob.Sniff(data), Data: data}, nil
}

func tooLarge() error {
	return desk.Errorf(desk.TooLarge, "A file can have %d MB. Send a smaller one, or a link to it.", MaxUpload>>20)
}

// stream sends a file. Only pictures that cannot carry script are shown in
// place; everything else is a download, and nothing in it runs.
func (s *server) stream(a desk.Attachment) (*huma.StreamResponse, error) {
	f, err := s.App.Blobs.Reader(a.Hash)
	if err != nil {
		return nil, errors.Join(err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer f.Close()
		disposition := "attachment"
		if blob.InlineSafe(a.ContentType) {
			disposition = "inline"
		}
		ctx.SetHeader("Content-Type", a.ContentType)
		ctx.SetHeader("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}))
		ctx.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
		ctx.SetStatus(http.StatusOK)
		if _, err := io.Copy(ctx.BodyWriter(), f); err != nil {
			s.Log.Debug("a download broke off", "err", err)
		}
	}}, nil
}
