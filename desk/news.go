package desk

import (
	"maps"
	"slices"
	"time"
)

// NewsKind is a kind of thing that people are told of (5.4).
type NewsKind string

// The kinds. They are stored: add, never rename.
const (
	NewsConversation NewsKind = "new_conversation"
	NewsAssigned     NewsKind = "assigned"
	NewsUnassigned   NewsKind = "unassigned"
	NewsMention      NewsKind = "mention"
	NewsTeam         NewsKind = "team"        // a conversation came to their team, to nobody of it
	NewsEnded        NewsKind = "ended"       // what they follow was resolved or closed
	NewsReminder     NewsKind = "reminder"    // they asked to be reminded
	NewsMemberLeft   NewsKind = "member_left" // for owners and admins
	NewsTarget       NewsKind = "target"
	NewsDeadline     NewsKind = "deadline"
	NewsEscalated    NewsKind = "escalated"
	NewsRating       NewsKind = "low_rating" // of a customer whose matter has ended
	NewsUpdate       NewsKind = "update"     // of a complex matter, promised and not given
	NewsSnoozeEnded  NewsKind = "snooze_ended"
	NewsDigest       NewsKind = "digest"
	NewsFollowUp     NewsKind = "follow_up"        // a pending conversation had no word for long
	NewsDraft        NewsKind = "draft"            // a teammate asks them to look at a draft
	NewsUndelivered  NewsKind = "undelivered"      // what they wrote did not reach the customer
	NewsHeld         NewsKind = "scheduled_held"   // what they scheduled is not sent by itself
	NewsMailbox      NewsKind = "mailbox"          // for owners and admins: a channel does not work
	NewsReplied      NewsKind = "customer_replied" // in a conversation of theirs
	NewsAnswerHeld   NewsKind = "answer_held"      // what they answered to a notification by mail was not sent
)

// NewsKinds are those somebody can choose the forms of, in the order of a page.
var NewsKinds = []NewsKind{NewsAssigned, NewsUnassigned, NewsReplied, NewsMention, NewsDraft, NewsTeam, NewsConversation, NewsTarget, NewsDeadline, NewsEscalated, NewsRating, NewsUpdate, NewsSnoozeEnded, NewsReminder, NewsFollowUp, NewsHeld, NewsUndelivered, NewsEnded, NewsMemberLeft, NewsMailbox}

// Form is how somebody is told.
type Form string

// The forms. An entry under the bell disturbs nobody; the others do.
const (
	FormApp     Form = "app"     // under the bell
	FormDesktop Form = "desktop" // by a tab that is open and hidden
	FormPush    Form = "push"    // by the browser, also when no tab is open
	FormMail    Form = "mail"    // the digest, and what somebody who was not here has not seen
)

// Why somebody is not told of something.
const (
	NotChosen = "switched_off" // they switched every form of it off
	NotHere   = "signed_out"   // they are signed in nowhere
	NotMember = "no_member"    // they left, or do not see the conversation
	NotOpen   = "assigned"     // somebody has the conversation already
	NotWanted = "untracked"    // the inbox takes no new conversations (F0-29)
	NotDue    = "over"         // it was over before their working hours began
	NotNew    = "seen"         // they saw it before their working hours began
	NotAny    = "nothing"      // a digest without anything in it
	NotMailed = "no_sender"    // no mail address to send a digest from
)

// Preferences are how one person wants to be told.
type Preferences struct {
	Forms  map[NewsKind][]Form `json:"forms,omitempty" doc:"How to tell of each kind; a kind that is absent is told as usual"`
	Hours  *Hours              `json:"hours,omitempty" doc:"When you work, by which rules give conversations, too; absent is always for those, and Monday to Friday, 09:00 to 17:00, in your time zone, for being told"`
	Zone   string              `json:"zone,omitempty" maxLength:"60" doc:"Your time zone, as long as hours are absent: Europe/Berlin"`
	Always bool                `json:"always,omitempty" doc:"Tell at any hour, also outside working hours"`
	// MailAfter is how long a mail waits for somebody to come and see for themselves.
	MailAfter int `json:"mail_after_minutes,omitempty" minimum:"0" maximum:"480" doc:"After how many minutes without you here a mail tells you, of the kinds that have the form mail; absent is 10"`
	// Declined is when the link in a mail ended the form mail of a kind.
	Declined map[NewsKind]time.Time `json:"declined,omitempty" doc:"Since when kinds come by mail no more because the link in a mail was followed; leave a kind out, and choose mail for it, to take that back"`
	Digest   bool                   `json:"digest,omitempty" doc:"Send a mail one hour before the working day ends"`
}

// usual are the forms of a kind that nobody chose.
var usual = map[NewsKind][]Form{NewsUnassigned: {FormApp}, NewsConversation: {FormApp}, NewsEnded: {FormApp}, NewsMemberLeft: {FormApp}, NewsReplied: nil}

// FormsOf returns how to tell of a kind.
func (p Preferences) FormsOf(k NewsKind) []Form {
	if k == NewsDigest {
		return []Form{FormMail}
	}
	if forms, ok := p.Forms[k]; ok {
		return forms
	}
	if forms, ok := usual[k]; ok {
		return forms
	}
	return []Form{FormApp, FormDesktop, FormPush}
}

// Decline ends mail of a kind, as the link in a mail says.
func (p *Preferences) Decline(k NewsKind, at time.Time) {
	if k == NewsDigest {
		p.Digest = false
		return
	}
	forms := p.FormsOf(k)
	if !slices.Contains(forms, FormMail) {
		return
	}
	all, declined := map[NewsKind][]Form{}, map[NewsKind]time.Time{}
	maps.Copy(all, p.Forms)
	maps.Copy(declined, p.Declined)
	all[k] = slices.DeleteFunc(slices.Clone(forms), func(f Form) bool { return f == FormMail })
	declined[k] = at
	p.Forms, p.Declined = all, declined
}

// WorkingHours returns when they work.
func (p Preferences) WorkingHours() Hours {
	if p.Hours != nil {
		return *p.Hours
	}
	zone := p.Zone
	if zone == "" {
		zone = "UTC"
	}
	day := []Period{{From: 9 * 60, To: 17 * 60}}
	return Hours{Zone: zone, Week: Week{Monday: day, Tuesday: day, Wednesday: day, Thursday: day, Friday: day}}
}

// Check refuses forms and kinds that are none, and hours that cannot be.
func (p Preferences) Check() error {
	for k, forms := range p.Forms {
		if !slices.Contains(NewsKinds, k) {
			return Errorf(Invalid, "There is no kind of notification called %q. Choose one of those that your preferences list.", Line(string(k), 40))
		}
		for _, f := range forms {
			if f != FormApp && f != FormDesktop && f != FormPush && f != FormMail {
				return Errorf(Invalid, "Notifications do not come as %q. Choose app, desktop, push or mail.", Line(string(f), 40))
			}
		}
	}
	if p.MailAfter < 0 || p.MailAfter > maxMailAfter {
		return Errorf(Invalid, "A mail waits for at most %d minutes. Choose fewer.", maxMailAfter)
	}
	_, err := p.WorkingHours().Calendar()
	return err
}

// For how long a mail waits, in minutes.
const (
	usualMailAfter = 10
	maxMailAfter   = 480
)

func (p Preferences) mailWaits() time.Duration {
	if p.MailAfter == 0 {
		return usualMailAfter * time.Minute
	}
	return time.Duration(p.MailAfter) * time.Minute
}

// Verdict is how somebody is told of something: at once, later, or not at all.
type Verdict struct {
	Forms      []Form    // at once
	Held       []Form    // when their working hours begin, if it still matters
	Due        time.Time // when that is
	Suppressed string    // why they are not told; then the rest is empty
}

// promise reports whether k is about a promise. The whole of such a notification waits
// for the working hours of whoever is told (F0-42): what was put right meanwhile is no
// news in the morning. Of everything else the entry under the bell comes at once.
func (k NewsKind) promise() bool {
	return k == NewsTarget || k == NewsDeadline || k == NewsEscalated || k == NewsUpdate
}

// Weigh decides how somebody with these preferences is told of something at now.
// What disturbs is held until they work. Whoever is signed in nowhere has no device to tell.
// A mail waits for them to come and see for themselves.
func (p Preferences) Weigh(k NewsKind, signedIn bool, now time.Time) Verdict {
	return p.weigh(k, signedIn, now, false)
}

// WeighAgain is Weigh for what was held: a mail has waited.
func (p Preferences) WeighAgain(k NewsKind, signedIn bool, now time.Time) Verdict {
	return p.weigh(k, signedIn, now, true)
}

func (p Preferences) weigh(k NewsKind, signedIn bool, now time.Time, waited bool) Verdict {
	forms := p.FormsOf(k)
	if len(forms) == 0 {
		return Verdict{Suppressed: NotChosen}
	}
	if !signedIn && k == NewsConversation && !slices.Contains(forms, FormMail) {
		return Verdict{Suppressed: NotHere}
	}
	var v Verdict
	due, working := p.nextWork(now)
	for _, f := range forms {
		switch {
		case f == FormMail && working && k != NewsDigest && !waited:
			v.Held, v.Due = append(v.Held, f), now.Add(p.mailWaits())
		case f == FormMail && (k == NewsDigest || working), f == FormApp && (!k.promise() || due.IsZero()):
			v.Forms = append(v.Forms, f)
		case !signedIn && f != FormApp && f != FormMail:
		case working:
			v.Forms = append(v.Forms, f)
		case !due.IsZero():
			v.Held, v.Due = append(v.Held, f), due
		}
	}
	if len(v.Forms)+len(v.Held) == 0 {
		return Verdict{Suppressed: NotHere}
	}
	return v
}

// nextWork returns whether they work at now, and else when they will.
func (p Preferences) nextWork(now time.Time) (time.Time, bool) {
	if p.Always {
		return now, true
	}
	cal, err := p.WorkingHours().Calendar()
	if err != nil {
		return now, true // hours that cannot be read hold nothing back
	}
	at, ok := cal.NextOpen(now)
	if !ok {
		return time.Time{}, false
	}
	return at, at.Equal(now)
}

// beforeTheEnd is how long before the end of the working day the digest comes.
const beforeTheEnd = time.Hour

// NextDigest returns when the first digest after a moment is due: one hour before
// the end of a working day. False when they want none, or never work.
func (p Preferences) NextDigest(after time.Time) (time.Time, bool) {
	cal, err := p.WorkingHours().Calendar()
	if err != nil || !p.Digest {
		return time.Time{}, false
	}
	for day, ok := after, true; ok; {
		end, found := cal.EndOfDay(day)
		if !found {
			return time.Time{}, false
		}
		if at := end.Add(-beforeTheEnd); at.After(after) {
			return at, true
		}
		day, ok = cal.NextOpen(end)
	}
	return time.Time{}, false
}

// StillDue reports whether something that somebody was to be told of still
// matters to them, as the conversation is now.
func StillDue(k NewsKind, c Conversation, u UserID) bool {
	switch k {
	case NewsAssigned:
		return c.Assignee == u && c.Active()
	case NewsReplied:
		return c.Assignee == u && c.Active() && c.WaitingOn == WaitingOnAgent
	case NewsUnassigned:
		return c.Assignee != u
	case NewsTeam:
		return c.Assignee == 0 && c.Active()
	case NewsReminder:
		return c.Active()
	case NewsConversation:
		return c.Assignee == 0 && c.Active() && c.WaitingOn == WaitingOnAgent
	case NewsUpdate:
		return c.Active()
	case NewsFollowUp:
		return c.Status == StatusPending
	case NewsTarget, NewsDeadline, NewsEscalated:
		return c.Active() && c.WaitingOn == WaitingOnAgent
	}
	return true
}
