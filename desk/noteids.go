package desk

type (
	contactNoteKind struct{}
	pushKind        struct{}
)

func (contactNoteKind) prefix() string { return "cnt" }
func (pushKind) prefix() string        { return "psh" }

// Ids of what surrounds notes and notifications.
type (
	ContactNoteID = ID[contactNoteKind]
	PushID        = ID[pushKind]
)
