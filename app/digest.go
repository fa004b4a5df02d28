package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// BeginDigest decides about a digest that is due and schedules the next one. It
// does nothing when the preferences no longer say that moment.
func (a *App) BeginDigest(ctx context.Context, f desk.DigestDue, cause int64) error {
	ctx = Meanwhile(ctx) // the job ends by itself
	return a.write(ctx, func(tx *store.WriteTx) error {
		chosen, err := tx.Preferences([]desk.UserID{f.User})
		p := chosen[f.User]
		if err != nil || !p.DigestAt.Equal(f.At) {
			return err
		}
		v := p.Settings.Weigh(desk.NewsDigest, true, a.now())
		m, err := tx.Member(f.User)
		switch {
		case err != nil && desk.KindOf(err) != desk.NotFound:
			return err
		case err != nil || !m.Active:
			v = desk.Verdict{Suppressed: desk.NotMember}
		default:
			d, err := a.digest(tx.Tx, m)
			if err != nil {
				return err
			}
			if d.empty() {
				v = desk.Verdict{Suppressed: desk.NotAny}
			} else if d.From == nil {
				v = desk.Verdict{Suppressed: desk.NotMailed}
			}
		}
		if err := a.decide(tx, store.Notification{User: f.User, Kind: desk.NewsDigest, At: a.now(), Cause: cause}, v); err != nil {
			return err
		}
		after := a.now()
		if after.Before(f.At) {
			after = f.At
		}
		return a.scheduleDigest(tx, f.User, p.Settings, after)
	})
}

// Digest is a mail about somebody's day (F3-90).
type Digest struct {
	To        desk.Member
	Workspace store.Workspace
	From      *channel.Account // what it is sent through; nil when there is nothing
	Active    []desk.Conversation
	Overdue   []desk.Conversation
	Waking    []desk.Conversation // snoozed, and awake before the next working day ends
	names     map[desk.ContactID]desk.Contact
}

func (d Digest) empty() bool { return len(d.Active)+len(d.Overdue)+len(d.Waking) == 0 }

// Digest returns what somebody's digest says now.
func (a *App) Digest(ctx context.Context, user desk.UserID) (d Digest, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		m, err := tx.Member(user)
		if err != nil {
			return err
		}
		d, err = a.digest(tx, m)
		return err
	})
	return d, err
}

// maxDigest is how many conversations of each kind a digest names.
const maxDigest = 50

func (a *App) digest(tx *store.Tx, m desk.Member) (d Digest, err error) {
	d.To = m
	if d.Workspace, err = tx.Workspace(); err != nil {
		return d, err
	}
	mine := tx.As(store.Scope{Workspace: tx.Scope().Workspace, User: m.User, Inboxes: m.Visible()})
	now := a.now()
	open, err := mine.Listed(store.List{View: store.ViewMine, Tab: store.TabOpen, Now: now, Limit: maxDigest})
	if err != nil {
		return d, err
	}
	snoozed, err := mine.Listed(store.List{View: store.ViewMine, Tab: store.TabSnoozed, Now: now, Limit: maxDigest})
	if err != nil {
		return d, err
	}
	for _, c := range open {
		if c.OverdueAt.IsZero() {
			d.Active = append(d.Active, c)
		} else {
			d.Overdue = append(d.Overdue, c)
		}
	}
	for _, c := range snoozed {
		if !c.SnoozedUntil.IsZero() && c.SnoozedUntil.Before(now.Add(24*time.Hour)) {
			d.Waking = append(d.Waking, c)
		}
	}
	var ids []desk.ContactID
	for _, c := range append(open, snoozed...) {
		ids = append(ids, c.Contact)
	}
	if d.names, err = tx.Contacts(ids); err != nil {
		return d, err
	}
	d.From, err = a.sender(tx, 0)
	return d, err
}

// sender returns the account that mail about the workspace itself is sent through: a
// mail address in use of an inbox, or else the workspace's first.
func (a *App) sender(tx *store.Tx, of desk.InboxID) (*channel.Account, error) {
	all, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	var found *desk.Channel
	for i, ch := range all {
		if ch.Kind == desk.KindMail && !ch.Disabled && (found == nil || ch.Inbox == of && found.Inbox != of) {
			found = &all[i]
		}
	}
	if found == nil {
		return nil, nil //nolint:nilnil // nothing to send through is an answer, not a failure
	}
	account, err := a.account(tx.Scope().Workspace, *found)
	return &account, err
}

// Subject is the subject of the mail.
func (d Digest) Subject() string {
	return fmt.Sprintf("Your day in %s: %d open, %d overdue", d.Workspace.Name, len(d.Active)+len(d.Overdue), len(d.Overdue))
}

// Text is the mail as Markdown; base is where Parley is reached, "" makes no links.
func (d Digest) Text(base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Hello %s,\n\nyour working day ends in an hour. This is yours:\n", desk.FirstName(d.To.Name))
	list := func(title string, all []desk.Conversation, more func(desk.Conversation) string) {
		if len(all) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n**%s**\n\n", title)
		for _, c := range all {
			about := desk.Line(c.Subject, 80)
			if about == "" {
				about = "a conversation"
			}
			about = plain.Replace(d.names[c.Contact].Title() + ": " + about)
			if base != "" {
				about = "[" + about + "](" + base + "/" + d.Workspace.Slug + "/all/" + c.ID.String() + ")"
			}
			fmt.Fprintf(&b, "- %s%s\n", about, more(c))
		}
	}
	list("Overdue", d.Overdue, func(desk.Conversation) string { return "" })
	list("Snoozed, and back before tomorrow evening", d.Waking, func(c desk.Conversation) string {
		return ", " + c.SnoozedUntil.UTC().Format("2 January 15:04") + " UTC"
	})
	list("Open", d.Active, func(desk.Conversation) string { return "" })
	b.WriteString("\nYou get this mail because you asked for it in Settings, Notifications. There you can end it.\n")
	return b.String()
}

// plain takes from words of customers what Markdown would read.
var plain = strings.NewReplacer("[", "(", "]", ")", "*", "", "_", " ", "`", "'", "<", "", ">", "", "\\", "", "://", ": //", "www.", "www ")
