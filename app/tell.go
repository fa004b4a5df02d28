package app

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// News is something that people may have to be told of.
type News struct {
	Kind  desk.NewsKind
	Event desk.Event // what happened; it tells each of them once
	Note  desk.MessageID
	To    []desk.UserID
	About desk.UserID // whom it is about, when that is not who did it
	Own   bool        // they asked to be told, so also of what they did themselves
	Many  int64       // of how many conversations it is, when not of the event's
	Last  bool        // the job has nothing else to do: it ends in the same transaction
}

// Tell decides for each person how they are told, by what they have chosen, and
// records it, also when they are not told (5.4). However often and wherever it
// runs, one event tells a person once. Nobody is told what they did themselves,
// and nobody of an inbox that takes no new conversations (F0-29).
func (a *App) Tell(ctx context.Context, n News) error {
	to := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(n.To))), func(u desk.UserID) bool { return u == 0 || u == n.Event.By.User && !n.Own })
	if len(to) == 0 {
		return nil
	}
	if !n.Last {
		ctx = Meanwhile(ctx)
	}
	staff, err := a.members(ctx)
	if err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.WriteTx) error {
		c, why, err := about(tx, n)
		if err != nil {
			return err
		}
		chosen, err := tx.Preferences(to)
		if err != nil {
			return err
		}
		signedIn, err := tx.SignedIn(to, a.now())
		if err != nil {
			return err
		}
		actor := cmp.Or(n.About, n.Event.By.User)
		for _, u := range to {
			if n.Kind == desk.NewsConversation && u == c.Assignee {
				continue // they are told that it is theirs
			}
			if n.Kind == desk.NewsReplied && len(chosen[u].Settings.FormsOf(n.Kind)) == 0 {
				continue // as nearly everybody: it would be a row for every message
			}
			v := desk.Verdict{Suppressed: why}
			if why == "" {
				v = chosen[u].Settings.Weigh(n.Kind, signedIn[u], a.now())
			}
			at := slices.IndexFunc(staff, func(m desk.Member) bool { return m.User == u })
			if at < 0 || !staff[at].Active || n.Kind == desk.NewsConversation && !staff[at].Actor().SeesKept(c.Keeping()) {
				v = desk.Verdict{Suppressed: desk.NotMember}
			}
			by := actor
			if by == u {
				by = 0 // what they asked for themselves comes from nobody
			}
			note := store.Notification{User: u, Kind: n.Kind, Conversation: n.Event.Conversation, Actor: by, Note: n.Note, At: a.now(), Cause: n.Event.Seq, Amount: n.Many}
			if err := a.decide(tx, note, v); err != nil {
				return err
			}
		}
		return a.after(tx, from(ctx), Result{})
	})
}

// Holder returns whose a conversation is; 0 is nobody's.
func (a *App) Holder(ctx context.Context, id desk.ConversationID) (user desk.UserID, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		c, err := tx.PeekConversation(id)
		user = c.Assignee
		return err
	})
	return user, err
}

// about returns the conversation that news is about, zero when there is none, and
// why nobody is told of it.
func about(tx *store.WriteTx, n News) (c desk.Conversation, why string, err error) {
	if n.Event.Conversation == 0 {
		return c, "", nil
	}
	if c, err = tx.PeekConversation(n.Event.Conversation); err != nil {
		return c, "", err
	}
	inbox, err := tx.Inbox(c.Inbox)
	switch {
	case n.Kind == desk.NewsConversation && c.Assignee != 0:
		why = desk.NotOpen
	case inbox.Settings.TrackingDisabled:
		why = desk.NotWanted
	}
	return c, why, err
}

// decide records a decision and sees to it that what was decided is done.
func (a *App) decide(tx *store.WriteTx, n store.Notification, v desk.Verdict) error {
	n.ID = a.number()
	n.State, n.Reason, n.Forms, n.DueAt = store.NotificationTold, cmp.Or(v.Suppressed, n.Reason), v.Forms, v.Due
	switch {
	case v.Suppressed != "":
		n.State = store.NotificationSuppressed
	case len(v.Forms) == 0:
		n.State = store.NotificationHeld
	case !slices.Contains(v.Forms, desk.FormApp):
		n.ReadAt = n.At // who switched the bell off has nothing to look at there
	}
	fresh, err := tx.InsertNotification(n)
	if err != nil || !fresh || v.Suppressed != "" {
		return err
	}
	return a.appendTold(tx, n, v)
}

// appendTold appends the fact of a decision, with the jobs that it causes.
func (a *App) appendTold(tx *store.WriteTx, n store.Notification, v desk.Verdict) error {
	return a.appendPersonal(tx, n.Conversation, n.Cause, desk.Told(n.User, n.ID, n.Kind, v))
}

// appendPersonal appends a fact about one person, with the jobs that it causes.
func (a *App) appendPersonal(tx *store.WriteTx, c desk.ConversationID, cause int64, f desk.Fact) error {
	e := desk.Event{
		Workspace: tx.Scope().Workspace, Conversation: c, At: a.now(), By: desk.Actor{Kind: desk.ActorSystem}, Command: desk.CommandID(a.number()), Cause: cause, Fact: f,
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	return a.enqueue(tx, desk.Conversation{}, e)
}

// Release tells what was held until somebody's working hours, if it still
// matters to them and they have not seen it meanwhile.
func (a *App) Release(ctx context.Context, f desk.Notified) error {
	ctx = Meanwhile(ctx) // the job ends by itself
	return a.write(ctx, func(tx *store.WriteTx) error {
		n, err := tx.Notification(f.Notification)
		if err != nil || !n.DueAt.Equal(f.Due.Time) || n.State == store.NotificationSuppressed {
			return err
		}
		n.DueAt = time.Time{}
		v, err := a.weighAgain(tx, n, f.Held)
		if err != nil {
			return err
		}
		switch {
		case v.Suppressed != "" && n.State == store.NotificationHeld:
			n.State, n.Reason = store.NotificationSuppressed, v.Suppressed
		case v.Suppressed != "":
			n.Reason = v.Suppressed // the bell told them; the rest was not needed
		default:
			if err := a.mailNow(tx, &n, &v); err != nil {
				return err
			}
			n.Forms, n.DueAt = append(n.Forms, v.Forms...), v.Due
			if len(v.Forms) > 0 {
				n.State = store.NotificationTold
			}
		}
		if err := tx.SettleNotification(n); err != nil || v.Suppressed != "" {
			return err
		}
		return a.appendTold(tx, n, v)
	})
}

// mailNow gathers what the mail of a notification tells of, or lets the mail wait where
// there were too many.
func (a *App) mailNow(tx *store.WriteTx, n *store.Notification, v *desk.Verdict) error {
	at := slices.Index(v.Forms, desk.FormMail)
	if at < 0 {
		return nil
	}
	wait, err := a.lettersWait(tx.Tx, n.User)
	if err != nil {
		return err
	}
	if !wait.IsZero() {
		v.Forms, v.Held, v.Due, n.Reason = slices.Delete(v.Forms, at, at+1), []desk.Form{desk.FormMail}, wait, byRate
		return nil
	}
	err = a.gather(tx, *n)
	n.Reason = ""
	return err
}

// weighAgain decides about held forms when they are due: working hours may have
// changed, and so may the conversation.
func (a *App) weighAgain(tx *store.WriteTx, n store.Notification, held []desk.Form) (v desk.Verdict, err error) {
	if !n.ReadAt.IsZero() && slices.Contains(n.Forms, desk.FormApp) {
		return desk.Verdict{Suppressed: desk.NotNew}, nil
	}
	if n.Conversation != 0 {
		c, err := tx.PeekConversation(n.Conversation)
		if err != nil {
			return v, err
		}
		if !desk.StillDue(n.Kind, c, n.User) {
			return desk.Verdict{Suppressed: desk.NotDue}, nil
		}
	}
	chosen, err := tx.Preferences([]desk.UserID{n.User})
	if err != nil {
		return v, err
	}
	signedIn, err := tx.SignedIn([]desk.UserID{n.User}, a.now())
	if err != nil {
		return v, err
	}
	if held, err = a.mailable(tx, n, held); err != nil {
		return v, err
	}
	if len(held) == 0 {
		return desk.Verdict{Suppressed: desk.NotNew}, nil
	}
	v = chosen[n.User].Settings.WeighAgain(n.Kind, signedIn[n.User], a.now())
	other := func(f desk.Form) bool { return !slices.Contains(held, f) }
	v.Forms, v.Held = slices.DeleteFunc(v.Forms, other), slices.DeleteFunc(v.Held, other)
	if len(v.Forms)+len(v.Held) == 0 && v.Suppressed == "" {
		v.Suppressed = desk.NotHere
	}
	return v, nil
}

// ReadNotification marks one of the actor's notifications as seen.
func (a *App) ReadNotification(ctx context.Context, id int64) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		if err := tx.ReadNotification(id, a.now()); err != nil {
			return err
		}
		return tx.AppendEvent(&desk.Event{
			Workspace: WorkspaceFrom(ctx), At: a.now(), By: ActorFrom(ctx), Command: desk.CommandID(a.number()), Fact: desk.Notified{User: from(ctx).User},
		})
	})
}

// SavePreferences stores how the actor wants to be told and when they work, by
// which rules give conversations, too, and schedules their next digest.
func (a *App) SavePreferences(ctx context.Context, p desk.Preferences) error {
	if err := p.Check(); err != nil {
		return err
	}
	user := from(ctx).User
	return a.write(ctx, func(tx *store.WriteTx) error {
		m, err := tx.Member(user)
		if err != nil {
			return err
		}
		old := m.Hours
		if err := (ProfileChange{Hours: p.Hours, AnyHours: p.Hours == nil}).apply(&m.Profile); err != nil {
			return err
		}
		if !reflect.DeepEqual(old, m.Hours) {
			if err := tx.SaveMember(m, a.now()); err != nil {
				return err
			}
			if err := a.memberChanged(ctx, tx, m, false, m.Active && m.Available()); err != nil {
				return err
			}
		}
		p.Hours = m.Hours
		return a.scheduleDigest(tx, user, p, a.now())
	})
}

// moveDigest schedules somebody's digest anew when their hours were changed for them.
func (a *App) moveDigest(tx *store.WriteTx, user desk.UserID) error {
	chosen, err := tx.Preferences([]desk.UserID{user})
	if p := chosen[user].Settings; err == nil && p.Digest {
		return a.scheduleDigest(tx, user, p, a.now())
	}
	return err
}

// scheduleDigest stores preferences with the first digest after a moment.
func (a *App) scheduleDigest(tx *store.WriteTx, user desk.UserID, p desk.Preferences, after time.Time) error {
	at, wanted := p.NextDigest(after)
	if err := tx.SavePreference(store.Preference{User: user, Settings: p, DigestAt: at}); err != nil || !wanted {
		return err
	}
	return a.appendPersonal(tx, 0, 0, desk.DigestDue{User: user, At: at})
}
