package api

import (
	"net/http"
	"net/netip"
	"strings"

	"parley/desk"
)

// apiPolicy is for answers that are no page: nothing in them runs, loads or is
// framed, whatever a browser makes of them.
const apiPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// setHeaders sets the headers of every answer. Pages that need more than nothing
// say so themselves.
func setHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", apiPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
}

// Headers sets the headers of every answer of a handler.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		next.ServeHTTP(w, r)
	})
}

// plainBody refuses a body that would have to be unpacked first: what it would
// become has no limit that its sender has to keep.
func plainBody(r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return desk.Errorf(desk.Invalid, "Send the body as it is, without Content-Encoding: %s.", desk.Line(e, 40))
	}
	return nil
}

// network is what limits count by: an address, or for IPv6 the network of 64 bits
// that one client has all addresses of.
func network(remote string) string {
	ip, err := netip.ParseAddr(remote)
	if err != nil {
		return remote
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return remote
	}
	return p.String()
}
