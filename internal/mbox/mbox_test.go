package mbox

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func read(t *testing.T, s string, most int) (all []string, large int) {
	t.Helper()
	r := New(strings.NewReader(s), int64(len(s)), most)
	for {
		m, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return all, large
		case errors.Is(err, ErrTooLarge):
			large++
		case err != nil:
			t.Fatal(err)
		default:
			all = append(all, string(m))
		}
	}
}

const line = "From a@example.com Fri Jul  8 12:08:34 2011\n"

// The forms of mbox, and what is broken in them, each mail as it was before it was kept.
func TestForms(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want []string
	}{
		"two":                      {line + "A: 1\n\none\n\n" + line + "A: 2\n\ntwo\n", []string{"A: 1\n\none\n", "A: 2\n\ntwo\n"}},
		"carriage returns":         {line + "A: 1\r\n\r\none\r\n\r\n" + line + "A: 2\r\n\r\ntwo\r\n", []string{"A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n"}},
		"escaped once and twice":   {line + "A: 1\n\n>From me\n>>From him\n> quoted\n", []string{"A: 1\n\nFrom me\n>From him\n> quoted\n"}},
		"a line of a mail":         {line + "A: 1\n\nx\n\nFrom here on it rains.\n", []string{"A: 1\n\nx\n\nFrom here on it rains.\n"}},
		"nothing before the first": {"rubbish\n\n" + line + "A: 1\n\none\n", []string{"A: 1\n\none\n"}},
		"counted": {
			line + "A: 1\nContent-Length: 55\n\none\n\n" + line + "stays\n\n" + line + "A: 2\n\ntwo\n",
			[]string{"A: 1\nContent-Length: 55\n\none\n\n" + line + "stays\n", "A: 2\n\ntwo\n"},
		},
		"counted wrongly": {line + "A: 1\nContent-Length: 3\n\none and more\n\n" + line + "A: 2\n\ntwo\n", []string{"A: 1\nContent-Length: 3\n\none and more\n", "A: 2\n\ntwo\n"}},
		"no end":          {line + "A: 1\n\none", []string{"A: 1\n\none"}},
		"no mail":         {"hello\n", nil},
		"empty":           {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, large := read(t, tt.file, 1<<20)
			if strings.Join(got, "|") != strings.Join(tt.want, "|") || large != 0 {
				t.Errorf("%q, %d too large", got, large)
			}
		})
	}
}

// One that is too large is left out, and the next is read.
func TestTooLarge(t *testing.T) {
	for _, head := range []string{"A: 1\n\n", "A: 1\nContent-Length: 5000\n\n"} {
		got, large := read(t, line+head+strings.Repeat("long\n", 1000)+"\n"+line+"A: 2\n\ntwo\n", 1000)
		if large != 1 || len(got) != 1 || got[0] != "A: 2\n\ntwo\n" {
			t.Errorf("%q, %d too large", got, large)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(line + "A: 1\nContent-Length: 3\n\n>From x\n\n" + line)
	f.Add("From ")
	f.Add(line + line + "\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		all, _ := read(t, s, 1<<16)
		n := 0
		for _, m := range all {
			n += len(m)
		}
		if n > len(s) {
			t.Errorf("%d bytes of %d", n, len(s))
		}
	})
}
