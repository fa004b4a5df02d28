package desk

import (
	"fmt"
	"slices"
	"strings"
)

// HandUp transfers a conversation that was just escalated to the team that the
// inbox names, with a note about how things stand (5.5). The timer of escalations
// issues it, with the command that escalated.
type HandUp struct {
	Command CommandID `json:"command_id"`
}

// Decide does nothing where no team is named, where that team or somebody whom
// the escalation itself chose has it, and when the escalation is over.
func (h HandUp) Decide(c Conversation, w World) ([]Fact, error) {
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	team := inbox.Settings.escalation().TransferTo
	if team == 0 || team == c.Team || !c.Active() {
		return nil, nil
	}
	events, err := w.Facts(h.Command)
	if err != nil {
		return nil, err
	}
	var reasons []EscalationReason
	for _, e := range events {
		switch f := e.Fact.(type) {
		case Assigned, Transferred:
			return nil, nil
		case Escalated:
			if c.EscalatedAt.Equal(e.At) && slices.Contains(c.EscalatedFor, f.Reason) {
				reasons = append(reasons, f.Reason)
			}
		}
	}
	if len(reasons) == 0 {
		return nil, nil
	}
	note, err := handUpNote(c, w, reasons)
	if err != nil {
		return nil, err
	}
	facts, err := toTeam(c, w, team, 0, note)
	if err != nil {
		return nil, err
	}
	follows, err := keepInformed(c, w, 0)
	return append(facts, follows...), err
}

// handUpNote says how things stand, for whoever goes on (F2-30).
func handUpNote(c Conversation, w World, reasons []EscalationReason) (string, error) {
	var why []string
	for _, r := range reasons {
		why = append(why, strings.ToLower(escalationWords[r][:1])+escalationWords[r][1:])
	}
	lines := []string{"**Escalated**: " + strings.Join(why, ", ") + "."}
	if c.WaitingOn == WaitingOnAgent && !c.WaitingSince.IsZero() {
		lines = append(lines, "- The customer waits since "+c.WaitingSince.UTC().Format("2 January 2006, 15:04 MST")+".")
	}
	if c.FollowUps > 0 {
		lines = append(lines, fmt.Sprintf("- They wrote again %d times meanwhile.", c.FollowUps))
	}
	priority := "- Priority: " + string(c.Priority)
	if c.PriorityReason != "" {
		priority += " (" + c.PriorityReason + ")"
	}
	lines = append(lines, priority+".")
	if c.Assignee == 0 {
		return strings.Join(append(lines, "- Nobody was responsible."), "\n"), nil
	}
	m, err := w.Member(c.Assignee)
	if err != nil && KindOf(err) != NotFound {
		return "", err
	}
	if err == nil {
		lines = append(lines, "- It was with "+m.Name+", who follows it from now on.")
	}
	return strings.Join(lines, "\n"), nil
}
