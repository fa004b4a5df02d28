package email

import (
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// header is what the inbox shows of a mail besides its text and its files.
func header(m *mail.Mail) *channel.Email {
	h := &channel.Email{From: m.From.String(), To: texts(m.To), Cc: texts(m.Cc), MessageID: m.MessageID, Security: string(m.Security)}
	if m.Event != nil {
		h.Appointment = event(m.Event)
	}
	for _, e := range m.Enclosed {
		one := channel.Enclosed{File: e.File, From: e.From.String(), To: texts(e.To), Subject: desk.Line(e.Subject, desk.MaxSubject), Text: desk.Clean(e.Text)}
		if !e.Date.IsZero() {
			one.Date = &e.Date
		}
		h.Enclosed = append(h.Enclosed, one)
	}
	return h
}

func event(e *mail.Event) *channel.Appointment {
	out := &channel.Appointment{
		Method: desk.Line(e.Method, 20), Title: desk.Line(e.Title, 300), Start: moment(e.Start), End: moment(e.End), Place: desk.Line(e.Place, 300),
		Organiser: desk.Line(e.Organiser.String(), 300), Repeats: e.Repeats, Cancelled: e.Cancelled,
	}
	for _, g := range e.Guests {
		out.Guests = append(out.Guests, channel.Invited{Name: desk.Line(g.String(), 300), Answer: desk.Line(g.Answer, 20)})
	}
	return out
}

// moment writes a moment so that its form says what is known of it.
func moment(w mail.When) string {
	switch {
	case w.Time.IsZero():
		return ""
	case w.Day:
		return w.Time.Format(time.DateOnly)
	case w.Local:
		return w.Time.Format("2006-01-02T15:04:05")
	}
	return w.Time.Format(time.RFC3339)
}
