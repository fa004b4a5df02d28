package filter_test

import (
	"strings"
	"testing"

	"parley/filter"
)

// A stretch of a list is left out only where nothing of it can be found.
func TestAllows(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "urgent high normal low",
		"is:active":                          "urgent high normal low",
		"priority:urgent":                    "urgent",
		"priority:urgent,high":               "urgent high",
		"-priority:low":                      "urgent high normal",
		"-(priority:low OR is:unread)":       "urgent high normal",
		"-(priority:low is:unread)":          "urgent high normal low",
		"priority:low OR is:unread":          "urgent high normal low",
		"priority:urgent -priority:urgent":   "",
		"(priority:urgent OR priority:high)": "urgent high",
		"is:unread (priority:low OR (priority:high -is:snoozed))": "high low",
	} {
		n, err := filter.Parse(text, nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var got []string
		for _, p := range []string{"urgent", "high", "normal", "low"} {
			if filter.Resolve(n, filter.Env{}).Allows(filter.Priority, p) {
				got = append(got, p)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q allows %v, not %s", text, got, want)
		}
	}
}
