package mail

import "strings"

// Security says how a mail was secured. Nothing of it is checked: what is signed
// is shown, and said to be unchecked; what is encrypted stays a file.
type Security string

// How a mail was secured.
const (
	SignedSMIME    Security = "signed_smime"
	SignedPGP      Security = "signed_pgp"
	EncryptedSMIME Security = "encrypted_smime"
	EncryptedPGP   Security = "encrypted_pgp"
)

// note says how a part is secured, if it is (RFC 8551, RFC 3156). Of two, the
// outer one counts.
func (r *reader) note(p *part) {
	if r.m.Security != "" {
		return
	}
	protocol := strings.ToLower(p.params["protocol"])
	switch p.mtype {
	case "multipart/signed":
		r.m.Security = SignedSMIME
		if strings.Contains(protocol, "pgp") {
			r.m.Security = SignedPGP
		}
	case "multipart/encrypted":
		r.m.Security = EncryptedPGP
	}
}

// noteArmour looks for what PGP writes into a text.
func (r *reader) noteArmour(text string) {
	switch {
	case r.m.Security != "":
	case strings.Contains(text, "-----BEGIN PGP MESSAGE-----"):
		r.m.Security = EncryptedPGP
	case strings.Contains(text, "-----BEGIN PGP SIGNED MESSAGE-----"):
		r.m.Security = SignedPGP
	}
}

// isSMIME reports whether a part is a mail within its own signature or encryption.
func isSMIME(p *part) bool {
	return p.mtype == "application/pkcs7-mime" || p.mtype == "application/x-pkcs7-mime"
}

// signedContent returns what is signed in a CMS structure (RFC 5652, 5), which
// need not be DER. It checks nothing. Nil if there is none: ContentInfo is an
// identifier and SignedData, that a version, algorithms and the content, and
// that an identifier and octets.
func signedContent(b []byte) []byte {
	for _, step := range []struct {
		tag  byte
		skip int // elements before the next step
	}{{0x30, 1}, {0xa0, 0}, {0x30, 2}, {0x30, 1}, {0xa0, 0}} {
		tag, content, _, ok := element(b, 0)
		if !ok || tag != step.tag {
			return nil
		}
		b = content
		for range step.skip {
			if _, _, b, ok = element(b, 0); !ok {
				return nil
			}
		}
	}
	return octets(b, 0)
}

// maxElements is how deep elements may stand in each other.
const maxElements = 16

// element reads one element of BER: its tag, what is in it and what follows it.
func element(b []byte, depth int) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 || depth > maxElements || b[0]&0x1f == 0x1f {
		return 0, nil, nil, false
	}
	tag, n := b[0], int(b[1])
	b = b[2:]
	switch {
	case n == 0x80: // as long as it goes on
		for rest = b; len(rest) >= 2; {
			if rest[0] == 0 && rest[1] == 0 {
				return tag, b[:len(b)-len(rest)], rest[2:], true
			}
			if _, _, rest, ok = element(rest, depth+1); !ok {
				return 0, nil, nil, false
			}
		}
		return 0, nil, nil, false
	case n > 0x80:
		digits := n - 0x80
		if digits > 4 || digits > len(b) {
			return 0, nil, nil, false
		}
		n = 0
		for _, d := range b[:digits] {
			n = n<<8 | int(d)
		}
		b = b[digits:]
	}
	if n > len(b) {
		return 0, nil, nil, false
	}
	return tag, b[:n], b[n:], true
}

// octets returns the bytes of an octet string, which may be in pieces.
func octets(b []byte, depth int) (all []byte) {
	tag, content, _, ok := element(b, depth)
	switch {
	case !ok:
		return nil
	case tag == 0x04:
		return content
	case tag != 0x24:
		return nil
	}
	for len(content) > 0 {
		_, _, rest, ok := element(content, depth+1)
		if !ok {
			break
		}
		all = append(all, octets(content, depth+1)...)
		content = rest
	}
	return all
}
