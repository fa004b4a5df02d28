package mailtest

import (
	"fmt"
	"strings"
)

// Costly is a mail that was made to be slow to read, or to take much memory.
type Costly struct {
	Name string
	Raw  string
}

// CostlyMails returns mails of up to 20 MB, each for another way in which a reader can
// be quadratic or worse.
func CostlyMails() []Costly {
	const levels = 50
	const from, mixed = "From: a@example.com\r\n", "Content-Type: multipart/mixed; boundary="
	const head = from + mixed + "b\r\n\r\n"
	var wrong, open strings.Builder
	open.WriteString(from)
	for i := range levels {
		fmt.Fprintf(&wrong, "--b%d\r\n%sx%d\r\n\r\n", i, mixed, i)
		fmt.Fprintf(&open, "%sb%d\r\n\r\n--b%d\r\n", mixed, i, i)
	}
	open.WriteString("Content-Type: text/plain\r\n\r\n" + strings.Repeat("0123456789012345678\r\n", 500_000))
	return []Costly{
		{"lines like boundaries", head + strings.Repeat("--c\r\n", 2_000_000)},
		{"boundaries", head + strings.Repeat("--b\r\n", 2_000_000)},
		{"dashes", head + strings.Repeat("-", 20<<20)},
		{"levels that never close", open.String()},
		{"levels with wrong names", from + mixed + "b0\r\n\r\n" + wrong.String() + strings.Repeat("--z\r\n", 1_000_000)},
		{"a header without end", from + "Subject: " + strings.Repeat("=?utf-8?q?=C3=A4?= ", 500_000)},
		{"headers", strings.Repeat(from, 100_000)},
		{"a type with parameters", from + "Content-Type: text/plain" + strings.Repeat("; a=\"b", 100_000) + "\r\n\r\nx"},
		{"addresses", from + "To: " + strings.Repeat("\"a\" <a@example.com>, ", 100_000) + "\r\n\r\nx"},
		{"comments", "From: " + strings.Repeat("(", 500_000) + "\r\n\r\nx"},
		{"references", from + "References: " + strings.Repeat("<a@b> ", 500_000) + "\r\n\r\nx"},
		{"HTML", from + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div><blockquote>x", 100_000)},
		{"attributes", from + "Content-Type: text/html\r\n\r\n<div " + strings.Repeat("a=b ", 500_000) + ">"},
		{"quotes in quotes", from + "\r\n" + strings.Repeat(strings.Repeat(">", 200)+" x\r\n", 40_000)},
		{"histories", from + "\r\n" + strings.Repeat("On Mon, Jan 5, 2026, Ann <a@example.com> wrote:\r\n> x\r\n", 100_000)},
		{"quoted-printable escapes", from + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=", 5<<20)},
	}
}
