package desk_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"parley/desk"
)

func TestParseAddress(t *testing.T) {
	for s, want := range map[string]desk.Address{
		"jane@example.com":                        {Email: "jane@example.com"},
		" <jane@example.com> ":                    {Email: "jane@example.com"},
		"Jane Doe <jane@example.com>":             {Name: "Jane Doe", Email: "jane@example.com"},
		`"Doe, Jane" <jane@example.com>`:          {Name: "Doe, Jane", Email: "jane@example.com"},
		`"Jane \"JD\" \\ Doe" <jane@example.com>`: {Name: `Jane "JD" \ Doe`, Email: "jane@example.com"},
		"Жанна 🚲 <jane@exämple.com>":              {Name: "Жанна 🚲", Email: "jane@exämple.com"},
		"jane@example.com <jane@example.com>":     {Email: "jane@example.com"},
		"Jane\r\nBcc: x <jane@example.com>":       {Name: "Jane Bcc: x", Email: "jane@example.com"},
	} {
		got, ok := desk.ParseAddress(s)
		if !ok || got != want {
			t.Errorf("%q is %+v, %t", s, got, ok)
		}
		again, ok := desk.ParseAddress(got.String())
		if !ok || again != got {
			t.Errorf("%q is written as %q, which is %+v", s, got.String(), again)
		}
	}
	for _, s := range []string{"", "jane", "Jane Doe", "<>", "Jane <jane>", "jane@example.com, joe@example.com", "a@x\r\nBcc: e@x", "Jane <jane@example.com> x"} {
		if a, ok := desk.ParseAddress(s); ok {
			t.Errorf("%q is taken as %+v", s, a)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"jane@example.com", `"Doe, \"J\"" <jane@example.com>`, "<", ">", `" <a@b>`, "a <<b@c>>", "\xff <a@b>", `"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := desk.ParseAddress(s)
		if !ok {
			return
		}
		if strings.ContainsAny(a.Name+a.Email, "\r\n\x00") {
			t.Errorf("%q has a line break: %+v", s, a)
		}
		again, ok := desk.ParseAddress(a.String())
		if !ok || again != a {
			t.Errorf("%q is written as %q, which is %+v", s, a.String(), again)
		}
	})
}

// A mail goes to each recipient once and never to ourselves, and a bad address is
// refused by its name.
func TestRecipients(t *testing.T) {
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprintf("a%d@example.com", i)
	}
	list := func(all ...string) (out []desk.Address) {
		for _, s := range all {
			a, _ := desk.ParseAddress(s)
			out = append(out, a)
		}
		return out
	}
	kimmy := strings.ToLower(kim.String()) + "@customer.test"
	for name, tt := range map[string]struct {
		in      desk.Header
		chat    bool
		want    desk.Recipients
		refused string
	}{
		"the customer is the default": {want: desk.Recipients{To: list(kimmy)}},
		"a copy":                      {in: desk.Header{Cc: []string{"Boss <boss@example.com>"}}, want: desk.Recipients{To: list(kimmy), Cc: list("Boss <boss@example.com>")}},
		"somebody else":               {in: desk.Header{To: []string{"joe@example.com"}}, want: desk.Recipients{To: list("joe@example.com")}},
		"each once": {
			in:   desk.Header{To: []string{"joe@example.com", "JOE@example.com"}, Cc: []string{"Joe <joe@Example.com>", "a@example.com"}, Bcc: []string{"a@example.com", "b@example.com"}},
			want: desk.Recipients{To: list("joe@example.com"), Cc: list("a@example.com"), Bcc: list("b@example.com")},
		},
		"the customer is not copied too": {in: desk.Header{Cc: []string{kimmy, "a@example.com"}}, want: desk.Recipients{To: list(kimmy), Cc: list("a@example.com")}},
		"not us":                         {in: desk.Header{To: []string{"joe@example.com"}, Cc: []string{"Support@example.com", "support+abc@example.com"}}, want: desk.Recipients{To: list("joe@example.com")}},
		"only us":                        {in: desk.Header{To: []string{"support@example.com"}}, refused: "This is an address of your own team: the mail would come back as a new message. Write to somebody else, or leave a note."},
		"no address":                     {in: desk.Header{Bcc: []string{"joe"}}, refused: "“joe” is not a mail address. Write it like jane@example.com."},
		"too many":                       {in: desk.Header{To: many[:30], Cc: many[30:]}, refused: "A mail goes to 50 addresses at most. Send it in several parts, or use a mailing list."},
		"a chat has none":                {in: desk.Header{Cc: []string{"joe@example.com"}}, chat: true, refused: "Only a mail has recipients and a subject. Choose a mail address of yours to send from, or leave them out."},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice()
			o.as(ann)
			c := desk.Conversation{ID: 1, Workspace: workspace, Inbox: o.inbox.ID, Contact: kim, Status: desk.StatusOpen}
			through := letters
			if tt.chat {
				through = chat
			}
			facts, err := desk.Reply{Text: "hello", Channel: through, Header: tt.in}.Decide(c, o)
			if tt.refused != "" {
				if err == nil || err.Error() != tt.refused {
					t.Errorf("the answer is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts {
				if posted, ok := f.(desk.MessagePosted); ok && !reflect.DeepEqual(posted.Body.Recipients, tt.want) {
					t.Errorf("it goes to %+v", posted.Body.Recipients)
				}
			}
		})
	}
}
