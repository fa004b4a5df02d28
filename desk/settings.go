package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The settings of an inbox come from three layers (1.4): its own value, else the
// workspace's, else the product's. A layer is a JSON object of the settings it
// says something about; what is absent or null is inherited.

// SettingOrigin is the layer a value comes from.
type SettingOrigin string

// The layers.
const (
	OriginInbox     SettingOrigin = "inbox"
	OriginWorkspace SettingOrigin = "workspace"
	OriginProduct   SettingOrigin = "product"
)

// productSettings are the product's defaults for an inbox that groups in one way.
func productSettings(g Grouping) InboxSettings {
	s := InboxSettings{ReopenWithinDays: 7}
	s.ClosingNote, s.Checklist, s.CSAT = ClosingNoteOptional, ChecklistOff, CSATOff
	s.ClosingMessages = []string{
		"Thank you for writing to us. Have a good day!",
		"I am glad that this is settled. Write to us again whenever you need us.",
		"As we have not heard from you, we close this for now. Simply answer, and we go on.",
	}
	mail, chat := mailUndo, 0
	s.UndoMail, s.UndoChat = &mail, &chat
	switch g { // T22, T23: a thread goes on, a chat begins anew
	case PerThread:
		s.AfterClose = AfterCloseReopen
	case PerContact:
		s.AfterClose = AfterCloseNew
	}
	return s
}

// EffectiveSettings lays the layers over each other, the workspace's first.
func EffectiveSettings(g Grouping, layers ...json.RawMessage) (InboxSettings, error) {
	s := productSettings(g)
	for _, layer := range layers {
		if len(layer) == 0 {
			continue
		}
		if err := json.Unmarshal(layer, &s); err != nil {
			return s, fmt.Errorf("read settings: %w", err)
		}
	}
	return s, nil
}

// SettingOrigins says for every setting which layer its value comes from.
func SettingOrigins(workspace, inbox json.RawMessage) (map[string]SettingOrigin, error) {
	all := map[string]SettingOrigin{}
	for _, name := range SettingNames() {
		all[name] = OriginProduct
	}
	for _, layer := range []struct {
		data json.RawMessage
		name SettingOrigin
	}{{workspace, OriginWorkspace}, {inbox, OriginInbox}} {
		own, err := ownSettings(layer.data)
		if err != nil {
			return nil, err
		}
		for name := range own {
			if _, ok := all[name]; ok {
				all[name] = layer.name
			}
		}
	}
	return all, nil
}

// SettingNames returns the names of every setting.
func SettingNames() []string {
	var names []string
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				walk(f.Type)
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	walk(reflect.TypeFor[InboxSettings]())
	return names
}

func ownSettings(layer json.RawMessage) (map[string]json.RawMessage, error) {
	own := map[string]json.RawMessage{}
	if len(layer) == 0 {
		return own, nil
	}
	if err := json.Unmarshal(layer, &own); err != nil {
		return nil, Errorf(Invalid, "Settings are a JSON object. Send one with the settings you want to change.")
	}
	maps.DeleteFunc(own, func(_ string, v json.RawMessage) bool { return len(v) == 0 || bytes.Equal(v, []byte("null")) })
	return own, nil
}

// ChangeSettings lays a change over a layer: a value sets, null goes back to what
// is inherited, what is absent stays. below are the layers it inherits from. It
// refuses what no setting is called, values of another kind, and values that do
// not go together.
func ChangeSettings(g Grouping, layer, change json.RawMessage, now time.Time, below ...json.RawMessage) (json.RawMessage, error) {
	own, err := ownSettings(layer)
	if err != nil {
		return nil, err
	}
	changed := map[string]json.RawMessage{}
	if err := json.Unmarshal(change, &changed); err != nil {
		return nil, Errorf(Invalid, "Settings are a JSON object. Send one with the settings you want to change.")
	}
	names := SettingNames()
	for name, value := range changed {
		if !slices.Contains(names, name) || name == inactiveFrom {
			return nil, settingError(Line(name, 60), "There is no setting of this name.")
		}
		if string(value) == "null" {
			delete(own, name)
		} else {
			own[name] = value
		}
	}
	before, err := EffectiveSettings(g, append(slices.Clone(below), layer)...)
	if err != nil {
		return nil, err
	}
	delete(own, inactiveFrom)
	after, err := settingsOf(g, own, below)
	if err != nil {
		return nil, err
	}
	// Only conversations that begin after it was switched on are closed (5.6).
	if _, mine := own["auto_close_inactive_minutes"]; mine && after.AutoCloseInactive > 0 {
		from := before.AutoCloseInactiveFrom
		if before.AutoCloseInactive == 0 || from.IsZero() {
			from = now
		}
		if own[inactiveFrom], err = json.Marshal(from.UTC()); err != nil {
			return nil, err
		}
	}
	return json.Marshal(own)
}

const inactiveFrom = "auto_close_inactive_from"

func settingsOf(g Grouping, own map[string]json.RawMessage, below []json.RawMessage) (InboxSettings, error) {
	layer, err := json.Marshal(own)
	if err != nil {
		return InboxSettings{}, Errorf(Invalid, "Settings are a JSON object. Send one with the settings you want to change.")
	}
	s, err := EffectiveSettings(g, append(slices.Clone(below), layer)...)
	if err != nil {
		return s, Errorf(Invalid, "A setting has a value of the wrong kind. Look at what the API says of it.")
	}
	return s, s.check()
}

// check refuses values that make no sense.
func (s InboxSettings) check() error {
	switch s.AfterClose {
	case "", AfterCloseReopen, AfterCloseNew, AfterCloseReopenWithin:
	default:
		return settingError("after_close", "After closing: reopen, new or reopen_within.")
	}
	if s.ReopenWithinDays < 0 || s.ReopenWithinDays > 365 {
		return settingError("reopen_within_days", "Choose 1 to 365 days.")
	}
	if err := s.LifeSettings.check(); err != nil {
		return err
	}
	if err := s.SendSettings.check(); err != nil {
		return err
	}
	if err := s.MailSettings.check(); err != nil {
		return err
	}
	return s.PromiseSettings.Check()
}
