package desk_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"parley/desk"
)

// office is the world of the scenarios and of the random tests: one workspace
// with one inbox, held in memory, which keeps what app and store keep.
type office struct {
	now        time.Time
	actor      desk.Actor
	inbox      desk.Inbox
	members    map[desk.UserID]desk.Member
	contacts   map[desk.ContactID]desk.Contact
	all        map[desk.ConversationID]*desk.Conversation
	order      []desk.ConversationID
	messages   map[desk.MessageID]*desk.Message
	events     []desk.Event
	marks      map[mark]desk.MessageID
	tags       map[string]desk.TagID // by folded name
	threads    map[string]desk.ConversationID
	files      map[desk.AttachmentID]desk.Attachment
	in         desk.ConversationID // which conversation is decided about
	blocked    map[desk.ContactID]bool
	categories map[desk.CategoryID]desk.Category
	nextID     int64
	teams      map[desk.TeamID]desk.Team
	turns      map[desk.UserID]int64
	promise    desk.Promise // what is promised; its settings are the inbox's
	editions   map[desk.MessageID]map[int]desk.Message
	keys       map[desk.MessageID]string // the thread keys of messages
	macros     map[desk.MacroID]desk.Macro
	scheduled  map[desk.ScheduledID]*planned
	joint
	forwards
}

type mark struct {
	user desk.UserID
	in   desk.ConversationID
}

// The people of the office.
const (
	ann  desk.UserID = 101 // agent
	bob  desk.UserID = 102 // agent
	maja desk.UserID = 103 // owner
	vera desk.UserID = 104 // viewer
	olga desk.UserID = 105 // an agent who has left
	otto desk.UserID = 106 // an agent of another inbox
)

const (
	support     desk.TeamID     = 601 // Ann and Bob, led by Ann
	empty       desk.TeamID     = 602 // nobody
	others      desk.TeamID     = 603 // Otto, who is in another inbox
	night       desk.TeamID     = 604 // Maja and Bob
	theInbox    desk.InboxID    = 201
	otherInbox  desk.InboxID    = 202
	chat        desk.ChannelID  = 301
	phone       desk.ChannelID  = 302
	letters     desk.ChannelID  = 303 // by mail
	kim         desk.ContactID  = 401
	eve         desk.ContactID  = 402
	bug         desk.CategoryID = 501
	oldCat      desk.CategoryID = 502 // no longer used
	refund      desk.MacroID    = 701
	workspace                   = desk.WorkspaceID(1)
	theScope                    = 7
	firstNumber                 = 1000
)

func newOffice() *office {
	o := &office{
		now:   time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), // a Monday
		inbox: desk.Inbox{ID: theInbox, Name: "Front desk", Grouping: desk.PerContact, OpenScope: theScope},
		contacts: map[desk.ContactID]desk.Contact{
			kim: {ID: kim, Name: "Kim"}, eve: {ID: eve, Name: "Eve"},
		},
		members: map[desk.UserID]desk.Member{}, all: map[desk.ConversationID]*desk.Conversation{}, messages: map[desk.MessageID]*desk.Message{},
		marks: map[mark]desk.MessageID{}, tags: map[string]desk.TagID{}, threads: map[string]desk.ConversationID{}, nextID: firstNumber,
		files: map[desk.AttachmentID]desk.Attachment{}, editions: map[desk.MessageID]map[int]desk.Message{}, keys: map[desk.MessageID]string{}, turns: map[desk.UserID]int64{},
		teams: map[desk.TeamID]desk.Team{
			support: {ID: support, Name: "Support", Lead: ann, Members: []desk.UserID{ann, bob}}, empty: {ID: empty, Name: "Empty"},
			others: {ID: others, Name: "Others", Members: []desk.UserID{otto, olga}}, night: {ID: night, Name: "Night", Members: []desk.UserID{maja, bob}},
		},
		blocked: map[desk.ContactID]bool{}, scheduled: map[desk.ScheduledID]*planned{},
		macros: map[desk.MacroID]desk.Macro{refund: {ID: refund, Name: "Refund", Steps: []desk.Step{
			{Do: desk.StepReply, Text: "Dear {{contact.first_name}}, it is on its way."}, {Do: desk.StepAssign, Assignee: bob},
			{Do: desk.StepPriority, Priority: desk.PriorityHigh}, {Do: desk.StepNote, Text: "Refunded by {{agent.name}}"}, {Do: desk.StepResolve},
		}}},
		categories: map[desk.CategoryID]desk.Category{bug: {ID: bug, Name: "Bug"}, oldCat: {ID: oldCat, Name: "Fax", Disabled: true}},
	}
	here := []desk.InboxID{theInbox}
	for _, m := range []desk.Member{
		{User: ann, Name: "Ann", Role: desk.RoleAgent, Active: true, Inboxes: here},
		{User: bob, Name: "Bob", Role: desk.RoleAgent, Active: true, Inboxes: here},
		{User: maja, Name: "Maja", Role: desk.RoleOwner, Active: true},
		{User: vera, Name: "Vera", Role: desk.RoleViewer, Active: true, Inboxes: here},
		{User: olga, Name: "Olga", Role: desk.RoleAgent, Inboxes: here},
		{User: otto, Name: "Otto", Role: desk.RoleAgent, Active: true, Inboxes: []desk.InboxID{otherInbox}},
	} {
		for _, id := range []desk.TeamID{support, others, night} {
			if o.teams[id].Has(m.User) {
				m.Teams = append(m.Teams, id)
			}
		}
		o.members[m.User] = m
	}
	return o
}

func (o *office) number() int64 { o.nextID++; return o.nextID }

// as makes somebody the actor.
func (o *office) as(u desk.UserID) {
	m := o.members[u]
	o.actor = m.Actor()
}

func (o *office) Now() time.Time             { return o.now }
func (o *office) Actor() desk.Actor          { return o.actor }
func (o *office) NewMessage() desk.MessageID { return desk.MessageID(o.number()) }

func (o *office) Member(u desk.UserID) (desk.Member, error) {
	m, ok := o.members[u]
	if !ok {
		return m, desk.Errorf(desk.NotFound, "There is no such member here.")
	}
	return m, nil
}

func (o *office) Members() (all []desk.Member, err error) {
	for _, m := range o.members {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b desk.Member) int { return cmp.Compare(a.User, b.User) })
	return all, nil
}

func (o *office) Inbox(id desk.InboxID) (desk.Inbox, error) {
	if id != o.inbox.ID {
		return desk.Inbox{}, desk.Errorf(desk.NotFound, "There is no such inbox here.")
	}
	return o.inbox, nil
}

func (o *office) Teams() (all []desk.Team, err error) {
	for _, t := range o.teams {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b desk.Team) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

func (o *office) Team(id desk.TeamID) (desk.Team, error) {
	t, ok := o.teams[id]
	if !ok {
		return t, desk.Errorf(desk.NotFound, "There is no such team here.")
	}
	return t, nil
}

// Roster counts as the store does: what sleeps or has ended is no load.
func (o *office) Roster(c desk.Conversation) (desk.Roster, error) {
	contact := o.contacts[c.Contact]
	r := desk.Roster{Tags: contact.Tags, Language: contact.Language}
	for _, t := range o.teams {
		r.Teams = append(r.Teams, t)
	}
	for _, m := range o.members {
		one := desk.Candidate{Member: m, Turn: o.turns[m.User], LastTurn: o.turns[m.User]}
		for _, other := range o.all {
			switch {
			case other.Assignee != m.User || other.Snoozed(o.now):
			case other.Status == desk.StatusOpen:
				one.Open++
			case other.Status == desk.StatusPending:
				one.Pending++
			}
		}
		r.Members = append(r.Members, one)
	}
	for _, e := range o.events {
		posted, ok := e.Fact.(desk.MessagePosted)
		if ok && posted.User != 0 && o.all[e.Conversation].Contact == c.Contact {
			r.Previous = posted.User
		}
	}
	return r, nil
}

// CopyFiles: what is in the conversation can be copied, but for the files of notes.
func (o *office) CopyFiles(ids []desk.AttachmentID) (all []desk.Attachment, _ error) {
	for _, id := range ids {
		found := false
		for _, m := range o.messages {
			for _, f := range m.Files {
				if f.ID == id && m.Kind != desk.KindNote {
					f.ID, found = desk.AttachmentID(o.number()), true
					all = append(all, f)
				}
			}
		}
		if !found {
			return nil, desk.Errorf(desk.NotFound, "There is no such file here.")
		}
	}
	return all, nil
}

// Reachable knows that nobody has Eve's phone number.
func (o *office) Reachable(contact desk.ContactID, channel desk.ChannelID) error {
	switch {
	case channel != chat && channel != phone && channel != letters:
		return desk.Errorf(desk.NotFound, "There is no such channel here.")
	case contact == eve && channel == phone:
		return desk.Errorf(desk.Invalid, "Eve cannot be reached through Phone. Choose another channel.")
	}
	return nil
}

// Addressee: everybody here has a mail address of their number.
func (o *office) Addressee(contact desk.ContactID, channel desk.ChannelID) (desk.Address, error) {
	if channel != letters {
		return desk.Address{}, desk.Errorf(desk.Invalid, "This is no mail address.")
	}
	return desk.Address{Email: strings.ToLower(contact.String()) + "@customer.test"}, nil
}

// OwnAddresses: mail comes to one.
func (o *office) OwnAddresses() ([]string, error) { return []string{"support@example.com"}, nil }

// Signature: Ann has one, and so may the inbox.
func (o *office) Signature(inbox desk.Inbox, user desk.UserID) (string, error) {
	own := ""
	if user == ann {
		own = "{{agent.name}}, {{inbox.name}}"
	}
	return inbox.Settings.SignatureOf(own, desk.NewKnown(desk.Contact{}, desk.Conversation{}, o.members[user], inbox, "Office")), nil
}

// AnsweredMail: the last that the customer wrote, which only they have had.
func (o *office) AnsweredMail(in desk.ConversationID, _ desk.MessageID) (a desk.Answered, _ error) {
	for id, m := range o.messages {
		if m.Conversation == in && m.Side == desk.SideCustomer && m.Channel == letters && id > a.Message {
			a = desk.Answered{Message: id, Seen: []desk.Address{{Email: strings.ToLower(m.Contact.String()) + "@customer.test"}}}
		}
	}
	return a, nil
}

// Askable: what goes by mail has no page to answer on here.
func (o *office) Askable(contact desk.ContactID, channel desk.ChannelID) (bool, error) {
	return o.Reachable(contact, channel) == nil && channel != letters, nil
}

func (o *office) Asked(survey desk.MessageID) (a desk.Asked, _ error) {
	for _, e := range o.events {
		switch f := e.Fact.(type) {
		case desk.MessagePosted:
			if f.Message == survey {
				a.User = f.User
			}
		case desk.Rated:
			if f.Survey == survey {
				a.Comment = f.Comment
			}
		}
	}
	return a, nil
}

func (o *office) Macro(id desk.MacroID) (desk.Macro, error) {
	m, ok := o.macros[id]
	if !ok {
		return m, desk.Errorf(desk.NotFound, "There is no such macro here.")
	}
	return m, nil
}

func (o *office) Known(c desk.Conversation) (desk.Known, error) {
	return desk.NewKnown(o.contacts[c.Contact], c, o.members[o.actor.User], o.inbox, "Office"), nil
}

func (o *office) FindTag(name string) (desk.TagID, error) {
	if id, ok := o.tags[strings.ToLower(name)]; ok {
		return id, nil
	}
	for _, id := range o.tags {
		if id.String() == name {
			return id, nil
		}
	}
	return 0, desk.Errorf(desk.NotFound, "There is no such tag here.")
}

func (o *office) MakeTag(name string) (desk.TagID, error) {
	id, err := o.FindTag(name)
	if err != nil {
		id = desk.TagID(o.number())
		o.tags[strings.ToLower(name)] = id
	}
	return id, nil
}

func (o *office) OpenPrimary(scope int64, contact desk.ContactID) (desk.ConversationID, error) {
	for _, id := range o.order {
		c := o.all[id]
		if c.OpenScope == scope && c.Contact == contact && c.Grouping == desk.PerContact && c.Primary && c.Active() && !c.Archived() {
			return id, nil
		}
	}
	return 0, nil
}

func (o *office) Facts(command desk.CommandID) (all []desk.Event, err error) {
	for _, e := range o.events {
		if e.Command == command && e.Conversation == o.in {
			all = append(all, e)
		}
	}
	return all, nil
}

func (o *office) Message(id desk.MessageID) (desk.Message, error) {
	m := o.messages[id]
	if m == nil || m.Conversation != o.in {
		return desk.Message{}, desk.Errorf(desk.NotFound, "There is no such message in this conversation.")
	}
	return *m, nil
}

func (o *office) Blocked(id desk.ContactID, _ bool) (bool, error) { return o.blocked[id], nil }

func (o *office) Category(id desk.CategoryID) (desk.Category, error) {
	c, ok := o.categories[id]
	if !ok {
		return c, desk.Errorf(desk.NotFound, "There is no such category here.")
	}
	return c, nil
}

func (o *office) ReadMark() (desk.MessageID, error) { return o.marks[mark{o.actor.User, o.in}], nil }

func (o *office) Files(ids []desk.AttachmentID) (all []desk.Attachment, err error) {
	for _, id := range ids {
		f, ok := o.files[id]
		if !ok {
			return nil, desk.Errorf(desk.NotFound, "There is no such upload here.")
		}
		all = append(all, f)
	}
	return all, nil
}

// PicturesIn: in a scenario no picture stands in code.
func (o *office) PicturesIn(text string) (all []desk.AttachmentID, err error) {
	for _, found := range regexp.MustCompile(`!\[[^\]]*\]\((att_[0-9a-z]+)\)`).FindAllStringSubmatch(text, -1) {
		var id desk.AttachmentID
		if err := id.Parse(found[1]); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

// done is what a command did.
type done struct {
	command desk.CommandID
	in      desk.ConversationID
	events  []desk.Event
}

// do gives a command in a conversation, or in a new one (0), all of it or nothing.
func (o *office) do(id desk.ConversationID, cmd desk.Command) (d done, err error) {
	parts, err := desk.Parts(id, cmd, o.factsOf)
	if err != nil {
		return d, err
	}
	if len(parts) > 0 {
		return o.together(id, parts)
	}
	return o.one(id, cmd)
}

// one gives a command in one conversation.
func (o *office) one(id desk.ConversationID, cmd desk.Command) (d done, err error) {
	var c desk.Conversation
	if id != 0 {
		c = *o.all[id]
	} else {
		c = desk.Conversation{ID: desk.ConversationID(o.number()), Workspace: workspace}
	}
	d.in, d.command, o.in = c.ID, o.joint.command, c.ID
	if d.command == 0 {
		d.command = desk.CommandID(o.number())
	}
	if err := desk.CheckCommand(o.actor, cmd); err != nil {
		return d, err
	}
	if err := desk.CheckMerged(o.actor, c, cmd); err != nil {
		return d, err
	}
	before := c
	before.Tags = slices.Clone(c.Tags)
	facts, err := cmd.Decide(c, o)
	if err != nil {
		return d, err
	}
	apply := func(by desk.Actor, facts []desk.Fact) {
		for _, f := range facts {
			e := desk.Event{
				Seq: int64(len(o.events) + len(d.events) + 1), Workspace: workspace, Conversation: c.ID, Version: c.Version + 1, At: o.now, By: by, Command: d.command, Fact: f,
			}
			c.Apply(e)
			d.events = append(d.events, e)
		}
	}
	apply(o.actor, facts)
	if desk.MayHold(c, d.events) {
		apply(desk.Actor{Kind: desk.ActorSystem}, desk.Hold(c, d.events, o.scheduledIn(c.ID)))
	}
	tagged, again := cmd.(desk.ContactTagged)
	if _, recompute := cmd.(desk.Recompute); again || recompute || desk.Moves(d.events) {
		old := &before
		if id == 0 {
			old = nil
		}
		p := o.promised()
		p.Known = tagged.Tags
		if desk.Begins(d.events) {
			p.Known = o.contacts[c.Contact].Tags
		}
		apply(desk.Actor{Kind: desk.ActorSystem}, p.Follow(old, c, d.events, o.now))
	}
	if len(d.events) == 0 {
		return d, nil
	}
	heir := o.succeed(before, c, d.events)
	if heir != 0 {
		apply(desk.Actor{Kind: desk.ActorSystem}, []desk.Fact{desk.Succeeded{By: heir}})
	}
	if o.all[c.ID] == nil {
		o.order = append(o.order, c.ID)
	}
	o.all[c.ID] = &c
	for _, e := range d.events {
		o.keep(e)
	}
	o.events = append(o.events, d.events...)
	if heir != 0 {
		return d, o.promote(heir, c.ID, d.command)
	}
	return d, nil
}

// promised is what app works out from the settings of the inbox.
func (o *office) promised() desk.Promise {
	p := o.promise
	p.Settings, p.Raise = o.inbox.Settings.PromiseSettings, map[desk.TagID]desk.Priority{}
	for _, r := range p.Settings.TagRules() {
		if id, err := o.FindTag(r.Tag); err == nil {
			p.Raise[id] = r.Priority
		}
	}
	return p
}

// keep stores what a fact changes beside the conversation.
func (o *office) keep(e desk.Event) {
	switch f := e.Fact.(type) {
	case desk.MessagePosted:
		o.keepMessage(e, f.Body)
	case desk.AsidePosted:
		o.keepMessage(e, f.Body)
	case desk.AsideRecalled:
		m := o.messages[f.Message]
		m.DeletedAt, m.Delivery, m.Leaves = e.At, desk.DeliveryRecalled, time.Time{}
	case desk.NoteAdded:
		o.keepMessage(e, f.Body)
	case desk.MessageRecalled:
		m := o.messages[f.Message]
		m.DeletedAt, m.Delivery, m.Leaves = e.At, desk.DeliveryRecalled, time.Time{}
	case desk.NoteRemoved:
		o.messages[f.Message].DeletedAt = e.At
	case desk.NoteRestored:
		o.messages[f.Message].DeletedAt = time.Time{}
	case desk.NoteEdited:
		o.keepEdition(f)
	case desk.MessageReread:
		*o.messages[f.Message] = *f.Body
	case desk.ParticipantLetIn:
		o.messages[f.Message].Auto = ""
	case desk.ParticipantTurnedAway:
		o.messages[f.Message].Auto = desk.AutoTurnedAway
	case desk.KeptTogether:
		o.messages[f.Message].Origin.NewSubject = false
	case desk.ForwardTaken:
		o.keepForward(f)
	case desk.NotePinned:
		o.messages[f.Message].PinnedAt = e.At
	case desk.NoteUnpinned:
		o.messages[f.Message].PinnedAt = time.Time{}
	case desk.DeliveryChanged:
		o.messages[f.Message].Delivery, o.messages[f.Message].DeliveryReason = f.State, f.Reason
	case desk.Assigned:
		if f.Why != nil {
			o.turns[f.Assignee] = int64(len(o.turns) + len(o.events) + 1)
		}
	case desk.Read:
		o.marks[mark{f.User, e.Conversation}] = f.To
	default:
		o.keepJoint(e)
	}
	o.keepScheduled(e.Fact)
}

// keepEdition keeps every text of a note, as the table of editions does.
func (o *office) keepEdition(f desk.NoteEdited) {
	m := o.messages[f.Message]
	if o.editions[f.Message] == nil {
		o.editions[f.Message] = map[int]desk.Message{m.Edition: *m}
	}
	if f.Body != nil {
		o.editions[f.Message][f.Edition] = *f.Body
	}
	now := o.editions[f.Message][f.Edition]
	m.Text, m.Edition, m.EditedAt, m.Mentions = now.Text, f.Edition, now.EditedAt, now.Mentions
	m.Editions = len(o.editions[f.Message])
}

func (o *office) keepMessage(e desk.Event, m *desk.Message) {
	kept := *m
	kept.Conversation = e.Conversation
	o.messages[m.ID] = &kept
}
