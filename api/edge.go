package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
)

// readable refuses what no handler and no database could make sense of: bytes that
// are no text in an address or a key, and addresses that mean others.
func readable(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return desk.Errorf(desk.Invalid, "The part of the address after the question mark cannot be read. Encode it as percent-encoded UTF-8.")
	}
	texts := []string{r.URL.Path, r.Header.Get("Idempotency-Key")}
	for name, values := range query {
		texts = append(append(texts, name), values...)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return desk.Errorf(desk.Invalid, "There are bytes in the address or the Idempotency-Key that are no text. Send UTF-8 without NUL.")
		}
	}
	clean := path.Clean(r.URL.Path)
	if strings.HasSuffix(r.URL.Path, "/") {
		clean += "/"
	}
	if clean != r.URL.Path {
		return nothingAt(r)
	}
	return nil
}

func nothingAt(r *http.Request) error {
	return desk.Errorf(desk.NotFound, "There is nothing at %s. The API is described at /api/docs.", desk.Line(r.URL.Path, 200))
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// nowhere answers what no handler takes: another method of an address that there
// is, or an address that there is not.
func (s *server) nowhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range methods {
			try := &http.Request{Method: m, URL: r.URL, Host: r.Host}
			if _, pattern := mux.Handler(try); pattern != "/api/" {
				allowed = append(allowed, m)
			}
		}
		if allowed == nil || slices.Contains(allowed, r.Method) {
			s.writeProblem(w, nothingAt(r))
			return
		}
		list := strings.Join(allowed, ", ")
		w.Header().Set("Allow", list)
		s.writeProblem(w, newError(http.StatusMethodNotAllowed, "This address takes "+list+", not "+desk.Line(r.Method, 20)+"."))
	}
}

// strictJSON is JSON that is UTF-8, as RFC 8259 says: what is not is refused, where
// Go would put something in its place.
func strictJSON() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error { return huma.DefaultJSONFormat.Marshal(w, v) },
		Unmarshal: func(b []byte, v any) error {
			if !utf8.Valid(b) {
				return errors.New("is not UTF-8")
			}
			return json.Unmarshal(b, v)
		},
	}
}
