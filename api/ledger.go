package api

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/store"
)

// RawEvent is an entry of the ingest ledger: something that arrived.
type RawEvent struct {
	ID           desk.RawEventID     `json:"id"`
	Channel      desk.ChannelID      `json:"channel_id"`
	ChannelKind  string              `json:"channel_kind"`
	ReceivedAt   time.Time           `json:"received_at"`
	State        store.RawState      `json:"state" enum:"received,message,duplicate,dead_letter"`
	Reason       string              `json:"reason,omitempty"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
	Message      desk.MessageID      `json:"message_id,omitempty"`
	Size         int64               `json:"size"`
	Summary      string              `json:"summary"`
	ContentType  string              `json:"content_type"`
}

// Outbound is an entry of the delivery ledger: a message to a customer.
type Outbound struct {
	Message      desk.MessageID      `json:"message_id"`
	Conversation desk.ConversationID `json:"conversation_id"`
	ChannelKind  string              `json:"channel_kind"`
	To           string              `json:"to"`
	Preview      string              `json:"preview" doc:"How the message begins, to be looked at before it is sent again"`
	State        desk.Delivery       `json:"state" enum:"queued,sent,delivered,read,failed,unknown,withheld,recalled"`
	Reason       string              `json:"reason,omitempty"`
	At           time.Time           `json:"at"`
	CanRetry     bool                `json:"can_retry"`
}

// Job is work that waits or failed.
type Job struct {
	ID           desk.JobID          `json:"id"`
	Queue        string              `json:"queue"`
	State        string              `json:"state" enum:"ready,running,failed"`
	Attempt      int                 `json:"attempt"`
	LastError    string              `json:"last_error,omitempty"`
	RunAt        time.Time           `json:"run_at"`
	Conversation desk.ConversationID `json:"conversation_id,omitempty"`
}

type LedgerQuery struct {
	InWorkspace
	Cursor string `query:"cursor" maxLength:"30"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// LedgerSearch narrows a ledger. A page of a search may be short or empty and
// still have a next_cursor: older entries are searched with the next page.
type LedgerSearch struct {
	LedgerQuery
	Search  string              `query:"q" maxLength:"200" doc:"Words in the sender, the recipient or the reason"`
	Channel Ref[desk.ChannelID] `query:"channel_id" doc:"Only this channel"`
}

func (q LedgerSearch) page() (store.LedgerPage, error) {
	before, err := number(q.Cursor)
	return store.LedgerPage{Search: q.Search, Channel: q.Channel.V, Before: before, Limit: q.Limit}, err
}

// next is the cursor of the next page, "" after the last.
func next(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// ledger registers what arrived, what was sent, and the jobs between.
func (s *server) ledger() {
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "list-inbound", method: "GET", path: path + "/ledger/inbound", summary: "What arrived and what became of it", tag: "Ledger", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			LedgerSearch
			State store.RawState `query:"state" enum:"received,message,duplicate,dead_letter"`
		}) (*body[page[RawEvent]], error) {
			part, err := in.page()
			if err != nil {
				return nil, err
			}
			out := page[RawEvent]{Items: []RawEvent{}}
			err = s.read(ctx, func(tx *store.Tx) error {
				ks, err := channelKinds(tx)
				if err != nil {
					return err
				}
				all, more, err := tx.Raws(in.State, part)
				for _, r := range all {
					out.Items = append(out.Items, RawEvent{
						r.ID, r.Channel, ks[r.Channel], r.ReceivedAt, r.State, r.Reason, r.Conversation, r.Message, r.Size, r.Summary, r.ContentType,
					})
				}
				out.NextCursor = next(more)
				return err
			})
			return &body[page[RawEvent]]{out}, err
		})
	type RawPath struct {
		InWorkspace
		ID Ref[desk.RawEventID] `path:"id"`
	}
	route(s, operation{id: "get-raw", method: "GET", path: path + "/ledger/inbound/{id}/raw", summary: "The bytes that arrived", tag: "Ledger", need: desk.MayManage},
		func(ctx context.Context, in *RawPath) (*huma.StreamResponse, error) {
			f, err := s.App.RawBytes(ctx, in.ID.V)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				defer f.Close()
				ctx.SetHeader("Content-Type", "text/plain; charset=utf-8")
				ctx.SetHeader("Content-Disposition", `attachment; filename="`+in.ID.V.String()+`.txt"`)
				_, _ = io.Copy(ctx.BodyWriter(), f) // the client may be gone
			}}, nil
		})
	route(s, operation{id: "replay", method: "POST", path: path + "/ledger/inbound/{id}/replay", summary: "Take in a dead letter again", tag: "Ledger", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *RawPath) (*struct{}, error) { return nil, s.App.Replay(ctx, in.ID.V) })
	s.outbound(path)
	s.jobs(path)
}

func (s *server) outbound(path string) {
	route(s, operation{id: "list-outbound", method: "GET", path: path + "/ledger/outbound", summary: "What was sent and how far it came", tag: "Ledger", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			LedgerSearch
			State desk.Delivery `query:"state" enum:"queued,sent,delivered,read,failed,unknown,withheld,recalled"`
		}) (*body[page[Outbound]], error) {
			part, err := in.page()
			if err != nil {
				return nil, err
			}
			out := page[Outbound]{Items: []Outbound{}}
			err = s.read(ctx, func(tx *store.Tx) error {
				ks, err := channelKinds(tx)
				if err != nil {
					return err
				}
				all, more, err := tx.Outbound(in.State, part)
				for _, o := range all {
					m := o.Message
					out.Items = append(out.Items, Outbound{
						m.ID, m.Conversation, ks[m.Channel], o.To, desk.Line(m.Text, 200), m.Delivery, m.DeliveryReason, m.DeliveryAt, m.Delivery == desk.DeliveryFailed || m.Delivery == desk.DeliveryUnknown,
					})
				}
				out.NextCursor = next(more)
				return err
			})
			return &body[page[Outbound]]{out}, err
		})
}

var jobStates = map[string]store.JobState{"ready": store.JobReady, "running": store.JobRunning, "failed": store.JobFailed}

func (s *server) jobs(path string) {
	route(s, operation{id: "list-jobs", method: "GET", path: path + "/jobs", summary: "Work that waits, runs or failed", tag: "Ledger", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			LedgerQuery
			State string `query:"state" enum:"ready,running,failed" default:"failed"`
		}) (*body[page[Job]], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := page[Job]{Items: []Job{}}
			err = s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Jobs(jobStates[in.State], desk.JobID(before), in.Limit)
				for _, j := range all {
					out.Items = append(out.Items, Job{j.ID, j.Queue, in.State, j.Attempt, j.LastError, j.RunAt, j.Conversation})
				}
				if len(all) == in.Limit {
					out.NextCursor = strconv.FormatInt(int64(all[len(all)-1].ID), 10)
				}
				return err
			})
			return &body[page[Job]]{out}, err
		})
	route(s, operation{id: "retry-job", method: "POST", path: path + "/jobs/{id}/retry", summary: "Start a failed job again", tag: "Ledger", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID Ref[desk.JobID] `path:"id"`
		}) (*struct{}, error) {
			return nil, s.App.RestartJob(ctx, in.ID.V)
		})
}
