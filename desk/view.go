package desk

type viewKind struct{}

func (viewKind) prefix() string { return "viw" }

// ViewID names a saved view.
type ViewID = ID[viewKind]

// Audience is who has a saved view.
type Audience string

// The audiences.
const (
	AudiencePrivate  Audience = "private"  // only who made it
	AudienceShared   Audience = "shared"   // people and teams that were named
	AudienceEveryone Audience = "everyone" // everybody of the workspace
)

// ViewSharing is who has a saved view, and who made it.
type ViewSharing struct {
	Owner    UserID
	Audience Audience
	Users    []UserID
	Teams    []TeamID
}

// Check refuses a sharing with nobody, and names where none are taken.
func (s ViewSharing) Check() error {
	named := len(s.Users) + len(s.Teams)
	switch s.Audience {
	case AudiencePrivate, AudienceEveryone:
		if named > 0 {
			return Errorf(Invalid, "A view with the audience %s takes no people and no teams. Leave them out, or choose shared.", s.Audience)
		}
	case AudienceShared:
		if named == 0 {
			return invalidField("user_ids", "Say with whom the view is shared, or keep it private.")
		}
	default:
		return invalidField("audience", "The audience is private, shared or everyone.")
	}
	return nil
}

// Told reports whether others than the owner have the view.
func (s ViewSharing) Told() bool { return s.Audience != AudiencePrivate }

// MayChangeView returns why somebody may not change a view, or nil: only who made
// it (1.8).
func MayChangeView(a Actor, s ViewSharing) error {
	if s.Owner == a.User {
		return nil
	}
	return Errorf(Forbidden, "Only who made this view can change it. Make one of your own from it instead.")
}

// MayRemoveView returns why somebody may not remove a view, or nil: who made it,
// and admins what is shared (1.8).
func MayRemoveView(a Actor, s ViewSharing) error {
	if s.Owner == a.User || s.Told() && a.Role.May(MayManage) {
		return nil
	}
	return Errorf(Forbidden, "Only who made this view, or an admin, can remove it. Take it out of your sidebar instead.")
}
