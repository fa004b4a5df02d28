// Package webhook signs and verifies posts as Standard Webhooks says
// (standardwebhooks.com, version 1): an HMAC over id, time and body.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a signed post.
const (
	HeaderID        = "Webhook-Id"        // the same for every try of one event: receivers drop what they have seen
	HeaderTimestamp = "Webhook-Timestamp" // of this try, in Unix seconds
	HeaderSignature = "Webhook-Signature" // "v1," and base64; several are separated by spaces
)

const prefix = "whsec_"

// Tolerance is how far a sender's clock may be from ours.
const Tolerance = 5 * time.Minute

// maxSignatures bounds the work of one verification.
const maxSignatures = 16

// NewSecret returns a random signing secret of 256 bits.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return prefix + base64.StdEncoding.EncodeToString(b)
}

// Key reads a signing secret: 24 to 64 bytes in base64, with or without whsec_
// before them.
func Key(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, prefix))
	if err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a webhook secret is whsec_ and 24 to 64 bytes in base64")
	}
	return key, nil
}

// Sign sets the three headers of a post.
func Sign(h http.Header, key []byte, id string, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, timestamp)
	h.Set(HeaderSignature, signature(key, id, timestamp, body))
}

func signature(key []byte, id, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Verify checks the headers of a post against its body. Any of several
// signatures may fit, so that a secret can be changed without a gap.
func Verify(h http.Header, key []byte, body []byte, now time.Time) error {
	id, timestamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	if id == "" {
		return errors.New("webhook-id is missing")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || seconds < 0 || strconv.FormatInt(seconds, 10) != timestamp {
		return errors.New("webhook-timestamp is not a number of seconds")
	}
	limit := int64(Tolerance / time.Second)
	if d := now.Unix() - seconds; d > limit || d < -limit {
		return errors.New("webhook-timestamp is too far from now")
	}
	want := []byte(signature(key, id, timestamp, body))
	n := 0
	for s := range strings.FieldsSeq(h.Get(HeaderSignature)) {
		if n++; n > maxSignatures {
			break
		}
		if hmac.Equal([]byte(s), want) {
			return nil
		}
	}
	return errors.New("no signature fits")
}
