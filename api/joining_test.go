package api_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
	"parley/desk"
)

// twice returns two conversations with one customer, of which the first has ended.
func (h *home) twice() (first, second apitest.Talk) {
	who := strings.ToLower(rand.Text())
	first = h.Posted(h.front, who, who+"1", "hello")
	h.do(first.ID, "close", object{})
	return first, h.Posted(h.front, who, who+"2", "hello again")
}

// talkative returns a conversation with two messages.
func (h *home) talkative() apitest.Talk {
	who := strings.ToLower(rand.Text())
	first := h.Posted(h.front, who, who+"1", "hello")
	h.Posted(h.front, who, who+"2", "and something else")
	return first
}

type joinedLine struct {
	Items []struct {
		Event struct {
			Kind         string
			Conversation string `json:"conversation_id"`
			Command      string `json:"command_id"`
			Undoable     bool
			Data         map[string]any
		}
		Message *struct {
			ID, Text     string
			Conversation string `json:"conversation_id"`
		}
		MovedTo string `json:"moved_to_id"`
	}
	Prev string `json:"prev_cursor"`
}

func (h *home) joinedLine(id, query string) (l joinedLine) {
	h.t.Helper()
	h.Owner.Do("GET", h.Path("/conversations/"+id+"/timeline"+query), nil).Want(200).Read(&l)
	return l
}

// said returns the messages of a timeline, read page by page from its end.
func (h *home) said(id string, limit int) (all []string) {
	h.t.Helper()
	before := ""
	for range 50 {
		l := h.joinedLine(id, fmt.Sprintf("?limit=%d&before=%s", limit, before))
		var page []string
		for _, i := range l.Items {
			if i.Message != nil {
				page = append(page, i.Message.Text[strings.LastIndex(i.Message.Text, " ")+1:])
			}
		}
		all = append(page, all...)
		if before = l.Prev; before == "" {
			return all
		}
	}
	h.t.Fatal("the timeline has no end")
	return nil
}

// F1-55 F2-49 F2-50 F2-55: what was merged is read in one timeline in the order in
// which it was written, whatever the page; what is left points to it, and both say
// what happened.
func TestMergedTimeline(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXJOIN"))
	who := strings.ToLower(rand.Text())
	first := h.Posted(h.front, who, "1", "one")
	s.Clock.Add(time.Minute)
	h.Posted(h.front, who, "2", "two")
	h.do(first.ID, "close", object{})
	s.Clock.Add(time.Minute)
	second := h.Posted(h.front, who, "3", "three")
	h.do(second.ID, "note", object{"text": h.Mark + " four"})
	s.Clock.Add(time.Minute)
	var did struct {
		Command string `json:"command_id"`
		Other   struct {
			ID         string
			MergedInto string `json:"merged_into_id"`
			Status     string
		}
		Conversation struct {
			ID       string
			Messages int `json:"message_count"`
		}
		UndoUntil time.Time `json:"undo_until"`
	}
	h.Owner.Do("POST", h.Path("/conversations/"+second.ID+"/merge"), object{"conversation_id": first.ID}).Want(200).Read(&did)
	if did.Conversation.ID != second.ID || did.Conversation.Messages != 4 || did.Other.ID != first.ID || did.Other.MergedInto != second.ID || did.UndoUntil.IsZero() {
		t.Errorf("the answer is %+v", did)
	}
	s.Clock.Add(time.Minute)
	h.Posted(h.front, who, "5", "five")
	want := []string{"one", "two", "three", "four", "five"}
	for _, limit := range []int{1, 2, 3, 60} {
		if got := h.said(second.ID, limit); !slices.Equal(got, want) {
			t.Errorf("by pages of %d it reads %q", limit, got)
		}
	}
	var kinds []string
	for _, i := range h.joinedLine(second.ID, "").Items {
		kinds = append(kinds, i.Event.Kind)
		if i.Event.Kind == "merged_from" && (i.Event.Data["conversation_id"] != first.ID || i.Event.Data["message_count"] != float64(2) || !i.Event.Undoable || i.Event.Data["now"] != nil) {
			t.Errorf("the fact says %v", i.Event.Data)
		}
	}
	if !slices.Contains(kinds, "merged_from") {
		t.Errorf("its timeline is %q", kinds)
	}
	for _, i := range h.joinedLine(first.ID, "").Items {
		switch {
		case i.Event.Kind == "message_posted" && (i.Message != nil || i.MovedTo != second.ID):
			t.Errorf("where only a pointer is left there is %+v", i)
		case i.Event.Kind == "merged_into" && (i.Event.Data["conversation_id"] != second.ID || i.Event.Command != did.Command):
			t.Errorf("the pointer says %v", i.Event.Data)
		}
	}
	h.Owner.Do("POST", h.Path("/conversations/"+first.ID+"/reply"), object{"text": "x"}).Problem(409)
	h.do(first.ID, "undo", object{"command_id": did.Command})
	if got := h.said(second.ID, 2); !slices.Equal(got, want[2:]) {
		t.Errorf("after the undo it reads %q", got)
	}
	if got := h.said(first.ID, 2); !slices.Equal(got, want[:2]) {
		t.Errorf("after the undo the other one reads %q", got)
	}
}

// F1-56 F2-55: what was split off is read in its own timeline, the other one marks
// where it was, and a merge of the two reads as before.
func TestSplitTimeline(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXPART"))
	who := strings.ToLower(rand.Text())
	talk := h.Posted(h.front, who, "1", "one")
	var moved []string
	for i, text := range []string{"two", "three", "four"} {
		s.Clock.Add(time.Minute)
		p := h.Posted(h.front, who, fmt.Sprint(i+2), text)
		if text != "four" {
			moved = append(moved, p.Message)
		}
	}
	var did struct {
		Command string                                  `json:"command_id"`
		Other   struct{ ID, Subject, Status string }    `json:"other"`
		Items   []struct{ Event struct{ Kind string } } `json:"items"`
		Within  struct{ Messages int }                  `json:"conversation"`
	}
	s.Clock.Add(time.Minute)
	h.Owner.Do("POST", h.Path("/conversations/"+talk.ID+"/split"), object{"message_ids": moved, "subject": "Another matter"}).Want(200).Read(&did)
	if did.Other.Subject != "Another matter" || did.Other.Status != "open" || len(did.Items) == 0 || did.Items[0].Event.Kind != "split_to" {
		t.Errorf("the answer is %+v", did)
	}
	at := func(words ...string) []string { return words }
	if got := h.said(did.Other.ID, 2); !slices.Equal(got, at("two", "three")) {
		t.Errorf("the new one reads %q", got)
	}
	marks := 0
	for _, i := range h.joinedLine(talk.ID, "").Items {
		if i.MovedTo == did.Other.ID {
			marks++
		}
	}
	if got := h.said(talk.ID, 2); !slices.Equal(got, at("one", "four")) || marks != 2 {
		t.Errorf("the first reads %q, with %d marks", got, marks)
	}
	h.do(talk.ID, "merge", object{"conversation_id": did.Other.ID})
	for _, limit := range []int{1, 2, 60} {
		if got := h.said(talk.ID, limit); !slices.Equal(got, at("one", "two", "three", "four")) {
			t.Errorf("together again, by pages of %d, it reads %q", limit, got)
		}
	}
}

// Duplicates are offered first, with what they have in common; what cannot be
// merged says why. Nothing of an inbox that somebody does not see is offered.
func TestRelated(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXLIKE"))
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"after_close": "new"}}).Want(200)
	who := strings.ToLower(rand.Text())
	old := h.Posted(h.front, who, "1", "bell broken")
	h.do(old.ID, "close", object{})
	now := h.Posted(h.front, who, "2", "my bell is broken")
	h.Posted(h.front, who, "3", "and an invoice")
	var child struct {
		Other struct{ ID string }
	}
	h.Owner.Do("POST", h.Path("/conversations/"+now.ID+"/split"), object{"message_ids": []string{now.Message}}).Want(200).Read(&child)
	type found struct {
		Items []struct {
			Conversation struct{ ID string }
			Reasons      []string
			Likely       bool
			Mergeable    bool
		}
	}
	ask := func(by *apitest.Client, id, query string) (f found) {
		t.Helper()
		by.Do("GET", h.Path("/conversations/"+id+"/related"+query), nil).Want(200).Read(&f)
		return f
	}
	all := ask(h.Owner, now.ID, "")
	if len(all.Items) != 2 {
		t.Fatalf("found %+v", all)
	}
	for _, i := range all.Items {
		if i.Likely || !i.Mergeable || i.Reasons[0] != desk.LikeCustomer { // what was split on purpose is no duplicate
			t.Errorf("%+v", i)
		}
	}
	if f := ask(h.Owner, now.ID, "?q=broken"); len(f.Items) < 1 {
		t.Errorf("words find %+v", f)
	}
	if f := ask(h.Owner, now.ID, "?q=zzz"); len(f.Items) != 0 {
		t.Errorf("no words find %+v", f)
	}
	if f := ask(h.Owner, now.ID, "?likely=true"); len(f.Items) != 0 {
		t.Errorf("likely are %+v", f)
	}
}
