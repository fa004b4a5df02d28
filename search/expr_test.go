package search_test

import (
	"testing"

	"parley/search"
)

// F3-76: all words, wherever they are; a phrase is in their order.
func TestAsk(t *testing.T) {
	m := search.Message{Workspace: 7, Inbox: 8, Conversation: 9, Text: "The wheel arrived, but the spokes are bent.", Subject: "Order 4711", Who: "Zoë Müller", Files: []string{"front-wheel.JPG"}}.Words()
	for _, c := range []struct {
		asked  string
		phrase bool
		want   bool
	}{
		{"wheel", false, true}, {"spokes wheel", false, true}, {"wheel missing", false, false}, {"the spokes", true, true}, {"spokes the", true, false},
		{"müller bent", false, true}, {"ORDER 4711", true, true}, {"bent order", true, false}, {"4711 zoe", true, false}, {"front-wheel", false, true}, {"jpg", false, true},
		{"wheel-arrived", false, true}, {"arrived-wheel", false, false},
	} {
		if got := search.Ask(c.asked, c.phrase).Match(m); got != c.want {
			t.Errorf("%q: %v", c.asked, got)
		}
	}
	if !search.Phrase(search.OfWorkspace(7)).Match(m) || search.Phrase(search.OfWorkspace(8)).Match(m) || !search.Phrase(search.OfInbox(8)).Match(m) || !search.Phrase(search.OfConversation(9)).Match(m) {
		t.Error("it does not say where it is")
	}
	// What somebody writes never looks like our own marks.
	if fake := (search.Message{Workspace: 1, Text: "_w7 _i8 __z _"}).Words(); search.Phrase("_w7").Match(fake) || search.Phrase("_i8").Match(fake) {
		t.Errorf("a text claims to be of another workspace: %v", fake)
	}
}

func TestBegun(t *testing.T) {
	for q, want := range map[string]string{
		"wheel": "wheel", "the Whe": "whe", "wheel ": "", `"the whe`: "", `"the wheel"`: "", "from:ada": "ada", "e-mai": "", "(bent whe": "whe", "": "", "wheel!": "", "李明": "",
	} {
		if got := search.Begun(q); got != want {
			t.Errorf("%q: %q, want %q", q, got, want)
		}
	}
}

func TestWritten(t *testing.T) {
	e := search.And(search.Phrase("a"), search.Or(search.Phrase("b", "c"), search.Phrase("d")), search.Expr{})
	if got, want := e.FTS5(), `("a" AND ("b c" OR "d"))`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := e.TSQuery(), `('a' & (('b' <-> 'c') | 'd'))`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := e.Only(map[string]bool{"a": true, "d": true}); got.FTS5() != `("a" AND ("d"))` {
		t.Errorf("%+v", got)
	}
}

func TestMark(t *testing.T) {
	long := "Hello there, this is about something that happened a long time ago and has nothing to do with it. " +
		"What I want to say is that the Räder of my\nbicycle are bent, both Räder. Everything else was good, thank you, and nobody needs to read this far."
	for _, c := range []struct {
		e    search.Expr
		text string
		most int
		want string
	}{
		{search.Ask("wheel", false), "The wheel, the Wheel!", 100, "The [wheel], the [Wheel]!"},
		{search.Ask("rader bent", false), long, 60, "…is that the [Räder] of my bicycle are [bent], both [Räder].…"},
		{search.Ask("are bent", true), "they are bent, are they bent", 100, "they [are bent], are they bent"},
		{search.Ask("nothing", false), "short", 100, "short"},
		{search.Ask("x", false), long, 20, "Hello there, this…"},
		{search.PhoneInText("46701234567"), "Ring +46 70-123 45 67 now", 100, "Ring +[46 70-123 45 67] now"},
		{search.Ask("strasse", false), "Lange\tStraße  5", 100, "Lange [Straße] 5"},
		{search.Ask("明", false), "李明 👍🏽 明", 100, "李[明] 👍🏽 [明]"},
	} {
		if got := shown(c.e.Mark(c.text, c.most)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.e, got, c.want)
		}
	}
	for _, c := range []struct{ text, part, want string }{
		{"Zoë O'Brien", "rie", "Zoë O'B[rie]n"}, {"Zoë Müller", "mull", "Zoë [Müll]er"}, {"Straße", "ras", "St[raß]e"}, {"Anna", "x", "Anna"}, {"", "x", ""},
		{"Anna Hanna", "anna", "[Anna] H[anna]"},
	} {
		if got := shown(search.MarkParts(c.text, c.part)); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.part, c.text, got, c.want)
		}
	}
	for _, c := range []struct{ text, part, want string }{{"+46 70-123 45 67", "701234", "+46 [70-123 4]5 67"}, {"070 123", "070", "[070] 123"}, {"070 123", "99", "070 123"}, {"070-1234567", "46701234567", "07[0-1234567]"}} {
		if got := shown(search.MarkPhone(c.text, c.part)); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.part, c.text, got, c.want)
		}
	}
}

func shown(m search.Excerpt) string {
	runes, out, at := []rune(m.Text), "", 0
	for _, k := range m.Marks {
		out += string(runes[at:k[0]]) + "[" + string(runes[k[0]:k[1]]) + "]"
		at = k[1]
	}
	return out + string(runes[at:])
}

func FuzzMark(f *testing.F) {
	f.Add("The wheel, the Wheel!", "wheel", 10)
	f.Add("a\u0301\n\n b", "a b", 2)
	f.Add("+46 70 123 45 67", "123", 5)
	f.Add("\xff ß", "ss", 1)
	f.Fuzz(func(t *testing.T, text, asked string, most int) {
		most = 1 + (most&0xff+0x100)&0xff
		for _, m := range []search.Excerpt{search.Ask(asked, false).Mark(text, most), search.Ask(asked, true).Mark(text, most), search.MarkParts(text, asked), search.MarkPhone(text, asked)} {
			at, n := 0, len([]rune(m.Text))
			for _, k := range m.Marks {
				if k[0] < at || k[1] <= k[0] || k[1] > n {
					t.Fatalf("%q for %q: %v of %d", text, asked, m.Marks, n)
				}
				at = k[1]
			}
		}
	})
}
