package desk

import (
	"slices"
	"time"
)

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
	Title   string // what they are, as signatures say it: "Head of Support"
	Role    Role
	Active  bool
	Inboxes []InboxID // membership; owners and admins see every inbox besides
	Profile
	Teams       []TeamID  // those they are in
	TeamInboxes []InboxID // those that their teams let them see
}

// Profile is what routing and visibility go by.
type Profile struct {
	Skills       []string     `json:"skills,omitempty"`    // folded words, see FoldSkills
	Languages    []string     `json:"languages,omitempty"` // folded, like "de" or "pt-br"
	Capacity     int          `json:"capacity,omitempty"`  // most active conversations that are given to them automatically; 0 leaves it to the inbox
	Availability Availability `json:"availability,omitempty"`
	Visibility   Visibility   `json:"visibility,omitempty"` // of agents; everybody else sees all of their inboxes
	Hours        *Hours       `json:"hours,omitempty"`      // when they work; nil is always
}

// Availability is what somebody says of themselves.
type Availability string

// The availabilities; "" is available.
const (
	Available Availability = "available"
	Away      Availability = "away"
	Offline   Availability = "offline"
)

// Valid reports whether a is an availability.
func (a Availability) Valid() bool { return a == Available || a == Away || a == Offline }

// Available reports whether somebody can be given conversations automatically.
func (p Profile) Available() bool { return p.Availability == "" || p.Availability == Available }

// Sees reports whether m may see conversations of an inbox, as far as their
// visibility goes.
func (m Member) Sees(inbox InboxID) bool {
	return Actor{Inboxes: m.Visible()}.Sees(inbox)
}

// In reports whether m is a member of an inbox, by name or through a team.
func (m Member) In(inbox InboxID) bool {
	return slices.Contains(m.Inboxes, inbox) || slices.Contains(m.TeamInboxes, inbox)
}

// Visible returns the inboxes m may see; nil means all.
func (m Member) Visible() []InboxID {
	if m.Role == RoleOwner || m.Role == RoleAdmin {
		return nil
	}
	all := append([]InboxID{}, m.Inboxes...)
	for _, inbox := range m.TeamInboxes {
		if !slices.Contains(all, inbox) {
			all = append(all, inbox)
		}
	}
	return all
}

// Actor returns m as somebody who acts.
func (m Member) Actor() Actor {
	a := Actor{Kind: ActorUser, User: m.User, Role: m.Role, Inboxes: m.Visible(), Teams: m.Teams}
	if m.Role == RoleAgent && m.Visibility != VisibleAll {
		a.View = m.Visibility
	}
	return a
}

// OffHours reports whether it is outside somebody's working hours.
func (p Profile) OffHours(now time.Time) bool {
	if p.Hours == nil {
		return false
	}
	c, err := p.Hours.Calendar()
	return err == nil && !c.Open(now)
}
