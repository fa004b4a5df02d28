package desk

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// ID names one thing of kind K: 41 bits of milliseconds since 2024, 10 bits of
// node and 12 bits of sequence, so ids sort by creation. Outside the program an
// id is text, its kind's prefix and 13 characters of Crockford base32
// ("cnv_01h2…"); in the database it is a bigint, NULL when zero.
type ID[K idKind] int64

type idKind interface{ prefix() string }

type (
	workspaceKind    struct{}
	userKind         struct{}
	teamKind         struct{}
	inboxKind        struct{}
	channelKind      struct{}
	contactKind      struct{}
	conversationKind struct{}
	messageKind      struct{}
	attachmentKind   struct{}
	tagKind          struct{}
	invitationKind   struct{}
	sessionKind      struct{}
	tokenKind        struct{}
	rawEventKind     struct{}
	jobKind          struct{}
	commandKind      struct{}
	categoryKind     struct{}
	policyKind       struct{}
	hoursKind        struct{}
	scheduledKind    struct{}
)

func (workspaceKind) prefix() string    { return "wsp" }
func (userKind) prefix() string         { return "usr" }
func (teamKind) prefix() string         { return "tea" }
func (inboxKind) prefix() string        { return "ibx" }
func (channelKind) prefix() string      { return "chn" }
func (contactKind) prefix() string      { return "con" }
func (conversationKind) prefix() string { return "cnv" }
func (messageKind) prefix() string      { return "msg" }
func (attachmentKind) prefix() string   { return "att" }
func (tagKind) prefix() string          { return "tag" }
func (invitationKind) prefix() string   { return "inv" }
func (sessionKind) prefix() string      { return "ses" }
func (tokenKind) prefix() string        { return "tok" }
func (rawEventKind) prefix() string     { return "raw" }
func (jobKind) prefix() string          { return "job" }
func (commandKind) prefix() string      { return "cmd" }
func (categoryKind) prefix() string     { return "cat" }
func (policyKind) prefix() string       { return "sla" }
func (hoursKind) prefix() string        { return "hrs" }
func (scheduledKind) prefix() string    { return "sch" }

// Typed ids: one per noun, so that a contact is never looked up as a user.
type (
	WorkspaceID    = ID[workspaceKind]
	UserID         = ID[userKind]
	TeamID         = ID[teamKind]
	InboxID        = ID[inboxKind]
	ChannelID      = ID[channelKind]
	ContactID      = ID[contactKind]
	ConversationID = ID[conversationKind]
	MessageID      = ID[messageKind]
	AttachmentID   = ID[attachmentKind]
	TagID          = ID[tagKind]
	InvitationID   = ID[invitationKind]
	SessionID      = ID[sessionKind]
	TokenID        = ID[tokenKind]
	RawEventID     = ID[rawEventKind]
	JobID          = ID[jobKind]
	CommandID      = ID[commandKind]
	CategoryID     = ID[categoryKind]
	PolicyID       = ID[policyKind]
	HoursID        = ID[hoursKind]
	ScheduledID    = ID[scheduledKind]
)

const (
	idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	idLength   = 13
	idEpoch    = 1704067200000 // 2024-01-01T00:00:00Z in Unix milliseconds
)

// IDSource makes ids for one node. The zero value is node 0 and ready to use;
// it is safe for concurrent use.
type IDSource struct {
	Node int64 // 0 to 1023, different on every node of an install
	last atomic.Int64
}

// Next returns the number of a fresh id for something made at t: greater than
// every one before it.
func (s *IDSource) Next(t time.Time) int64 {
	now := (t.UnixMilli() - idEpoch) << 12
	for {
		last := s.last.Load()
		n := max(now, last+1)
		if s.last.CompareAndSwap(last, n) {
			return n>>12<<22 | (s.Node&1023)<<12 | n&4095
		}
	}
}

// Time returns when the id was made, to the millisecond.
func (id ID[K]) Time() time.Time { return time.UnixMilli(int64(id)>>22 + idEpoch).UTC() }

// LastMessageBy returns the greatest id that a message made by t can have, to the
// millisecond.
func LastMessageBy(t time.Time) MessageID { return MessageID((t.UnixMilli()-idEpoch+1)<<22 - 1) }

// String returns the public form, or "" for the zero id.
func (id ID[K]) String() string {
	if id == 0 {
		return ""
	}
	var k K
	var b [idLength]byte
	n := uint64(id)
	for i := idLength - 1; i >= 0; i-- {
		b[i] = idAlphabet[n&31]
		n >>= 5
	}
	return k.prefix() + "_" + string(b[:])
}

// Parse reads the public form of an id into *id; "" is the zero id.
func (id *ID[K]) Parse(s string) error {
	n, err := parseID[K](s)
	*id = n
	return err
}

func parseID[K idKind](s string) (ID[K], error) {
	if s == "" {
		return 0, nil
	}
	var k K
	digits, ok := strings.CutPrefix(s, k.prefix()+"_")
	if !ok || len(digits) != idLength || digits[0] > '7' {
		return 0, Errorf(Invalid, "%q is not an id of the form %s_ and 13 characters. Copy it from where it is shown.", clip(s, 40), k.prefix())
	}
	var n uint64
	for _, c := range []byte(digits) {
		d := strings.IndexByte(idAlphabet, c)
		if d < 0 {
			return 0, Errorf(Invalid, "%q is not an id of the form %s_ and 13 characters. Copy it from where it is shown.", clip(s, 40), k.prefix())
		}
		n = n<<5 | uint64(d)
	}
	return ID[K](n), nil
}

// MarshalText implements encoding.TextMarshaler.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID[K]) UnmarshalText(b []byte) (err error) {
	*id, err = parseID[K](string(b))
	return err
}

// Value implements driver.Valuer: the zero id is NULL.
func (id ID[K]) Value() (driver.Value, error) {
	if id == 0 {
		return nil, nil
	}
	return int64(id), nil
}

// Scan implements sql.Scanner: NULL is the zero id.
func (id *ID[K]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = 0
	case int64:
		*id = ID[K](v)
	default:
		return fmt.Errorf("an id is a bigint, not %T", src)
	}
	return nil
}

// clip shortens s to at most n bytes for a message to a person.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
