package desk

import (
	"encoding/json"
	"slices"
	"strings"
)

// PromiseSettings are what an inbox says about priority and promises (1.4,
// chapter 5).
type PromiseSettings struct {
	SLAMode       SLAMode             `json:"sla_mode,omitempty" enum:"policy,own,off" doc:"Which promises count here: a policy's by priority, this inbox's own target and deadline for all priorities, or none. By default its own if it has any, else the policy's"`
	SLAPolicy     PolicyID            `json:"sla_policy_id,omitempty" doc:"The policy; absent means the standard one"`
	SLATarget     Seconds             `json:"sla_target,omitempty" minimum:"0" maximum:"31622400" doc:"This inbox's own target, in seconds"`
	SLADeadline   Seconds             `json:"sla_deadline,omitempty" minimum:"0" maximum:"31622400" doc:"This inbox's own deadline, in seconds; longer than the target"`
	SLAClock      SLAClock            `json:"sla_clock,omitempty" enum:"calendar,business" doc:"Whether time counts around the clock or in business hours; by default in business hours where the inbox has some"`
	BusinessHours HoursID             `json:"business_hours_id,omitempty" doc:"When this inbox is open"`
	SLANewOnly    bool                `json:"sla_new_conversations_only,omitempty" doc:"Notify only of customers who never had an answer"`
	Escalation    *EscalationSettings `json:"escalation,omitempty"`
	FollowUpAfter int                 `json:"follow_up_reminder_minutes,omitempty" minimum:"0" maximum:"129600" doc:"Minutes without a word after which whoever is responsible is reminded of a pending conversation, again and again: 15 to 129600, which is 90 days; 0 is never"`
	PriorityByTag *[]TagPriority      `json:"priority_by_tag,omitempty" doc:"Which tags raise the priority; by default vip makes urgent"`
}

// SLAMode is which promises count in an inbox.
type SLAMode string

// The modes.
const (
	SLAByPolicy SLAMode = "policy"
	SLAOwn      SLAMode = "own"
	SLAOff      SLAMode = "off"
)

// SLAClock is how promises count time.
type SLAClock string

// The clocks.
const (
	ClockCalendar SLAClock = "calendar"
	ClockBusiness SLAClock = "business"
)

// EscalationSettings say when somebody is asked for help, and what happens then
// (F2-18).
type EscalationSettings struct {
	NotOnDeadline  bool     `json:"not_on_deadline,omitempty" doc:"Do not escalate when a deadline passes"`
	FollowUps      int      `json:"follow_ups,omitempty" minimum:"1" maximum:"10" doc:"After how many unanswered follow-ups; 2 by default"`
	NotOnFollowUps bool     `json:"not_on_follow_ups,omitempty" doc:"Do not escalate on follow-ups"`
	Keywords       []string `json:"keywords,omitempty" maxItems:"50" maxLength:"60" doc:"Words of a customer that escalate"`
	Tags           []TagID  `json:"tag_ids,omitempty" maxItems:"50" doc:"Tags that escalate"`
	Urgent         bool     `json:"on_urgent,omitempty" doc:"Whether becoming urgent escalates"`
	Frustrated     bool     `json:"on_frustrated,omitempty" doc:"Whether a customer whom the AI agent finds frustrated escalates"`
	LowRating      int      `json:"low_rating,omitempty" minimum:"1" maximum:"4" doc:"Which rating of a customer escalates, of 1 to 5: this one and those below it; 2 by default. Where nobody works on the conversation any more, it stays as it is and the same people are told"`
	NotOnLowRating bool     `json:"not_on_low_rating,omitempty" doc:"Do not escalate on ratings"`
	KeepPriority   bool     `json:"keep_priority,omitempty" doc:"Do not raise the priority"`
	AddTag         TagID    `json:"add_tag_id,omitempty" doc:"A tag to add"`
	TransferTo     TeamID   `json:"transfer_team_id,omitempty" doc:"The team to hand it to, with a note about how things stand"`
}

// UnmarshalJSON reads the whole of it: what a layer of settings says of escalations
// is not mixed with what the one below it says.
func (s *EscalationSettings) UnmarshalJSON(data []byte) error {
	type plain EscalationSettings
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*s = EscalationSettings(p)
	return nil
}

// maxKeywords is how many words may escalate in an inbox.
const maxKeywords = 50

// TagPriority is a rule: what has the tag is at least so urgent.
type TagPriority struct {
	Tag      string   `json:"tag" minLength:"1" maxLength:"60" doc:"The name of the tag"`
	Priority Priority `json:"priority" enum:"urgent,high,normal,low"`
}

// VIPRule is the rule every inbox begins with (F1-23).
var vipRule = []TagPriority{{Tag: "vip", Priority: PriorityUrgent}}

// TagRules returns which tags raise the priority.
func (s PromiseSettings) TagRules() []TagPriority {
	if s.PriorityByTag == nil {
		return vipRule
	}
	return *s.PriorityByTag
}

func (s PromiseSettings) escalation() EscalationSettings {
	if s.Escalation == nil {
		return EscalationSettings{}
	}
	return *s.Escalation
}

// triggers is when something escalates by itself. Where nothing is promised only
// what somebody asked for does.
func (s PromiseSettings) triggers() EscalationSettings {
	e := s.escalation()
	if s.Mode() == SLAOff && e.FollowUps == 0 {
		e.NotOnFollowUps = true
	}
	return e
}

// followUps is after how many follow-ups it is escalated; 0 for never (D-13).
func (s EscalationSettings) followUps() int {
	switch {
	case s.NotOnFollowUps:
		return 0
	case s.FollowUps == 0:
		return 2
	}
	return s.FollowUps
}

// Mode resolves which promises count (5.2, D-35).
func (s PromiseSettings) Mode() SLAMode {
	switch {
	case s.SLAMode != "":
		return s.SLAMode
	case s.SLATarget > 0 || s.SLADeadline > 0:
		return SLAOwn
	}
	return SLAByPolicy
}

// Check refuses settings that contradict themselves.
func (s PromiseSettings) Check() error {
	var fields []FieldError
	if !slices.Contains([]SLAMode{"", SLAByPolicy, SLAOwn, SLAOff}, s.SLAMode) {
		fields = append(fields, FieldError{"body.settings.sla_mode", "Choose policy, own or off."})
	}
	if !slices.Contains([]SLAClock{"", ClockCalendar, ClockBusiness}, s.SLAClock) {
		fields = append(fields, FieldError{"body.settings.sla_clock", "Choose calendar or business."})
	}
	if message := (Goal{s.SLATarget, s.SLADeadline}).fault(); message != "" {
		fields = append(fields, FieldError{"body.settings.sla_deadline", strings.ToUpper(message[:1]) + message[1:]})
	}
	if s.SLAMode == SLAOwn && s.SLATarget == 0 && s.SLADeadline == 0 {
		fields = append(fields, FieldError{"body.settings.sla_target", "Give this inbox a target or a deadline, or choose a policy."})
	}
	if s.SLAClock == ClockBusiness && s.BusinessHours == 0 {
		fields = append(fields, FieldError{"body.settings.business_hours_id", "Choose the business hours that count."})
	}
	if n := s.escalation().FollowUps; n < 0 || n > 10 {
		fields = append(fields, FieldError{"body.settings.escalation.follow_ups", "Choose 1 to 10 follow-ups."})
	}
	if n := s.escalation().LowRating; n < 0 || n > 4 {
		fields = append(fields, FieldError{"body.settings.escalation.low_rating", "Choose a rating from 1 to 4: it and those below it escalate."})
	}
	if len(s.escalation().Keywords) > maxKeywords {
		fields = append(fields, FieldError{"body.settings.escalation.keywords", "Fifty words are enough. Remove some."})
	}
	if n := s.FollowUpAfter; n != 0 && (n < minFollowUp || n > maxFollowUp) {
		fields = append(fields, FieldError{"body.settings.follow_up_reminder_minutes", "A reminder comes after 15 minutes at least and 90 days at most. 0 switches it off."})
	}
	for _, r := range s.TagRules() {
		if r.Priority.rank() < 0 {
			fields = append(fields, FieldError{"body.settings.priority_by_tag", "A priority is urgent, high, normal or low."})
		}
	}
	if len(fields) > 0 {
		return &Error{Kind: Invalid, Message: fields[0].Message, Fields: fields}
	}
	return nil
}
