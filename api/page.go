package api

import (
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"parley/channel/webchat"
	"parley/desk"
	"parley/store"
)

// The policies of our own pages. The inbox loads nothing from elsewhere and runs
// no script that is not a file of ours.
const (
	appPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types svelte-trusted-html parley-worker parley-note"
	framePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types svelte-trusted-html parley-note; frame-ancestors "
	tryPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// Pages serves the inbox, the chat's loader and frame, the page to try it, and
// the page on which customers say how satisfied they are.
// dist holds the built files.
func Pages(o Options, dist fs.FS) http.Handler {
	s := &server{Options: o, db: o.App.DB}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /widget.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("Cache-Control", "public, max-age=300")
		serveFile(w, r, dist, "widget/loader.js")
	})
	mux.HandleFunc("GET /w/assets/{file...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		serveFile(w, r, dist, "widget/"+path.Clean("/" + r.PathValue("file"))[1:])
	})
	mux.HandleFunc("GET /w/{key}", func(w http.ResponseWriter, r *http.Request) { s.framePage(w, r, dist) })
	s.surveys(mux)
	s.links(mux)
	mux.HandleFunc("GET /try", s.tryFirst)
	mux.HandleFunc("GET /try/{key}", s.tryPage)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { appPage(w, r, dist) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		mux.ServeHTTP(w, r)
	})
}

// appPage serves a file of the inbox, or its one page for every address of it.
func appPage(w http.ResponseWriter, r *http.Request, dist fs.FS) {
	w.Header().Set("Content-Security-Policy", appPolicy)
	name := path.Clean("/" + r.URL.Path)[1:]
	if path.Ext(name) != "" {
		if strings.HasPrefix(name, "assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		serveFile(w, r, dist, "app/"+name)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	serveFile(w, r, dist, "app/index.html")
}

// serveFile serves a built file, compressed if the browser takes it.
func serveFile(w http.ResponseWriter, r *http.Request, dist fs.FS, name string) {
	info, err := fs.Stat(dist, name)
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist // a folder would be listed
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && strings.HasSuffix(name, "index.html") {
			http.Error(w, "The web interface is not in this binary. Build it with: make build", http.StatusNotFound)
			return
		}
		http.NotFound(w, r)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if _, err := fs.Stat(dist, name+".gz"); err == nil {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Add("Vary", "Accept-Encoding")
			w.Header().Set("Content-Type", contentType(name))
			http.ServeFileFS(w, r, dist, name+".gz")
			return
		}
	}
	http.ServeFileFS(w, r, dist, name)
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	}
	return "text/html; charset=utf-8"
}

// framePage serves the chat's frame to the sites that may show it.
func (s *server) framePage(w http.ResponseWriter, r *http.Request, dist fs.FS) {
	acc, err := s.App.Lookup(r.Context(), webchat.Name, r.PathValue("key"))
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	config, err := webchat.Read(acc.Config)
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	ancestors := "*"
	if len(config.AllowedOrigins) > 0 {
		ancestors = "'self' " + strings.Join(config.AllowedOrigins, " ")
	}
	w.Header().Set("Content-Security-Policy", framePolicy+ancestors)
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Del("Cross-Origin-Opener-Policy")
	w.Header().Set("Cache-Control", "no-cache")
	serveFile(w, r, dist, "widget/frame.html")
}

// tryFirst goes to the page of the first chat there is.
func (s *server) tryFirst(w http.ResponseWriter, r *http.Request) {
	var key string
	err := s.db.Read(r.Context(), store.Scope{}, func(tx *store.Tx) (err error) { key, err = tx.FirstAddress(webchat.Name); return err })
	if err != nil {
		s.writeProblem(w, err)
		return
	}
	if key == "" {
		s.writeTry(w, http.StatusNotFound, "")
		return
	}
	http.Redirect(w, r, "/try/"+key, http.StatusFound)
}

func (s *server) tryPage(w http.ResponseWriter, r *http.Request) {
	acc, err := s.App.Lookup(r.Context(), webchat.Name, r.PathValue("key"))
	switch {
	case desk.KindOf(err) == desk.NotFound && err != nil:
		s.writeTry(w, http.StatusNotFound, "")
	case err != nil:
		s.writeProblem(w, err)
	default:
		config, err := webchat.Read(acc.Config)
		if err != nil {
			s.writeProblem(w, err)
			return
		}
		s.writeTry(w, http.StatusOK, webchat.Script("", acc.Address, config))
	}
}

// writeTry answers with a page that has the chat's line on it, or says that there is none.
func (s *server) writeTry(w http.ResponseWriter, status int, script string) {
	w.Header().Set("Content-Security-Policy", tryPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	line := template.HTML(script) //nolint:gosec // of settings that were checked
	if err := tryTemplate.Execute(w, line); err != nil {
		s.Log.Debug("a page broke off", "err", err)
	}
}

// tryTemplate is a shop page with the chat on it, to try it as a customer.
var tryTemplate = template.Must(template.New("try").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/mark.svg" type="image/svg+xml"><title>Try the chat</title>
<style>:root{color-scheme:light dark}body{margin:0;font:16px/1.6 ui-sans-serif,system-ui,"Segoe UI",sans-serif;background:#f1f0ea;color:#1a211e}
main{max-width:620px;margin:12vh auto 0;padding:0 24px}h1{font:500 34px/1.2 Georgia,serif;letter-spacing:-.02em;margin:0 0 14px}p{margin:0 0 14px;color:#434b47}code{font-size:13px}
@media (prefers-color-scheme:dark){body{background:#101413;color:#e8ece8}p{color:#b9c1bc}}</style></head>
<body><main>{{if .}}<h1>This is a page of your site</h1>
<p>You are the customer here. Open the chat in the corner and write something; it appears in the team's inbox at once.</p>
<p>On your own pages, one line does the same. Copy it from the settings of the inbox.</p>{{else}}<h1>There is no chat here yet</h1>
<p>Connect a web chat in the settings of an inbox, then open its try page from there.</p>{{end}}</main>
{{.}}</body></html>`))
