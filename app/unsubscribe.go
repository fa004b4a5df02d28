package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"parley/desk"
	"parley/store"
)

// UnsubscribePath begins the address at which a customer says that they want no mail
// that they did not ask for (RFC 8058). What names the mail follows.
const UnsubscribePath = "/u/"

// unsubscribeLink returns that address for one mail. Only who got the mail has it.
func (a *App) unsubscribeLink(ws desk.WorkspaceID, m desk.MessageID) string {
	if a.PublicURL == "" {
		return ""
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(ws))
	b = binary.BigEndian.AppendUint64(b, uint64(m))
	return a.PublicURL + UnsubscribePath + surveyText.EncodeToString(append(b, a.unsubscribeMAC(b)...))
}

func (a *App) unsubscribeMAC(b []byte) []byte {
	h := hmac.New(sha256.New, a.Keys.Derive("unsubscribe"))
	h.Write(b)
	return h.Sum(nil)
}

// DeclineMail records what whoever got a mail wants; with ask it only finds out whether
// the end of the address is one of ours. It says whether the mail was to somebody of the
// team, about what happened.
func (a *App) DeclineMail(ctx context.Context, secret string, ask bool) (team bool, err error) {
	b, err := surveyText.DecodeString(secret)
	if err == nil && len(b) == 16+sha256.Size && hmac.Equal(b[16:], a.declineMAC(b[:16])) {
		return true, a.declineLetter(ctx, desk.WorkspaceID(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:16])), ask)
	}
	return false, a.declineAsked(ctx, b, err, ask)
}

// declineNews returns the address at which somebody of the team says that they want no
// mail of the kinds that the mail of a notification tells of.
func (a *App) declineNews(ws desk.WorkspaceID, n store.Notification) string {
	if a.PublicURL == "" || n.Kind == desk.NewsAnswerHeld {
		return ""
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(ws))
	b = binary.BigEndian.AppendUint64(b, uint64(n.ID))
	return a.PublicURL + UnsubscribePath + surveyText.EncodeToString(append(b, a.declineMAC(b)...))
}

func (a *App) declineMAC(b []byte) []byte {
	h := hmac.New(sha256.New, a.Keys.Derive("unsubscribe team"))
	h.Write(b)
	return h.Sum(nil)
}

// declineLetter ends mail of the kinds that one mail to somebody of the team told of.
// They take it back where they choose how they are told.
func (a *App) declineLetter(ctx context.Context, ws desk.WorkspaceID, id int64, ask bool) error {
	ctx = System(ctx, ws)
	return a.write(ctx, func(tx *store.WriteTx) error {
		n, err := tx.Notification(id)
		if desk.KindOf(err) == desk.NotFound && err != nil {
			return errNoSurvey
		}
		if err != nil || ask {
			return err
		}
		all, err := letterOf(tx.Tx, n)
		if err != nil {
			return err
		}
		chosen, err := tx.Preferences([]desk.UserID{n.User})
		if err != nil {
			return err
		}
		p := chosen[n.User]
		if p.User == 0 {
			p.User = n.User
		}
		for _, one := range all {
			p.Settings.Decline(one.Kind, a.now())
		}
		if n.Kind == desk.NewsDigest {
			return a.scheduleDigest(tx, n.User, p.Settings, a.now())
		}
		return tx.SavePreference(p)
	})
}

func (a *App) declineAsked(ctx context.Context, b []byte, err error, ask bool) error {
	if err != nil || len(b) != 16+sha256.Size || !hmac.Equal(b[16:], a.unsubscribeMAC(b[:16])) {
		return errNoSurvey
	}
	scope := store.Scope{Workspace: desk.WorkspaceID(binary.BigEndian.Uint64(b))}
	id := desk.MessageID(binary.BigEndian.Uint64(b[8:16]))
	var contact desk.ContactID
	err = a.DB.Read(ctx, scope, func(tx *store.Tx) error {
		m, err := tx.MessageByID(id)
		if err != nil {
			return err
		}
		c, err := tx.PeekConversation(m.Conversation)
		contact = c.Contact
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return errNoSurvey
	}
	if err != nil || ask {
		return err
	}
	return a.Change(System(ctx, scope.Workspace), "contact", contact.String(), "changed", func(tx *store.WriteTx) error { return a.decline(tx, contact, true) })
}

// decline records whether a customer wants no mail that they did not ask for.
func (a *App) decline(tx *store.WriteTx, id desk.ContactID, yes bool) error {
	if yes {
		return tx.Unsubscribe(id, a.now())
	}
	return tx.Resubscribe(id)
}
