// Package pushtest is a push service and the browser behind it, for tests: it
// checks who sends and decrypts with code of its own, after RFC 8188, RFC 8291
// and RFC 8292.
package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Browser is a browser that takes pushed messages.
type Browser struct {
	Key  *ecdh.PrivateKey
	Auth []byte // 16 bytes
}

// NewBrowser makes one.
func NewBrowser() (Browser, error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	b := Browser{Key: key, Auth: make([]byte, 16)}
	rand.Read(b.Auth)
	return b, err
}

// P256dh returns its public key as a subscription says it.
func (b Browser) P256dh() string { return text(b.Key.PublicKey().Bytes()) }

// Secret returns what it shares with senders, as a subscription says it.
func (b Browser) Secret() string { return text(b.Auth) }

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decrypt reads one message (RFC 8291, 3.4).
func (b Browser) Decrypt(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("the header is cut off")
	}
	salt, size, id := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])]
	record := body[21+len(id):]
	if size < 18 || len(record) > int(size) {
		return nil, fmt.Errorf("a record of %d bytes is longer than it says, %d", len(record), size)
	}
	sender, err := ecdh.P256().NewPublicKey(id)
	if err != nil {
		return nil, err
	}
	shared, err := b.Key.ECDH(sender)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(b.Key.PublicKey().Bytes()) + string(id)
	ikm, err := hkdf.Key(sha256.New, shared, b.Auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, err
	}
	plain = []byte(strings.TrimRight(string(plain), "\x00"))
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("the padding does not end the last record")
	}
	return plain[:len(plain)-1], nil
}

// Got is one message that the service took.
type Got struct {
	Plain  string
	Topic  string
	TTL    string
	Origin string // the aud that the sender signed
	Sub    string
}

// Service is a push service on this machine, by HTTPS.
type Service struct {
	*httptest.Server
	T       testing.TB
	Browser Browser
	Key     string // the sender's public key that the subscription was made with
	Now     func() time.Time

	mu     sync.Mutex
	status int
	got    []Got
}

// New starts a service with one browser behind it.
func New(t testing.TB, now func() time.Time) *Service {
	t.Helper()
	b, err := NewBrowser()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{T: t, Browser: b, Now: now, status: http.StatusCreated}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.take))
	t.Cleanup(s.Close)
	return s
}

// Roots returns by what the service's certificate is known.
func (s *Service) Roots() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return roots
}

// Answer makes the service answer with a status from now on.
func (s *Service) Answer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// Got returns what it took.
func (s *Service) Got() []Got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Got(nil), s.got...)
}

func (s *Service) take(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	got, err := s.read(r)
	if err != nil {
		s.T.Errorf("a push that no service would take: %v", err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if s.status < 300 {
		s.got = append(s.got, got)
	}
	w.WriteHeader(s.status)
}

func (s *Service) read(r *http.Request) (g Got, err error) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return g, fmt.Errorf("%s with %q", r.Method, r.Header.Get("Content-Encoding"))
	}
	g.Topic, g.TTL = r.Header.Get("Topic"), r.Header.Get("TTL")
	if g.Origin, g.Sub, err = s.vapid(r.Header.Get("Authorization")); err != nil {
		return g, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	if err != nil || len(body) > 4096 {
		return g, fmt.Errorf("%d bytes, %w", len(body), err)
	}
	plain, err := s.Browser.Decrypt(body)
	g.Plain = string(plain)
	return g, err
}

// vapid checks who sends (RFC 8292).
func (s *Service) vapid(header string) (aud, sub string, err error) {
	rest, ok := strings.CutPrefix(header, "vapid ")
	if !ok {
		return "", "", fmt.Errorf("no vapid: %q", header)
	}
	params := map[string]string{}
	for p := range strings.SplitSeq(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		params[k] = v
	}
	if strings.TrimRight(params["k"], "=") != strings.TrimRight(s.Key, "=") {
		return "", "", fmt.Errorf("signed by %s, subscribed to %s", params["k"], s.Key)
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(params["k"], "="))
	if err != nil || len(key) != 65 {
		return "", "", fmt.Errorf("the key has %d bytes: %w", len(key), err)
	}
	parts := strings.Split(params["t"], ".")
	if len(parts) != 3 {
		return "", "", errors.New("the token has not three parts")
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(sig) != 64 {
		return "", "", fmt.Errorf("the signature has %d bytes: %w", len(sig), err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return "", "", errors.New("the signature is wrong")
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", "", err
	}
	var c struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(claims, &c); err != nil {
		return "", "", err
	}
	if left := time.Unix(c.Exp, 0).Sub(s.Now()); left <= 0 || left > 24*time.Hour {
		return "", "", fmt.Errorf("the token is good for %v", left)
	}
	if c.Aud != s.URL {
		return "", "", fmt.Errorf("the token is for %q", c.Aud)
	}
	return c.Aud, c.Sub, nil
}
