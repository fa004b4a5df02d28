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
		if got := preview(Message{Text: text}); got != Line(belowQuotes(text), maxPreview) {
			t.Errorf("a customer's %q is shown as %q", text, got)
		}
	}
}

// F3-03: the list says what is new: who answers below what they quote says it there.
func TestPreviewOfAnswerBelowQuotes(t *testing.T) {
	for text, want := range map[string]string{
		"On that day Ann wrote:\n> The wheel squeaks.\n> Since May.\n\nThen oil it.":  "Then oil it.",
		"On Mon, 3 May 2027 at 10:12,\nAnn <ann@example.com> wrote:\n\n> Hi\nOil it.": "Oil it.",
		"> The wheel squeaks.\nOil it.\n> Since May.\nThen ask.":                      "Oil it. > Since May. Then ask.",
		"Hello,\n> The wheel squeaks.\nOil it.":                                       "Hello, > The wheel squeaks. Oil it.",
		"Ann wrote:\n> The wheel squeaks.":                                            "Ann wrote: > The wheel squeaks.",
		"What we need:\n- oil\n- a cloth\n> 3 would do":                               "What we need: - oil - a cloth > 3 would do",
		"No quote at all: oil it.":                                                    "No quote at all: oil it.",
	} {
		if got := preview(Message{Text: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
