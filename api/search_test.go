package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api"
	"parley/api/apitest"
	"parley/desk"
	"parley/internal/limit"
)

type hitText struct {
	Text  string
	Marks [][2]int
}

// shown is a text with what was found in brackets.
func (m hitText) shown() string {
	runes, out, at := []rune(m.Text), "", 0
	for _, k := range m.Marks {
		out += string(runes[at:k[0]]) + "[" + string(runes[k[0]:k[1]]) + "]"
		at = k[1]
	}
	return out + string(runes[at:])
}

type searchResult struct {
	Conversations []struct {
		Conversation     struct{ ID string }
		Subject, Contact hitText
		Message          *struct {
			ID, Kind string
			Author   struct{ Kind, Name string }
			Text     hitText
		}
		Files []hitText
		More  int
	}
	Contacts []struct {
		Contact            struct{ ID string }
		Name, Email, Phone hitText
		Conversations      []string `json:"conversation_ids"`
	}
	Corrections []struct {
		Word    string
		Instead []string
	}
	Next          string `json:"next_cursor"`
	Cut, Building bool
}

// search asks until the index has caught up with what a test waits for.
func (h *home) search(by *apitest.Client, q string, ok func(searchResult) bool) (r searchResult) {
	h.t.Helper()
	h.S.Eventually("the search finds "+q, func() bool {
		r = searchResult{}
		by.Do("GET", h.Path("/search?limit=10&q="+url.QueryEscape(q)), nil).Want(200).Read(&r)
		return ok(r)
	})
	return r
}

// F3-75 (finding and marking), F3-16, F3-17, F3-74, F3-76, F2-12: conversations with
// what was found hitText, and customers.
func TestSearch(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	talk := h.Talk(h.front, "the Räder of my bicycle are bent")
	h.do(talk.ID, "note", object{"text": "wants a **refund** for the _räder_"})
	h.do(talk.ID, "reply", object{"text": "We are **sorry**."})
	h.Owner.Do("PATCH", h.Path("/contacts/"+talk.Contact), object{"name": "Zoë Müller", "phone": "+46 70-123 45 67", "email": "zoe@example.com"}).Want(200)
	one := func(r searchResult) bool {
		return len(r.Conversations) == 1 && r.Conversations[0].Conversation.ID == talk.ID
	}

	r := h.search(h.Owner, "refund rader", one)
	c := r.Conversations[0]
	if c.Message == nil || c.Message.Kind != "note" || c.Message.Text.shown() != "wants a [refund] for the [räder]" || c.Message.Author.Kind != "user" {
		t.Errorf("the note is %+v", c.Message)
	}
	r = h.search(h.Owner, "rader", func(r searchResult) bool { return one(r) && r.Conversations[0].Contact.Text == "Zoë Müller" })
	if c := r.Conversations[0]; c.More != 1 || c.Message.Kind != "note" {
		t.Errorf("two messages have it: %+v", c)
	}
	r = h.search(h.Owner, `"are bent"`, one)
	if got := r.Conversations[0].Message.Text.shown(); got != "ZQXHOMEFRONT the Räder of my bicycle [are bent]" {
		t.Errorf("the phrase is %s", got)
	}
	r = h.search(h.Owner, "sorry", one)
	if got := r.Conversations[0].Message.Text.shown(); got != "We are [sorry]." {
		t.Errorf("a reply is found with its marks: %s", got)
	}
	h.search(h.Owner, "muller bicycle", one)
	h.search(h.Owner, "refund -rader", func(r searchResult) bool { return len(r.Conversations) == 0 })
	h.search(h.Owner, "rader is:open", one)
	h.search(h.Owner, "rader is:closed", func(r searchResult) bool { return len(r.Conversations) == 0 })
	h.search(h.Owner, "from:Müller", one)
	if r = h.search(h.Owner, "bicylce", one); len(r.Corrections) != 1 || !slices.Equal(r.Corrections[0].Instead, []string{"bicycle"}) {
		t.Errorf("it was corrected to %+v", r.Corrections)
	}
	for q, want := range map[string]string{"ülle": "Zoë M[ülle]r", "zoe mull": "[Zoë] [Müll]er"} {
		r = h.search(h.Owner, q, func(r searchResult) bool { return len(r.Contacts) == 1 })
		if p := r.Contacts[0]; p.Name.shown() != want || !slices.Equal(p.Conversations, []string{talk.ID}) {
			t.Errorf("%s: %s %+v", q, p.Name.shown(), p)
		}
	}
	r = h.search(h.Owner, "(070) 123 45", func(r searchResult) bool { return len(r.Contacts) == 1 })
	if got := r.Contacts[0].Phone.shown(); got != "+46 [70-123 45] 67" {
		t.Errorf("the number is %s", got)
	}
	if r = h.search(h.Owner, "zoe@exa", func(r searchResult) bool { return len(r.Contacts) == 1 }); r.Contacts[0].Email.Text != "zoe@example.com" || r.Building || r.Cut {
		t.Errorf("the address is %+v", r)
	}
	if r = h.search(h.Owner, "xyzzy", func(searchResult) bool { return true }); r.Conversations == nil || r.Contacts == nil || r.Corrections == nil || len(r.Conversations) != 0 {
		t.Errorf("nothing is %+v", r)
	}
}

// A page goes on where the one before ended.
func TestSearchPages(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	for range 7 {
		h.Talk(h.front, "about tulips")
	}
	var seen []string
	cursor := ""
	h.search(h.Owner, "tulips", func(r searchResult) bool { return len(r.Conversations) == 7 })
	for {
		var r searchResult
		h.Owner.Do("GET", h.Path("/search?q=tulips&limit=3&cursor="+cursor), nil).Want(200).Read(&r)
		for _, c := range r.Conversations {
			if slices.Contains(seen, c.Conversation.ID) {
				t.Errorf("%s comes twice", c.Conversation.ID)
			}
			seen = append(seen, c.Conversation.ID)
		}
		if cursor = r.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7", len(seen))
	}
}

// What cannot be read is refused with its place; nothing of it reaches the database.
func TestSearchRefuses(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	for q, want := range map[string][2]int{`red "bent`: {4, 9}, "tag:nothing red": {4, 11}, "a OR": {4, 4}, "(red": {0, 1}, "red )": {4, 5}, "is:": {0, 3}} {
		var p struct {
			Detail string
			Place  *struct{ From, To int }
		}
		h.Owner.Do("GET", h.Path("/search?q="+url.QueryEscape(q)), nil).Want(422).Read(&p)
		if p.Place == nil || p.Detail == "" || p.Place.From > want[0] || p.Place.To < min(want[1], want[0]+1) {
			t.Errorf("%s: %s at %+v, want %v", q, p.Detail, p.Place, want)
		}
	}
	for _, path := range []string{"/search", "/search?q=", "/search?q=" + strings.Repeat("x", 501), "/search?q=a&limit=51", "/search?q=a&cursor=x", "/search?q=%00", "/search?q=%ff", "/search?q=a&zone=Nowhere"} {
		h.Owner.Do("GET", h.Path(path), nil).Problem(422)
	}
	for _, q := range []string{`' OR 1=1 --`, `x*`, `NEAR`, `^x`, `ws:1`, `{a}`, `_w1`, `%`, `\`, "½", "𝔘𝔫𝔦", "-", "--x"} {
		if a := h.Owner.Do("GET", h.Path("/search?q="+url.QueryEscape(q)), nil); a.Status != 200 && a.Status != 422 {
			t.Errorf("%s is answered with %d", q, a.Status)
		}
	}
	if n := strings.Count(s.Log.String(), "level=ERROR"); n != 0 {
		t.Errorf("%d errors of ours:\n%s", n, grep(s.Log.String(), "level=ERROR"))
	}
}

// Searches are counted by person.
func TestSearchIsLimited(t *testing.T) {
	var clock time.Time
	few, err := limit.New(3, time.Minute, func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	s := apitest.New(t, func(o *api.Options) { o.Searches = few })
	team := s.Team("ZQXHOME")
	other := team.Join("ZQXHOME other", desk.RoleAgent)
	for range 3 {
		team.Owner.Do("GET", team.Path("/search?q=a"), nil).Want(200)
	}
	team.Owner.Do("GET", team.Path("/search?q=a"), nil).Problem(429)
	other.Do("GET", team.Path("/search?q=a"), nil).Want(200)
}

// A note in another inbox is found by who was called to it, and by nobody else; what
// is not readable is not even counted or corrected (1.8, F1-43).
func TestSearchHides(t *testing.T) {
	w := newWorld(t)
	h := w.home
	outsider := h.Join("ZQXHOME ina", desk.RoleAgent, h.front.ID)
	talk := h.Talk(w.back, "about crocuses")
	h.do(talk.ID, "note", object{"text": "Ina, look, tulips"})
	h.search(h.Owner, "tulips crocuses", func(r searchResult) bool { return true })
	h.search(h.Owner, "tulips", func(r searchResult) bool { return len(r.Conversations) == 1 })
	for _, q := range []string{"tulips", "crocuses", "tulps", "crocu", "back"} {
		var r searchResult
		outsider.Do("GET", h.Path("/search?q="+q), nil).Want(200).Read(&r)
		if len(r.Conversations)+len(r.Contacts)+len(r.Corrections) > 0 || r.Cut || r.Next != "" {
			t.Errorf("%s: somebody of another inbox finds %+v", q, r)
		}
	}
	h.do(talk.ID, "note", object{"text": "@ZQXHOME ina look, roses", "mentions": []object{{"user_id": outsider.User.String()}}})
	h.search(outsider, "roses", func(r searchResult) bool {
		return len(r.Conversations) == 1 && r.Conversations[0].Conversation.ID == talk.ID
	})
}
