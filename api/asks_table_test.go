package api_test

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"parley/api/apitest"
)

// ask is what is asked of an operation: what its path names, and a body.
type ask struct {
	id, user, mode string
	event          string
	query          string
	body           any
}

// mailDomain connects a mail address at a domain of its own and returns the domain.
func (h *home) mailDomain() string {
	name := strings.ToLower(rand.Text()) + ".example"
	h.Connect(h.front.ID, "email", "Mail", object{"address": "desk@" + name})
	return name
}

type object = map[string]any

// asks says how each operation is asked about things of a team. What is changed
// or used up is made anew for every question.
var asks = map[string]func(h *home, by *apitest.Client) ask{
	"get-workspace":    func(*home, *apitest.Client) ask { return ask{} },
	"change-workspace": func(*home, *apitest.Client) ask { return ask{body: object{"name": "Renamed"}} },
	"list-members":     func(*home, *apitest.Client) ask { return ask{} },
	"change-member": func(h *home, _ *apitest.Client) ask {
		return ask{user: h.target.User.String(), body: object{"inbox_ids": []string{h.front.ID}}}
	},
	"list-invitations": func(*home, *apitest.Client) ask { return ask{} },
	"invite": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"email": rand.Text() + "@example.com", "role": "agent", "inbox_ids": []string{h.front.ID}}}
	},
	"revoke-invitation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/invitations", object{"email": rand.Text() + "@example.com", "role": "agent"})}
	},
	"list-tokens":        func(*home, *apitest.Client) ask { return ask{} },
	"create-token":       func(*home, *apitest.Client) ask { return ask{body: object{"name": "x", "scopes": []string{"read"}}} },
	"revoke-token":       func(h *home, _ *apitest.Client) ask { _, id := h.Token(h.Owner, "read"); return ask{id: id} },
	"list-notifications": func(*home, *apitest.Client) ask { return ask{} },
	"read-notifications": func(*home, *apitest.Client) ask { return ask{body: object{"up_to": "1"}} },

	"get-preferences":    func(*home, *apitest.Client) ask { return ask{} },
	"save-preferences":   func(*home, *apitest.Client) ask { return ask{body: object{"zone": "Europe/Berlin", "digest": true}} },
	"list-quick-replies": func(*home, *apitest.Client) ask { return ask{} },
	"create-quick-reply": func(h *home, _ *apitest.Client) ask { return ask{body: h.quick(h.front.ID)} },
	"change-quick-reply": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/quick-replies", h.quick(h.front.ID)), body: h.quick(h.front.ID)}
	},
	"delete-quick-reply": func(h *home, _ *apitest.Client) ask { return ask{id: h.made("/quick-replies", h.quick(h.front.ID))} },
	"use-quick-reply":    func(h *home, _ *apitest.Client) ask { return ask{id: h.made("/quick-replies", h.quick(h.front.ID))} },
	"list-quick-reply-editions": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/quick-replies", h.quick(h.front.ID))}
	},
	"offer-quick-replies": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"list-macros":         func(*home, *apitest.Client) ask { return ask{} },
	"create-macro":        func(h *home, _ *apitest.Client) ask { return ask{body: h.macro()} },
	"change-macro":        func(h *home, _ *apitest.Client) ask { return ask{id: h.made("/macros", h.macro()), body: h.macro()} },
	"delete-macro":        func(h *home, _ *apitest.Client) ask { return ask{id: h.made("/macros", h.macro())} },
	"run-macro-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"macro_id": h.made("/macros", h.macro())}}
	},

	"review-bulk":     func(h *home, _ *apitest.Client) ask { return ask{body: h.bulkOf(h.talk.ID, object{"do": "unassign"})} },
	"list-bulks":      func(*home, *apitest.Client) ask { return ask{} },
	"get-bulk":        func(h *home, _ *apitest.Client) ask { id, _ := h.reviewed(); return ask{id: id} },
	"list-bulk-items": func(h *home, _ *apitest.Client) ask { id, _ := h.reviewed(); return ask{id: id} },
	"start-bulk": func(h *home, _ *apitest.Client) ask {
		id, token := h.reviewed()
		return ask{id: id, body: object{"confirm_token": token}}
	},
	"cancel-bulk": func(h *home, _ *apitest.Client) ask { id, _ := h.reviewed(); return ask{id: id} },
	"undo-bulk": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.bulked(h.bulkOf(h.fresh().ID, object{"do": "close"}))}
	},
	"export-bulk": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.bulked(object{"selection": object{"conversation_ids": []string{h.talk.ID}}, "action": object{"export": true}})}
	},

	"find-conversations": func(*home, *apitest.Client) ask { return ask{} },
	"count-found":        func(*home, *apitest.Client) ask { return ask{} },
	"read-filter":        func(*home, *apitest.Client) ask { return ask{body: object{"text": "is:open"}} },
	"list-filter-fields": func(*home, *apitest.Client) ask { return ask{} },
	"list-views":         func(*home, *apitest.Client) ask { return ask{} },
	"create-view": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"name": "x", "text": "is:open", "audience": "shared", "user_ids": []string{h.target.User.String()}}}
	},
	"change-view": func(h *home, _ *apitest.Client) ask { return ask{id: h.view(), body: object{"name": h.Mark + " mine"}} },
	"delete-view": func(h *home, _ *apitest.Client) ask { return ask{id: h.view()} },
	"pin-views":   func(h *home, _ *apitest.Client) ask { return ask{body: object{"view_ids": []string{h.view()}}} },
	"count-views": func(*home, *apitest.Client) ask { return ask{} },

	"list-inboxes": func(*home, *apitest.Client) ask { return ask{} },
	"create-inbox": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"name": "x", "grouping": "per_thread", "member_ids": []string{h.target.User.String()}}}
	},
	"get-inbox": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.ID} },
	"change-inbox": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.ID, body: object{"name": h.front.Mark + " desk"}}
	},
	"list-channel-kinds": func(*home, *apitest.Client) ask { return ask{} },
	"connect-channel": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.ID, body: object{"kind": "webchat", "config": object{}}}
	},
	"change-channel": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Chat, body: object{"name": h.front.Mark + " chat"}}
	},
	"test-channel": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Chat} },
	"remove-channel": func(h *home, _ *apitest.Client) ask {
		id, _ := h.Connect(h.front.ID, "webchat", h.front.Mark+" chat to remove", object{})
		return ask{id: id}
	},
	"list-mail-domains":  func(*home, *apitest.Client) ask { return ask{} },
	"make-mail-keys":     func(h *home, _ *apitest.Client) ask { return ask{id: h.mailDomain()} },
	"check-mail-domain":  func(h *home, _ *apitest.Client) ask { return ask{id: h.mailDomain()} },
	"change-mail-domain": func(h *home, _ *apitest.Client) ask { return ask{id: h.mailDomain(), body: object{"unseen": true}} },
	"remove-mail-key": func(h *home, _ *apitest.Client) ask {
		var d struct{ Keys []struct{ Selector string } }
		name := h.mailDomain()
		h.Owner.Do("POST", h.Path("/mail-domains/"+name+"/keys"), nil).Want(201).Read(&d)
		return ask{id: name, mode: d.Keys[0].Selector}
	},
	"list-mail-providers":  func(*home, *apitest.Client) ask { return ask{} },
	"save-mail-provider":   func(*home, *apitest.Client) ask { return ask{mode: "google", body: registered} },
	"remove-mail-provider": func(*home, *apitest.Client) ask { return ask{mode: "custom"} },
	"begin-connection":     func(h *home, _ *apitest.Client) ask { return ask{id: h.granted()} },
	"end-connection":       func(h *home, _ *apitest.Client) ask { return ask{id: h.granted()} },
	"finish-connection": func(*home, *apitest.Client) ask {
		return ask{body: object{"provider": "google", "state": "x", "code": "y"}}
	},
	"list-tags":  func(*home, *apitest.Client) ask { return ask{} },
	"create-tag": func(h *home, _ *apitest.Client) ask { return ask{body: object{"name": rand.Text()}} },
	"change-tag": func(h *home, _ *apitest.Client) ask {
		name := h.Mark + " " + rand.Text()
		return ask{id: h.made("/tags", object{"name": name}), body: object{"name": name + "!"}}
	},
	"delete-tag": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/tags", object{"name": h.Mark + " " + rand.Text()})}
	},

	"list-teams": func(*home, *apitest.Client) ask { return ask{} },
	"create-team": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"name": rand.Text(), "member_ids": []string{h.target.User.String()}, "inbox_ids": []string{h.front.ID}}}
	},
	"change-team": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.team(), body: object{"name": h.Mark + " " + rand.Text(), "member_ids": []string{h.target.User.String()}}}
	},
	"delete-team":            func(h *home, _ *apitest.Client) ask { return ask{id: h.team()} },
	"get-own-signature":      func(*home, *apitest.Client) ask { return ask{} },
	"save-own-signature":     func(*home, *apitest.Client) ask { return ask{body: object{"title": "Boss"}} },
	"preview-signature":      func(h *home, _ *apitest.Client) ask { return ask{body: object{"inbox_id": h.front.ID}} },
	"list-bounced-addresses": func(*home, *apitest.Client) ask { return ask{query: "?address=nobody@example.com"} },
	"forget-bounced-address": func(*home, *apitest.Client) ask { return ask{query: "?address=nobody@example.com"} },
	"preview-below":          func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, body: object{}} },
	"set-availability":       func(*home, *apitest.Client) ask { return ask{body: object{"availability": "available"}} },
	"list-responders":        func(*home, *apitest.Client) ask { return ask{} },
	"set-responders": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"inbox_id": h.front.ID, "kind": "first", "user_ids": []string{h.target.User.String()}}}
	},
	"list-assignees":     func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"list-inbox-presets": func(*home, *apitest.Client) ask { return ask{} },
	"list-categories":    func(*home, *apitest.Client) ask { return ask{} },
	"create-category":    func(*home, *apitest.Client) ask { return ask{body: object{"name": rand.Text()}} },
	"change-category": func(h *home, _ *apitest.Client) ask {
		name := h.Mark + " " + rand.Text()
		return ask{id: h.made("/closing-categories", object{"name": name}), body: object{"name": name + "!"}}
	},
	"list-moments":      func(*home, *apitest.Client) ask { return ask{query: "?text=tomorrow&zone=Europe/Stockholm"} },
	"list-sla-policies": func(*home, *apitest.Client) ask { return ask{} },
	"create-sla-policy": func(h *home, _ *apitest.Client) ask {
		tag := h.made("/tags", object{"name": h.Mark + " " + rand.Text()})
		return ask{body: object{"name": "x", "first_response": object{"normal": object{"target": 60, "deadline": 120}}, "complex_tag_ids": []string{tag}}}
	},
	"change-sla-policy": func(h *home, _ *apitest.Client) ask {
		policy := object{"name": h.Mark, "first_response": object{}}
		return ask{id: h.made("/sla-policies", policy), body: policy}
	},
	"delete-sla-policy": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/sla-policies", object{"name": h.Mark, "first_response": object{}})}
	},
	"list-business-hours": func(*home, *apitest.Client) ask { return ask{} },
	"create-business-hours": func(*home, *apitest.Client) ask {
		return ask{body: object{"name": "x", "hours": object{"zone": "UTC", "week": object{"monday": []object{{"from": "09:00", "to": "17:00"}}}}}}
	},
	"change-business-hours": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.made("/business-hours", h.hours()), body: h.hours()}
	},
	"delete-business-hours": func(h *home, _ *apitest.Client) ask { return ask{id: h.made("/business-hours", h.hours())} },
	"read-holidays": func(*home, *apitest.Client) ask {
		return ask{body: object{"zone": "UTC", "file": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271225\nEND:VEVENT\nEND:VCALENDAR"}}
	},
	"get-promise": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },

	"list-conversations":  func(*home, *apitest.Client) ask { return ask{query: "?view=all&limit=200"} },
	"search":              func(h *home, _ *apitest.Client) ask { return ask{query: "?q=" + h.Mark} },
	"count-conversations": func(*home, *apitest.Client) ask { return ask{} },
	"start-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"inbox_id": h.front.ID, "contact": object{"email": rand.Text() + "@customer.example"}, "channel_id": h.front.Mail, "text": "hello"}}
	},
	"get-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"get-timeline":     func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"list-notes":       func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"list-note-editions": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, user: h.do(talk, "note", object{"text": h.Mark}).Message.ID}
	},
	"list-decisions": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"get-draft":      func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, mode: "note"} },
	"save-draft": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, mode: "reply", body: object{"text": "begun", "revision": 0}}
	},
	"delete-draft": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, mode: "reply"} },
	"share-draft": func(h *home, c *apitest.Client) ask {
		id := h.fresh().ID
		c.Do("PUT", h.Path("/conversations/"+id+"/drafts/reply"), object{"text": "begun", "revision": 0}) // who may not share may not write either
		return ask{id: id, mode: "reply", body: object{"user_ids": []string{h.target.User.String()}}}
	},
	"take-draft":     func(h *home, c *apitest.Client) ask { return h.lent(c) },
	"list-new-mails": func(*home, *apitest.Client) ask { return ask{} },
	"save-new-mail": func(h *home, _ *apitest.Client) ask {
		return ask{user: "begun-" + strconv.FormatInt(h.id(""), 10), body: object{"text": "begun", "to": []string{"kim@example.com"}, "inbox_id": h.front.ID, "revision": 0}}
	},
	"delete-new-mail":    func(*home, *apitest.Client) ask { return ask{user: "begun"} },
	"list-shared-drafts": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"get-transcript":     func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, query: "?notes=true"} },

	"archive-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.closed(), body: object{}} },
	"unarchive-conversation": func(h *home, _ *apitest.Client) ask {
		id := h.closed()
		h.do(id, "archive", object{})
		return ask{id: id, body: object{}}
	},
	"pend-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"reason": "external", "note": h.Mark}}
	},
	"snooze-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{"until_reply": true}} },
	"schedule-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"text": h.Mark + " later", "at": h.later()}}
	},
	"edit-scheduled-conversation": func(h *home, _ *apitest.Client) ask {
		id, scheduled := h.scheduled()
		return ask{id: id, body: object{"scheduled_id": scheduled, "at": h.later().Add(time.Hour)}}
	},
	"cancel-scheduled-conversation": func(h *home, _ *apitest.Client) ask {
		id, scheduled := h.scheduled()
		return ask{id: id, body: object{"scheduled_id": scheduled}}
	},
	"send-scheduled-conversation": func(h *home, _ *apitest.Client) ask {
		id, scheduled := h.scheduled()
		return ask{id: id, body: object{"scheduled_id": scheduled}}
	},
	"list-scheduled-here": func(h *home, _ *apitest.Client) ask { id, _ := h.scheduled(); return ask{id: id} },
	"list-scheduled":      func(h *home, _ *apitest.Client) ask { h.scheduled(); return ask{} },
	"unsnooze-conversation": func(h *home, _ *apitest.Client) ask {
		id := h.fresh().ID
		h.do(id, "snooze", object{"until_reply": true})
		return ask{id: id, body: object{}}
	},
	"assign-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"assignee_id": h.target.User.String()}}
	},
	"follow-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"transfer-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"team_id": h.team(), "note": "why"}}
	},
	"unfollow-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"merge-conversation": func(h *home, _ *apitest.Client) ask {
		first, second := h.twice()
		return ask{id: second.ID, body: object{"conversation_id": first.ID}}
	},
	"split-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.talkative()
		return ask{id: talk.ID, body: object{"message_ids": []string{talk.Message}}}
	},
	"list-related":       func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID} },
	"close-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"note-conversation":  func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{"text": h.Mark}} },
	"edit-note-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID, "text": h.Mark + " again"}}
	},
	"forward-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		return ask{id: talk.ID, body: object{"message_id": talk.Message, "to": []string{"supplier@wheels.example"}, "channel_id": h.front.Mail}}
	},
	"preview-reply": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"text": h.Mark, "channel_id": h.front.Mail, "to": []string{"kim@customer.example"}}}
	},
	"preview-forward": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		return ask{id: talk.ID, body: object{"message_id": talk.Message, "to": []string{"supplier@wheels.example"}, "channel_id": h.front.Mail}}
	},
	"preview-start": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"inbox_id": h.front.ID, "contact": object{"email": rand.Text() + "@customer.example"}, "channel_id": h.front.Mail, "text": "hello"}}
	},
	"let-in-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"turn-away-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"keep-together-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"read-again-conversation": func(h *home, _ *apitest.Client) ask { // a note arrived as nothing
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"take-forward-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"pin-note-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		return ask{id: talk, body: object{"message_id": h.do(talk, "note", object{"text": h.Mark}).Message.ID}}
	},
	"unpin-note-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh().ID
		note := h.do(talk, "note", object{"text": h.Mark}).Message.ID
		h.do(talk, "pin-note", object{"message_id": note})
		return ask{id: talk, body: object{"message_id": note}}
	},
	"link-ticket-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"url": "https://bikes.zendesk.com/tickets/4711", "title": h.Mark}}
	},
	"unlink-ticket-conversation": func(h *home, _ *apitest.Client) ask {
		talk, where := h.fresh().ID, "https://bikes.zendesk.com/tickets/4711"
		h.do(talk, "link-ticket", object{"url": where, "title": h.Mark})
		return ask{id: talk, body: object{"url": where}}
	},
	"escalate-conversation":   func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"prioritize-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{"priority": "high"}} },
	"read-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		return ask{id: talk.ID, body: object{"message_id": talk.Message}}
	},
	"reopen-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		h.do(talk.ID, "close", object{})
		return ask{id: talk.ID, body: object{}}
	},
	"reply-conversation":   func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{"text": h.Mark}} },
	"resolve-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"retry-conversation": func(h *home, _ *apitest.Client) ask {
		talk, message := h.failedReply()
		return ask{id: talk, body: object{"message_id": message}}
	},
	"tag-conversation": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().ID, body: object{"add": []string{"urgent"}}}
	},
	"takeover-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.withAI().ID, body: object{}} },
	"handback-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.withAI().ID, body: object{}} },
	"get-past":              func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, query: "?version=1"} },
	"get-why":               func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.ID, event: h.event()} },
	"unassign-conversation": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().ID, body: object{}} },
	"undo-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		return ask{id: talk.ID, body: object{"command_id": h.do(talk.ID, "prioritize", object{"priority": "high"}).Command}}
	},
	"unread-conversation": func(h *home, _ *apitest.Client) ask {
		talk := h.fresh()
		return ask{id: talk.ID, body: object{"message_id": talk.Message}}
	},

	"list-contacts":   func(*home, *apitest.Client) ask { return ask{query: "?limit=100"} },
	"browse-contacts": func(*home, *apitest.Client) ask { return ask{query: "?limit=100"} },
	"get-contact":     func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Contact} },
	"change-contact": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.talk.Contact, body: object{"phone": "+46 1"}}
	},
	"block-contact":   func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().Contact} },
	"unblock-contact": func(h *home, _ *apitest.Client) ask { return ask{id: h.fresh().Contact, body: object{}} },
	"list-pairs":      func(*home, *apitest.Client) ask { return ask{} },
	"list-twins":      func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Contact} },
	"merge-contact": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.fresh().Contact, body: object{"contact_id": h.fresh().Contact}}
	},
	"unmerge-contact": func(h *home, _ *apitest.Client) ask {
		id, body := h.mergedContact()
		return ask{id: id, body: body}
	},
	"part-contact": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.talk.Contact, body: object{"contact_id": h.fresh().Contact}}
	},
	"list-contact-notes": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Contact} },
	"add-contact-note": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.talk.Contact, body: object{"text": h.Mark + " likes tea"}}
	},
	"change-contact-note": func(h *home, _ *apitest.Client) ask {
		note := h.made("/contacts/"+h.talk.Contact+"/notes", object{"text": h.Mark + " likes tea"})
		return ask{id: h.talk.Contact, user: note, body: object{"removed": true}}
	},
	"upload":             func(*home, *apitest.Client) ask { return ask{body: apitest.File{Name: "a.txt", Data: "hello"}} },
	"download":           func(h *home, _ *apitest.Client) ask { return ask{id: h.file} },
	"get-picture":        func(h *home, _ *apitest.Client) ask { return ask{id: h.file} }, // without its signature it is for nobody
	"get-original":       func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Message} },
	"get-remote-picture": func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Message} }, // without its signature it is for nobody
	"get-html":           func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Message} },

	"report-ai":        func(*home, *apitest.Client) ask { return ask{} },
	"list-reported-ai": func(*home, *apitest.Client) ask { return ask{} },

	"list-inbound":  func(*home, *apitest.Client) ask { return ask{query: "?limit=100"} },
	"get-raw":       func(h *home, _ *apitest.Client) ask { return ask{id: h.talk.Raw} },
	"replay":        func(h *home, _ *apitest.Client) ask { return ask{id: h.deadLetter()} },
	"list-outbound": func(*home, *apitest.Client) ask { return ask{query: "?limit=100"} },
	"list-jobs":     func(*home, *apitest.Client) ask { return ask{query: "?limit=100"} },
	"retry-job":     func(h *home, _ *apitest.Client) ask { return ask{id: h.failedJob()} },

	"socket": func(*home, *apitest.Client) ask { return ask{} },
	"stream": func(*home, *apitest.Client) ask { return ask{} },
	"set-presence": func(h *home, _ *apitest.Client) ask {
		return ask{body: object{"type": "typing", "conversation_id": h.talk.ID, "on": true, "mode": "reply"}}
	},

	"install": func(*home, *apitest.Client) ask { return ask{} },
	"setup": func(*home, *apitest.Client) ask {
		return ask{body: object{"workspace_name": "x", "name": "x", "email": "x@example.com", "password": apitest.Password}}
	},
	"sign-in":       func(*home, *apitest.Client) ask { return ask{body: object{}} },
	"me":            func(*home, *apitest.Client) ask { return ask{} },
	"sign-out":      func(*home, *apitest.Client) ask { return ask{} },
	"change-me":     func(_ *home, by *apitest.Client) ask { return ask{body: object{"name": by.Name}} },
	"change-own":    func(*home, *apitest.Client) ask { return ask{body: object{"theme": "dark"}} },
	"list-sessions": func(*home, *apitest.Client) ask { return ask{} },
	"end-session":   func(*home, *apitest.Client) ask { return ask{id: "ses_0000000000001"} },
	"list-pushes":   func(*home, *apitest.Client) ask { return ask{} },
	"add-push": func(*home, *apitest.Client) ask {
		return ask{body: object{"endpoint": "https://push.example/" + rand.Text(), "keys": object{
			"p256dh": base64.RawURLEncoding.EncodeToString(make([]byte, 65)), "auth": base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
		}}}
	},
	"end-push":         func(*home, *apitest.Client) ask { return ask{id: "psh_0000000000001"} },
	"create-workspace": func(*home, *apitest.Client) ask { return ask{body: object{"name": "x"}} },
	"invitation": func(h *home, _ *apitest.Client) ask {
		var i struct{ URL string }
		h.Owner.Do("POST", h.Path("/invitations"), object{"email": rand.Text() + "@example.com", "role": "agent"}).Want(201).Read(&i)
		return ask{id: i.URL[len(i.URL)-56:]} // inv_ and 52 characters
	},
	"accept-invitation": func(*home, *apitest.Client) ask { return ask{id: "inv_x", body: object{}} },

	"post-message": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Address, body: object{"contact": object{"external_id": "x"}, "text": "x"}}
	},
	"post-welcome": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Address, body: object{"contact": object{"external_id": "x"}}}
	},
	"mark-done": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Address, body: object{"contact": object{"external_id": "x"}, "done": true}}
	},
	"visitor-config":   func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key} },
	"visitor-session":  func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key, body: object{}} },
	"visitor-messages": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key} },
	"visitor-post": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Key, body: object{"client_id": rand.Text(), "text": "hello"}}
	},
	"visitor-ticket": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key} },
	"visitor-typing": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key, body: object{"on": true}} },
	"visitor-seen":   func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key, body: object{"seq": 1}} },
	"visitor-rate": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Key, body: object{"survey_id": "msg_0000000000001", "score": 5}}
	},
	"visitor-profile": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key, body: object{"name": "Kim"}} },
	"visitor-upload": func(h *home, _ *apitest.Client) ask {
		return ask{id: h.front.Key, body: apitest.File{Name: "a.txt", Data: "hello"}}
	},
	"visitor-download": func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key, mode: h.file} },
	"visitor-stream":   func(h *home, _ *apitest.Client) ask { return ask{id: h.front.Key} },
}
