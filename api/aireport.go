package api

import (
	"context"
	"math"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// AIReport is how AI agents did in some days.
type AIReport struct {
	From     string      `json:"from" doc:"The first day"`
	To       string      `json:"to" doc:"The last day, included"`
	Zone     string      `json:"zone"`
	Total    AIFigures   `json:"total"`
	Agents   []AIFigures `json:"agents" doc:"By name. A conversation counts for each AI agent that answered in it, so that they may add up to more than the total"`
	Previous AIFigures   `json:"previous" doc:"The total of as many days before"`
}

// AIFigures are the figures of one AI agent, or of all: of the conversations in which it
// answered in these days, as they stand now. What there is nothing of is absent, not 0.
type AIFigures struct {
	Agent             string     `json:"agent,omitempty" doc:"What it was called when it answered; absent in totals"`
	Handled           int        `json:"handled" doc:"Conversations in which it answered"`
	Alone             int        `json:"handled_alone" doc:"Of those, resolved or closed without an answer of a person"`
	AlonePercent      *int       `json:"handled_alone_percent,omitempty" doc:"Of those handled, rounded"`
	HandedOver        int        `json:"handed_over" doc:"Of those handled, in which a person was to go on after it had answered"`
	HandedOverPercent *int       `json:"handed_over_percent,omitempty" doc:"Of those handled, rounded"`
	Unanswered        int        `json:"unanswered" doc:"Handed over, and resolved or closed before a person answered: these are in handled_alone, too"`
	Reasons           []AIReason `json:"reasons" doc:"Why they were handed over: the first reason of each"`
	Answers           int        `json:"answers" doc:"Messages that it wrote and that left"`
	Sure              int        `json:"answers_with_confidence" doc:"Of those, how many said how sure it was"`
	Confidence        *float64   `json:"confidence,omitempty" doc:"The mean of what those said, 0 to 1"`
	RatedAlone        AIRatings  `json:"csat_alone" doc:"Of conversations that it handled alone and that were not handed over"`
	RatedHandedOver   AIRatings  `json:"csat_handed_over" doc:"Of conversations that were handed over"`
}

// AIReason is why conversations were handed over.
type AIReason struct {
	Why   desk.HandoverWhy `json:"why" enum:"asked_human,frustrated,not_understood,complex,sensitive,taken,rule,escalated" doc:"Why the AI agent asked for a person; or without that: a person took it, a rule gave it to somebody, or it was escalated"`
	Count int              `json:"count"`
}

// AIRatings is how satisfied customers said they are, of questions asked after the AI
// agent had answered.
type AIRatings struct {
	Ratings int      `json:"ratings"`
	Average *float64 `json:"average,omitempty" doc:"1 to 5"`
	Percent *int     `json:"percent,omitempty" doc:"Ratings of 4 and 5 of all, rounded"`
}

// AIDays is of which days a report is.
type AIDays struct {
	InWorkspace
	From string `query:"from" maxLength:"10" doc:"The first day, like 2026-05-01; 29 days before the last one by default"`
	To   string `query:"to" maxLength:"10" doc:"The last day, included; today by default"`
	Zone string `query:"zone" maxLength:"64" default:"UTC" doc:"Your time zone, like Europe/Stockholm: where a day begins"`
}

// days are whole days, the last one included.
type days struct{ first, last time.Time }

func (d days) until() time.Time { return d.last.AddDate(0, 0, 1) }

// before returns as many days before.
func (d days) before() days {
	n := 1
	for day := d.first; day.Before(d.last); day = day.AddDate(0, 0, 1) {
		n++
	}
	return days{d.first.AddDate(0, 0, -n), d.first.AddDate(0, 0, -1)}
}

func (in AIDays) days(now time.Time) (d days, err error) {
	zone, err := zoneOf(in.Zone)
	if err != nil {
		return d, err
	}
	today := now.In(zone)
	d.last = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, zone)
	if in.To != "" {
		if d.last, err = dayIn(in.To, zone); err != nil {
			return d, err
		}
	}
	d.first = d.last.AddDate(0, 0, -29)
	if in.From != "" {
		d.first, err = dayIn(in.From, zone)
	}
	return d, err
}

func dayIn(s string, zone *time.Location) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil || day.Year() < 1971 || day.Year() > 2199 {
		return day, desk.Errorf(desk.Invalid, "%q is no day. Write it like 2026-05-01.", desk.Line(s, 20))
	}
	return day, nil
}

// aiReports registers how the AI agents did (F3-88).
func (s *server) aiReports() {
	const path = "/workspaces/{workspace}/reports/ai"
	route(s, operation{id: "report-ai", method: "GET", path: path, summary: "How the AI agents did, for admins and who leads a team: of the conversations that they see", tag: "Reports", need: desk.MayRead},
		func(ctx context.Context, in *AIDays) (*body[AIReport], error) {
			d, err := in.days(s.now())
			if err != nil {
				return nil, err
			}
			r, err := s.App.AIReport(ctx, d.first, d.until())
			if err != nil {
				return nil, err
			}
			out := AIReport{From: d.first.Format(time.DateOnly), To: d.last.Format(time.DateOnly), Zone: d.first.Location().String(), Total: aiFigures(r.Total), Agents: []AIFigures{}}
			for _, f := range r.Agents {
				out.Agents = append(out.Agents, aiFigures(f))
			}
			earlier := d.before()
			if r, err = s.App.AIReport(ctx, earlier.first, earlier.until()); err != nil {
				return nil, err
			}
			out.Previous = aiFigures(r.Total)
			return &body[AIReport]{out}, nil
		})
	route(s, operation{id: "list-reported-ai", method: "GET", path: path + "/conversations", summary: "The conversations behind a figure of the AI report, the newest answers first", tag: "Reports", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			AIDays
			Which app.AIWhich      `query:"which" enum:"handled,handled_alone,handed_over,unanswered" default:"handled"`
			Why   desk.HandoverWhy `query:"why" enum:"asked_human,frustrated,not_understood,complex,sensitive,taken,rule,escalated" doc:"Only those handed over for this reason"`
			Agent string           `query:"agent" maxLength:"60" doc:"Only those of one AI agent, by its name"`
			Limit int              `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*body[page[Conversation]], error) {
			d, err := in.days(s.now())
			if err != nil {
				return nil, err
			}
			all, err := s.App.AIReported(ctx, app.AIQuestion{From: d.first, Until: d.until(), Agent: in.Agent, Which: in.Which, Why: in.Why}, in.Limit)
			if err != nil {
				return nil, err
			}
			out := page[Conversation]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) { out.Items, err = conversations(tx, all, s.now()); return err })
			return &body[page[Conversation]]{out}, err
		})
}

func aiFigures(f desk.AIFigures) AIFigures {
	out := AIFigures{
		Agent: f.Agent, Handled: f.Handled, Alone: f.Alone, HandedOver: f.HandedOver, Unanswered: f.Unanswered, Reasons: []AIReason{}, Answers: f.Answers, Sure: f.Sure,
		RatedAlone: aiRatings(f.RatedAlone), RatedHandedOver: aiRatings(f.RatedHandedOver),
	}
	if f.Handled > 0 {
		alone, over := percent(f.Alone, f.Handled), percent(f.HandedOver, f.Handled)
		out.AlonePercent, out.HandedOverPercent = &alone, &over
	}
	if f.Sure > 0 {
		mean := math.Round(f.Confidence/float64(f.Sure)*1e4) / 1e4
		out.Confidence = &mean
	}
	for _, why := range desk.HandoverWhys {
		if n := f.Why[why]; n > 0 {
			out.Reasons = append(out.Reasons, AIReason{why, n})
		}
	}
	return out
}

func aiRatings(c desk.CSAT) AIRatings {
	out := AIRatings{Ratings: c.Answers}
	if mean, ok := c.Average(); ok {
		mean = math.Round(mean*100) / 100
		out.Average = &mean
	}
	if share, ok := c.Percent(); ok {
		out.Percent = &share
	}
	return out
}

func percent(part, whole int) int { return int(math.Round(100 * float64(part) / float64(whole))) }
