package desk_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/desk"
)

func raw(s string) json.RawMessage { return json.RawMessage(s) }

// 1.4: an inbox's own value, else the workspace's, else the product's; null
// inherits, and a value of its own stays when what is below changes.
func TestSettingsInherit(t *testing.T) {
	for name, c := range map[string]struct {
		workspace, inbox string
		resolved         bool
		after            int
		close            string
		origin           desk.SettingOrigin // of the minutes
	}{
		"nothing said":              {"", "", false, 0, "new", "product"},
		"the workspace says":        {`{"auto_close_after_resolved_minutes":4320,"resolved_disabled":true}`, `{}`, true, 4320, "new", "workspace"},
		"the inbox says otherwise":  {`{"auto_close_after_resolved_minutes":4320,"resolved_disabled":true}`, `{"auto_close_after_resolved_minutes":60,"resolved_disabled":false}`, false, 60, "new", "inbox"},
		"off is a value":            {`{"auto_close_after_resolved_minutes":4320}`, `{"auto_close_after_resolved_minutes":0}`, false, 0, "new", "inbox"},
		"null inherits":             {`{"auto_close_after_resolved_minutes":4320}`, `{"auto_close_after_resolved_minutes":null}`, false, 4320, "new", "workspace"},
		"the workspace says null":   {`{"after_close":null}`, ``, false, 0, "new", "product"},
		"a word of the workspace's": {`{"after_close":"reopen"}`, ``, false, 0, "reopen", "product"},
	} {
		s, err := desk.EffectiveSettings(desk.PerContact, raw(c.workspace), raw(c.inbox))
		if err != nil || s.ResolvedDisabled != c.resolved || s.AutoCloseAfterResolved != c.after || s.AfterClose != c.close {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		origins, err := desk.SettingOrigins(raw(c.workspace), raw(c.inbox))
		if err != nil || origins["auto_close_after_resolved_minutes"] != c.origin {
			t.Errorf("%s: from %s, %v", name, origins["auto_close_after_resolved_minutes"], err)
		}
	}
	if s, err := desk.EffectiveSettings(desk.PerThread); err != nil || s.AfterClose != desk.AfterCloseReopen {
		t.Errorf("a thread after closing: %s, %v", s.AfterClose, err)
	}
}

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// A change sets, takes back or leaves; what makes no sense is refused by its name.
func TestChangeSettings(t *testing.T) {
	below := raw(`{"auto_close_after_resolved_minutes":4320,"pending_disabled":true}`)
	for name, c := range map[string]struct{ own, change, want, field string }{
		"set":                   {`{}`, `{"after_close":"reopen"}`, `{"after_close":"reopen"}`, ""},
		"take back":             {`{"after_close":"reopen","resolved_disabled":true}`, `{"after_close":null}`, `{"resolved_disabled":true}`, ""},
		"leave":                 {`{"after_close":"reopen"}`, `{}`, `{"after_close":"reopen"}`, ""},
		"unknown":               {`{}`, `{"after_clsoe":"reopen"}`, "", "body.settings.after_clsoe"},
		"a moment nobody sets":  {`{}`, `{"auto_close_inactive_from":"2020-01-01T00:00:00Z"}`, "", "body.settings.auto_close_inactive_from"},
		"29 minutes":            {`{}`, `{"auto_close_inactive_minutes":29}`, "", "body.settings.auto_close_inactive_minutes"},
		"over 14 days":          {`{}`, `{"auto_close_inactive_minutes":20161}`, "", "body.settings.auto_close_inactive_minutes"},
		"less than nothing":     {`{}`, `{"auto_close_after_resolved_minutes":-1}`, "", "body.settings.auto_close_after_resolved_minutes"},
		"less than nothing too": {`{}`, `{"auto_archive_after_closed_minutes":-1}`, "", "body.settings.auto_archive_after_closed_minutes"},
		"a word of its own":     {`{}`, `{"after_close":"burn"}`, "", "body.settings.after_close"},
		"no mode":               {`{}`, `{"closing_note_mode":"perhaps"}`, "", "body.settings.closing_note_mode"},
		"no checklist":          {`{}`, `{"resolve_checklist":"perhaps"}`, "", "body.settings.resolve_checklist"},
		"against what is below": {`{}`, `{"auto_pending_on_reply":true}`, "", "body.settings.auto_pending_on_reply"},
		"with what is below":    {`{}`, `{"auto_pending_on_reply":true,"pending_disabled":false}`, `{"auto_pending_on_reply":true,"pending_disabled":false}`, ""},
		"too many days":         {`{}`, `{"reopen_within_days":366}`, "", "body.settings.reopen_within_days"},
		"another kind":          {`{}`, `{"resolved_disabled":"yes"}`, "", ""},
		"no object":             {`{}`, `[]`, "", ""},
	} {
		got, err := desk.ChangeSettings(desk.PerContact, raw(c.own), raw(c.change), noon, below)
		if c.want == "" {
			e, ok := errors.AsType[*desk.Error](err)
			if !ok || e.Kind != desk.Invalid || c.field != "" && e.Fields[0].Field != c.field {
				t.Errorf("%s: %s, %v", name, got, err)
			}
			continue
		}
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// 5.6: the automatic close of silent conversations remembers when it was switched
// on, and keeps that while only its length changes.
func TestAutoCloseIsSwitchedOn(t *testing.T) {
	change := func(own json.RawMessage, what string, at time.Time) json.RawMessage {
		t.Helper()
		got, err := desk.ChangeSettings(desk.PerContact, own, raw(what), at)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	from := func(own json.RawMessage) time.Time {
		s, err := desk.EffectiveSettings(desk.PerContact, own)
		if err != nil {
			t.Fatal(err)
		}
		return s.AutoCloseInactiveFrom
	}
	on := change(nil, `{"auto_close_inactive_minutes":30}`, noon)
	longer := change(on, `{"auto_close_inactive_minutes":20160}`, noon.Add(time.Hour))
	off := change(longer, `{"auto_close_inactive_minutes":0}`, noon.Add(2*time.Hour))
	again := change(off, `{"auto_close_inactive_minutes":60}`, noon.Add(3*time.Hour))
	got := []time.Time{from(on), from(longer), from(off), from(again)}
	if diff := cmp.Diff([]time.Time{noon, noon, {}, noon.Add(3 * time.Hour)}, got); diff != "" {
		t.Error(diff)
	}
}

// The four presets of 1.4 and what is in effect with each.
func TestPresets(t *testing.T) {
	got := map[string]desk.InboxSettings{}
	for _, p := range desk.Presets() {
		s, err := desk.EffectiveSettings(p.Groupings[0], p.Settings)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := desk.ChangeSettings(p.Groupings[0], p.Settings, raw(`{}`), noon); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		got[p.Name] = s
	}
	slack, help, ai, messaging := got["slack"], got["help_desk"], got["ai"], got["messaging"]
	for what, ok := range map[string]bool{
		"slack: no statuses":              slack.PendingDisabled && slack.ResolvedDisabled,
		"slack: both sides reopen":        slack.AfterClose == "reopen" && slack.AgentMessageReopens,
		"slack: no closing note":          slack.ClosingNote == "disabled",
		"help desk: statuses":             !help.PendingDisabled && !help.ResolvedDisabled && !help.AutoPendingOnReply,
		"help desk: reopens for a week":   help.AfterClose == "reopen_within" && help.ReopenWithinDays == 7,
		"help desk: closes after 3 days":  help.AutoCloseAfterResolved == 3*24*60 && help.AutoCloseInactive == 0,
		"help desk: optional note":        help.ClosingNote == "optional",
		"ai: begins anew, to nobody":      ai.AfterClose == "new" && ai.ForgetAssigneeOnReopen && !ai.AgentMessageReopens,
		"ai: closes after 3 days":         ai.AutoCloseInactive == 3*24*60,
		"messaging: open and closed only": messaging.PendingDisabled && messaging.ResolvedDisabled && messaging.AfterClose == "new",
		"nobody archives":                 slack.AutoArchiveAfterClosed+help.AutoArchiveAfterClosed+ai.AutoArchiveAfterClosed+messaging.AutoArchiveAfterClosed == 0,
	} {
		if !ok {
			t.Error(what)
		}
	}
	if _, err := desk.FindPreset("slack", desk.PerContact); desk.KindOf(err) != desk.Invalid {
		t.Errorf("slack for chats: %v", err)
	}
	if _, err := desk.FindPreset("none", desk.PerContact); desk.KindOf(err) != desk.Invalid {
		t.Errorf("no preset: %v", err)
	}
}
