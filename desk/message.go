package desk

import (
	"encoding/json"
	"time"
)

// MessageKind tells what customers see from what only the team sees.
type MessageKind string

// The kinds of message.
const (
	KindMessage MessageKind = "message"
	KindNote    MessageKind = "note" // only the team sees it
)

// Side is which side of the conversation wrote (specification 1.5).
type Side string

// The sides.
const (
	SideCustomer Side = "customer"
	SideTeam     Side = "team"
	SideSystem   Side = "system"
)

// AuthorKind is what kind of author wrote.
type AuthorKind string

// The kinds of author.
const (
	AuthorContact    AuthorKind = "contact"
	AuthorUser       AuthorKind = "user"
	AuthorAI         AuthorKind = "ai"
	AuthorAutomation AuthorKind = "automation"
	// AuthorColleague is somebody of the organisation who is no agent here and wrote
	// to the customer elsewhere (F0-25).
	AuthorColleague AuthorKind = "colleague"
)

// Message is one thing said, or noted for the team.
type Message struct {
	ID           MessageID
	Conversation ConversationID
	Channel      ChannelID
	Kind         MessageKind
	Side         Side
	AuthorKind   AuthorKind
	User         UserID    // the author, of the team
	Contact      ContactID // the author, a customer
	Sender       string    // as whom its channel knows the customer who wrote it: one of their identities
	AuthorName   string    // as it was when it was written

	Text       string
	Markdown   bool   // the team wrote it with marks in it; of a customer's text every sign is itself
	VisibleEnd int    // characters of Text before quoted history; 0 shows all
	HTML       string // sanitised
	Subject    string
	Files      []Attachment
	Origin     Origin          // of a message from outside: what is proven of its sender
	Email      json.RawMessage // what the inbox shows of a mail's header

	At         time.Time // the provider's time; ours for outbound
	CreatedAt  time.Time
	ClientID   string    // the sender's own id: one message however often it is sent
	ExternalID string    // the provider's
	Auto       string    // why it counts as automatic mail, or ""
	Unreadable bool      // could not be parsed; the raw bytes are its file
	Recipients           // a mail of the team: to whom it went, whoever the customer is by now
	Signature  string    // a mail of the team: what stands under it, Markdown, as it was when it was written
	Quotes     MessageID // a mail of the team: the mail that it answers and quotes; 0 is none

	Forwarded []MessageID // of an aside: the messages that it carries, oldest first
	// Confidence is how sure the AI agent that wrote it was, from 0 to 1; nil where it did
	// not say. Only the team sees it.
	Confidence *float64

	Answers MessageID // of an aside of the team: which one of somebody else it answers

	Delivery       Delivery // outbound only
	DeliveryReason string   // why it failed, is unknown or still waits, for a person
	DeliveryAt     time.Time
	Leaves         time.Time // a reply: until then it waits and can be taken back; zero once it leaves
	DeletedAt      time.Time

	// Of notes only.
	Mentions []Mention // whom it calls
	Edition  int       // which of its texts it is: 1 is the first
	Editions int       // how many there are
	EditedAt time.Time // when this text was written; zero for the first
	PinnedAt time.Time // since when it is kept on top; zero if it is not
}

// AutoImported is the value of Message.Auto of a mail that was brought from elsewhere:
// it is of the past and asks nothing of anybody.
const AutoImported = "imported"

// Attachment is a file of a message. Its bytes are in the blob store under Hash.
type Attachment struct {
	ID          AttachmentID
	Name        string
	ContentType string
	ContentID   string
	Size        int64
	Inline      bool
	Width       int
	Height      int
	Hash        string
}
