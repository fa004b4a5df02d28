// Package oauthtest is an authorization server for tests: it shows whoever comes two
// buttons, wants PKCE and the exact redirect address, gives tokens that end and
// refresh tokens that are used once, and says whose they are to mail servers
// (RFC 7662) and to clients (OpenID Connect Core, 5.3).
package oauthtest

import (
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"
	"github.com/go-oauth2/oauth2/v4/store"
)

// The one client that is registered.
const (
	ClientID     = "parley"
	ClientSecret = "a-secret/of:the client" // with what must be escaped in a header
)

// Server is the authorization server. Its fields may be set before it is used.
type Server struct {
	Redirect string        // the redirect address that is registered
	Lifetime time.Duration // of access tokens
	User     string        // who is signed in there, and allows what is asked for

	manager *manage.Manager
	server  *server.Server

	mu      sync.Mutex
	users   map[string]string // refresh token → user, of all that were given
	broken  bool
	renewed int
	ended   map[string]bool   // access tokens, before their time
	asked   int               // at the token endpoint
	shared  map[string]string // who may open mailboxes of another name → that name
	offered []string          // access tokens that mail servers asked about
}

// New returns a server.
func New(redirect, user string, lifetime time.Duration) (*Server, error) {
	s := &Server{Redirect: redirect, User: user, Lifetime: lifetime, manager: manage.NewDefaultManager(), users: map[string]string{}, shared: map[string]string{}, ended: map[string]bool{}}
	tokens, err := store.NewMemoryTokenStore()
	if err != nil {
		return nil, err
	}
	clients := store.NewClientStore()
	if err := clients.Set(ClientID, &models.Client{ID: ClientID, Secret: ClientSecret}); err != nil {
		return nil, err
	}
	s.manager.MapTokenStorage(tokens)
	s.manager.MapClientStorage(clients)
	s.manager.SetAuthorizeCodeTokenCfg(&manage.Config{AccessTokenExp: lifetime, RefreshTokenExp: 24 * time.Hour, IsGenerateRefresh: true})
	s.manager.SetRefreshTokenCfg(&manage.RefreshingConfig{AccessTokenExp: lifetime, RefreshTokenExp: 24 * time.Hour, IsGenerateRefresh: true, IsRemoveAccess: true, IsRemoveRefreshing: true})
	s.manager.SetValidateURIHandler(func(_, redirect string) error {
		if redirect != s.Redirect {
			return oautherrors.ErrInvalidRedirectURI
		}
		return nil
	})
	config := server.NewConfig()
	config.ForcePKCE = true
	config.AllowedCodeChallengeMethods = []oauth2.CodeChallengeMethod{oauth2.CodeChallengeS256}
	s.server = server.NewServer(config, s.manager)
	s.server.ClientInfoHandler = client
	s.server.UserAuthorizationHandler = func(_ http.ResponseWriter, r *http.Request) (string, error) {
		if r.FormValue("deny") != "" {
			return "", oautherrors.ErrAccessDenied
		}
		return s.user(), nil
	}
	s.server.PreRedirectErrorHandler = func(w http.ResponseWriter, r *server.AuthorizeRequest, err error) error {
		if r == nil || r.RedirectURI != s.Redirect {
			return err // nobody is sent to an address that is not registered
		}
		data, _, _ := s.server.GetErrorData(err)
		to, err := s.server.GetRedirectURI(r, data)
		if err == nil {
			http.Redirect(w, r.Request, to, http.StatusFound)
		}
		return err
	}
	return s, nil
}

// client returns who asks at the token endpoint: by RFC 6749, 2.3.1 in the header.
func client(r *http.Request) (string, string, error) {
	id, secret, ok := r.BasicAuth()
	if !ok || id != ClientID || secret != template.URLQueryEscaper(ClientSecret) {
		return "", "", oautherrors.ErrInvalidClient
	}
	return id, ClientSecret, nil
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Sign in</title><h1>Let Parley into {{.User}}?</h1>
<form method="post"><button name="allow" value="yes">Allow</button> <button name="deny" value="yes">Deny</button></form>`))

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch r.URL.Path {
	case "/authorize":
		if r.Method == http.MethodGet {
			_ = page.Execute(w, map[string]string{"User": s.user()})
			return
		}
		if err := s.server.HandleAuthorizeRequest(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	case "/token":
		s.token(w, r)
	case "/introspect":
		s.introspect(w, r)
	case "/userinfo":
		s.userInfo(w, r)
	case "/revoke":
		if _, _, err := client(r); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if err := s.revoke(r.Context(), r.FormValue("token")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	broken := s.broken
	s.asked++
	s.mu.Unlock()
	if broken {
		http.Error(w, "be back soon", http.StatusServiceUnavailable)
		return
	}
	kept := &keeper{ResponseWriter: w}
	if err := s.server.HandleTokenRequest(kept, r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var given struct {
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(kept.body, &given) != nil || given.Refresh == "" {
		return
	}
	info, err := s.manager.LoadRefreshToken(r.Context(), given.Refresh)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[given.Refresh] = info.GetUserID()
	if r.FormValue("grant_type") == "refresh_token" {
		s.renewed++
	}
}

// keeper keeps what is answered.
type keeper struct {
	http.ResponseWriter
	body []byte
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body = append(k.body, b...)
	return k.ResponseWriter.Write(b)
}

// introspect tells a mail server whose a token is.
func (s *Server) introspect(w http.ResponseWriter, r *http.Request) {
	token := r.FormValue("token")
	s.mu.Lock()
	s.offered = append(s.offered, token)
	s.mu.Unlock()
	answer := map[string]any{"active": false}
	if info, err := s.manager.LoadAccessToken(r.Context(), token); err == nil && s.Active(r.Context(), token) {
		answer = map[string]any{"active": true, "username": s.opens(info.GetUserID()), "client_id": info.GetClientID(), "exp": info.GetAccessCreateAt().Add(info.GetAccessExpiresIn()).Unix()}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Server) userInfo(w http.ResponseWriter, r *http.Request) {
	info, err := s.server.ValidationBearerToken(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": info.GetUserID(), "email": info.GetUserID(), "email_verified": true})
}

// revoke ends a refresh token, and the access token that was given with it.
func (s *Server) revoke(ctx context.Context, refresh string) error {
	info, err := s.manager.LoadRefreshToken(ctx, refresh)
	if errors.Is(err, oautherrors.ErrInvalidRefreshToken) {
		return nil // RFC 7009, 2.2: what is not valid any more needs no end
	}
	if err == nil {
		err = s.manager.RemoveAccessToken(ctx, info.GetAccess())
	}
	if err == nil {
		err = s.manager.RemoveRefreshToken(ctx, refresh)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.users, refresh)
	return err
}

func (s *Server) user() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.User
}

// SignIn says who is signed in from now on.
func (s *Server) SignIn(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.User = user
}

// Break makes the token endpoint fail, or work again.
func (s *Server) Break(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

// Forget takes all that a user has allowed back, as they can in their account.
func (s *Server) Forget(ctx context.Context, user string) error {
	s.mu.Lock()
	var all []string
	for refresh, u := range s.users {
		if u == user {
			all = append(all, refresh)
		}
	}
	s.mu.Unlock()
	for _, refresh := range all {
		if err := s.revoke(ctx, refresh); err != nil {
			return err
		}
	}
	return nil
}

// EndAccess ends the access tokens of a user before their time; refresh tokens stay.
func (s *Server) EndAccess(ctx context.Context, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for refresh, u := range s.users {
		info, err := s.manager.LoadRefreshToken(ctx, refresh)
		if err != nil || u != user {
			continue // used, or of somebody else
		}
		s.ended[info.GetAccess()] = true
	}
}

// Share makes what somebody allows open another mailbox.
func (s *Server) Share(mailbox, with string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shared[with] = mailbox
}

func (s *Server) opens(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mailbox, ok := s.shared[user]; ok {
		return mailbox
	}
	return user
}

// Active reports whether an access token is good.
func (s *Server) Active(ctx context.Context, access string) bool {
	_, err := s.manager.LoadAccessToken(ctx, access)
	s.mu.Lock()
	defer s.mu.Unlock()
	return err == nil && !s.ended[access]
}

// Asked returns how often the token endpoint was asked.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Renewed returns how often a refresh token was used.
func (s *Server) Renewed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.renewed
}

// Allowed returns for how many users there is a refresh token that is good still.
func (s *Server) Allowed(ctx context.Context, user string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for refresh, u := range s.users {
		if _, err := s.manager.LoadRefreshToken(ctx, refresh); err == nil && u == user {
			n++
		}
	}
	return n
}

// Offered returns the access tokens that mail servers asked about.
func (s *Server) Offered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.offered...)
}

// Opens reports whether an access token is good and opens a mailbox.
func (s *Server) Opens(ctx context.Context, access, mailbox string) bool {
	info, err := s.manager.LoadAccessToken(ctx, access)
	return err == nil && s.Active(ctx, access) && s.opens(info.GetUserID()) == mailbox
}
