package app_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Channels 2: what a mail arrived as is kept as long as its inbox says; what it said
// stays, and so does what nobody understood yet.
func TestOriginalsEnd(t *testing.T) {
	p := newPostOffice(t, nil)
	small := p.take(letter{from: "ann@shop.example", id: "1@shop.example", text: "My wheel broke."})
	large := p.take(letter{from: "bob@shop.example", id: "2@shop.example", text: "Mine, too. " + strings.Repeat("and so on ", 10_000)})
	p.Clock.Add(20 * 24 * time.Hour)
	young := p.take(letter{from: "eve@shop.example", id: "3@shop.example", text: "And mine."})
	original := func(r store.RawEvent) (string, error) {
		t.Helper()
		f, _, err := p.Original(p.As(p.Owner), r.Message)
		if err != nil {
			if _, same := p.RawBytes(p.As(p.Owner), r.ID); desk.KindOf(same) != desk.KindOf(err) {
				t.Errorf("the ledger says %v", same)
			}
			return "", err
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		return string(b), err
	}
	p.Clock.Add(11 * 24 * time.Hour)
	p.OK(p.CleanOriginals(t.Context()))
	for _, r := range []store.RawEvent{small, large, young} {
		if b, err := original(r); err != nil || !strings.Contains(b, "Message-ID") {
			t.Fatalf("it is kept for ever, unless an inbox says otherwise: %v", err)
		}
	}
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"original_days":30}`)}))
	for range 2 {
		p.OK(p.CleanOriginals(t.Context()))
	}
	for _, r := range []store.RawEvent{small, large} {
		if _, err := original(r); desk.KindOf(err) != desk.NotFound || !strings.Contains(err.Error(), "deleted on 2026-07-02") {
			t.Errorf("after its days: %v", err)
		}
	}
	if b, err := original(young); err != nil || !strings.Contains(b, "And mine.") {
		t.Errorf("before its days: %v", err)
	}
	p.OK(p.DB.Read(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		m, err := tx.MessageByID(small.Message)
		if m.Text != "My wheel broke." {
			t.Errorf("the message says %q", m.Text)
		}
		return err
	}))
	p.OK(p.DB.Look(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		wrong, err := tx.MisEnded(10)
		if len(wrong) != 0 {
			t.Errorf("the ledger complains: %v", wrong)
		}
		return err
	}))
	p.Clock.Add(long)
	p.OK(p.CleanUploads(t.Context()))
	if _, err := p.Blobs.Reader(large.Hash); large.Hash == "" || err == nil {
		t.Errorf("the file %q of a large one is still there", large.Hash)
	}
	if err := p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"original_days":-1}`)}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("fewer than none: %v", err)
	}
}
