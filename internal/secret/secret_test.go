package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func keys(t testing.TB, b byte) *Keys {
	t.Helper()
	k, err := New(bytes.Repeat([]byte{b}, masterLength))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedOpens(t *testing.T) {
	k := keys(t, 1)
	for _, plain := range []string{"", "a secret", strings.Repeat("secret ", 10_000)} {
		sealed, err := k.Seal([]byte(plain), []byte("chn_1"))
		if err != nil {
			t.Fatal(err)
		}
		if plain != "" && bytes.Contains(sealed, []byte(plain)) {
			t.Error("the sealed text can be read")
		}
		if got, err := k.Open(sealed, []byte("chn_1")); err != nil || string(got) != plain {
			t.Errorf("opened %q, %v", got, err)
		}
		if again, _ := k.Seal([]byte(plain), []byte("chn_1")); bytes.Equal(again, sealed) {
			t.Error("sealing twice gives the same bytes: a nonce was used again")
		}
	}
}

// What was changed, cut, moved to another row or sealed elsewhere does not open,
// and the error says which it is.
func TestSealedDoesNotOpen(t *testing.T) {
	k := keys(t, 1)
	sealed, err := k.Seal([]byte("secret"), []byte("chn_1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(sealed, []byte("chn_2")); !errors.Is(err, ErrDamaged) {
		t.Errorf("in another row: %v", err)
	}
	if _, err := keys(t, 2).Open(sealed, []byte("chn_1")); !errors.Is(err, ErrOtherKey) {
		t.Errorf("with another key: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open(changed, []byte("chn_1")); err == nil {
			t.Errorf("opens with byte %d changed", i)
		}
		if _, err := k.Open(sealed[:i], []byte("chn_1")); err == nil {
			t.Errorf("opens when cut to %d bytes", i)
		}
	}
	if _, err := k.Open(nil, nil); !errors.Is(err, ErrNotSealed) {
		t.Errorf("nothing at all: %v", err)
	}
}

func TestDerivedKeys(t *testing.T) {
	k := keys(t, 1)
	seen := map[string]string{}
	for _, label := range []string{"mail", "visitor", "visitor ticket", "visitor file", "seal", "id", ""} {
		key := k.Derive(label)
		if len(key) != 32 || !bytes.Equal(key, k.Derive(label)) || bytes.Equal(key, keys(t, 2).Derive(label)) {
			t.Errorf("key of %q is not 32 bytes, changes, or does not depend on the master key", label)
		}
		if other, ok := seen[string(key)]; ok {
			t.Errorf("%q and %q have one key", label, other)
		}
		seen[string(key)] = label
	}
	// RFC 5869 by another implementation: openssl kdf -keylen 32 -kdfopt digest:SHA2-256
	// -kdfopt hexkey:0101…01 -kdfopt info:"parley mail" HKDF.
	if got := hex.EncodeToString(k.Derive("mail")); got != "1c3308f46028a8a321d0c1e0247ba1be8bc20f913b70cb22aced4ac9b4ea2f36" {
		t.Errorf("the key of mail has changed: every address signed before would be refused: %s", got)
	}
}

func TestLoadMakesAKeyOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	var wg sync.WaitGroup
	all := make([]*Keys, 8)
	for i := range all { // processes that start at once agree on one key
		wg.Go(func() {
			k, err := Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			all[i] = k
		})
	}
	wg.Wait()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key can be read by others: %s", info.Mode())
	}
	for _, k := range all {
		if k == nil || !bytes.Equal(k.master, all[0].master) {
			t.Fatal("two starts have two keys")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := Parse(string(text))
	if err != nil || !bytes.Equal(k.master, all[0].master) {
		t.Errorf("the file's text as a variable gives another key: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(path, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that is no key: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "abc\n" {
		t.Error("a file that is no key was overwritten")
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none", "key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	for _, s := range []string{"", "zz", strings.Repeat("0", 63), strings.Repeat("0", 66), strings.Repeat("g", 64)} {
		if _, err := Parse(s); err == nil {
			t.Errorf("%q is taken for a key", s)
		}
	}
	if _, err := New(make([]byte, 16)); err == nil {
		t.Error("16 bytes are taken for a key")
	}
}

// With a new master key before the old one, what the old one sealed opens, and
// what is sealed from then on opens with the new one alone.
func TestMasterKeyIsChanged(t *testing.T) {
	text := func(b byte) string { return hex.EncodeToString(bytes.Repeat([]byte{b}, masterLength)) }
	sealed, err := keys(t, 1).Seal([]byte("secret"), []byte("chn_1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{text(2) + "," + text(1), text(3) + " " + text(2) + "\n" + text(1) + "\n"} {
		both, err := Parse(list)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := both.Open(sealed, []byte("chn_1")); err != nil || string(got) != "secret" {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := both.Open(sealed, []byte("chn_2")); !errors.Is(err, ErrDamaged) {
			t.Errorf("in another row: %v", err)
		}
		today, err := both.Seal([]byte("secret"), []byte("chn_1"))
		if err != nil {
			t.Fatal(err)
		}
		alone, err := Parse(list[:2*masterLength])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := alone.Open(today, []byte("chn_1")); err != nil || string(got) != "secret" {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := alone.Open(sealed, []byte("chn_1")); !errors.Is(err, ErrOtherKey) {
			t.Errorf("without the old key: %v", err)
		}
		if again, err := Parse(both.Text()); err != nil || again.Text() != both.Text() || !again.Knows(keys(t, 1).ID()) || !again.Knows(alone.ID()) || alone.Knows(keys(t, 1).ID()) {
			t.Errorf("the keys written down are others: %s, %v", both.Text(), err)
		}
		if !bytes.Equal(both.Derive("mail"), alone.Derive("mail")) {
			t.Error("an earlier key signs")
		}
	}
	for _, bad := range []string{"", ",", text(1) + "," + text(2)[1:], strings.Repeat(text(1)+",", maxKeys+1)} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%.80q is read", bad)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k, err := Parse(strings.Repeat("01", masterLength) + "," + strings.Repeat("02", masterLength))
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := k.Seal([]byte("secret"), []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{nil, {version}, sealed, sealed[:20], append(bytes.Clone(sealed), 0)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// Only what was sealed opens, by this process or by another one that fuzzes.
		if got, err := k.Open(b, []byte("x")); err == nil && string(got) != "secret" {
			t.Errorf("%x opens as %q", b, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", strings.Repeat("0a", masterLength), strings.Repeat("0A", masterLength) + "\r\n", "x," + strings.Repeat("00", masterLength)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := Parse(s); err == nil && (len(s) < 2*masterLength || len(k.earlier) >= maxKeys) {
			t.Errorf("%q is a key", s)
		}
	})
}
