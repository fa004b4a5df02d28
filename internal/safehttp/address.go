package safehttp

import "net/netip"

// refused are networks beyond those that netip knows not to be public, and
// addresses that look public but lead to the machine's own provider.
var refused = prefixes(
	"0.0.0.0/8",        // this network
	"100.64.0.0/10",    // carriers' own addresses; Alibaba's metadata
	"192.0.0.0/24",     // protocol assignments; Oracle's metadata
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"240.0.0.0/4",      // reserved, broadcast
	"168.63.129.16/32", // Azure's platform server
	"::/96",            // IPv4 written as IPv6, the old way
	"::ffff:0:0:0/96",  // IPv4 translated, RFC 2765
	"64:ff9b::/96",     // IPv4 behind NAT64
	"64:ff9b:1::/48",   // the same, local
	"100::/64",         // discard
	"2001::/23",        // protocol assignments; Teredo
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4: holds any IPv4
	"3fff::/20",        // documentation
	"5f00::/16",        // segment routing
	"fec0::/10",        // site-local, deprecated
)

func prefixes(all ...string) (out []netip.Prefix) {
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Allowed reports whether a connection to ip may be made: it is a public
// address, or in one of the networks that this install allows.
func Allowed(ip netip.Addr, allow []netip.Prefix) bool {
	ip = ip.Unmap().WithZone("") // ::ffff:127.0.0.1 is 127.0.0.1
	if contains(allow, ip) {
		return true
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !contains(refused, ip)
}

func contains(all []netip.Prefix, ip netip.Addr) bool {
	for _, p := range all {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
