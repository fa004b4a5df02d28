package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"
)

// A hash verifies its password and no other, and is never the same twice.
func TestPasswordIsVerified(t *testing.T) {
	hash, err := HashPassword(t.Context(), "a long enough secret ✓")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || len(strings.Split(hash, "$")) != 6 {
		t.Errorf("not a PHC string of Argon2id at today's cost: %s", hash)
	}
	for password, want := range map[string]bool{"a long enough secret ✓": true, "a long enough secret": false, "": false, "A long enough secret ✓": false} {
		if got, err := VerifyPassword(t.Context(), hash, password); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", password, got, err, want)
		}
	}
	again, err := HashPassword(t.Context(), "a long enough secret ✓")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are equal (%v)", err)
	}
	if Outdated(hash) {
		t.Error("a fresh hash is called outdated")
	}
}

// Hashes of another cost keep working and are called outdated. This one was made
// by the reference implementation: argon2 -id -t 3 -k 8192 -p 2 -l 32 -e.
func TestPasswordOfAnotherCost(t *testing.T) {
	const vector = "$argon2id$v=19$m=8192,t=3,p=2$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg"
	ok, err := VerifyPassword(t.Context(), vector, "a long enough secret ✓")
	if err != nil || !ok {
		t.Errorf("the reference's hash is refused: %v, %v", ok, err)
	}
	if ok, err := VerifyPassword(t.Context(), vector, "a long enough secret x"); err != nil || ok {
		t.Errorf("a wrong password is taken: %v, %v", ok, err)
	}
	if !Outdated(vector) || !Outdated("nonsense") {
		t.Error("a hash of another cost, or none, is not called outdated")
	}
}

// Nobody's hash never verifies, not even with the key of zeros it is compared to.
func TestPasswordOfNobody(t *testing.T) {
	for _, password := range []string{"", "anything at all"} {
		if ok, err := VerifyPassword(t.Context(), "", password); ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
}

func TestPasswordHashOfUnknownForm(t *testing.T) {
	for _, hash := range []string{
		"x", "$2b$12$abc", "$argon2i$v=19$m=65536,t=2,p=1$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=16$m=65536,t=2,p=1$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=19$m=4294967295,t=2,p=1$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=19$m=65536,t=2,p=0$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=19$m=65536,t=0,p=1$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=19$m=65536,t=2,p=1 $cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=65536,t=2,p=1$%%$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		if ok, err := VerifyPassword(t.Context(), hash, "a long enough secret ✓"); ok || err == nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}

// Who does not wait any longer for a turn gets the reason; a turn is given back.
func TestHashingTakesTurns(t *testing.T) {
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := HashPassword(ctx, "a long enough secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("hashed although all turns were taken: %v", err)
	}
	for range cap(hashing) {
		<-hashing
	}
	var wg sync.WaitGroup
	for range 2 * cap(hashing) {
		wg.Go(func() {
			if _, err := HashPassword(t.Context(), "a long enough secret"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(hashing) != 0 {
		t.Errorf("%d turns were not given back", len(hashing))
	}
}

func TestWeakPasswords(t *testing.T) {
	const email = "Jane.Roe@example.com"
	for _, p := range []string{
		"", "short", "123456789", "0123456789", "31121999!!", "password12", "Password123!", "P@ssw0rd2026", "pa$$word!!", "letmein2024", "qwertyuiop", "asdfghjkl1",
		"poiuytrewq", "zyxwvutsrqp", "aaaaaaaaaa", "abababababab", "abcabcabcabc", "1234512345", "Jane.Roe@example.com", "jane.roe2026", "!!jane.roe!!",
		"éééééééééé", "helpdesk2026", "Summer2026!!", "xxxxxxxxx\xff", strings.Repeat("ab c", 33),
	} {
		if WeakPassword(p, email) == "" {
			t.Errorf("%q is accepted", p)
		}
	}
	for _, p := range []string{
		"tulip-harbour-nine", "correct horse", "9f3kd02mzq", "schöne Grüße", "我喜欢下雨天和热茶还有书", "4921 8830 1276 5501", "jane.roe likes tea", strings.Repeat("x1y2z", 25) + "abc",
	} {
		if why := WeakPassword(p, email); why != "" {
			t.Errorf("%q is refused: %s", p, why)
		}
	}
	if why := WeakPassword("tulip-harbour-nine", ""); why != "" {
		t.Errorf("refused without an address: %s", why)
	}
}

// Of the passwords found most often, none that is long enough is accepted, nor
// one of the others with a year and a sign after it.
func TestFrequentPasswords(t *testing.T) {
	list := frequency.FrequencyLists["passwords"]
	if len(list) < 20_000 {
		t.Fatalf("the list has %d passwords", len(list))
	}
	long := 0
	for i, p := range list {
		if utf8.RuneCountInString(p) >= MinPassword {
			long++
			if WeakPassword(p, "") == "" {
				t.Errorf("%q is accepted", p)
			}
		}
		if i < 3000 && len(undecorated(p)) > 3 && WeakPassword(p+"2026!!!!!!", "") == "" {
			t.Errorf("%q with a year is accepted", p)
		}
	}
	if long < 1000 {
		t.Errorf("only %d of them are long enough", long)
	}
}

// Tokens are long, tell what they are for, never repeat and are stored hashed.
func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for _, prefix := range []string{"pat_", "ses_", "inv_", "chs_"} {
		for range 100 {
			token, hash := NewToken(prefix)
			if !strings.HasPrefix(token, prefix) || len(token) != len(prefix)+52 || strings.Trim(token[4:], "0123456789abcdefghjkmnpqrstvwxyz") != "" {
				t.Fatalf("token %q", token)
			}
			if hash != HashToken(token) || len(hash) != 64 || strings.Contains(hash, token[4:]) {
				t.Fatalf("hash %q of %q", hash, token)
			}
			if seen[token] || seen[hash] {
				t.Fatalf("%q came twice", token)
			}
			seen[token], seen[hash] = true, true
		}
	}
	// SHA-256 of "abc", FIPS 180-4.
	if got := HashToken("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("hash of abc is %s", got)
	}
	if k := NewKey(); len(k) != 20 || k == NewKey() {
		t.Errorf("key %q", k)
	}
}

func FuzzVerifyPassword(f *testing.F) {
	for _, s := range []string{"", "$argon2id$v=19$m=8,t=1,p=1$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg", "$argon2id$$$$", "$argon2id$v=19$m=8,t=1,p=1$$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := parsePHC(s); err == nil && p.String() != s {
			t.Errorf("%q is read as %q", s, p)
		}
	})
}
