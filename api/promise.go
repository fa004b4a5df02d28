package api

import (
	"context"

	"parley/desk"
	"parley/store"
)

// SLAPolicy is what a team has promised, with its name.
type SLAPolicy struct {
	ID       desk.PolicyID `json:"id" doc:"\"\" is the standard policy, which cannot be changed"`
	Name     string        `json:"name"`
	Standard bool          `json:"standard,omitempty"`
	desk.Policy
}

// BusinessHours are when a team works, with their name.
type BusinessHours struct {
	ID    desk.HoursID `json:"id"`
	Name  string       `json:"name"`
	Hours desk.Hours   `json:"hours"`
}

// promises registers policies, business hours and the clock of a conversation.
func (s *server) promises() {
	const path = "/workspaces/{workspace}"
	s.policies(path)
	s.businessHours(path)
	route(s, operation{id: "get-promise", method: "GET", path: path + "/conversations/{id}/promise", summary: "What is due, and every stretch of time that counted or did not", tag: "Promises", need: desk.MayRead},
		func(ctx context.Context, in *ConversationPath) (*body[page[desk.Timer]], error) {
			out := page[desk.Timer]{Items: []desk.Timer{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				c, err := tx.Conversation(in.ID.V)
				if err != nil {
					return err
				}
				inbox, err := tx.Inbox(c.Inbox)
				if err != nil {
					return err
				}
				p, err := s.App.Promise(tx, inbox)
				if err == nil && c.Active() {
					out.Items = p.Explain(c, s.now())
				}
				return err
			})
			return &body[page[desk.Timer]]{out}, err
		})
}

func (s *server) policies(path string) {
	type savedPolicy struct {
		Name string `json:"name" minLength:"1" maxLength:"120"`
		desk.Policy
	}
	type PolicyPath struct {
		InWorkspace
		ID Ref[desk.PolicyID] `path:"id"`
	}
	save := func(ctx context.Context, id desk.PolicyID, in savedPolicy) (*body[SLAPolicy], error) {
		in.Policy.ID, in.Policy.Name = id, in.Name
		p, err := s.App.SavePolicy(ctx, in.Policy)
		return &body[SLAPolicy]{SLAPolicy{ID: p.ID, Name: p.Name, Policy: p}}, err
	}
	route(s, operation{id: "list-sla-policies", method: "GET", path: path + "/sla-policies", summary: "What is promised: the standard policy and your own", tag: "Promises", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[SLAPolicy]], error) {
			standard := desk.StandardPolicy()
			out := page[SLAPolicy]{Items: []SLAPolicy{{Name: standard.Name, Standard: true, Policy: standard}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Policies()
				for _, p := range all {
					out.Items = append(out.Items, SLAPolicy{ID: p.ID, Name: p.Name, Policy: p})
				}
				return err
			})
			return &body[page[SLAPolicy]]{out}, err
		})
	route(s, operation{id: "create-sla-policy", method: "POST", path: path + "/sla-policies", summary: "Make a policy", tag: "Promises", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body savedPolicy
		}) (*body[SLAPolicy], error) {
			return save(ctx, 0, in.Body)
		})
	route(s, operation{id: "change-sla-policy", method: "PUT", path: path + "/sla-policies/{id}", summary: "Change a policy; what is due is worked out anew", tag: "Promises", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			PolicyPath
			Body savedPolicy
		}) (*body[SLAPolicy], error) {
			return save(ctx, in.ID.V, in.Body)
		})
	route(s, operation{id: "delete-sla-policy", method: "DELETE", path: path + "/sla-policies/{id}", summary: "Remove a policy no inbox uses", tag: "Promises", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *PolicyPath) (*struct{}, error) {
			return nil, s.App.DeletePolicy(ctx, in.ID.V)
		})
}

func (s *server) businessHours(path string) {
	type savedHours struct {
		Name  string     `json:"name" minLength:"1" maxLength:"120"`
		Hours desk.Hours `json:"hours"`
	}
	type HoursPath struct {
		InWorkspace
		ID Ref[desk.HoursID] `path:"id"`
	}
	show := func(h store.BusinessHours) BusinessHours {
		return BusinessHours{ID: h.ID, Name: h.Name, Hours: h.Hours}
	}
	route(s, operation{id: "list-business-hours", method: "GET", path: path + "/business-hours", summary: "When the team works", tag: "Promises", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[BusinessHours]], error) {
			out := page[BusinessHours]{Items: []BusinessHours{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.BusinessHours()
				for _, h := range all {
					out.Items = append(out.Items, show(h))
				}
				return err
			})
			return &body[page[BusinessHours]]{out}, err
		})
	route(s, operation{id: "create-business-hours", method: "POST", path: path + "/business-hours", summary: "Say when a team works", tag: "Promises", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body savedHours
		}) (*body[BusinessHours], error) {
			h, err := s.App.SaveBusinessHours(ctx, store.BusinessHours{Name: in.Body.Name, Hours: in.Body.Hours})
			return &body[BusinessHours]{show(h)}, err
		})
	route(s, operation{id: "change-business-hours", method: "PUT", path: path + "/business-hours/{id}", summary: "Change business hours; what is due is worked out anew", tag: "Promises", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			HoursPath
			Body savedHours
		}) (*body[BusinessHours], error) {
			h, err := s.App.SaveBusinessHours(ctx, store.BusinessHours{ID: in.ID.V, Name: in.Body.Name, Hours: in.Body.Hours})
			return &body[BusinessHours]{show(h)}, err
		})
	route(s, operation{id: "delete-business-hours", method: "DELETE", path: path + "/business-hours/{id}", summary: "Remove business hours no inbox uses", tag: "Promises", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *HoursPath) (*struct{}, error) {
			return nil, s.App.DeleteBusinessHours(ctx, in.ID.V)
		})
	route(s, operation{id: "read-holidays", method: "POST", path: path + "/business-hours/holidays", summary: "Read the holidays of a calendar file (iCal); nothing is kept", tag: "Promises", need: desk.MayManage, maxBody: 2*desk.MaxICal + 1<<16},
		func(_ context.Context, in *struct {
			InWorkspace
			Body struct {
				Zone string `json:"zone" maxLength:"60" doc:"The time zone of the business hours"`
				File string `json:"file" doc:"The text of the file, up to 1 MB"`
			}
		}) (*body[page[desk.Holiday]], error) {
			all, err := desk.ReadHolidays([]byte(in.Body.File), in.Body.Zone, s.now())
			if err != nil {
				return nil, err
			}
			return &body[page[desk.Holiday]]{page[desk.Holiday]{Items: append([]desk.Holiday{}, all...)}}, nil
		})
}
