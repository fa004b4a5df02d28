package desk_test

import (
	"slices"
	"testing"
	"time"

	"parley/desk"
)

// 5.4: a mail waits for its reader to come, and until they work; then it goes, also to
// who is signed in nowhere.
func TestMailWaits(t *testing.T) {
	work := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC) // a Monday
	night := work.Add(12 * time.Hour)
	morning := time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC)
	forms := map[desk.NewsKind][]desk.Form{desk.NewsAssigned: {desk.FormApp, desk.FormPush, desk.FormMail}, desk.NewsConversation: {desk.FormMail}}
	p := desk.Preferences{Forms: forms, MailAfter: 5}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		v          desk.Verdict
		now, later []desk.Form
		due        time.Time
	}{
		"at work":                      {p.Weigh(desk.NewsAssigned, true, work), []desk.Form{desk.FormApp, desk.FormPush}, []desk.Form{desk.FormMail}, work.Add(5 * time.Minute)},
		"signed in nowhere":            {p.Weigh(desk.NewsConversation, false, work), nil, []desk.Form{desk.FormMail}, work.Add(5 * time.Minute)},
		"at night":                     {p.Weigh(desk.NewsAssigned, false, night), []desk.Form{desk.FormApp}, []desk.Form{desk.FormMail}, morning},
		"when it has waited":           {p.WeighAgain(desk.NewsConversation, false, work), []desk.Form{desk.FormMail}, nil, time.Time{}},
		"when it has waited, at night": {p.WeighAgain(desk.NewsConversation, false, night), nil, []desk.Form{desk.FormMail}, morning},
	} {
		if !slices.Equal(c.v.Forms, c.now) || !slices.Equal(c.v.Held, c.later) || !c.v.Due.Equal(c.due) || c.v.Suppressed != "" {
			t.Errorf("%s: %+v, want %v now and %v at %s", name, c.v, c.now, c.later, c.due)
		}
	}
	p.MailAfter = 481
	if p.Check() == nil {
		t.Error("a mail may wait for longer than a working day")
	}
}
