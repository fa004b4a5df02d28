package desk

import "encoding/json"

// Preset is a set of values that fit together, chosen when an inbox is made (1.4).
// It holds only what differs from the product's defaults.
type Preset struct {
	Name      string
	Groupings []Grouping // the ways of grouping it fits, the usual one first
	Settings  json.RawMessage
}

// Presets are the four of the specification, in its order.
func Presets() []Preset {
	preset := func(name string, s string, g ...Grouping) Preset { return Preset{name, g, json.RawMessage(s)} }
	return []Preset{
		preset("slack", `{"after_close":"reopen","agent_message_reopens_closed":true,"pending_disabled":true,"resolved_disabled":true,"closing_note_mode":"disabled","csat":"off"}`, PerThread),
		preset("help_desk", `{"after_close":"reopen_within","reopen_within_days":7,"auto_close_after_resolved_minutes":4320,"closing_note_mode":"optional","csat":"on_resolve"}`, PerThread, PerContact),
		preset("ai", `{"after_close":"new","forget_assignee_on_reopen":true,"pending_disabled":true,"resolved_disabled":true,"auto_close_inactive_minutes":4320,"closing_note_mode":"disabled","csat":"off"}`, PerContact),
		preset("messaging", `{"after_close":"new","pending_disabled":true,"resolved_disabled":true,"closing_note_mode":"optional","open_on_welcome_event":true,"csat":"off"}`, PerContact),
	}
}

// FindPreset returns a preset by name, for inboxes that group in one way.
func FindPreset(name string, g Grouping) (Preset, error) {
	for _, p := range Presets() {
		if p.Name != name {
			continue
		}
		for _, fits := range p.Groupings {
			if fits == g {
				return p, nil
			}
		}
		return p, invalidField("preset", "This preset is for inboxes that group messages in another way. Choose another preset.")
	}
	return Preset{}, invalidField("preset", "A preset is slack, help_desk, ai or messaging.")
}
