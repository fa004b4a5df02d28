package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// What a feed asks now and then: whether the session it was opened by is still
// there, whoever ended it, and whether its owner may still be here. Asking does not
// keep the session alive.
func TestFeedAsksWhetherItMayStay(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	s := &server{Options: Options{App: d.App, Log: d.Log}, db: d.DB}
	still := func() func(context.Context) error {
		token, err := d.NewSession(t.Context(), d.Agent.User, "", "")
		d.OK(err)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: plainCookie, Value: token})
		r.SetPathValue("workspace", d.Workspace.String())
		ask := s.still(r.WithContext(context.WithValue(r.Context(), callerKey{}, s.identify(r))))
		d.OK(ask(t.Context()))
		return ask
	}
	member := func(active bool) {
		d.OK(d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{Active: &active}))
	}
	ask := still()
	member(false)
	if ask(t.Context()) == nil {
		t.Error("the feed of somebody who left may stay")
	}
	member(true)
	d.OK(ask(t.Context()))
	d.OK(d.ResetPassword(t.Context(), "daniel@example.com", "tulip-harbour-nine"))
	if desk.KindOf(ask(t.Context())) != desk.Unauthenticated {
		t.Error("the feed of a session that is over may stay")
	}
	ask = still()
	for range 7 {
		d.Clock.Add(24 * time.Hour)
		d.OK(ask(t.Context()))
	}
	d.Clock.Add(time.Minute)
	if desk.KindOf(ask(t.Context())) != desk.Unauthenticated {
		t.Error("asking keeps a session alive")
	}
}
