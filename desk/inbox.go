package desk

import (
	"encoding/json"
	"fmt"
	"time"
)

// Inbox is where conversations of one purpose arrive and who answers them.
type Inbox struct {
	ID        InboxID
	Name      string
	Grouping  Grouping
	OpenScope int64
	Settings  InboxSettings   // in effect: the inbox's own, else the workspace's, else the product's
	Own       json.RawMessage // the inbox's own ones, a JSON object; what is absent is inherited
}

// InboxSettings are the settings of the specification (1.4) that have a meaning
// today; see settings.go for where each value comes from.
type InboxSettings struct {
	AssignmentSettings
	AfterClose             string `json:"after_close,omitempty" enum:"reopen,new,reopen_within" doc:"What a customer's message does to a closed conversation: reopen it, open a new one, or reopen it for some days"`
	ReopenWithinDays       int    `json:"reopen_within_days,omitempty" minimum:"1" maximum:"365" doc:"How many days a closed conversation can still be reopened by its customer"`
	AgentMessageReopens    bool   `json:"agent_message_reopens_closed,omitempty" doc:"Whether an agent's message reopens a closed conversation"`
	ForgetAssigneeOnReopen bool   `json:"forget_assignee_on_reopen,omitempty" doc:"Whether a reopened conversation goes back to nobody"`
	ResolvedDisabled       bool   `json:"resolved_disabled,omitempty" doc:"Close at once instead of resolving first"`
	Welcome                string `json:"welcome_new_conversation,omitempty" maxLength:"2000" doc:"What a customer who begins a conversation is greeted with; it does not count as an answer"`
	LifeSettings
	SendSettings
	MailSettings
	AISettings
	PromiseSettings
	JoinBySubject        bool `json:"join_by_subject,omitempty" doc:"Whether a mail that names no earlier one joins the one conversation of the last seven days with the same proven sender and the same subject, if it is written as an answer"`
	KeepForwards         bool `json:"keep_forwards,omitempty" doc:"Whether a mail that somebody of the team forwards stays theirs, instead of becoming the conversation of who wrote it"`
	IgnoreUnknownThreads bool `json:"ignore_unknown_threads,omitempty" doc:"Ignore replies in threads that began before Parley knew them"`
}

// The values of InboxSettings.AfterClose.
const (
	AfterCloseReopen       = "reopen"
	AfterCloseNew          = "new"
	AfterCloseReopenWithin = "reopen_within"
)

// Reopens reports whether a customer's message at now reopens c, which is closed.
func (i Inbox) Reopens(c Conversation, now time.Time) bool {
	mode, days := i.Settings.AfterClose, i.Settings.ReopenWithinDays
	if mode == "" { // product defaults (T22, T23): a thread goes on, a chat begins anew
		mode = AfterCloseNew
		if i.Grouping == PerThread {
			mode = AfterCloseReopen
		}
	}
	switch mode {
	case AfterCloseReopen:
		return true
	case AfterCloseReopenWithin:
		if days == 0 {
			days = 7
		}
		return now.Sub(c.ClosedAt) < time.Duration(days)*24*time.Hour
	}
	return false
}

// Channel is one configured way into an inbox.
type Channel struct {
	ID        ChannelID
	Inbox     InboxID
	Kind      string
	Name      string
	Address   string
	Config    json.RawMessage // without secrets
	Sealed    []byte          // the secrets, encrypted
	Disabled  bool
	LastError string
	ErrorAt   time.Time
	InboundAt time.Time
	CreatedAt time.Time
}

// Contact is a customer.
type Contact struct {
	ID               ContactID
	Name             string
	Email            string
	Phone            string
	Verified         bool
	Blocked          bool
	BlockedAt        time.Time
	BlockedBy        UserID
	TurnedAway       int64 // messages that were not taken in while they were blocked, ever; nothing else is kept of those
	TurnedAwayAt     time.Time
	Language         string  // folded, like "de"; "" when nobody said
	Zone             string  // the time zone they are in, like "Europe/Stockholm"; "" when nobody knows
	ZoneSaid         bool    // somebody of the team said so; else it is what their browser says
	ShowPictures     bool    // remote pictures in what they provably wrote are shown without being asked for
	Tags             []TagID // set where one contact is loaded
	CreatedSource    string
	FirstContactedAt time.Time
	LastContactedAt  time.Time
	CreatedAt        time.Time
	MergedInto       ContactID // the same person, where they are known now
}

// Title is what a list shows for a contact (F3-02): the name, else the phone
// number, else the mail address, else a number that tells visitors apart.
func (c Contact) Title() string {
	for _, s := range []string{c.Name, c.Phone, c.Email} {
		if s != "" {
			return s
		}
	}
	return fmt.Sprintf("Visitor %04d", c.ID.Time().UnixMilli()%10_000)
}

// Tag marks conversations.
type Tag struct {
	ID    TagID
	Name  string
	Color string
}
