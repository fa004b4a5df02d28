package email

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"parley/internal/limit"
)

// What one address may do; an IPv6 network of 64 bits counts as one.
const (
	perClient   = 20                     // connections at once
	clientBurst = 120                    // new connections at once
	clientEvery = 500 * time.Millisecond // and then one in this time
)

// private is where a mail server of ours, or a proxy before us, may be.
var private = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// clients counts connections by address, so that one sender cannot keep the
// others out.
type clients struct {
	neighbours []netip.Prefix
	rate       *limit.Limiter

	mu   sync.Mutex
	open map[netip.Prefix]int
}

func newClients(neighbours []netip.Prefix, now func() time.Time) (*clients, error) {
	rate, err := limit.New(clientBurst, clientEvery, now)
	return &clients{neighbours: neighbours, rate: rate, open: map[netip.Prefix]int{}}, err
}

// enter counts a new connection until leave is called. When the address has too
// many, refusal says so.
func (c *clients) enter(remote net.Addr) (leave func(), refusal string) {
	from, known := network(remote)
	if !known || c.neighbour(from.Addr()) {
		return func() {}, ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[from] >= perClient {
		return nil, "421 4.7.0 Too many connections from your address at once, try again later"
	}
	if ok, _ := c.rate.Allow(from.String()); !ok {
		return nil, "421 4.7.0 Too many connections from your address in a short time, try again later"
	}
	c.open[from]++
	return func() { c.leave(from) }, ""
}

func (c *clients) leave(from netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[from]--; c.open[from] <= 0 {
		delete(c.open, from)
	}
}

func (c *clients) neighbour(ip netip.Addr) bool {
	for _, n := range c.neighbours {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// network returns the address that a connection is counted by.
func network(remote net.Addr) (netip.Prefix, bool) {
	ap, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return netip.Prefix{}, false
	}
	ip := ap.Addr().Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	return p, err == nil
}

// turnAway ends a connection with the reason. A greeting always fits into the
// socket's buffer, so nobody waits for the client.
func turnAway(c net.Conn, reason string) {
	_, _ = c.Write([]byte(reason + "\r\n"))
	_ = c.Close()
}
