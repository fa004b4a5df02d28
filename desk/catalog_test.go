package desk_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// elsewhere are facts that no command has: app makes them, and its tests show them.
var elsewhere = map[string]string{
	"answer_held":      "TestNotificationIsAnsweredByNobodyElse of app",
	"bulk_begun":       "app.StartBulk begins the job",
	"contact_changed":  "app.refresh learns a name",
	"digest_due":       "app.SavePreferences says when a digest is due",
	"draft_shared":     "app.ShareDraft asks a teammate",
	"message_reread":   "TestReadAgain of app, which reads what a mail arrived as",
	"notified":         "app.Tell tells one person",
	"settings_changed": "app changes settings",
	// What a split or the end of another conversation makes of one that nobody acts in.
	"adopted": "TestS11_ContactMerge of app", "welcomed": "TestS11_ContactMerge of app",
	"message_moved": "TestSplit of app", "split_from": "TestSplit of app", "promoted": "TestSplitThenClose of app",
}

// Every command and every fact has a scenario.
func TestEverythingHasAScenario(t *testing.T) {
	var seen used
	for _, file := range scenarioFiles(t) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		replay(t, string(src), &seen)
	}
	for name := range desk.Commands {
		if !seen.commands[name] {
			t.Errorf("the command %s has no scenario", name)
		}
	}
	for name := range desk.Facts {
		if !seen.facts[name] && elsewhere[name] == "" {
			t.Errorf("the fact %s has no scenario", name)
		}
	}
}

// Names and fields are stored. A line of testdata/facts.json that changes or
// goes means that the facts of older installs can no longer be read.
func TestStoredNames(t *testing.T) {
	const golden = "testdata/facts.json"
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(desk.Facts)) {
		b, err := json.Marshal(full(reflect.TypeOf(desk.Facts[name])).Interface())
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%q: %s", name, b))
	}
	for _, name := range slices.Sorted(maps.Keys(desk.Commands)) {
		lines = append(lines, fmt.Sprintf("%q: %q", "command "+name, reflect.TypeOf(desk.Commands[name]).Name()))
	}
	got := "{\n" + strings.Join(lines, ",\n") + "\n}\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error(difference(string(want), got))
	}
}

// What was stored by this and by every earlier version is read as it was meant:
// the recorded facts give, written again, the same text.
func TestRecordedFactsAreRead(t *testing.T) {
	src, err := os.ReadFile("testdata/facts.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded map[string]json.RawMessage
	if err := json.Unmarshal(src, &recorded); err != nil {
		t.Fatal(err)
	}
	for name, data := range recorded {
		if strings.HasPrefix(name, "command ") {
			continue
		}
		f, err := desk.Facts.Decode(name, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := json.Marshal(f)
		if err != nil || string(again) != string(data) {
			t.Errorf("%s: %s became %s, %v", name, data, again, err)
		}
		if desk.Facts.Name(f) != name {
			t.Errorf("%s is called %s", name, desk.Facts.Name(f))
		}
	}
	if _, err := desk.Facts.Decode("unheard_of", []byte("{}")); err == nil {
		t.Error("an unknown fact was read")
	}
}

// Commands are written and read as JSON without loss.
func TestCommandsAreJSON(t *testing.T) {
	for name, zero := range desk.Commands {
		v := full(reflect.TypeOf(zero))
		first, err := json.Marshal(v.Interface())
		if err != nil {
			t.Fatal(err)
		}
		cmd, err := desk.Commands.Decode(name, first)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if second, err := json.Marshal(cmd); err != nil || string(second) != string(first) {
			t.Errorf("%s: %s became %s, %v", name, first, second, err)
		}
		if desk.Commands.Name(cmd) != name {
			t.Errorf("%s is called %s", name, desk.Commands.Name(cmd))
		}
	}
}

// full returns a value of a type with something in every field.
func full(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	fill(v)
	return v
}

var aTime = time.Date(2026, 6, 1, 9, 0, 0, 123456000, time.UTC)

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(aTime))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" && v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte(`{"a":1}`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(42)
	case reflect.Float64:
		v.SetFloat(0.42)
	default:
		panic("no value for " + v.Type().String())
	}
}
