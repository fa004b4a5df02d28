// Package auth hashes passwords and makes the random tokens of sessions,
// invitations and the API.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The parameters of Argon2id that OWASP recommends: 19 MiB, two passes, one lane.
const (
	memoryKiB  = 19 * 1024
	passes     = 2
	lanes      = 1
	saltLength = 16
	keyLength  = 32
)

// hashing limits how many hashes are computed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 4)

// HashPassword returns the Argon2id hash of a password as a PHC string.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	key, err := derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// VerifyPassword reports whether a password has this hash. With an empty hash
// it takes as long as with a real one and reports false.
func VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	salt, want := make([]byte, saltLength), []byte(nil)
	if hash != "" {
		var err error
		if salt, want, err = parseHash(hash); err != nil {
			return false, err
		}
	}
	got, err := derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return len(want) > 0 && subtle.ConstantTimeCompare(got, want) == 1, nil
}

func derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, keyLength), nil
}

func parseHash(hash string) (salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	want := fmt.Sprintf("m=%d,t=%d,p=%d", memoryKiB, passes, lanes)
	if len(parts) != 6 || parts[1] != "argon2id" || parts[3] != want {
		return nil, nil, fmt.Errorf("a stored password hash has an unknown form")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return nil, nil, fmt.Errorf("a stored password hash has a bad salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return nil, nil, fmt.Errorf("a stored password hash has a bad key: %w", err)
	}
	return salt, key, nil
}

// The bounds of a password's length: long enough to resist guessing, short
// enough not to be a way to keep the server busy.
const (
	MinPassword = 10
	MaxPassword = 128
)

// WeakPassword says what is wrong with a password somebody chose, or "".
func WeakPassword(password, email string) string {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fmt.Sprintf("A password needs at least %d characters.", MinPassword)
	case n > MaxPassword:
		return fmt.Sprintf("A password has at most %d characters.", MaxPassword)
	}
	low := strings.ToLower(password)
	name, _, _ := strings.Cut(strings.ToLower(email), "@")
	if low == strings.ToLower(email) || name != "" && len(name) >= 4 && strings.Trim(strings.ReplaceAll(low, name, ""), "0123456789!.-_") == "" {
		return "A password must not be your mail address."
	}
	if common[strings.Trim(low, "0123456789!.-_ ")] || allSame(low) {
		return "This password is among the first that are guessed. Choose another."
	}
	return ""
}

// common holds what is left of the most guessed long passwords without digits.
var common = map[string]bool{
	"": true, "password": true, "passwort": true, "qwerty": true, "qwertyuiop": true, "qwertzuiop": true, "asdfghjkl": true, "zxcvbnm": true,
	"letmein": true, "welcome": true, "iloveyou": true, "administrator": true, "admin": true, "changeme": true, "abc": true, "abcdefghij": true,
	"monkey": true, "dragon": true, "football": true, "baseball": true, "superman": true, "sunshine": true, "princess": true, "trustno": true,
	"p@ssw0rd": true, "p@ssword": true, "passw0rd": true, "passwordpassword": true, "parley": true, "support": true, "helpdesk": true,
}

func allSame(s string) bool { return strings.Trim(s, s[:1]) == "" }
