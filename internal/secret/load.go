package secret

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxKeys is how many master keys there can be: today's and earlier ones.
const maxKeys = 16

// Parse reads master keys of 64 hexadecimal digits each, with spaces, commas or
// line breaks between them. The first is today's: it seals and signs. What the
// others have sealed still opens.
func Parse(text string) (*Keys, error) {
	var k *Keys
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' || r == '\n' })
	if len(fields) == 0 || len(fields) > maxKeys {
		return nil, fmt.Errorf("there are %d master keys, not 1 to %d", len(fields), maxKeys)
	}
	for _, field := range fields {
		master, err := hex.DecodeString(field)
		if err != nil || len(master) != masterLength {
			return nil, errors.New("the master key is not 64 hexadecimal digits")
		}
		one, err := New(master)
		if err != nil {
			return nil, err
		}
		if k == nil {
			k = one
			continue
		}
		k.earlier = append(k.earlier, one)
	}
	return k, nil
}

// Text returns the master key, and earlier ones after it, as Parse reads them, for
// a backup. It opens everything: whoever holds it must keep it like a password.
func (k *Keys) Text() string {
	text := hex.EncodeToString(k.master)
	for _, e := range k.earlier {
		text += "," + hex.EncodeToString(e.master)
	}
	return text
}

// ID names the master key without telling anything of it, so that a backup can
// say which key it needs.
func (k *Keys) ID() string { return hex.EncodeToString(k.id) }

// Knows reports whether one of the master keys has an ID.
func (k *Keys) Knows(id string) bool {
	return k.ID() == id || slices.ContainsFunc(k.earlier, func(e *Keys) bool { return e.ID() == id })
}

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
