package desk_test

import (
	"cmp"
	"strings"
	"testing"

	"parley/desk"
)

func TestSignatureVariables(t *testing.T) {
	known := desk.NewKnown(desk.Contact{}, desk.Conversation{}, desk.Member{Name: "Ann Ek", Email: "ann@example.com"}, desk.Inbox{Name: "Front *desk*"}, "Office")
	for in, want := range map[string]string{
		"**{{agent.name}}**\n{{inbox.name}}, {{workspace.name}}": "**Ann Ek**\nFront desk, Office",
		"{{agent.name}}\n{{agent.title}}\nOffice":                "Ann Ek\nOffice", // a line that says nothing else
		"{{agent.name}}, {{agent.title|Support}}":                "Ann Ek, Support",
		"{{agent.name}} {{agent.title}}":                         "Ann Ek",
		"literally \\{{agent.title}}":                            "literally \\{{agent.title}}",
		"{{agent.title}}":                                        "",
	} {
		clean, err := desk.CleanSignature(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if got := known.Sign(clean); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"{{time}}", "Dear {{contact.name}}", "{{conversation.id|x}}", "{{agent.shoe}}", "{{", strings.Repeat("a", desk.MaxSignature+1)} {
		if _, err := desk.CleanSignature(in); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%.20q: %v", in, err)
		}
		change, err := desk.ChangeSettings(desk.PerThread, nil, []byte(`{"signature":"`+in+`"}`), newOffice().now)
		if err == nil {
			t.Errorf("an inbox takes %.20q: %s", in, change)
		}
	}
}

// Whose signature stands under a mail is the inbox's to say.
func TestSignatureOf(t *testing.T) {
	known := desk.Known{"agent.name": "Ann"}
	for _, tt := range []struct {
		by        desk.SignedBy
		own, want string
	}{
		{"", "{{agent.name}}", "Ann"}, {"", "", "The inbox"}, {desk.SignedByAgent, "{{agent.name}}", "Ann"},
		{desk.SignedByInbox, "{{agent.name}}", "The inbox"}, {desk.SignedByNobody, "{{agent.name}}", ""},
	} {
		if got := (desk.MailSettings{Signature: "The inbox", SignedBy: tt.by}).SignatureOf(tt.own, known); got != tt.want {
			t.Errorf("%q with %q: %q", tt.by, tt.own, got)
		}
	}
}

// An answer by mail is signed and quotes what it answers as it stood when it was
// written; whoever has not had that mail is shown it only when somebody says so.
func TestAnswerQuotes(t *testing.T) {
	stranger := desk.Header{Cc: []string{"boss@example.com"}}
	for name, tt := range map[string]struct {
		in       desk.Header
		settings desk.MailSettings
		channel  desk.ChannelID
		quotes   bool
		signed   string
	}{
		"to who wrote it":             {quotes: true, signed: "Ann, Front desk"},
		"left out":                    {in: desk.Header{Quoting: desk.QuoteLeaveOut}, signed: "Ann, Front desk"},
		"somebody new":                {in: stranger, signed: "Ann, Front desk"},
		"somebody new, blindly":       {in: desk.Header{Bcc: stranger.Cc}, signed: "Ann, Front desk"},
		"somebody new, meant":         {in: desk.Header{Cc: stranger.Cc, Quoting: desk.QuoteInclude}, quotes: true, signed: "Ann, Front desk"},
		"an inbox that does not":      {settings: desk.MailSettings{QuotingDisabled: true, SignedBy: desk.SignedByNobody}},
		"an inbox that does not, but": {settings: desk.MailSettings{QuotingDisabled: true, SignedBy: desk.SignedByInbox, Signature: "Us"}, in: desk.Header{Quoting: desk.QuoteInclude}, quotes: true, signed: "Us"},
		"by chat":                     {channel: chat},
	} {
		o := newOffice()
		o.inbox.Settings.MailSettings = tt.settings
		o.as(ann)
		o.messages[7] = &desk.Message{ID: 7, Conversation: 1, Side: desk.SideCustomer, Channel: letters, Contact: kim}
		c := desk.Conversation{ID: 1, Workspace: workspace, Inbox: o.inbox.ID, Contact: kim, Status: desk.StatusOpen}
		facts, err := desk.Reply{Text: "hi", Header: tt.in, Channel: cmp.Or(tt.channel, letters)}.Decide(c, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m := facts[len(facts)-1].(desk.MessagePosted).Body
		if m.Quotes != 0 != tt.quotes || m.Signature != tt.signed {
			t.Errorf("%s: quotes %v, signed %q", name, m.Quotes, m.Signature)
		}
	}
}
