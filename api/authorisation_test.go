package api_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/api/apitest"
	"parley/desk"
)

// table reads rows of words after a head: what is said of name and column.
func table(t *testing.T, text string, width int) (columns []string, rows map[string]map[string]string) {
	t.Helper()
	rows = map[string]map[string]string{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if columns == nil {
			columns = words[1:]
			continue
		}
		if width > 0 { // a name of several words
			words = append([]string{strings.TrimSpace(line[:width])}, strings.Fields(line[width:])...)
		}
		if len(words) != len(columns)+1 || rows[words[0]] != nil {
			t.Fatalf("this row does not fit: %s", line)
		}
		rows[words[0]] = map[string]string{}
		for i, c := range columns {
			rows[words[0]][c] = words[i+1]
		}
	}
	return columns, rows
}

// operations returns every operation of the API.
func operations(api huma.API) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range api.OpenAPI().Paths {
		for method, o := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete, "HEAD": item.Head, "OPTIONS": item.Options, "TRACE": item.Trace,
		} {
			if o != nil {
				o.Method, o.Path = method, path
				all[o.OperationID] = o
			}
		}
	}
	return all
}

// ids is what ids look like.
var ids = regexp.MustCompile(`\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{13}\b`)

// hears collects the ids of everything that a client is answered with, but those
// of people and workspaces.
func hears(into map[string]string, what string) func(string) {
	return func(text string) {
		for _, id := range ids.FindAllString(text, -1) {
			if p := id[:3]; p != "usr" && p != "wsp" && p != "ses" {
				into[id] = what
			}
		}
	}
}

// marked adds what every name and address of something contains.
func marked(into map[string]string, mark, what string) {
	into[mark], into[strings.ToLower(mark)] = what, what
}

// world is two workspaces and everybody who may ask.
type world struct {
	s          *apitest.Server
	home, away *home
	back       apitest.Box // an inbox of home that only the owner and the admin see
	backTalk   apitest.Talk
	callers    map[string]*apitest.Client
	hidden     map[string]string // what is of the back inbox
	ofHome     map[string]string
	ofAway     map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := apitest.New(t)
	w := &world{s: s, hidden: map[string]string{}, ofHome: map[string]string{}, ofAway: map[string]string{}}
	team := s.Team("ZQXHOME")
	other := team.Another("ZQXAWAY")
	other.Owner.Hear = hears(w.ofAway, "a thing of another workspace")
	marked(w.ofAway, "ZQXAWAY", "a name of another workspace")
	w.away = newHome(t, other)

	team.Owner.Hear = hears(w.hidden, "a thing of an inbox they do not see")
	w.back = team.Box("back")
	marked(w.hidden, "ZQXHOMEBACK", "a name of an inbox they do not see")
	w.backTalk = team.Talk(w.back, "is in the back")
	var back desk.ConversationID
	if err := back.Parse(w.backTalk.ID); err != nil {
		t.Fatal(err)
	}
	h := &home{Team: team, t: t}
	h.do(w.backTalk.ID, "note", object{"text": "ZQXHOMEBACK note"})
	h.do(w.backTalk.ID, "reply", object{"text": "ZQXHOMEBACK reply"})
	h.do(w.backTalk.ID, "assign", object{"assignee_id": team.Owner.User.String()})

	team.Owner.Hear = hears(w.ofHome, "a thing of another workspace")
	marked(w.ofHome, "ZQXHOME", "a name of another workspace")
	w.home = newHome(t, team)
	w.people(t)
	return w
}

// people makes everybody who asks, and says what nobody of them may see.
func (w *world) people(t *testing.T) {
	h := w.home
	third := h.made("/inboxes", object{"name": "Third", "grouping": "per_contact"})
	over := &apitest.Client{S: w.s, Name: "over", User: h.Owner.User}
	over.SignInAgain()
	w.callers = map[string]*apitest.Client{
		"owner": h.Owner, "admin": h.Join("ZQXHOME admin", desk.RoleAdmin), "agent": h.Join("ZQXHOME agent", desk.RoleAgent, h.front.ID),
		"outside": h.Join("ZQXHOME outside", desk.RoleAgent, third), "viewer": h.Join("ZQXHOME viewer", desk.RoleViewer, h.front.ID),
		"nobody": w.s.Nobody(), "over": over, "other": w.away.Owner, "visitor": w.s.Visitor(h.front.Key).Client,
	}
	own := h.Join("ZQXHOME own", desk.RoleAgent, h.front.ID)
	h.Owner.Do("PATCH", h.Path("/members/"+own.User.String()), object{"visibility": "own"}).Want(204)
	w.callers["own"] = own
	var revoked string
	w.callers["revoked"], revoked = h.Token(h.Owner, "admin")
	h.Owner.Do("DELETE", h.Path("/tokens/"+revoked), nil).Want(204)
	w.callers["reads"], _ = h.Token(h.Owner, "read")
	w.callers["writes"], _ = h.Token(h.Owner, "write")
	foreign := *h.Owner
	foreign.Name = "foreign"
	w.callers["foreign"] = &foreign
	for name, c := range w.callers {
		c.Name, c.Secret = name, map[string]string{}
		switch name {
		case "other":
			c.Secret = w.ofHome
		case "agent", "viewer", "visitor", "outside", "own":
			maps.Copy(c.Secret, w.hidden)
			fallthrough
		default:
			maps.Copy(c.Secret, w.ofAway)
		}
	}
	for id := range w.ofHome {
		if p := id[:3]; p == "ibx" || p == "cnv" || p == "msg" || p == "con" || p == "chn" || p == "att" || p == "raw" {
			w.callers["outside"].Secret[id] = "a thing of the front inbox"
		}
	}
	for id := range w.ofHome {
		if p := id[:3]; p == "cnv" || p == "msg" || p == "con" || p == "att" || p == "raw" {
			w.callers["own"].Secret[id] = "a thing of a conversation of others"
		}
	}
	delete(w.callers["outside"].Secret, third)
	marked(w.callers["outside"].Secret, h.front.Mark, "a name of the front inbox")
	w.callers["visitor"].Secret["ZQXHOME note"] = "a note"
	for _, who := range []string{"owner", "admin", "agent", "viewer"} {
		w.callers["visitor"].Secret[w.callers[who].User.String()] = "the id of a member"
		w.callers["visitor"].Secret["zqxhome."+who+"@example.com"] = "a member's address"
	}
}

// expire lets the session of "over" end, and no other.
func (w *world) expire() {
	for range 2 {
		w.s.Clock.Add(4 * 24 * time.Hour)
		for name, c := range w.callers {
			if name != "over" && c.Cookie != "" {
				c.Do("GET", "/api/v1/session", nil).Want(200)
			}
		}
	}
}

// usesUp are operations that end or replace the session of whoever asks; new ones
// are made for them, which sweeps away what has expired.
var usesUp = []string{"sign-out", "end-session", "change-me"}

// bySecret are operations that tell something to whoever has its address.
var bySecret = []string{"invitation", "visitor-config"}

// Every operation answers everybody as the table says, and tells nobody about
// another workspace or about an inbox they do not see.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	columns, want := table(t, permissions, 0)
	all := operations(w.s.API)
	for id := range all {
		if want[id] == nil || asks[id] == nil {
			t.Errorf("%s %s (%s) is not in the table of permissions, or nobody knows how to ask it", all[id].Method, all[id].Path, id)
		}
	}
	for id := range want {
		if all[id] == nil {
			t.Errorf("the table has %s, which is no operation", id)
		}
	}
	if t.Failed() {
		return
	}
	w.expire()
	last := func(id string) int { return slices.Index(usesUp, id) }
	order := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		if x, y := last(a), last(b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	for _, id := range order {
		for _, who := range columns {
			got := w.ask(all[id], who)
			if fmt.Sprint(got) != want[id][who] {
				t.Errorf("%s: %s is answered %d, the table says %s", id, who, got, want[id][who])
			}
		}
	}
	if strings.Contains(w.s.Log.String(), "level=ERROR msg=panic") {
		t.Error("the server panicked")
	}
}

// ask asks an operation as somebody and returns the answer's status.
func (w *world) ask(o *huma.Operation, who string) int {
	c, about := w.callers[who], w.home
	if who == "foreign" {
		about = w.away
	}
	if slices.Contains(bySecret, o.OperationID) {
		open := *c
		open.Secret = nil
		c = &open
	}
	if slices.Contains(usesUp, o.OperationID) && c.Cookie != "" && who != "over" {
		c.SignInAgain()
		defer c.SignInAgain()
	}
	a := asks[o.OperationID](about, c)
	path := strings.NewReplacer("{workspace}", w.home.ID.String(), "{user}", a.user, "{name}", a.user, "{message}", a.user, "{note}", a.user, "{mode}", a.mode, "{provider}", a.mode, "{event}", a.event, "{key}/attachments/{id}", a.id+"/attachments/"+a.mode,
		"{id}", a.id, "{domain}", a.id, "{selector}", a.mode, "{key}", a.id, "{address}", a.id, "{secret}", a.id).Replace(o.Path) + a.query
	if o.OperationID == "stream" {
		return c.Begin(o.Method, path)
	}
	got := c.Do(o.Method, path, a.body, "Idempotency-Key", o.OperationID+strconv.FormatInt(w.home.id(""), 36))
	if got.Status >= 400 {
		got.Problem(got.Status)
	}
	return got.Status
}

// Every handler that is not made by route is described, too, so that the table of
// permissions has it; what is no operation is listed here, with who may have it.
func TestEveryRouteIsDescribed(t *testing.T) {
	open := map[string]string{
		"/api/": "nothing is there", "GET /api/docs": "everybody may read how the API works",
		// Pages and files of the web, which are the same for everybody.
		"GET /": "", "GET /widget.js": "", "GET /w/assets/{file...}": "", "GET /w/{key}": "", "GET /try": "", "GET /try/{key}": "",
		// Who has the secret of a question, which only its customer was sent: TestSurveySecrets.
		"GET /r/{secret}": "", "POST /r/{secret}": "",
		// Who got the mail that the link was in: TestFileLink, TestDeclineMail.
		"GET /d/{name}": "", "GET /d/{name}/file": "", "GET /u/{name}": "", "POST /u/{name}": "",
	}
	s := apitest.New(t)
	described := map[string]bool{}
	for _, o := range operations(s.API) {
		described[o.Method+" "+o.Path] = true
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if fn, ok := call.Fun.(*ast.SelectorExpr); !ok || fn.Sel.Name != "HandleFunc" && fn.Sel.Name != "Handle" {
				return true
			}
			pattern := strings.ReplaceAll(pattern(t, call.Args[0]), "visitorBase", "/api/widget/v1/{key}")
			seen++
			if _, ok := open[pattern]; !ok && !described[pattern] {
				t.Errorf("%s: %q is not described: nobody knows who may have it", f.Name(), pattern)
			}
			return true
		})
	}
	if seen < 5 {
		t.Errorf("only %d handlers were found", seen)
	}
}

// pattern returns the text of an expression, with names of constants in it.
func pattern(t *testing.T, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		return text
	case *ast.BinaryExpr:
		return pattern(t, e.X) + pattern(t, e.Y)
	case *ast.Ident:
		return e.Name
	}
	t.Fatalf("a pattern is not a text: %T", e)
	return ""
}
