// Package api is the HTTP API: typed handlers from which the OpenAPI description
// is made. Every screen uses it, and there is no other.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/app"
	"parley/desk"
	"parley/internal/limit"
	"parley/realtime"
	"parley/store"
)

// Reader is a database that can only be read.
type Reader interface {
	Read(ctx context.Context, scope store.Scope, fn func(*store.Tx) error) error
}

// Options say how the API is served.
type Options struct {
	App     *app.App
	Hub     *realtime.Hub
	Log     *slog.Logger
	Version string
	// PublicURL is where people reach Parley, without a slash at the end; "" is
	// taken from each request.
	PublicURL string
	// Secure marks cookies for HTTPS only.
	Secure bool
	// Remote fetches remote pictures of mails; it is of package safehttp, since anybody
	// may name any address. Nil fetches none.
	Remote *http.Client
	// Routed, if set, is told of every request of the API after it was served,
	// with its pattern.
	Routed func(*http.Request)
	// Limits slow down whoever tries too much; nil limits nothing. SignIn is by
	// address and account, Widget and Uploads (of visitors) by address, Calls by
	// person, or by channel for systems that post to one.
	SignIn, Widget, Calls, Uploads *limit.Limiter
	// Searches is by person: one costs as much as many other calls.
	Searches *limit.Limiter
	// Screens is how many feeds one person, or one visitor, may have open at this
	// node; 0 is any number.
	Screens int
}

type server struct {
	Options
	db   Reader
	api  huma.API
	open screens
}

// MaxUpload is the largest file, in bytes.
const MaxUpload = 25 << 20

// New returns the API, and its description.
func New(o Options) (http.Handler, huma.API) {
	mux := http.NewServeMux()
	huma.NewError = newError
	huma.DefaultArrayNullable = false
	config := huma.DefaultConfig("Parley", o.Version)
	config.Info.Description = "The home of a team's conversations with its customers. Sign in with a session cookie, or send a personal token as `Authorization: Bearer pat_…`. " +
		"Lists are paged by cursor. Errors are problems (RFC 9457). A write with an `Idempotency-Key` happens once."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil
	config.RejectUnknownQueryParameters = true // a slip of the pen is not silently another question
	config.Formats = map[string]huma.Format{"application/json": strictJSON(), "json": strictJSON()}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: plainCookie},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	s := &server{Options: o, db: o.App.DB, api: humago.New(mux, config)}
	s.account()
	s.workspace()
	s.inboxes()
	s.promises()
	s.conversations()
	s.finding()
	s.search()
	s.views()
	s.bulk()
	s.verbs()
	s.scheduling()
	s.notes()
	s.quick()
	s.contacts()
	s.files()
	s.ledger()
	s.aiReports()
	s.visitors(mux)
	s.inbound()
	s.welcome()
	s.markDone()
	s.sockets(mux)
	mux.HandleFunc("GET /api/docs", s.docs)
	mux.HandleFunc("/api/", s.nowhere(mux))
	return s.protect(mux), s.api
}

// operation is a route of the API. Permission is what a workspace's route needs;
// the middleware checks it before the handler runs.
type operation struct {
	id, method, path, summary string
	need                      desk.Permission
	status                    int
	tag                       string
	public                    bool // no session needed
	inPerson                  bool // not by a token, which belongs to one workspace
	maxBody                   int64
	readWithin                time.Duration                          // 0 is 30 s
	before                    func(huma.Context, func(huma.Context)) // runs before the body is read
}

// Permission names what an operation needs, in its metadata.
const metaPermission = "permission"

// route registers a typed handler. Errors become problems in one place.
func route[I, O any](s *server, op operation, fn func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, s.described(op), func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			return nil, s.refusal(ctx, op.id, err)
		}
		return out, nil
	})
}

// described is an operation as the library takes it. What route needs not know
// the types for is here: route is compiled once for every operation.
func (s *server) described(op operation) huma.Operation {
	maxBody := op.maxBody
	if maxBody == 0 {
		maxBody = 1 << 20
	}
	if op.readWithin == 0 {
		op.readWithin = 30 * time.Second
	}
	path := op.path
	if !strings.HasPrefix(path, "/api/") {
		path = "/api/v1" + path
	}
	o := huma.Operation{
		OperationID: op.id, Method: op.method, Path: path, Summary: op.summary, Tags: []string{op.tag}, DefaultStatus: op.status,
		MaxBodyBytes: maxBody, BodyReadTimeout: op.readWithin, Metadata: map[string]any{metaPermission: string(op.need)},
		Errors: []int{http.StatusUnprocessableEntity},
	}
	if !op.public {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		o.Errors = append(o.Errors, http.StatusUnauthorized)
		o.Middlewares = append(o.Middlewares, s.signedIn)
	}
	if op.inPerson {
		o.Middlewares = append(o.Middlewares, s.inPerson)
	}
	if op.need != "" {
		o.Errors = append(o.Errors, http.StatusForbidden, http.StatusNotFound)
		o.Middlewares = append(o.Middlewares, s.entered(op.need, op.method))
	}
	if op.before != nil {
		o.Middlewares = append(o.Middlewares, op.before)
	}
	if op.method != http.MethodGet {
		o.Middlewares = append(o.Middlewares, s.bounded(maxBody))
	}
	return o
}

// refusal is the answer to an error, which is logged when it is our own.
func (s *server) refusal(ctx context.Context, id string, err error) error {
	p := problem(err, func(err error) { s.Log.ErrorContext(ctx, "request failed", "operation", id, "err", err) })
	if wait := p.wait(); wait != "" {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {wait}})
	}
	return p
}

// body is an answer with a body.
type body[T any] struct{ Body T }

// page is one page of a list.
type page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Send it as cursor for the next page; absent on the last"`
}

// InWorkspace is the address of what belongs to a workspace.
type InWorkspace struct {
	Workspace Ref[desk.WorkspaceID] `path:"workspace" doc:"A workspace's id"`
}

// read runs fn through the eyes of the actor.
func (s *server) read(ctx context.Context, fn func(*store.Tx) error) error {
	return s.db.Read(ctx, app.ScopeFrom(ctx), fn)
}

func (s *server) now() time.Time { return s.App.Now().UTC() }
