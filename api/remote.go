package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/internal/blob"
	"parley/internal/safehttp"
	"parley/store"
)

const (
	// maxRemote is the largest remote picture that is passed on, in bytes.
	maxRemote = 8 << 20
	// remoteWithin is how long fetching one may take.
	remoteWithin = 15 * time.Second
	// remoteAtOnce is how many are fetched at the same time; others wait.
	remoteAtOnce = 24
)

// remotePictures registers the way by which a mail's remote pictures come: the
// reader's browser asks us, and we ask their server, which learns neither who
// reads nor from where. An address is signed, for one mail, for a while: nobody
// can have us fetch anything else. It is for who may read the mail.
func (s *server) remotePictures() {
	slots := make(chan struct{}, remoteAtOnce)
	route(s, operation{id: "get-remote-picture", method: "GET", path: "/workspaces/{workspace}/messages/{id}/picture", summary: "A remote picture of a mail, by the signed address that stands in its HTML", tag: "Files", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID      Ref[desk.MessageID] `path:"id"`
			Address string              `query:"u" maxLength:"2100"`
			Expires int64               `query:"e"`
			Tag     string              `query:"s" maxLength:"100"`
		}) (*huma.StreamResponse, error) {
			right := s.remoteTag(in.ID.V, in.Address, in.Expires)
			if !hmac.Equal([]byte(in.Tag), []byte(right)) || s.now().Unix() > in.Expires {
				return nil, desk.Errorf(desk.NotFound, "This address of a picture is not valid any more. Open the mail again.")
			}
			if err := s.read(ctx, func(tx *store.Tx) error { _, err := tx.MessageByID(in.ID.V); return err }); err != nil {
				return nil, err
			}
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			kind, data, err := s.fetchPicture(ctx, in.Address)
			if err != nil {
				s.Log.Debug("a remote picture is not shown", "err", err)
				return nil, desk.Errorf(desk.NotFound, "This picture cannot be had from where it is.")
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Content-Type", kind)
				ctx.SetHeader("Cache-Control", "private, max-age=86400, immutable")
				ctx.SetHeader("Content-Disposition", "inline")
				ctx.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
				_, _ = ctx.BodyWriter().Write(data) // the client may be gone
			}}, nil
		})
}

var errNoPicture = errors.New("it is no picture that is shown")

// fetchPicture gets a picture from a public server, which is told nothing of who
// wants it. What it is is seen in its bytes: SVG, which can do more, is refused.
func (s *server) fetchPicture(ctx context.Context, address string) (kind string, data []byte, err error) {
	if s.Remote == nil {
		return "", nil, safehttp.ErrRefused
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil, errNoPicture
	}
	ctx, cancel := context.WithTimeout(ctx, remoteWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Accept", "image/webp,image/png,image/jpeg,image/gif")
	req.Header.Set("User-Agent", "Parley") // without a version: it says nothing of this install
	resp, err := s.Remote.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", nil, errNoPicture
	}
	data, err = io.ReadAll(io.LimitReader(resp.Body, maxRemote+1))
	if err != nil {
		return "", nil, err
	}
	if len(data) > maxRemote {
		return "", nil, safehttp.ErrTooLarge
	}
	if kind = blob.Sniff(data); !blob.InlineSafe(kind) {
		return "", nil, errNoPicture
	}
	return kind, data, nil
}

// remotePicture returns at which address of ours a mail's remote picture is, the
// same all day so that browsers keep it.
func (s *server) remotePicture(ws desk.WorkspaceID, id desk.MessageID, address string) string {
	expires := s.now().Truncate(24 * time.Hour).Add(48 * time.Hour).Unix()
	q := url.Values{"u": {address}, "e": {strconv.FormatInt(expires, 10)}, "s": {s.remoteTag(id, address, expires)}}
	return "/api/v1/workspaces/" + ws.String() + "/messages/" + id.String() + "/picture?" + q.Encode()
}

func (s *server) remoteTag(id desk.MessageID, address string, expires int64) string {
	h := hmac.New(sha256.New, s.App.Keys.Derive("remote picture"))
	h.Write([]byte(strings.Join([]string{id.String(), strconv.FormatInt(expires, 10), address}, " ")))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// showsPictures reports whether a mail's remote pictures are shown without being
// asked for: somebody said so of who wrote it, and it is proven that they did.
func showsPictures(tx *store.Tx, m desk.Message) (bool, error) {
	if m.Origin.Proof != desk.ProofProven || m.Contact == 0 {
		return false, nil
	}
	c, err := tx.Contact(m.Contact)
	if desk.KindOf(err) == desk.NotFound {
		return false, nil // whose conversations this reader does not see
	}
	return c.ShowPictures, err
}
