package filter_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
)

func parse(t *testing.T, text string) filter.Node {
	t.Helper()
	n, err := filter.Parse(text, filtertest.Names{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// F3-78: and between conditions, or within one; nested groups (4.3).
func TestTextAndTreeSayTheSame(t *testing.T) {
	billing, refunds, ada := filtertest.ID(filter.NounTag, "billing"), filtertest.ID(filter.NounTag, "refunds"), filtertest.ID(filter.NounUser, "Ada")
	is := func(words ...string) filter.Node { return filter.Test(filter.Status, filter.Is, words...) }
	tests := map[string]struct {
		tree filter.Node
		text string // as it is printed; "" is as it was written
	}{
		"":                          {filter.Node{}, ""},
		"is:unread":                 {is("unread"), ""},
		"status:open,pending":       {is("open", "pending"), "is:open,pending"},
		"is:needs-attention":        {is("needs_attention"), "is:needs_attention"},
		"IS:New assignee:none":      {filter.All(is("new"), filter.Test(filter.Assignee, filter.Is, "none")), "is:new assignee:none"},
		"assignee:me,ada":           {filter.Test(filter.Assignee, filter.Is, "me", ada), "assignee:me,Ada"},
		"tag:billing,refunds":       {filter.Test(filter.Tag, filter.Is, billing, refunds), ""},
		"tag:billing+refunds":       {filter.Test(filter.Tag, filter.HasAll, billing, refunds), ""},
		"tag:none":                  {filter.Test(filter.Tag, filter.Is, "none"), ""},
		`-tag:"billing"`:            {filter.Not(filter.Test(filter.Tag, filter.Is, billing)), "-tag:billing"},
		"NOT is:snoozed":            {filter.Not(is("snoozed")), "-is:snoozed"},
		"--is:open":                 {is("open"), "is:open"},
		"late parcel":               {filter.Test(filter.Text, filter.Words, "late parcel"), ""},
		`"not  delivered" -invoice`: {filter.All(filter.Test(filter.Text, filter.Phrase, "not delivered"), filter.Not(filter.Test(filter.Text, filter.Words, "invoice"))), `"not delivered" -invoice`},
		"late tag:billing parcel":   {filter.All(filter.Test(filter.Text, filter.Words, "late parcel"), filter.Test(filter.Tag, filter.Is, billing)), "late parcel tag:billing"},
		"a OR b c":                  {filter.Any(filter.Test(filter.Text, filter.Words, "a"), filter.Test(filter.Text, filter.Words, "b c")), ""},
		"(priority:urgent OR customer_type:vip) is:open": {filter.All(filter.Any(filter.Test(filter.Priority, filter.Is, "urgent"), filter.Test(filter.CustomerType, filter.Is, "vip")), is("open")), ""},
		"-(is:open AND is:unread)":                       {filter.Not(filter.All(is("open"), is("unread"))), "-(is:open is:unread)"},
		"from:+46 is:open":                               {filter.All(filter.Test(filter.From, filter.Contains, "+46"), is("open")), `from:"+46" is:open`},
		`to:"Ada L" -cc:@example.com`:                    {filter.All(filter.Test(filter.To, filter.Begins, "Ada L"), filter.Not(filter.Test(filter.Cc, filter.Begins, "@example.com"))), ""},
		`from:"Ada L"`:                                   {filter.Test(filter.From, filter.Contains, "Ada L"), ""},
		"before:2026-05-01":                              {filter.Test(filter.Activity, filter.Before, "2026-05-01"), ""},
		"after:7d":                                       {filter.Test(filter.Activity, filter.After, "7d"), ""},
		"activity:today":                                 {filter.Test(filter.Activity, filter.Between, "today", "today"), ""},
		"created:7d":                                     {filter.Test(filter.Created, filter.After, "7d"), ""},
		"created:2026-05-01..2026-05-31":                 {filter.Test(filter.Created, filter.Between, "2026-05-01", "2026-05-31"), ""},
		"created:2026-05-01..":                           {filter.Test(filter.Created, filter.After, "2026-05-01"), "created:>2026-05-01"},
		"waiting_since:<1d":                              {filter.Test(filter.WaitingSince, filter.Before, "1d"), ""},
		"due:2h":                                         {filter.Test(filter.Due, filter.Before, "2h"), ""},
		"messages:>=3 has:attachment":                    {filter.All(filter.Test(filter.Messages, filter.AtLeast, "3"), filter.Test(filter.Has, filter.Is, "attachment")), ""},
		"channel:email":                                  {filter.Test(filter.Channel, filter.Is, "email"), ""},
		"https://example.com/a?b=c":                      {filter.Test(filter.Text, filter.Words, "https://example.com/a?b=c"), ""},
		"words:OR":                                       {filter.Test(filter.Text, filter.Words, "OR"), ""},
	}
	for text, want := range tests {
		got := parse(t, text)
		if !reflect.DeepEqual(got, want.tree) {
			t.Errorf("%s: %+v, not %+v", text, got, want.tree)
		}
		printed := want.text
		if printed == "" {
			printed = text
		}
		if s := filter.Print(got, filtertest.Names{}); s != printed {
			t.Errorf("%s is printed as %s, not %s", text, s, printed)
		}
		b, err := filter.Encode(got)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := filter.Decode(b); err != nil || !reflect.DeepEqual(back, got) {
			t.Errorf("%s as JSON is %s, and back %+v %v", text, b, back, err)
		}
	}
}

// What is refused says where, and what to write instead.
func TestRefusalsHaveTheirPlace(t *testing.T) {
	tests := map[string]struct {
		from, to int
		says     string
	}{
		"is:open colour:red":             {8, 15, "from:"},
		"is:opn":                         {3, 6, "unread"},
		"tag:biling":                     {4, 10, `"billing"`},
		"tag: x":                         {0, 4, "without a space"},
		`"open`:                          {0, 5, "not closed"},
		"a OR":                           {4, 4, "missing"},
		"OR a":                           {0, 2, `"OR"`},
		"(a":                             {0, 1, "not closed"},
		"a )":                            {2, 3, "no ("},
		"ä ()":                           {2, 4, "empty"},
		"before:yesterdy":                {7, 15, "2026-05-01"},
		"created:2026-13-01":             {8, 18, "2026-05-01"},
		"created:2026-05-02..2026-05-01": {0, 30, "Turn them around"},
		"messages:3":                     {9, 10, ">=3"},
		"tag:billing,refunds+billing":    {19, 20, "not both"},
		"assignee:me+ada":                {12, 15, "one thing at a time"},
		"-":                              {0, 1, "letter or digit"},
		"a\x00b":                         {1, 2, "character"},
		strings.Repeat("(", 30) + "a" + strings.Repeat(")", 30): {20, 21, "deep"},
		strings.Repeat("a ", 3000):                              {4000, 6000, "Write less"},
	}
	for text, want := range tests {
		_, err := filter.Parse(text, filtertest.Names{})
		e, ok := filter.AsError(err)
		if !ok {
			t.Errorf("%.40s: %v", text, err)
			continue
		}
		if e.From != want.from || e.To != want.to || !strings.Contains(e.Message, want.says) {
			t.Errorf("%.40s: at %d to %d %q, want %d to %d with %q", text, e.From, e.To, e.Message, want.from, want.to, want.says)
		}
	}
}

func TestTreesThatAreRefused(t *testing.T) {
	deep := filter.Test(filter.Status, filter.Is, "open")
	for range 12 {
		deep = filter.All(deep, deep)
	}
	tests := map[string]struct {
		tree filter.Node
		path string
	}{
		"two forms":       {filter.Node{All: []filter.Node{{Field: "status", Op: "is", Values: []string{"open"}}}, Field: "status"}, ""},
		"an empty group":  {filter.All(filter.Node{Any: []filter.Node{}}), "all[0].any"},
		"nothing":         {filter.All(filter.Node{}), "all[0]"},
		"no such field":   {filter.Not(filter.Test("colour", filter.Is, "red")), "not.field"},
		"no such op":      {filter.Test(filter.Status, filter.Before, "open"), "op"},
		"no values":       {filter.Test(filter.Status, filter.Is), "values"},
		"a bad word":      {filter.Test(filter.Status, filter.Is, "open", "shut"), "values[1]"},
		"a bad id":        {filter.Test(filter.Tag, filter.Is, "tag_1"), "values[0]"},
		"another's id":    {filter.Test(filter.Tag, filter.Is, filtertest.ID(filter.NounUser, "Ada")), "values[0]"},
		"SQL":             {filter.Test(filter.Inbox, filter.Is, "1) OR (1=1"), "values[0]"},
		"too deep":        {deep, "all[0].all[0].all[0].all[0].all[0].all[0].all[0].all[0].all[0].all[0]"},
		"control":         {filter.Test(filter.From, filter.Contains, "a\x00"), "values[0]"},
		"a day backwards": {filter.Test(filter.Created, filter.Between, "today", "yesterday"), "values"},
	}
	for name, test := range tests {
		e, ok := filter.AsError(test.tree.Check())
		if !ok || e.Path != test.path || e.Message == "" {
			t.Errorf("%s: %+v, want path %q", name, e, test.path)
		}
	}
	wide := make([]filter.Node, filter.MaxTests+1)
	for i := range wide {
		wide[i] = filter.Test(filter.Status, filter.Is, "open")
	}
	if err := filter.All(wide...).Check(); err == nil {
		t.Error("a filter of any size is taken")
	}
	for _, bad := range []string{"", "[]", "{", `{"field":"status","op":"is","values":["open"],"more":1}`, `{} {}`, "\"" + strings.Repeat("a", filter.MaxBytes)} {
		if _, err := filter.Decode([]byte(bad)); err == nil {
			t.Errorf("%.30s is taken", bad)
		}
	}
}

// F3-13 to F3-15 in the viewer's zone: today begins at their midnight, also on the
// day when clocks change; the past 7 days are 7 times 24 hours; from–to includes
// both days.
func TestTimesAreTheViewers(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04:05", s, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	now := at("2026-03-29 12:00:00") // the clock went from 2 to 3 this night
	env := filter.Env{Now: now, Zone: stockholm, LastClose: at("2026-03-27 17:00:00")}
	tests := []struct {
		text string
		at   time.Time
		in   bool
	}{
		{"activity:today", at("2026-03-29 00:00:00"), true}, {"activity:today", at("2026-03-28 23:59:59"), false},
		{"activity:yesterday", at("2026-03-28 00:00:00"), true}, {"activity:yesterday", at("2026-03-29 00:00:00"), false},
		{"activity:7d", now.Add(-7 * 24 * time.Hour), true}, {"activity:7d", now.Add(-7*24*time.Hour - time.Microsecond), false},
		{"activity:2026-03-28..2026-03-29", at("2026-03-28 00:00:00"), true}, {"activity:2026-03-28..2026-03-29", at("2026-03-29 23:59:59"), true},
		{"activity:2026-03-28..2026-03-29", at("2026-03-30 00:00:00"), false}, {"activity:2026-03-28..2026-03-29", at("2026-03-27 23:59:59"), false},
		{"before:2026-03-29", at("2026-03-28 23:59:59"), true}, {"before:2026-03-29", at("2026-03-29 00:00:00"), false},
		{"after:2026-03-29", at("2026-03-29 00:00:00"), true}, {"after:2026-03-29", at("2026-03-28 23:59:59"), false},
		{"after:last_close", at("2026-03-27 17:00:00"), true}, {"after:last_close", at("2026-03-27 16:59:59"), false},
	}
	for _, test := range tests {
		c := filter.Resolve(parse(t, test.text), env)
		if got := c.Match(&filter.Row{Activity: test.at.UnixMicro()}, 0); got != test.in {
			t.Errorf("%s at %s: %t", test.text, test.at, got)
		}
	}
	if c := filter.Resolve(parse(t, "activity:today"), env); !c.Until().Equal(at("2026-03-30 00:00:00")) {
		t.Errorf("today ends at %s", c.Until())
	}
}

// F3-73: mine, nobody's and others' are a partition of what is active.
func TestAssignedIsAPartition(t *testing.T) {
	env := filter.Env{Now: time.Unix(1e9, 0), Me: 7}
	for _, assignee := range []desk.UserID{0, 7, 8} {
		r := filter.Row{Assignee: assignee, Status: desk.StatusOpen}
		n := 0
		for _, who := range []string{"me", "none", "others"} {
			if filter.Resolve(parse(t, "assignee:"+who), env).Match(&r, 0) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d is in %d of three parts", assignee, n)
		}
	}
}

// A row that nothing has changed is looked at again no later than it changes sides.
func TestTurnsAreNotMissed(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(1, 2))}
	now := filtertest.Now
	for range 20_000 {
		n, r := g.Node(3), g.Row()
		env := filtertest.Env()
		env.Now = now
		c := filter.Resolve(n, env)
		until := now.Add(30 * 24 * time.Hour)
		for _, end := range []time.Time{c.Turns(&r), c.Until()} {
			if !end.IsZero() && end.Before(until) {
				until = end
			}
		}
		for range 4 {
			later := now.Add(time.Duration(g.Rand.Int64N(int64(until.Sub(now)))))
			env.Now = later
			if was, is := c.Match(&r, 0), filter.Resolve(n, env).Match(&r, 0); was != is {
				t.Fatalf("%s changes from %t before %s at %s: %+v", filter.Print(n, nil), was, until, later, r)
			}
		}
	}
}

// Every generated tree is taken, and written and read back as itself.
func TestGeneratedTreesAreWrittenAndReadBack(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(3, 4))}
	for range 20_000 {
		roundTrip(t, g.Node(5))
	}
}

func roundTrip(t *testing.T, n filter.Node) {
	t.Helper()
	if err := n.Check(); err != nil {
		t.Fatalf("%+v: %v", n, err)
	}
	n = n.Simplify()
	text := filter.Print(n, filtertest.Names{})
	if len([]rune(text)) > filter.MaxText {
		return
	}
	back, err := filter.Parse(text, filtertest.Names{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !reflect.DeepEqual(back, n) {
		a, _ := json.Marshal(n)
		b, _ := json.Marshal(back)
		t.Fatalf("%s\nwas %s\nis  %s", text, a, b)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "is:unread", `from:ada tag:billing status:open is:unread before:2026-05-01 has:attachment "phrase" -word`, "(a OR b) -(c d)", "created:2026-05-01..today",
		`tag:"a\"b",c+d`, "due:<2h", "words:OR", "“x” -„y“", "https://a.b/c", "messages:>=3", "--(((a)))", "assignee:me,none,others", "a:b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := filter.Parse(text, filtertest.Names{})
		var e *filter.Error
		switch {
		case errors.As(err, &e):
			if e.From < 0 || e.To < e.From || e.To > len([]rune(text)) || e.Message == "" {
				t.Fatalf("%q is refused at %d to %d: %s", text, e.From, e.To, e.Message)
			}
		case err != nil:
			t.Fatal(err)
		default:
			roundTrip(t, n)
			filter.Resolve(n, filtertest.Env())
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"all":[{"field":"status","op":"is","values":["open"]},{"not":{"any":[{"field":"tag","op":"is","values":["none"]},{"field":"from","op":"contains","values":["a"]}]}}]}`))
	f.Add([]byte(`{"field":"created","op":"between","values":["2026-05-01","today"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := filter.Decode(b)
		if _, refused := filter.AsError(err); err != nil && !refused {
			t.Fatal(err)
		}
		if err == nil {
			roundTrip(t, n)
		}
	})
}
