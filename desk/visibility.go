package desk

import "slices"

// Visibility is which conversations of their inboxes an agent sees (1.8).
type Visibility string

// The visibilities; "" is all.
const (
	VisibleAll  Visibility = "all"
	VisibleTeam Visibility = "team" // those of their teams, and their own
	VisibleOwn  Visibility = "own"  // those that are theirs, and those they follow
)

// Valid reports whether v is a visibility.
func (v Visibility) Valid() bool { return v == VisibleAll || v == VisibleTeam || v == VisibleOwn }

// Keeping is who has a conversation: what decides who sees it.
type Keeping struct {
	Inbox     InboxID
	Assignee  UserID
	Team      TeamID
	Followers []UserID
	Readers   []UserID // who may only read it, since a note called them (F1-43); only where they were asked for
}

// Keeping returns who has c, without those who only read it.
func (c *Conversation) Keeping() Keeping {
	return Keeping{Inbox: c.Inbox, Assignee: c.Assignee, Team: c.Team, Followers: c.Followers}
}

// SeesAll reports whether a sees every conversation of the inboxes they see.
func (a Actor) SeesAll() bool { return a.View == "" || a.View == VisibleAll }

// Reads reports whether a may read a conversation that is kept so: what they see, and
// what they were called to.
func (a Actor) Reads(k Keeping) bool { return a.SeesKept(k) || slices.Contains(k.Readers, a.User) }

// SeesKept reports whether a may see a conversation that is kept so. The store says
// the same in SQL.
func (a Actor) SeesKept(k Keeping) bool {
	switch {
	case !a.Sees(k.Inbox):
		return false
	case a.SeesAll():
		return true
	case k.Assignee != 0 && k.Assignee == a.User, slices.Contains(k.Followers, a.User):
		return true
	}
	return a.View == VisibleTeam && k.Team != 0 && slices.Contains(a.Teams, k.Team)
}
