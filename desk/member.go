package desk

// Role is what somebody may do in a workspace; see permission.go.
type Role string

// The roles.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleAgent  Role = "agent"
	RoleViewer Role = "viewer"
)

// Member is a user in a workspace.
type Member struct {
	User    UserID
	Name    string
	Email   string
	Role    Role
	Active  bool
	Inboxes []InboxID // membership; owners and admins see every inbox besides
}

// Sees reports whether m may see conversations of an inbox.
func (m Member) Sees(inbox InboxID) bool {
	return Actor{Inboxes: m.Visible()}.Sees(inbox)
}

// Visible returns the inboxes m may see; nil means all.
func (m Member) Visible() []InboxID {
	if m.Role == RoleOwner || m.Role == RoleAdmin {
		return nil
	}
	return append([]InboxID{}, m.Inboxes...)
}
