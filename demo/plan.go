package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"parley/desk"
)

const (
	conversationCount = 300
	span              = 91 * 24 * time.Hour
)

// customer is somebody who writes.
type customer struct {
	name, given, email, city, company, language string
	free                                        time.Time // when their last chat has ended; a chat at a time
}

// ending is how far a conversation has come.
type ending int

const (
	endClosed ending = iota
	endResolved
	endResponded // waits for the customer
	endWaiting   // waits for the team
	endNew       // nobody has looked yet
)

// story is one conversation, told before it happens.
type story struct {
	theme   theme
	channel string // chat, mail or api
	inbox   string
	who     *customer
	at      time.Time
	end     ending
	slots   map[string]string
	subject string
	lines   []line
	rng     *rand.Rand
	n       int
	fate    string // what becomes of its last answer: "", refused, lost, held
}

// plan tells every story there is until end.
func plan(seed uint64, end time.Time) ([]*story, error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	all, err := themes()
	if err != nil {
		return nil, err
	}
	people := languages()
	var known []*customer
	var stories []*story
	for i := range conversationCount {
		s := &story{n: i, at: begin(rng, end, i), theme: pick(rng, all)}
		if s.theme.name == "long-onboarding" && i%4 != 0 { // a rare, long one
			s.theme = all[0]
		}
		s.channel = pick(rng, s.theme.channels)
		s.rng = rand.New(rand.NewPCG(seed, uint64(i)+100))
		stories = append(stories, s)
	}
	slices.SortFunc(stories, func(a, b *story) int { return a.at.Compare(b.at) })
	for i, s := range stories {
		s.n = i
		s.end = s.ending(end)
		s.who = choose(rng, &known, people, s)
		s.fill()
	}
	fates(stories, end)
	return stories, nil
}

// begin spreads beginnings over the time before end: more of them lately, on
// weekdays and by day, and some within the last hours.
func begin(rng *rand.Rand, end time.Time, i int) time.Time {
	if i < 14 {
		return end.Add(-time.Duration(2+i*i*2+rng.IntN(5)) * time.Minute)
	}
	for {
		back := time.Duration(float64(span) * (1 - math.Sqrt(rng.Float64())))
		at := end.Add(-back - time.Duration(rng.IntN(3600))*time.Second)
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		night := at.Hour() < 7 || at.Hour() > 21
		if night && rng.IntN(12) > 0 || weekend && rng.IntN(3) > 0 {
			continue
		}
		return at
	}
}

// ending decides by age: what is old is mostly done.
func (s *story) ending(end time.Time) ending {
	roll := s.rng.IntN(100)
	cut := func(closed, resolved, responded, waiting int) ending {
		switch {
		case roll < closed:
			return endClosed
		case roll < closed+resolved:
			return endResolved
		case roll < closed+resolved+responded:
			return endResponded
		case roll < closed+resolved+responded+waiting:
			return endWaiting
		}
		return endNew
	}
	switch age := end.Sub(s.at); {
	case age < 3*time.Hour:
		return cut(0, 8, 22, 30)
	case age < 48*time.Hour:
		return cut(28, 16, 30, 18)
	case age < 10*24*time.Hour:
		return cut(58, 16, 18, 7)
	}
	return cut(88, 6, 5, 1)
}

// choose finds a customer of the language: often one who has written before.
func choose(rng *rand.Rand, known *[]*customer, people map[string]*names, s *story) *customer {
	for range 6 {
		if len(*known) == 0 || rng.IntN(100) >= 35 {
			break
		}
		c := pick(rng, *known)
		if c.language != s.theme.language || s.channel == "chat" && (c.free.IsZero() || c.free.After(s.at)) {
			continue
		}
		if s.channel == "chat" {
			c.free = s.busyUntil()
		}
		return c
	}
	of := people[s.theme.language]
	given, family := pick(rng, of.given), pick(rng, of.family)
	c := &customer{name: given + " " + family, given: given, city: pick(rng, of.cities), company: pick(rng, of.companies), language: s.theme.language}
	if c.language == "ja" {
		c.name, c.given = family+" "+given, family
	}
	local := asciiName(given) + "." + asciiName(family)
	if len(local) < 4 {
		local = fmt.Sprintf("kunde%d", len(*known)+1)
	}
	c.email = fmt.Sprintf("%s%d@%s", local, len(*known)%90+10, pick(rng, []string{"mail.example", "post.example", "inbox.example", "web.example"}))
	if s.channel == "chat" {
		c.free = s.busyUntil()
	}
	*known = append(*known, c)
	return c
}

// busyUntil is when another chat may begin: for one that stays open, never.
func (s *story) busyUntil() time.Time {
	if s.end == endClosed {
		return s.at.Add(15 * 24 * time.Hour)
	}
	return s.at.Add(100 * 365 * 24 * time.Hour)
}

var (
	items    = []string{"Fjord", "Harbour", "Guji washed", "Midnight decaf", "Huila", "Summer filter"}
	machines = []string{"Solo grinder", "Duo espresso machine", "Brewbar", "Kettle Pro"}
	weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
)

func (s *story) fill() {
	s.slots = map[string]string{
		"name": s.who.name, "first": s.who.given, "city": s.who.city, "company": s.who.company, "item": pick(s.rng, items), "machine": pick(s.rng, machines),
		"day": pick(s.rng, weekdays), "order": fmt.Sprintf("%d", 48000+s.n*7+s.rng.IntN(6)),
	}
	s.subject = say(s.rng, pick(s.rng, s.theme.subjects), s.slots)
	s.lines = s.told()
	s.inbox = s.toInbox()
}

// told is the lines until the ending.
func (s *story) told() []line {
	lines := s.theme.lines
	last := func(by byte) int {
		found := -1
		for i, l := range lines {
			if l.by == by && (found < 0 || s.rng.IntN(2) == 0) {
				found = i
			}
		}
		return found
	}
	switch s.end {
	case endNew:
		return lines[:1]
	case endWaiting:
		return lines[:max(last('C'), 0)+1]
	case endResponded:
		if i := last('A'); i >= 0 {
			return lines[:i+1]
		}
		return lines[:1]
	}
	return lines
}

func (s *story) toInbox() string {
	wholesale := slices.Contains(s.theme.tags, "wholesale")
	switch {
	case s.channel == "chat":
		return "Shop chat"
	case s.channel == "api":
		return "Partners"
	case wholesale:
		return "Wholesale"
	}
	return "Support"
}

// fates decides which mails do not arrive: two are refused, two lost in a
// connection that broke, one is still being tried.
func fates(stories []*story, end time.Time) {
	want := []string{"held", "lost", "refused", "lost", "refused"}
	for _, s := range slices.Backward(stories) {
		if len(want) == 0 {
			return
		}
		young := end.Sub(s.at) < 6*time.Hour
		if s.channel != "mail" || s.end != endResponded || (want[0] == "held") != young || s.lines[len(s.lines)-1].by != 'A' {
			continue
		}
		s.fate, want = want[0], want[1:]
	}
}

// priority is how urgent the team finds it.
func (s *story) priority() desk.Priority {
	switch {
	case s.theme.name == "rude":
		return desk.PriorityUrgent
	case slices.Contains(s.theme.tags, "refund") && s.n%2 == 0, s.theme.name == "long-onboarding":
		return desk.PriorityHigh
	case s.theme.name == "spam-like", s.theme.name == "refill-idea":
		return desk.PriorityLow
	}
	return desk.PriorityNormal
}
