package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/desk"
)

// Problem is an error as the API shows it (RFC 9457), never with the value that
// was sent: a rejected password does not come back.
type Problem struct {
	Type   string            `json:"type" doc:"about:blank"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail" doc:"One sentence for a person that says what to do"`
	Code   desk.Kind         `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,too_large,rate_limited,unavailable,internal"`
	Errors []desk.FieldError `json:"errors,omitempty"`
	// Conflict is what the caller needs to resolve a conflict.
	Conflict any `json:"conflict,omitempty"`
	// Place is where a filter or a search is wrong.
	Place *app.Place `json:"place,omitempty"`
}

func (p *Problem) Error() string { return p.Detail }

// wait takes from a problem how long to wait, as the header Retry-After says it;
// "" says nothing.
func (p *Problem) wait() string {
	wait, ok := p.Conflict.(time.Duration)
	if !ok {
		return ""
	}
	p.Conflict = nil
	return strconv.Itoa(int(wait.Seconds()) + 1)
}

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var statuses = map[desk.Kind]int{
	desk.Invalid: http.StatusUnprocessableEntity, desk.Unauthenticated: http.StatusUnauthorized, desk.Forbidden: http.StatusForbidden,
	desk.NotFound: http.StatusNotFound, desk.Conflict: http.StatusConflict, desk.TooLarge: http.StatusRequestEntityTooLarge,
	desk.RateLimited: http.StatusTooManyRequests, desk.Unavailable: http.StatusServiceUnavailable, desk.Internal: http.StatusInternalServerError,
}

var codes = map[int]desk.Kind{
	400: desk.Invalid, 401: desk.Unauthenticated, 403: desk.Forbidden, 404: desk.NotFound, 405: desk.Invalid, 406: desk.Invalid, 409: desk.Conflict,
	413: desk.TooLarge, 415: desk.Invalid, 426: desk.Invalid, 422: desk.Invalid, 429: desk.RateLimited, 503: desk.Unavailable,
}

// problem turns an error into a response. Only a *desk.Error reaches the client;
// anything else is internal, and report sees it.
func problem(err error, report func(error)) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var e *desk.Error
	if !errors.As(err, &e) {
		report(err)
		e = &desk.Error{Kind: desk.Internal, Message: "Something went wrong on our side. Try again; if it happens again, tell whoever runs Parley."}
	}
	status := statuses[e.Kind]
	p = &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message, Code: e.Kind, Errors: e.Fields, Conflict: e.Details}
	if place, ok := e.Details.(app.Place); ok {
		p.Place, p.Conflict = &place, nil
	}
	return p
}

// sentence makes one of words.
func sentence(s string) string {
	if s == "request body is required" {
		return "Send a body with this request."
	}
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// newError is how huma reports a request that does not fit its description.
func newError(status int, msg string, errs ...error) huma.StatusError {
	code, ok := codes[status]
	if !ok {
		code = desk.Internal
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: sentence(msg), Code: code}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, desk.FieldError{Field: d.Location, Message: d.Message})
		} else if err != nil && status < 500 {
			p.Errors = append(p.Errors, desk.FieldError{Message: err.Error()})
		}
	}
	if len(p.Errors) > 0 {
		p.Detail = "Some of what was sent does not fit: " + p.Errors[0].Field + " " + p.Errors[0].Message + "."
	}
	return p
}
