package auth

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a password's length in characters: long enough to resist
// guessing, short enough not to be a way to keep the server busy.
const (
	MinPassword = 10
	MaxPassword = 128
)

// WeakPassword says in one sentence what is wrong with a password somebody
// chose, or "". There are no rules about kinds of characters: they make
// passwords worse (NIST SP 800-63B, 3.1.1.2).
func WeakPassword(password, email string) string {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return "A password is text. This one has bytes that are none."
	case n < MinPassword:
		return fmt.Sprintf("A password needs at least %d characters.", MinPassword)
	case n > MaxPassword:
		return fmt.Sprintf("A password has at most %d characters.", MaxPassword)
	}
	low := strings.ToLower(password)
	if fromAddress(low, strings.ToLower(email)) {
		return "A password must not be made of your mail address."
	}
	if guessable(low) {
		return "This password is among the first that are guessed. Choose another."
	}
	return ""
}

// fromAddress reports whether a password is a mail address or its first part
// with decoration around it.
func fromAddress(low, email string) bool {
	if email == "" {
		return false
	}
	name, _, _ := strings.Cut(email, "@")
	return low == email || len(name) >= 4 && strings.Contains(low, name) && undecorated(strings.ReplaceAll(low, name, "")) == ""
}

// guessable reports whether a lower-case password is a well-known word with
// decoration, one piece over and over, or a walk along the keyboard.
func guessable(low string) bool {
	stem := undecorated(low)
	if frequent()[low] {
		return true
	}
	if stem == "" {
		return utf8.RuneCountInString(low) < 16 // a date, a phone number
	}
	for _, s := range []string{stem, unleet.Replace(stem)} {
		if common[s] || frequent()[s] {
			return true
		}
	}
	return repeats(low) || walks(stem)
}

// undecorated returns s without the digits and signs that people put around words.
func undecorated(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// unleet puts letters for the signs that stand for them.
var unleet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// repeats reports whether s is a piece of up to four characters over and over.
func repeats(s string) bool {
	runes := []rune(s)
	for n := 1; n <= 4; n++ {
		same := true
		for i := n; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-n]
		}
		if same {
			return true
		}
	}
	return false
}

// rows are what fingers walk along.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn"}

// walks reports whether a stem is a piece of a row, forwards or backwards.
func walks(stem string) bool {
	back := []rune(stem)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		if strings.Contains(row, stem) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}
