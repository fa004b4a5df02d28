package api

import (
	"errors"
	"html/template"
	"net/http"

	"parley/desk"
)

// pageProblem is what went wrong on a page that a link in a mail leads to; nil if all
// is well.
type pageProblem struct{ err error }

func (p pageProblem) problem() error { return p.err }

// Trouble is what went wrong, for whoever opened the page.
func (p pageProblem) Trouble() string {
	e, ok := errors.AsType[*desk.Error](p.err)
	switch {
	case p.err == nil:
		return ""
	case !ok || e.Kind == desk.Internal:
		return "Something went wrong on our side. Try again in a moment."
	}
	return e.Message
}

// writePage answers with a page that a link in a mail leads to.
func (s *server) writePage(w http.ResponseWriter, t *template.Template, page interface{ problem() error }) {
	status := http.StatusOK
	if err := page.problem(); err != nil {
		p := problem(err, func(err error) { s.Log.Error("request failed", "err", err) })
		if wait := p.wait(); wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		status = p.Status
	}
	w.Header().Set("Content-Security-Policy", surveyPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := t.Execute(w, page); err != nil {
		s.Log.Debug("a page broke off", "err", err)
	}
}
