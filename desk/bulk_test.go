package desk_test

import (
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// What nobody could mean is refused before it is tried on anything, with the step.
func TestBulkActionIsChecked(t *testing.T) {
	step := func(s desk.BulkStep) desk.BulkAction { return desk.BulkAction{Steps: []desk.BulkStep{s}} }
	for what, bad := range map[string]struct {
		action desk.BulkAction
		says   string
	}{
		"nothing":             {desk.BulkAction{}, "between one and 10"},
		"too much":            {desk.BulkAction{Steps: make([]desk.BulkStep, 11)}, "between one and 10"},
		"an export and more":  {desk.BulkAction{Export: true, Steps: []desk.BulkStep{{Do: desk.BulkClose}}}, "does nothing else"},
		"no such step":        {step(desk.BulkStep{Do: "explode"}), "choose a step"},
		"assign to nobody":    {step(desk.BulkStep{Do: desk.BulkAssign}), "person or a team"},
		"no tag":              {step(desk.BulkStep{Do: desk.BulkUntag}), "choose a tag"},
		"no priority":         {step(desk.BulkStep{Do: desk.BulkPriority}), "choose a priority"},
		"snooze until never":  {step(desk.BulkStep{Do: desk.BulkSnooze}), "until when"},
		"an empty reply":      {step(desk.BulkStep{Do: desk.BulkReply, Text: " "}), "write what it says"},
		"a blank to ask":      {step(desk.BulkStep{Do: desk.BulkReply, Text: "At {{time}}"}), "{{time}}"},
		"merge into nothing":  {step(desk.BulkStep{Do: desk.BulkMerge}), "conversation that stays"},
		"merge and more":      {desk.BulkAction{Steps: []desk.BulkStep{{Do: desk.BulkClose}, {Do: desk.BulkMerge, Into: 1}}}, "does nothing else"},
		"an unknown variable": {step(desk.BulkStep{Do: desk.BulkReply, Text: "{{contact.shoe_size}}"}), "no variable"},
	} {
		_, err := bad.action.Clean()
		if desk.KindOf(err) != desk.Invalid || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	good := desk.BulkAction{Steps: []desk.BulkStep{{Do: desk.BulkReply, Text: "  Hi {{contact.first_name|there}} "}, {Do: desk.BulkSnooze, Until: time.Unix(1, 0)}, {Do: desk.BulkArchive}}}
	kept, err := good.Clean()
	if err != nil || kept.Steps[0].Text != "Hi {{contact.first_name|there}}" || good.Steps[0].Text == kept.Steps[0].Text {
		t.Errorf("%+v %v", kept, err)
	}
	if !kept.Does(desk.BulkArchive) || kept.Does(desk.BulkClose) {
		t.Error("it does not know what it does")
	}
	if kept.Into() != 0 || step(desk.BulkStep{Do: desk.BulkMerge, Into: 7}).Into() != 7 {
		t.Error("it does not know what stays")
	}
	if _, err := (desk.BulkAction{Export: true}).Clean(); err != nil {
		t.Errorf("an export: %v", err)
	}
}
