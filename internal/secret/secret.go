// Package secret seals what must not be readable in the database, and derives
// the keys that sign addresses and tickets, all from one master key.
package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys is the master key at work.
type Keys struct {
	master []byte
	id     []byte
	aead   cipher.AEAD

	earlier []*Keys // only open what they have sealed
}

// Lengths in bytes.
const (
	masterLength = 32
	idLength     = 4
)

// New returns keys from a master key of 32 bytes.
func New(master []byte) (*Keys, error) {
	if len(master) != masterLength {
		return nil, fmt.Errorf("the master key has %d bytes, not %d", len(master), masterLength)
	}
	k := &Keys{master: bytes.Clone(master)}
	k.id = k.Derive("id")[:idLength]
	block, err := aes.NewCipher(k.Derive("seal"))
	if err != nil {
		return nil, err
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// Derive returns a key of 32 bytes for one purpose. Keys of different purposes
// tell nothing of each other, nor of the master key.
func (k *Keys) Derive(label string) []byte {
	key, err := hkdf.Key(sha256.New, k.master, nil, "parley "+label, 32)
	if err != nil {
		panic(err) // only for a length no hash can give
	}
	return key
}

// version leads every sealed text, so that the way of sealing can change.
const version = 1

// The ways in which something does not open.
var (
	ErrNotSealed = errors.New("this was not sealed by Parley")
	ErrOtherKey  = errors.New("this was sealed with another master key; start Parley with that one")
	ErrDamaged   = errors.New("what was sealed here is damaged, or was copied from elsewhere")
)

// Seal encrypts plain (AES-256-GCM) so that it opens only with the same context:
// a sealed text copied to another row does not open there. The result is a
// version, the id of the key, a nonce, and the encrypted text.
func (k *Keys) Seal(plain, context []byte) ([]byte, error) {
	out := append([]byte{version}, k.id...)
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	return k.aead.Seal(append(out, nonce...), nonce, plain, context), nil
}

// Open decrypts what Seal made. The error is one of those above.
func (k *Keys) Open(sealed, context []byte) ([]byte, error) {
	n := 1 + idLength + k.aead.NonceSize()
	switch {
	case len(sealed) < n || sealed[0] != version:
		return nil, ErrNotSealed
	case !bytes.Equal(sealed[1:1+idLength], k.id):
		for _, e := range k.earlier {
			if plain, err := e.Open(sealed, context); !errors.Is(err, ErrOtherKey) {
				return plain, err
			}
		}
		return nil, ErrOtherKey
	}
	plain, err := k.aead.Open(nil, sealed[1+idLength:n], sealed[n:], context)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}
