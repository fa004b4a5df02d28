package demo

import (
	"time"

	"parley/desk"
	"parley/store"
)

// promises makes when the roastery works and what it promises: answers within
// three of the days on which it is open.
func (w *Workspace) promises() (s desk.PromiseSettings, err error) {
	day := []desk.Period{{From: 8 * 60, To: 12 * 60}, {From: 13 * 60, To: 18 * 60}}
	hours, err := w.app.SaveBusinessHours(w.ctx, store.BusinessHours{Name: "Roastery", Hours: desk.Hours{
		Zone: "Europe/Oslo", Week: desk.Week{Tuesday: day, Wednesday: day, Thursday: day, Friday: day, Saturday: day[:1]},
		Holidays: []desk.Holiday{
			{Name: "Christmas", First: desk.Day{Year: 2025, Month: time.December, Day: 24}, Last: desk.Day{Year: 2025, Month: time.December, Day: 26}, Yearly: true},
			{Name: "New Year", First: desk.Day{Year: 2026, Month: time.January, Day: 1}, Yearly: true},
		},
	}})
	if err != nil {
		return s, err
	}
	const hour = 3600
	policy, err := w.app.SavePolicy(w.ctx, desk.Policy{Name: "Roastery", First: desk.Goals{
		Urgent: desk.Goal{Target: hour / 4, Deadline: hour}, High: desk.Goal{Target: hour, Deadline: 4 * hour},
		Normal: desk.Goal{Target: 2 * hour, Deadline: 27 * hour}, Low: desk.Goal{Target: 9 * hour, Deadline: 45 * hour},
	}})
	return desk.PromiseSettings{SLAPolicy: policy.ID, BusinessHours: hours.ID}, err
}
