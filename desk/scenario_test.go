package desk_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata; then read what changed")

// TestScenarios runs testdata/*.txt: stories in which somebody gives commands
// and the facts, the refusal and the state that follow are written below.
//
//	# what is shown, and the rows of the specification it proves
//	* as ann            who gives the next commands: ann, bob (agents), vic (viewer), customer, system
//	* later 3h          the clock moves
//	* inbox {…}         the inbox has these settings
//	* again             a fresh conversation
//	> begins Hello      the customer writes and a conversation opens
//	> writes Hello      the customer writes into it; "late 1h Hello" is a message that was sent an hour ago
//	> auto Hello        an automatic mail
//	> name {…}          any command, by its name in the API; $ann, $c1, $m1 stand for ids
//	fact {…}            what happened
//	! kind: message     why not
//	= label, …          how it stands now, when that has changed
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(src))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := strings.Split(string(src), "\n")
			for i, line := range strings.Split(got, "\n") {
				if i >= len(want) || want[i] != line {
					t.Fatalf("line %d is\n%s\nand not\n%s", i+1, line, strings.Join(want[min(i, len(want)-1):min(i+1, len(want))], ""))
				}
			}
		})
	}
}

// Every command and every fact is told in a scenario, but for those that are of
// the install and not of a conversation.
func TestEverythingIsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("\n" + string(b))
	}
	elsewhere := map[string]string{
		"settings_changed": "of a workspace", "notified": "of a person",
		"receive": "written as begins, writes, late and auto",
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(desk.Commands)), slices.Sorted(maps.Keys(desk.Facts))) {
		if elsewhere[name] == "" && !strings.Contains(all.String(), "\n> "+name) && !strings.Contains(all.String(), "\n"+name+" {") {
			t.Errorf("no scenario tells of %s", name)
		}
	}
}

// The names of facts are stored in every database: this list only grows.
func TestNamesOfFactsAreKept(t *testing.T) {
	kept := strings.Fields(`assigned delivery_changed message_posted note_added note_removed note_restored notified opened priority_changed read
		settings_changed status_changed tag_added tag_removed unassigned undone woken`)
	for _, name := range kept {
		if _, ok := desk.Facts[name]; !ok {
			t.Errorf("%s is stored in databases and has no type any more", name)
		}
	}
	for name, zero := range desk.Facts {
		if !slices.Contains(kept, name) {
			t.Errorf("add %s to the list", name)
		}
		b, err := json.Marshal(zero)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := desk.Facts.Decode(name, b); err != nil || desk.Facts.Name(back) != name {
			t.Errorf("%s does not come back from JSON: %v", name, err)
		}
	}
}

// stage is a world that a scenario plays in.
type stage struct {
	t        *testing.T
	now      time.Time
	actor    string
	inbox    desk.Inbox
	conv     desk.Conversation
	events   map[desk.CommandID][]desk.Event
	messages map[desk.MessageID]desk.Message
	marks    map[string]desk.MessageID
	tags     []string
	commands int64
	next     int64
	others   desk.ConversationID // another open conversation of the contact
	out      strings.Builder
	last     string
}

var cast = map[string]desk.Member{
	"ann": {User: 1, Name: "Ann", Role: desk.RoleAgent, Active: true}, "bob": {User: 2, Name: "Bob", Role: desk.RoleAgent, Active: true},
	"vic": {User: 3, Name: "Vic", Role: desk.RoleViewer, Active: true}, "old": {User: 4, Name: "Old", Role: desk.RoleAgent},
	"far": {User: 5, Name: "Far", Role: desk.RoleAgent, Active: true, Inboxes: []desk.InboxID{99}},
}

func play(t *testing.T, src string) string {
	s := &stage{t: t, now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), actor: "ann"}
	s.fresh()
	for line := range strings.SplitSeq(strings.TrimSuffix(src, "\n"), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			s.say(line)
		case strings.HasPrefix(line, "* "):
			s.say(line)
			s.direct(line[2:])
		case strings.HasPrefix(line, "> "):
			s.say(line)
			s.give(line[2:])
		}
	}
	return s.out.String()
}

func (s *stage) say(line string) { s.out.WriteString(line + "\n") }

func (s *stage) fresh() {
	s.inbox = desk.Inbox{ID: 7, Name: "Support", Grouping: desk.PerContact, OpenScope: 1}
	s.conv, s.last, s.others = desk.Conversation{Workspace: 1, ID: 1}, "", 0
	s.events, s.messages, s.marks = map[desk.CommandID][]desk.Event{}, map[desk.MessageID]desk.Message{}, map[string]desk.MessageID{}
	s.commands, s.next, s.tags = 0, 0, []string{"vip"}
}

func (s *stage) direct(text string) {
	what, rest, _ := strings.Cut(text, " ")
	switch what {
	case "as":
		s.actor = rest
	case "later":
		d, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(d)
	case "inbox":
		if err := json.Unmarshal([]byte(rest), &s.inbox.Settings); err != nil {
			s.t.Fatal(err)
		}
	case "thread":
		s.inbox.Grouping = desk.PerThread
	case "another":
		s.others = 2
	case "archived": // by a verb that comes later
		s.conv.ArchivedAt = s.now
	case "snoozed": // by a verb that comes later
		d, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatal(err)
		}
		s.conv.SnoozedUntil = s.now.Add(d)
	case "again":
		s.fresh()
	default:
		s.t.Fatalf("there is no direction %q", text)
	}
}

func (s *stage) give(text string) {
	name, rest, _ := strings.Cut(text, " ")
	var cmd desk.Command
	switch name {
	case "begins", "writes", "auto", "late":
		cmd = s.arriving(name, rest)
	default:
		if rest == "" {
			rest = "{}"
		}
		var err error
		if cmd, err = desk.Commands.Decode(name, []byte(s.names().Replace(rest))); err != nil {
			s.t.Fatal(err)
		}
	}
	s.commands++
	err := desk.CheckCommand(s.Actor(), cmd)
	var facts []desk.Fact
	if err == nil {
		facts, err = cmd.Decide(s.conv, s)
	}
	if err != nil {
		s.say(fmt.Sprintf("! %s: %s", desk.KindOf(err), s.unname(err.Error())))
		return
	}
	for _, f := range facts {
		s.happen(f)
	}
	if state := s.state(); state != s.last {
		s.last = state
		s.say("= " + state)
	}
}

// arriving is a message of the customer.
func (s *stage) arriving(name, text string) desk.Command {
	s.actor = "customer"
	m := desk.Message{Conversation: s.conv.ID, Channel: 5, Kind: desk.KindMessage, Side: desk.SideCustomer, AuthorKind: desk.AuthorContact, Contact: 6, At: s.now, CreatedAt: s.now}
	if name == "late" {
		ago, rest, _ := strings.Cut(text, " ")
		d, err := time.ParseDuration(ago)
		if err != nil {
			s.t.Fatal(err)
		}
		m.At, text = s.now.Add(-d), rest
	}
	if name == "auto" {
		m.Auto, m.AuthorKind = "auto-reply", desk.AuthorAutomation
	}
	m.ID, m.Text = s.NewMessage(), text
	cmd := desk.Receive{Message: m}
	if s.conv.OpenedAt.IsZero() {
		cmd.Open = &desk.Opened{Inbox: s.inbox.ID, Channel: 5, Contact: 6, Grouping: s.inbox.Grouping, OpenScope: s.inbox.OpenScope, Source: desk.SourceContact, Subject: text}
		if name == "auto" {
			cmd.Open.Source, cmd.Open.Closed = desk.SourceAutomatic, true
		}
	}
	return cmd
}

func (s *stage) happen(f desk.Fact) {
	e := desk.Event{Workspace: 1, Conversation: 1, Version: s.conv.Version + 1, At: s.now, By: s.Actor(), Command: desk.CommandID(s.commands), Fact: f}
	b, err := json.Marshal(f)
	if err != nil {
		s.t.Fatal(err)
	}
	s.say(desk.Facts.Name(f) + " " + s.unname(string(b)))
	s.conv.Apply(e)
	s.events[e.Command] = append(s.events[e.Command], e)
	switch f := f.(type) {
	case desk.MessagePosted:
		s.messages[f.Message] = *f.Body
	case desk.NoteAdded:
		s.messages[f.Message] = *f.Body
	case desk.DeliveryChanged:
		m := s.messages[f.Message]
		m.Delivery = f.State
		s.messages[f.Message] = m
	case desk.Read:
		s.marks[s.actor] = f.To
	}
}

func (s *stage) state() string {
	c := &s.conv
	parts := []string{c.Label(s.now), "stage " + c.Stage()}
	if c.WaitingOn != desk.WaitingOnNone && c.WaitingOn != "" {
		parts = append(parts, fmt.Sprintf("waiting on the %s since %s", c.WaitingOn, c.WaitingSince.Format("15:04")))
	}
	if c.FollowUps > 0 {
		parts = append(parts, fmt.Sprintf("%d follow-ups", c.FollowUps))
	}
	if c.Assignee != 0 {
		parts = append(parts, "with "+s.unname(c.Assignee.String()))
	}
	if c.Priority != desk.PriorityNormal && c.Priority != "" {
		parts = append(parts, string(c.Priority))
	}
	for _, tag := range c.Tags {
		parts = append(parts, "tag "+s.tags[tag-1])
	}
	if c.DeliveryProblems > 0 {
		parts = append(parts, fmt.Sprintf("%d not delivered", c.DeliveryProblems))
	}
	for _, who := range []string{"ann", "bob"} {
		if c.Unread(s.marks[who]) {
			parts = append(parts, "unread for "+who)
		}
	}
	return strings.Join(parts, ", ")
}

// ids is what the ids of a scenario are called.
func (s *stage) ids() map[string]string {
	all := map[string]string{"$inbox": desk.InboxID(7).String(), "$chat": desk.ChannelID(5).String(), "$kim": desk.ContactID(6).String()}
	for name, m := range cast {
		all["$"+name] = m.User.String()
	}
	for i := int64(1); i <= 40; i++ {
		all[fmt.Sprintf("$c%d", i)] = desk.CommandID(i).String()
		all[fmt.Sprintf("$m%d", i)] = desk.MessageID(i).String()
		all[fmt.Sprintf("$t%d", i)] = desk.TagID(i).String()
	}
	return all
}

func (s *stage) names() *strings.Replacer {
	var pairs []string
	ids := s.ids()
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(ids))) { // $c12 before $c1
		pairs = append(pairs, name, ids[name])
	}
	return strings.NewReplacer(pairs...)
}

func (s *stage) unname(text string) string {
	var pairs []string
	for name, id := range s.ids() {
		pairs = append(pairs, id, name)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// What a decision may look at: the scenario is the world.

func (s *stage) Now() time.Time { return s.now }

func (s *stage) Actor() desk.Actor {
	switch s.actor {
	case "customer":
		return desk.Actor{Kind: desk.ActorContact}
	case "system":
		return desk.Actor{Kind: desk.ActorSystem}
	}
	m, ok := cast[s.actor]
	if !ok {
		s.t.Fatalf("nobody is called %s", s.actor)
	}
	return desk.Actor{Kind: desk.ActorUser, User: m.User, Role: m.Role}
}

func (s *stage) Member(id desk.UserID) (desk.Member, error) {
	for _, m := range cast {
		if m.User == id {
			if m.Inboxes == nil {
				m.Inboxes = []desk.InboxID{s.inbox.ID}
			}
			return m, nil
		}
	}
	return desk.Member{}, desk.Errorf(desk.NotFound, "There is no such member here.")
}

func (s *stage) Inbox(desk.InboxID) (desk.Inbox, error) { return s.inbox, nil }

func (s *stage) Tag(name string) (desk.TagID, error) {
	if i := slices.Index(s.tags, name); i >= 0 {
		return desk.TagID(i + 1), nil
	}
	s.tags = append(s.tags, name)
	return desk.TagID(len(s.tags)), nil
}

func (s *stage) OpenPrimary(int64, desk.ContactID) (desk.ConversationID, error) {
	if s.others != 0 {
		return s.others, nil
	}
	if s.conv.Active() {
		return s.conv.ID, nil
	}
	return 0, nil
}

func (s *stage) Facts(c desk.CommandID) ([]desk.Event, error) { return s.events[c], nil }

func (s *stage) Message(id desk.MessageID) (desk.Message, error) {
	m, ok := s.messages[id]
	if !ok {
		return m, desk.Errorf(desk.NotFound, "There is no such message here.")
	}
	return m, nil
}

func (s *stage) ReadMark() (desk.MessageID, error) { return s.marks[s.actor], nil }

func (s *stage) Files([]desk.AttachmentID) ([]desk.Attachment, error) { return nil, nil }

func (s *stage) NewMessage() desk.MessageID {
	s.next++
	return desk.MessageID(s.next)
}
