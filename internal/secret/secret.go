// Package secret seals what must not be readable in the database, and derives
// the keys that sign addresses and tickets, all from one master key.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Keys is the master key at work.
type Keys struct {
	master []byte
	aead   cipher.AEAD
}

// masterLength is the length of the master key in bytes.
const masterLength = 32

// New returns keys from a master key of 32 bytes.
func New(master []byte) (*Keys, error) {
	if len(master) != masterLength {
		return nil, fmt.Errorf("the master key has %d bytes, not %d", len(master), masterLength)
	}
	k := &Keys{master: master}
	block, err := aes.NewCipher(k.Derive("seal"))
	if err != nil {
		return nil, err
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// Load reads the master key from a file, which it makes on the first start,
// readable by its owner only.
func Load(path string) (*Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	return Parse(strings.TrimSpace(string(text)))
}

// Parse reads a master key of 64 hexadecimal digits.
func Parse(text string) (*Keys, error) {
	master, err := hex.DecodeString(text)
	if err != nil {
		return nil, errors.New("the master key is not 64 hexadecimal digits")
	}
	return New(master)
}

func create(path string) (*Keys, error) {
	master := make([]byte, masterLength)
	rand.Read(master)
	temp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("make the master key: %w", err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(hex.EncodeToString(master) + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, fmt.Errorf("write the master key: %w", err)
	}
	// A link fails if another process was first: then theirs is the key.
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("write the master key: %w", err)
	}
	return Load(path)
}

// Derive returns a key of 32 bytes for one purpose.
func (k *Keys) Derive(label string) []byte {
	key, err := hkdf.Key(sha256.New, k.master, nil, "parley "+label, 32)
	if err != nil {
		panic(err) // only for a length no hash can give
	}
	return key
}

// version leads every sealed text, so that the way of sealing can change.
const version = 1

// Seal encrypts plain so that it opens only with the same context: a sealed
// text copied to another row does not open there.
func (k *Keys) Seal(plain, context []byte) ([]byte, error) {
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	out := append([]byte{version}, nonce...)
	return k.aead.Seal(out, nonce, plain, context), nil
}

// Open decrypts what Seal made.
func (k *Keys) Open(sealed, context []byte) ([]byte, error) {
	n := k.aead.NonceSize()
	if len(sealed) < 1+n || sealed[0] != version {
		return nil, errors.New("this was not sealed by Parley")
	}
	plain, err := k.aead.Open(nil, sealed[1:1+n], sealed[1+n:], context)
	if err != nil {
		return nil, errors.New("the master key has changed since this was sealed")
	}
	return plain, nil
}
