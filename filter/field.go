package filter

// Field is what of a conversation is tested. Its name is also the key that it
// has in the text.
type Field string

// The fields.
const (
	Status        Field = "status" // stored and computed words (specification 1.2)
	Assignee      Field = "assignee"
	Team          Field = "team"
	Follower      Field = "follower"
	Inbox         Field = "inbox"
	Channel       Field = "channel"        // where the customer wrote last: an account, or every one of a kind
	OpenedChannel Field = "opened_channel" // where it began
	Tag           Field = "tag"
	Customer      Field = "customer" // one contact
	CustomerTag   Field = "customer_tag"
	CustomerType  Field = "customer_type" // vip, returning or new
	From          Field = "from"          // a part of the customer's name, mail address or phone number
	To            Field = "to"            // a word of the name or address of whom a mail went to
	Cc            Field = "cc"            // the same of who got a copy
	Language      Field = "language"      // of the customer, like en or pt-BR
	Priority      Field = "priority"
	WaitingOn     Field = "waiting_on"
	AI            Field = "ai"
	NeedsHuman    Field = "needs_human" // why the AI agent asks for a person
	Sender        Field = "sender"      // how far it is proven who wrote last from the customer's side, where somebody could pretend
	OpenedSource  Field = "opened_source"
	ClosedSource  Field = "closed_source"
	Category      Field = "category" // of the closing note
	Has           Field = "has"
	Messages      Field = "messages"
	FollowUps     Field = "follow_ups" // customer messages after the first unanswered one
	Rating        Field = "rating"     // the customer's latest rating, 1 to 5; who gave none is in no answer
	Hours         Field = "hours"      // whether the inbox is within its business hours
	Text          Field = "text"       // words or a phrase in messages, notes and the subject
	Activity      Field = "activity"
	Created       Field = "created"
	Resolved      Field = "resolved"
	Closed        Field = "closed"
	WaitingSince  Field = "waiting_since"
	CustomerWrote Field = "customer_wrote" // when the customer wrote last
	Due           Field = "due"            // when an answer is promised
	SnoozedUntil  Field = "snoozed_until"
)

// Values that are not ids.
const (
	Me     = "me"
	Mine   = "mine"   // the reader's teams
	None   = "none"   // nobody, nothing: unassigned, untagged
	Others = "others" // somebody, and not the reader
)

// The words of the field status. Open, pending and resolved are what is stored;
// the others are computed (1.2).
const (
	Open           = "open"
	Pending        = "pending"
	IsResolved     = "resolved"
	IsClosed       = "closed" // and not archived
	Archived       = "archived"
	Active         = "active" // open or pending: the tab Open
	New            = "new"
	Assigned       = "assigned"
	Unassigned     = "unassigned"
	InProgress     = "in_progress"
	NeedsAttention = "needs_attention"
	Responded      = "responded"
	Snoozed        = "snoozed"
	Overdue        = "overdue"
	AtRisk         = "at_risk" // past its target or escalated, and not overdue
	Escalated      = "escalated"
	Unread         = "unread"
)

// Noun is a kind of thing that has an id and a name.
type Noun string

// The nouns.
const (
	NounUser        Noun = "user"
	NounTeam        Noun = "team"
	NounInbox       Noun = "inbox"
	NounChannel     Noun = "channel"
	NounChannelKind Noun = "channel_kind" // its id is its name: email, webchat
	NounTag         Noun = "tag"
	NounContact     Noun = "contact"
	NounCategory    Noun = "category"
)

var prefixes = map[Noun]string{
	NounUser: "usr_", NounTeam: "tea_", NounInbox: "ibx_", NounChannel: "chn_", NounTag: "tag_", NounContact: "con_", NounCategory: "cat_",
}

// Kind is what values a field takes.
type Kind string

// The kinds.
const (
	KindWord   Kind = "word"   // one of a few words
	KindThing  Kind = "thing"  // ids of a noun, and a few words
	KindLine   Kind = "line"   // what somebody types
	KindCode   Kind = "code"   // a short word of letters, digits and hyphens
	KindTime   Kind = "time"   // a moment that has passed
	KindAhead  Kind = "ahead"  // a moment that lies ahead
	KindNumber Kind = "number" // a number that is not negative
)

// Spec is what a field takes.
type Spec struct {
	Field Field
	Kind  Kind
	Ops   []Op
	Words []string // the words it takes, for a thing beside its ids
	Noun  Noun     // of a thing
}

var (
	setOps    = []Op{Is}
	tagOps    = []Op{Is, HasAll}
	timeOps   = []Op{Before, After, Between}
	numberOps = []Op{AtLeast, AtMost}
)

// Fields is every field in the order of an editor. It must not be changed.
var Fields = []Spec{
	{Status, KindWord, setOps, []string{Active, Open, Pending, IsResolved, IsClosed, Archived, New, Unread, NeedsAttention, Responded, Assigned, Unassigned, InProgress, Snoozed, Overdue, AtRisk, Escalated}, ""},
	{Assignee, KindThing, setOps, []string{Me, None, Others}, NounUser},
	{Team, KindThing, setOps, []string{Mine, None}, NounTeam},
	{Tag, KindThing, tagOps, []string{None}, NounTag},
	{Priority, KindWord, setOps, []string{"urgent", "high", "normal", "low"}, ""},
	{Text, KindLine, []Op{Words, Phrase}, nil, ""},
	{From, KindLine, []Op{Contains}, nil, ""},
	{To, KindLine, []Op{Begins}, nil, ""},
	{Cc, KindLine, []Op{Begins}, nil, ""},
	{CustomerType, KindWord, setOps, []string{"vip", "returning", "new"}, ""},
	{CustomerTag, KindThing, tagOps, []string{None}, NounTag},
	{Customer, KindThing, setOps, nil, NounContact},
	{Language, KindCode, setOps, []string{None}, ""},
	{Inbox, KindThing, setOps, nil, NounInbox},
	{Channel, KindThing, setOps, nil, NounChannel},
	{OpenedChannel, KindThing, setOps, nil, NounChannel},
	{Activity, KindTime, timeOps, nil, ""},
	{Created, KindTime, timeOps, nil, ""},
	{WaitingSince, KindTime, timeOps, nil, ""},
	{CustomerWrote, KindTime, timeOps, nil, ""},
	{Resolved, KindTime, timeOps, nil, ""},
	{Closed, KindTime, timeOps, nil, ""},
	{Due, KindAhead, timeOps, nil, ""},
	{SnoozedUntil, KindAhead, timeOps, nil, ""},
	{WaitingOn, KindWord, setOps, []string{"agent", "customer", "none"}, ""},
	{Has, KindWord, setOps, []string{"attachment", "delivery_problem"}, ""},
	{AI, KindWord, setOps, []string{"active", "paused", "none"}, ""},
	{NeedsHuman, KindWord, setOps, []string{"any", "asked_human", "frustrated", "not_understood", "complex", "sensitive"}, ""},
	{Sender, KindWord, setOps, []string{"proven", "unproven", "failed", "suspicious"}, ""},
	{Follower, KindThing, setOps, []string{Me, None}, NounUser},
	{OpenedSource, KindWord, setOps, []string{"contact", "user", "automatic", "workflow", "welcome_event"}, ""},
	{ClosedSource, KindWord, setOps, []string{"contact", "user", "automatic", "timer", "workflow", "superseded"}, ""},
	{Category, KindThing, setOps, []string{None}, NounCategory},
	{Messages, KindNumber, numberOps, nil, ""},
	{FollowUps, KindNumber, numberOps, nil, ""},
	{Rating, KindNumber, numberOps, nil, ""},
	{Hours, KindWord, setOps, []string{"open", "closed"}, ""},
}

// aliases are other keys of the text.
var aliases = map[string]Field{
	"is": Status, "assigned": Assignee, "label": Tag, "lang": Language, "type": CustomerType, "contact": Customer, "follows": Follower,
	"waiting": WaitingOn, "needs": NeedsHuman, "opened": Created, "source": OpenedSource, "snoozed": SnoozedUntil, "wrote": CustomerWrote, "since": WaitingSince,
}

// SpecOf returns what a field takes, and whether there is such a field.
func SpecOf(f Field) (Spec, bool) {
	for _, s := range Fields {
		if s.Field == f {
			return s, true
		}
	}
	return Spec{}, false
}
