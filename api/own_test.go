package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/api/apitest"
	"parley/desk"
)

// F2-67: what somebody chooses is of them alone, comes with who is signed in,
// and stays when they sign in elsewhere.
func TestOwnSettings(t *testing.T) {
	team := apitest.New(t).Team("Lindqvist")
	anna, ben := team.Join("Anna", desk.RoleAgent), team.Join("Ben", desk.RoleViewer)
	of := func(c *apitest.Client) (s desk.OwnSettings) {
		var me struct{ Settings desk.OwnSettings }
		c.Do("GET", "/api/v1/session", nil).Want(200).Read(&me)
		return me.Settings
	}
	change := func(body object) apitest.Answer { return anna.Do("PATCH", "/api/v1/me/settings", body) }
	change(object{"theme": "dark", "keys": object{"resolve": []string{"q"}, "close": []string{}}}).Want(200)
	change(object{"after_action": "list", "seen_hint": "keys"}).Want(200)
	want := desk.OwnSettings{
		Theme: desk.ThemeDark, AfterAction: desk.AfterList, Keys: map[string][]string{"resolve": {"q"}, "close": {}}, HintsSeen: []string{"keys"},
	}
	anna.SignInAgain()
	if d := cmp.Diff(want, of(anna)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(desk.OwnSettings{}, of(ben)); d != "" {
		t.Errorf("of somebody else: %s", d)
	}
	for what, body := range map[string]object{
		"no theme":  {"theme": "pink"},
		"no key":    {"keys": object{"resolve": []string{"mod+"}}},
		"no hint":   {"seen_hint": "Not a hint"},
		"no change": {"colour": "red"},
	} {
		if p := change(body).Problem(422); p.Detail == "" {
			t.Errorf("%s: %+v", what, p)
		}
	}
	if d := cmp.Diff(want, of(anna)); d != "" {
		t.Errorf("what was refused changed something: %s", d)
	}
}
