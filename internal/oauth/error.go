package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"parley/internal/safehttp"
)

// Error is why a provider gives no token. It never holds one, nor what was sent.
type Error struct {
	Stays  bool   // until somebody does something; else it may pass by itself
	Again  bool   // the account's owner must sign in again: what they allowed is over
	Code   string // the provider's own, or what HTTP says, for the log
	Reason string // one sentence or two for an admin that say what to do
}

func (e *Error) Error() string { return "oauth: " + e.Code + ": " + e.Reason }

// explain says what an error at the token endpoint means (RFC 6749, 5.2).
func explain(c Client, err error) *Error {
	said, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return unanswered(c, err)
	}
	code, text := said.ErrorCode, said.ErrorDescription
	if code == "" { // some send their errors with a status that the library does not look into
		var body struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if json.Unmarshal(said.Body, &body) == nil {
			code, text = body.Error, body.Description
		}
	}
	status := http.StatusOK
	if said.Response != nil {
		status = said.Response.StatusCode
	}
	e := &Error{Code: line(code, 60)}
	if e.Code == "" {
		e.Code = http.StatusText(status)
	}
	switch {
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || code == "temporarily_unavailable" || code == "server_error":
		e.Reason = c.Name() + " gives no access just now. Parley goes on trying." + quoted(text)
	case code == "invalid_grant" || code == "interaction_required" || code == "login_required" || code == "consent_required":
		e.Stays, e.Again = true, true
		e.Reason = c.Name() + " asks you to sign in again. Press Reconnect in the settings of this address." + quoted(text)
	case code == "invalid_client" || code == "unauthorized_client" || status == http.StatusUnauthorized:
		e.Stays = true
		e.Reason = c.Name() + " refuses Parley's client id or secret. Check them in the settings of the provider; secrets there expire." + quoted(text)
	case code == "invalid_scope":
		e.Stays = true
		e.Reason = c.Name() + " does not know a scope that Parley asks for. Check how Parley is registered there." + quoted(text)
	default:
		e.Stays = true
		e.Reason = c.Name() + " refuses to let Parley in." + quoted(text)
	}
	return e
}

// unanswered says what it means that there was no answer that could be read.
func unanswered(c Client, err error) *Error {
	e := &Error{Code: "no answer", Reason: c.Name() + " cannot be reached just now. Parley goes on trying."}
	var late net.Error
	switch {
	case errors.Is(err, safehttp.ErrRefused):
		e.Stays, e.Code, e.Reason = true, "not public", "The address of the provider is not public. Change it in the settings, or let whoever runs Parley allow its network."
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late) && late.Timeout():
		e.Code = "timeout"
	case errors.As(err, &late): // as it stands
	default: // the library's own words may quote the answer, and that holds tokens
		e.Code, e.Reason = "unreadable", c.Name()+" answers in a way that Parley does not understand. Check its address for tokens in the settings of the provider."
	}
	return e
}

// Refused says why a provider sent somebody back without a code (RFC 6749, 4.1.2.1).
func Refused(c Client, code, text string) *Error {
	e := &Error{Stays: true, Code: line(code, 60)}
	switch {
	case code == "access_denied" && adminNeeded(text) || code == "consent_required" || code == "interaction_required" || adminNeeded(text):
		e.Reason = "An administrator of your organisation must allow Parley at " + c.Name() + " first. Ask them to grant consent for it there, then connect again."
	case code == "access_denied":
		e.Reason = "You did not let Parley into the mailbox at " + c.Name() + ". Connect again, and allow what it asks for."
	case code == "temporarily_unavailable" || code == "server_error":
		e.Stays, e.Reason = false, c.Name()+" is not available just now. Connect again in a few minutes."
	case code == "unauthorized_client" || code == "invalid_request":
		e.Reason = c.Name() + " does not know Parley as it asks. Check the client id and the redirect address where Parley is registered there."
	case code == "invalid_scope":
		e.Reason = c.Name() + " does not know a scope that Parley asks for. Check how Parley is registered there."
	default:
		e.Reason = c.Name() + " did not let Parley in."
	}
	e.Reason += quoted(text)
	return e
}

// adminNeeded reports whether Microsoft or Google say that only an administrator
// may allow it.
func adminNeeded(text string) bool {
	for _, s := range []string{"AADSTS65001", "AADSTS90094", "AADSTS90095", "AADSTS900941", "AADSTS650052", "admin_policy_enforced", "admin consent", "administrator consent"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(s)) {
			return true
		}
	}
	return false
}

// quoted is what a provider says, to be put behind a sentence of ours. Microsoft
// adds numbers of its own on lines of their own.
func quoted(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if text = line(text, 160); text == "" {
		return ""
	}
	return " It says: " + text
}

// line cuts a text of others to one line of at most n characters.
func line(s string, n int) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			r = ' '
		}
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
