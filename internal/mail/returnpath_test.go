package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReturnPath(t *testing.T) {
	for raw, want := range map[string]string{
		"Return-Path: <kim@example.com>\r\nFrom: a@b\r\n\r\nbody": "kim@example.com",
		"Received: x\nreturn-path:<>\n\n":                         "",
		"\nFrom x\nReturn-Path: kim@example.com\n":                "kim@example.com",
		"From: a@b\n\nReturn-Path: <kim@example.com>\n":           "none",
		"Subject: x\n Return-Path: folded\n\n":                    "none",
		"":                                                        "none",
	} {
		got, ok := ReturnPath([]byte(raw))
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%q says %q, want %q", raw, got, want)
		}
	}
}

func FuzzReturnPath(f *testing.F) {
	f.Add([]byte("Return-Path: <kim@example.com>\r\n\r\n"))
	f.Add([]byte("Return-Path: >\xff<\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if s, _ := ReturnPath(raw); strings.ContainsAny(s, "\r\n\x00") || !utf8.ValidString(s) {
			t.Errorf("%q gives %q", raw, s)
		}
	})
}
