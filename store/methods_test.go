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
	bulk         store.Bulk
	about        store.ContactNote
	scheduled    desk.Scheduled
	cursor       store.FolderCursor
	dkim         store.DKIMKey
	grant        store.Grant
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
	ok(err2(d.SaveNewMail(ctx, store.NewMail{Name: got.Conversation.String(), Text: secret})))
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error {
		return tx.ShareDraft(got.Conversation, "reply", user, []desk.UserID{user}, d.Clock.Now())
	}))
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error {
		if err := tx.InsertSurvey(store.Survey{ID: sent.Message, Conversation: got.Conversation, User: user, AskedAt: d.Clock.Now()}); err != nil {
			return err
		}
		return tx.SaveRating(desk.Rated{Survey: sent.Message, Score: 2, Comment: secret}, d.Clock.Now())
	}))
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
	reviewed, err := d.ReviewBulk(ctx, app.BulkSelection{IDs: []desk.ConversationID{got.Conversation}}, desk.BulkAction{Steps: []desk.BulkStep{{Do: desk.BulkResolve, Summary: secret + name}}})
	ok(err)
	r.bulk = reviewed.Bulk
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
	r.dkim = store.DKIMKey{Workspace: ws, Domain: secret + name, Selector: "s", Algorithm: "rsa", Public: secret, State: store.DKIMMissing, CreatedAt: d.Clock.Now()}
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error { return tx.SaveDKIMKey(r.dkim) }))
	r.grant = store.Grant{Channel: r.channel.ID, Provider: "google", Mailbox: secret, Sealed: []byte(secret), RenewAt: d.Clock.Now(), ConnectedAt: d.Clock.Now()}
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error {
		if err := tx.SaveOAuthClient(store.OAuthClient{Provider: "google", Settings: []byte(`{"client_id":"` + secret + `"}`), Sealed: []byte(secret), ChangedAt: d.Clock.Now()}); err != nil {
			return err
		}
		if err := tx.SaveGrant(r.grant); err != nil {
			return err
		}
		return tx.SaveOAuthFlow(store.OAuthFlow{State: name, Channel: r.channel.ID, Session: 1, Provider: "google", ExpiresAt: d.Clock.Now()}, d.Clock.Now().AddDate(-1, 0, 0))
	}))
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
	r.cursor = store.FolderCursor{Folder: "INBOX", Source: secret, Validity: 1, Last: 7, Since: d.Clock.Now()}
	ok(d.DB.Write(ctx, store.Scope{Workspace: ws}, func(tx *store.WriteTx) error {
		_, err := tx.HoldMailbox(r.channel.ID, 1, d.Clock.Now(), d.Clock.Now(), false)
		return errors.Join(err, tx.SaveFolderCursor(r.channel.ID, r.cursor), tx.SaveHealth(store.Health{Channel: r.channel.ID, Way: store.WayIn, Problem: secret}))
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
	"Heir":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Heir(r.conversation, 0) },
	"Family":    func(tx *store.WriteTx, r realm) (any, error) { return tx.Family(r.conversation.ID) },
	"Spoken":    func(tx *store.WriteTx, r realm) (any, error) { return tx.Spoken(r.conversation.ID, 0, 10) },
	"Namesakes": func(tx *store.WriteTx, r realm) (any, error) { return tx.Namesakes(r.contact, 10) },
	"MergedInto": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.MergedInto([]desk.ConversationID{r.conversation.ID})
	},
	"ContactMerges":  func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactMerges(r.contact.ID, 10) },
	"MergedContacts": func(tx *store.WriteTx, r realm) (any, error) { return tx.MergedContacts(r.contact.ID) },
	"ContactNoteIDs": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactNoteIDs(r.contact.ID) },
	"Pairs":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Pairs(10) },
	"Twins":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Twins(r.contact, 10) },
	"MessageIDs":     func(tx *store.WriteTx, r realm) (any, error) { return tx.MessageIDs(r.conversation.ID) },
	"Strands":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Strands(r.contact.ID, 10) },
	"Survivor": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Survivor(desk.Conversation{ID: 1, MergedInto: r.conversation.ID})
	},
	"Mergeable": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.Mergeable(r.contact.ID, 1, []string{strings.ToLower(secret)}, 10)
	},
	"FolderCursor":  func(tx *store.WriteTx, r realm) (any, error) { return tx.FolderCursor(r.channel.ID, r.cursor.Folder) },
	"ChannelHealth": func(tx *store.WriteTx, r realm) (any, error) { return tx.ChannelHealth(r.channel.ID) },
	"ChatMessages": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ChatMessages([]desk.ConversationID{r.conversation.ID}, r.inbox.ID, 0, 10)
	},
	"ConversationFiles": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ConversationFiles(r.conversation.ID, []desk.AttachmentID{r.attachment.ID})
	},
	"Attachment": func(tx *store.WriteTx, r realm) (any, error) { return tx.Attachment(r.attachment.ID, "somebody") },
	"ContactAttachment": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ContactAttachment(r.attachment.ID, r.contact.ID, "somebody", time.Now())
	},
	"Contact":       func(tx *store.WriteTx, r realm) (any, error) { return tx.Contact(r.contact.ID) },
	"Contacts":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Contacts([]desk.ContactID{r.contact.ID}) },
	"LockContact":   func(tx *store.WriteTx, r realm) (any, error) { return tx.LockContact(r.contact.ID) },
	"ContactActive": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactActive(r.contact.ID) },
	"FindContacts": func(tx *store.WriteTx, _ realm) (any, error) {
		return tx.FindContacts(strings.ToLower(secret), 0, 100)
	},
	"Directory": func(tx *store.WriteTx, r realm) (any, error) {
		if _, err := tx.SaveSearch(searchState(tx), docsOf(tx, r)); err != nil {
			return nil, err
		}
		pages := make([]store.DirectoryPage, 6)
		for i, d := range []store.Directory{{}, {From: "s"}, {Words: secret}, {Tag: r.tag.ID}, {After: &store.DirectorySpot{Sorted: "1"}}, {Before: &store.DirectorySpot{Sorted: "9"}}} {
			d.Limit = 100
			var err error
			if pages[i], err = tx.Directory(d); err != nil {
				return nil, err
			}
		}
		return pages, nil
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
	"MailRate":      func(tx *store.WriteTx, r realm) (any, error) { return tx.MailRate(r.inbox.ID, "secret@example.com") },
	"ThreadMessage": func(tx *store.WriteTx, r realm) (any, error) { return tx.ThreadMessage(r.inbox.ID, r.thread) },
	"DKIMKeys":      func(tx *store.WriteTx, r realm) (any, error) { return tx.DKIMKeys("") },
	"OAuthClients":  func(tx *store.WriteTx, r realm) (any, error) { return tx.OAuthClients() },
	"Grants":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Grants(r.channel.ID) },
	"AnsweredKey":   func(tx *store.WriteTx, r realm) (any, error) { return tx.AnsweredKey(r.conversation.ID) },
	"MessageKey":    func(tx *store.WriteTx, r realm) (any, error) { return tx.MessageKey(r.conversation.ID, r.inbound) },
	"Asides":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Asides(r.conversation.ID, 10) },
	"BouncedAddresses": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.BouncedAddresses([]string{"bounced@example.com"})
	},
	"ContactsAt":    func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactsAt(r.contact.Email) },
	"Unsubscribed":  func(tx *store.WriteTx, r realm) (any, error) { return tx.Unsubscribed(r.contact.ID) },
	"Pace":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Pace(r.channel.ID) },
	"QueuedThrough": func(tx *store.WriteTx, _ realm) (any, error) { return tx.QueuedThrough() },
	"SentFile":      func(tx *store.WriteTx, r realm) (any, error) { return tx.SentFile(r.attachment.ID) },
	"LastMail":      func(tx *store.WriteTx, r realm) (any, error) { return tx.LastMail(r.conversation.ID) },
	"Signature":     func(tx *store.WriteTx, r realm) (any, error) { return tx.Signature(r.user) },
	"OutgoingRaw":   func(tx *store.WriteTx, r realm) (any, error) { return tx.OutgoingRaw(r.reply.ID) },
	"ThreadKeys": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ThreadKeys(r.conversation.ID, desk.KindMessage, 10)
	},
	"Draft": func(tx *store.WriteTx, r realm) (any, error) {
		draft, err := tx.Draft(r.conversation.ID, "reply")
		return draft.Text, err
	},
	"NewMail": func(tx *store.WriteTx, r realm) (any, error) {
		m, err := tx.NewMail(r.conversation.ID.String())
		return m.Text, err
	},
	"NewMails":    func(tx *store.WriteTx, _ realm) (any, error) { return tx.NewMails() },
	"DraftShares": func(tx *store.WriteTx, r realm) (any, error) { return tx.DraftShares(r.conversation.ID, "reply") },
	"DraftReaders": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.DraftReaders(r.conversation.ID, "reply", r.user)
	},
	"SharedDrafts": func(tx *store.WriteTx, r realm) (any, error) { return tx.SharedDrafts(r.conversation.ID) },
	"DraftFiles": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.DraftFiles([]desk.AttachmentID{r.upload.ID}, r.user.String())
	},
	"HoldUploads": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.HoldUploads([]desk.AttachmentID{r.upload.ID}, r.user.String())
	},
	"WrittenSince": func(tx *store.WriteTx, r realm) (any, error) { return tx.WrittenSince(r.conversation.ID, 0, 0) },
	"Transcript":   func(tx *store.WriteTx, r realm) (any, error) { return tx.Transcript(r.conversation.ID, true, 0, 10) },
	"ReadMark":     func(tx *store.WriteTx, r realm) (any, error) { return tx.ReadMark(r.conversation.ID) },
	"ReadMarks": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.ReadMarks([]desk.ConversationID{r.conversation.ID})
	},
	"ReadersMarks":  func(tx *store.WriteTx, r realm) (any, error) { return tx.ReadersMarks(r.conversation.ID) },
	"Notifications": func(tx *store.WriteTx, _ realm) (any, error) { return tx.Notifications(0, 100) },
	"Letter":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Letter(r.notification.ID) },
	"Letters":       func(tx *store.WriteTx, r realm) (any, error) { return tx.Letters(r.user, time.Time{}, 10) },
	"DueNotifications": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.DueNotifications(r.user, r.event.At.Add(time.Hour), 10)
	},
	"Notification": func(tx *store.WriteTx, r realm) (any, error) { return tx.Notification(r.notification.ID) },
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
	"OwnAddresses": func(tx *store.WriteTx, _ realm) (any, error) { return tx.OwnAddresses() },
	"Team":         func(tx *store.WriteTx, r realm) (any, error) { return tx.Team(r.team.ID) },
	"AITalks": func(tx *store.WriteTx, r realm) (any, error) {
		var all []desk.AITalk
		err := tx.AITalks(r.event.At.AddDate(-1, 0, 0), r.event.At.AddDate(1, 0, 0), func(t desk.AITalk) { all = append(all, t) })
		return all, err
	},
	"Teams":       func(tx *store.WriteTx, _ realm) (any, error) { return tx.Teams() },
	"LeadsTeam":   func(tx *store.WriteTx, r realm) (any, error) { return tx.LeadsTeam(r.user) },
	"Responders":  func(tx *store.WriteTx, _ realm) (any, error) { return tx.Responders() },
	"ContactTags": func(tx *store.WriteTx, r realm) (any, error) { return tx.ContactTags(r.contact.ID) },
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
	"Surveys":           func(tx *store.WriteTx, r realm) (any, error) { return tx.Surveys([]desk.MessageID{r.reply.ID}) },
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
	"Sender":      func(tx *store.WriteTx, r realm) (any, error) { return tx.Sender(r.conversation.ID, r.channel.ID) },
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
	"Arrivals":        func(tx *store.WriteTx, r realm) (any, error) { return tx.Arrivals(r.inbox.ID, time.Time{}, 0, 10) },
	"RawOf":           func(tx *store.WriteTx, r realm) (any, error) { return tx.RawOf(r.inbound) },
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
	"ScheduledOpen": scheduledPages,
	"Bulk":          func(tx *store.WriteTx, r realm) (any, error) { return tx.Bulk(r.bulk.ID) },
	"Bulks":         func(tx *store.WriteTx, _ realm) (any, error) { return tx.Bulks(0, 10) },
	"BulkUndoneBy":  func(tx *store.WriteTx, r realm) (any, error) { return tx.BulkUndoneBy(r.bulk.ID) },
	"BulkTodo":      func(tx *store.WriteTx, r realm) (any, error) { return tx.BulkTodo(r.bulk.ID, 0, 10) },
	"BulkItem":      func(tx *store.WriteTx, r realm) (any, error) { return tx.BulkItem(r.bulk.ID, 1) },
	"BulkItems": func(tx *store.WriteTx, r realm) (any, error) {
		return tx.BulkItems(r.bulk.ID, store.BulkPage{Limit: 10})
	},
	"BulkGroups":   func(tx *store.WriteTx, r realm) (any, error) { return tx.BulkGroups(r.bulk.ID) },
	"BulkHanded":   func(tx *store.WriteTx, r realm) (any, error) { return tx.BulkHanded(r.bulk.ID) },
	"ChangedSince": func(tx *store.WriteTx, r realm) (any, error) { return tx.ChangedSince(r.conversation.ID, 0) },
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
