package api

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
)

// The names of the session's cookie. With the prefix a browser takes it only from
// this host over HTTPS, and no other host of the domain can set it (RFC 6265bis).
const (
	plainCookie  = "parley_session"
	secureCookie = "__Host-parley_session"
)

// sessionSeconds is how long a browser keeps the cookie; the server decides
// whether it is still good.
const sessionSeconds = 30 * 24 * 60 * 60

func (s *server) cookieName() string {
	if s.Secure {
		return secureCookie
	}
	return plainCookie
}

func (s *server) cookie(value string, maxAge int) http.Cookie {
	return http.Cookie{Name: s.cookieName(), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// endPresent ends the session that a browser had when it signed in again.
func (s *server) endPresent(ctx context.Context) error {
	c := callerFrom(ctx)
	if c.err != nil || c.token != nil {
		return nil
	}
	return s.App.SignOut(ctx, c.user, c.session.ID)
}

// inPerson refuses tokens: they act in a workspace, and never on the account.
func (s *server) inPerson(ctx huma.Context, next func(huma.Context)) {
	if callerFrom(ctx.Context()).token != nil {
		s.refuse(ctx, desk.Errorf(desk.Forbidden, "A token belongs to one workspace and cannot do this. Sign in instead."))
		return
	}
	next(ctx)
}

// maySetUp refuses to set up an install for a page that reached it by a name of
// its own: a site whose name is made to lead here (DNS rebinding) is of the same
// origin as we are.
func (s *server) maySetUp(ctx context.Context) error {
	if err := s.slow(s.SignIn, "from "+network(remoteFrom(ctx))); err != nil {
		return err
	}
	at, err := url.Parse(callerFrom(ctx).origin)
	if err != nil {
		return desk.Errorf(desk.Invalid, "The request's Host is not one.")
	}
	if public, err := url.Parse(s.PublicURL); err == nil && public.Host != "" && strings.EqualFold(public.Host, at.Host) {
		return nil
	}
	host := at.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return nil
	}
	return desk.Errorf(desk.Forbidden, "To set Parley up at this address, start it with --public-url %s://%s, or open it by its number.", at.Scheme, at.Host)
}

// still returns whether the caller of a feed may still have it: sessions and
// tokens end, and rights change, at other nodes too.
func (s *server) still(r *http.Request) func(context.Context) error {
	c := callerFrom(r.Context())
	return func(ctx context.Context) error {
		if c.token != nil {
			c = s.identify(r)
		} else if cookie, err := r.Cookie(s.cookieName()); err != nil {
			return err
		} else {
			c.session, c.err = s.App.SessionNow(ctx, cookie.Value)
		}
		if c.err != nil {
			return c.err
		}
		_, err := s.enter(ctx, c, r.PathValue("workspace"), desk.MayRead, http.MethodGet)
		return err
	}
}
