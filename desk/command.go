package desk

import "time"

// Command is something an actor wants done to a conversation. The HTTP API,
// bulk actions, rules, channels and importers all issue the same commands.
type Command interface {
	// Decide returns the facts that would make the command true, none if it
	// already is, or an error that tells a person why it cannot be done. It
	// changes nothing.
	Decide(c Conversation, w World) ([]Fact, error)
}

// World is what a decision may look at besides the conversation.
type World interface {
	Now() time.Time
	Actor() Actor
	// Members returns everybody of the team, active or not.
	Members() ([]Member, error)
	// Member returns somebody of the team, or an error of kind NotFound.
	Member(UserID) (Member, error)
	// Inbox returns the inbox of the conversation.
	Inbox(InboxID) (Inbox, error)
	// FindTag finds a tag by id or by name, or returns an error of kind NotFound.
	FindTag(idOrName string) (TagID, error)
	// MakeTag is FindTag that makes a tag of an unknown name.
	MakeTag(idOrName string) (TagID, error)
	// OpenPrimary returns the open primary conversation of a contact in a scope, or 0 (INV-1).
	OpenPrimary(scope int64, contact ContactID) (ConversationID, error)
	// Blocked reports whether a contact is blocked: their conversations are neither
	// opened nor closed by hand (F4-22). hold keeps it so until the decision is stored.
	Blocked(id ContactID, hold bool) (bool, error)
	// Category returns a closing category, or an error of kind NotFound.
	Category(CategoryID) (Category, error)
	// Facts returns the events of one command on this conversation, oldest first.
	Facts(CommandID) ([]Event, error)
	// Message returns a message or note of this conversation, also one that was
	// taken back, or an error of kind NotFound.
	Message(MessageID) (Message, error)
	// Originator returns who wrote the mail in a forwarded one; they become a contact
	// when they are none yet.
	Originator(MessageID) (Originator, error)
	// ReadMark returns the newest message the actor has read here.
	ReadMark() (MessageID, error)
	// Files returns uploads of this workspace that belong to no message yet.
	Files([]AttachmentID) ([]Attachment, error)
	// PicturesIn returns the files that a text of the team shows as pictures, in the
	// order in which they stand there, each once.
	PicturesIn(markdown string) ([]AttachmentID, error)
	// CopyFiles returns copies, which belong to no message, of files of messages of
	// this conversation that the customer may know of.
	CopyFiles([]AttachmentID) ([]Attachment, error)
	// Teams returns the teams of the workspace.
	Teams() ([]Team, error)
	// Team returns a team of the workspace, or an error of kind NotFound.
	Team(TeamID) (Team, error)
	// Roster returns whom the conversation can be given to by rules. Until the
	// decision is stored, nobody else is given anything by rules.
	Roster(Conversation) (Roster, error)
	// Reachable returns why the conversation's contact cannot be written to
	// through a channel, or nil.
	Reachable(ContactID, ChannelID) error
	// Addressee returns the address by which a mail channel reaches the conversation's
	// contact, or why it does not.
	Addressee(ContactID, ChannelID) (Address, error)
	// Signature returns what stands under a mail that somebody writes in an inbox, with
	// its variables filled; 0 is nobody of the team.
	Signature(Inbox, UserID) (string, error)
	// AnsweredMail returns a mail of somebody else that an answer in a conversation
	// answers, if it is one; 0 is the customer's newest, if there is one.
	AnsweredMail(ConversationID, MessageID) (Answered, error)
	// OwnAddresses returns the mail addresses of this workspace's inboxes, folded.
	OwnAddresses() ([]string, error)
	// Askable reports whether the conversation's contact can be asked through a channel
	// how satisfied they are: a question reaches them there, and an answer can come.
	Askable(ContactID, ChannelID) (bool, error)
	// Asked returns the question that a message asked, or an error of kind NotFound.
	Asked(MessageID) (Asked, error)
	// Macro returns a macro of the workspace, or an error of kind NotFound.
	Macro(MacroID) (Macro, error)
	// Known returns the values of variables where the actor writes.
	Known(Conversation) (Known, error)
	// ChannelKind returns what kind of channel one is, also one that is not used any more.
	ChannelKind(ChannelID) (string, error)
	// Scheduled returns a scheduled message of this conversation, also one that was
	// sent or cancelled, or an error of kind NotFound.
	Scheduled(ScheduledID) (Scheduled, error)
	// NewScheduled returns a fresh id of one.
	NewScheduled() ScheduledID
	// NewMessage returns a fresh message id.
	NewMessage() MessageID
	Neighbours
}
