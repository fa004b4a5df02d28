// Package auth hashes passwords and makes the random tokens of sessions,
// invitations and the API.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what one hash takes.
type cost struct {
	memoryKiB, passes uint32
	lanes             uint8
}

// today is what OWASP recommends for Argon2id: 19 MiB, two passes, one lane.
var today = cost{memoryKiB: 19 * 1024, passes: 2, lanes: 1}

// Lengths in bytes.
const (
	saltLength = 16
	keyLength  = 32
)

// hashing limits how many hashes this process computes at once, whoever asks:
// each takes 19 MiB and a core.
var hashing = make(chan struct{}, 4)

// HashPassword returns the Argon2id hash of a password as a PHC string.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	key, err := derive(ctx, today, password, salt, keyLength)
	if err != nil {
		return "", err
	}
	return phc{today, salt, key}.String(), nil
}

// VerifyPassword reports whether a password has this hash. With an empty hash
// it takes as long as with a real one and reports false, so that time does not
// tell who has an account. A hash of unknown form is an error.
func VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	want := phc{today, make([]byte, saltLength), make([]byte, keyLength)}
	if hash != "" {
		var err error
		if want, err = parsePHC(hash); err != nil {
			return false, err
		}
	}
	got, err := derive(ctx, want.cost, password, want.salt, uint32(len(want.key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want.key) == 1 && hash != "", nil
}

// Outdated reports whether a hash was made at another cost than today's: at the
// next sign-in, when the password is known, it should be made again.
func Outdated(hash string) bool {
	p, err := parsePHC(hash)
	return err != nil || p.cost != today || len(p.salt) != saltLength || len(p.key) != keyLength
}

func derive(ctx context.Context, c cost, password string, salt []byte, length uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, c.passes, c.memoryKiB, c.lanes, length), nil
}

// phc is a hash with what is needed to compute it again.
type phc struct {
	cost
	salt, key []byte
}

func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memoryKiB, p.passes, p.lanes, enc.EncodeToString(p.salt), enc.EncodeToString(p.key))
}

var errForm = errors.New("a stored password hash has an unknown form")

// parsePHC reads a hash of the current or of an earlier or later cost, within
// bounds: a hash from a foreign database must not be a way to stop the server.
func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memoryKiB, &p.passes, &p.lanes); err != nil {
		return p, errForm
	}
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return p, errForm
	}
	if p.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return p, errForm
	}
	within := p.memoryKiB >= 8*uint32(p.lanes) && p.memoryKiB <= 256*1024 && p.passes >= 1 && p.passes <= 16 && p.lanes >= 1 && p.lanes <= 16 &&
		len(p.salt) >= 8 && len(p.salt) <= 64 && len(p.key) >= 16 && len(p.key) <= 64
	if !within || p.String() != s {
		return phc{}, errForm
	}
	return p, nil
}
