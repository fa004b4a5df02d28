package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// textOf returns bytes as text in UTF-8, without NUL. What they say they are is
// believed as far as they can be that: software writes wrong charsets, and none.
func textOf(b []byte, declared string, isHTML bool) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	declared = charsetName(declared)
	if e := shifted(b, declared); e != nil { // these are written in ASCII
		if s, err := e.NewDecoder().Bytes(b); err == nil {
			return clean(string(s))
		}
	}
	if utf8.Valid(b) && !strings.HasPrefix(declared, "utf-16") {
		return clean(string(b))
	}
	if e := lookup(declared); e != nil {
		if s, ok := fits(e, b); ok {
			return s
		}
	}
	if nearlyUTF8(b) {
		return clean(string(b))
	}
	sample := b[:min(len(b), 16<<10)]
	if isHTML {
		if _, name, _ := charset.DetermineEncoding(sample, "text/html"); name != "windows-1252" { // which stands for none
			if s, ok := fits(lookup(name), b); ok {
				return s
			}
		}
	}
	if found, err := chardet.NewTextDetector().DetectBest(sample); err == nil && found.Confidence >= 50 && len(sample) >= 20 {
		if s, ok := fits(lookup(charsetName(found.Charset)), b); ok {
			return s
		}
	}
	return decode(b)
}

// charsetName returns the name of a charset as tables have it.
func charsetName(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`))
	s = strings.TrimPrefix(s, "charset=")
	switch s {
	case "gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80":
		return "gb18030"
	case "us-ascii", "ascii", "ansi", "default", "unknown-8bit", "x-unknown", "unknown", "binary", "8bit":
		return "" // they say nothing
	case "utf8", "unicode-1-1-utf-8":
		return "utf-8"
	case "cp932", "x-sjis":
		return "shift_jis"
	case "cp949", "ks_c_5601-1987", "ks_c_5601-1989":
		return "euc-kr"
	}
	if n, ok := strings.CutPrefix(s, "cp125"); ok {
		return "windows-125" + n
	}
	return s
}

// shifted returns the charset of text that is written in ASCII with shifts, if it is.
func shifted(b []byte, declared string) encoding.Encoding {
	switch {
	case bytes.Contains(b, []byte("\x1b$B")), bytes.Contains(b, []byte("\x1b$@")), bytes.Contains(b, []byte("\x1b(J")), bytes.Contains(b, []byte("\x1b(I")):
		return japanese.ISO2022JP
	case declared == "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case (declared == "utf-7" || declared == "unicode-1-1-utf-7") && !bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 }):
		return utf7.UTF7
	}
	return nil
}

// lookup returns the decoder of a charset, or nil.
func lookup(name string) encoding.Encoding {
	switch name {
	case "", "utf-8", "iso-2022-jp", "hz-gb-2312", "utf-7": // dealt with before
		return nil
	case "cp850", "ibm850":
		return charmap.CodePage850
	case "cp437", "ibm437":
		return charmap.CodePage437
	}
	e, _ := charset.Lookup(name)
	if e == encoding.Replacement {
		return nil
	}
	return e
}

// fits decodes bytes, and reports whether they can be of that charset: a few
// faults are, many are not.
func fits(e encoding.Encoding, b []byte) (string, bool) {
	if e == nil {
		return "", false
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	bad := bytes.Count(out, []byte("\uFFFD"))
	return clean(string(out)), bad*20 <= utf8.RuneCount(out)
}

// nearlyUTF8 reports whether bytes are UTF-8 with a few faults.
func nearlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good > 10*bad
}
