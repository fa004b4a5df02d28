package desk

import "testing"

// F3-03, F2-34: the line of a list shows what was said, without the marks of its
// format; what a customer typed is shown sign by sign.
func TestPreviewHasNoMarks(t *testing.T) {
	for text, want := range map[string]string{
		"**Now** or *later*, not ~~never~~":          "Now or later, not never",
		"See [the guide](https://example.org/a_b_c)": "See the guide",
		"# Steps\n\n- one\n- two":                    "Steps one two",
		"> you wrote\n\nYes":                         "you wrote Yes",
		"Run `parley doctor` __today__ or _soon_":    "Run parley doctor today or soon",
		"2*3*4 and snake_case_name and 5 * 6 * 7":    "2*3*4 and snake_case_name and 5 * 6 * 7",
		"a [box] (empty)":                            "a [box] (empty)",
		"1. first\n2. second":                        "1. first 2. second",
	} {
		if got := preview(Message{Text: text, Markdown: true}); got != want {
			t.Errorf("%q is shown as %q, not %q", text, got, want)
		}
		if got := preview(Message{Text: text}); got != Line(text, maxPreview) {
			t.Errorf("a customer's %q is shown as %q", text, got)
		}
	}
}
