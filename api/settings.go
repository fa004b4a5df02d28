package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
)

// InboxSettings is what is in effect, and where each value comes from (1.4).
type InboxSettings struct {
	Settings  desk.InboxSettings            `json:"settings" doc:"In effect: its own value, else the workspace's, else the product's"`
	Inherited desk.InboxSettings            `json:"inherited_settings" doc:"What it would be without values of its own"`
	Origins   map[string]desk.SettingOrigin `json:"setting_origins" doc:"For every setting the layer its value comes from: inbox, workspace or product"`
	Below     map[string]desk.SettingOrigin `json:"inherited_origins" doc:"For every setting the layer that inherited_settings takes it from: workspace or product"`
}

// inboxSettings renders the layers of an inbox, or of a workspace alone.
func inboxSettings(g desk.Grouping, workspace, own json.RawMessage) (v InboxSettings, err error) {
	if v.Settings, err = desk.EffectiveSettings(g, workspace, own); err != nil {
		return v, err
	}
	if v.Inherited, err = desk.EffectiveSettings(g, workspace); err != nil {
		return v, err
	}
	if v.Origins, err = desk.SettingOrigins(workspace, own); err != nil {
		return v, err
	}
	v.Below, err = desk.SettingOrigins(workspace, nil)
	return v, err
}

// SettingsChange is some settings: a value sets, null goes back to what is
// inherited, what is absent stays.
type SettingsChange map[string]any

// Schema implements huma.SchemaProvider: every setting, or null.
func (SettingsChange) Schema(r huma.Registry) *huma.Schema {
	const name = "SettingsChange"
	if r.Map()[name] != nil {
		return &huma.Schema{Ref: "#/components/schemas/" + name}
	}
	whole := huma.SchemaFromType(r, reflect.TypeFor[desk.InboxSettings]())
	s := *whole
	s.Description = "Some settings: a value sets, null goes back to what is inherited, what is absent stays"
	s.Properties = map[string]*huma.Schema{}
	for _, key := range slices.Sorted(maps.Keys(whole.Properties)) {
		p := *whole.Properties[key]
		if p.Ref != "" { // what is elsewhere could not be null
			p = *r.SchemaFromRef(p.Ref)
		}
		if !p.ReadOnly {
			p.Nullable = true
			s.Properties[key] = &p
		}
	}
	s.PrecomputeMessages()
	r.Map()[name] = &s
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// json is the change as desk.ChangeSettings takes it; nil for none.
func (c SettingsChange) json() json.RawMessage {
	if c == nil {
		return nil
	}
	b, err := json.Marshal(map[string]any(c))
	if err != nil {
		return json.RawMessage("{}") // it was decoded from JSON
	}
	return b
}
