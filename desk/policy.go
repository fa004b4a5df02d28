package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Policy is what a team has promised: how soon it answers and settles a matter,
// by how urgent it is (chapter 5). A target is soft, a deadline is hard.
type Policy struct {
	ID   PolicyID `json:"-"`
	Name string   `json:"-"`

	First Goals  `json:"first_response"`
	Next  *Goals `json:"next_response,omitempty" doc:"For every later answer; absent means as for the first"`
	// NextSameDay makes the deadline of later answers the end of the business day
	// in which the customer wrote (F3-93).
	NextSameDay bool `json:"next_same_day,omitempty" doc:"Later answers are due by the end of the business day"`

	Resolution Goals   `json:"resolution,omitzero"`
	Complex    []TagID `json:"complex_tag_ids,omitempty" maxItems:"50" doc:"Tags that mark a matter as complex"`
	// ComplexResolution is Resolution for what has one of the tags (F2-17).
	ComplexResolution Goals `json:"complex_resolution,omitzero"`
	// UpdateEvery is how often, in seconds, the customer of a complex matter shall
	// hear from us (F3-94); 0 for never.
	UpdateEvery Seconds `json:"update_every,omitempty" minimum:"0" maximum:"31622400" doc:"How often the customer of a complex matter hears from us, in seconds"`
}

// Goals are what is promised for each priority.
type Goals struct {
	Urgent Goal `json:"urgent,omitzero"`
	High   Goal `json:"high,omitzero"`
	Normal Goal `json:"normal,omitzero"`
	Low    Goal `json:"low,omitzero"`
}

// Goal is one promise; 0 promises nothing.
type Goal struct {
	Target   Seconds `json:"target,omitempty" minimum:"0" maximum:"31622400" doc:"Soft, in seconds"`
	Deadline Seconds `json:"deadline,omitempty" minimum:"0" maximum:"31622400" doc:"Hard, in seconds; longer than the target"`
}

// Seconds is a length of time as it is stored.
type Seconds int64

// Duration returns it as Go has it.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// maxGoal is the longest promise: a year and a day.
const maxGoal Seconds = 366 * 24 * 3600

const (
	minuteSeconds Seconds = 60
	hourSeconds   Seconds = 3600
)

// StandardPolicy is the policy of 5.2, for inboxes that have no other.
func StandardPolicy() Policy {
	return Policy{Name: "Standard", First: Goals{
		Urgent: Goal{15 * minuteSeconds, hourSeconds},
		High:   Goal{hourSeconds, 4 * hourSeconds},
		Normal: Goal{2 * hourSeconds, 24 * hourSeconds},
		Low:    Goal{24 * hourSeconds, 48 * hourSeconds},
	}, UpdateEvery: 4 * hourSeconds}
}

// For returns the goal of a priority.
func (g Goals) For(p Priority) Goal {
	switch p {
	case PriorityUrgent:
		return g.Urgent
	case PriorityHigh:
		return g.High
	case PriorityLow:
		return g.Low
	}
	return g.Normal
}

// next is what later answers are promised.
func (p Policy) next() Goals {
	if p.Next != nil {
		return *p.Next
	}
	return p.First
}

// isComplex reports whether c is marked as a complex matter.
func (p Policy) isComplex(c Conversation) bool {
	return slices.ContainsFunc(p.Complex, func(t TagID) bool { return slices.Contains(c.Tags, t) })
}

// Check refuses a policy that cannot be kept, with every field at fault.
func (p Policy) Check() error {
	var fields []FieldError
	if p.Name == "" {
		fields = append(fields, FieldError{"name", "Give the policy a name."})
	}
	if utf8.RuneCountInString(p.Name) > 120 {
		fields = append(fields, FieldError{"name", "A name has 120 characters at most."})
	}
	fields = append(fields, p.First.faults("first_response")...)
	if p.Next != nil {
		fields = append(fields, p.Next.faults("next_response")...)
	}
	fields = append(fields, p.Resolution.faults("resolution")...)
	fields = append(fields, p.ComplexResolution.faults("complex_resolution")...)
	if p.UpdateEvery < 0 || p.UpdateEvery > maxGoal {
		fields = append(fields, FieldError{"update_every", "Choose up to a year."})
	}
	if len(fields) > 0 {
		return &Error{Kind: Invalid, Message: fields[0].Message, Fields: fields}
	}
	return nil
}

func (g Goals) faults(path string) (fields []FieldError) {
	for _, p := range []Priority{PriorityUrgent, PriorityHigh, PriorityNormal, PriorityLow} {
		if message := g.For(p).fault(); message != "" {
			fields = append(fields, FieldError{path + "." + string(p), fmt.Sprintf("%s priority: %s", strings.ToUpper(string(p[:1]))+string(p[1:]), message)})
		}
	}
	return fields
}

// fault returns what is wrong with g, "" if nothing (F0-36).
func (g Goal) fault() string {
	switch {
	case g.Target < 0 || g.Deadline < 0 || g.Target > maxGoal || g.Deadline > maxGoal:
		return "choose a time up to a year."
	case g.Target > 0 && g.Deadline > 0 && g.Deadline <= g.Target:
		return "the deadline must be longer than the target."
	}
	return ""
}
