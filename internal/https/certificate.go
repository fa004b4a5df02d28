// Package https is how the program is reached: certificates from files or by
// ACME, the way from HTTP to HTTPS, and what proxies in front may say.
package https

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Files is a certificate in two PEM files. It is read again when one of them has
// changed, so that whatever renews it needs to tell nobody.
type Files struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	pair    *tls.Certificate
	changed [2]time.Time
	looked  time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 10 * time.Second

// NewFiles reads a certificate and its key; the error says what is wrong with them.
func NewFiles(cert, key string, log *slog.Logger, now func() time.Time) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log, now: now}
	changed, err := f.times()
	if err != nil {
		return nil, err
	}
	f.looked = now()
	return f, f.load(changed)
}

// Config is a server's, which uses the files.
func (f *Files) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: f.get}
}

func (f *Files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		f.refresh()
	}
	return f.pair, nil
}

// refresh keeps the old pair while the new one is not whole: the two files are
// not written at the same moment.
func (f *Files) refresh() {
	changed, err := f.times()
	if err == nil && changed != f.changed {
		if err = f.load(changed); err == nil {
			f.log.Info("the certificate was read again", "file", f.cert, "until", f.pair.Leaf.NotAfter)
		}
	}
	if err != nil {
		f.log.Error("the certificate cannot be read again; the old one stays", "err", err)
	}
}

func (f *Files) load(changed [2]time.Time) error {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s: %w", f.cert, f.key, err)
	}
	f.pair, f.changed = &pair, changed
	return nil
}

func (f *Files) times() (t [2]time.Time, err error) {
	cert, err := os.Stat(f.cert)
	key, kerr := os.Stat(f.key)
	if err := errors.Join(err, kerr); err != nil {
		return t, err
	}
	return [2]time.Time{cert.ModTime(), key.ModTime()}, nil
}
