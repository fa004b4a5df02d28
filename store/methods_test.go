package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/filter"
	"parley/search"
	"parley/store"
)

// realm is one of everything, of one workspace and inbox.
type realm struct {
	ws           desk.WorkspaceID
	user         desk.UserID
	inbox        desk.Inbox
	channel      desk.Channel
	contact      desk.Contact
	identity     store.Identity
	conversation desk.Conversation
	inbound      desk.MessageID
	reply        desk.Message
	attachment   desk.Attachment
	upload       desk.Attachment
	tag          desk.Tag
	category     desk.Category
	event        desk.Event
	raw          store.RawEvent
	notification store.Notification
	token        store.Token
	invitation   store.Invitation
	job          store.Job // failed
	thread       string
	team         desk.Team
	policy       desk.Policy
	hours        store.BusinessHours
	note         desk.Message
	view         store.SavedView
	quick        desk.QuickReply
	macro        desk.Macro
	about        store.ContactNote
	scheduled    desk.Scheduled
}

// secret is in every text of a realm that nobody else may see.
const secret = "SECRET"

// furnish makes a realm in a new inbox of a workspace.
func furnish(d *apptest.Desk, ws desk.WorkspaceID, user desk.UserID, name string) (r realm) {
	d.T.Helper()
	ok := d.OK
	actor, err := d.Enter(d.T.Context(), ws, user)
	ok(err)
	ctx := app.As(d.T.Context(), ws, actor)
	r.ws, r.user, r.thread = ws, user, "thread-"+name
	r.inbox, err = d.CreateInbox(ctx, secret+name, desk.PerThread, app.InboxChange{})
	ok(err)
	r.category, err = d.SaveCategory(ctx, desk.Category{Name: secret + name})
	ok(err)
	r.channel, err = d.SaveChannel(ctx, r.inbox.ID, 0, "memory", secret+name, json.RawMessage(`{}`), nil)
	ok(err)
	acc, err := d.Lookup(ctx, "memory", r.channel.Address)
	ok(err)
	got, err := d.Receive(d.T.Context(), acc, apptest.Raw(apptest.Post{From: secret + name, Key: "key-" + name, Text: secret, Own: r.thread}, d.Clock.Now()), app.Uploads{})
	ok(err)
	r.inbound = got.Message
	file := func() desk.Attachment {
		a, err := d.Upload(ctx, channel.File{Name: secret, ContentType: "text/plain", Data: []byte(name)}, app.Uploader(actor))
		ok(err)
		return a
	}
	r.attachment, r.upload = file(), file()
	if _, err := d.Do(ctx, got.Conversation, desk.Label{Add: []string{secret + name}}); err != nil {
		d.T.Fatal(err)
	}
	sent, err := d.Do(app.Idempotent(ctx, "actor-"+name, "idem", "digest"), got.Conversation, desk.Reply{Text: secret, ClientID: "client-" + name, Files: []desk.AttachmentID{r.attachment.ID}})
	ok(err)
	r.event = sent.Events[0]
	ok(err2(d.Do(ctx, got.Conversation, desk.MarkRead{})))
	ok(err2(d.SaveDraft(ctx, store.Draft{Conversation: got.Conversation, Mode: "reply", Text: secret})))
	noted, err := d.Do(ctx, got.Conversation, desk.Note{Text: secret})
	ok(err)
	ok(err2(d.Do(ctx, got.Conversation, desk.EditNote{Message: noted.Message, Text: secret + " again"})))
	ok(err2(d.Do(ctx, got.Conversation, desk.PinNote{Message: noted.Message})))
	planned, err := d.Do(ctx, got.Conversation, desk.Schedule{Text: secret, At: d.Clock.Now().AddDate(1, 0, 0), ClientID: "later-" + name})
	ok(err)
	r.scheduled.ID, _, _ = desk.StandingOf(planned.Events[0].Fact)
	r.quick, err = d.SaveQuickReply(ctx, desk.QuickReply{Kind: desk.QuickForReply, Name: secret + name, Shortcut: "/secret-" + name, Text: secret})
	ok(err)
	r.macro, err = d.SaveMacro(ctx, desk.Macro{Name: secret + name, Steps: []desk.Step{{Do: desk.StepNote, Text: secret}}})
	ok(err)
	r.view, err = d.CreateView(ctx, app.ViewChange{Name: &r.quick.Name})
	ok(err)
	ok(d.SavePreferences(ctx, desk.Preferences{Zone: "Europe/Berlin"}))
	ok(d.Tell(app.System(d.T.Context(), ws), app.News{Kind: desk.NewsMention, Event: desk.Event{Seq: r.event.Seq, Conversation: got.Conversation}, To: []desk.UserID{user}}))
	r.team, err = d.SaveTeam(ctx, desk.Team{Name: secret + name, Members: []desk.UserID{user}, Inboxes: []desk.InboxID{r.inbox.ID}})
	ok(err)
	ok(d.SetResponders(ctx, r.inbox.ID, desk.FirstResponders, []desk.UserID{user}))
	r.policy, err = d.SavePolicy(ctx, desk.Policy{Name: secret + name, First: desk.StandardPolicy().First})
	ok(err)
	r.hours, err = d.SaveBusinessHours(ctx, store.BusinessHours{Name: secret + name, Hours: desk.Hours{Zone: "UTC", Week: desk.Week{Monday: []desk.Period{{From: 60, To: 120}}}}})
	ok(err)
	r.token, _, err = d.CreateToken(ctx, secret, []string{"read"}, d.Clock.Now().AddDate(1, 0, 0))
	ok(err)
	r.invitation, _, err = d.Invite(ctx, strings.ToLower(secret+name)+"@example.com", desk.RoleAgent, []desk.InboxID{r.inbox.ID})
	ok(err)
	r.job = store.Job{ID: desk.JobID(int64(r.event.Command) + 1), Workspace: ws, Queue: "none-" + name, Conversation: got.Conversation, RunAt: d.Clock.Now(), CreatedAt: d.Clock.Now()}
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error {
		if err := tx.Enqueue(r.job); err != nil {
			return err
		}
		claimed, err := tx.Claim(r.job.Queue, 1, d.Clock.Now(), d.Clock.Now(), 1)
		if err != nil {
			return err
		}
		r.job = claimed[0]
		return tx.PutBack(r.job, d.Clock.Now(), store.JobFailed, secret)
	}))
	ok(d.DB.Read(ctx, store.Scope{Workspace: ws, User: user}, func(tx *store.Tx) error {
		var errs [9]error
		r.scheduled, errs[8] = tx.Scheduled(r.scheduled.ID)
		r.conversation, errs[0] = tx.Conversation(got.Conversation)
		r.contact, errs[1] = tx.Contact(r.conversation.Contact)
		all, err := tx.Identities(r.contact.ID)
		r.identity, errs[2] = all[0], err
		r.note, errs[7] = tx.MessageByID(noted.Message)
		r.reply, errs[3] = tx.MessageByID(sent.Message)
		r.tag, errs[4] = tx.TagByID(r.conversation.Tags[0])
		r.raw, errs[5] = tx.Raw(got.Raw)
		news, err := tx.Notifications(0, 1)
		r.notification, errs[6] = news[0], err
		return errors.Join(errs[:]...)
	}))
	r.about, err = d.AddContactNote(ctx, r.contact.ID, secret)
	ok(err)
	return r
}

func err2[T any](_ T, err error) error { return err }

// asked is every query of the store about a realm, as somebody asks it who may
// not see that realm. What is given back must hold nothing of it.
var asked = map[string]func(*store.WriteTx, realm) (any, error){
	"FreeAttachments": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.FreeAttachments([]desk.AttachmentID{r.upload.ID}, r.user.String())
	},
	"Heads":     func(tx *store.WriteTx, r realm) (any, error) { return tx.Heads(r.conversation.ID) },
	"Readers":   func(tx *store.WriteTx, r realm) (any, error) { return tx.Readers(r.conversation.ID) },
	"Heir":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Heir(r.conversation.OpenScope, r.contact.ID) },
	"Family":    func(tx *store.WriteTx, r realm) (any, error) { return tx.Family(r.conversation.ID) },
	"Spoken":    func(tx *store.WriteTx, r realm) (any, error) { return tx.Spoken(r.conversation.ID, 0, 10) },
	"Namesakes": func(tx *store.WriteTx, r realm) (any, error) { return tx.Namesakes(r.contact, 10) },
	"MergedInto": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.MergedInto([]desk.ConversationID{r.conversation.ID})
	},
	"MessageIDs": func(tx *store.WriteTx, r realm) (any, error) { return tx.MessageIDs(r.conversation.ID) },
	"Strands":    func(tx *store.WriteTx, r realm) (any, error) { return tx.Strands(r.contact.ID, 10) },
	"Survivor": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Survivor(desk.Conversation{ID: 1, MergedInto: r.conversation.ID})
	},
	"Mergeable": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Mergeable(r.contact.ID, 1, []string{strings.ToLower(secret)}, 10)
	},
	"ChatMessages": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ChatMessages([]desk.ConversationID{r.conversation.ID}, r.inbox.ID, 0, 10)
	},
	"Attachment": func(tx *store.WriteTx, r realm) (any, error) { return tx.Attachment(r.attachment.ID, "somebody") },
	"ContactAttachment": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ContactAttachment(r.attachment.ID, r.contact.ID, "somebody")
	},
	"Contact":       func(tx *store.WriteTx, r realm) (any, error) { return tx.Contact(r.contact.ID) },
	"Contacts":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Contacts([]desk.ContactID{r.contact.ID}) },
	"LockContact":   func(tx *store.WriteTx, r realm) (any, error) { return tx.LockContact(r.contact.ID) },
	"ContactActive": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactActive(r.contact.ID) },
	"FindContacts": func(tx *store.WriteTx, _ realm) (any, error) {
		return tx.FindContacts(strings.ToLower(secret), 0, 100)
	},
	"VerifiedContactByEmail": func(tx *store.WriteTx, r realm) (any, error) { return tx.VerifiedContactByEmail(r.contact.Email) },
	"IdentityContact": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.IdentityContact(r.identity.Kind, r.identity.Scope, r.identity.ID)
	},
	"LockIdentity": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.LockIdentity(r.identity.Kind, r.identity.Scope, r.identity.ID)
	},
	"Identities":       func(tx *store.WriteTx, r realm) (any, error) { return tx.Identities(r.contact.ID) },
	"Conversation":     func(tx *store.WriteTx, r realm) (any, error) { return tx.Conversation(r.conversation.ID) },
	"PeekConversation": func(tx *store.WriteTx, r realm) (any, error) { return tx.PeekConversation(r.conversation.ID) },
	"Conversations": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Conversations([]desk.ConversationID{r.conversation.ID})
	},
	"ContactConversations": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactConversations(r.contact.ID, 10) },
	"ConversationsAfter":   func(tx *store.WriteTx, _ realm) (any, error) { return tx.ConversationsAfter(0, 100) },
	"OpenPrimary": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.OpenPrimary(r.conversation.OpenScope, r.contact.ID)
	},
	"Candidates": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Candidates(r.conversation.OpenScope, r.contact.ID)
	},
	"Thread":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Thread(r.inbox.ID, []string{r.thread}) },
	"ThreadMessage": func(tx *store.WriteTx, r realm) (any, error) { return tx.ThreadMessage(r.inbox.ID, r.thread) },
	"ThreadKeys":    func(tx *store.WriteTx, r realm) (any, error) { return tx.ThreadKeys(r.conversation.ID, 10) },
	"Draft": func(tx *store.WriteTx, r realm) (any, error) {
		draft, err := tx.Draft(r.conversation.ID, "reply")
		return draft.Text, err
	},
	"ReadMark": func(tx *store.WriteTx, r realm) (any, error) { return tx.ReadMark(r.conversation.ID) },
	"ReadMarks": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ReadMarks([]desk.ConversationID{r.conversation.ID})
	},
	"ReadersMarks":  func(tx *store.WriteTx, r realm) (any, error) { return tx.ReadersMarks(r.conversation.ID) },
	"Notifications": func(tx *store.WriteTx, _ realm) (any, error) { return tx.Notifications(0, 100) },
	"Notification":  func(tx *store.WriteTx, r realm) (any, error) { return tx.Notification(r.notification.ID) },
	"Facts": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Facts(r.conversation.ID, r.event.Command)
	},
	"Timeline": func(tx *store.WriteTx, r realm) (any, error) { return tx.Timeline(r.conversation.ID, 0, 10) },
	"History":  func(tx *store.WriteTx, r realm) (any, error) { return tx.History(r.conversation.ID) },
	"HistoryUntil": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.HistoryUntil(r.conversation.ID, 0, time.Time{})
	},
	"Tail":         func(tx *store.WriteTx, _ realm) (any, error) { return tx.Tail(store.Cursor{}, 1000) },
	"Inbox":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Inbox(r.inbox.ID) },
	"Inboxes":      func(tx *store.WriteTx, _ realm) (any, error) { return tx.Inboxes() },
	"Channel":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Channel(r.channel.ID) },
	"Channels":     func(tx *store.WriteTx, _ realm) (any, error) { return tx.Channels() },
	"EveryChannel": func(tx *store.WriteTx, _ realm) (any, error) { return tx.EveryChannel() },
	"Team":         func(tx *store.WriteTx, r realm) (any, error) { return tx.Team(r.team.ID) },
	"Teams":        func(tx *store.WriteTx, _ realm) (any, error) { return tx.Teams() },
	"Responders":   func(tx *store.WriteTx, _ realm) (any, error) { return tx.Responders() },
	"ContactTags":  func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactTags(r.contact.ID) },
	"AnsweredBy": func(tx *store.WriteTx, r realm) (any, error) {
		all, err := tx.AnsweredBy(r.contact.ID)
		for i := range all {
			all[i].User = 0 // who is the asker, too
		}
		return all, err
	},
	"Turns": func(tx *store.WriteTx, r realm) (any, error) {
		here, _, err := tx.Turns(r.inbox.ID)
		return len(here), err
	},
	"Tags":              func(tx *store.WriteTx, _ realm) (any, error) { return tx.Tags() },
	"TagByID":           func(tx *store.WriteTx, r realm) (any, error) { return tx.TagByID(r.tag.ID) },
	"TagByName":         func(tx *store.WriteTx, r realm) (any, error) { return tx.TagByName(strings.ToLower(r.tag.Name)) },
	"Jobs":              func(tx *store.WriteTx, _ realm) (any, error) { return tx.Jobs(store.JobFailed, 0, 100) },
	"Answered":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Answered("actor-"+r.thread[7:], "idem") },
	"Listed":            func(tx *store.WriteTx, _ realm) (any, error) { return tx.Listed(store.List{Limit: 100}) },
	"MessageByID":       func(tx *store.WriteTx, r realm) (any, error) { return tx.MessageByID(r.inbound) },
	"Messages":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Messages([]desk.MessageID{r.inbound}) },
	"Categories":        func(tx *store.WriteTx, _ realm) (any, error) { return tx.Categories() },
	"Category":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Category(r.category.ID) },
	"ActivePage":        func(tx *store.WriteTx, _ realm) (any, error) { return tx.ActivePage(0, 100) },
	"Policies":          func(tx *store.WriteTx, _ realm) (any, error) { return tx.Policies() },
	"Policy":            func(tx *store.WriteTx, r realm) (any, error) { return tx.Policy(r.policy.ID) },
	"BusinessHours":     func(tx *store.WriteTx, _ realm) (any, error) { return tx.BusinessHours() },
	"BusinessHoursByID": func(tx *store.WriteTx, r realm) (any, error) { return tx.BusinessHoursByID(r.hours.ID) },
	"MessagesOf": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.MessagesOf([]desk.ConversationID{r.conversation.ID}, 0, 10)
	},
	"ClientMessage": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ClientMessage(r.conversation.ID, r.reply.ClientID)
	},
	"LastInbound": func(tx *store.WriteTx, r realm) (any, error) { return tx.LastInbound(r.conversation.ID) },
	"Outbound": func(tx *store.WriteTx, _ realm) (any, error) {
		all, _, err := tx.Outbound("", store.LedgerPage{Limit: 100})
		return all, err
	},
	"Raws": func(tx *store.WriteTx, _ realm) (any, error) {
		all, _, err := tx.Raws("", store.LedgerPage{Limit: 100})
		return all, err
	},
	"Raw":             func(tx *store.WriteTx, r realm) (any, error) { return tx.Raw(r.raw.ID) },
	"RawBody":         func(tx *store.WriteTx, r realm) (any, error) { b, err := tx.RawBody(r.raw.ID); return string(b), err },
	"ActiveStandings": func(tx *store.WriteTx, _ realm) (any, error) { return tx.ActiveStandings() },
	"Standings": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Standings([]desk.ConversationID{r.conversation.ID})
	},
	"ActiveMarks": func(tx *store.WriteTx, _ realm) (any, error) { return tx.ActiveMarks() },
	"EveryMark": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.EveryMark([]desk.ConversationID{r.conversation.ID})
	},
	"Tokens":       func(tx *store.WriteTx, r realm) (any, error) { return tx.Tokens(r.user) },
	"Invitations":  func(tx *store.WriteTx, _ realm) (any, error) { return tx.Invitations() },
	"NoteEditions": func(tx *store.WriteTx, r realm) (any, error) { return tx.NoteEditions(r.note.ID) },
	"Notes":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Notes(r.conversation.ID, false, 0, 10) },
	"Found": func(tx *store.WriteTx, _ realm) (any, error) {
		all, _, err := tx.Found(store.Find{Limit: 100})
		return all, err
	},
	"EndedByInbox": func(tx *store.WriteTx, _ realm) (any, error) { return tx.EndedByInbox(filter.Cond{}) },
	"ActiveRows":   func(tx *store.WriteTx, _ realm) (any, error) { return tx.ActiveRows() },
	"FilterRows": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.FilterRows([]desk.ConversationID{r.conversation.ID})
	},
	"ContactRows":   func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactRows(r.contact.ID) },
	"Visible":       func(tx *store.WriteTx, _ realm) (any, error) { return tx.Visible(store.Cursor{}, 1000) },
	"SavedViews":    func(tx *store.WriteTx, _ realm) (any, error) { return tx.SavedViews() },
	"PinnedViews":   func(tx *store.WriteTx, _ realm) (any, error) { return tx.PinnedViews() },
	"SavedView":     func(tx *store.WriteTx, r realm) (any, error) { return tx.SavedView(r.view.ID) },
	"TeamsOf":       func(tx *store.WriteTx, r realm) (any, error) { return tx.TeamsOf(r.user) },
	"QuickReplies":  func(tx *store.WriteTx, _ realm) (any, error) { return tx.QuickReplies() },
	"QuickReply":    func(tx *store.WriteTx, r realm) (any, error) { return tx.QuickReply(r.quick.ID) },
	"QuickEditions": func(tx *store.WriteTx, r realm) (any, error) { return tx.QuickEditions(r.quick.ID) },
	"Scheduled":     func(tx *store.WriteTx, r realm) (any, error) { return tx.Scheduled(r.scheduled.ID) },
	"ScheduledIn":   func(tx *store.WriteTx, r realm) (any, error) { return tx.ScheduledIn(r.conversation.ID) },
	"ClientScheduled": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ClientScheduled(r.conversation.ID, r.scheduled.ClientID)
	},
	"ScheduledOpen": func(tx *store.WriteTx, r realm) (any, error) {
		all, err := tx.ScheduledOpen(store.ScheduledPage{Limit: 50})
		if err != nil {
			return all, err
		}
		mine, err := tx.ScheduledOpen(store.ScheduledPage{Author: r.user, At: r.event.At, After: 1, Limit: 50})
		return append(all, mine...), err
	},
	"Macros":       func(tx *store.WriteTx, _ realm) (any, error) { return tx.Macros() },
	"Macro":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Macro(r.macro.ID) },
	"ContactNotes": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactNotes(r.contact.ID) },
	"ContactNote":  func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactNote(r.contact.ID, r.about.ID) },
	"MentionReaders": func(tx *store.WriteTx, r realm) (any, error) {
		readers, err := tx.MentionReaders([]desk.ConversationID{r.conversation.ID})
		return len(readers), err
	},
	"Kept": func(tx *store.WriteTx, r realm) (any, error) {
		k, err := tx.Kept(desk.Conversation{ID: r.conversation.ID})
		return len(k.Readers), err
	},
	"Decisions":         func(tx *store.WriteTx, r realm) (any, error) { return tx.Decisions(r.conversation.ID, 0, 10) },
	"Decided":           func(tx *store.WriteTx, r realm) (any, error) { return tx.Decided(r.user, desk.NewsMention, 10) },
	"ContactMessageIDs": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactMessageIDs(r.contact.ID) },
	"Search": func(tx *store.WriteTx, r realm) (any, error) {
		if _, err := tx.SaveSearch(searchState(tx), docsOf(tx, r)); err != nil {
			return nil, err
		}
		return tx.Search(store.Search{Text: search.Ask(secret, false), Limit: 100, Now: r.event.At})
	},
	"SearchContacts": func(tx *store.WriteTx, r realm) (any, error) {
		if _, err := tx.SaveSearch(searchState(tx), docsOf(tx, r)); err != nil {
			return nil, err
		}
		return tx.SearchContacts(secret, 100)
	},
	"CountOpenRaws": func(tx *store.WriteTx, _ realm) (any, error) {
		return nil, nil // counts of the install, without ids or texts
	},
}

// searchState and docsOf put a realm into the search index.
func searchState(tx *store.WriteTx) store.SearchState {
	s, err := tx.SearchState()
	if err != nil {
		panic(err)
	}
	return s
}

func docsOf(tx *store.WriteTx, r realm) []store.SearchDoc {
	messages, err := tx.MessageDocs([]desk.MessageID{r.inbound, r.reply.ID, r.note.ID})
	if err != nil {
		panic(err)
	}
	contacts, err := tx.ContactDocs([]desk.ContactID{r.contact.ID})
	if err != nil {
		panic(err)
	}
	return append(messages, contacts...)
}

// changes is every method that writes, given things of a realm that the
// transaction is not bound to: it must leave that realm as it is.
var changes = map[string]func(*store.WriteTx, realm) error{
	"InsertAttachment": func(tx *store.WriteTx, r realm) error {
		return tx.InsertAttachment(r.attachment, "me", r.event.At) // the id is taken
	},
	"SaveContact": func(tx *store.WriteTx, r realm) error {
		c := r.contact
		c.Name = "changed"
		return tx.SaveContact(c)
	},
	"SetBlocked": func(tx *store.WriteTx, r realm) error {
		c := r.contact
		c.Blocked, c.BlockedAt = true, r.event.At
		return tx.SetBlocked(c)
	},
	"TurnAway":      func(tx *store.WriteTx, r realm) error { return tx.TurnAway(r.contact.ID, r.event.At) },
	"DropRaw":       func(tx *store.WriteTx, r realm) error { return tx.DropRaw(r.raw.ID) },
	"ClaimIdentity": func(tx *store.WriteTx, r realm) error { return err2(tx.ClaimIdentity(r.identity, r.event.At)) },
	"InsertConversation": func(tx *store.WriteTx, r realm) error {
		c := r.conversation
		return tx.InsertConversation(&c)
	},
	"UpdateConversation": func(tx *store.WriteTx, r realm) error {
		c := r.conversation
		c.Version++
		c.Preview = "changed"
		return tx.UpdateConversation(&r.conversation, &c)
	},
	"SaveThread": func(tx *store.WriteTx, r realm) error {
		return tx.SaveThread(r.inbox.ID, r.conversation.ID, r.inbound, []string{r.thread})
	},
	"SaveDraft": func(tx *store.WriteTx, r realm) error {
		return err2(tx.SaveDraft(store.Draft{Conversation: r.conversation.ID, Mode: "reply", Text: "changed", Revision: 9}))
	},
	"RemoveReader": func(tx *store.WriteTx, r realm) error { return tx.RemoveReader(r.conversation.ID, r.user) },
	"MoveMessages": func(tx *store.WriteTx, r realm) error {
		return tx.MoveMessages(r.conversation.ID, r.conversation.ID+1, []desk.MessageID{r.reply.ID})
	},
	"MoveThreads": func(tx *store.WriteTx, r realm) error { return tx.MoveThreads(r.conversation.ID, r.conversation.ID+1) },
	"JoinDrafts": func(tx *store.WriteTx, r realm) error {
		return tx.JoinDrafts(r.conversation.ID, r.conversation.ID+1, r.event.At)
	},
	"PartDrafts": func(tx *store.WriteTx, r realm) error {
		return tx.PartDrafts(r.conversation.ID, r.conversation.ID, r.event.At)
	},
	"DeleteDraft":  func(tx *store.WriteTx, r realm) error { return tx.DeleteDraft(r.conversation.ID, "reply") },
	"SaveReadMark": func(tx *store.WriteTx, r realm) error { return tx.SaveReadMark(r.conversation.ID, r.user, 1) },
	"InsertNotification": func(tx *store.WriteTx, r realm) error {
		return err2(tx.InsertNotification(r.notification))
	},
	"ReadNotifications": func(tx *store.WriteTx, r realm) error { return tx.ReadNotifications(1<<62, r.event.At) },
	"SaveInbox": func(tx *store.WriteTx, r realm) error {
		i := r.inbox
		i.Name = "changed"
		return tx.SaveInbox(i, r.event.At)
	},
	"SaveChannel": func(tx *store.WriteTx, r realm) error {
		c := r.channel
		c.Name, c.Address = "changed", "changed"
		return tx.SaveChannel(c)
	},
	"RemoveChannel": func(tx *store.WriteTx, r realm) error { return tx.RemoveChannel(r.channel.ID) },
	"SetChannelHealth": func(tx *store.WriteTx, r realm) error {
		return tx.SetChannelHealth(r.channel.ID, "changed", r.event.At)
	},
	"TouchInbound": func(tx *store.WriteTx, r realm) error {
		return tx.TouchInbound(r.channel.ID, r.event.At.AddDate(1, 0, 0))
	},
	"SaveTeam": func(tx *store.WriteTx, r realm) error {
		t := r.team
		t.Name, t.Members = "changed", nil
		return tx.SaveTeam(t, r.event.At)
	},
	"DeleteTeam":     func(tx *store.WriteTx, r realm) error { return tx.DeleteTeam(r.team.ID) },
	"SetResponders":  func(tx *store.WriteTx, r realm) error { return tx.SetResponders(r.inbox.ID, desk.FirstResponders, nil) },
	"SetContactTags": func(tx *store.WriteTx, r realm) error { return tx.SetContactTags(r.contact.ID, []desk.TagID{r.tag.ID}) },
	"SaveTurn":       func(tx *store.WriteTx, r realm) error { return tx.SaveTurn(r.inbox.ID, r.user) },
	"SaveCategory": func(tx *store.WriteTx, r realm) error {
		return tx.SaveCategory(desk.Category{ID: r.category.ID, Name: "changed"}, "changed", time.Now())
	},
	"SaveTag": func(tx *store.WriteTx, r realm) error {
		return tx.SaveTag(desk.Tag{ID: r.tag.ID, Name: "changed", Color: "c1"}, "changed")
	},
	"SavePolicy": func(tx *store.WriteTx, r realm) error {
		p := r.policy
		p.Name = "changed"
		return tx.SavePolicy(p, r.event.At)
	},
	"DeletePolicy": func(tx *store.WriteTx, r realm) error { return tx.DeletePolicy(r.policy.ID) },
	"SaveBusinessHours": func(tx *store.WriteTx, r realm) error {
		h := r.hours
		h.Name = "changed"
		return tx.SaveBusinessHours(h, r.event.At)
	},
	"DeleteBusinessHours": func(tx *store.WriteTx, r realm) error { return tx.DeleteBusinessHours(r.hours.ID) },
	"DeleteTag":           func(tx *store.WriteTx, r realm) error { return tx.DeleteTag(r.tag.ID) },
	"RestartJob":          func(tx *store.WriteTx, r realm) error { return tx.RestartJob(r.job.ID, r.event.At) },
	"SaveAnswer": func(tx *store.WriteTx, r realm) error {
		return tx.SaveAnswer("actor-"+r.thread[7:], "idem", store.Answer{}, r.event.At)
	},
	"InsertMessage": func(tx *store.WriteTx, r realm) error { m := r.reply; return tx.InsertMessage(&m) },
	"SaveDelivery": func(tx *store.WriteTx, r realm) error {
		return tx.SaveDelivery(desk.DeliveryChanged{Message: r.reply.ID, State: desk.DeliveryFailed, Reason: "changed"}, r.event.At)
	},
	"SetDeleted": func(tx *store.WriteTx, r realm) error { return tx.SetDeleted(r.reply.ID, r.event.At) },
	"SaveEdition": func(tx *store.WriteTx, r realm) error {
		return tx.SaveEdition(desk.NoteEdited{Message: r.note.ID, Edition: 1, Old: 2})
	},
	"SetPinned": func(tx *store.WriteTx, r realm) error { return tx.SetPinned(r.note.ID, time.Time{}) },
	"SaveQuickReply": func(tx *store.WriteTx, r realm) error {
		q := r.quick
		q.Name, q.Text = "changed", "changed"
		return tx.SaveQuickReply(q)
	},
	"CountUse": func(tx *store.WriteTx, r realm) error { return tx.CountUse(r.quick.ID, r.event.At) },
	"InsertScheduled": func(tx *store.WriteTx, r realm) error {
		s := r.scheduled
		s.ID, s.ClientID = s.ID+1, ""
		s.Files = []desk.Attachment{r.upload}
		return tx.InsertScheduled(&s)
	},
	"FreeScheduled": func(tx *store.WriteTx, r realm) error { return tx.FreeScheduled(r.scheduled.ID) },
	"TakeScheduled": func(tx *store.WriteTx, r realm) error {
		s := r.scheduled
		s.Files = []desk.Attachment{r.upload}
		return tx.TakeScheduled(&s)
	},
	"SaveScheduled": func(tx *store.WriteTx, r realm) error {
		return tx.SaveScheduled(r.scheduled.ID, desk.Standing{State: desk.ScheduledCancelled, Edition: 1}, nil, 0)
	},
	"SaveMacro": func(tx *store.WriteTx, r realm) error {
		m := r.macro
		m.Name = "changed"
		return tx.SaveMacro(m)
	},
	"SaveView": func(tx *store.WriteTx, r realm) error {
		v := r.view
		v.Name, v.Version = "changed", v.Version+1
		return tx.SaveView(v)
	},
	"DeleteView": func(tx *store.WriteTx, r realm) error { return tx.DeleteView(r.view.ID) },
	"PinViews":   func(tx *store.WriteTx, r realm) error { return tx.PinViews([]desk.ViewID{r.view.ID}) },
	"SaveContactNote": func(tx *store.WriteTx, r realm) error {
		n := r.about
		n.Text = "changed"
		return tx.SaveContactNote(n)
	},
	"AddReader": func(tx *store.WriteTx, r realm) error { return tx.AddReader(r.conversation.ID, r.user) },
	"SettleNotification": func(tx *store.WriteTx, r realm) error {
		n := r.notification
		n.Reason = "changed"
		return tx.SettleNotification(n)
	},
	"ReadNotification": func(tx *store.WriteTx, r realm) error { return tx.ReadNotification(r.notification.ID, r.event.At) },
	"SavePreference": func(tx *store.WriteTx, r realm) error {
		return tx.SavePreference(store.Preference{User: r.user, Settings: desk.Preferences{Zone: "UTC"}})
	},
	"SaveMember": func(tx *store.WriteTx, r realm) error {
		return tx.SaveMember(desk.Member{User: r.user, Role: desk.RoleViewer, Inboxes: []desk.InboxID{r.inbox.ID}}, r.event.At)
	},
	"AddInboxMember":  func(tx *store.WriteTx, r realm) error { return tx.AddInboxMember(r.inbox.ID, r.user) },
	"SetInboxMembers": func(tx *store.WriteTx, r realm) error { return tx.SetInboxMembers(r.inbox.ID, nil) },
	"InsertRaw":       func(tx *store.WriteTx, r realm) error { return tx.InsertRaw(r.raw) },
	"FinishRaw": func(tx *store.WriteTx, r realm) error {
		raw := r.raw
		raw.Reason = "changed"
		return tx.FinishRaw(raw)
	},
	"ClaimInbound":     func(tx *store.WriteTx, r realm) error { return err2(tx.ClaimInbound(r.channel.ID, r.raw.Dedupe, 1)) },
	"ReleaseInbound":   func(tx *store.WriteTx, r realm) error { return tx.ReleaseInbound(r.channel.ID, r.raw.Dedupe) },
	"RevokeToken":      func(tx *store.WriteTx, r realm) error { return tx.RevokeToken(r.user, r.token.ID, r.event.At) },
	"DeleteInvitation": func(tx *store.WriteTx, r realm) error { return tx.DeleteInvitation(r.invitation.ID) },
	"AcceptInvitation": func(tx *store.WriteTx, r realm) error { return tx.AcceptInvitation(r.invitation.ID, r.event.At) },
	"TouchToken":       func(tx *store.WriteTx, r realm) error { return tx.TouchToken(r.token.ID, r.event.At) },
}

// unbound are the methods of the install, each with its reason.
var unbound = map[string]string{
	"LockConversations": "shows nothing", "ForeseeInbound": "announces what other methods ask", "ForeseePage": "announces what other methods ask", "WillAppend": "draws numbers",
	"In": "gives another scope", "As": "gives another scope", "SignedIn": "people are of the install",
	"Pushes": "browsers are of people", "SavePush": "browsers are of people", "DeletePush": "browsers are of people", "TouchPush": "browsers are of people",
	"KeepInstallValue": "of the install",
	"Scope":            "gives the scope", "HasEvents": "of the transaction", "HasSettings": "of the transaction", "Queues": "of the transaction",
	"Event":       "for an effect, which then acts in the event's workspace",
	"AppendEvent": "the event says its workspace; app.execute sets it", "Now": "the end of the feed, without rows",
	"ChannelByAddress": "the outside knows an address, not a workspace", "FirstAddress": "the try page of the install",
	"Enqueue": "the job says its workspace", "Claim": "a worker serves every workspace", "Finish": "by the lease", "PutBack": "by the lease", "ExtendLeases": "by the lease",
	"Leases": "by the lease", "Rescue": "a worker serves every workspace", "Interrupt": "after a restore", "NextRun": "a worker serves every workspace", "CountJobs": "metrics of the install",
	"InstallValue": "of the install", "SetInstallValue": "of the install",
	"Person": "people are of the install", "PersonByEmail": "people are of the install", "CountPeople": "people are of the install", "SavePerson": "people are of the install",
	"OwnSettings": "people are of the install", "SaveOwnSettings": "people are of the install",
	"SlugTaken": "slugs are of the install", "SaveWorkspace": "the workspace itself", "Memberships": "the workspaces of one person",
	"SessionByToken": "people are of the install", "Sessions": "people are of the install", "InsertSession": "people are of the install", "TouchSession": "people are of the install",
	"DeleteSession": "people are of the install", "DeleteOtherSessions": "people are of the install", "DeleteExpired": "of the install",
	"TokenByHash": "by its secret", "InvitationByHash": "by its secret", "InsertToken": "the token says its workspace", "InsertInvitation": "the invitation says its workspace",
	// Doctor, verify, backup and metrics look at the whole install, as its operator.
	"CountTurnedAway": "operator", "MisTurnedAway": "operator", "CountPushes": "operator",
	"CountRaws": "operator", "CountDeliveries": "operator", "Unended": "operator", "MisEnded": "operator", "StrayJobs": "operator", "Queued": "operator", "Delivering": "operator",
	"BadDeliveries": "operator", "Files": "operator", "ConversationsAfter": "operator", "Histories": "operator", "MessageStates": "operator", "TagRows": "operator", "QueueKeys": "operator", "CountEvents": "operator",
	"Tables": "operator", "Rows": "operator", "Empty": "operator", "QueueStates": "operator", "CountOpenDeliveries": "operator", "Integrity": "operator", "Clock": "operator",
	"SealedSecrets": "operator", "Strays": "operator",
	// The search index is one of the install; what is found in it is bound when it is asked.
	"SearchState": "of the install", "BeginSearch": "of the install", "ResetSearch": "of the install", "SaveSearch": "of the install", "MessageDocs": "indexing serves every workspace",
	"ContactDocs": "indexing serves every workspace", "MessagesBefore": "indexing serves every workspace", "ContactsBefore": "indexing serves every workspace",
	"Behind": "of the install", "CountSearch": "operator", "Unsearchable": "operator", "Misindexed": "operator",
}

// own are queries whose answer about the asker's own workspace is compared in
// other tests, and which take nothing of another.
var own = map[string]string{
	"Workspace": "the scope's workspace", "Member": "members are seen by all of the workspace", "Members": "members are seen by all of the workspace",
	"Preferences": "what members of the workspace have chosen",
	"IsBlocked":   "yes or no, TestE33_Block", "AnyBlocked": "yes or no, TestE33_Block",
	"OpenCounts": "numbers beside members", "Loads": "numbers beside members", "TakeTurn": "a counter of the workspace", "ForeseeContactTags": "ContactTags", "Count": "TestCountsEqualLists", "CountFound": "TestFiltersFindWhatTheyMatch",
	"CountViews": "a number of the user's own", "UnreadNotifications": "a number of the user's own",
}

// byWorkspace are queries that are bound to the workspace and not to the inboxes,
// each with who looks after that.
var byWorkspace = map[string]string{
	"MessageIDs": "what is searched is indexed for everybody", "Heads": "of a conversation that was loaded", "Readers": "of a conversation that was loaded", "Heir": "INV-1 is about every inbox of a scope", "Family": "of a conversation that was loaded",
	"Spoken": "of a conversation that was loaded", "Namesakes": "numbers; what is shown of them is bound", "MergedInto": "of a conversation that was loaded", "ChatMessages": "a visitor's own",
	"FreeAttachments": "an upload is its uploader's", "ContactAttachment": "a visitor's own", "Contacts": "of conversations that were listed",
	"VerifiedContactByEmail": "intake sees every inbox", "IdentityContact": "intake sees every inbox", "LockIdentity": "intake sees every inbox", "Identities": "of a contact that was loaded",
	"OpenPrimary": "INV-1 is about every inbox of a scope", "Candidates": "intake sees every inbox", "Thread": "loads the conversation, which is bound",
	"ThreadMessage": "intake sees every inbox", "ThreadKeys": "of a conversation that was loaded",
	"Draft": "the user's own", "ReadMark": "the user's own", "ReadMarks": "the user's own", "ReadersMarks": "of a conversation that was loaded",
	"MentionReaders": "of conversations that were loaded", "Kept": "of a conversation that was loaded",
	"EndedByInbox": "the counts of views, for every reader by their inboxes", "ActiveRows": "the counts of views", "FilterRows": "the counts of views", "ContactRows": "the counts of views",
	"Visible": "the counts of views", "TeamsOf": "the user's own",
	"NoteEditions": "of a note that was loaded", "Notes": "of a conversation that was loaded", "QuickReplies": "of the workspace; app and API leave out what is others'", "QuickReply": "as QuickReplies", "QuickEditions": "of one that was loaded",
	"ScheduledIn": "of a conversation that was loaded", "ClientScheduled": "of a conversation that was loaded",
	"Macros": "of the workspace; app and API leave out what is others'", "Macro": "as Macros",
	"ContactMessageIDs": "indexing serves every inbox",
	"ContactNotes":      "of a contact that was loaded", "ContactNote": "of a contact that was loaded", "Decisions": "of a conversation that was loaded", "Decided": "the user's own",
	"Notifications": "the user's own", "Notification": "the user's own",
	"Facts": "of a conversation that was loaded", "Timeline": "of a conversation that was loaded", "History": "of a conversation that was loaded", "HistoryUntil": "of a conversation that was loaded",
	"Tail": "the hub asks per reader", "Inbox": "names of inboxes are no secret to members", "Channel": "of a message that was loaded", "EveryChannel": "kinds of channels, for rendering",
	"ActivePage": "timers work for every inbox", "Policies": "of the workspace", "Policy": "of the workspace", "BusinessHours": "of the workspace", "BusinessHoursByID": "of the workspace",
	"Team": "of the workspace; the API leaves out inboxes", "Teams": "of the workspace; the API leaves out inboxes", "Responders": "the API leaves out inboxes",
	"ContactTags": "of a contact that was loaded", "AnsweredBy": "whether somebody wrote to a contact that was loaded", "Turns": "what rules decide by",
	"Categories": "of the workspace", "Category": "of the workspace", "Tags": "of the workspace", "TagByID": "of the workspace", "TagByName": "of the workspace", "Jobs": "the page of jobs is the admins'", "Answered": "by the actor's own key",
	"Messages": "of events that were loaded", "MessagesOf": "of conversations that were loaded", "ClientMessage": "of a conversation that was loaded",
	"LastInbound": "of a conversation that was loaded", "Raw": "managers only", "RawBody": "managers only",
	"ActiveStandings": "the tally counts for every reader by their inboxes", "Standings": "the tally", "ActiveMarks": "the user's own", "EveryMark": "the tally",
	"Tokens": "the user's own", "Invitations": "managers only",
}
