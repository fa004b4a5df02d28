package store

import "parley/desk"

// actor is whose eyes the scope has.
func (s Scope) actor() desk.Actor {
	return desk.Actor{User: s.User, Inboxes: s.Inboxes, View: s.View, Teams: s.Teams}
}

// SeesAll reports whether every conversation of the scope's inboxes is seen.
func (s Scope) SeesAll() bool { return s.actor().SeesAll() }

// SeesKept reports whether the scope includes a conversation that is kept so.
func (s Scope) SeesKept(k desk.Keeping) bool { return s.actor().SeesKept(k) }

// visible returns the condition that keeps a query to the inboxes of the scope.
func (tx *Tx) visible(column string) (string, []any) {
	if tx.scope.Inboxes == nil {
		return "", nil
	}
	list, args := in(tx.scope.Inboxes)
	return " AND " + column + " IN " + list, args
}

// seen returns the condition that keeps a query to the conversations of the
// scope; c is the table's name in it. It says what desk.Actor.SeesKept says.
func (tx *Tx) seen(c string) (string, []any) {
	where, args := tx.visible(c + ".inbox_id")
	if tx.scope.SeesAll() {
		return where, args
	}
	where += " AND (" + c + ".assignee_id = ? OR EXISTS (SELECT 1 FROM conversation_follower f WHERE f.workspace_id = " + c + ".workspace_id AND f.conversation_id = " + c + ".id AND f.user_id = ?)"
	args = append(args, tx.scope.User, tx.scope.User)
	if tx.scope.View == desk.VisibleTeam && len(tx.scope.Teams) > 0 {
		list, teams := in(tx.scope.Teams)
		where, args = where+" OR "+c+".team_id IN "+list, append(args, teams...)
	}
	return where + ")", args
}
