package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/desk"
)

// uploadWithin is how long a large body may take to arrive.
const uploadWithin = 5 * time.Minute

// bounded lets nobody send more bytes than most, and drops what a form left on
// disk: the server would do it for the request as it came in, and the one that
// the form was read from is a copy.
func (s *server) bounded(most int64) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		if r.ContentLength > most {
			s.refuse(ctx, desk.Errorf(desk.TooLarge, "This is more than the %d MB that can be sent at once.", most>>20))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next(ctx)
		if r.MultipartForm == nil {
			return
		}
		if err := r.MultipartForm.RemoveAll(); err != nil {
			s.Log.ErrorContext(ctx.Context(), "remove the files of a form", "err", err)
		}
	}
}

// visitKey holds the visitor whose token a request has shown.
type visitKey struct{}

// visitorFirst refuses an upload of nobody, or of somebody who uploads too much,
// before its body is read.
func (s *server) visitorFirst(ctx huma.Context, next func(huma.Context)) {
	v, err := s.visiting(ctx.Context(), VisitorAuth{VisitorPath{ctx.Param("key")}, ctx.Header("Authorization")})
	if err == nil {
		err = s.slow(s.Uploads, network(remoteFrom(ctx.Context())))
	}
	if err == nil && v.blocked {
		err = errBlocked()
	}
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	next(huma.WithValue(ctx, visitKey{}, v))
}

// screens counts the open feeds of people and visitors.
type screens struct {
	mu   sync.Mutex
	open map[string]int
}

// enter counts one more feed of somebody, of as many as most says; 0 is any number. What it
// returns must be called when the feed ends.
func (s *screens) enter(who string, most int) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most > 0 && s.open[who] >= most {
		return nil, &desk.Error{Kind: desk.RateLimited, Message: "There are too many open windows. Close some of them.", Details: time.Minute}
	}
	if s.open == nil {
		s.open = map[string]int{}
	}
	s.open[who]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[who]--; s.open[who] <= 0 {
			delete(s.open, who)
		}
	}, nil
}
