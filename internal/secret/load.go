package secret

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Parse reads a master key of 64 hexadecimal digits.
func Parse(text string) (*Keys, error) {
	master, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != masterLength {
		return nil, errors.New("the master key is not 64 hexadecimal digits")
	}
	return New(master)
}

// Text returns the master key as Parse reads it, for a backup. It opens
// everything: whoever holds it must keep it like a password.
func (k *Keys) Text() string { return hex.EncodeToString(k.master) }

// ID names the master key without telling anything of it, so that a backup can
// say which key it needs.
func (k *Keys) ID() string { return hex.EncodeToString(k.id) }

// Load reads the master key from a file, which it makes on the first start,
// readable by its owner only.
func Load(path string) (*Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("make the master key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	k, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// create writes a random key. When it returns, the key is on disk: what is
// sealed with it from now on must open after a crash.
func create(path string) error {
	master := make([]byte, masterLength)
	rand.Read(master)
	temp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(hex.EncodeToString(master) + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	// A link fails if another process was first: then theirs is the key.
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
