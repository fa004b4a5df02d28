package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/internal/oauth"
	"parley/store"
)

// Two processes that need a token at once renew it once: the provider takes a refresh
// token once, and whoever uses it again is shut out (RFC 9700, 4.14.2). ADR 36.
func TestTokensAreRenewedByOne(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	var mu sync.Mutex
	asked := 0
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if got := r.FormValue("refresh_token"); got != fmt.Sprintf("refresh-%d", asked) {
			t.Errorf("asked with %q after %d renewals", got, asked)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		asked++
		fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%d","token_type":"Bearer","expires_in":3600}`, asked, asked)
	}))
	defer provider.Close()
	d.OAuth = oauth.Provider{HTTP: provider.Client()}
	ctx := d.As(d.Owner)
	d.OK(d.SaveMailProvider(ctx, oauth.Client{Provider: oauth.Custom, Title: "Example", ID: "parley", Secret: "secret", Scope: "mail", AuthorizeURL: provider.URL + "/authorize", TokenURL: provider.URL + "/token"}))
	plain, err := json.Marshal(oauth.Token{Access: "access-0", Refresh: "refresh-0", Expires: d.Clock.Now().Add(time.Minute)})
	d.OK(err)
	sealed, err := d.Keys.Seal(plain, []byte("oauth grant "+d.Account.ID.String()))
	d.OK(err)
	d.OK(d.DB.Write(ctx, store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		return tx.SaveGrant(store.Grant{Channel: d.Account.ID, Provider: oauth.Custom, Mailbox: "support@desk.test", Sealed: sealed, RenewAt: d.Clock.Now(), ConnectedAt: d.Clock.Now()})
	}))
	other := &app.App{DB: d.DB, Now: d.Now, Log: d.Log, Blobs: d.Blobs, Keys: d.Keys, Channels: d.Channels, OAuth: d.OAuth, Feed: app.NewBell()}
	all := func(refused, want string) {
		t.Helper()
		var group errgroup.Group
		for _, node := range []*app.App{d.App, other, d.App, other, d.App, other} {
			group.Go(func() error {
				got, err := node.MailToken(t.Context(), d.Account, refused)
				if err == nil && got != want {
					err = fmt.Errorf("got %q, not %q", got, want)
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	}
	all("", "access-1")         // it was about to end
	all("access-1", "access-2") // a server took it no more, and said so to all
	all("", "access-2")
	if asked != 2 {
		t.Errorf("renewed %d times", asked)
	}
}
