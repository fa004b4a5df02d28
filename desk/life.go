package desk

import "time"

// LifeSettings are the settings of an inbox about how conversations rest and end
// (1.4, 5.6). Durations are minutes; 0 is off.
type LifeSettings struct {
	PendingDisabled        bool      `json:"pending_disabled,omitempty" doc:"Do without Pending"`
	AutoPendingOnReply     bool      `json:"auto_pending_on_reply,omitempty" doc:"Whether an answer makes the conversation pending, waiting for the customer"`
	AutoCloseAfterResolved int       `json:"auto_close_after_resolved_minutes,omitempty" minimum:"0" maximum:"525600" doc:"Minutes after which a conversation that is resolved from now on is closed; 0 is never"`
	AutoCloseInactive      int       `json:"auto_close_inactive_minutes,omitempty" minimum:"0" maximum:"20160" doc:"Minutes after the team's last message, without an answer, after which an open conversation is closed: 30 to 20160, which is 14 days; 0 is never"`
	AutoCloseInactiveFrom  time.Time `json:"auto_close_inactive_from,omitzero" readOnly:"true" doc:"When that was switched on; conversations that began before are left alone"`
	AutoArchiveAfterClosed int       `json:"auto_archive_after_closed_minutes,omitempty" minimum:"0" maximum:"5256000" doc:"Minutes after which a conversation that is closed from now on is archived; 0 is never"`
	ClosingNote            string    `json:"closing_note_mode,omitempty" enum:"disabled,optional,category_required,both_required" doc:"What people must say when they resolve or close"`
	ClosingMessages        []string  `json:"closing_messages,omitempty" maxItems:"20" doc:"Last words to choose from when a conversation ends"`
	Checklist              string    `json:"resolve_checklist,omitempty" enum:"off,informative,required" doc:"Whether the checklist is shown before a conversation ends, and must be gone through"`
	OpenOnWelcome          bool      `json:"open_on_welcome_event,omitempty" doc:"Whether a customer who comes in and has written nothing yet begins a conversation"`
	TrackingDisabled       bool      `json:"tracking_disabled,omitempty" doc:"Begin no new conversations here: what would open one is kept in the ledger only"`
	CSAT                   string    `json:"csat,omitempty" enum:"off,on_close,on_resolve" doc:"When customers are asked how satisfied they are: never, when a conversation is closed, or when it is resolved"`
	AgentsMayExport        bool      `json:"agents_may_export,omitempty" doc:"Whether agents may write conversations of this inbox to files; owners and admins may"`
}

// The bounds of AutoCloseInactive, in minutes (5.6).
const (
	minAutoClose = 30
	maxAutoClose = 14 * 24 * 60
)

// check refuses values that make no sense, by the name of the field.
func (s LifeSettings) check() error {
	switch {
	case s.AutoCloseInactive != 0 && (s.AutoCloseInactive < minAutoClose || s.AutoCloseInactive > maxAutoClose):
		return settingError("auto_close_inactive_minutes", "An automatic close comes after 30 minutes at least and 14 days at most. 0 switches it off.")
	case s.AutoCloseAfterResolved < 0:
		return settingError("auto_close_after_resolved_minutes", "Say after how many minutes. 0 switches it off.")
	case s.AutoArchiveAfterClosed < 0:
		return settingError("auto_archive_after_closed_minutes", "Say after how many minutes. 0 switches it off.")
	case s.AutoPendingOnReply && s.PendingDisabled:
		return settingError("auto_pending_on_reply", "An inbox without Pending cannot make conversations pending. Switch Pending on first.")
	}
	switch s.ClosingNote {
	case "", ClosingNoteDisabled, ClosingNoteOptional, ClosingNoteCategory, ClosingNoteBoth:
	default:
		return settingError("closing_note_mode", "A closing note is disabled, optional, category_required or both_required.")
	}
	switch s.CSAT {
	case "", CSATOff, CSATOnClose, CSATOnResolve:
	default:
		return settingError("csat", "Customers are asked off, on_close or on_resolve.")
	}
	switch s.Checklist {
	case "", ChecklistOff, ChecklistInformative, ChecklistRequired:
	default:
		return settingError("resolve_checklist", "A checklist is off, informative or required.")
	}
	return nil
}

func settingError(name, message string) error { return invalidField("settings."+name, message) }
