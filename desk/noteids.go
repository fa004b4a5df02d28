package desk

type (
	noteTemplateKind struct{}
	contactNoteKind  struct{}
	pushKind         struct{}
)

func (noteTemplateKind) prefix() string { return "ntp" }
func (contactNoteKind) prefix() string  { return "cnt" }
func (pushKind) prefix() string         { return "psh" }

// Ids of what surrounds notes and notifications.
type (
	NoteTemplateID = ID[noteTemplateKind]
	ContactNoteID  = ID[contactNoteKind]
	PushID         = ID[pushKind]
)
