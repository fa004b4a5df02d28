package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/oauth2"

	"parley/internal/safehttp"
)

func idToken(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

// Whose mailbox a provider vouches for (OpenID Connect Core, 2 and 5.1), and no more than that.
func TestIDToken(t *testing.T) {
	for claims, want := range map[string]string{
		`{"aud":"parley","email":"kim@example.com","email_verified":true}`:                                       "kim@example.com",
		`{"aud":["other","parley"],"email":"kim@example.com"}`:                                                   "kim@example.com",
		`{"aud":"parley","email":"kim@example.com","email_verified":false}`:                                      "",
		`{"aud":"parley","email":"kim@example.com","email_verified":"false"}`:                                    "",
		`{"aud":"parley","email":"kim@example.com","email_verified":false,"preferred_username":"k@example.org"}`: "k@example.org",
		`{"aud":"parley","preferred_username":"+46 70 123","upn":"kim@corp.example"}`:                            "kim@corp.example",
		`{"aud":"other","email":"kim@example.com"}`:                                                              "",
		`{"aud":[],"email":"kim@example.com"}`:                                                                   "",
		`{"email":"kim@example.com"}`:                                                                            "",
		`{"aud":"parley","email":"kim"}`:                                                                         "",
		`{"aud":"parley","email":"kim@a@b"}`:                                                                     "",
		`{"aud":"parley","email":"kim@example.com\r\nBcc: eve@example.com"}`:                                     "",
		`{"aud":"parley","email":"Kim <kim@example.com>"}`:                                                       "",
		`{"aud":"parley","email":"` + strings.Repeat("k", 400) + `@example.com"}`:                                "",
		`[]`: "",
	} {
		if got := idAddress(idToken(claims), "parley"); got != want {
			t.Errorf("%.80s: %q, not %q", claims, got, want)
		}
	}
	for _, broken := range []string{"", "a.b", "a.b.c.d", "e30.$$$.x", idToken("{")} {
		if got := idAddress(broken, "parley"); got != "" {
			t.Errorf("%q: %q", broken, got)
		}
	}
	padded := "e30." + base64.URLEncoding.EncodeToString([]byte(`{"aud":"p","email":"k@e.se"}`)) + ".x" // some pad it
	if got := idAddress(padded, "p"); got != "k@e.se" {
		t.Errorf("with padding: %q", got)
	}
}

func failed(status int, code, text, body string) error {
	return fmt.Errorf("in a way: %w", &oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, ErrorCode: code, ErrorDescription: text, Body: []byte(body)})
}

// What an admin reads, and whether it is over (RFC 6749, 5.2).
func TestErrors(t *testing.T) {
	c := Client{Provider: Google}
	for _, x := range []struct {
		err          error
		stays, again bool
		code, reason string
	}{
		{failed(400, "invalid_grant", "Token has been revoked.", ""), true, true, "invalid_grant", "Google asks you to sign in again. Press Reconnect in the settings of this address. It says: Token has been revoked."},
		{failed(400, "", "", `{"error":"invalid_grant","error_description":"AADSTS50173: expired\r\nTrace ID: 1"}`), true, true, "invalid_grant", "It says: AADSTS50173: expired"},
		{failed(401, "invalid_client", "", ""), true, false, "invalid_client", "refuses Parley's client id or secret"},
		{failed(401, "", "", "<html>"), true, false, "Unauthorized", "refuses Parley's client id or secret"},
		{failed(400, "invalid_scope", "", ""), true, false, "invalid_scope", "does not know a scope"},
		{failed(400, "temporarily_unavailable", "", ""), false, false, "temporarily_unavailable", "gives no access just now"},
		{failed(503, "invalid_grant", "", ""), false, false, "invalid_grant", "gives no access just now"},
		{failed(429, "", "", ""), false, false, "Too Many Requests", "gives no access just now"},
		{failed(418, "odd", "", ""), true, false, "odd", "refuses to let Parley in"},
		{context.DeadlineExceeded, false, false, "timeout", "cannot be reached just now"},
		{&url.Error{Op: "Post", URL: "https://x", Err: safehttp.ErrRefused}, true, false, "not public", "is not public"},
		{errors.New(`cannot parse {"access_token":"secret"}`), false, false, "unreadable", "answers in a way that Parley does not understand"},
	} {
		e := explain(c, x.err)
		if e.Stays != x.stays || e.Again != x.again || e.Code != x.code || !strings.Contains(e.Reason, x.reason) || strings.Contains(e.Error(), "secret\"") {
			t.Errorf("%v: %+v", x.err, e)
		}
	}
	for _, x := range []struct {
		code, text, reason string
		stays              bool
	}{
		{"access_denied", "", "You did not let Parley into the mailbox", true},
		{"access_denied", "AADSTS65001: not consented", "An administrator of your organisation must allow Parley", true},
		{"server_error", "", "is not available just now", false},
		{"unauthorized_client", "", "Check the client id and the redirect address", true},
		{"odd", "Something\nTrace", "did not let Parley in. It says: Something", true},
	} {
		if e := Refused(c, x.code, x.text); e.Stays != x.stays || !strings.Contains(e.Reason, x.reason) || strings.Contains(e.Reason, "Trace") {
			t.Errorf("%s %q: %+v", x.code, x.text, e)
		}
	}
}

func FuzzIDToken(f *testing.F) {
	f.Add(idToken(`{"aud":"parley","email":"kim@example.com"}`))
	f.Add(idToken(`{"aud":["parley"],"upn":"\u0000k@e","email_verified":false,"email":"x@y"}`))
	f.Add("e30.e30=.x")
	f.Fuzz(func(t *testing.T, token string) {
		for _, token := range []string{token, idToken(token)} {
			got := idAddress(token, "parley")
			if got == "" {
				continue
			}
			if strings.Count(got, "@") != 1 || len(got) > 320 || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
				t.Errorf("%q", got)
			}
		}
	})
}

// Whatever a provider says, one line of words comes of it, and nothing of its answer but what it says of the error.
func FuzzErrors(f *testing.F) {
	f.Add(400, "invalid_grant", "Token\nTrace", `{"error":"x"}`)
	f.Add(200, "", "", `{"error":"\u202e","error_description":"\r\n\ud800"}`)
	f.Add(503, "\xff", strings.Repeat("long ", 100), "secret-token")
	f.Fuzz(func(t *testing.T, status int, code, text, body string) {
		for _, e := range []*Error{explain(Client{Provider: Microsoft}, failed(status, code, text, body)), Refused(Client{Provider: Microsoft}, code, text)} {
			bad := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
			if e.Reason == "" || strings.ContainsFunc(e.Error(), bad) || !utf8.ValidString(e.Error()) || utf8.RuneCountInString(e.Reason) > 400 || utf8.RuneCountInString(e.Code) > 61 || e.Again && !e.Stays {
				t.Errorf("%+v", e)
			}
		}
	})
}
