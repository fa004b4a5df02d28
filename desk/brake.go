package desk

import "time"

// What one address may cause in an inbox before automation towards it pauses: two
// programs that answer each other are stopped by this whatever their headers say.
const (
	maxReceived    = 20 // mails of one address
	receivedWithin = 10 * time.Minute
	maxAutomatic   = 10 // automatic mails to one address
	sentWithin     = time.Hour
	pauseFor       = time.Hour
)

// MailRate is how much mail has come from and gone to one address of an inbox.
type MailRate struct {
	Received      int // since ReceivedSince
	ReceivedSince time.Time
	Sent          int // automatic mails, since SentSince
	SentSince     time.Time
	PausedUntil   time.Time // until then nothing automatic goes there
}

// Paused reports whether nothing automatic may go out at a moment.
func (r MailRate) Paused(now time.Time) bool { return now.Before(r.PausedUntil) }

// Arrived counts a mail that came; begins says that automation pauses from now on.
func (r MailRate) Arrived(now time.Time) (after MailRate, begins bool) {
	if now.Sub(r.ReceivedSince) >= receivedWithin {
		r.Received, r.ReceivedSince = 0, now
	}
	r.Received++
	return r.pause(now, r.Received > maxReceived)
}

// Leaves counts an automatic mail that would go out; it may only while nothing is paused.
func (r MailRate) Leaves(now time.Time) (after MailRate, begins bool) {
	if now.Sub(r.SentSince) >= sentWithin {
		r.Sent, r.SentSince = 0, now
	}
	r.Sent++
	return r.pause(now, r.Sent > maxAutomatic)
}

func (r MailRate) pause(now time.Time, tooMany bool) (MailRate, bool) {
	was := r.Paused(now)
	if tooMany {
		r.PausedUntil = now.Add(pauseFor)
	}
	return r, tooMany && !was
}

// PauseAutomation says in a conversation that nothing automatic goes to an address
// for a while. The app issues it, once per pause.
type PauseAutomation struct {
	Rate MailRate
}

// AutomationPaused says that so much mail went to and fro that programs may be
// answering each other.
type AutomationPaused struct {
	Until    microTime `json:"until"`
	Received int       `json:"received,omitempty"` // in ten minutes
	Sent     int       `json:"sent,omitempty"`     // automatic ones, in an hour
}

// Decide always tells.
func (p PauseAutomation) Decide(Conversation, World) ([]Fact, error) {
	f := AutomationPaused{Until: microTime{p.Rate.PausedUntil}, Received: p.Rate.Received}
	if p.Rate.Sent > maxAutomatic {
		f.Received, f.Sent = 0, p.Rate.Sent
	}
	return []Fact{f}, nil
}

func (AutomationPaused) apply(*Conversation, Event) {}

func (AutomationPaused) why(Event, []Event) string {
	return "More mail came from this address, or more automatic mail went there, than people write: two programs may be answering each other."
}
