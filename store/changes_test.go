package store_test

import (
	"time"

	"parley/desk"
	"parley/store"
)

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
	"SetMerged": func(tx *store.WriteTx, r realm) error { return tx.SetMerged(r.contact.ID, r.contact.ID) },
	"SetApart":  func(tx *store.WriteTx, r realm) error { return tx.SetApart(r.contact.ID, r.contact.ID) },
	"MoveIdentity": func(tx *store.WriteTx, r realm) error {
		return tx.MoveIdentity(r.identity, r.contact.ID, r.contact.ID+1)
	},
	"MoveContactNote": func(tx *store.WriteTx, r realm) error {
		return tx.MoveContactNote(r.about.ID, r.contact.ID, r.contact.ID+1)
	},
	"SaveContactMerge": func(tx *store.WriteTx, r realm) error {
		return tx.SaveContactMerge(store.ContactMerge{ID: 1, Contact: r.contact.ID, Merged: r.contact.ID, At: r.event.At})
	},
	"DeleteDraft": func(tx *store.WriteTx, r realm) error { return err2(tx.DeleteDraft(r.conversation.ID, "reply", 0)) },
	"SaveNewMail": func(tx *store.WriteTx, r realm) error {
		return err2(tx.SaveNewMail(store.NewMail{Name: r.conversation.ID.String(), Text: "changed", Revision: 9}))
	},
	"DeleteNewMail": func(tx *store.WriteTx, r realm) error { return tx.DeleteNewMail(r.conversation.ID.String()) },
	"ShareDraft": func(tx *store.WriteTx, r realm) error {
		return tx.ShareDraft(r.conversation.ID, "reply", r.user, nil, r.event.At)
	},
	"HandUploads": func(tx *store.WriteTx, r realm) error {
		return tx.HandUploads([]desk.AttachmentID{r.upload.ID}, r.user.String(), "me")
	},
	"RemoveReader": func(tx *store.WriteTx, r realm) error { return tx.RemoveReader(r.conversation.ID, r.user) },
	"MoveMessages": func(tx *store.WriteTx, r realm) error {
		return tx.MoveMessages(r.conversation.ID, r.conversation.ID+1, []desk.MessageID{r.reply.ID})
	},
	"MoveScheduled": func(tx *store.WriteTx, r realm) error {
		return tx.MoveScheduled(r.conversation.ID, r.conversation.ID+1, []desk.ScheduledID{r.scheduled.ID})
	},
	"MoveThreads": func(tx *store.WriteTx, r realm) error { return tx.MoveThreads(r.conversation.ID, r.conversation.ID+1) },
	"JoinDrafts": func(tx *store.WriteTx, r realm) error {
		return tx.JoinDrafts(r.conversation.ID, r.conversation.ID+1, r.event.At)
	},
	"PartDrafts": func(tx *store.WriteTx, r realm) error {
		return tx.PartDrafts(r.conversation.ID, r.conversation.ID, r.event.At)
	},
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
	"SaveFolderCursor": func(tx *store.WriteTx, r realm) error {
		c := r.cursor
		c.Last++
		return tx.SaveFolderCursor(r.channel.ID, c)
	},
	"HoldMailbox": func(tx *store.WriteTx, r realm) error {
		return err2(tx.HoldMailbox(r.channel.ID, 2, r.event.At.AddDate(1, 0, 0), r.event.At.AddDate(2, 0, 0), true))
	},
	"LetMailboxGo": func(tx *store.WriteTx, r realm) error { return tx.LetMailboxGo(r.channel.ID, 1) },
	"SaveHealth": func(tx *store.WriteTx, r realm) error {
		return tx.SaveHealth(store.Health{Channel: r.channel.ID, Way: store.WayIn, Problem: "changed"})
	},
	"ForgetProblems": func(tx *store.WriteTx, r realm) error { return tx.ForgetProblems(r.channel.ID) },
	"SaveAliases": func(tx *store.WriteTx, r realm) error {
		return tx.SaveAliases(r.channel, []string{"changed@example.com"})
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
	"NameTag": func(tx *store.WriteTx, r realm) error {
		_, err := tx.NameTag(desk.Tag{ID: r.tag.ID, Name: "named", Color: "c1"}, "named")
		return err
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
	"KeepOutgoing": func(tx *store.WriteTx, r realm) error {
		return tx.KeepOutgoing(store.OutgoingRaw{Message: r.reply.ID, Body: []byte("changed"), Size: 7, At: r.event.At})
	},
	"SaveDKIMKey": func(tx *store.WriteTx, r realm) error {
		k := r.dkim
		k.State = store.DKIMFound
		return tx.SaveDKIMKey(k)
	},
	"SaveOAuthClient": func(tx *store.WriteTx, r realm) error {
		return tx.SaveOAuthClient(store.OAuthClient{Provider: "google", Settings: []byte(`{}`), ChangedAt: r.event.At})
	},
	"RemoveOAuthClient": func(tx *store.WriteTx, r realm) error { return tx.RemoveOAuthClient("google") },
	"SaveGrant": func(tx *store.WriteTx, r realm) error {
		g := r.grant
		g.Mailbox = "changed"
		return tx.SaveGrant(g)
	},
	"BeginRenewal": func(tx *store.WriteTx, r realm) error {
		return err2(tx.BeginRenewal(r.channel.ID, 1, r.event.At, r.event.At.AddDate(1, 0, 0)))
	},
	"EndRenewal": func(tx *store.WriteTx, r realm) error {
		g := r.grant
		g.Problem, g.Version = "changed", 1
		return tx.EndRenewal(g)
	},
	"RemoveGrant":  func(tx *store.WriteTx, r realm) error { return tx.RemoveGrant(r.channel.ID) },
	"RemoveGrants": func(tx *store.WriteTx, r realm) error { return tx.RemoveGrants("google") },
	"SaveOAuthFlow": func(tx *store.WriteTx, r realm) error {
		return tx.SaveOAuthFlow(store.OAuthFlow{State: "another", Channel: r.channel.ID, ExpiresAt: r.event.At}, r.event.At.AddDate(9, 0, 0))
	},
	"RemoveDKIMKey": func(tx *store.WriteTx, r realm) error { return tx.RemoveDKIMKey(r.dkim.Domain, r.dkim.Selector) },
	"DropOutgoing":  func(tx *store.WriteTx, r realm) error { return tx.DropOutgoing(r.reply.ID, r.event.At) },
	"SetDeleted":    func(tx *store.WriteTx, r realm) error { return tx.SetDeleted(r.reply.ID, r.event.At) },
	"SetAuto":       func(tx *store.WriteTx, r realm) error { return tx.SetAuto(r.inbound, "changed") },
	"SetOrigin":     func(tx *store.WriteTx, r realm) error { return tx.SetOrigin(r.inbound, desk.Origin{Domain: "changed"}) },
	"SetAuthor": func(tx *store.WriteTx, r realm) error {
		return tx.SetAuthor(desk.Message{ID: r.inbound, Contact: r.contact.ID, AuthorName: "changed", Sender: "changed@example.com"})
	},
	"SaveReading": func(tx *store.WriteTx, r realm) error {
		return tx.SaveReading(&desk.Message{ID: r.inbound, Text: "changed", Subject: "changed"})
	},
	"SaveMailRate": func(tx *store.WriteTx, r realm) error {
		return tx.SaveMailRate(r.inbox.ID, "changed@example.com", desk.MailRate{Received: 1})
	},
	"SaveEdition": func(tx *store.WriteTx, r realm) error {
		return tx.SaveEdition(desk.NoteEdited{Message: r.note.ID, Edition: 1, Old: 2})
	},
	"SetPinned": func(tx *store.WriteTx, r realm) error { return tx.SetPinned(r.note.ID, time.Time{}) },
	"SaveQuickReply": func(tx *store.WriteTx, r realm) error {
		q := r.quick
		q.Name, q.Text = "changed", "changed"
		return tx.SaveQuickReply(q)
	},
	"CountUse":        func(tx *store.WriteTx, r realm) error { return tx.CountUse(r.quick.ID, r.event.At) },
	"InsertScheduled": insertPlanned,
	"InsertSurvey": func(tx *store.WriteTx, r realm) error {
		return tx.InsertSurvey(store.Survey{ID: r.reply.ID, Conversation: r.conversation.ID, AskedAt: r.event.At}) // the id is taken
	},
	"SaveRating": func(tx *store.WriteTx, r realm) error {
		return tx.SaveRating(desk.Rated{Survey: r.reply.ID, Score: 5}, r.event.At)
	},
	"Recall":        func(tx *store.WriteTx, r realm) error { return tx.Recall(r.reply.ID, r.event.At) },
	"Depart":        func(tx *store.WriteTx, r realm) error { _, err := tx.Depart(r.reply.ID); return err },
	"FreeScheduled": func(tx *store.WriteTx, r realm) error { return tx.FreeScheduled(r.scheduled.ID) },
	"TakeScheduled": func(tx *store.WriteTx, r realm) error {
		s := r.scheduled
		s.Files = []desk.Attachment{r.upload}
		return tx.TakeScheduled(&s)
	},
	"SaveScheduled": func(tx *store.WriteTx, r realm) error {
		return tx.SaveScheduled(r.scheduled.ID, desk.Standing{State: desk.ScheduledCancelled, Edition: 1}, nil, 0)
	},
	"SaveBulk": func(tx *store.WriteTx, r realm) error {
		b := r.bulk
		b.State, b.Token = store.BulkRunning, "changed"
		return tx.SaveBulk(b)
	},
	"AddBulkItems": func(tx *store.WriteTx, r realm) error {
		return tx.AddBulkItems(r.bulk.ID, []store.BulkItem{{Position: 2, Conversation: r.conversation.ID, State: store.ItemTodo}})
	},
	"EndBulkItem": func(tx *store.WriteTx, r realm) error {
		return tx.EndBulkItem(r.bulk.ID, store.BulkItem{Position: 1, State: store.ItemSkipped, Reason: "changed"})
	},
	"ReachBulk": func(tx *store.WriteTx, r realm) error { return tx.ReachBulk(r.bulk.ID, 7) },
	"ForgetBulks": func(tx *store.WriteTx, r realm) error {
		_, err := tx.ForgetBulks(0, r.event.At.AddDate(1, 0, 0), 10)
		return err
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
	"SaveLetter": func(tx *store.WriteTx, r realm) error {
		return tx.SaveLetter([]store.Notification{r.notification}, r.event.At)
	},
	"ReadNotification": func(tx *store.WriteTx, r realm) error { return tx.ReadNotification(r.notification.ID, r.event.At) },
	"SavePreference": func(tx *store.WriteTx, r realm) error {
		return tx.SavePreference(store.Preference{User: r.user, Settings: desk.Preferences{Zone: "UTC"}})
	},
	"SaveBounced": func(tx *store.WriteTx, r realm) error {
		return tx.SaveBounced(desk.BouncedAddress{Address: "changed@example.com", At: r.event.At})
	},
	"ForgetBounced": func(tx *store.WriteTx, _ realm) error { return err2(tx.ForgetBounced("bounced@example.com")) },
	"Unsubscribe":   func(tx *store.WriteTx, r realm) error { return tx.Unsubscribe(r.contact.ID, r.event.At) },
	"Resubscribe":   func(tx *store.WriteTx, r realm) error { return tx.Resubscribe(r.contact.ID) },
	"SavePace":      func(tx *store.WriteTx, r realm) error { return tx.SavePace(r.channel.ID, desk.Pace{InHour: 99}) },
	"SaveSignature": func(tx *store.WriteTx, r realm) error { return tx.SaveSignature(r.user, "changed", "changed") },
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
	"DropOriginals": func(tx *store.WriteTx, r realm) error {
		_, err := tx.DropOriginals(r.inbox.ID, r.raw.ReceivedAt.AddDate(1, 0, 0), r.event.At, 10)
		return err
	},
	"ClaimInbound":     func(tx *store.WriteTx, r realm) error { return err2(tx.ClaimInbound(r.channel.ID, r.raw.Dedupe, 1)) },
	"ReleaseInbound":   func(tx *store.WriteTx, r realm) error { return tx.ReleaseInbound(r.channel.ID, r.raw.Dedupe) },
	"RevokeToken":      func(tx *store.WriteTx, r realm) error { return tx.RevokeToken(r.user, r.token.ID, r.event.At) },
	"DeleteInvitation": func(tx *store.WriteTx, r realm) error { return tx.DeleteInvitation(r.invitation.ID) },
	"AcceptInvitation": func(tx *store.WriteTx, r realm) error { return tx.AcceptInvitation(r.invitation.ID, r.event.At) },
	"TouchToken":       func(tx *store.WriteTx, r realm) error { return tx.TouchToken(r.token.ID, r.event.At) },
}
