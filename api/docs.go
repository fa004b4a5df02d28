package api

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// docsPolicy lets the page have its own look and nothing else: it has no script,
// and loads nothing from anywhere.
const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsGroup is what the page of the API lists together.
type docsGroup struct {
	Name       string
	Operations []*huma.Operation
}

// docs lists what the API can do, for reading; programs read the description.
func (s *server) docs(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := docsTemplate.Execute(w, struct {
		*huma.Info
		Groups []docsGroup
	}{s.api.OpenAPI().Info, s.groups()})
	if err != nil {
		s.Log.Debug("a page broke off", "err", err)
	}
}

func (s *server) groups() (all []docsGroup) {
	place := map[string]int{}
	for _, item := range s.api.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o == nil || len(o.Tags) == 0 {
				continue
			}
			i, ok := place[o.Tags[0]]
			if !ok {
				i = len(all)
				place[o.Tags[0]] = i
				all = append(all, docsGroup{Name: o.Tags[0]})
			}
			all[i].Operations = append(all[i].Operations, o)
		}
	}
	slices.SortFunc(all, func(a, b docsGroup) int { return cmp.Compare(a.Name, b.Name) })
	for _, g := range all {
		slices.SortFunc(g.Operations, func(a, b *huma.Operation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
	}
	return all
}

var docsTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}} API</title>
<style>:root{color-scheme:light dark}body{margin:0 auto;max-width:900px;padding:32px 20px;font:15px/1.55 ui-sans-serif,system-ui,"Segoe UI",sans-serif}
h1{font-size:26px}h2{font-size:18px;margin:32px 0 6px}table{border-collapse:collapse;width:100%}td{padding:5px 12px 5px 0;vertical-align:top;border-top:1px solid #8884}
td:first-child{width:64px;font-weight:600}code{font-size:13px;overflow-wrap:anywhere}</style></head><body>
<h1>{{.Title}} API</h1><p>{{.Description}}</p>
<p>The whole description, with every field, is OpenAPI 3.1: <a href="/api/openapi.yaml">/api/openapi.yaml</a> or <a href="/api/openapi.json">/api/openapi.json</a>. Any viewer of OpenAPI opens it.</p>
{{range .Groups}}<h2>{{.Name}}</h2><table>{{range .Operations}}<tr><td>{{.Method}}</td><td><code>{{.Path}}</code></td><td>{{.Summary}}</td></tr>{{end}}</table>
{{end}}</body></html>`))
