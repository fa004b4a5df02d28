package api

import (
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"strings"

	"parley/app"
)

// links serves the pages that links in mails lead to: a file that was too large for
// its mail, at app.FilePath, and no more mail that nobody asked for, at
// app.UnsubscribePath. Opening a page changes nothing and is not recorded: programs
// open the links of mails, too.
func (s *server) links(mux *http.ServeMux) {
	mux.HandleFunc("GET /d/{name}", func(w http.ResponseWriter, r *http.Request) {
		f, err := s.openLinked(r)
		s.writePage(w, linkTemplate, linkPage{File: &f, Here: r.URL.Path, pageProblem: pageProblem{err}})
	})
	mux.HandleFunc("GET /d/{name}/file", func(w http.ResponseWriter, r *http.Request) {
		f, err := s.openLinked(r)
		if err != nil {
			s.writePage(w, linkTemplate, linkPage{pageProblem: pageProblem{err}})
			return
		}
		data, err := s.App.Blobs.Reader(f.Hash)
		if err != nil {
			s.writePage(w, linkTemplate, linkPage{pageProblem: pageProblem{err}})
			return
		}
		defer data.Close()
		h := w.Header()
		h.Set("Content-Type", f.ContentType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, no-store")
		if _, err := io.Copy(w, data); err != nil {
			s.Log.Debug("a download broke off", "err", err)
		}
	})
	mux.HandleFunc("GET /u/{name}", func(w http.ResponseWriter, r *http.Request) {
		team, err := s.unsubscribe(r, true)
		s.writePage(w, linkTemplate, linkPage{Ask: true, Team: team, pageProblem: pageProblem{err}})
	})
	mux.HandleFunc("POST /u/{name}", func(w http.ResponseWriter, r *http.Request) {
		team, err := s.unsubscribe(r, false)
		s.writePage(w, linkTemplate, linkPage{Done: true, Team: team, pageProblem: pageProblem{err}})
	})
}

// openLinked finds the file of an address and slows down who asks too often.
func (s *server) openLinked(r *http.Request) (app.LinkedFile, error) {
	if err := s.slow(s.Widget, network(s.remote(r))); err != nil {
		return app.LinkedFile{}, err
	}
	return s.App.OpenFile(r.Context(), r.PathValue("name"))
}

func (s *server) unsubscribe(r *http.Request, ask bool) (team bool, err error) {
	if err := s.slow(s.Widget, network(s.remote(r))); err != nil {
		return false, err
	}
	return s.App.DeclineMail(r.Context(), r.PathValue("name"), ask)
}

// linkPage is what such a page shows.
type linkPage struct {
	File      *app.LinkedFile
	Here      string
	Ask, Done bool
	Team      bool // the mail was to somebody of the team
	pageProblem
}

// Size is the size of the file in words.
func (p linkPage) Size() string {
	if p.File.Size < 1<<20 {
		return fmt.Sprintf("%d kB", (p.File.Size+1023)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(p.File.Size)/(1<<20))
}

// Until is when the link ends.
func (p linkPage) Until() string { return p.File.Expires.Format("2 January 2006") }

var linkTemplate = template.Must(template.New("link").Parse(strings.ReplaceAll(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="/mark.svg" type="image/svg+xml"><title>{{if .Trouble}}This cannot be shown{{else if .File}}{{.File.Name}}{{else}}No more such mails{{end}}</title><style>STYLE</style></head>
<body><main>
{{- if .Trouble}}<h1>This cannot be shown</h1><p class="bad" role="alert">{{.Trouble}}</p>
{{- else if .File}}<h1>{{.File.Name}}</h1><p class="of">{{.Size}}, can be downloaded until {{.Until}}</p><form method="get" action="{{.Here}}/file"><button>Download</button></form>
{{- else if and .Done .Team}}<h1>No more such mails</h1><p role="status">What happened will not come by mail any more where it is of the kind that this mail was about. The bell and your other forms stay. You can take this back in Parley, under Settings, Notifications.</p>
{{- else if .Team}}<h1>No more such mails?</h1><p>What happened will not come by mail any more where it is of the kind that this mail was about. The bell and your other forms stay.</p><form method="post"><button>No more such mails</button></form>
{{- else if .Done}}<h1>No more such mails</h1><p role="status">We will not ask you how satisfied you are any more. You still get answers to what you write to us.</p>
{{- else}}<h1>No more such mails?</h1><p>We will not ask you how satisfied you are any more. You still get answers to what you write to us.</p><form method="post"><button>No more such mails</button></form>
{{- end}}
</main></body></html>`, "STYLE", surveyStyle)))
