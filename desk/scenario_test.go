package desk_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestScenarios runs testdata/*.txt, which testdata/README.md explains: what
// somebody does, and under it what must follow.
func TestScenarios(t *testing.T) {
	for _, file := range scenarioFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(src), &used{})
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(src); got != want {
				t.Errorf("%s", difference(want, got))
			}
		})
	}
}

func scenarioFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	return files
}

// difference shows the first lines that differ.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: want\n  %s\ngot\n  %s", i+1, strings.Join(a[i:min(len(a), i+6)], "\n  "), strings.Join(b[i:min(len(b), i+6)], "\n  "))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(b), len(a))
}

// used is which commands and facts the scenarios have shown.
type used struct{ commands, facts map[string]bool }

func (u *used) see(commands, fact string) {
	if u.commands == nil {
		u.commands, u.facts = map[string]bool{}, map[string]bool{}
	}
	if commands != "" {
		u.commands[commands] = true
	}
	if fact != "" {
		u.facts[fact] = true
	}
}

// stage is a scenario that runs.
type stage struct {
	*office
	t        *testing.T
	out      strings.Builder
	names    map[string]string // public id → name in the scenario
	ids      map[string]string // name in the scenario → public id
	letters  int               // conversations named so far
	messages int
	commands int
	current  desk.ConversationID
	shown    map[desk.ConversationID]map[string]string
	seen     *used
}

func newStage(t *testing.T, seen *used) *stage {
	s := &stage{office: newOffice(), t: t, seen: seen}
	s.reset()
	return s
}

func (s *stage) reset() {
	s.office, s.names, s.ids, s.shown = newOffice(), map[string]string{}, map[string]string{}, map[desk.ConversationID]map[string]string{}
	s.letters, s.messages, s.commands, s.current = 0, 0, 0, 0
	for u, m := range s.members {
		s.name(strings.ToLower(m.Name), u.String())
	}
	s.name("kim", kim.String())
	s.name("eve", eve.String())
	s.name("chat", chat.String())
	s.name("phone", phone.String())
	s.name("mail", letters.String())
	s.name("inbox", theInbox.String())
	for id, t := range s.teams {
		s.name(strings.ToLower(t.Name), id.String())
	}
	s.name("bug", bug.String())
	s.name("refund", refund.String())
	s.name("fax", oldCat.String())
}

func (s *stage) name(name, id string) {
	s.names[id], s.ids[name] = name, id
}

func replay(t *testing.T, src string, seen *used) string {
	s := newStage(t, seen)
	for line := range strings.SplitSeq(strings.TrimSuffix(src, "\n"), "\n") {
		if strings.HasPrefix(line, "  ") {
			continue // an expectation, which is written anew
		}
		s.out.WriteString(line + "\n")
		s.run(line)
	}
	return s.out.String()
}

var atName = regexp.MustCompile(`"@([a-z0-9]+)"`)

// run does what a line says.
func (s *stage) run(line string) {
	s.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	rest = atName.ReplaceAllStringFunc(rest, func(m string) string {
		id, ok := s.ids[strings.Trim(m, `"@`)]
		if !ok {
			s.t.Fatalf("%s: nothing is called %s", line, m)
		}
		return `"` + id + `"`
	})
	switch {
	case line == "", strings.HasPrefix(line, "#"):
	case word == "scenario":
		s.reset()
	case word == "inbox":
		grouping, settings, _ := strings.Cut(rest, " ")
		s.inbox.Grouping = desk.Grouping(grouping)
		s.inbox.Settings = desk.InboxSettings{}
		s.decode(line, settings, &s.inbox.Settings)
	case word == "member":
		s.member(line, rest)
	case word == "contact":
		s.contact(line, rest)
	case word == "policy" && rest == "standard":
		s.promise.Policy = desk.StandardPolicy()
	case word == "policy":
		s.promise.Policy = desk.Policy{}
		s.decode(line, rest, &s.promise.Policy)
	case word == "hours":
		zone, week, _ := strings.Cut(rest, " ")
		s.promise.Hours = calendarOf(s.t, zone, week)
		s.promise.Day = s.promise.Hours
	case word == "given" && strings.Contains(rest, ": "):
		s.quietly(line)
	case word == "given":
		s.decode(line, rest, s.all[s.current])
		s.show(s.current)
	case word == "block":
		var id desk.ContactID
		if err := id.Parse(s.ids[rest]); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		s.blocked[id] = true
	case word == "after":
		d, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		s.now = s.now.Add(d)
		for _, id := range s.order {
			s.show(id)
		}
	case strings.HasSuffix(word, ":"):
		s.act(line, strings.TrimSuffix(word, ":"), rest)
	default:
		s.t.Fatalf("cannot read %q", line)
	}
}

// member says something of a member: their profile.
func (s *stage) member(line, rest string) {
	s.t.Helper()
	name, profile, _ := strings.Cut(rest, " ")
	for u, m := range s.members {
		if strings.ToLower(m.Name) == name {
			s.decode(line, profile, &m.Profile)
			s.members[u] = m
		}
	}
}

// contact says something of a contact: tags by name, and a language.
func (s *stage) contact(line, rest string) {
	s.t.Helper()
	name, what, _ := strings.Cut(rest, " ")
	var p struct{ Tags, Language string }
	s.decode(line, what, &p)
	for id, c := range s.contacts {
		if strings.ToLower(c.Name) != name {
			continue
		}
		c.Language = p.Language
		if p.Tags != "" {
			tag, err := s.MakeTag(p.Tags)
			if err != nil {
				s.t.Fatal(err)
			}
			c.Tags = append(c.Tags, tag)
			s.name(p.Tags, tag.String())
		}
		s.contacts[id] = c
	}
}

// quietly gives a command whose consequences another scenario shows.
func (s *stage) quietly(line string) {
	s.t.Helper()
	written := s.out.String()
	s.run(strings.TrimPrefix(line, "given "))
	if after := strings.TrimPrefix(s.out.String(), written); strings.Contains(after, "  ! ") || strings.Contains(after, "  nothing") {
		s.t.Errorf("%s: %s", line, after)
	}
	s.out.Reset()
	s.out.WriteString(written)
}

func (s *stage) decode(line, text string, into any) {
	s.t.Helper()
	if text == "" {
		return
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
}

// act gives a command and writes what follows.
func (s *stage) act(line, who, what string) {
	s.t.Helper()
	verb, args, _ := strings.Cut(what, " ")
	in := s.current
	if name, more, _ := strings.Cut(args, " "); len(name) == 1 && name >= "A" && name <= "Z" {
		args = more
		for id := range s.all {
			if s.names[id.String()] == name {
				in = id
			}
		}
	}
	before := s.marksOf(in)
	d, err := s.give(line, who, verb, args, in)
	if err != nil {
		s.out.WriteString("  ! " + string(desk.KindOf(err)) + ": " + err.Error())
		if e, ok := errors.AsType[*desk.Error](err); ok && e.Details != nil {
			s.out.WriteString(" " + s.text(e.Details))
		}
		s.out.WriteString("\n")
		return
	}
	s.commands++
	s.name(fmt.Sprint(s.commands), d.command.String())
	if len(d.events) == 0 {
		if verb != "receive" || d.in != 0 {
			s.out.WriteString("  nothing happens\n")
		}
		return
	}
	s.current = d.in
	for _, id := range s.order { // what was split off
		if s.names[id.String()] == "" {
			s.nameConversation(id)
		}
	}
	for _, e := range d.events {
		s.nameNew(e.Fact)
		s.seen.see("", desk.Facts.Name(e.Fact))
		s.out.WriteString("  + " + desk.Facts.Name(e.Fact) + " " + s.text(e.Fact) + "\n")
	}
	s.show(d.in)
	if after := s.marksOf(d.in); before != after && in == d.in {
		s.out.WriteString("  = unread for: " + after + "\n")
	}
	if why := s.broken(); why != "" {
		s.t.Errorf("%s: %s", line, why)
	}
}

// give routes a customer's message, or decodes and gives a command.
func (s *stage) give(line, who, verb, args string, in desk.ConversationID) (done, error) {
	s.seen.see(verb, "")
	if verb == "receive" {
		return s.post(line, who, args)
	}
	var user desk.UserID
	var customer desk.ContactID
	switch {
	case who == "system":
		s.actor = desk.Actor{Kind: desk.ActorSystem}
	case who == "ai":
		s.actor = desk.Actor{Kind: desk.ActorAI}
	case who == "automation":
		s.actor = desk.Actor{Kind: desk.ActorAutomation}
	case customer.Parse(s.ids[who]) == nil && customer != 0:
		s.actor = desk.Actor{Kind: desk.ActorContact}
	case user.Parse(s.ids[who]) == nil && user != 0:
		s.as(user)
	default:
		s.t.Fatalf("%s: nobody is called %s", line, who)
	}
	if args == "" {
		args = "{}"
	}
	cmd, err := desk.Commands.Decode(verb, []byte(args))
	if err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	if open, ok := cmd.(desk.Open); ok {
		open.Inbox, open.Grouping, open.OpenScope, open.Source, open.By = s.inbox.ID, s.inbox.Grouping, s.inbox.OpenScope, desk.SourceUser, user
		open.AI = s.inbox.Settings.HasAI()
		cmd, in = open, 0
		d, err := s.do(in, cmd)
		if err == nil && len(d.events) > 0 {
			s.nameConversation(d.in)
			s.out.WriteString("  > opens " + s.names[d.in.String()] + "\n")
		}
		return d, err
	}
	return s.do(in, cmd)
}

// post is a customer's message as a scenario writes it.
func (s *stage) post(line, who, args string) (done, error) {
	var p struct {
		Text, Sent, Auto, Key, Answers, Subject string
		Files                                   int
		Channel                                 desk.ChannelID
		Aside                                   bool
		By                                      desk.UserID    // who of the team forwarded it
		Note                                    string         // and wrote above it
		Waits                                   desk.ContactID // whose it is, if somebody says so
	}
	s.decode(line, args, &p)
	l := letter{text: p.Text, sent: s.now, auto: p.Auto, key: p.Key, answers: p.Answers, subject: p.Subject, files: p.Files, channel: p.Channel, aside: p.Aside}
	if err := l.from.Parse(s.ids[who]); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	if l.channel == 0 {
		l.channel = chat
	}
	if l.waits = p.Waits; p.By != 0 {
		l.forward = &desk.HandedOn{By: p.By, Note: p.Note}
	}
	if p.Sent != "" {
		at, err := time.Parse("15:04", p.Sent)
		if err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		day := s.now.Truncate(24 * time.Hour)
		l.sent = day.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	}
	route, d, err := s.receive(l)
	switch {
	case route.Ignore != "":
		s.out.WriteString("  > is ignored: " + route.Ignore + "\n")
	case route.Join != nil:
		s.out.WriteString("  > joins " + s.names[route.Join.ID.String()] + "\n")
	case err == nil:
		s.nameConversation(d.in)
		s.out.WriteString("  > opens " + s.names[d.in.String()])
		if route.Previous != 0 {
			s.out.WriteString(" after " + s.names[route.Previous.String()])
		}
		s.out.WriteString("\n")
	}
	return d, err
}

func (s *stage) nameConversation(id desk.ConversationID) {
	s.name(string(rune('A'+s.letters)), id.String())
	s.ids[strings.ToLower(s.names[id.String()])] = id.String()
	s.letters++
}

// nameNew calls new messages and notes m1, m2 and so on, and tags by their names.
func (s *stage) nameNew(f desk.Fact) {
	var id desk.MessageID
	switch f := f.(type) {
	case desk.MessagePosted:
		id = f.Message
	case desk.AsidePosted:
		id = f.Message
	case desk.NoteAdded:
		id = f.Message
	}
	if id != 0 {
		s.messages++
		s.name(fmt.Sprintf("m%d", s.messages), id.String())
	}
	switch f := f.(type) {
	case desk.ScheduledMade:
		s.name(fmt.Sprintf("s%d", len(s.scheduled)), f.Scheduled.String())
	case desk.ScheduledSent: // the message follows
		s.name(fmt.Sprintf("m%d", s.messages+1), f.Message.String())
	}
	for name, tag := range s.tags {
		s.name(name, tag.String())
	}
}

// text writes JSON with names for ids, and times without what is the same everywhere.
func (s *stage) text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.readable(string(b))
}

var anyTime = regexp.MustCompile(`"2026-06-01T(\d\d:\d\d):00Z"`)

func (s *stage) readable(text string) string {
	for _, id := range slices.Sorted(maps.Keys(s.names)) {
		text = strings.ReplaceAll(text, `"`+id+`"`, `"@`+s.names[id]+`"`)
	}
	return anyTime.ReplaceAllString(text, `"$1"`)
}

// show writes what can be said of a conversation now, as far as it changed.
func (s *stage) show(id desk.ConversationID) {
	c := s.all[id]
	now := map[string]string{"label": c.Label(s.now), "stage": c.Stage()}
	for word, is := range map[string]bool{
		"New": c.New(), "Needs attention": c.NeedsAttention(), "Responded": c.Responded(), "In progress": c.InProgress(), "Snoozed": c.Snoozed(s.now), "Overdue": c.Overdue(),
	} {
		if is {
			now["words"] += ", " + word
		}
	}
	words := strings.Split(strings.TrimPrefix(now["words"], ", "), ", ")
	slices.Sort(words)
	now["words"] = strings.Join(words, ", ")
	s.fields(now, "", reflect.ValueOf(*c))
	if now["AIState"] == string(desk.AINone) {
		delete(now, "AIState") // most inboxes have no AI agent
	}
	old := s.shown[id]
	s.shown[id] = now
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if now[key] != old[key] && !hidden[key] && (old != nil || now[key] != "") {
			value := now[key]
			if value == "" {
				value = "none"
			}
			changed = append(changed, key+": "+value)
		}
	}
	slices.SortStableFunc(changed, func(a, b string) int { return place(a) - place(b) })
	words, rest := changed, changed[:0]
	if i := slices.IndexFunc(changed, func(line string) bool { return place(line) == 3 }); i >= 0 {
		words, rest = changed[:i], changed[i:]
	}
	for _, group := range [][]string{words, rest} {
		if len(group) > 0 {
			s.out.WriteString("  = " + strings.Join(group, "; ") + "\n")
		}
	}
}

// place puts the words that people see before the fields they come from.
func place(line string) int {
	for i, first := range []string{"label:", "stage:", "words:"} {
		if strings.HasPrefix(line, first) {
			return i
		}
	}
	return 3
}

// hidden are the fields that the facts or the scenario say already.
var hidden = map[string]bool{
	"Version": true, "ID": true, "Workspace": true, "Inbox": true, "Grouping": true, "OpenScope": true, "Primary": true, "Subject": true, "OpenedAt": true,
	"LastMessageAt": true, "Contact": true, "Messages": true, "InactiveSince": true, "ResolutionSince": true, // seen by what the timer does
}

// fields writes every field of a conversation that is not zero.
func (s *stage) fields(into map[string]string, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		switch {
		case f.Anonymous:
			s.fields(into, prefix, value)
		case value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0:
			into[f.Name] = ""
		default:
			into[f.Name] = strings.Trim(s.text(value.Interface()), `"`)
		}
	}
}

// marksOf names the members for whom a conversation is unread.
func (s *stage) marksOf(id desk.ConversationID) string {
	c := s.all[id]
	if c == nil {
		return ""
	}
	var names []string
	for _, u := range []desk.UserID{ann, bob} {
		if c.Unread(s.marks[mark{u, id}]) {
			names = append(names, s.names[u.String()])
		}
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
