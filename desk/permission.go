package desk

// Permission is something a role may do.
type Permission string

// The permissions. Read needs membership of the inbox as well.
const (
	MayRead   Permission = "read"   // see conversations, contacts and colleagues
	MayAnswer Permission = "answer" // reply, note, assign, tag, change the status
	MayManage Permission = "manage" // inboxes, channels, members, tags, the ledger's raw contents
	MayOwn    Permission = "own"    // make and unmake owners
)

// roles is who may do what (specification 1.8), in one table.
var roles = map[Role]map[Permission]bool{
	RoleOwner:  {MayRead: true, MayAnswer: true, MayManage: true, MayOwn: true},
	RoleAdmin:  {MayRead: true, MayAnswer: true, MayManage: true},
	RoleAgent:  {MayRead: true, MayAnswer: true},
	RoleViewer: {MayRead: true},
}

// May reports whether a role has a permission.
func (r Role) May(p Permission) bool { return roles[r][p] }

// Valid reports whether r is a role.
func (r Role) Valid() bool { return roles[r] != nil }

// CheckCommand returns why the actor may not give a command, or nil. Reading
// marks are everybody's own; everything else changes what others see.
func CheckCommand(a Actor, cmd Command) error {
	if a.Kind != ActorUser {
		return nil
	}
	need := MayAnswer
	switch cmd.(type) {
	case MarkRead, MarkUnread:
		need = MayRead
	case AutoAssign:
		return Errorf(Forbidden, "Only the rules of an inbox can do this. Assign it instead.")
	case Rate:
		return Errorf(Forbidden, "Only the customer can do this. Write a note instead.")
	case Receive, Settle, Greet, PauseAutomation:
		return Errorf(Forbidden, "Only a channel can do this. Write a reply or a note instead.")
	case Answer, Withhold:
		return Errorf(Forbidden, "Only the AI agent can do this. Write a reply instead.")
	case Dispatch, Wake, AutoClose, AutoArchive, ContactTagged, Tick, Recompute, RecordTold, HandUp, AskSurvey:
		return Errorf(Forbidden, "Only a timer can do this. Change it by hand instead.")
	}
	if !a.Role.May(need) {
		return Errorf(Forbidden, "Your role here is %s, which may not change conversations. Ask an admin for the role agent.", a.Role)
	}
	return nil
}
