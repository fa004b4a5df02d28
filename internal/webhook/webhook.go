// Package webhook signs and verifies posts as Standard Webhooks says
// (standardwebhooks.com, version 1): an HMAC over id, time and body.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

const prefix = "whsec_"

// Tolerance is how far a sender's clock may be from ours.
const Tolerance = 5 * time.Minute

// NewSecret returns a random signing secret.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return prefix + base64.StdEncoding.EncodeToString(b)
}

// Key reads a signing secret: whsec_ and 24 to 64 bytes in base64.
func Key(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, prefix))
	if err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a webhook secret is whsec_ and 24 to 64 bytes in base64")
	}
	return key, nil
}

// Sign returns the value of the header webhook-signature.
func Sign(key []byte, id string, at time.Time, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Verify checks a post's headers against its body. Any of several signatures may
// fit, so that a secret can be changed without a gap.
func Verify(key []byte, id, timestamp, signatures string, body []byte, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp is not a number of seconds")
	}
	at := time.Unix(seconds, 0)
	if d := now.Sub(at); d > Tolerance || d < -Tolerance {
		return errors.New("webhook-timestamp is too far from now")
	}
	want := []byte(Sign(key, id, at, body))
	for s := range strings.FieldsSeq(signatures) {
		if hmac.Equal([]byte(s), want) {
			return nil
		}
	}
	return errors.New("no signature fits")
}
