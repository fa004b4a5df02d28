package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/internal/blob"
	"parley/store"
)

// pictures registers the pictures that stand in the HTML of mails. Its frame has
// no origin, so that nothing in a mail reads or does anything as the reader, and
// therefore no cookie: the address of a picture is signed and works for a while.
func (s *server) pictures() {
	route(s, operation{id: "get-picture", method: "GET", path: "/workspaces/{workspace}/pictures/{id}", summary: "A picture in the HTML of a mail, by the signed address that stands there", tag: "Files", public: true},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID      Ref[desk.AttachmentID] `path:"id"`
			Expires int64                  `query:"e"`
			Tag     string                 `query:"s" maxLength:"100"`
		}) (*huma.StreamResponse, error) {
			right := s.pictureTag(in.Workspace.V, in.ID.V, in.Expires)
			if !hmac.Equal([]byte(in.Tag), []byte(right)) || s.now().Unix() > in.Expires {
				return nil, desk.Errorf(desk.NotFound, "This address of a picture is not valid any more. Open the mail again.")
			}
			var a desk.Attachment
			err := s.db.Read(ctx, store.Scope{Workspace: in.Workspace.V}, func(tx *store.Tx) (err error) {
				a, err = tx.Attachment(in.ID.V, "")
				return err
			})
			if err != nil {
				return nil, err
			}
			if !blob.InlineSafe(a.ContentType) {
				return nil, desk.Errorf(desk.NotFound, "This file is not a picture that can be shown here.")
			}
			out, err := s.stream(a)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Cross-Origin-Resource-Policy", "cross-origin") // the frame is another origin
				out.Body(ctx)
			}}, nil
		})
}

// picture returns the address of a picture for the HTML of a mail, the same all
// day so that browsers keep it.
func (s *server) picture(ws desk.WorkspaceID, id desk.AttachmentID) string {
	expires := s.now().Truncate(24 * time.Hour).Add(48 * time.Hour).Unix()
	return fmt.Sprintf("/api/v1/workspaces/%s/pictures/%s?e=%d&s=%s", ws, id, expires, s.pictureTag(ws, id, expires))
}

func (s *server) pictureTag(ws desk.WorkspaceID, id desk.AttachmentID, expires int64) string {
	h := hmac.New(sha256.New, s.App.Keys.Derive("mail picture"))
	h.Write([]byte(strings.Join([]string{ws.String(), id.String(), strconv.FormatInt(expires, 10)}, " ")))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
