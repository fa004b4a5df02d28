package app

import (
	"context"
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
	Why   string // why nobody is told, if so: it is recorded with each of them
}

// Tell decides for each person how they are told, by what they have chosen, and
// records it, also when they are not told (5.4). However often and wherever it
// runs, one event tells a person once. Nobody is told what they did themselves.
func (a *App) Tell(ctx context.Context, n News) error {
	to := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(n.To))), func(u desk.UserID) bool { return u == 0 || u == n.Event.By.User })
	if len(to) == 0 {
		return nil
	}
	return a.write(ctx, func(tx *store.WriteTx) error {
		chosen, err := tx.Preferences(to)
		if err != nil {
			return err
		}
		signedIn, err := tx.SignedIn(to, a.now())
		if err != nil {
			return err
		}
		for _, u := range to {
			v := desk.Verdict{Suppressed: n.Why}
			if n.Why == "" {
				v = chosen[u].Settings.Weigh(n.Kind, signedIn[u], a.now())
			}
			if m, err := tx.Member(u); err != nil || !m.Active {
				if err != nil && desk.KindOf(err) != desk.NotFound {
					return err
				}
				v = desk.Verdict{Suppressed: desk.NotMember}
			}
			note := store.Notification{User: u, Kind: n.Kind, Conversation: n.Event.Conversation, Actor: n.Event.By.User, Note: n.Note, At: a.now(), Cause: n.Event.Seq}
			if err := a.decide(tx, note, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// decide records a decision and sees to it that what was decided is done.
func (a *App) decide(tx *store.WriteTx, n store.Notification, v desk.Verdict) error {
	n.ID = a.number()
	n.State, n.Reason, n.Forms, n.DueAt = store.NotificationTold, v.Suppressed, v.Forms, v.Due
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

// later is an effect that runs at a moment that the fact says.
type later interface{ Due(desk.Event) time.Time }

// appendPersonal appends a fact about one person, with the jobs that it causes.
func (a *App) appendPersonal(tx *store.WriteTx, c desk.ConversationID, cause int64, f desk.Fact) error {
	e := desk.Event{
		Workspace: tx.Scope().Workspace, Conversation: c, At: a.now(), By: desk.Actor{Kind: desk.ActorSystem}, Command: desk.CommandID(a.number()), Cause: cause, Fact: f,
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	for _, effect := range a.Effects {
		if !effect.Wants(e) {
			continue
		}
		at := e.At
		if t, ok := effect.(later); ok {
			at = t.Due(e)
		}
		err := tx.Enqueue(store.Job{
			ID: desk.JobID(a.number()), Workspace: e.Workspace, Queue: effect.Name(), Lane: effect.Lane(e), Conversation: c, Payload: e.Seq, RunAt: at, CreatedAt: e.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Release tells what was held until somebody's working hours, if it still
// matters to them and they have not seen it meanwhile.
func (a *App) Release(ctx context.Context, f desk.Notified) error {
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
	v = chosen[n.User].Settings.Weigh(n.Kind, signedIn[n.User], a.now())
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

// SavePreferences stores how the actor wants to be told, and when their next
// digest is due.
func (a *App) SavePreferences(ctx context.Context, p desk.Preferences) error {
	if err := p.Check(); err != nil {
		return err
	}
	user := from(ctx).User
	return a.write(ctx, func(tx *store.WriteTx) error {
		return a.scheduleDigest(tx, user, p, a.now())
	})
}

// scheduleDigest stores preferences with the first digest after a moment.
func (a *App) scheduleDigest(tx *store.WriteTx, user desk.UserID, p desk.Preferences, after time.Time) error {
	at, wanted := p.NextDigest(after)
	if err := tx.SavePreference(store.Preference{User: user, Settings: p, DigestAt: at}); err != nil || !wanted {
		return err
	}
	return a.appendPersonal(tx, 0, 0, desk.DigestDue{User: user, At: at})
}
