package desk_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/desk"
)

// F2-20: variables, fallbacks and blanks; web/src/lib/quick/variables.test.ts runs
// the same cases.
func TestVariables(t *testing.T) {
	var table struct {
		Variables []string
		Known     desk.Known
		Cases     []struct {
			Text, Filled string
			Missing      []string
		}
	}
	b, err := os.ReadFile("testdata/variables.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(table.Variables, desk.Variables) {
		t.Errorf("the table has the variables %v", table.Variables)
	}
	for _, c := range table.Cases {
		filled, missing := table.Known.Fill(c.Text)
		if filled != c.Filled || !slices.Equal(missing, c.Missing) && len(missing)+len(c.Missing) > 0 {
			t.Errorf("%q becomes %q, missing %q", c.Text, filled, missing)
		}
		if again, more := table.Known.Fill(filled); again != filled || len(more) != len(missing) {
			t.Errorf("%q filled in twice is %q", c.Text, again)
		}
	}
}

// What a customer calls themself is text: no variable, no link, one line.
func TestValuesAreText(t *testing.T) {
	k := desk.NewKnown(desk.Contact{Name: "{{agent.email}} [win](https://evil.example)\n<b>*Kim*"}, desk.Conversation{}, desk.Member{Email: "ann@example.com"}, desk.Inbox{}, "W")
	got, missing := k.Fill("Hi {{contact.name}}")
	if got != "Hi ((agent.email)) (win)(evil.example) bKim" || len(missing) > 0 {
		t.Errorf("%q, missing %v", got, missing)
	}
	// F2-34: nor is it bold, struck out, a list or an address that becomes a link.
	for in, want := range map[string]string{
		"_Kim_ Berg": "Kim Berg", "__Kim__": "Kim", "~~Kim~~": "Kim", "# Kim": "Kim", "- - Kim": "Kim", "www.evil.example": "evil.example", "httphttps://://evil.example": "evil.example",
		"HTTPS://evil.example/a": "evil.example/a", "Kim_Berg 2 - 3 +46": "Kim_Berg 2 - 3 +46", "C# & C++": "C# & C++",
	} {
		k := desk.NewKnown(desk.Contact{Name: in}, desk.Conversation{}, desk.Member{}, desk.Inbox{}, "W")
		if got, _ := k.Fill("{{contact.name}}"); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
	k = desk.NewKnown(desk.Contact{Name: "kim@example.com"}, desk.Conversation{}, desk.Member{}, desk.Inbox{}, "W")
	if got, _ := k.Fill("Hi {{contact.first_name|there}}"); got != "Hi there" {
		t.Errorf("a mail address is greeted: %q", got)
	}
}

// F1-38: a shortcut begins with a slash and has no spaces; what is wrong is said
// of its field.
func TestQuickReplyIsChecked(t *testing.T) {
	good := desk.QuickReply{Kind: desk.QuickForReply, Name: " Hello ", Shortcut: "/Hello", Text: "Hi {{contact.first_name|there}}"}
	q, err := good.Clean()
	if err != nil || q.Shortcut != "/hello" || q.Name != "Hello" {
		t.Fatalf("%+v %v", q, err)
	}
	for name, c := range map[string]struct {
		change      func(*desk.QuickReply)
		field, says string
	}{
		"no slash":         {func(q *desk.QuickReply) { q.Shortcut = "hello" }, "shortcut", "begins with a slash"},
		"spaces":           {func(q *desk.QuickReply) { q.Shortcut = "/thank you" }, "shortcut", "no spaces"},
		"no letters":       {func(q *desk.QuickReply) { q.Shortcut = "/" }, "shortcut", "letters"},
		"signs":            {func(q *desk.QuickReply) { q.Shortcut = "/a/b" }, "shortcut", "letters, digits"},
		"none":             {func(q *desk.QuickReply) { q.Shortcut = "" }, "shortcut", "slash"},
		"long":             {func(q *desk.QuickReply) { q.Shortcut = "/" + strings.Repeat("x", 41) }, "shortcut", "at most 40"},
		"no name":          {func(q *desk.QuickReply) { q.Name = " " }, "name", "name"},
		"no text":          {func(q *desk.QuickReply) { q.Text = "\n" }, "text", "Write"},
		"200 kB":           {func(q *desk.QuickReply) { q.Text = strings.Repeat("x", 200_000) }, "text", "200000 characters"},
		"unknown variable": {func(q *desk.QuickReply) { q.Text = "{{contact.fist_name}}" }, "text", "There is no variable {{contact.fist_name}}"},
		"bare braces":      {func(q *desk.QuickReply) { q.Text = "Hi {{ }} there" }, "text", "no variable"},
		"open braces":      {func(q *desk.QuickReply) { q.Text = "Hi {{contact.name" }, "text", "no variable"},
		"no kind":          {func(q *desk.QuickReply) { q.Kind = "poem" }, "kind", "reply or note"},
	} {
		q := good
		c.change(&q)
		_, err := q.Clean()
		bad, ok := errors.AsType[*desk.Error](err)
		if !ok || bad.Kind != desk.Invalid || len(bad.Fields) != 1 || bad.Fields[0].Field != c.field || !strings.Contains(bad.Message, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (desk.QuickReply{Kind: desk.QuickForNote, Name: "Call", Text: "**What**"}).Clean(); err != nil {
		t.Errorf("F1-45: a note template goes without a shortcut: %v", err)
	}
	if _, err := (desk.QuickReply{Kind: desk.QuickForReply, Name: "Braces", Shortcut: "/b", Text: `Write \{{name}}`}).Clean(); err != nil {
		t.Errorf("braces that are meant: %v", err)
	}
}

// A macro with an impossible step is refused when it is made.
func TestMacroIsChecked(t *testing.T) {
	for says, steps := range map[string][]desk.Step{
		"between one and 20":           {},
		"Step 1 (tag): choose a tag":   {{Do: desk.StepTag}},
		"Step 1 (team): choose a team": {{Do: desk.StepTeam}},
		"Step 1 (reply): write":        {{Do: desk.StepReply}},
		"there is no such step":        {{Do: "dance"}},
		"impossible after step 1":      {{Do: desk.StepClose}, {Do: desk.StepReply, Text: "bye"}},
		"nobody is asked for {{time}}": {{Do: desk.StepReply, Text: "at {{time}}"}},
		"no variable {{contact.nme}}":  {{Do: desk.StepNote, Text: "{{contact.nme}}"}},
	} {
		if _, err := (desk.Macro{Name: "M", Steps: steps}).Clean(); desk.KindOf(err) != desk.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// FuzzFill: no text fails, and nothing that is filled in becomes a variable again.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"{{contact.name}}", "{{a|{{b}}}}", `\{{x}}`, "{{", "{{time}} {{contact.phone|}}", "{{\xff}}"} {
		f.Add(s, "Kim")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		k := desk.NewKnown(desk.Contact{Name: name}, desk.Conversation{}, desk.Member{}, desk.Inbox{}, "W")
		filled, missing := k.Fill(text)
		if again, more := k.Fill(filled); again != filled && desk.CheckVariables(text) == nil || len(missing) > len(text) || len(more) > len(text) {
			t.Errorf("%q: %q, then %q", text, filled, again)
		}
	})
}
