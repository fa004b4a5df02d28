package app_test

import (
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// F1-37, F1-38, F2-19, F2-21, F2-22: a quick reply is made, changed and used; its
// shortcut is its own, earlier texts stay, the most used one is offered first.
func TestQuickReplies(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "Kim Berg", Key: "1", Text: "hello"}).Conversation
	owner, agent := d.As(d.Owner), d.As(d.Agent)
	hello := desk.QuickReply{Kind: desk.QuickForReply, Name: "Hello", Shortcut: "/hello", Category: "Greetings", Text: "Hi {{contact.first_name|there}}, call {{contact.phone}}"}
	q, err := d.SaveQuickReply(owner, hello)
	d.OK(err)
	if _, err := d.SaveQuickReply(owner, hello); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "/hello is taken") {
		t.Fatalf("a shortcut twice: %v", err)
	}
	bye, err := d.SaveQuickReply(owner, desk.QuickReply{Kind: desk.QuickForReply, Name: "Bye", Shortcut: "/bye", Text: "Bye"})
	d.OK(err)
	_, err = d.SaveQuickReply(owner, desk.QuickReply{Kind: desk.QuickForNote, Name: "Call", Text: "**What**"})
	d.OK(err)
	d.OK(d.UseQuickReply(agent, q.ID))
	offers := func(kind desk.QuickKind) (names string) {
		all, err := d.Offered(agent, id, kind)
		d.OK(err)
		for _, o := range all {
			names += o.Name + ": " + o.Text + " " + strings.Join(o.Missing, ",") + "; "
		}
		return names
	}
	if got := offers(desk.QuickForReply); got != "Hello: Hi Kim, call {{contact.phone}} contact.phone; Bye: Bye ; " {
		t.Errorf("offered: %s", got)
	}
	if got := offers(desk.QuickForNote); got != "Call: **What** ; " {
		t.Errorf("F1-45, offered for a note: %s", got)
	}
	d.OK(d.UseQuickReply(agent, bye.ID))
	d.OK(d.UseQuickReply(agent, bye.ID))
	q.Text = "Hello"
	q, err = d.SaveQuickReply(owner, q)
	d.OK(err)
	if got := offers(desk.QuickForReply); got != "Bye: Bye ; Hello: Hello ; " {
		t.Errorf("offered: %s", got)
	}
	d.OK(look(d, d.Owner, func(tx *store.Tx) error {
		all, err := tx.QuickEditions(q.ID)
		if len(all) != 2 || all[0].Text != "Hello" || all[1].Text != hello.Text || all[1].User != d.Owner.User {
			t.Errorf("editions: %+v", all)
		}
		kept, err2 := tx.QuickReply(q.ID)
		if kept.Uses != 1 || kept.Edition != 2 || kept.UsedAt.IsZero() {
			t.Errorf("%+v", kept)
		}
		d.OK(err2)
		return err
	}))
	// A shortcut is free again when its owner is gone, and the other way round.
	d.OK(d.DeleteQuickReply(owner, q.ID))
	again, err := d.SaveQuickReply(owner, hello)
	d.OK(err)
	if _, err := d.SaveQuickReply(owner, q); desk.KindOf(err) != desk.Conflict {
		t.Errorf("brought back beside another one: %v", err)
	}
	d.OK(d.DeleteQuickReply(owner, again.ID))
	if q, err = d.SaveQuickReply(owner, q); err != nil || !q.RemovedAt.IsZero() || q.Uses != 1 {
		t.Errorf("brought back: %+v %v", q, err)
	}
}

// F2-70: a quick reply that is linked to a tag is offered first where a conversation
// has that tag, and where it has not as if there was no link. A tag that is removed
// takes only the link with it; what is no tag here is refused.
func TestQuickReplyOfTag(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "Kim Berg", Key: "1", Text: "hello"}).Conversation
	owner := d.As(d.Owner)
	made := func(name string, tag desk.TagID) desk.QuickReply {
		t.Helper()
		q, err := d.SaveQuickReply(owner, desk.QuickReply{Kind: desk.QuickForReply, Name: name, Shortcut: "/" + strings.ToLower(name), Text: name, Tag: tag})
		d.OK(err)
		return q
	}
	tag, err := d.SaveTag(owner, desk.Tag{Name: "Pump"})
	d.OK(err)
	often, pump := made("Often", 0), made("Pump", tag.ID)
	d.OK(d.UseQuickReply(owner, often.ID))
	offered := func() (names string) {
		t.Helper()
		all, err := d.Offered(d.As(d.Agent), id, desk.QuickForReply)
		d.OK(err)
		for _, o := range all {
			if names += o.Name + " "; o.Solves {
				names += "(solves) "
			}
		}
		return names
	}
	if got := offered(); got != "Often Pump " {
		t.Errorf("without the tag: %s", got)
	}
	_, err = d.Do(owner, id, desk.Label{Add: []string{tag.ID.String()}})
	d.OK(err)
	if got := offered(); got != "Pump (solves) Often " {
		t.Errorf("with the tag: %s", got)
	}
	pump.Text = "Hold the power key"
	if pump, err = d.SaveQuickReply(owner, pump); err != nil || pump.Tag != tag.ID {
		t.Errorf("changed: %+v %v", pump, err)
	}
	if _, err := d.SaveQuickReply(owner, desk.QuickReply{Kind: desk.QuickForReply, Name: "None", Shortcut: "/none", Text: "None", Tag: tag.ID + 1}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a tag that there is none of: %v", err)
	}
	_, err = d.Do(owner, id, desk.Label{Remove: []string{tag.ID.String()}})
	d.OK(err)
	d.OK(d.DeleteTag(owner, tag.ID))
	d.OK(look(d, d.Owner, func(tx *store.Tx) error {
		kept, err := tx.QuickReply(pump.ID)
		if kept.Tag != 0 || kept.Text != pump.Text {
			t.Errorf("after its tag was removed: %+v", kept)
		}
		return err
	}))
}

// What is private is nobody else's, what is a team's only its own; agents make only
// private ones.
func TestQuickRepliesOfOthers(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	owner, agent := d.As(d.Owner), d.As(d.Agent)
	reply := func(shortcut string, to desk.Sharing) desk.QuickReply {
		return desk.QuickReply{Kind: desk.QuickForReply, Name: shortcut[1:], Shortcut: shortcut, Text: "Hi", Sharing: to}
	}
	if _, err := d.SaveQuickReply(agent, reply("/all", desk.Sharing{})); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("an agent makes one for everyone: %v", err)
	}
	mine, err := d.SaveQuickReply(agent, reply("/mine", desk.Sharing{User: d.Agent.User}))
	d.OK(err)
	mine.User = d.Owner.User
	if _, err := d.SaveQuickReply(owner, mine); desk.KindOf(err) != desk.NotFound {
		t.Errorf("the owner takes what is private: %v", err)
	}
	if err := d.DeleteQuickReply(owner, mine.ID); desk.KindOf(err) != desk.NotFound {
		t.Errorf("the owner removes what is private: %v", err)
	}
	if err := d.UseQuickReply(owner, mine.ID); desk.KindOf(err) != desk.NotFound {
		t.Errorf("the owner uses what is private: %v", err)
	}
	team, err := d.SaveTeam(owner, desk.Team{Name: "Night", Members: []desk.UserID{d.Owner.User}})
	d.OK(err)
	theirs, err := d.SaveQuickReply(owner, reply("/theirs", desk.Sharing{Team: team.ID}))
	d.OK(err)
	if err := d.UseQuickReply(agent, theirs.ID); desk.KindOf(err) != desk.NotFound {
		t.Errorf("somebody outside the team uses it: %v", err)
	}
	if _, err := d.SaveQuickReply(owner, reply("/no", desk.Sharing{Team: team.ID + 1})); desk.KindOf(err) != desk.NotFound {
		t.Errorf("for a team that there is none of: %v", err)
	}
}

// A macro is run as one and taken back as one, but for the message that has gone;
// when one step is refused, nothing is changed.
func TestMacro(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	owner, agent := d.As(d.Owner), d.As(d.Agent)
	id := d.Get(apptest.Post{From: "Kim Berg", Key: "1", Text: "hello"}).Conversation
	made, err := d.Do(owner, id, desk.Label{Add: []string{"Refund"}})
	d.OK(err)
	tag := made.Conversation.Tags[0]
	_, err = d.Do(owner, id, desk.Label{Remove: []string{tag.String()}})
	d.OK(err)
	m, err := d.SaveMacro(owner, desk.Macro{Name: "Refund", Steps: []desk.Step{
		{Do: desk.StepReply, Text: "Dear {{contact.first_name|customer}}, it is on its way."}, {Do: desk.StepTag, Tags: []desk.TagID{tag}},
		{Do: desk.StepAssign}, {Do: desk.StepPriority, Priority: desk.PriorityHigh}, {Do: desk.StepNote, Text: "Refunded by {{agent.name}}"}, {Do: desk.StepResolve},
	}})
	d.OK(err)
	before := d.Conversation(id)
	r, err := d.Do(agent, id, desk.RunMacro{Macro: m.ID, ClientID: "once"})
	d.OK(err)
	c := d.Conversation(id)
	if c.Status != desk.StatusResolved || c.Assignee != d.Agent.User || c.Priority != desk.PriorityHigh || len(c.Tags) != 1 || c.Messages != before.Messages+2 || !r.Undoable {
		t.Fatalf("%+v, undoable %v", c, r.Undoable)
	}
	for _, e := range r.Events {
		if e.Command != r.Command {
			t.Errorf("%T is of another command", e.Fact)
		}
		if f, ok := e.Fact.(desk.MessagePosted); ok && f.Body.Text != "Dear Kim, it is on its way." {
			t.Errorf("it wrote %q", f.Body.Text)
		}
	}
	// The same wish sent again does nothing.
	again, err := d.Do(agent, id, desk.RunMacro{Macro: m.ID, ClientID: "once"})
	d.OK(err)
	if len(again.Events) > 0 || d.Conversation(id).Messages != c.Messages {
		t.Errorf("run twice: %+v", again.Events)
	}
	u, err := d.Do(agent, id, desk.Undo{Command: r.Command})
	d.OK(err)
	c = d.Conversation(id)
	if c.Status != desk.StatusOpen || c.Assignee != before.Assignee || c.Priority != before.Priority || len(c.Tags) != 0 || c.Messages != before.Messages+1 {
		t.Errorf("after the undo: %+v", c)
	}
	// And the undo of the undo does it again, without a second message.
	_, err = d.Do(agent, id, desk.Undo{Command: u.Command})
	d.OK(err)
	if c = d.Conversation(id); c.Status != desk.StatusResolved || c.Messages != before.Messages+2 {
		t.Errorf("done again: %+v", c)
	}
	_, err = d.Do(owner, id, desk.Undo{Command: r.Command})
	if err != nil && desk.KindOf(err) != desk.Conflict {
		t.Error(err)
	}

	// A step that cannot be refuses all of them.
	phone, err := d.SaveMacro(owner, desk.Macro{Name: "Phone", Steps: []desk.Step{{Do: desk.StepTag, Tags: []desk.TagID{tag}}, {Do: desk.StepReply, Text: "We call {{contact.phone}}"}}})
	d.OK(err)
	other := d.Get(apptest.Post{From: "eve", Key: "2", Text: "hello"}).Conversation
	was := d.Conversation(other)
	_, err = d.Do(agent, other, desk.RunMacro{Macro: phone.ID})
	if desk.KindOf(err) != desk.Invalid || !strings.Contains(err.Error(), "Nothing was changed: step 2 of “Phone” (reply)") || !strings.Contains(err.Error(), "contact.phone") {
		t.Errorf("an unknown value: %v", err)
	}
	if now := d.Conversation(other); now.Version != was.Version || len(now.Tags) > 0 {
		t.Errorf("changed by a macro that was refused: %+v", now)
	}
	// Only a message: there is nothing to take back.
	hello, err := d.SaveMacro(owner, desk.Macro{Name: "Hello", Steps: []desk.Step{{Do: desk.StepReply, Text: "Hi"}}})
	d.OK(err)
	r, err = d.Do(agent, other, desk.RunMacro{Macro: hello.ID})
	d.OK(err)
	if _, err := d.Do(agent, other, desk.Undo{Command: r.Command}); r.Undoable || desk.KindOf(err) != desk.Conflict {
		t.Errorf("a message is taken back: %v, undoable %v", err, r.Undoable)
	}
	// A viewer runs none, nobody runs one that was removed or is another's.
	viewer := d.Agent
	viewer.Role = desk.RoleViewer
	if _, err := d.Do(d.As(viewer), other, desk.RunMacro{Macro: hello.ID}); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("a viewer: %v", err)
	}
	d.OK(d.DeleteMacro(owner, hello.ID))
	if _, err := d.Do(agent, other, desk.RunMacro{Macro: hello.ID}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a removed one: %v", err)
	}
	mine, err := d.SaveMacro(owner, desk.Macro{Name: "Mine", Steps: []desk.Step{{Do: desk.StepAssign}}, Sharing: desk.Sharing{User: d.Owner.User}})
	d.OK(err)
	if _, err := d.Do(agent, other, desk.RunMacro{Macro: mine.ID}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("another's: %v", err)
	}
	if _, err := d.SaveMacro(owner, desk.Macro{Name: "Nobody", Steps: []desk.Step{{Do: desk.StepTag, Tags: []desk.TagID{tag + 1}}}}); desk.KindOf(err) != desk.Invalid || !strings.Contains(err.Error(), "Step 1") {
		t.Errorf("a tag that there is none of: %v", err)
	}
}
