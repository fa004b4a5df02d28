// Package blob keeps files on disk by the hash of their content: the same bytes
// are stored once, and what is stored never changes.
package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // decoders for ImageSize
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Store is a folder of blobs.
type Store struct{ dir string }

// ErrTooLarge says that there was more to store than the limit allows.
var ErrTooLarge = errors.New("the file is too large")

// Open returns the store in a folder, which it makes if need be.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "new"), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	return &Store{dir}, nil
}

// Put stores at most limit bytes and returns their hash and number. When it
// returns, they are on disk.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error) {
	temp := filepath.Join(s.dir, "new", rand.Text())
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(temp) // after a rename there is nothing to remove
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	if err == nil && size > limit {
		err = ErrTooLarge
	}
	if err == nil {
		err = ctx.Err()
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", 0, err
	}
	hash = hex.EncodeToString(h.Sum(nil))
	path := s.path(hash)
	if _, err := os.Stat(path); err == nil {
		return hash, size, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", 0, err
	}
	if err := os.Rename(temp, path); err != nil {
		return "", 0, err
	}
	return hash, size, syncDir(filepath.Dir(path))
}

// ReadAll returns a blob's bytes and checks that they are what was stored.
func (s *Store) ReadAll(_ context.Context, hash string) ([]byte, error) {
	b, err := os.ReadFile(s.path(hash))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("the file %s is damaged", hash)
	}
	return b, nil
}

// Reader opens a blob for reading.
func (s *Store) Reader(hash string) (*os.File, error) { return os.Open(s.path(hash)) }

func (s *Store) path(hash string) string {
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return filepath.Join(s.dir, "none")
	}
	return filepath.Join(s.dir, hash[:2], hash[2:4], hash)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sniff returns the type of a file from its bytes. What a browser would run is
// called text/plain or octet-stream, whatever the sender said.
func Sniff(data []byte) string {
	t := http.DetectContentType(data)
	if strings.HasPrefix(t, "text/html") || strings.HasPrefix(t, "text/xml") {
		return "text/plain; charset=utf-8"
	}
	return t
}

// InlineSafe reports whether a browser may show a file of this type in place:
// pictures that cannot carry script, and nothing else.
func InlineSafe(contentType string) bool {
	switch contentType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// ImageSize returns the size of a picture in pixels, or zeros.
func ImageSize(data []byte) (width, height int) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0
	}
	return c.Width, c.Height
}
