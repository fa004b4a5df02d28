package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

type listed struct {
	ID, Name, Letter string
	Known            string   `json:"known_name"`
	Tags             []string `json:"tag_ids"`
}

type directory struct {
	Items []listed
	Next  string `json:"next_cursor"`
	Prev  string `json:"prev_cursor"`
	Cut   bool
}

func (h *home) directory(by *apitest.Client, query string) (d directory, names string) {
	h.t.Helper()
	by.Do("GET", h.Path("/contacts/directory?"+query), nil).Want(200).Read(&d)
	var all []string
	for _, c := range d.Items {
		if c.Tags == nil {
			h.t.Errorf("%s: the tags are null", c.Name)
		}
		all = append(all, c.Name)
	}
	return d, strings.Join(all, ", ")
}

// F3-18: customers from A to Z in pages, from a letter on, by words and by tag (F3-80).
func TestDirectory(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	ids := map[string]string{}
	for _, who := range []object{{"name": "Zoë"}, {"name": "émile"}, {"name": "Anna"}, {"name": "Åke"}, {"name": "", "phone": "+46 70 2"}, {"name": "", "phone": "+46 70 1"}, {"name": "9 Lives"}} {
		id := h.Talk(h.front, "hello").Contact
		h.Owner.Do("PATCH", h.Path("/contacts/"+id), who).Want(200)
		ids[who["name"].(string)] = id
	}
	only := func(d directory) string { // of these, as newHome makes others, too
		var all []string
		for _, c := range d.Items {
			if c.Known == "" || ids[c.Known] != "" {
				all = append(all, c.Name)
			}
		}
		return strings.Join(all, ", ")
	}
	const want = "9 Lives, Åke, Anna, émile, Zoë, +46 70 1, +46 70 2"
	if d, all := h.directory(h.Owner, "limit=100"); !strings.HasPrefix(only(d), want) || d.Next != "" || d.Prev != "" {
		t.Errorf("all: %s", all)
	}
	var got []string
	for cursor := ""; ; {
		d, _ := h.directory(h.Owner, "limit=2&cursor="+cursor)
		for _, c := range d.Items {
			got = append(got, c.ID)
		}
		if cursor = d.Next; cursor == "" {
			break
		}
	}
	d, _ := h.directory(h.Owner, "limit=100")
	if !slices.EqualFunc(got, d.Items, func(id string, c listed) bool { return id == c.ID }) {
		t.Errorf("by pages: %v", got)
	}
	d, _ = h.directory(h.Owner, "from=e&limit=1")
	if d.Items[0].Name != "émile" || d.Items[0].Letter != "E" || d.Prev == "" || d.Next == "" {
		t.Errorf("from E on: %+v", d)
	}
	if back, names := h.directory(h.Owner, "limit=1&before="+d.Prev); names != "Anna" || back.Next == "" || back.Prev == "" {
		t.Errorf("before émile: %s %+v", names, back)
	}
	if d, names := h.directory(h.Owner, "unnamed=true&limit=2"); names != "+46 70 1, +46 70 2" || d.Items[0].Letter != "" {
		t.Errorf("without a name: %s", names)
	}
	var tag struct{ ID string }
	h.Owner.Do("POST", h.Path("/tags"), object{"name": "wholesale", "color": "c1"}).Want(201).Read(&tag)
	for _, name := range []string{"Zoë", "Anna"} {
		h.Owner.Do("PATCH", h.Path("/contacts/"+ids[name]), object{"tag_ids": []string{tag.ID}}).Want(200)
	}
	if d, names := h.directory(h.Owner, "tag_id="+tag.ID); names != "Anna, Zoë" || !slices.Equal(d.Items[0].Tags, []string{tag.ID}) {
		t.Errorf("with the tag: %s", names)
	}
	for q, want := range map[string]string{"EMI": "émile", "0702": "+46 70 2", "åk": "Åke"} {
		h.S.Eventually("finding "+q, func() bool {
			_, names := h.directory(h.Owner, "q="+url.QueryEscape(q))
			return names == want
		})
	}
	if _, names := h.directory(h.Owner, "q=emi&tag_id="+tag.ID); names != "" {
		t.Errorf("with the words and another's tag: %s", names)
	}
	for _, query := range []string{"cursor=x", "before=x", "cursor=e30", "limit=101", "tag_id=x&limit=0", "from=" + strings.Repeat("x", 61), "q=" + strings.Repeat("x", 101)} {
		h.Owner.Do("GET", h.Path("/contacts/directory?"+query), nil).Problem(422)
	}
}

// 1.8: who is of one inbox browses its customers only, whatever they ask for.
func TestDirectoryHides(t *testing.T) {
	w := newWorld(t)
	h := w.home
	outsider := h.Join("ZQXHOME ina", desk.RoleAgent, h.front.ID)
	hidden := h.Talk(w.back, "about crocuses")
	h.Owner.Do("PATCH", h.Path("/contacts/"+hidden.Contact), object{"name": "Aaron Hidden"}).Want(200)
	h.S.Eventually("the index to have them", func() bool { _, names := h.directory(h.Owner, "q=hidden"); return names == "Aaron Hidden" })
	for _, query := range []string{"", "q=hidden", "from=a", "before=" + url.QueryEscape("eyJzIjoiOSJ9"), "cursor=eyJzIjoiMSJ9"} {
		if d, names := h.directory(outsider, query); strings.Contains(names, "Hidden") || query == "q=hidden" && (names != "" || d.Next != "" || d.Prev != "") {
			t.Errorf("%s: %s", query, names)
		}
	}
}
