package blob

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Remove takes a blob away that nobody has put since a moment, and reports whether
// it is gone. Whoever puts the same bytes meanwhile, in whatever process, has them:
// Put says so in the file's time, and the file leaves its place before it is looked
// at for the last time.
func (s *Store) Remove(hash string, since time.Time) (bool, error) {
	path := s.path(hash)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil || !info.ModTime().Before(since) {
		return false, err
	}
	aside := filepath.Join(s.dir, "new", rand.Text())
	if err := os.Rename(path, aside); err != nil {
		return false, err
	}
	if info, err = os.Stat(aside); err != nil {
		return false, err
	}
	if !info.ModTime().Before(since) {
		return false, errors.Join(s.keep(aside, path, info.Size()), ignoreGone(os.Remove(aside)))
	}
	return true, errors.Join(os.Remove(aside), syncDir(filepath.Dir(path)))
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
