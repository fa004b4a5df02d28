package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

// gather takes what else waits to be mailed to somebody of a conversation into the
// mail of one notification: several events close to each other are one mail.
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
	return nil
}

// waiting returns the later notifications of a conversation that wait to be mailed to
// the same person, and still matter.
func (a *App) waiting(tx *store.Tx, first store.Notification) (out []store.Notification, err error) {
	if first.Conversation == 0 {
		return nil, nil
	}
	c, err := tx.PeekConversation(first.Conversation)
	if err != nil {
		return nil, err
	}
	chosen, err := tx.Preferences([]desk.UserID{first.User})
	if err != nil {
		return nil, err
	}
	all, err := tx.Decisions(first.Conversation, 0, maxGathered)
	for _, n := range all {
		wants := n.User == first.User && n.ID > first.ID && !n.DueAt.IsZero() && n.State != store.NotificationSuppressed && !slices.Contains(n.Forms, desk.FormMail)
		if wants && slices.Contains(chosen[n.User].Settings.FormsOf(n.Kind), desk.FormMail) && desk.StillDue(n.Kind, c, n.User) {
			out = append(out, n)
		}
	}
	return out, err
}

// NewsLetter is a mail to somebody of the team about what happened in one conversation,
// or beside all.
type NewsLetter struct {
	To      desk.Member
	From    *channel.Account // what it is sent through; nil when there is nothing
	Subject string
	Thread  string          // the same for all mails of one conversation to one person
	Text    string          // Markdown
	Notice  *channel.Notice // what answers come back with
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
		all, path, within := []store.Notification{n}, "/"+w.Slug+"/mine", desk.InboxID(0)
		l.Notice = &channel.Notice{ID: n.ID, Mailed: a.now()}
		l.Subject, l.Thread = "["+w.Name+"] "+headline[n.Kind], "n"+l.To.User.String()
		if n.Conversation != 0 {
			mine := tx.As(store.Scope{Workspace: tx.Scope().Workspace, User: n.User, Inboxes: l.To.Visible()})
			c, err := mine.PeekConversation(n.Conversation)
			if desk.KindOf(err) == desk.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			if all, err = gathered(tx, n); err != nil {
				return err
			}
			within = c.Inbox
			about := desk.Line(c.Subject, 120)
			if about == "" {
				about = "A conversation"
			}
			l.Subject, l.Thread, path = "["+w.Name+"] "+about, "n"+c.ID.String()+"."+l.To.User.String(), "/"+w.Slug+"/all/"+c.ID.String()
		}
		if l.Text, err = newsText(tx, l, all, base, path); err != nil {
			return err
		}
		l.From, err = a.sender(tx, within)
		return err
	})
	return l, err
}

// gathered returns a notification and the later ones that its mail tells of, oldest first.
func gathered(tx *store.Tx, first store.Notification) (out []store.Notification, err error) {
	all, err := tx.Decisions(first.Conversation, 0, maxGathered)
	for _, n := range slices.Backward(all) {
		if n.User == first.User && n.ID >= first.ID && slices.Contains(n.Forms, desk.FormMail) {
			out = append(out, n)
		}
	}
	return out, err
}

// headline says what happened, where nobody did it.
var headline = map[desk.NewsKind]string{
	desk.NewsConversation: "A customer began a conversation", desk.NewsAssigned: "A conversation was assigned to you", desk.NewsUnassigned: "A conversation is yours no more",
	desk.NewsMention: "You were mentioned", desk.NewsTeam: "A conversation came to your team", desk.NewsEnded: "A conversation that you follow has ended",
	desk.NewsReminder: "You asked to be reminded", desk.NewsMemberLeft: "Somebody left the team", desk.NewsTarget: "A promise is at risk", desk.NewsDeadline: "A promise is broken",
	desk.NewsEscalated: "Help is needed", desk.NewsRating: "A customer is not satisfied", desk.NewsUpdate: "An update was promised and not given",
	desk.NewsSnoozeEnded: "A snoozed conversation is back", desk.NewsFollowUp: "A pending conversation had no word for long", desk.NewsDraft: "A teammate asks you to look at a draft",
	desk.NewsAnswerHeld: "What you answered by mail was not sent", desk.NewsUndelivered: "What you wrote did not reach the customer", desk.NewsHeld: "What you scheduled is not sent by itself", desk.NewsMailbox: "A channel does not work",
}

// answerable reports whether somebody can answer the mail about these notifications.
func answerable(to desk.Member, all []store.Notification) bool {
	return all[0].Conversation != 0 && all[0].Kind != desk.NewsAnswerHeld && to.Role.May(desk.MayAnswer)
}

// newsText is the mail as Markdown. Of what customers wrote it says nothing: a mailbox
// is another place than the desk.
func newsText(tx *store.Tx, l NewsLetter, all []store.Notification, base, path string) (string, error) {
	var b strings.Builder
	may := answerable(l.To, all)
	if may {
		b.WriteString("— Reply above this line to answer the customer —\n\n")
	}
	fmt.Fprintf(&b, "Hello %s,\n\n", plain.Replace(desk.FirstName(l.To.Name)))
	for _, n := range all {
		line := headline[n.Kind]
		if n.Amount > 1 {
			line += fmt.Sprintf(" (%d conversations)", n.Amount)
		}
		if n.Actor != 0 {
			p, err := tx.Person(n.Actor)
			if err != nil {
				return "", err
			}
			line += ", by " + plain.Replace(p.Name)
		}
		fmt.Fprintf(&b, "- %s, %s UTC\n", line, n.At.UTC().Format("2 January 15:04"))
		if n.Kind == desk.NewsAnswerHeld {
			fmt.Fprintf(&b, "\n%s\n", n.Reason)
		}
	}
	if base != "" {
		fmt.Fprintf(&b, "\n[Open it in Parley](%s%s)\n", base, path)
	}
	if may {
		b.WriteString("\nAnswer this mail to write to the customer, within 14 days and from this address of yours. Begin with " + NoteMark + " to write a note that only the team sees.\n")
	}
	b.WriteString("\nYou get this mail because you chose so in Settings, Notifications, and were not there. There you can end it for each kind.\n")
	return b.String(), nil
}
