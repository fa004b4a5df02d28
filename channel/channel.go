// Package channel is the contract between Parley and the ways a customer can
// write to it. Each channel lives in its own folder; it knows the desk's nouns
// and this contract, and nothing of the database, of the inbox's screens or of
// other channels.
package channel

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"parley/desk"
)

// Kind describes a type of channel to the rest of the program and to the
// settings screen, which draws its form from Config.
type Kind struct {
	Name        string        // "email": stored, never renamed
	Title       string        // "E-mail"
	Description string        // one sentence for the person who chooses
	Grouping    desk.Grouping // which messages belong together, for an inbox made for this channel
	Config      any           // zero value of the settings struct; its json, doc, default, enum and format tags make the form
	Secrets     []string      // json names of the settings that are stored encrypted and never shown again
	Caps        Caps
}

// Caps says what a channel can carry. Limits are data, so that the core cuts,
// hides and schedules without knowing a channel's name.
type Caps struct {
	Subject     bool
	HTML        bool // it shows formatted text: Outbound.HTML is set
	Typing      bool
	Receipts    desk.Delivery // the furthest state the channel can report
	MaxText     int           // in characters; 0 is no limit
	MaxFileSize int64         // bytes of one attachment
	MaxFiles    int
	Resend      Resend
	GiveUp      time.Duration // for how long a message is tried; 0 is a day
}

// Resend says how a delivery whose outcome is unknown may be tried again.
type Resend string

// How a channel treats a second delivery of one message.
const (
	ResendSafe Resend = "safe" // the far side drops a message whose key it has seen
	ResendAsk  Resend = "ask"  // it may arrive twice: a person decides
)

// Account is one configured channel of one inbox, its secrets in clear.
type Account struct {
	Workspace desk.WorkspaceID
	Inbox     desk.InboxID
	ID        desk.ChannelID
	Kind      string
	Name      string // shown to customers as the sender's organisation
	Address   string // how the outside names this account: a mail address, a widget key
	Config    json.RawMessage
	Since     time.Time // when its mailbox began to be watched, also if it does not let us in yet; zero is now
}

// Channel is a type of channel at work. Implementations are safe for concurrent use.
type Channel interface {
	// Kind describes the channel.
	Kind() Kind
	// Check reports whether config, with its secrets, is usable; the error is
	// for the person who fills in the form. It does not talk to the network.
	Check(config json.RawMessage) error
	// Address returns how the outside will name an account with this config,
	// or "" when Parley shall make a key.
	Address(config json.RawMessage) (string, error)
	// Parse says what a stored raw event means. It reads nothing but its
	// arguments, so that a replay gives the same answer. An error means that no
	// message can be made of it, ever: the event becomes a dead letter.
	Parse(ctx context.Context, a Account, raw Raw) ([]Inbound, error)
	// Send delivers one message. The error is a *SendError. It is called again
	// with the same Message after a failure that allows it.
	Send(ctx context.Context, a Account, m Outbound) (Sent, error)
}

// Listener is a Channel that takes messages in by itself, for every account of
// its kind at once: an SMTP server, a polling client.
type Listener interface {
	Channel
	// Serve runs until ctx ends, then drains and returns nil. It acknowledges
	// to the outside only what Intake.Accept has returned nil for.
	Serve(ctx context.Context, in Intake) error
}

// Authenticator is a Channel on which somebody can write as somebody else.
type Authenticator interface {
	Channel
	// Authenticate finds out what is proven of who wrote, which may take some
	// seconds and ask the network. What it returns is stored and given to Parse, so
	// that a replay knows what was known then. It never fails: what cannot be
	// found out is not proven.
	Authenticate(ctx context.Context, a Account, raw Raw) json.RawMessage
}

// Previewer is a Channel that can say how a message will arrive.
type Previewer interface {
	Channel
	// Preview returns what Send would send, files aside. It sends nothing.
	Preview(a Account, m Outbound) (Preview, error)
}

// Preview is a mail as whoever gets it sees it.
type Preview struct {
	From    desk.Address
	To, Cc  []desk.Address
	Subject string
	Text    string // what a program shows that shows no HTML
	HTML    string // pictures that come with it have cid: addresses
}

// Intake is where a Listener puts what it takes in.
type Intake interface {
	// Lookup returns the account that the outside knows by this address, or an
	// error of kind desk.NotFound. Any other error means: try again later.
	Lookup(ctx context.Context, kind, address string) (Account, error)
	// Accept stores raw durably. When it returns nil, the event will become a
	// message, a duplicate or a dead letter, whatever happens to this process.
	Accept(ctx context.Context, a Account, raw Raw) error
	Keeper
}

// Keeper takes the bytes of something large as they come, so that nobody holds all of them.
type Keeper interface {
	// Keep stores at most limit bytes durably, for a Raw that is accepted or taken
	// soon after: what belongs to none is deleted.
	Keep(ctx context.Context, r io.Reader, limit int64) (Kept, error)
}

// Kept is the body of a Raw that is stored already.
type Kept struct {
	Hash string // "" is none
	Size int64  // bytes
}

// Watcher is a Channel that fetches messages from mailboxes elsewhere, for each
// account by itself.
type Watcher interface {
	Channel
	// Watches reports whether an account with this config has a mailbox to watch.
	Watches(config json.RawMessage) bool
	// Watch fetches what comes into an account's mailbox until ctx ends, or
	// something fails: then the error is a *WatchError, and it is called again later.
	Watch(ctx context.Context, a Account, box Mailbox) error
}

// Aliased is a Channel whose accounts may have several addresses.
type Aliased interface {
	Channel
	// Aliases returns the other addresses of an account with this config, folded:
	// whole ones, or all of a domain, as @example.com.
	Aliases(config json.RawMessage) []string
}

// Granted is a Channel whose accounts may be let in by a provider (OAuth), instead
// of by a password.
type Granted interface {
	Channel
	// Provider returns the name of the provider that lets an account with this config
	// in, and the name of its mailbox there; "" when there is none.
	Provider(config json.RawMessage) (provider, mailbox string)
	// Admits tries whether an access token opens the account's mailbox. The error is a
	// *WatchError or a *SendError.
	Admits(ctx context.Context, a Account, token string) error
}

// Limiter is a Channel whose accounts have limits of their own.
type Limiter interface {
	Channel
	// Limits returns those of an account with this config.
	Limits(config json.RawMessage) Limits
}

// Limits are what an account sends at most.
type Limits struct {
	Attach  int64         // bytes of the files that a message carries; what is more goes as links; 0 is no limit
	LinkFor time.Duration // how long such a link works
	desk.PaceLimits
}

// Tester is a Channel that can try whether an account works.
type Tester interface {
	Channel
	// Test tries every way of an account by itself, without a message.
	Test(ctx context.Context, a Account) []Tested
}

// Tested is how one way of an account went when it was tried.
type Tested struct {
	Way     string // "in" or "out"
	Says    string // what was found: one sentence for an admin
	Problem string // why it does not work, and what to do; "" when it does
	Skipped bool   // there is nothing to try
}

// Mailbox is where a Watcher puts what it fetches, and what knows how far it came.
type Mailbox interface {
	// Cursor returns how far a folder was read; the zero Cursor but for the
	// folder's name when it never was.
	Cursor(ctx context.Context, folder string) (Cursor, error)
	// Take stores what was fetched and moves the cursor, in one transaction. An
	// error of kind desk.Conflict says that the cursor is not at from any more:
	// somebody else fetches.
	Take(ctx context.Context, from, to Cursor, raws ...Raw) error
	// Looked records that the mailbox was looked at without a fault: how many
	// messages in it wait to be fetched, and how long ago the one that was fetched
	// last had arrived there; a negative lag when none was.
	Looked(ctx context.Context, waiting int, lag time.Duration) error
	Keeper
}

// Cursor is how far a folder of a mailbox was read.
type Cursor struct {
	Folder   string
	Source   string    // whose mailbox it is and where; another one has other numbers
	Validity uint32    // what Last is valid for: IMAP's UIDVALIDITY; 0 before the first look
	Last     uint32    // the number of the last message that was fetched: IMAP's UID
	Since    time.Time // of the messages before Below, those that came into the mailbox earlier are not fetched
	Below    uint32    // the first number that was free at the first look, or when the numbers changed
	Stuck    uint32    // the message at which fetching failed; 0 is none
	Tries    int       // how often it failed there
}

// WatchError is why a mailbox cannot be read. Reason is one sentence for an admin
// that says what to do.
type WatchError struct {
	Class  Class // Retry or Unauth
	Reason string
	Err    error // what was behind it, for the log; may be nil
}

func (e *WatchError) Error() string { return string(e.Class) + ": " + e.Reason }

func (e *WatchError) Unwrap() error { return e.Err }

// Raw is what arrived, before anybody tried to understand it.
type Raw struct {
	Dedupe      string            // equal for two copies of one event, within the account
	ContentType string            // "message/rfc822", "application/json"
	Envelope    map[string]string // what came beside the body: "mail_from", "rcpt_to", "remote"
	Auth        json.RawMessage   // what Authenticate said of it, if the channel does
	Written     []string          // of what was fetched: the addresses that it is written to, folded
	Noted       []string          // and those that servers noted on its way
	Body        []byte
	Kept        Kept      // in place of Body, where that is too large for memory
	At          time.Time // when it arrived
}

// Identity is who somebody is on a channel.
type Identity struct {
	Kind     string // "email", "visitor", "external": the space in which ID is unique
	Scope    string // narrows that space: a channel's id for visitors; "" for mail addresses
	ID       string
	Name     string
	Email    string
	Phone    string
	Zone     string // the time zone that their device says they are in, like Europe/Stockholm; "" when it does not, and not checked
	Verified bool   // the channel vouches for it; only then may it join an existing contact by mail address
}

// Inbound is one message from outside, understood.
type Inbound struct {
	Dedupe     string // unique per message within the account; two equal ones are one message
	From       Identity
	Colleague  string // who of the organisation wrote it to From, in place of From: a name; the channel vouches for it
	Thread     Thread
	At         time.Time // the provider's time
	Subject    string
	Text       string // UTF-8 without NUL; the whole text
	VisibleEnd int    // characters of Text before quoted history and signature; 0 shows all
	HTML       string // already sanitised; "" when there was none
	Files      []File
	ClientID   string      // the sender's own id for it, given back in receipts
	ExternalID string      // the provider's id
	Auto       string      // "", "reply", "bounce", "bulk": automatic mail is kept but opens, reopens and alarms nothing
	Hush       bool        // its author wants no automatic answers
	Unreadable bool        // it could not be parsed: shown as such, with the raw bytes as a file
	Origin     desk.Origin // where somebody could pretend: what is proven of who wrote
	Email      *Email      // only mail
	Forward    *Forward    // it hands on what somebody else wrote
	Bounce     *Bounce     // it says that a message of ours did not arrive
	Answered   *Answered   // it came to the signed address of a letter to somebody of the team
}

// Answered is what somebody wrote back to a letter about something that happened.
// Whether it was who got the letter, nobody knows yet.
type Answered struct {
	Notice
	Words string // what is new, without what is quoted and without a signature
	Sure  bool   // nothing that was quoted is among the words
}

// Forward is a mail of somebody else that the author of a message handed on by hand.
// It says what they say: only of who is known it is believed.
type Forward struct {
	By         string   // who handed it on, as people read it
	From       Identity // who wrote it; the zero Identity when that cannot be read
	Date       time.Time
	Subject    string
	Text       string
	VisibleEnd int
	HTML       string // already sanitised
	Files      []File
	Note       string      // what who handed it on wrote above it
	Own        []string    // thread keys of the mail itself, if they are known
	User       desk.UserID // who of the team handed it on, once that is known
	Sure       bool        // it can be read without a doubt where it begins and who wrote it
}

// Bounce is word from outside that a message of ours did not arrive after all.
// The channel vouches that only who saw that message could send it.
type Bounce struct {
	ID        desk.MessageID // the message, when the way by which the word came says so; 0 when it does not
	Message   string         // a thread key of the message; "" when ID says it
	Recipient string         // whom it did not reach, folded; "" when unknown
	Reason    string         // one sentence for the agent
	Said      string         // of that, what the other server said; "" when it said nothing
	Notice    bool           // it may arrive yet, or has: the message is no failure
	Delayed   bool           // it is still tried
	Hard      bool           // nothing is to be sent to that address again: there is none, or its owner called the mail spam
}

// Thread says where a message belongs, for inboxes that group by thread.
type Thread struct {
	Conversation desk.ConversationID // from a reply address that we signed; zero if there was none
	Parents      []string            // keys of messages that this one answers, nearest first
	Own          []string            // keys under which answers to this one will be found
}

// Email is what the inbox shows of a mail's header.
type Email struct {
	From      string   `json:"from"`
	ReplyTo   string   `json:"reply_to,omitempty"` // whom an answer goes to, if that is another address
	To        []string `json:"to,omitempty"`
	Cc        []string `json:"cc,omitempty"`
	MessageID string   `json:"message_id,omitempty"`

	Appointment *Appointment `json:"appointment,omitempty" doc:"What the mail invites to, or says of an invitation"`
	Enclosed    []Enclosed   `json:"enclosed,omitempty" doc:"Mails that are files of this one"`
	Forwarded   *Forwarded   `json:"forwarded,omitempty" doc:"Of a mail that somebody of the team forwarded"`
	Security    string       `json:"security,omitempty" enum:"signed_smime,signed_pgp,encrypted_smime,encrypted_pgp" doc:"How the mail says it is secured; no signature is checked, and nothing is decrypted"`
}

// Forwarded says of a mail that somebody of the team forwarded it here. Either the
// message is the mail of who wrote it; or it is the whole mail of who forwarded it,
// and Waits until somebody says whose it is.
type Forwarded struct {
	By    string     `json:"by" doc:"Who forwarded it"`
	User  string     `json:"user_id,omitempty" doc:"Who of the team that is"`
	From  string     `json:"from,omitempty" doc:"Who wrote it, as far as that can be read"`
	Email string     `json:"email,omitempty" doc:"The address in from"`
	Date  *time.Time `json:"date,omitempty" doc:"When it was written, where that is known"`
	Waits bool       `json:"waits,omitempty" doc:"Nobody has said yet whose conversation this is: take-forward does"`
}

// Appointment is what a calendar in a mail is about.
type Appointment struct {
	Method    string    `json:"method,omitempty" doc:"What the calendar asks for: REQUEST, REPLY, CANCEL and others"`
	Title     string    `json:"title,omitempty"`
	Start     string    `json:"start,omitempty" doc:"A moment like 2026-05-04T09:00:00Z; without Z a clock of a zone that the calendar does not name; or a day like 2026-05-04"`
	End       string    `json:"end,omitempty" doc:"As start; a day is the first after the end"`
	Place     string    `json:"place,omitempty"`
	Organiser string    `json:"organiser,omitempty"`
	Guests    []Invited `json:"guests,omitempty"`
	Repeats   bool      `json:"repeats,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`
}

// Invited is somebody who was invited.
type Invited struct {
	Name   string `json:"name"`
	Answer string `json:"answer,omitempty" doc:"ACCEPTED, DECLINED, TENTATIVE, NEEDS-ACTION, or what else the calendar says"`
}

// Enclosed is a mail that is a file of another: its head and how it begins.
type Enclosed struct {
	File    string     `json:"file" doc:"The name of the file"`
	From    string     `json:"from,omitempty"`
	To      []string   `json:"to,omitempty"`
	Subject string     `json:"subject,omitempty"`
	Date    *time.Time `json:"date,omitempty"`
	Text    string     `json:"text,omitempty"`
}

// File is an attachment.
type File struct {
	Name        string // safe to show and to save
	ContentType string // sniffed from the bytes, not believed
	ContentID   string // by which HTML refers to it, without brackets
	Inline      bool
	Data        []byte
	Open        func() io.Reader `json:"-"` // reads the bytes, in place of Data, when they are many
}

// Link is a file that whoever gets a message may fetch.
type Link struct {
	Name    string
	Size    int64 // bytes
	URL     string
	Expires time.Time
}

// Outbound is one message to a customer.
type Outbound struct {
	Message      desk.MessageID // the key by which a second try is known as the same
	Conversation desk.ConversationID
	To           Identity
	Also         []desk.Address // of a mail: who else stands in To
	Cc           []desk.Address
	Bcc          []desk.Address // they get it, and nothing of the mail names them
	AuthorName   string         // the person who answers
	Subject      string         // of the conversation
	Exact        bool           // Subject is of this message, and is sent as it is
	Signature    string         // of a mail: what stands under the text, without marks
	SignedHTML   string         // the same, formatted and safe to show
	Quoted       *Quoted        // of a mail: the one that it answers, to stand below
	Text         string         // without marks, for who shows no formatted text
	HTML         string         // the same, formatted and safe to show; "" for a channel without Caps.HTML
	Files        []File
	Links        []Link    // files that are fetched, since they are too large to be carried
	Unsubscribe  string    // of a mail that nobody asked for: where it is declined with one click
	Forwarded    []Carried // messages that stand below a mail, oldest first
	Parents      []string  // thread keys of earlier messages, oldest first
	At           time.Time // when it was written
	Try          int       // 1 for the first
	Auto         bool      // nobody wrote it: a channel that can says so, and no program answers it
	Answers      string    // the thread key of the message that it answers; "" is the newest of Parents
	Built        []byte    // what an earlier try handed over, to be sent as it is; nil at the first
	// Keep stores what is about to be handed over, for the next try; nil keeps nothing.
	Keep func(ctx context.Context, built []byte) error `json:"-"`
}

// Carried is an earlier message that a mail to somebody else carries.
type Carried struct {
	From    desk.Address // of somebody without an address only the name
	To, Cc  []desk.Address
	At      time.Time
	Subject string
	Text    string
	HTML    string // sanitised; "" when it had none
}

// Quoted is an earlier mail as an answer to it quotes it.
type Quoted struct {
	From     desk.Address
	At       time.Time // in the zone of whoever reads it
	Language string    // of the line above the quote, folded, like "de"
	Text     string
	HTML     string // sanitised; "" when it had none
}

// Sent is what the far side said.
type Sent struct {
	ExternalID string        // the provider's id
	Own        []string      // thread keys under which answers will be found
	State      desk.Delivery // DeliverySent or DeliveryDelivered
}

// Class says what to do about a failed delivery.
type Class string

// The classes of failure.
const (
	Retry     Class = "retry"     // nothing went out: try again with backoff
	Throttle  Class = "throttle"  // try again after After
	Ambiguous Class = "ambiguous" // it may have arrived: resend only if Caps.Resend is safe
	Reject    Class = "reject"    // this message will never pass
	Gone      Class = "gone"      // this address will never take mail
	Unauth    Class = "unauth"    // our credentials are refused: the account needs an admin
)

// SendError is why a delivery failed. Reason is one sentence for the agent; it
// is stored and shown.
type SendError struct {
	Class   Class
	Code    string // the provider's own, for instance "550 5.1.1"
	Reason  string
	After   time.Duration // for Throttle
	Address string        // for Gone: which address it is, if there were several
}

func (e *SendError) Error() string { return string(e.Class) + ": " + e.Reason }

// As returns ch, or the channel that it wraps, as a T, if it is one.
func As[T any](ch Channel) (T, bool) {
	for {
		if t, ok := ch.(T); ok {
			return t, true
		}
		w, ok := ch.(interface{ Unwrap() Channel })
		if !ok {
			var none T
			return none, false
		}
		ch = w.Unwrap()
	}
}
