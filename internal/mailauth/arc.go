package mailauth

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxSets is how many ARC sets a mail may have (RFC 8617, 4.2.1).
const maxSets = 50

// minKey is how many bits a key must have (RFC 8301, 3.2).
const minKey = 1024

// set is what one server added when it handed a mail on.
type set struct {
	results, signature, seal field
	signed, sealed           map[string]string // their tags
}

var errChain = errors.New("the ARC chain does not hold")

// chain checks the ARC sets of a mail (RFC 8617, 5.2): None if there are none,
// Pass if the chain holds, Fail or TempError. sets are in the order in which they
// were added, whatever the result, if their structure is whole.
func chain(ctx context.Context, r Resolver, header []field, body []byte) (Result, []set) {
	sets, err := sets(header)
	if err != nil {
		return Fail, nil
	}
	if len(sets) == 0 {
		return None, nil
	}
	keys := keyring{resolver: r}
	if slices.ContainsFunc(sets, func(s set) bool { return s.sealed["cv"] == "fail" }) {
		return Fail, sets
	}
	if err := checkMessage(ctx, &keys, sets[len(sets)-1], header, body); err != nil {
		return keys.result(), sets
	}
	for i := range sets {
		if err := checkSeal(ctx, &keys, sets[:i+1]); err != nil {
			return keys.result(), sets
		}
	}
	return Pass, sets
}

// sets orders the fields by instance and looks at their structure.
func sets(header []field) ([]set, error) {
	found := map[int]*set{}
	for _, f := range header {
		if f.name != "arc-seal" && f.name != "arc-message-signature" && f.name != "arc-authentication-results" {
			continue
		}
		tags, instance, err := instanceOf(f)
		if err != nil {
			return nil, err
		}
		s := found[instance]
		if s == nil {
			s = &set{}
			found[instance] = s
		}
		into := &s.results
		switch f.name {
		case "arc-seal":
			into, s.sealed = &s.seal, tags
		case "arc-message-signature":
			into, s.signed = &s.signature, tags
		}
		if into.name != "" {
			return nil, errChain
		}
		*into = f
	}
	all := make([]set, 0, len(found))
	for i := 1; i <= len(found); i++ {
		s := found[i]
		if s == nil || s.results.name == "" || s.signature.name == "" || s.seal.name == "" {
			return nil, errChain
		}
		if cv := s.sealed["cv"]; i == 1 && cv != "none" && cv != "fail" || i > 1 && cv != "pass" && cv != "fail" {
			return nil, errChain
		}
		all = append(all, *s)
	}
	return all, nil
}

func instanceOf(f field) (tags map[string]string, instance int, err error) {
	var v string
	if f.name == "arc-authentication-results" {
		first, _, ok := strings.Cut(f.value(), ";")
		name, value, equals := strings.Cut(first, "=")
		if !ok || !equals || strings.TrimFunc(name, isSpace) != "i" {
			return nil, 0, errChain
		}
		v = strings.TrimFunc(value, isSpace)
	} else {
		if tags, err = parseTags(f.value()); err != nil {
			return nil, 0, err
		}
		v = tags["i"]
	}
	instance, err = strconv.Atoi(v)
	if err != nil || instance < 1 || instance > maxSets {
		return nil, 0, errChain
	}
	return tags, instance, nil
}

// checkMessage checks the newest signature over the mail (RFC 8617, 4.1.2).
func checkMessage(ctx context.Context, keys *keyring, s set, header []field, body []byte) error {
	t := s.signed
	if err := checkTags(t); err != nil {
		return err
	}
	heads, bodies, err := canonical(t)
	if err != nil {
		return err
	}
	content := simpleBody(body)
	if bodies == "relaxed" {
		content = relaxedBody(body)
	}
	bh, err := base64.StdEncoding.DecodeString(squeeze(t["bh"]))
	sum := sha256.Sum256(content)
	if err != nil || subtle.ConstantTimeCompare(bh, sum[:]) != 1 {
		return errChain
	}
	names, ok := t["h"]
	if !ok {
		return errChain
	}
	write := simpleField
	if heads == "relaxed" {
		write = relaxedField
	}
	var b strings.Builder
	used := map[string]int{} // from the bottom up (RFC 6376, 5.4.2)
	for name := range strings.SplitSeq(names, ":") {
		name = strings.ToLower(strings.TrimFunc(name, isSpace))
		if name == "arc-seal" {
			return errChain
		}
		if f, ok := fromBottom(header, name, used[name]); ok {
			b.WriteString(write(f) + "\r\n")
		}
		used[name]++
	}
	b.WriteString(write(unsigned(s.signature)))
	return keys.verify(ctx, t, b.String())
}

func fromBottom(header []field, name string, skip int) (field, bool) {
	for _, f := range slices.Backward(header) {
		if f.name != name {
			continue
		}
		if skip == 0 {
			return f, true
		}
		skip--
	}
	return field{}, false
}

// canonical returns how the header and the body were written for hashing. Who
// names neither means relaxed: the published suite of ARC says so, unlike DKIM.
func canonical(t map[string]string) (heads, bodies string, err error) {
	c, ok := t["c"]
	if !ok {
		return "relaxed", "relaxed", nil
	}
	heads, bodies, two := strings.Cut(c, "/")
	if !two {
		bodies = "simple"
	}
	for _, one := range []string{heads, bodies} {
		if one != "simple" && one != "relaxed" {
			return "", "", errChain
		}
	}
	return heads, bodies, nil
}

// checkSeal checks the seal of the last of sets over all of them (RFC 8617, 5.1.1).
func checkSeal(ctx context.Context, keys *keyring, all []set) error {
	last := all[len(all)-1]
	if err := checkTags(last.sealed); err != nil {
		return err
	}
	if _, ok := last.sealed["h"]; ok {
		return errChain
	}
	var b strings.Builder
	for i, s := range all {
		b.WriteString(relaxedField(s.results) + "\r\n" + relaxedField(s.signature) + "\r\n")
		if i < len(all)-1 {
			b.WriteString(relaxedField(s.seal) + "\r\n")
		}
	}
	b.WriteString(relaxedField(unsigned(last.seal)))
	return keys.verify(ctx, last.sealed, b.String())
}

var (
	signatureTag = regexp.MustCompile(`((?:^|;|:)[ \t\r\n]*b[ \t\r\n]*=)[^;]*`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`)
)

// unsigned returns a field as it was hashed: with an empty signature.
func unsigned(f field) field {
	name, value, _ := strings.Cut(f.raw, ":")
	return field{f.name, name + ":" + signatureTag.ReplaceAllString(value, "$1")}
}

// checkTags looks at what a seal and a signature have in common.
func checkTags(t map[string]string) error {
	if a := t["a"]; a != "rsa-sha256" && a != "ed25519-sha256" {
		return errChain
	}
	if !strings.Contains(t["d"], ".") || !hostName.MatchString(t["d"]) || !hostName.MatchString(t["s"]) || t["b"] == "" {
		return errChain
	}
	if at, ok := t["t"]; ok {
		if _, err := strconv.ParseUint(at, 10, 63); err != nil {
			return errChain
		}
	}
	return nil
}

// keyring fetches the keys of one mail's chain, each once.
type keyring struct {
	resolver Resolver
	known    map[string]crypto.PublicKey
	temp     bool // the DNS did not answer
}

// result is what a chain whose check has failed comes to.
func (k *keyring) result() Result {
	if k.temp {
		return TempError
	}
	return Fail
}

func (k *keyring) verify(ctx context.Context, t map[string]string, what string) error {
	sum, err := base64.StdEncoding.DecodeString(squeeze(t["b"]))
	if err != nil {
		return errChain
	}
	key, err := k.key(ctx, t["s"]+"._domainkey."+t["d"])
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(what))
	switch key := key.(type) {
	case *rsa.PublicKey:
		if t["a"] != "rsa-sha256" || key.N.BitLen() < minKey || rsa.VerifyPKCS1v15(key, crypto.SHA256, hash[:], sum) != nil {
			return errChain
		}
		return nil
	case ed25519.PublicKey:
		if t["a"] == "ed25519-sha256" && ed25519.Verify(key, hash[:], sum) {
			return nil
		}
	}
	return errChain
}

func (k *keyring) key(ctx context.Context, name string) (crypto.PublicKey, error) {
	if key, ok := k.known[name]; ok {
		return key, nil
	}
	records, err := k.resolver.LookupTXT(ctx, name)
	if err != nil {
		k.temp = k.temp || temporary(err)
		return nil, errChain
	}
	for _, record := range records {
		key, err := parseKey(record)
		if err != nil {
			continue
		}
		if k.known == nil {
			k.known = map[string]crypto.PublicKey{}
		}
		k.known[name] = key
		return key, nil
	}
	return nil, errChain
}

// parseKey reads a key record (RFC 6376, 3.6.1).
func parseKey(record string) (crypto.PublicKey, error) {
	t, err := parseTags(record)
	if err != nil {
		return nil, err
	}
	der, err := base64.StdEncoding.DecodeString(squeeze(t["p"]))
	if v, ok := t["v"]; err != nil || ok && v != "DKIM1" || len(der) == 0 {
		return nil, errChain
	}
	if t["k"] == "ed25519" {
		if len(der) != ed25519.PublicKeySize {
			return nil, errChain
		}
		return ed25519.PublicKey(der), nil
	}
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key, nil
	}
	return x509.ParsePKCS1PublicKey(der)
}
