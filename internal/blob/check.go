package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Walk gives fn the hash and size of every blob there is, in the order of
// hashes. One that is put meanwhile may be left out.
func (s *Store) Walk(ctx context.Context, fn func(hash string, size int64) error) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d == nil || d.IsDir() || s.path(d.Name()) != path {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return fn(d.Name(), info.Size())
	})
}

// Size returns how many bytes a blob has, without reading it: fs.ErrNotExist if
// there is none.
func (s *Store) Size(hash string) (int64, error) {
	info, err := os.Stat(s.path(hash))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Check reads a blob to its end and compares it with its hash: ErrDamaged if
// they differ, fs.ErrNotExist if there is none.
func (s *Store) Check(ctx context.Context, hash string) error {
	f, err := s.Reader(hash)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, reader{ctx, f}); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != hash {
		return fmt.Errorf("%w: %s", ErrDamaged, hash)
	}
	return nil
}
