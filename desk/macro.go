package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Macro is a named list of commands that are run as one.
type Macro struct {
	ID    MacroID
	Name  string
	Steps []Step
	Sharing
	CreatedAt time.Time
	RemovedAt time.Time
}

// Step is one command of a macro.
type Step struct {
	Do       StepKind   `json:"do" enum:"reply,note,tag,untag,assign,unassign,team,priority,snooze,resolve,close"`
	Text     string     `json:"text,omitempty" maxLength:"20000" doc:"Of reply and note: Markdown with variables"`
	Tags     []TagID    `json:"tag_ids,omitempty" maxItems:"20" doc:"Of tag and untag"`
	Assignee UserID     `json:"assignee_id,omitempty" doc:"Of assign; without one it is whoever runs the macro"`
	Team     TeamID     `json:"team_id,omitempty" doc:"Of team"`
	Priority Priority   `json:"priority,omitempty" enum:"urgent,high,normal,low" doc:"Of priority"`
	Hours    int        `json:"hours,omitempty" minimum:"0" maximum:"8760" doc:"Of snooze: for how long; 0 is until the customer writes"`
	Category CategoryID `json:"category_id,omitempty" doc:"Of resolve and close"`
}

// StepKind is what a step does.
type StepKind string

// The kinds of steps.
const (
	StepReply    StepKind = "reply"
	StepNote     StepKind = "note"
	StepTag      StepKind = "tag"
	StepUntag    StepKind = "untag"
	StepAssign   StepKind = "assign"
	StepUnassign StepKind = "unassign"
	StepTeam     StepKind = "team"
	StepPriority StepKind = "priority"
	StepSnooze   StepKind = "snooze"
	StepResolve  StepKind = "resolve"
	StepClose    StepKind = "close"
)

// maxSteps is how many commands one macro may have.
const maxSteps = 20

// Clean returns the macro as it is kept, or what is wrong with which step.
func (m Macro) Clean() (Macro, error) {
	bad := func(field, format string, args ...any) (Macro, error) {
		return m, badField(field, fmt.Sprintf(format, args...))
	}
	if m.Name = Line(m.Name, 60); m.Name == "" {
		return bad("name", "Give the macro a name.")
	}
	if n := len(m.Steps); n == 0 || n > maxSteps {
		return bad("steps", "A macro has between one and %d steps; this one has %d.", maxSteps, n)
	}
	m.Steps = slices.Clone(m.Steps)
	ended := 0
	for i := range m.Steps {
		s, field := &m.Steps[i], fmt.Sprintf("steps[%d]", i)
		s.Text = strings.TrimSpace(Clean(s.Text))
		if problem := s.problem(); problem != "" {
			return bad(field, "Step %d (%s): %s", i+1, s.Do, problem)
		}
		switch s.Do {
		case StepReply, StepSnooze, StepResolve, StepClose:
			if ended > 0 {
				return bad(field, "Step %d (%s) is impossible after step %d has ended or snoozed the conversation. Put it before.", i+1, s.Do, ended)
			}
		}
		if s.Do == StepSnooze || s.Do == StepResolve || s.Do == StepClose {
			ended = i + 1
		}
	}
	return m, nil
}

// problem says why a step cannot be, or nothing.
func (s Step) problem() string {
	switch s.Do {
	case StepReply, StepNote:
		if s.Text == "" {
			return "write what it says."
		}
		if err := CheckTemplate(s.Text); err != nil {
			return err.Error()
		}
		if blanks := blanksToAsk(s.Text); len(blanks) > 0 {
			return fmt.Sprintf("nobody is asked for {{%s}} when a macro runs. Give it a fallback, or use a quick reply.", blanks[0])
		}
	case StepTag, StepUntag:
		if len(s.Tags) == 0 {
			return "choose a tag."
		}
	case StepTeam:
		if s.Team == 0 {
			return "choose a team."
		}
	case StepPriority:
		if s.Priority == "" {
			return "choose a priority."
		}
	case StepAssign, StepUnassign, StepSnooze, StepResolve, StepClose:
	default:
		return "there is no such step."
	}
	return ""
}

// blanksToAsk are the blanks of a text that only a person can fill.
func blanksToAsk(text string) []string {
	return slices.DeleteFunc(Blanks(text), func(name string) bool { return strings.Contains(name, ".") })
}

// Sends reports whether customers receive something by it, which is not taken back.
func (m Macro) Sends() bool {
	return slices.ContainsFunc(m.Steps, func(s Step) bool { return s.Do == StepReply })
}

// RunMacro does everything a macro says, or nothing. In the API it is the verb "run-macro".
type RunMacro struct {
	Macro    MacroID `json:"macro_id"`
	ClientID string  `json:"client_id,omitempty" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The sender's own id: however often it is sent, it is run once if it writes something"`
}

// MacroRan says which macro was run; the facts of its steps follow.
type MacroRan struct {
	Macro MacroID `json:"macro_id"`
}

// Key returns the sender's own id of what it writes.
func (r RunMacro) Key() string { return r.ClientID }

// Decide decides each step against what the steps before it made, as if somebody
// had given the commands one after the other. One refusal refuses them all.
func (r RunMacro) Decide(c Conversation, w World) ([]Fact, error) {
	m, err := w.Macro(r.Macro)
	if err != nil {
		return nil, err
	}
	if !m.Reaches(w.Actor()) || !m.RemovedAt.IsZero() {
		return nil, Errorf(NotFound, "There is no such macro here. Look for it among those of your teams.")
	}
	known, err := w.Known(c)
	if err != nil {
		return nil, err
	}
	facts, after, key := []Fact{MacroRan{m.ID}}, c, r.ClientID
	for i, s := range m.Steps {
		cmd, err := s.command(w, known, key)
		if err != nil {
			return nil, m.refused(i, err)
		}
		if s.Do == StepReply || s.Do == StepNote {
			key = "" // the first text it writes carries the sender's id
		}
		if err := CheckCommand(w.Actor(), cmd); err != nil {
			return nil, m.refused(i, err)
		}
		more, err := cmd.Decide(after, w)
		if err != nil {
			return nil, m.refused(i, err)
		}
		for _, f := range more {
			after.Apply(Event{Workspace: c.Workspace, Conversation: c.ID, Version: after.Version + 1, At: w.Now(), By: w.Actor(), Fact: f})
		}
		facts = append(facts, more...)
	}
	if len(facts) == 1 {
		return nil, nil // everything is so already
	}
	return facts, nil
}

// refused says which step stands in the way of all the others.
func (m Macro) refused(i int, err error) error {
	kind := KindOf(err)
	if kind == Internal {
		return err
	}
	return Errorf(kind, "Nothing was changed: step %d of “%s” (%s) is refused. %s Change the macro, or take its steps one by one.", i+1, m.Name, m.Steps[i].Do, err.Error())
}

// command is what a step does here and now.
func (s Step) command(w World, known Known, key string) (Command, error) {
	text, missing := known.Fill(s.Text)
	if len(missing) > 0 {
		return nil, Errorf(Invalid, "Nothing is known here for {{%s}}. Give it a fallback in the macro, or write the reply yourself.", strings.Join(missing, "}}, {{"))
	}
	switch s.Do {
	case StepReply:
		return Reply{Text: text, ClientID: key, AtOnce: true}, nil // what a macro sends was said before it was run
	case StepNote:
		return Note{Text: text, ClientID: key}, nil
	case StepTag, StepUntag:
		names := make([]string, 0, len(s.Tags))
		for _, t := range s.Tags {
			names = append(names, t.String())
		}
		if s.Do == StepTag {
			return Label{Add: names}, nil
		}
		return Label{Remove: names}, nil
	case StepAssign:
		if s.Assignee == 0 {
			return Assign{Assignee: w.Actor().User}, nil
		}
		return Assign{Assignee: s.Assignee}, nil
	case StepUnassign:
		return Unassign{}, nil
	case StepTeam:
		return Assign{Team: s.Team}, nil
	case StepPriority:
		return Prioritize{Priority: s.Priority}, nil
	case StepSnooze:
		if s.Hours == 0 {
			return Snooze{UntilReply: true}, nil
		}
		return Snooze{Until: w.Now().Add(time.Duration(s.Hours) * time.Hour)}, nil
	case StepResolve:
		return Resolve{Category: s.Category}, nil
	case StepClose:
		return Close{Category: s.Category}, nil
	}
	return nil, Errorf(Invalid, "There is no such step. Take it out of the macro.")
}

func (MacroRan) apply(*Conversation, Event) {}

// heads reports whether a fact only names the command whose facts follow.
func heads(f Fact) bool {
	switch f.(type) {
	case Undone, MacroRan, BulkRan:
		return true
	}
	return false
}

// stays reports whether a fact of a macro or of a bulk action is left alone when it
// is taken back: a message that has gone out, which was said before it was run.
func stays(f Fact, macro bool) bool {
	_, posted := f.(MessagePosted)
	return posted && macro
}

// CanUndo reports whether the facts of one command can be taken back, whole but
// for the messages of a macro or of a bulk action.
func CanUndo(events []Event) bool {
	macro, some := ranMacro(events), false
	for _, e := range events {
		switch {
		case heads(e.Fact), stays(e.Fact, macro), follows(e.Fact):
		case !Undoable(e.Fact), adopts(e.Fact):
			return false
		default:
			some = true
		}
	}
	return some
}

func ranMacro(events []Event) bool {
	return DoneInBulk(events) || slices.ContainsFunc(events, func(e Event) bool { _, ok := e.Fact.(MacroRan); return ok })
}
