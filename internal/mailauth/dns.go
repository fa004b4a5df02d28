package mailauth

import (
	"context"
	"errors"
	"net"
	"time"
)

// NewResolver returns the DNS that a server at address answers for, like
// 127.0.0.1:53, or that of the system for "".
func NewResolver(address string) Resolver {
	if address == "" {
		return net.DefaultResolver
	}
	dialer := net.Dialer{Timeout: 2 * time.Second}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}}
}

// temporary reports whether an error of the DNS may be gone at the next question;
// that there is no such name is an answer.
func temporary(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return !ok || !dns.IsNotFound
}
