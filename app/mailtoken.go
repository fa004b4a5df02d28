package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/oauth"
	"parley/store"
)

// How access tokens are renewed.
const (
	renewWithin = time.Minute            // how long one renewal may take before another process begins one
	renewLook   = 100 * time.Millisecond // how often it is looked whether another one has ended
)

// MailToken returns an access token with which a provider lets us into an account,
// another one than refused. It is renewed before it ends, by one of all that ask in
// whatever process: providers take a refresh token once, and what they give in its
// place is stored before anybody uses it. An *oauth.Error says what is to be done.
func (a *App) MailToken(ctx context.Context, acc channel.Account, refused string) (string, error) {
	ctx = System(ctx, acc.Workspace)
	for {
		g, t, err := a.grant(ctx, acc.ID)
		if err != nil {
			return "", err
		}
		now := a.now()
		if t.Access != refused && now.Before(g.RenewAt) {
			return t.Access, nil
		}
		mine := false
		err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) (err error) {
			mine, err = tx.BeginRenewal(acc.ID, g.Version, now, now.Add(renewWithin))
			return err
		})
		if err != nil {
			return "", err
		}
		if !mine {
			pause(ctx, renewLook)
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			continue
		}
		fresh, err := a.renewTokens(ctx, g, t)
		said, ok := errors.AsType[*oauth.Error](err)
		if ok && !said.Stays && t.Access != refused && now.Before(t.Expires) {
			return t.Access, nil // it is good still, and the provider will answer again
		}
		return fresh.Access, err
	}
}

// grant returns what a provider gave for a channel, opened; an *oauth.Error when that
// is nothing, or is over.
func (a *App) grant(ctx context.Context, ch desk.ChannelID) (g store.Grant, t oauth.Token, err error) {
	var all []store.Grant
	err = a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { all, err = tx.Grants(ch); return err })
	switch {
	case err != nil:
		return g, t, err
	case len(all) == 0:
		return g, t, &oauth.Error{Stays: true, Again: true, Code: "not connected", Reason: "Parley was not let into this mailbox yet. Press Connect in its settings."}
	case all[0].Problem != "":
		return g, t, &oauth.Error{Stays: true, Again: true, Code: "over", Reason: all[0].Problem}
	}
	g = all[0]
	plain, err := a.Keys.Open(g.Sealed, g.SealedFor())
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return g, t, fmt.Errorf("open the tokens of channel %s: %w", ch, err)
	}
	return g, t, nil
}

// renewTokens gets new tokens for old ones and stores them. What happens to the
// caller does not end it: the provider may take the old ones no more.
func (a *App) renewTokens(ctx context.Context, g store.Grant, t oauth.Token) (fresh oauth.Token, err error) {
	ctx = context.WithoutCancel(ctx)
	client, err := a.oauthClient(ctx, g.Provider)
	if err == nil {
		fresh, err = a.OAuth.Refresh(ctx, client, t)
	}
	said, ok := errors.AsType[*oauth.Error](err)
	switch {
	case err == nil:
		g.Sealed, g.RenewAt, err = a.seal(g.Channel, fresh)
		if err != nil {
			return fresh, err
		}
	case ok && said.Again:
		g.Problem = said.Reason
		a.Log.Warn("a provider lets us into a mailbox no more", "channel", g.Channel.String(), "provider", g.Provider, "code", said.Code)
	case ok:
		a.Log.Warn("a provider gives no new token", "channel", g.Channel.String(), "provider", g.Provider, "code", said.Code)
	}
	if kept := a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.EndRenewal(g) }); kept != nil {
		return oauth.Token{}, kept
	}
	return fresh, err
}

// seal closes tokens and says when they are to be renewed.
func (a *App) seal(ch desk.ChannelID, t oauth.Token) ([]byte, time.Time, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, time.Time{}, err
	}
	sealed, err := a.Keys.Seal(plain, store.Grant{Channel: ch}.SealedFor())
	return sealed, t.RenewAt(a.now()), err
}
