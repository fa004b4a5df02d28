package desk

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Commands is everything that can be asked of a conversation, by the name used
// in the API.
var Commands = catalog[Command]{
	"answer":           Answer{},
	"archive":          Archive{},
	"ask_survey":       AskSurvey{},
	"assign":           Assign{},
	"auto_assign":      AutoAssign{},
	"autoarchive":      AutoArchive{},
	"autoclose":        AutoClose{},
	"block":            Block{},
	"bulk":             InBulk{},
	"bulk_undo":        UndoInBulk{},
	"cancel-scheduled": CancelScheduled{},
	"close":            Close{},
	"contact_tag":      ContactTagged{},
	"dispatch":         Dispatch{},
	"edit-note":        EditNote{},
	"edit-scheduled":   EditScheduled{},
	"escalate":         Escalate{},
	"follow":           Follow{},
	"forward":          Forward{},
	"greet":            Greet{},
	"hand_up":          HandUp{},
	"handback":         HandBack{},
	"link-ticket":      LinkTicket{},
	"merge":            Merge{},
	"note":             Note{},
	"open":             Open{},
	"pend":             Pend{},
	"pin-note":         PinNote{},
	"prioritize":       Prioritize{},
	"rate":             Rate{},
	"read":             MarkRead{},
	"read-again":       ReadAgain{},
	"receive":          Receive{},
	"recompute":        Recompute{},
	"reopen":           Reopen{},
	"reply":            Reply{},
	"resolve":          Resolve{},
	"retry":            Retry{},
	"run-macro":        RunMacro{},
	"schedule":         Schedule{},
	"send-scheduled":   SendScheduled{},
	"settle":           Settle{},
	"snooze":           Snooze{},
	"split":            Split{},
	"supersede":        Supersede{},
	"tag":              Label{},
	"takeover":         TakeOver{},
	"tell":             RecordTold{},
	"tick":             Tick{},
	"transfer":         Transfer{},
	"unarchive":        Unarchive{},
	"unassign":         Unassign{},
	"undo":             Undo{},
	"unfollow":         Unfollow{},
	"unlink-ticket":    UnlinkTicket{},
	"unpin-note":       UnpinNote{},
	"unread":           MarkUnread{},
	"unsnooze":         Unsnooze{},
	"wake":             Wake{},
	"withhold":         Withhold{},
	"pause-automation": PauseAutomation{},
	"let-in":           LetIn{},
	"turn-away":        TurnAway{},
	"keep-together":    KeepTogether{},
	"take-forward":     TakeForward{},
}

// Facts is everything that can happen, by the name used in the timeline and in
// webhooks. Names are stored: add to this list, never rename.
var Facts = catalog[Fact]{
	"adopted":                     Adopted{},
	"ai_discarded":                AIDiscarded{},
	"ai_flagged":                  AIFlagged{},
	"ai_handback":                 AIHandedBack{},
	"ai_suggested_close":          AISuggestedClose{},
	"ai_takeover":                 AITakenOver{},
	"ai_withheld":                 AIWithheld{},
	"automation_paused":           AutomationPaused{},
	"participant_let_in":          ParticipantLetIn{},
	"participant_turned_away":     ParticipantTurnedAway{},
	"kept_together":               KeptTogether{},
	"mail_forwarded":              MailForwarded{},
	"forward_taken":               ForwardTaken{},
	"archived":                    Archived{},
	"aside_posted":                AsidePosted{},
	"aside_recalled":              AsideRecalled{},
	"assigned":                    Assigned{},
	"bulk_begun":                  BulkBegun{},
	"bulk_ran":                    BulkRan{},
	"channel_switched":            ChannelSwitched{},
	"contact_changed":             ContactChanged{},
	"csat_asked":                  SurveyAsked{},
	"csat_received":               Rated{},
	"deescalated":                 Deescalated{},
	"delivery_changed":            DeliveryChanged{},
	"digest_due":                  DigestDue{},
	"answer_held":                 AnswerHeld{},
	"draft_shared":                DraftShared{},
	"due_changed":                 DueChanged{},
	"escalated":                   Escalated{},
	"follow_up_reminder":          FollowUpReminder{},
	"followed":                    Followed{},
	"macro_ran":                   MacroRan{},
	"merged_from":                 MergedFrom{},
	"merged_into":                 MergedInto{},
	"message_moved":               MessageMoved{},
	"message_posted":              MessagePosted{},
	"message_recalled":            MessageRecalled{},
	"message_reread":              MessageReread{},
	"nobody_available":            NobodyAvailable{},
	"note_added":                  NoteAdded{},
	"note_edited":                 NoteEdited{},
	"note_pinned":                 NotePinned{},
	"note_removed":                NoteRemoved{},
	"note_restored":               NoteRestored{},
	"note_unpinned":               NoteUnpinned{},
	"notification_sent":           NotificationSent{},
	"notified":                    Notified{},
	"opened":                      Opened{},
	"priority_changed":            PriorityChanged{},
	"promoted":                    Promoted{},
	"read":                        Read{},
	"reminder_dropped":            ReminderDropped{},
	"reminder_set":                ReminderSet{},
	"scheduled_message_cancelled": ScheduledDropped{},
	"scheduled_message_changed":   ScheduledChanged{},
	"scheduled_message_created":   ScheduledMade{},
	"scheduled_message_held":      ScheduledHeld{},
	"scheduled_message_sent":      ScheduledSent{},
	"settings_changed":            SettingsChanged{},
	"sla_deadline_passed":         DeadlinePassed{},
	"sla_target_passed":           TargetPassed{},
	"snoozed":                     Snoozed{},
	"split_from":                  SplitFrom{},
	"split_to":                    SplitTo{},
	"status_changed":              StatusChanged{},
	"succeeded":                   Succeeded{},
	"tag_added":                   TagAdded{},
	"tag_removed":                 TagRemoved{},
	"ticket_linked":               TicketLinked{},
	"ticket_unlinked":             TicketUnlinked{},
	"transferred":                 Transferred{},
	"unarchived":                  Unarchived{},
	"unassigned":                  Unassigned{},
	"undone":                      Undone{},
	"unfollowed":                  Unfollowed{},
	"unmerged":                    Unmerged{},
	"unmerged_from":               UnmergedFrom{},
	"update_missed":               UpdateMissed{},
	"welcomed":                    Welcomed{},
	"woken":                       Woken{},
}

// catalog maps names to zero values of the types they stand for.
type catalog[T any] map[string]T

// Name returns the name of v's type.
func (c catalog[T]) Name(v T) string {
	for name, zero := range c {
		if reflect.TypeOf(zero) == reflect.TypeOf(v) {
			return name
		}
	}
	panic(fmt.Sprintf("%T is not in the catalog", v))
}

// Decode returns the value that data says, of the type that name says.
func (c catalog[T]) Decode(name string, data []byte) (v T, err error) {
	zero, ok := c[name]
	if !ok {
		return v, fmt.Errorf("unknown name %q", name)
	}
	p := reflect.New(reflect.TypeOf(zero))
	if err := json.Unmarshal(data, p.Interface()); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return p.Elem().Interface().(T), nil
}
