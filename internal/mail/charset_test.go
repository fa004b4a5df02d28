package mail

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestCharsets: a text is read in the charset that it is in, whatever it says.
func TestCharsets(t *testing.T) {
	const (
		chinese  = "您好，我想查询一下我的订单，谢谢。请尽快回复。"
		taiwan   = "您好，我想查詢我的訂單，謝謝。請盡快回覆。"
		japan    = "お世話になっております。注文の件でご連絡いたしました。"
		korea    = "안녕하세요. 주문한 자전거가 아직 오지 않았습니다."
		russian  = "Здравствуйте! Мой заказ ещё не пришёл, помогите пожалуйста."
		polish   = "Dzień dobry, zamówienie jeszcze nie dotarło, proszę o pomoc."
		german   = "Grüße aus Köln – „schöne“ Räder für 39 €"
		greek    = "Καλημέρα, η παραγγελία μου δεν έχει έρθει."
		accented = "Où est ma commande ? Déjà payée."
	)
	for _, tt := range []struct {
		name     string
		in       encoding.Encoding // nil is UTF-8
		declared string
		text     string
	}{
		{"GBK", simplifiedchinese.GBK, "gb2312", chinese}, {"GB18030", simplifiedchinese.GB18030, "GB18030", chinese}, {"Big5", traditionalchinese.Big5, "big5", taiwan},
		{"HZ", simplifiedchinese.HZGB2312, "hz-gb-2312", chinese}, {"ISO-2022-JP", japanese.ISO2022JP, "ISO-2022-JP", japan}, {"Shift JIS", japanese.ShiftJIS, "shift_jis", japan},
		{"EUC-JP", japanese.EUCJP, "euc-jp", japan}, {"EUC-KR", korean.EUCKR, "ks_c_5601-1987", korea}, {"Windows-1251", charmap.Windows1251, "windows-1251", russian},
		{"KOI8-R", charmap.KOI8R, "koi8-r", russian}, {"ISO-8859-2", charmap.ISO8859_2, "iso-8859-2", polish}, {"Windows-1252 as Latin 1", charmap.Windows1252, "iso-8859-1", german},
		{"Windows-1253", charmap.Windows1253, "cp1253", greek}, {"code page 850", charmap.CodePage850, "cp850", accented},
		{"UTF-8 that says Latin 1", nil, "iso-8859-1", german}, {"UTF-8 that says ASCII", nil, "us-ascii", russian}, {"UTF-8 that says nothing", nil, "", chinese},
		{"UTF-8 that says GBK", nil, "gbk", japan}, {"Latin 1 that says UTF-8", charmap.Windows1252, "utf-8", accented}, {"Latin 1 that says ASCII", charmap.Windows1252, "us-ascii", accented},
		{"ISO-2022-JP that says nothing", japanese.ISO2022JP, "", japan}, {"GBK that says nothing", simplifiedchinese.GBK, "", chinese + chinese},
		{"Windows-1251 that says UTF-8", charmap.Windows1251, "utf-8", russian + " " + russian}, {"quoted twice", nil, `"charset=utf-8"`, german}, {"no such charset", nil, "x-klingon", german},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := []byte(tt.text)
			if tt.in != nil {
				var err error
				if b, err = tt.in.NewEncoder().Bytes(b); err != nil {
					t.Fatal(err)
				}
			}
			if got := textOf(b, tt.declared, false); got != tt.text {
				t.Errorf("%q, not %q", got, tt.text)
			}
		})
	}
	if got := textOf([]byte("gut 100 \xff% und danach viele Umlaute: äöü äöü äöü äöü"), "utf-8", false); got != "gut 100 \uFFFD% und danach viele Umlaute: äöü äöü äöü äöü" {
		t.Errorf("one fault changes all: %q", got)
	}
	if got := textOf([]byte("<meta charset=iso-8859-2><p>za\xbf\xf3\xb3\xe6"), "", true); got != "<meta charset=iso-8859-2><p>zażółć" {
		t.Errorf("the page's own word is not heard: %q", got)
	}
	if got := textOf([]byte("\xef\xbb\xbfx\x00y"), "utf-8", false); got != "xy" {
		t.Errorf("%q", got)
	}
	if got := textOf([]byte("Gr+APwA3w-e"), "utf-7", false); got != "Grüße" {
		t.Errorf("%q", got)
	}
}

func FuzzCharset(f *testing.F) {
	for _, name := range []string{"", "utf-8", "gbk", "iso-2022-jp", "utf-7", "utf-16", "windows-1251", "hz-gb-2312", "big5"} {
		f.Add([]byte("\x1b$B\x30\x21\x1b(B ~{VPND~} +AGE- \xff\xfe\xc3\xa4"), name, true)
	}
	f.Fuzz(func(t *testing.T, b []byte, declared string, isHTML bool) {
		if s := textOf(b, declared, isHTML); !utf8.ValidString(s) {
			t.Errorf("%q is not UTF-8", s)
		}
	})
}
