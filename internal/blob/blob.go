// Package blob keeps files on disk by the hash of their content: the same bytes
// are stored once, and what is stored never changes. No name that anybody chose
// becomes a path.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Store is a folder of blobs. Several processes may use one folder.
type Store struct{ dir string }

// The ways in which a file is refused.
var (
	ErrTooLarge = errors.New("the file is too large")
	ErrDamaged  = errors.New("the file on disk is damaged")
)

// Open returns the store in a folder, which it makes if need be.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "new"), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	return &Store{dir}, nil
}

// Put stores at most limit bytes and returns their hash (SHA-256, hexadecimal)
// and number. When it returns without an error, they are on disk and survive a
// crash. More than limit is ErrTooLarge, and nothing is stored.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error) {
	temp := filepath.Join(s.dir, "new", rand.Text())
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(temp) // after a rename there is nothing to remove
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(reader{ctx, r}, limit+1))
	if err == nil && size > limit {
		err = ErrTooLarge
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, err
	}
	hash = hex.EncodeToString(h.Sum(nil))
	if err := s.keep(temp, s.path(hash), size); err != nil {
		return "", 0, err
	}
	return hash, size, nil
}

// keep gives a file its place. One of the same size that is there already stays,
// as young as this one: Remove leaves it then. One of another size was cut by a
// failing disk, and is mended. The folders are synced in any case: who put the other
// one may not have come that far yet.
func (s *Store) keep(temp, path string, size int64) error {
	young, err := os.Stat(temp)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() == size {
		err = os.Chtimes(path, time.Time{}, young.ModTime())
	}
	if err == nil {
		// Its time may have been set when it had left its place already, and had been
		// looked at for the last time. What is there now will be found young.
		info, err = os.Stat(path)
	}
	if err != nil || info.Size() != size { // it is not there, or was removed this moment
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.Rename(temp, path); err != nil {
			return err
		}
	}
	leaf := filepath.Dir(path)
	return errors.Join(syncDir(leaf), syncDir(filepath.Dir(leaf)), syncDir(s.dir))
}

// ReadAll returns a blob's bytes after checking that they are what was stored:
// ErrDamaged if not, fs.ErrNotExist if there are none.
func (s *Store) ReadAll(ctx context.Context, hash string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(s.path(hash))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, hash)
	}
	return b, nil
}

// Reader opens a blob for reading; whoever asks closes it. fs.ErrNotExist if
// there is none.
func (s *Store) Reader(hash string) (*os.File, error) { return os.Open(s.path(hash)) }

// path is where the blob of a hash is. What is no hash has a path where nothing is.
func (s *Store) path(hash string) string {
	if len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return filepath.Join(s.dir, "none")
	}
	return filepath.Join(s.dir, hash[:2], hash[2:4], hash)
}

// reader ends when ctx does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
