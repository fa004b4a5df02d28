// Package oauth lets Parley into mailboxes by what their owners allow at Google,
// Microsoft or elsewhere (OAuth 2.0, RFC 6749, with PKCE, RFC 7636), instead of by
// their passwords. It keeps nothing: what it gets is for the caller to store.
package oauth

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// The names of providers; they are stored.
const (
	Google    = "google"
	Microsoft = "microsoft"
	Custom    = "custom"
)

// Names are the providers in the order in which they are offered.
var Names = []string{Google, Microsoft, Custom}

// Servers is where mail is fetched from and handed in.
type Servers struct {
	IMAPHost string
	IMAPPort int
	SMTPHost string
	SMTPPort int // with STARTTLS
}

// ServersOf returns the mail servers of a provider; none of a custom one.
func ServersOf(provider string) Servers {
	switch provider {
	case Google:
		return Servers{"imap.gmail.com", 993, "smtp.gmail.com", 587}
	case Microsoft:
		return Servers{"outlook.office365.com", 993, "smtp.office365.com", 587}
	}
	return Servers{}
}

// Client is what a provider knows Parley by, and where it is asked.
type Client struct {
	Provider string `json:"provider"`
	Title    string `json:"title,omitempty"` // of a custom one: what people call it
	ID       string `json:"client_id"`
	Secret   string `json:"-"`
	Tenant   string `json:"tenant,omitempty"` // Microsoft's: whose accounts may be connected; "" is any organisation's and personal ones

	// Of a custom one only.
	AuthorizeURL string `json:"authorize_url,omitempty"`
	TokenURL     string `json:"token_url,omitempty"`
	UserInfoURL  string `json:"userinfo_url,omitempty"` // says whose account it is (OpenID Connect Core, 5.3); "" asks nobody
	RevokeURL    string `json:"revoke_url,omitempty"`   // takes tokens back (RFC 7009); "" cannot
	Scope        string `json:"scope,omitempty"`        // with spaces between
}

// Name is what people call the provider.
func (c Client) Name() string {
	switch {
	case c.Provider == Google:
		return "Google"
	case c.Provider == Microsoft:
		return "Microsoft"
	case c.Title != "":
		return c.Title
	}
	return "The provider"
}

// Check reports what is wrong with a client's settings, for who fills in the form.
func (c Client) Check() error {
	switch {
	case c.Provider != Google && c.Provider != Microsoft && c.Provider != Custom:
		return errors.New("a provider is google, microsoft or custom")
	case c.ID == "":
		return errors.New("the client id is missing: the provider gives it when Parley is registered there")
	case strings.ContainsFunc(c.ID+c.Secret, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the client id or the secret contains a line break")
	case c.Secret == "" && c.Provider != Custom:
		return errors.New("the client secret is missing: the provider gives it when Parley is registered there")
	case strings.ContainsFunc(c.Tenant, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", r)
	}):
		return errors.New("the tenant is a name like example.com, or the directory's id")
	case c.Provider != Custom:
		return nil
	}
	for what, s := range map[string]string{"sign in": c.AuthorizeURL, "get tokens": c.TokenURL} {
		if s == "" {
			return errors.New("the address to " + what + " is missing")
		}
	}
	for _, s := range []string{c.AuthorizeURL, c.TokenURL, c.UserInfoURL, c.RevokeURL} {
		if s != "" && !safe(s) {
			return errors.New("an address begins with https:// and has no part after #: " + s)
		}
	}
	return nil
}

// safe reports whether secrets may go to an address: they are encrypted on the way,
// or do not leave this machine.
func safe(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// The addresses of Google and Microsoft, as they publish them.
const (
	googleAuthorize = "https://accounts.google.com/o/oauth2/v2/auth"
	googleToken     = "https://oauth2.googleapis.com/token"  //nolint:gosec // an address, no secret
	googleRevoke    = "https://oauth2.googleapis.com/revoke" // RFC 7009
	microsoftBase   = "https://login.microsoftonline.com/"
)

// config is the client as the library takes it.
func (c Client) config(redirect string) *oauth2.Config {
	o := &oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, RedirectURL: redirect}
	switch c.Provider {
	case Google:
		o.Endpoint = oauth2.Endpoint{AuthURL: googleAuthorize, TokenURL: googleToken, AuthStyle: oauth2.AuthStyleInParams}
		o.Scopes = []string{"https://mail.google.com/", "openid", "email"}
	case Microsoft:
		tenant := c.Tenant
		if tenant == "" {
			tenant = "common"
		}
		base := microsoftBase + url.PathEscape(tenant) + "/oauth2/v2.0/"
		o.Endpoint = oauth2.Endpoint{AuthURL: base + "authorize", TokenURL: base + "token", AuthStyle: oauth2.AuthStyleInParams}
		// Of outlook.office.com: servers refuse tokens that are for Graph.
		o.Scopes = []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access", "openid", "email"}
	default:
		o.Endpoint = oauth2.Endpoint{AuthURL: c.AuthorizeURL, TokenURL: c.TokenURL}
		o.Scopes = strings.Fields(c.Scope)
	}
	return o
}

// revokeURL is where tokens are taken back; "" when they cannot be.
func (c Client) revokeURL() string {
	switch c.Provider {
	case Google:
		return googleRevoke
	case Microsoft:
		return "" // its users do that in their account
	}
	return c.RevokeURL
}

// Authorize returns where somebody signs in at the provider and lets Parley into
// the mailbox of address. The provider then sends them to redirect.
func (c Client) Authorize(redirect, state, verifier, address string) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", address)}
	switch c.Provider {
	case Google: // gives a refresh token only to who asks in this way
		options = append(options, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	case Microsoft: // an administrator is signed in as themselves, and not as the mailbox
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return c.config(redirect).AuthCodeURL(state, options...)
}
