package api

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/desk"
	"parley/internal/limit"
	"parley/store"
)

const (
	csrfHeader = "X-Parley-CSRF"
)

// caller is who makes a request.
type caller struct {
	user    desk.UserID
	session store.Session
	token   *store.Token
	remote  string // the address the request comes from
	origin  string // where the caller reached us: "https://desk.example.com"
	err     error  // why nobody is signed in
}

type callerKey struct{}

func remoteFrom(ctx context.Context) string { return callerFrom(ctx).remote }

func callerFrom(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// protect is what every request passes: recovery, headers, who calls, and the
// guard against requests that another site makes with our cookie.
func (s *server) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				s.Log.ErrorContext(r.Context(), "panic", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
				s.writeProblem(w, errPanic)
			}
		}()
		setHeaders(w.Header())
		for _, check := range []func(*http.Request) error{readable, plainBody} {
			if err := check(r); err != nil {
				s.writeProblem(w, err)
				return
			}
		}
		c := s.identify(r)
		c.remote, c.origin = s.remote(r), s.origin(r)
		if err := s.guard(r, c); err != nil {
			s.Log.WarnContext(r.Context(), "a write from another site was refused", "path", r.Pattern, "from", c.remote)
			s.writeProblem(w, err)
			return
		}
		if c.err == nil {
			if err := s.slow(s.Calls, c.user.String()); err != nil {
				s.writeProblem(w, err)
				return
			}
		}
		r = r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
		if s.Routed != nil {
			defer s.Routed(r)
		}
		next.ServeHTTP(w, r)
	})
}

var errPanic = desk.Errorf(desk.Internal, "Something went wrong on our side. Try again; if it happens again, tell whoever runs Parley.")

// identify finds who calls: a token's owner or a session's.
func (s *server) identify(r *http.Request) caller {
	if text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer pat_"); ok {
		t, err := s.App.Token(r.Context(), "pat_"+text)
		return caller{user: t.User, token: &t, err: err}
	}
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return caller{err: desk.Errorf(desk.Unauthenticated, "Sign in first.")}
	}
	session, err := s.App.Session(r.Context(), cookie.Value)
	return caller{user: session.User, session: session, err: err}
}

// guard refuses a write that another site may have caused: the header cannot be
// set across sites, and the browser tells where it comes from. It holds without a
// cookie, too: another site must not set up this install, nor sign anybody in.
func (s *server) guard(r *http.Request, c caller) error {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	if safe || c.token != nil {
		return nil
	}
	if strings.HasPrefix(r.URL.Path, "/api/widget/") || strings.HasPrefix(r.URL.Path, "/api/v1/channels/") {
		return nil // these take no cookie
	}
	if r.Header.Get(csrfHeader) == "" {
		return desk.Errorf(desk.Forbidden, "Send the header %s: 1 with every write without a token.", csrfHeader)
	}
	if !s.sameOrigin(r) {
		return desk.Errorf(desk.Forbidden, "This request came from another site.")
	}
	return nil
}

// sameOrigin reports whether a browser says that a request comes from our own pages.
func (s *server) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || !s.Secure)
}

// signedIn refuses who is not.
func (s *server) signedIn(ctx huma.Context, next func(huma.Context)) {
	if c := callerFrom(ctx.Context()); c.err != nil {
		s.refuse(ctx, c.err)
		return
	}
	next(ctx)
}

// entered makes the caller an actor of the workspace in the path and refuses
// what their role, or their token, may not do. A workspace they are no member
// of is not there.
func (s *server) entered(need desk.Permission, method string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := callerFrom(ctx.Context())
		entered, err := s.enter(ctx.Context(), c, ctx.Param("workspace"), need, method)
		if err != nil {
			s.Log.InfoContext(ctx.Context(), "a request was refused", "operation", ctx.Operation().OperationID, "user", c.user.String(), "from", c.remote, "why", string(desk.KindOf(err)))
			s.refuse(ctx, err)
			return
		}
		next(huma.WithContext(ctx, entered))
	}
}

func (s *server) enter(ctx context.Context, c caller, workspace string, need desk.Permission, method string) (context.Context, error) {
	var ws desk.WorkspaceID
	if err := ws.Parse(workspace); err != nil || ws == 0 {
		return nil, desk.Errorf(desk.NotFound, "There is no such workspace here.")
	}
	if c.token != nil && c.token.Workspace != ws {
		return nil, desk.Errorf(desk.NotFound, "There is no such workspace here.")
	}
	actor, err := s.App.Enter(ctx, ws, c.user)
	if err != nil {
		return nil, err
	}
	if !actor.Role.May(need) {
		return nil, desk.Errorf(desk.Forbidden, "Your role here is %s, which may not do this. Ask an admin.", actor.Role)
	}
	if err := tokenMay(c.token, need, method); err != nil {
		return nil, err
	}
	return app.As(ctx, ws, actor), nil
}

// The scopes of a token: what it may do at most, whatever its owner may.
const (
	scopeRead  = "read"
	scopeWrite = "write"
	scopeAdmin = "admin"
)

func tokenMay(t *store.Token, need desk.Permission, method string) error {
	if t == nil || slices.Contains(t.Scopes, scopeAdmin) {
		return nil
	}
	if need == desk.MayManage || need == desk.MayOwn {
		return desk.Errorf(desk.Forbidden, "This needs a token with the scope admin.")
	}
	if method == http.MethodGet {
		if slices.Contains(t.Scopes, scopeRead) || slices.Contains(t.Scopes, scopeWrite) {
			return nil
		}
		return desk.Errorf(desk.Forbidden, "This needs a token with the scope read.")
	}
	if slices.Contains(t.Scopes, scopeWrite) {
		return nil
	}
	return desk.Errorf(desk.Forbidden, "This needs a token with the scope write.")
}

// refuse answers a request in a middleware.
func (s *server) refuse(ctx huma.Context, err error) {
	p := problem(err, func(err error) { s.Log.ErrorContext(ctx.Context(), "request failed", "err", err) })
	if wait := p.wait(); wait != "" {
		ctx.SetHeader("Retry-After", wait)
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the client may be gone
}

func (s *server) writeProblem(w http.ResponseWriter, err error) {
	p := problem(err, func(err error) { s.Log.Error("request failed", "err", err) })
	if wait := p.wait(); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

// slow refuses who tries too often.
func (s *server) slow(l *limit.Limiter, key string) error {
	if l == nil {
		return nil
	}
	ok, wait := l.Allow(key)
	if ok {
		return nil
	}
	return &desk.Error{Kind: desk.RateLimited, Message: "Too many tries. Wait a moment and try again.", Details: wait}
}

// remote is the address a request comes from; what proxies say of it was read before.
func (s *server) remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// origin is where a request reached us, for links when no public address is configured.
func (s *server) origin(r *http.Request) string {
	if s.Secure || r.TLS != nil || r.URL.Scheme == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
