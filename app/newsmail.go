package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// maxGathered is how many notifications of a conversation one mail tells of at most.
const maxGathered = 50

// mailable returns the forms that may still be told of a notification that was held:
// a mail goes only to who has not been here since, and was not told by one already.
func (a *App) mailable(tx *store.WriteTx, n store.Notification, held []desk.Form) ([]desk.Form, error) {
	if !slices.Contains(held, desk.FormMail) {
		return held, nil
	}
	here := slices.Contains(n.Forms, desk.FormMail)
	sessions, err := tx.Sessions(n.User, a.now())
	for _, s := range sessions {
		here = here || s.SeenAt.After(n.At)
	}
	if !here {
		return held, err
	}
	return slices.DeleteFunc(slices.Clone(held), func(f desk.Form) bool { return f == desk.FormMail }), err
}

// maxLetters is how many mails an hour tell one person what happened. What is more waits
// and comes together.
const maxLetters = 10

// lettersWait returns when the next mail may tell somebody what happened; zero is now.
func (a *App) lettersWait(tx *store.Tx, user desk.UserID) (time.Time, error) {
	sent, err := tx.Letters(user, a.now().Add(-time.Hour), maxLetters)
	if err != nil || len(sent) < maxLetters {
		return time.Time{}, err
	}
	return sent[maxLetters-1].Add(time.Hour), nil
}

// gather takes what else waits to be mailed to somebody into the mail of one
// notification: several events of a conversation close to each other are one mail, and
// so is all that waited for there were too many mails.
func (a *App) gather(tx *store.WriteTx, first store.Notification) error {
	all, err := a.waiting(tx.Tx, first)
	if err != nil {
		return err
	}
	for _, n := range all {
		n.Forms, n.State, n.Reason = append(n.Forms, desk.FormMail), store.NotificationTold, ""
		if err := tx.SettleNotification(n); err != nil {
			return err
		}
	}
	return tx.SaveLetter(append([]store.Notification{first}, all...), a.now())
}

// waiting returns what waits to be mailed to the same person as a notification, and
// still matters: other events of its conversation, and what was to be mailed by now but
// for the rate.
func (a *App) waiting(tx *store.Tx, first store.Notification) (out []store.Notification, err error) {
	chosen, err := tx.Preferences([]desk.UserID{first.User})
	if err != nil {
		return nil, err
	}
	all, err := tx.DueNotifications(first.User, a.now().Add(maxWait), maxGathered)
	for _, n := range all {
		late := first.Reason == byRate && n.Reason == byRate && !n.DueAt.After(a.now())
		more := late || first.Conversation != 0 && n.Conversation == first.Conversation
		if !more || n.ID == first.ID || n.State == store.NotificationSuppressed || slices.Contains(n.Forms, desk.FormMail) || !slices.Contains(chosen[n.User].Settings.FormsOf(n.Kind), desk.FormMail) {
			continue
		}
		if n.Conversation != 0 {
			c, err := tx.PeekConversation(n.Conversation)
			if err != nil {
				return nil, err
			}
			if !desk.StillDue(n.Kind, c, n.User) {
				continue
			}
		}
		out = append(out, n)
	}
	return out, err
}

// byRate is the reason of a notification whose mail waits since there were too many.
const byRate = "rate"

// maxWait is how far ahead is looked for what is held: until after a long holiday.
const maxWait = 31 * 24 * time.Hour

// NewsLetter is a mail to somebody of the team about what happened in one conversation,
// or beside all.
type NewsLetter struct {
	To        desk.Member
	Workspace string
	From      *channel.Account // what it is sent through; nil when there is nothing
	Subject   string
	Thread    string          // the same for all mails of one conversation to one person
	Notice    *channel.Notice // what answers come back with
	Items     []NewsItem      // oldest first
	Button    string          // where it leads; "" is nowhere
	Settings  string          // where one chooses what comes by mail; "" when that is not known
	Decline   string          // ends this kind of mail with one click (RFC 8058); "" cannot
	May       bool            // it can be answered by mail
}

// NewsItem is one thing that happened. Of what customers wrote it says nothing: a
// mailbox is another place than the desk.
type NewsItem struct {
	What string
	At   time.Time
	Of   string // in which conversation, where the mail is about several
	Link string
	Why  string // and what to do
}

// NewsLetter returns what is to be mailed of a notification and of those that were
// gathered with it; base is where Parley is reached, "" makes no links. Nothing
// (From is nil) goes to who left or does not see the conversation any more.
func (a *App) NewsLetter(ctx context.Context, id int64, base string) (l NewsLetter, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		n, err := tx.Notification(id)
		if err != nil {
			return err
		}
		if l.To, err = tx.Member(n.User); err != nil || !l.To.Active {
			return err
		}
		w, err := tx.Workspace()
		if err != nil {
			return err
		}
		all, err := letterOf(tx, n)
		if err != nil {
			return err
		}
		l.Workspace, l.Notice, l.Decline = w.Name, &channel.Notice{ID: n.ID, Mailed: a.now()}, a.declineNews(w.ID, n)
		within, err := l.describe(tx, w, all, base)
		if err != nil || len(l.Items) == 0 {
			return err
		}
		l.From, err = a.sender(tx, within)
		return err
	})
	return l, err
}

// letterOf returns what the mail of a notification tells of, oldest first.
func letterOf(tx *store.Tx, n store.Notification) ([]store.Notification, error) {
	all, err := tx.Letter(n.ID)
	if err == nil && len(all) == 0 {
		all = []store.Notification{n}
	}
	return all, err
}

// several reports whether notifications are of more than one conversation.
func several(all []store.Notification) bool {
	return slices.ContainsFunc(all, func(n store.Notification) bool { return n.Conversation != all[0].Conversation })
}

// describe says what happened, as the reader may see it, and returns the inbox that it
// is about, if it is one.
func (l *NewsLetter) describe(tx *store.Tx, w store.Workspace, all []store.Notification, base string) (within desk.InboxID, err error) {
	mine := tx.As(store.Scope{Workspace: tx.Scope().Workspace, User: l.To.User, Inboxes: l.To.Visible()})
	link := func(path string) string {
		if base == "" {
			return ""
		}
		return base + "/" + w.Slug + path
	}
	about := ""
	for _, n := range all {
		item := NewsItem{At: n.At.UTC(), Link: link("/mine")}
		if item.What, err = happened(tx, n); err != nil {
			return 0, err
		}
		if n.Kind == desk.NewsAnswerHeld {
			item.Why = n.Reason
		}
		if n.Conversation != 0 {
			c, err := mine.PeekConversation(n.Conversation)
			if desk.KindOf(err) == desk.NotFound && err != nil {
				continue
			}
			if err != nil {
				return 0, err
			}
			if about = desk.Line(c.Subject, 120); about == "" {
				about = "A conversation"
			}
			within, item.Of, item.Link = c.Inbox, about, link("/all/"+c.ID.String())
		}
		l.Items = append(l.Items, item)
	}
	if len(l.Items) == 0 {
		return within, nil
	}
	first := all[0]
	l.Settings, l.Button = link("/settings/notifications"), l.Items[0].Link
	switch {
	case several(all):
		l.Subject, l.Thread, l.Button = fmt.Sprintf("[%s] %d more notifications", w.Name, len(l.Items)), "n"+l.To.User.String(), link("/mine")
	case first.Conversation == 0:
		l.Subject, l.Thread = "["+w.Name+"] "+headline[first.Kind], "n"+l.To.User.String()
	default:
		l.Subject, l.Thread = "["+w.Name+"] "+about, "n"+first.Conversation.String()+"."+l.To.User.String()
		l.May = first.Kind != desk.NewsAnswerHeld && l.To.Role.May(desk.MayAnswer)
	}
	return within, nil
}

// happened says what a notification is about, and who did it.
func happened(tx *store.Tx, n store.Notification) (string, error) {
	what := headline[n.Kind]
	if n.Amount > 1 {
		what += fmt.Sprintf(" (%d conversations)", n.Amount)
	}
	if n.Actor == 0 {
		return what, nil
	}
	p, err := tx.Person(n.Actor)
	return what + ", by " + desk.Line(p.Name, 120), err
}

// headline says what happened, where nobody did it.
var headline = map[desk.NewsKind]string{
	desk.NewsConversation: "A customer began a conversation", desk.NewsAssigned: "A conversation was assigned to you", desk.NewsUnassigned: "A conversation is yours no more",
	desk.NewsMention: "You were mentioned", desk.NewsTeam: "A conversation came to your team", desk.NewsEnded: "A conversation that you follow has ended",
	desk.NewsReminder: "You asked to be reminded", desk.NewsMemberLeft: "Somebody left the team", desk.NewsTarget: "A promise is at risk", desk.NewsDeadline: "A promise is broken",
	desk.NewsEscalated: "Help is needed", desk.NewsRating: "A customer is not satisfied", desk.NewsUpdate: "An update was promised and not given",
	desk.NewsSnoozeEnded: "A snoozed conversation is back", desk.NewsFollowUp: "A pending conversation had no word for long", desk.NewsDraft: "A teammate asks you to look at a draft",
	desk.NewsReplied: "The customer wrote", desk.NewsAnswerHeld: "What you answered by mail was not sent", desk.NewsUndelivered: "What you wrote did not reach the customer", desk.NewsHeld: "What you scheduled is not sent by itself", desk.NewsMailbox: "A channel does not work",
}
