package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
)

// encoding is Crockford's: no letter that looks like a digit, safe in addresses.
var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewToken returns a random secret of 256 bits, with a prefix by which people
// and scanners know it ("pat_", "ses_", "inv_", "chs_"), and the hash it is stored as.
func NewToken(prefix string) (token, hash string) {
	b := make([]byte, 32)
	rand.Read(b)
	token = prefix + encoding.EncodeToString(b)
	return token, HashToken(token)
}

// HashToken returns what a token is stored and looked up as. A random token of
// 256 bits needs no slow hash, and a look-up by hash tells nothing by its time.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewKey returns a random public name of 100 bits, 20 characters.
func NewKey() string {
	b := make([]byte, 13)
	rand.Read(b)
	return encoding.EncodeToString(b)[:20]
}
