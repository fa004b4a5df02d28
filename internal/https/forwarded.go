package https

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Forwarded believes what proxies say of a request, and nobody else: the
// client's address (X-Forwarded-For) and whether it came by HTTPS
// (X-Forwarded-Proto). Only a request whose peer is in proxies is believed, and
// of the list of addresses only what such proxies added: the client is the last
// address that is no proxy. Afterwards RemoteAddr is the client's, URL.Scheme is
// "https" or "http", and the headers are gone.
func Forwarded(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		peer, ok := address(r.RemoteAddr)
		if ok && trusted(proxies, peer) {
			if client, ok := client(proxies, r.Header.Values("X-Forwarded-For")); ok {
				r.RemoteAddr = net.JoinHostPort(client.String(), "0")
			}
			if proto := r.Header.Values("X-Forwarded-Proto"); len(proto) > 0 && strings.EqualFold(strings.TrimSpace(proto[len(proto)-1]), "https") {
				scheme = "https"
			}
		}
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-Ip"} {
			r.Header.Del(name)
		}
		r.URL.Scheme = scheme
		next.ServeHTTP(w, r)
	})
}

func trusted(proxies []netip.Prefix, a netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// address reads "1.2.3.4:5" or "1.2.3.4"; a v4 address written as v6 is v4.
func address(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// client walks the list from the end, where the nearest proxy wrote. What cannot
// be read ends the walk: beyond it anybody may have written.
func client(proxies []netip.Prefix, headers []string) (found netip.Addr, ok bool) {
	list := strings.Split(strings.Join(headers, ","), ",")
	for i := len(list) - 1; i >= 0; i-- {
		a, readable := address(list[i])
		if !readable {
			return found, ok
		}
		found, ok = a, true
		if !trusted(proxies, a) {
			return found, ok
		}
	}
	return found, ok
}

// HSTS tells browsers that came by HTTPS to come only that way for a year.
// https says that everybody comes so, whatever a request looks like here.
func HSTS(https bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if https || r.TLS != nil || r.URL.Scheme == "https" {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// Redirect sends browsers from HTTP to the public address. Where that leads is
// fixed: a Host header cannot send anybody elsewhere. What is not a page is
// refused rather than redirected: a password or a token that was sent in clear
// must not look as if all were well.
func Redirect(public string) http.Handler {
	public = strings.TrimRight(public, "/")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "/api/") {
			http.Error(w, "Use "+public+" instead: this was sent without encryption.", http.StatusForbidden)
			return
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, public+r.URL.RequestURI(), http.StatusMovedPermanently)
	})
}
