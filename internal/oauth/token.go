package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"
)

// Token is what a provider gave. It is a secret as a whole.
type Token struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expires time.Time `json:"expires"` // of Access; zero is not known
}

// String and GoString keep tokens out of logs.
func (Token) String() string { return "oauth.Token" }

// GoString implements fmt.GoStringer.
func (Token) GoString() string { return "oauth.Token" }

// assumed is for how long a token is good whose provider does not say.
const assumed = time.Hour

// RenewAt returns when a token that was given at a moment is renewed: some time
// before it ends, so that no server sees one that ended on the way.
func (t Token) RenewAt(given time.Time) time.Time {
	if t.Expires.IsZero() {
		return given.Add(assumed)
	}
	return t.Expires.Add(-min(5*time.Minute, t.Expires.Sub(given)/4))
}

// Provider asks providers over HTTP.
type Provider struct {
	HTTP *http.Client // of package safehttp: addresses were typed by somebody
}

// within is how long a provider may take to answer.
const within = 20 * time.Second

// Exchange gets tokens for the code with which a provider sent somebody back. who is
// the mail address of the account as the provider vouches for it, or "". The error is
// an *Error.
func (p Provider) Exchange(ctx context.Context, c Client, redirect, code, verifier string) (t Token, who string, err error) {
	ctx, cancel := p.context(ctx)
	defer cancel()
	got, err := asked(c.config(redirect), func(o *oauth2.Config) (*oauth2.Token, error) {
		return o.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
	if err != nil {
		return t, "", explain(c, err)
	}
	t = Token{Access: got.AccessToken, Refresh: got.RefreshToken, Expires: got.Expiry}
	if t.Refresh == "" {
		return t, "", &Error{Stays: true, Code: "no_refresh_token", Reason: c.Name() + " lets Parley in for an hour only, and gives no refresh token. Let it give one: with another provider that is the scope offline_access, mostly."}
	}
	if id, ok := got.Extra("id_token").(string); ok {
		who = idAddress(id, c.ID)
	}
	if who == "" && c.Provider == Custom && c.UserInfoURL != "" {
		who, err = p.userInfo(ctx, c, t.Access)
	}
	return t, who, err
}

// Refresh gets a new access token. Providers may give a new refresh token with it,
// and take the old one no more: what is returned replaces t as a whole. The error is
// an *Error.
func (p Provider) Refresh(ctx context.Context, c Client, t Token) (Token, error) {
	ctx, cancel := p.context(ctx)
	defer cancel()
	got, err := asked(c.config(""), func(o *oauth2.Config) (*oauth2.Token, error) {
		return o.TokenSource(ctx, &oauth2.Token{RefreshToken: t.Refresh}).Token()
	})
	if err != nil {
		return t, explain(c, err)
	}
	return Token{Access: got.AccessToken, Refresh: got.RefreshToken, Expires: got.Expiry}, nil
}

// asked asks for tokens. A custom provider is shown the secret as RFC 6749, 2.3.1 wants
// it, and where it does not know us by that, in the body. The library's own way of
// finding out asks again after any refusal, and tells the last one only.
func asked(o *oauth2.Config, ask func(*oauth2.Config) (*oauth2.Token, error)) (*oauth2.Token, error) {
	if o.Endpoint.AuthStyle != oauth2.AuthStyleAutoDetect {
		return ask(o)
	}
	o.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	got, err := ask(o)
	if !unknown(err) {
		return got, err
	}
	o.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	got, again := ask(o)
	if unknown(again) {
		return nil, err
	}
	return got, again
}

// unknown reports whether a provider says that it does not know who asks.
func unknown(err error) bool {
	said, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return false
	}
	switch said.ErrorCode {
	case "invalid_client", "unauthorized_client", "invalid_request":
		return true
	case "":
		return said.Response != nil && said.Response.StatusCode < 500 && said.Response.StatusCode != http.StatusTooManyRequests
	}
	return false
}

// Revoke takes a token back (RFC 7009) and reports whether the provider can.
func (p Provider) Revoke(ctx context.Context, c Client, t Token) (bool, error) {
	to := c.revokeURL()
	if to == "" {
		return false, nil
	}
	ctx, cancel := p.context(ctx)
	defer cancel()
	form := url.Values{"token": {t.Refresh}, "token_type_hint": {"refresh_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return true, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.Provider == Custom {
		req.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
	}
	resp, err := p.HTTP.Do(req)
	if err != nil {
		return true, explain(c, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return true, &Error{Code: resp.Status, Reason: c.Name() + " did not take the permission back: " + resp.Status + ". Take it back in the account's own settings there."}
	}
	return true, nil
}

func (p Provider) context(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, p.HTTP), within)
}

// claims is what is said of an account.
type claims struct {
	Audience  any    `json:"aud"`
	Email     string `json:"email"`
	Verified  any    `json:"email_verified"` // some send a text
	Preferred string `json:"preferred_username"`
	Principal string `json:"upn"`
}

// address returns the mail address of the account, or "".
func (c claims) address() string {
	if c.Verified == false || c.Verified == "false" {
		c.Email = ""
	}
	for _, s := range []string{c.Email, c.Preferred, c.Principal} {
		if isAddress(s) {
			return s
		}
	}
	return ""
}

// isAddress reports whether a name can be a mail address: some are telephone numbers,
// and none is believed that would be read as more than one word.
func isAddress(s string) bool {
	return len(s) <= 320 && strings.Count(s, "@") == 1 && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>,;\"", r)
	})
}

// idAddress returns the address that an ID token names. The token comes from the
// provider itself over TLS, which stands for its signature (OpenID Connect Core,
// 3.1.3.7, 6).
func idAddress(token, client string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var c claims
	if err != nil || json.Unmarshal(plain, &c) != nil || !audience(c.Audience, client) {
		return ""
	}
	return c.address()
}

func audience(aud any, client string) bool {
	switch aud := aud.(type) {
	case string:
		return aud == client
	case []any:
		for _, a := range aud {
			if a == client {
				return true
			}
		}
	}
	return false
}

// userInfo asks whose account a token is of (OpenID Connect Core, 5.3).
func (p Provider) userInfo(ctx context.Context, c Client, access string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.UserInfoURL, nil)
	if err != nil {
		return "", &Error{Stays: true, Reason: "The address that says whose account it is cannot be used. Check it in the settings of the provider."}
	}
	req.Header.Set("Authorization", "Bearer "+access)
	resp, err := p.HTTP.Do(req)
	if err != nil {
		return "", explain(c, err)
	}
	defer resp.Body.Close()
	plain, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var said claims
	if err == nil && resp.StatusCode == http.StatusOK {
		err = json.Unmarshal(plain, &said)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", &Error{Code: resp.Status, Reason: c.Name() + " does not say whose account it is: " + resp.Status + ". Check that address in the settings of the provider."}
	}
	return said.address(), nil
}
